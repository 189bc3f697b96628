package core.pointer_test

stated(value, pointer) := {"value": value, "pointer": pointer}

signature := data.lib.fixture_test.good.proven.signatures[0]

# A pointer that says what is so, and names all that is there.
good := {
	"name": "distribution.oci.json",
	"digest": data.lib.fixture_test.document_digest("pointer"),
	"shapes": ["subject"],
	"repository": stated("reg.example.org/kfm/layers", "/subject"),
	"subject": stated(data.lib.fixture_test.subject_digest, "/subject"),
	"artifact_type": stated("application/vnd.kfm.layer.data.v1", "/artifact_type"),
	"media_types": [],
	"files": [file("layer.pmtiles", 0), file("./layer.parquet", 1)],
	"file_list": "/files",
	"referrers": {
		"signature": [stated(signature.manifest, "/referrers/signature")],
		"provenance": [stated(data.lib.fixture_test.prov.manifest, "/referrers/provenance")],
		"sbom": [stated(data.lib.fixture_test.sbom.document, "/referrers/sbom")],
	},
	"requires_signature": null,
	"expected_signer": null,
	"faults": [],
	"unread": [],
}

file(path, index) := {
	"path": stated(path, sprintf("/files/%v/path", [index])),
	"media_type": stated("application/octet-stream", sprintf("/files/%v/media_type", [index])),
	"size": stated(10, sprintf("/files/%v/size", [index])),
	"digest": null,
}

pointing(parts) := data.lib.fixture_test.changed({"pointer": object.union(good, parts)})

denials(parts) := findings if {
	findings := data.core.pointer.deny with input as pointing(parts)
}

denied(findings, basis, texts, pointer) if {
	data.lib.fixture_test.says(findings, basis, texts)
	some finding in findings
	finding.evidence == data.lib.fixture_test.document_digest("pointer")
	finding.pointer == pointer
}

named(slot, digests) := {"referrers": {slot: [stated(digest, sprintf("/referrers/%s", [slot])) | some digest in digests]}}

test_without_a_pointer_it_is_silent if {
	data.lib.fixture_test.silent(data.core.pointer.deny) with input as data.lib.fixture_test.good
	data.lib.fixture_test.silent(data.core.pointer.warn) with input as data.lib.fixture_test.good
	data.lib.fixture_test.silent(data.core.pointer.undecided) with input as data.lib.fixture_test.good
}

test_a_pointer_that_agrees_is_silent if {
	data.lib.fixture_test.silent(data.core.pointer.deny) with input as pointing({})
	data.lib.fixture_test.silent(data.core.pointer.warn) with input as pointing({})
	data.lib.fixture_test.silent(data.core.pointer.undecided) with input as pointing({})
}

test_a_fault_of_the_file_fails if {
	findings := denials({"faults": [{"pointer": "/referrers/sbom", "code": "wrong_value", "message": "found the placeholder `SBOM_DIGEST`"}]})
	denied(findings, "present", ["`SBOM_DIGEST`"], "/referrers/sbom")
}

test_another_subject_fails if {
	findings := denials({"subject": stated(data.lib.fixture_test.other_digest, "/subject")})
	denied(findings, "present", [data.lib.fixture_test.other_digest, data.lib.fixture_test.subject_digest], "/subject")
}

test_another_repository_fails if {
	denied(denials({"repository": stated("reg.example.org/kfm/tiles", "/subject")}), "present", ["reg.example.org/kfm/tiles"], "/subject")
}

test_another_type_fails if {
	denied(denials({"artifact_type": stated("image/tiff", "/artifact_type")}), "present", ["`image/tiff`", "layer.data.v1"], "/artifact_type")
	denied(denials({"media_types": [stated("image/tiff", "/mediaType")]}), "present", ["`image/tiff`"], "/mediaType")
	data.lib.fixture_test.silent(denials({"media_types": [stated("application/octet-stream", "/mediaType")]}))
}

test_files_that_differ_fail if {
	every name, value in {"media_type": "image/tiff", "size": 11, "digest": data.lib.fixture_test.other_digest} {
		changed := object.union(file("layer.pmtiles", 0), {name: stated(value, "/there")})
		findings := denials({"files": [changed, file("layer.parquet", 1)]})
		denied(findings, "present", ["`layer.pmtiles`", sprintf("`%v`", [value])], "/there")
		count(findings) == 1
	}
}

test_a_file_that_is_not_there_fails if {
	findings := denials({"files": [file("layer.pmtiles", 0), file("layer.parquet", 1), file("gone.json", 2)]})
	denied(findings, "present", ["lists the file `gone.json`", "`layer.pmtiles`"], "/files/2/path")
}

test_a_layer_that_is_not_listed_fails if {
	findings := denials({"files": [file("layer.pmtiles", 0)]})
	denied(findings, "present", ["does not list the layer", data.lib.fixture_test.second_layer], "/files")
	data.lib.fixture_test.silent(denials({"files": [file("layer.pmtiles", 0)], "file_list": null}))
}

test_what_is_named_and_not_there_fails_unless_it_may_be_behind_a_gap if {
	every slot in ["signature", "provenance", "sbom"] {
		findings := denials(named(slot, [data.lib.fixture_test.other_digest]))
		denied(findings, "absent", ["nothing with this digest refers to the subject"], sprintf("/referrers/%s", [slot]))
		count(findings) == 1
	}
}

