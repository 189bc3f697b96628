# Which documents may satisfy a requirement, and what to say of the others.
package ocigate.lib.evidence

# The documents that may satisfy a rule about this class. Once a signer vouches for one, or has to, what
# is only attached cannot: else whoever deletes an attestation could put a document in its place.
eligible(class) := {"standing": "proven", "documents": input.proven[class]} if {
	count(input.proven[class]) > 0
} else := {"standing": "demanded", "documents": [], "why": input.demands.must_be_proven[class]} if {
	input.demands.must_be_proven[class]
} else := {"standing": "attached", "documents": input.attached[class]}

# Evidence of these kinds that was found and could not be checked here.
unchecked(kinds) := [item | some item in input.unchecked; item.kind in kinds]

# Evidence of these kinds that was checked and is bad.
refused(kinds) := [item | some item in input.refused; item.kind in kinds]

# What else was found of these kinds, to end the message that nothing good was.
others_note(kinds) := concat("", [refused_note(refused(kinds)), unchecked_note(unchecked(kinds))])

refused_note(items) := "" if {
	count(items) == 0
} else := sprintf("; %v found and refused, the first because `%s` failed: %s", [count(items), items[0].step, items[0].reason])

unchecked_note(items) := "" if {
	count(items) == 0
} else := sprintf("; %v could not be checked here: %s", [count(items), items[0].reason])

# Where they are.
others(kinds) := [place |
	some item in array.concat(refused(kinds), unchecked(kinds))
	place := data.ocigate.lib.finding.at(item.document, "")
]

# Documents that nothing keeps from satisfying the rule of their class.
good(documents) := [document | some document in documents; count(document.objections) == 0]

# Nothing of what a rule asks for was found. `asked` tells what is expected, the documents that may satisfy, those that are
# only attached, and the kinds of evidence that may hide one.
absent(asked, remedy) := data.ocigate.lib.finding.unmet(
	"absent",
	sprintf("expected %s of %s, found none%s%s", [asked.expected, input.subject.digest, only_attached_note(asked.eligible, asked.attached), others_note(asked.kinds)]),
	array.concat(array.concat([data.ocigate.lib.finding.subject], [data.ocigate.lib.finding.at(document.document, "") | some document in asked.attached]), others(asked.kinds)),
	remedy,
)

# What to say when no document is good: what keeps the best one from it.
flawed(asked, remedy) := [finding |
	documents := asked.eligible.documents
	least := min([count(document.objections) | some document in documents])
	best := [document | some document in documents; count(document.objections) == least][0]
	places := [data.ocigate.lib.finding.at(document.document, "") | some document in documents; document.document != best.document]
	some objection in best.objections
	finding := data.ocigate.lib.finding.unmet(
		objection.code,
		sprintf("%s%s%s", [objection.message, best_note(documents), only_attached_note(asked.eligible, asked.attached)]),
		array.concat([data.ocigate.lib.finding.at(best.document, objection.pointer)], places),
		remedy,
	)
]

best_note(documents) := "" if {
	count(documents) == 1
} else := sprintf(" (the best of %v candidates)", [count(documents)])

# Documents that contradict each other, and cannot all be right.
contradictions(kind, signed) := [clash | some clash in input.contradictions; clash.kind == kind; clash.signed == signed]

# Why documents that are there may not satisfy: empty where they may.
only_attached_note(standing, attached) := "" if {
	count(attached) == 0
} else := sprintf("; %s found but unsigned, and unsigned ones do not count: %s", [
	data.ocigate.lib.text.counted(count(attached), "document"),
	standing.why,
]) if {
	standing.standing == "demanded"
} else := "; an unsigned one cannot stand in for a signed one" if {
	standing.standing == "proven"
} else := ""

# What is said of every document that counts although nobody vouches for it.
unsigned(noun, document) := data.ocigate.lib.finding.wrong(
	"unsigned",
	sprintf("%s %s is present, unsigned: anyone who can push could have written it", [noun, document.document]),
	[data.ocigate.lib.finding.at(document.document, ""), data.ocigate.lib.finding.at(document.manifest, "")],
	sprintf("To make it a signer's word, attest it: `%s`.", [attest(document.kind, file(document))]),
)

# What is said of a document that states more than is read, if this part of it was cut off.
cut_off(document, part) := data.ocigate.lib.finding.wrong(
	"truncated",
	sprintf("%s has more %s than are read: what the others say is not known", [document.document, part]),
	[data.ocigate.lib.finding.at(document.document, "")],
	"State at most 1000 in one document: split it, or leave out what is not of this data set.",
) if part in object.get(document, ["description", "truncated"], [])

file(document) := document.title if {
	is_string(document.title)
	regex.match(`^[A-Za-z0-9_][A-Za-z0-9._-]*$`, document.title)
} else := "FILE"

# The command that makes a document of this kind the word of a signer.
attest(kind, path) := sprintf("cosign attest --key cosign.key --type %s --predicate %s %s", [attest_type(kind), path, data.ocigate.lib.text.pinned])

# What `cosign attest --type` calls it: a name that it knows, or an address.
attest_type(kind) := object.get(
	{
		"slsa": "slsaprovenance1",
		"prov": "https://www.w3.org/ns/prov",
		"run-manifest": "https://kfm.dev/attestations/run-manifest/v1",
		"spdx": "spdxjson",
		"cyclonedx": "cyclonedx",
		"stac": "https://schemas.stacspec.org/v1.1.0/item-spec/json-schema/item.json",
	},
	kind,
	"TYPE",
)

# What a pass rests on: a document, how it is tied to the subject, and who vouches for it.
grounds(documents) := {ground(sprintf("%s %s%s", [called(document), bonds[document.bound_by], vouched(document)]), document.document) | some document in documents}

ground(msg, evidence) := {"msg": msg, "evidence": evidence, "pointer": ""}

# A claim, and who vouches for it.
claimed(claim, text) := {"msg": sprintf("%s, %s", [text, claim_standing(claim)]), "evidence": claim.place.evidence, "pointer": claim.place.pointer}

claim_standing(claim) := "signed" if {
	claim.proven
} else := "unsigned"

called(document) := document.title if {
	is_string(document.title)
} else := sprintf("the %s document", [document.kind])

bonds := {
	"manifest": "names the manifest",
	"layers": "names all layers",
	"config": "names the image by its id",
	"part": "names a part of the subject",
	"attachment": "is attached to the subject",
	"nothing": "names other things",
}

vouched(document) := ", unsigned" if {
	count(document.signers) == 0
} else := sprintf(", signed by `%s`", [concat("`, `", document.signers)])
