# METADATA
# scope: package
# title: An SBOM says what is in the subject
# description: >-
#   One SBOM (SPDX or CycloneDX) that is well-formed and does not describe something else: if what it describes
#   has digests, one of them is this subject's or one of its layers', or the id of the image. Digests of packages are
#   not meant.
# custom:
#   id: sbom
#   severity: error
#   quantifier: any
#   kind: sbom
#   rationale: An SBOM of another artifact hides what is really inside.
#   remedy: Make the SBOM from the pushed digest, and attach or attest it to that digest.
#   codes:
#     absent: there is no SBOM
#     bound_by_config: the SBOM names the image by its id alone
#     bound_by_attachment: the SBOM names no digest of what it describes
#     layers_unnamed: the document names neither the manifest nor all layers
#     no_digest: the document states no digest of what was made
#     only_used: the document names the subject only as something used
#     other_subject: the document is about another artifact
#     unsigned: the SBOM is not signed
#   document_faults: true
package ocigate.core.sbom

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

asked := {
	"expected": "an SBOM (SPDX or CycloneDX)",
	"eligible": data.ocigate.lib.evidence.eligible("sbom"),
	"attached": input.attached.sbom,
	"kinds": {"sbom"},
}

good := data.ocigate.lib.evidence.good(asked.eligible.documents)

bonds := {document.bound_by | some document in good}

deny contains finding if {
	count(asked.eligible.documents) == 0
	finding := data.ocigate.lib.evidence.absent(asked, missing_remedy)
}

missing_remedy := sprintf("Attest it: `%s`.", [attest]) if {
	asked.eligible.standing == "demanded"
} else := sprintf("Attach it: `oras attach --artifact-type application/spdx+json %s sbom.spdx.json:application/spdx+json`; or attest it: `%s`.", [data.ocigate.lib.text.pinned, attest])

attest := data.ocigate.lib.evidence.attest("spdx", "sbom.spdx.json")

deny contains finding if {
	count(good) == 0
	some finding in data.ocigate.lib.evidence.flawed(asked, sprintf("Make it again from %s, then attach or attest it to that digest.", [data.ocigate.lib.text.pinned]))
}

warn contains finding if {
	bonds == {"attachment"}
	finding := data.ocigate.lib.finding.wrong(
		"bound_by_attachment",
		sprintf("SBOM %s is bound by attachment only: what it describes has no sha256 or sha512%s", [good[0].document, signer_note(good[0])]),
		[data.ocigate.lib.finding.at(good[0].document, "")],
		sprintf("Make it with a tool that records the digest of what it describes, from %s.", [data.ocigate.lib.text.pinned]),
	)
}

warn contains finding if {
	bonds == {"config"}
	finding := data.ocigate.lib.finding.wrong(
		"bound_by_config",
		sprintf("SBOM %s names the image by its id %s alone: that is the digest of its config, not of %s", [good[0].document, input.subject.config.digest, input.subject.digest]),
		[data.ocigate.lib.finding.at(good[0].document, "")],
		sprintf("Make it with a tool that records the digest of the manifest, from %s.", [data.ocigate.lib.text.pinned]),
	)
}

signer_note(document) := "" if {
	count(document.signers) == 0
} else := sprintf(", and only the word of %s ties it to this subject", [concat(", ", document.signers)])

warn contains finding if {
	asked.eligible.standing == "attached"
	some document in asked.eligible.documents
	finding := data.ocigate.lib.evidence.unsigned("SBOM", document)
}

accept contains ground if some ground in data.ocigate.lib.evidence.grounds(good)
