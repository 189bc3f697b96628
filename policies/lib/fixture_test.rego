# Inputs for the tests of `core`: a subject with signed evidence that passes every rule, and small changes of it.
package ocigate.lib.fixture_test

subject_digest := "sha256:1111111111111111111111111111111111111111111111111111111111111111"

layer_digest := "sha256:2222222222222222222222222222222222222222222222222222222222222222"

second_layer := "sha256:3333333333333333333333333333333333333333333333333333333333333333"

other_digest := "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

input_digest := "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

# One that nobody can mistake for another: `document_digest("prov")`.
document_digest(name) := sprintf("sha256:d0c-%s", [name])

subject := {
	"reference": sprintf("reg.example.org/kfm/layers@%s", [subject_digest]),
	"repository": "reg.example.org/kfm/layers",
	"digest": subject_digest,
	"digests": [subject_digest],
	"index": null,
	"named_by": "digest",
	"tag": null,
	"tag_moved_to": null,
	"media_type": "application/vnd.oci.image.manifest.v1+json",
	"artifact_type": "application/vnd.kfm.layer.data.v1",
	"is_index": false,
	"size": 1234,
	"annotations": {},
	"config": {
		"digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
		"media_type": "application/vnd.oci.empty.v1+json",
		"size": 2,
		"names_subject": false,
	},
	"layers": [
		layer(layer_digest, "layer.pmtiles"),
		layer(second_layer, "layer.parquet"),
	],
	"binding_layers": [layer_digest, second_layer],
	"proven": true,
}

layer(digest, title) := {
	"digest": digest,
	"size": 10,
	"media_type": "application/octet-stream",
	"title": title,
	"annotations": {},
	"path": path(title),
	"bytes": "not-read",
}

path(title) := concat("/", [part | some part in split(lower(replace(title, "\\", "/")), "/"); not part in {"", "."}]) if {
	is_string(title)
} else := null

# A document of a kind, attached: with no outputs and no objections.
document(kind, name) := {
	"kind": kind,
	"document": document_digest(name),
	"manifest": sprintf("sha256:3a0-%s", [name]),
	"title": sprintf("%s.json", [name]),
	"media_type": "application/json",
	"artifact_type": null,
	"predicate_type": null,
	"signers": [],
	"signed_by": [],
	"declared": null,
	"defects": [],
	"outputs": [],
	"inputs": [],
	"run_ids": [],
	"content": {},
	"content_at": "",
	"statement": null,
	"bound_by": "attachment",
	"objections": [],
}

output(digest, pointer, name) := {"digest": digest, "pointer": pointer, "name": name}

# One that names the subject's manifest.
bound(kind, name) := object.union(document(kind, name), {"bound_by": "manifest", "outputs": [output(subject_digest, "/outputs/0/digest", null)]})

# The same with something that keeps it from satisfying its rule.
flawed(doc, objections) := object.union(doc, {"objections": objections})

objection(code, message, pointer) := {"code": code, "message": message, "pointer": pointer}

# The codes of what ties a document to something else than the subject.
unbound_codes := ["layers_unnamed", "no_digest", "only_used", "other_subject"]

# Two documents that cannot both be right.
contradiction(kind, signed, names) := {
	"kind": kind,
	"signed": signed,
	"message": sprintf("%s say different things", [concat(" and ", names)]),
	"places": [{"evidence": document_digest(name), "pointer": "/x"} | some name in names],
}

# The same, as the word of a signer.
signed(doc, predicate_type) := object.union(doc, {"signers": [signer.signer], "signed_by": [signer], "predicate_type": predicate_type})

signer := {"signer": "release", "fingerprint": "sha256:ffff", "identity": null}

# A claim of signed metadata.
claim(role, field, value) := {
	"role": role,
	"field": field,
	"value": value,
	"pointer": sprintf("/properties/%s", [field]),
	"rank": null,
	"listed": true,
	"of_subject": true,
	"valid": null,
	"place": {"evidence": document_digest("stac"), "pointer": sprintf("/properties/%s", [field])},
	"manifest": "sha256:3a0-stac",
	"holder": "metadata",
	"proven": true,
	"counts": true,
}

# The same, unsigned.
unsigned_claim(claim) := object.union(claim, {"proven": false})

# The same, in another document.
said_in(claim, name) := object.union(claim, {"place": {"evidence": document_digest(name), "pointer": claim.pointer}})

# The same where it may not satisfy.
uncounted(claim) := object.union(claim, {"counts": false})

# The same, said of something else than the subject.
aside(claim) := object.union(claim, {"of_subject": false, "counts": false})

licence(value, valid) := object.union(claim("licence", "license", value), {"valid": valid, "decides": true, "normal": value, "suggestion": null, "alternatives": [[value]]})

label(value, rank) := object.union(claim("sensitivity", "kfm:access_level", value), {"rank": rank})

prov := signed(
	object.union(bound("prov", "prov"), {"run_ids": [{"value": "run-1", "pointer": "/@graph/1/kfm:run_id"}]}),
	"https://www.w3.org/ns/prov",
)

run_manifest := signed(
	object.union(bound("run-manifest", "run"), {"run_ids": [{"value": "run-1", "pointer": "/predicate/run_id"}]}),
	"https://kfm.dev/attestations/run-manifest/v1",
)

