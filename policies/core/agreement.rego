# METADATA
# scope: package
# title: The documents and the manifest agree
# description: >-
#   Provenance, run manifests and catalogue metadata mean one data set, one run, one extent and one time, and say
#   of each file what the manifest says of its layer: digest, size, media type; its role is the same everywhere.
#   Only what is stated is compared. A contradiction in which both sides are signed fails, any other is told.
# custom:
#   id: agreement
#   severity: error
#   quantifier: all
#   kind: metadata
#   rationale: Documents that contradict each other are about different things, and one of them is not about this subject.
#   remedy: Find out which document is right, and attach or attest the corrected one in place of the other.
#   codes:
#     disagreement: documents or the manifest say different things of one fact
#     other_subject: a document is about another artifact
#     truncated: a document states more than is read
package ocigate.core.agreement

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

undecided contains finding if {
	some document in documents
	count(document.signers) > 0
	finding := data.ocigate.lib.evidence.cut_off(document, "statements")
}

warn contains finding if {
	some document in documents
	count(document.signers) == 0
	finding := data.ocigate.lib.evidence.cut_off(document, "statements")
}

documents := [document |
	some standing in ["proven", "attached"]
	some class in ["provenance", "run_manifest", "metadata"]
	some document in input[standing][class]
]

deny contains finding if {
	some clash in data.ocigate.lib.evidence.contradictions("facts", true)
	finding := contradicted(clash)
}

warn contains finding if {
	some clash in data.ocigate.lib.evidence.contradictions("facts", false)
	finding := contradicted(clash)
}

contradicted(clash) := data.ocigate.lib.finding.wrong(
	"disagreement",
	clash.message,
	clash.places,
	"Find out which one is right, and state it everywhere; then attach or attest the corrected document in place of the other.",
)

# Metadata whose digests are all of other things is about something else, or was not written again.
warn contains finding if {
	some standing in ["proven", "attached"]
	some document in input[standing].metadata
	document.bound_by == "nothing"
	finding := data.ocigate.lib.finding.wrong(
		"other_subject",
		sprintf("the metadata names neither this subject %s nor a layer of it, but %s", [input.subject.digest, data.ocigate.lib.text.listed([output.digest | some output in document.outputs])]),
		[data.ocigate.lib.finding.at(document.document, document.outputs[0].pointer)],
		"Write the digests of what was pushed into it (`ocigate pointer --into FILE`), and attach or attest it again.",
	)
}

accept contains data.ocigate.lib.evidence.ground(sprintf("%s and the manifest, %s", [data.ocigate.lib.text.counted(count(documents), "document"), agreed]), input.subject.digest) if count(documents) > 0

# An unsigned contradiction is no reason to fail, and none to say that there is none.
agreed := "which say nothing against each other" if {
	count(data.ocigate.lib.evidence.contradictions("facts", false)) == 0
} else := "of which the signed ones say nothing against each other"

skip contains "there are no documents to compare" if count(documents) == 0
