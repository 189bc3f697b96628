# METADATA
# scope: package
# title: A pointer, where one is given, agrees with what is live
# description: >-
#   What a distribution pointer (`--pointer`) says has to be so: repository, digest, artifact type, files, and the
#   signature, provenance and SBOM that it names. A pointer adds demands and never takes one back. Without a
#   pointer there is nothing to ask.
# custom:
#   id: pointer
#   severity: error
#   quantifier: all
#   rationale: A catalogue that points at other bytes, or at evidence that is not there, sends people to the wrong place.
#   remedy: Write the pointer again from what is live with `ocigate pointer`.
#   codes:
#     artifact_type_differs: the pointer states another artifact type
#     file_differs: the pointer says something else of a file than its layer
#     layer_not_listed: the pointer does not list a layer
#     media_type_differs: the pointer states another media type
#     no_such_layer: the pointer lists a file that no layer is
#     referrer_absent: the pointer names a referrer that is not there
#     referrer_elsewhere: the pointer names a referrer in another repository
#     referrer_not_named: the pointer does not name a referrer that is there
#     referrer_of_other_kind: the pointer names a referrer of another kind
#     referrer_refused: the pointer names a referrer that is refused
#     referrer_unchecked: the pointer names a referrer that could not be checked
#     repository_differs: the pointer names another repository
#     signature_absent: the pointer demands a signature and there is none
#     signer_differs: the pointer expects another signer
#     subject_differs: the pointer names another subject
#     unread_field: a field of the pointer is not understood
#   document_faults: true
package ocigate.core.pointer

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

# A pointer that this rule cannot read, which must not pass.
undecided contains finding if {
	wrong := {name |
		some type, names in {"array": ["faults", "files", "media_types", "unread"], "object": ["referrers"], "string": ["digest"]}
		some name in names
		type_name(object.get(input, ["pointer", name], null)) != type
	}
	is_given
	count(wrong) > 0
	finding := {
		"code": "unreadable_input",
		"msg": sprintf("the pointer of the input is not one of version 1: %s missing or of another type", [concat(", ", sort(wrong))]),
		"basis": "present",
		"remedy": "Make the input with this version of `ocigate`.",
	}
}

is_given if object.get(input, "pointer", null) != null

at(pointer) := data.ocigate.lib.finding.at(input.pointer.digest, pointer)

rewrite := sprintf("Write the pointer again: `ocigate pointer %s`.", [data.ocigate.lib.text.pinned])

# What is wrong with the file by itself.
deny contains finding if {
	some fault in input.pointer.faults
	finding := data.ocigate.lib.finding.wrong(object.get(fault, "code", "unknown"), fault.message, [at(fault.pointer)], rewrite)
}

warn contains finding if {
	some field in input.pointer.unread
	finding := data.ocigate.lib.finding.wrong(
		"unread_field",
		sprintf("the pointer has the field `%s`, which is not understood: nothing was asked by it", [field.value]),
		[at(field.pointer)],
		"Correct its name if it is misspelt. `ocigate schema show distribution-pointer.v1` lists the names.",
	)
}

# What it points at.
deny contains finding if {
	not input.pointer.subject.value in input.subject.digests
	is_string(input.pointer.subject.value)
	finding := data.ocigate.lib.finding.wrong(
		"subject_differs",
		sprintf("the pointer names the subject %s, what is judged is %s", [input.pointer.subject.value, input.subject.digest]),
		[at(input.pointer.subject.pointer)],
		rewrite,
	)
}

deny contains finding if {
	is_string(input.subject.repository)
	input.pointer.repository.value != input.subject.repository
	finding := data.ocigate.lib.finding.wrong(
		"repository_differs",
		sprintf("the pointer names the repository %s, what is judged lies in %s", [input.pointer.repository.value, input.subject.repository]),
		[at(input.pointer.repository.pointer)],
		rewrite,
	)
}

deny contains finding if {
	stated := input.pointer.artifact_type
	stated.value != input.subject.artifact_type
	finding := data.ocigate.lib.finding.wrong(
		"artifact_type_differs",
		sprintf("the pointer says that the artifact type is `%s`, it is %s", [stated.value, said(input.subject.artifact_type)]),
		[at(stated.pointer), data.ocigate.lib.finding.at(input.subject.digest, "/artifactType")],
		rewrite,
	)
}

deny contains finding if {
	some stated in input.pointer.media_types
	not stated.value in media_types
	finding := data.ocigate.lib.finding.wrong(
		"media_type_differs",
		sprintf("the pointer says that the media type is `%s`, found %s", [stated.value, data.ocigate.lib.text.listed(sort({said(type) | some type in media_types}))]),
		[at(stated.pointer), data.ocigate.lib.finding.subject],
		rewrite,
	)
}

