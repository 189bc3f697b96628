# METADATA
# scope: package
# title: The licences of the inputs permit the licence of the subject
# description: >-
#   Where provenance, a run manifest, an SBOM or metadata state the licence of an input, the subject's licence is one that it
#   permits (share alike, no commercial use, no derivatives), by a table that is data. Who has to be named is named.
#   An input that states none is passed over; one whose licence the table does not know is told.
# custom:
#   id: input_licences
#   severity: error
#   quantifier: all
#   kind: provenance
#   rationale: Nobody can give more rights to a derived work than they were given.
#   remedy: Publish under a licence that all inputs permit, or make the artifact from other inputs.
#   codes:
#     attribution: inputs demand attribution, and there is none
#     not_permitted: an input's licence does not permit the subject's
#     too_many_alternatives: the licence of the subject has too many alternatives
#     truncated: a document states more than is read
#     unknown_licence: an input states a licence that the table does not know
package ocigate.core.input_licences

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

undecided contains finding if {
	some class in ["provenance", "run_manifest", "sbom", "metadata"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	finding := data.ocigate.lib.evidence.cut_off(document, "input claims")
}

# Licences that the documents which may count state of inputs.
stated := [{"name": name(one), "input": one, "claim": claim, "place": data.ocigate.lib.finding.at(document.document, claim.pointer)} |
	some class in ["provenance", "run_manifest", "sbom", "metadata"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	some one in object.get(document, ["description", "inputs"], [])
	some claim in one.claims
	claim.role == "licence"
]

name(one) := one.names[0] if {
	count(one.names) > 0
} else := "without a name"

default table := {"spellings": {}, "terms": []}

table := data.config.licences

terms[id] := term if {
	some term in table.terms
	some id in term.inputs
}

# What is demanded of the licences of the subject: each way to use it has to hold one that is permitted.
permits(id, subject_alternatives) if {
	count(subject_alternatives) > 0
	every alternative in subject_alternatives {
		some licence in alternative
		is_output(terms[id], licence)
	}
}

is_output(term, licence) if {
	licence in object.get(term, "outputs", [licence])
	not licence in object.get(term, "not_outputs", [])
}

known(claim) if {
	count(claim.alternatives) > 0
	every alternative in claim.alternatives {
		every id in alternative {
			terms[id]
		}
	}
}

# One way to use the input has to permit it; else the first licence that does not says why. What the table does
# not know permits nothing that is beside it.
contradictions := [{"from": from, "to": to, "id": culprits[0], "decides": decides} |
	some from in stated
	has_ways(from.claim)
	not is_unchanged(from.input)
	some to in compared
	refusing := [[id | some id in alternative; terms[id]; not permits(id, to.claim.alternatives)] | some alternative in from.claim.alternatives]
	every found in refusing {
		count(found) > 0
	}
	decides := is_refused(refusing)
	culprits := [id | some found in refusing; some id in found; is_decisive(id) == decides]
]

# No way is left that is not forbidden.
default is_refused(_) := false

is_refused(refusing) if {
	every found in refusing {
		some id in found
		is_decisive(id)
	}
}

compared := [source | some source in data.ocigate.core.licence.valid; has_ways(source.claim)]

has_ways(claim) if count(object.get(claim, "alternatives", [])) > 0

# Of a licence with more alternatives than are told nothing is known.
undecided contains finding if {
	count(stated) > 0
	some source in array.concat(data.ocigate.core.licence.valid, [from | some from in stated; from.claim.valid == true])
	not has_ways(source.claim)
	finding := data.ocigate.lib.finding.wrong(
		"too_many_alternatives",
		sprintf("the licence %s has too many alternatives: whether the licences of the inputs permit that of the subject is not known", [data.ocigate.lib.claims.shown(source.claim)]),
		[source.place],
		"State the licence that was chosen, or an expression with fewer alternatives.",
	)
}

is_unchanged(one) if {
	some digest in one.said.digest
	some layer in input.subject.layers
	digest.value == layer.digest
}

is_decisive(id) if {
	terms[id].effect == "deny"
	not is_produced(terms[id])
} else := false

# All that is published is a picture or the like, which is no derived database.
is_produced(term) if {
	count(input.subject.layers) > 0
	every layer in input.subject.layers {
		lower(split(layer.media_type, ";")[0]) in object.get(term, "except_media_types", [])
	}
}

deny contains finding if {
	some one in contradictions
	one.decides
	finding := told(one)
}

warn contains finding if {
	some one in contradictions
	not one.decides
	finding := told(one)
}

told(one) := data.ocigate.lib.finding.wrong(
	"not_permitted",
	sprintf("the input `%s` is under `%s`, which does not permit that the subject is under `%s`: %s", [one.from.name, one.from.claim.value, one.to.claim.value, terms[one.id].why]),
	[one.from.place, one.to.place],
	sprintf("Publish it under a licence that `%s` permits, or make it from another input.", [one.id]),
)

warn contains finding if {
	some from in stated
	not known(from.claim)
	finding := data.ocigate.lib.finding.wrong(
		"unknown_licence",
		sprintf("the input `%s` states the licence %s, which the table of licences does not know%s: whether it permits the subject's is not checked", [from.name, data.ocigate.lib.claims.shown(from.claim), data.ocigate.core.licence.suggestion_note(from.claim)]),
		[from.place],
		"State the SPDX expression of its licence, or have `config.licences.terms` extended by those who decide on it.",
	)
}

# Sources that have to be named, where nobody is.
unnamed := [from |
	some from in stated
	some alternative in from.claim.alternatives
	some id in alternative
	terms[id].notice
	not is_attributed
]

# Where something is signed, what whoever can push has written names nobody.
is_attributed if {
	some source in data.ocigate.lib.claims.in_role("attribution")
	source.counts
}

notice := data.ocigate.lib.finding.wrong(
	"attribution",
	sprintf("the licences of inputs demand that their makers are named (%s), and no attribution was found in metadata or annotations", [data.ocigate.lib.text.listed(sort({sprintf("`%s`: `%s`", [from.name, from.claim.value]) | some from in unnamed}))]),
	[from.place | some from in unnamed],
	"Write the text that the licence demands into the metadata (`attribution`), and where people see the data.",
) if {
	count(unnamed) > 0
}

deny contains notice if data.config.licence.require_notice == true

warn contains notice if not data.config.licence.require_notice == true
