# METADATA
# scope: package
# title: Metadata, where there is any, is well-formed
# description: >-
#   Where there are catalogue documents (STAC, DCAT, RO-Crate), one of those that may count is well-formed. None is
#   demanded.
# custom:
#   id: metadata
#   severity: error
#   quantifier: any
#   kind: metadata
#   rationale: Licence and label are read from it, and a catalogue that cannot read it shows something else.
#   remedy: Fix the document, hold it against its schema with `ocigate check-document`, and attach or attest it again.
#   document_faults: true
package ocigate.core.metadata

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

eligible := data.ocigate.lib.evidence.eligible("metadata")

good := data.ocigate.lib.evidence.good(eligible.documents)

remedy := "Fix the document, hold it against its schema with `ocigate check-document FILE`, and attach or attest it again."

deny contains finding if {
	count(good) == 0
	some finding in data.ocigate.lib.evidence.flawed({"eligible": eligible, "attached": []}, remedy)
}

warn contains finding if {
	count(good) > 0
	some document in eligible.documents
	objection := document.objections[0]
	finding := data.ocigate.lib.finding.wrong(objection.code, objection.message, [data.ocigate.lib.finding.at(document.document, objection.pointer)], remedy)
}

accept contains ground if some ground in data.ocigate.lib.evidence.grounds(good)

skip contains "there is no catalogue metadata that may count" if count(eligible.documents) == 0