media_types := {input.subject.media_type, input.subject.artifact_type} | {layer.media_type | some layer in input.subject.layers}

said(value) := sprintf("`%s`", [value]) if {
	is_string(value)
} else := "none"

# Its files against the layers, by title.
plain(title) := concat("/", [part | some part in split(replace(title, "\\", "/"), "/"); not part in {"", "."}])

layers_of(file) := [{"index": i, "layer": layer} |
	some i, layer in input.subject.layers
	is_string(layer.title)
	plain(layer.title) == plain(file.path.value)
]

layer_at(index, part) := data.ocigate.lib.finding.at(input.subject.digest, sprintf("/layers/%v%s", [index, part]))

deny contains finding if {
	some file in input.pointer.files
	count(layers_of(file)) == 0
	finding := data.ocigate.lib.finding.wrong(
		"no_such_layer",
		sprintf("the pointer lists the file `%s`, and no layer has this title; there are %s", [file.path.value, titles]),
		[at(file.path.pointer), data.ocigate.lib.finding.at(input.subject.digest, "/layers")],
		rewrite,
	)
}

titles := data.ocigate.lib.text.listed([said(layer.title) | some layer in input.subject.layers]) if {
	count(input.subject.layers) > 0
} else := "no layers"

deny contains finding if {
	some file in input.pointer.files
	some found in layers_of(file)
	some name, part in {"media_type": "/mediaType", "size": "/size", "digest": "/digest"}
	stated := file[name]
	stated.value != found.layer[name]
	finding := data.ocigate.lib.finding.wrong(
		"file_differs",
		sprintf("the pointer says that the %s of `%s` is `%v`, its layer has `%v`", [replace(name, "_", " "), file.path.value, stated.value, found.layer[name]]),
		[at(stated.pointer), layer_at(found.index, part)],
		rewrite,
	)
}

deny contains finding if {
	is_string(input.pointer.file_list)
	not input.subject.is_index
	listed := {plain(file.path.value) | some file in input.pointer.files}
	some i, layer in input.subject.layers
	not is_empty(layer)
	not is_listed(layer, listed)
	finding := data.ocigate.lib.finding.wrong(
		"layer_not_listed",
		sprintf("the pointer does not list the layer %s (%s)", [layer.digest, said(layer.title)]),
		[at(input.pointer.file_list), layer_at(i, "")],
		rewrite,
	)
}

is_listed(layer, listed) if {
	is_string(layer.title)
	plain(layer.title) in listed
}

# The empty blob that tools put where there is no file.
is_empty(layer) if layer.media_type == "application/vnd.oci.empty.v1+json"

# What it says refers to the subject.
refused(digest) := [item | some item in input.refused; digest in {item.manifest, item.document}]

unchecked(digest) := [item | some item in input.unchecked; digest in {item.manifest, item.document}]

documents := [document |
	some standing in ["proven", "attached"]
	some class in ["provenance", "run_manifest", "sbom", "metadata", "other"]
	some document in input[standing][class]
]

is_live(digest) if {
	some referrer in input.referrers
	referrer.manifest == digest
}

is_live(digest) if {
	some document in array.concat(documents, input.proven.signatures)
	not lies_beside(document)
	digest in {document.manifest, document.document}
}

# A file of whoever runs the gate (`--evidence`) has no manifest: it refers to nothing in the repository.
lies_beside(item) if item.manifest == item.document

# Nor does a layer of the subject itself.
lies_beside(item) if item.manifest in input.subject.digests

meets("signature", digest) if {
	some signature in input.proven.signatures
	not lies_beside(signature)
	digest in {signature.manifest, signature.document}
}

meets(slot, digest) if {
	slot in {"provenance", "sbom"}
	some standing in ["proven", "attached"]
	some document in input[standing][slot]
	not lies_beside(document)
	digest in {document.manifest, document.document}
}

nouns := {"signature": "signature of a permitted signer", "provenance": "provenance", "sbom": "SBOM"}

# Every item of a slot that is not what the pointer says, with what became of it.
unmet contains {"slot": slot, "named": named} if {
	some slot, items in input.pointer.referrers
	some named in items
	not meets(slot, named.value)
}

deny contains finding if {
	some item in unmet
	bad := refused(item.named.value)
	count(bad) > 0
	count(unchecked(item.named.value)) == 0
	finding := data.ocigate.lib.finding.wrong(
		"referrer_refused",
		sprintf("the pointer names %s as %s, and it is refused because `%s` failed: %s", [item.named.value, nouns[item.slot], bad[0].step, bad[0].reason]),
		[at(item.named.pointer), data.ocigate.lib.finding.at(bad[0].document, "")],
		rewrite,
	)
}

