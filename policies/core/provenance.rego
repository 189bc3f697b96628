# METADATA
# scope: package
# title: Provenance is about this subject's bytes
# description: >-
#   One document of provenance (W3C PROV or SLSA) that is well-formed and says that this subject's manifest, or
#   all of its layers, were made by an activity. Signed ones count before unsigned ones, and may not contradict
#   each other.
# custom:
#   id: provenance
#   severity: critical
#   quantifier: any
#   kind: provenance
#   rationale: Valid provenance of another artifact is the classic way around a gate.
#   remedy: Write the provenance after the push, with the digest that the push printed, and attach or attest it to that digest.
#   codes:
#     absent: there is no provenance
#     bound_by_layers: the provenance names the layers and not the manifest
#     layers_unnamed: the document names neither the manifest nor all layers
#     no_digest: the document states no digest of what was made
#     only_used: the document names the subject only as something used
#     other_subject: the document is about another artifact
#     signed_disagreement: signed provenance disagrees
#     unsigned: the provenance is not signed
#     unsigned_disagreement: unsigned provenance disagrees
#   document_faults: true
package ocigate.core.provenance

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

asked := {
	"expected": "provenance (W3C PROV or SLSA)",
	"eligible": data.ocigate.lib.evidence.eligible("provenance"),
	"attached": input.attached.provenance,
	"kinds": {"provenance"},
}

good := data.ocigate.lib.evidence.good(asked.eligible.documents)

deny contains finding if {
	count(asked.eligible.documents) == 0
	finding := data.ocigate.lib.evidence.absent(asked, missing_remedy)
}

deny contains finding if {
	count(good) == 0
	remedy := sprintf("Write it again after the push, with %s as what was made, then attach or attest it to %s.", [input.subject.digest, data.ocigate.lib.text.pinned])
	some finding in data.ocigate.lib.evidence.flawed(asked, remedy)
}

missing_remedy := sprintf("Attest it: `%s`.", [attest]) if {
	asked.eligible.standing == "demanded"
} else := sprintf("Attach it: `oras attach --artifact-type application/vnd.kfm.provenance.provjsonld.v1 %s prov.jsonld:application/ld+json`; or attest it: `%s`.", [data.ocigate.lib.text.pinned, attest])

attest := data.ocigate.lib.evidence.attest("slsa", "provenance.json")

# Documents that somebody vouches for have to agree with each other.
deny contains finding if {
	some clash in data.ocigate.lib.evidence.contradictions("provenance", true)
	finding := data.ocigate.lib.finding.wrong("signed_disagreement", clash.message, clash.places, "Find out which one is right, and remove the attestation of the other from the repository.")
}

# A contradiction that an unsigned one is part of only warns: anyone who can push could have made it.
warn contains finding if {
	some clash in data.ocigate.lib.evidence.contradictions("provenance", false)
	finding := data.ocigate.lib.finding.wrong("unsigned_disagreement", clash.message, clash.places, "Remove the document that is wrong from the repository.")
}

warn contains finding if {
	{document.bound_by | some document in good} == {"layers"}
	finding := data.ocigate.lib.finding.wrong(
		"bound_by_layers",
		sprintf("provenance %s is bound by layers only: it vouches for the bytes, not for the annotations of %s", [good[0].document, input.subject.digest]),
		[data.ocigate.lib.finding.at(good[0].document, "")],
		sprintf("Write the provenance after the push, with %s as what was made.", [input.subject.digest]),
	)
}

warn contains finding if {
	asked.eligible.standing == "attached"
	some document in asked.eligible.documents
	finding := data.ocigate.lib.evidence.unsigned("provenance", document)
}

accept contains ground if some ground in data.ocigate.lib.evidence.grounds(good)
