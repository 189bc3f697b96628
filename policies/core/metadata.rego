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

judged := [{"document": document, "faults": faults(document)} | some document in eligible.documents]

faults(document) := [{"code": object.get(defect, "code", "unknown"), "msg": msg, "pointer": defect.pointer} |
	some defect in document.defects
	msg := sprintf("the metadata (%s) is not well-formed: %s", [document.kind, defect.message])
]

good := data.ocigate.lib.binding.good(judged)

remedy := "Fix the document, hold it against its schema with `ocigate check-document FILE`, and attach or attest it again."

deny contains finding if {
	count(judged) > 0
	count(good) == 0
	some fault in data.ocigate.lib.binding.best_faults(judged)
	finding := data.ocigate.lib.finding.unmet(fault.code, fault.msg, fault.places, remedy)
}

warn contains finding if {
	count(good) > 0
	some item in judged
	count(item.faults) > 0
	finding := data.ocigate.lib.finding.wrong(item.faults[0].code, item.faults[0].msg, [data.ocigate.lib.finding.at(item.document.document, item.faults[0].pointer)], remedy)
}
