# METADATA
# scope: package
# title: What went in is known by its digest
# description: >-
#   Every input that provenance or a run manifest names has a digest. One without is warned of; with
#   `config.inputs.require_pinned` it fails.
# custom:
#   id: inputs_pinned
#   severity: warning
#   quantifier: all
#   kind: provenance
#   rationale: An address can hold other bytes tomorrow, and then nobody can repeat the run or find what a bad input reached.
#   remedy: Let the pipeline record the digest of each input when it reads it.
#   codes:
#     truncated: a document states more than is read
#     unpinned: inputs without a digest
package ocigate.core.inputs_pinned

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

undecided contains finding if {
	required
	some class in ["provenance", "run_manifest"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	finding := data.ocigate.lib.evidence.cut_off(document, "inputs")
}

open[digest] contains {"name": name(one), "place": data.ocigate.lib.finding.at(document.document, one.pointer)} if {
	some class in ["provenance", "run_manifest"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	some one in object.get(document, ["description", "inputs"], [])
	not is_pinned(one)
	digest := document.document
}

is_pinned(one) if count(one.said.digest) > 0

# A commit is known by its object id.
is_pinned(one) if object.get(one, "pinned_by", null) == "git"

name(one) := sprintf("`%s`", [one.names[0]]) if {
	count(one.names) > 0
} else := one.pointer

findings contains finding if {
	some _, those in open
	finding := data.ocigate.lib.finding.wrong(
		"unpinned",
		sprintf("expected a digest of every input, found none of %s", [data.ocigate.lib.text.listed(sort({one.name | some one in those}))]),
		[one.place | some one in those],
		"Let the pipeline write the `sha256` of each input into the document when it reads it.",
	)
}

required if data.config.inputs.require_pinned == true

deny contains finding if {
	required
	some finding in findings
}

warn contains finding if {
	not required
	some finding in findings
}

inputs := [one |
	some class in ["provenance", "run_manifest"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	some one in object.get(document, ["description", "inputs"], [])
]

pinned := [one | some one in inputs; is_pinned(one)]

accept contains data.ocigate.lib.evidence.ground(sprintf("%v of %s known by a digest or a commit", [count(pinned), data.ocigate.lib.text.counted(count(inputs), "input")]), input.subject.digest) if count(inputs) > 0

skip contains "no document names an input" if count(inputs) == 0