test_what_is_something_else_fails if {
	findings := denials(named("signature", [data.lib.fixture_test.sbom.manifest]))
	denied(findings, "present", ["as signature of a permitted signer, and it is none: it holds spdx"], "/referrers/signature")
	denied(denials(named("sbom", [signature.manifest])), "present", ["nothing in it was recognised"], "/referrers/sbom")
}

test_a_file_beside_the_artifact_is_not_live if {
	beside := object.union(data.lib.fixture_test.sbom, {"document": data.lib.fixture_test.other_digest, "manifest": data.lib.fixture_test.other_digest})
	both := object.union(pointing(named("sbom", [data.lib.fixture_test.other_digest])), {"proven": {"sbom": [beside]}})
	findings := data.core.pointer.deny with input as both
	denied(findings, "absent", ["nothing with this digest refers to the subject"], "/referrers/sbom")
	unnamed := object.union(pointing({"referrers": {"sbom": []}}), {"proven": {"sbom": [beside]}})
	data.lib.fixture_test.silent(data.core.pointer.warn) with input as unnamed
}

test_a_refused_signature_fails if {
	refused := object.union(pointing(named("signature", ["sha256:3a0-refused"])), {"refused": [data.lib.fixture_test.refused("signature")]})
	findings := data.core.pointer.deny with input as refused
	denied(findings, "present", ["is refused because `signer is permitted` failed"], "/referrers/signature")
}

test_an_unchecked_signature_is_open if {
	open := object.union(pointing(named("signature", ["sha256:3a0-unchecked"])), {"unchecked": [data.lib.fixture_test.unchecked("signature")]})
	findings := data.core.pointer.deny with input as open
	denied(findings, "absent", ["could not be checked here: no trusted root given"], "/referrers/signature")
	some finding in findings
	finding.kind == "signature"
}

test_a_demand_for_a_signature_is_held if {
	bare := object.union(pointing({"requires_signature": "/security/requires_cosign", "referrers": {"signature": []}}), {"proven": {"signatures": []}})
	findings := data.core.pointer.deny with input as bare
	denied(findings, "absent", ["demands a signature"], "/security/requires_cosign")
	data.lib.fixture_test.silent(denials({"requires_signature": "/security/requires_cosign"}))
}

test_another_signer_than_the_expected_fails if {
	denied(denials({"expected_signer": stated("council", "/security/expected_signer")}), "absent", ["by `council`, found one by `release`"], "/security/expected_signer")
	data.lib.fixture_test.silent(denials({"expected_signer": stated("release", "/x")}))
	data.lib.fixture_test.silent(denials({"expected_signer": stated("sha256:ffff", "/x")}))
}

test_what_is_there_and_not_named_is_warned_of if {
	less := pointing(named("sbom", []))
	data.lib.fixture_test.silent(data.core.pointer.deny) with input as less
	findings := data.core.pointer.warn with input as less
	data.lib.fixture_test.says(findings, "present", ["does not name", data.lib.fixture_test.sbom.manifest, "as SBOM"])
	count(findings) == 1
}

test_a_pointer_that_names_nothing_is_not_told_what_there_is if {
	none := pointing({"referrers": {"signature": [], "provenance": [], "sbom": []}})
	data.lib.fixture_test.silent(data.core.pointer.warn) with input as none
}

# The repository that a slot names, and the one that its manifest was found in.
lies(named_place, found_place) := object.union(
	pointing({"referrers": {"sbom": [object.union(
		stated(data.lib.fixture_test.sbom.manifest, "/referrers/sbom"),
		{"repository": named_place},
	)]}}),
	{"referrers": [{"manifest": data.lib.fixture_test.sbom.manifest, "found_in": found_place}]},
)

test_what_lies_where_the_pointer_says_is_fine if {
	every places in [
		["reg.example.org/kfm/layers", null],
		["reg.example.org/kfm/signatures", "reg.example.org/kfm/signatures"],
		[null, "reg.example.org/kfm/signatures"],
	] {
		data.lib.fixture_test.silent(data.core.pointer.deny) with input as lies(places[0], places[1])
	}
}

test_what_lies_elsewhere_than_the_pointer_says_fails if {
	every places in [
		["reg.example.org/kfm/signatures", null],
		["reg.example.org/kfm/layers", "reg.example.org/kfm/signatures"],
	] {
		findings := data.core.pointer.deny with input as lies(places[0], places[1])
		denied(findings, "present", [places[0], "as SBOM, and it was found in"], "/referrers/sbom")
	}
}

test_a_field_that_is_not_understood_is_warned_of if {
	findings := data.core.pointer.warn with input as pointing({"unread": [stated("signatrue", "/referrers/signatrue")]})
	denied(findings, "present", ["the field `signatrue`"], "/referrers/signatrue")
}

test_a_pointer_of_another_form_is_not_passed_over if {
	every wrong in [{}, [], "x", {"faults": []}] {
		findings := data.core.pointer.undecided with input as object.union(data.lib.fixture_test.good, {"pointer": wrong})
		count(findings) > 0
	}
}

test_a_missing_input_is_not_passed_over if {
	findings := data.core.pointer.deny | data.core.pointer.undecided with input as {}
	count(findings) > 0
}
