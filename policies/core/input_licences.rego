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

deny contains finding if {
	some conflict in input.licences.conflicts
	conflict.forbids
	finding := not_permitted(conflict)
}

warn contains finding if {
	some conflict in input.licences.conflicts
	not conflict.forbids
	finding := not_permitted(conflict)
}

not_permitted(conflict) := data.ocigate.lib.finding.wrong(
	"not_permitted",
	sprintf("the input `%s` is under `%s`, which does not permit that the subject is under `%s`: %s", [conflict.input, conflict.licence, conflict.subject_licence, conflict.why]),
	conflict.places,
	sprintf("Publish it under a licence that `%s` permits, or make it from another input.", [conflict.refused_by]),
)

# Of a licence with more alternatives than are compared nothing is known.
undecided contains finding if {
	some claim in input.licences.too_many_alternatives
	finding := data.ocigate.lib.finding.wrong(
		"too_many_alternatives",
		sprintf("the licence %s has too many alternatives: whether the licences of the inputs permit that of the subject is not known", [data.ocigate.lib.claims.shown(claim)]),
		[claim.place],
		"State the licence that was chosen, or an expression with fewer alternatives.",
	)
}

warn contains finding if {
	some from in input.licences.inputs
	not from.known
	finding := data.ocigate.lib.finding.wrong(
		"unknown_licence",
		sprintf("the input `%s` states the licence %s, which the table of licences does not know%s: whether it permits the subject's is not checked", [from.input, data.ocigate.lib.claims.shown(from), data.ocigate.lib.claims.suggestion_note(from)]),
		[from.place],
		"State the SPDX expression of its licence, or have `config.licences.terms` extended by those who decide on it.",
	)
}

# Where something is signed, what whoever can push has written names nobody.
is_attributed if {
	some claim in input.claims.attribution
	claim.counts
}

# Sources that have to be named, where nobody is.
unnamed := [from | some from in input.licences.inputs; from.demands_notice; not is_attributed]

notice := data.ocigate.lib.finding.wrong(
	"attribution",
	sprintf("the licences of inputs demand that their makers are named (%s), and no attribution was found in metadata or annotations", [data.ocigate.lib.text.listed(sort({sprintf("`%s`: `%s`", [from.input, from.value]) | some from in unnamed}))]),
	[from.place | some from in unnamed],
	"Write the text that the licence demands into the metadata (`attribution`), and where people see the data.",
) if {
	count(unnamed) > 0
}

deny contains notice if data.config.licence.require_notice == true

warn contains notice if not data.config.licence.require_notice == true

accept contains {"msg": sprintf("`%s` is under `%v`", [from.input, from.value]), "evidence": from.place.evidence, "pointer": from.place.pointer} if {
	some from in input.licences.inputs
	from.known
}

skip contains "no document states the licence of an input" if count(input.licences.inputs) == 0