sbom := signed(
	object.union(bound("spdx", "sbom"), {"summary": {
		"format": "spdx",
		"described": [{
			"name": "layers",
			"licence_concluded": "CC-BY-4.0",
			"licence_declared": "NOASSERTION",
			"digests": [subject_digest],
			"pointer": "/predicate/packages/0",
		}],
		"licences": ["CC-BY-4.0"],
		"missing": {"supplier": 0, "version": 0, "licence": 0, "identifier": 0, "checksum": 0},
	}}),
	"https://spdx.dev/Document",
)

stac := signed(document("stac", "stac"), "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json")

signature := object.union(signer, {
	"log": null,
	"times": [],
	"form": "bundle",
	"predicate_type": "https://sigstore.dev/cosign/sign/v1",
	"document": document_digest("signature"),
	"manifest": "sha256:3a0-signature",
})

# Everything signed, everything good.
good := {
	"version": 1,
	"now": "2026-11-24T00:00:00Z",
	"subject": subject,
	"demands": {"require_digest": false, "require_proven": [], "requirements": [], "must_be_proven": {}},
	"trust": {"configured": true, "applicable": true, "signers": ["release"]},
	"proven": {
		"signatures": [signature],
		"provenance": [prov],
		"run_manifest": [run_manifest],
		"sbom": [sbom],
		"metadata": [stac],
		"other": [],
	},
	"attached": {"provenance": [], "run_manifest": [], "sbom": [], "metadata": [], "other": []},
	"contradictions": [],
	"claims": {"licence": [licence("CC-BY-4.0", true)], "sensitivity": [label("public", 0)], "care": [], "authority": [], "attribution": []},
	"licences": {
		"described": [{"licence": "CC-BY-4.0", "normal": "CC-BY-4.0", "place": {"evidence": document_digest("sbom"), "pointer": "/predicate/packages/0"}, "proven": true}],
		"inputs": [],
		"conflicts": [],
		"too_many_alternatives": [],
	},
	"care": {"reasons": [], "blocks": [], "refusals": []},
	"referrers": [],
	"unchecked": [],
	"refused": [],
	"gaps": [],
}

# `good` with parts replaced; objects are merged, everything else is replaced.
changed(parts) := object.union(good, parts)

with_subject(parts) := changed({"subject": parts})

with_proven(class, documents) := changed({"proven": {class: documents}})

with_claims(role, claims) := changed({"claims": {role: claims}})

with_contradiction(kind, signed, names) := changed({"contradictions": [contradiction(kind, signed, names)]})

# A class without anything signed.
with_attached(class, documents) := changed({"proven": {class: []}, "attached": {class: documents}})

unchecked(kind) := {
	"kind": kind,
	"document": document_digest("unchecked"),
	"manifest": "sha256:3a0-unchecked",
	"predicate_type": null,
	"reason": "no trusted root given",
}

refused(kind) := {
	"kind": kind,
	"document": document_digest("refused"),
	"manifest": "sha256:3a0-refused",
	"predicate_type": null,
	"step": "signer is permitted",
	"reason": "the key of `build` may not sign for this repository",
}

# Some finding has this code and basis, these places and no others, and tells all of these facts. A place is the name
# of a document, or a digest, and a pointer. A fact is what the sentence is about (a digest, a licence, the name of a
# field, a number), never how the sentence puts it.
says(findings, code, basis, places, facts) if {
	some finding in findings
	finding.code == code
	finding.basis == basis
	places_of(finding) == [place(named[0], named[1]) | some named in places]
	every fact in facts {
		tells(finding.msg, fact)
	}
}

# The main place and those that follow.
places_of(finding) := array.concat([{"evidence": finding.evidence, "pointer": finding.pointer}], finding.also)

place("subject", pointer) := {"evidence": subject_digest, "pointer": pointer}

place(name, pointer) := {"evidence": name, "pointer": pointer} if startswith(name, "sha256:")

place(name, pointer) := {"evidence": document_digest(name), "pointer": pointer} if {
	name != "subject"
	not startswith(name, "sha256:")
}

# The fact stands in the text, as a word and not as a part of one: `2` is not in `12`.
tells(text, fact) if {
	word := sprintf("%v", [fact])
	parts := split(text, word)
	count(parts) > 1
	some i in numbers.range(1, count(parts) - 1)
	not regex.match(`[A-Za-z0-9]$`, concat(word, array.slice(parts, 0, i)))
	not regex.match(`^[A-Za-z0-9]`, concat(word, array.slice(parts, i, count(parts))))
}

# How often a word stands in a text.
times(text, word) := count(split(text, word)) - 1

codes(findings) := {finding.code | some finding in findings}

# The sentences, to compare them with those of another input: which words they are of does not matter.
sentences(findings) := {finding.msg | some finding in findings}

# The digests that a text tells.
digests_in(text) := {digest | some digest in regex.find_n(`sha256:[0-9a-z]+`, text, -1)}

# The input lacks this part, or it is of another type.
unreadable(findings, path) if {
	some finding in findings
	finding.code == "unreadable_input"
	finding.basis == "present"
	tells(finding.msg, path)
}

# None does.
silent(findings) if count(findings) == 0

# Provenance of which a part was cut off.
cut_off(part) := with_proven("provenance", [object.union(prov, {"description": {"truncated": [part]}})])
