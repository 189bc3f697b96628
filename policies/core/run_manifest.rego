# METADATA
# scope: package
# title: A run manifest says how the subject was made
# description: >-
#   One run manifest, or SLSA provenance, that is well-formed, whose outputs (if it states any) are this subject's,
#   and whose run did not fail. It has to name the same run as the provenance does.
# custom:
#   id: run_manifest
#   severity: error
#   quantifier: any
#   kind: run_manifest
#   rationale: Without the inputs and the tools of a run, nobody can repeat it or find out what a bad input reached.
#   remedy: Let the pipeline write a run manifest, and attach or attest it to the digest.
#   codes:
#     absent: there is no run manifest
#     bound_by_attachment: the run manifest names no digest of what it made
#     layers_unnamed: the document names neither the manifest nor all layers
#     no_digest: the document states no digest of what was made
#     only_used: the document names the subject only as something used
#     other_subject: the document is about another artifact
#     run_failed: the run manifest says that its run did not succeed
#     signed_disagreement: signed run manifests disagree
#     unsigned: the run manifest is not signed
#     unsigned_disagreement: unsigned run manifests disagree
#   document_faults: true
package ocigate.core.run_manifest

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

asked := {
	"expected": "a run manifest or SLSA provenance",
	"eligible": eligible,
	"attached": input.attached.run_manifest,
	"kinds": {"run_manifest", "provenance"},
}

# SLSA provenance says what a run manifest says. The two are one class here: a signed one of either kind
# leaves no room for unsigned ones.
eligible := {"standing": "proven", "documents": array.concat(input.proven.run_manifest, slsa(input.proven.provenance))} if {
	count(input.proven.run_manifest) + count(slsa(input.proven.provenance)) > 0
} else := {"standing": "demanded", "documents": [], "why": input.demands.must_be_proven.run_manifest} if {
	input.demands.must_be_proven.run_manifest
} else := {"standing": "attached", "documents": array.concat(input.attached.run_manifest, slsa(data.ocigate.lib.evidence.eligible("provenance").documents))}

slsa(documents) := [document | some document in documents; document.kind == "slsa"]

good := data.ocigate.lib.evidence.good(eligible.documents)

missing if count(eligible.documents) == 0

# Provenance that nobody could check may be the SLSA provenance that would do.
unknown if {
	missing
	count(data.ocigate.lib.evidence.unchecked({"provenance"})) > 0
}

deny contains missing_finding if {
	missing
	not unknown
}

undecided contains missing_finding if unknown

missing_finding := data.ocigate.lib.evidence.absent(asked, missing_remedy)

missing_remedy := sprintf("Attest it: `%s`.", [attest]) if {
	eligible.standing == "demanded"
} else := sprintf("Attach it: `oras attach --artifact-type application/vnd.kfm.runmanifest.v1+json %s run_manifest.json:application/json`; or attest it: `%s`.", [data.ocigate.lib.text.pinned, attest])

attest := data.ocigate.lib.evidence.attest("run-manifest", "run_manifest.json")

deny contains finding if {
	count(good) == 0
	remedy := sprintf("Let the pipeline write it for the run that made %s, then attach or attest it to %s.", [input.subject.digest, data.ocigate.lib.text.pinned])
	some finding in data.ocigate.lib.evidence.flawed(asked, remedy)
}

# The run manifest and the provenance are about one run.
deny contains finding if {
	some clash in data.ocigate.lib.evidence.contradictions("run_manifest", true)
	finding := data.ocigate.lib.finding.wrong("signed_disagreement", clash.message, clash.places, "Find out which one belongs to this subject, and remove the attestation of the other from the repository.")
}

warn contains finding if {
	some clash in data.ocigate.lib.evidence.contradictions("run_manifest", false)
	finding := data.ocigate.lib.finding.wrong("unsigned_disagreement", clash.message, clash.places, "Remove the document that is wrong from the repository.")
}

warn contains finding if {
	some document in good
	document.kind != "slsa"
	count(good) == 1
	document.bound_by == "attachment"
	finding := data.ocigate.lib.finding.wrong(
		"bound_by_attachment",
		sprintf("run manifest %s names no digest of what it made: it is bound by attachment only", [document.document]),
		[data.ocigate.lib.finding.at(document.document, "")],
		sprintf("Let the pipeline write %s, or the digests of its layers, as outputs of the run manifest.", [input.subject.digest]),
	)
}

warn contains finding if {
	eligible.standing == "attached"
	some document in eligible.documents
	document.kind != "slsa"
	finding := data.ocigate.lib.evidence.unsigned("run manifest", document)
}

accept contains ground if some ground in data.ocigate.lib.evidence.grounds(good)
