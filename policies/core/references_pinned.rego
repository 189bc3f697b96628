# METADATA
# scope: package
# title: References in documents are pinned and filled in
# description: >-
#   No document that may count holds a placeholder where a reference or a digest belongs, and every reference to an
#   artifact (`oci://…`, `docker://…`, `oras://…`) in catalogue metadata has a digest. With
#   `config.references.everywhere` so has one in provenance and run manifests.
# custom:
#   id: references_pinned
#   severity: critical
#   quantifier: all
#   kind: metadata
#   rationale: A tag in a catalogue sends people to whatever it points at later, and a placeholder sends them nowhere.
#   remedy: Write the pinned reference that `ocigate resolve` prints, then attach or attest the document again.
#   codes:
#     truncated: a document states more than is read
#     unpinned: a reference without a digest
package ocigate.core.references_pinned

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

undecided contains finding if {
	some class in ["provenance", "run_manifest", "metadata"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	finding := data.ocigate.lib.evidence.cut_off(document, "references")
}

references := [{"class": class, "document": document, "reference": reference} |
	some class in ["provenance", "run_manifest", "metadata"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	some reference in object.get(document, ["description", "references"], [])
]

deny contains finding if {
	some found in references
	is_string(found.reference.placeholder)
	finding := told(found, sprintf("the placeholder `%s`", [found.reference.placeholder]))
}

deny contains finding if {
	some found in references
	found.reference.placeholder == null
	found.reference.digest == null
	is_meant(found.class)
	finding := told(found, sprintf("`%s`, which can be other bytes later", [found.reference.value]))
}

is_meant(class) if class == "metadata"

is_meant(_) if data.config.references.everywhere == true

told(found, text) := data.ocigate.lib.finding.wrong(
	"unpinned",
	sprintf("expected a reference with a digest, found %s", [text]),
	[data.ocigate.lib.finding.at(found.document.document, found.reference.pointer)],
	"Write `oci://HOST/REPOSITORY@sha256:…`, as `ocigate resolve` prints it, then attach or attest the document again.",
)

pinned := [found | some found in references; found.reference.digest != null]

accept contains data.ocigate.lib.evidence.ground(sprintf("%v of %s with a digest", [count(pinned), data.ocigate.lib.text.counted(count(references), "reference")]), input.subject.digest) if count(references) > 0

skip contains "no document names an artifact" if count(references) == 0