deny contains finding if {
	some item in unmet
	open := unchecked(item.named.value)
	count(open) > 0
	finding := object.union(
		data.ocigate.lib.finding.unmet(
			"referrer_unchecked",
			sprintf("the pointer names %s as %s, and it could not be checked here: %s", [item.named.value, nouns[item.slot], open[0].reason]),
			[at(item.named.pointer), data.ocigate.lib.finding.at(open[0].document, "")],
			"Give what it takes to check it, a key or a root; or name one that can be checked.",
		),
		{"kind": open[0].kind},
	)
}

deny contains finding if {
	some item in unmet
	count(refused(item.named.value)) + count(unchecked(item.named.value)) == 0
	is_live(item.named.value)
	finding := data.ocigate.lib.finding.wrong(
		"referrer_of_other_kind",
		sprintf("the pointer names %s as %s, and it is none: %s", [item.named.value, nouns[item.slot], what(item.named.value)]),
		[at(item.named.pointer), data.ocigate.lib.finding.at(item.named.value, "")],
		rewrite,
	)
}

deny contains finding if {
	some item in unmet
	count(refused(item.named.value)) + count(unchecked(item.named.value)) == 0
	not is_live(item.named.value)
	finding := data.ocigate.lib.finding.unmet(
		"referrer_absent",
		sprintf("the pointer names %s as %s, and nothing with this digest refers to the subject", [item.named.value, nouns[item.slot]]),
		[at(item.named.pointer)],
		rewrite,
	)
}

# Where it lies: with the subject, or in another repository that whoever runs the gate named.
deny contains finding if {
	some slot, items in input.pointer.referrers
	some named in items
	is_string(object.get(named, "repository", null))
	some referrer in input.referrers
	referrer.manifest == named.value
	place := lies_in(referrer)
	named.repository != place
	finding := data.ocigate.lib.finding.wrong(
		"referrer_elsewhere",
		sprintf("the pointer names %s in %s as %s, and it was found in %s", [named.value, named.repository, nouns[slot], place]),
		[at(named.pointer), data.ocigate.lib.finding.at(named.value, "")],
		rewrite,
	)
}

lies_in(referrer) := referrer.found_in if {
	is_string(object.get(referrer, "found_in", null))
} else := input.subject.repository

what(digest) := sprintf("it holds %s", [data.ocigate.lib.text.listed(kinds)]) if {
	kinds := sort({document.kind | some document in documents; digest in {document.manifest, document.document}})
	count(kinds) > 0
} else := "nothing in it was recognised as one"

# What it demands of signatures.
deny contains finding if {
	is_string(input.pointer.requires_signature)
	count(input.proven.signatures) == 0
	finding := object.union(
		data.ocigate.lib.finding.unmet(
			"signature_absent",
			"the pointer demands a signature, and no signature of a permitted signer was found",
			[at(input.pointer.requires_signature)],
			sprintf("Sign the digest: `cosign sign --key cosign.key %s`.", [data.ocigate.lib.text.pinned]),
		),
		{"kind": "signature"},
	)
}

deny contains finding if {
	expected := input.pointer.expected_signer
	count(signed_by(expected.value)) == 0
	finding := object.union(
		data.ocigate.lib.finding.unmet(
			"signer_differs",
			sprintf("the pointer expects a signature by `%s`, found %s", [expected.value, signers_found]),
			[at(expected.pointer)],
			"Have it sign, or give the signer's entry in the configuration the name that the pointer uses.",
		),
		{"kind": "signature"},
	)
}

signed_by(name) := [signature |
	some signature in input.proven.signatures
	name in {signature.signer, object.get(signature, "fingerprint", null), object.get(signature, ["identity", "subject"], null)}
]

signers_found := concat(", ", sort({sprintf("one by `%s`", [signature.signer]) | some signature in input.proven.signatures})) if {
	count(input.proven.signatures) > 0
} else := "none of a permitted signer"

# What is live and not named, where the pointer names anything.
live("signature") := {signature.manifest: {signature.manifest, signature.document} |
	some signature in input.proven.signatures
	not lies_beside(signature)
}

live(slot) := {document.manifest: {document.manifest, document.document} |
	some standing in ["proven", "attached"]
	some document in input[standing][slot]
	not lies_beside(document)
} if {
	slot in {"provenance", "sbom"}
}

warn contains finding if {
	names_any
	some slot, items in input.pointer.referrers
	named := {item.value | some item in items}
	unnamed := sort({manifest | some manifest, digests in live(slot); count(digests & named) == 0})
	count(unnamed) > 0
	finding := data.ocigate.lib.finding.wrong(
		"referrer_not_named",
		sprintf("the pointer does not name %s, which is there as %s", [data.ocigate.lib.text.listed(unnamed), nouns[slot]]),
		[at(""), data.ocigate.lib.finding.at(unnamed[0], "")],
		rewrite,
	)
}

names_any if {
	some items in input.pointer.referrers
	count(items) > 0
}
