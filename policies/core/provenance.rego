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

eligible := data.ocigate.lib.evidence.eligible("provenance")

signed_views := [data.ocigate.lib.binding.view(document) | some document in input.proven.provenance]

unsigned_views := [data.ocigate.lib.binding.view(document) | some document in input.attached.provenance]

candidates := signed_views if {
	eligible.standing == "proven"
} else := unsigned_views if {
	eligible.standing == "attached"
} else := []

judged := data.ocigate.lib.binding.judged("provenance", candidates, "made")

good := data.ocigate.lib.binding.good(judged)

deny contains finding if {
	count(judged) == 0
	finding := data.ocigate.lib.finding.unmet(
		"absent",
		sprintf("expected provenance (W3C PROV or SLSA) of %s, found none%s%s", [
			input.subject.digest,
			data.ocigate.lib.evidence.only_attached_note(eligible, input.attached.provenance),
			data.ocigate.lib.evidence.others_note({"provenance"}),
		]),
		array.concat(
			array.concat([data.ocigate.lib.finding.subject], [data.ocigate.lib.finding.at(document.document, "") | some document in input.attached.provenance]),
			data.ocigate.lib.evidence.others({"provenance"}),
		),
		missing_remedy,
	)
}

deny contains finding if {
	count(judged) > 0
	count(good) == 0
	some fault in data.ocigate.lib.binding.best_faults(judged)
	finding := data.ocigate.lib.finding.unmet(
		fault.code,
		sprintf("%s%s", [fault.msg, data.ocigate.lib.evidence.only_attached_note(eligible, input.attached.provenance)]),
		fault.places,
		sprintf("Write it again after the push, with %s as what was made, then attach or attest it to %s.", [input.subject.digest, data.ocigate.lib.text.pinned]),
	)
}

missing_remedy := attest_remedy if {
	eligible.standing == "demanded"
} else := sprintf("Attach it: `oras attach --artifact-type application/vnd.kfm.provenance.provjsonld.v1 %s prov.jsonld:application/ld+json`; or attest it: `%s`.", [data.ocigate.lib.text.pinned, attest])

attest_remedy := sprintf("Attest it: `%s`.", [attest])

attest := data.ocigate.lib.evidence.attest("slsa", "provenance.json")

# Documents that somebody vouches for have to agree with each other.
deny contains finding if {
	some what in ["outputs", "names", "runs"]
	some i, one in compared
	others := [other | some j, other in compared; j > i; j < signed; data.ocigate.lib.agreement.disagree(what, one, other)]
	count(others) > 0
	clash := data.ocigate.lib.agreement.clash(what, "signed provenance documents", one, others)
	finding := data.ocigate.lib.finding.wrong(
		"signed_disagreement",
		clash.msg,
		clash.places,
		"Find out which one is right, and remove the attestation of the other from the repository.",
	)
}

# A contradiction that an unsigned one is part of is only told: anyone who can push could have made it.
warn contains finding if {
	some what in ["outputs", "names", "runs"]
	some i, one in compared
	others := [other | some j, other in compared; j > i; j >= signed; data.ocigate.lib.agreement.disagree(what, one, other)]
	count(others) > 0
	clash := data.ocigate.lib.agreement.clash(what, "provenance documents, not all of them signed,", one, others)
	finding := data.ocigate.lib.finding.wrong("unsigned_disagreement", clash.msg, clash.places, "Remove the document that is wrong from the repository.")
}

warn contains finding if {
	count(good) > 0
	bindings := {item.bound | some item in judged; count(item.faults) == 0}
	bindings == {"layers"}
	finding := data.ocigate.lib.finding.wrong(
		"bound_by_layers",
		sprintf("provenance %s is bound by layers only: it vouches for the bytes, not for the annotations of %s", [good[0].document, input.subject.digest]),
		[data.ocigate.lib.finding.at(good[0].document, "")],
		sprintf("Write the provenance after the push, with %s as what was made.", [input.subject.digest]),
	)
}

warn contains finding if {
	eligible.standing == "attached"
	some document in eligible.documents
	finding := data.ocigate.lib.evidence.unsigned("provenance", document)
}

# The signed ones first. Of unsigned ones the first twenty: whoever can push could make the comparison of all
# with all long.
compared := [data.ocigate.lib.agreement.compared(seen) | some seen in array.concat(signed_views, array.slice(unsigned_views, 0, 20))]

signed := count(signed_views)
