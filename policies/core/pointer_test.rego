package ocigate.core.pointer_test

stated(value, pointer) := {"value": value, "pointer": pointer}

signature := data.ocigate.lib.fixture_test.good.proven.signatures[0]

# A pointer that says what is so, and names all that is there.
good := {
	"name": "distribution.oci.json",
	"digest": data.ocigate.lib.fixture_test.document_digest("pointer"),
	"shapes": ["subject"],
	"repository": stated("reg.example.org/kfm/layers", "/subject"),
	"subject": stated(data.ocigate.lib.fixture_test.subject_digest, "/subject"),
	"artifact_type": stated("application/vnd.kfm.layer.data.v1", "/artifact_type"),
	"media_types": [],
	"files": [file("layer.pmtiles", 0), file("./layer.parquet", 1)],
	"file_list": "/files",
	"referrers": {
		"signature": [stated(signature.manifest, "/referrers/signature")],
		"provenance": [stated(data.ocigate.lib.fixture_test.prov.manifest, "/referrers/provenance")],
		"sbom": [stated(data.ocigate.lib.fixture_test.sbom.document, "/referrers/sbom")],
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

pointing(parts) := data.ocigate.lib.fixture_test.changed({"pointer": object.union(good, parts)})

denials(parts) := findings if {
	findings := data.ocigate.core.pointer.deny with input as pointing(parts)
}

# A finding of the pointer: where it stands in it, and what follows.
denied(findings, code, basis, pointer, others, facts) if {
	data.ocigate.lib.fixture_test.says(findings, code, basis, array.concat([["pointer", pointer]], others), facts)
}

named(slot, digests) := {"referrers": {slot: [stated(digest, sprintf("/referrers/%s", [slot])) | some digest in digests]}}

test_without_a_pointer_it_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_a_pointer_that_agrees_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.deny) with input as pointing({})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.warn) with input as pointing({})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.undecided) with input as pointing({})
}

test_a_fault_of_the_file_fails if {
	findings := denials({"faults": [{"pointer": "/referrers/sbom", "code": "wrong_value", "message": "found the placeholder `SBOM_DIGEST`"}]})
	denied(findings, "wrong_value", "present", "/referrers/sbom", [], ["SBOM_DIGEST"])
}

test_another_subject_fails if {
	findings := denials({"subject": stated(data.ocigate.lib.fixture_test.other_digest, "/subject")})
	denied(findings, "subject_differs", "present", "/subject", [], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_another_repository_fails if {
	denied(denials({"repository": stated("reg.example.org/kfm/tiles", "/subject")}), "repository_differs", "present", "/subject", [], ["reg.example.org/kfm/tiles", "reg.example.org/kfm/layers"])
}

test_another_type_fails if {
	denied(denials({"artifact_type": stated("image/tiff", "/artifact_type")}), "artifact_type_differs", "present", "/artifact_type", [["subject", "/artifactType"]], ["image/tiff", "application/vnd.kfm.layer.data.v1"])
	denied(denials({"media_types": [stated("image/tiff", "/mediaType")]}), "media_type_differs", "present", "/mediaType", [["subject", ""]], ["image/tiff", "application/octet-stream"])
	data.ocigate.lib.fixture_test.silent(denials({"media_types": [stated("application/octet-stream", "/mediaType")]}))
}

test_files_that_differ_fail if {
	every name, value in {"media_type": "image/tiff", "size": 11, "digest": data.ocigate.lib.fixture_test.other_digest} {
		part := {"media_type": "/layers/0/mediaType", "size": "/layers/0/size", "digest": "/layers/0/digest"}[name]
		changed := object.union(file("layer.pmtiles", 0), {name: stated(value, "/there")})
		findings := denials({"files": [changed, file("layer.parquet", 1)]})
		denied(findings, "file_differs", "present", "/there", [["subject", part]], ["layer.pmtiles", value])
		count(findings) == 1
	}
}

test_a_file_that_is_not_there_fails if {
	findings := denials({"files": [file("layer.pmtiles", 0), file("layer.parquet", 1), file("gone.json", 2)]})
	denied(findings, "no_such_layer", "present", "/files/2/path", [["subject", "/layers"]], ["gone.json", "layer.pmtiles"])
}

test_a_layer_that_is_not_listed_fails if {
	findings := denials({"files": [file("layer.pmtiles", 0)]})
	denied(findings, "layer_not_listed", "present", "/files", [["subject", "/layers/1"]], [data.ocigate.lib.fixture_test.second_layer])
	data.ocigate.lib.fixture_test.silent(denials({"files": [file("layer.pmtiles", 0)], "file_list": null}))
}

test_what_is_named_and_not_there_fails_unless_it_may_be_behind_a_gap if {
	every slot in ["signature", "provenance", "sbom"] {
		findings := denials(named(slot, [data.ocigate.lib.fixture_test.other_digest]))
		denied(findings, "referrer_absent", "absent", sprintf("/referrers/%s", [slot]), [], [data.ocigate.lib.fixture_test.other_digest])
		count(findings) == 1
	}
}

test_what_is_something_else_fails if {
	findings := denials(named("signature", [data.ocigate.lib.fixture_test.sbom.manifest]))
	denied(findings, "referrer_of_other_kind", "present", "/referrers/signature", [["sha256:3a0-sbom", ""]], ["sha256:3a0-sbom", "spdx"])
	unknown := denials(named("sbom", [signature.manifest]))
	denied(unknown, "referrer_of_other_kind", "present", "/referrers/sbom", [["sha256:3a0-signature", ""]], ["sha256:3a0-signature"])
	every finding in unknown {
		every kind in ["prov", "run-manifest", "spdx", "stac"] {
			not data.ocigate.lib.fixture_test.tells(finding.msg, kind)
		}
	}
}

test_a_file_beside_the_artifact_is_not_live if {
	beside := object.union(data.ocigate.lib.fixture_test.sbom, {"document": data.ocigate.lib.fixture_test.other_digest, "manifest": data.ocigate.lib.fixture_test.other_digest})
	both := object.union(pointing(named("sbom", [data.ocigate.lib.fixture_test.other_digest])), {"proven": {"sbom": [beside]}})
	findings := data.ocigate.core.pointer.deny with input as both
	denied(findings, "referrer_absent", "absent", "/referrers/sbom", [], [data.ocigate.lib.fixture_test.other_digest])
	unnamed := object.union(pointing({"referrers": {"sbom": []}}), {"proven": {"sbom": [beside]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.warn) with input as unnamed
}

test_a_refused_signature_fails if {
	refused := object.union(pointing(named("signature", ["sha256:3a0-refused"])), {"refused": [data.ocigate.lib.fixture_test.refused("signature")]})
	findings := data.ocigate.core.pointer.deny with input as refused
	denied(findings, "referrer_refused", "present", "/referrers/signature", [["refused", ""]], ["sha256:3a0-refused", "signer is permitted", "the key of `build` may not sign for this repository"])
}

test_an_unchecked_signature_is_open if {
	open := object.union(pointing(named("signature", ["sha256:3a0-unchecked"])), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	findings := data.ocigate.core.pointer.deny with input as open
	denied(findings, "referrer_unchecked", "absent", "/referrers/signature", [["unchecked", ""]], ["sha256:3a0-unchecked", "no trusted root given"])
	some finding in findings
	finding.kind == "signature"
}

test_a_demand_for_a_signature_is_held if {
	bare := object.union(pointing({"requires_signature": "/security/requires_cosign", "referrers": {"signature": []}}), {"proven": {"signatures": []}})
	findings := data.ocigate.core.pointer.deny with input as bare
	denied(findings, "signature_absent", "absent", "/security/requires_cosign", [], [])
	data.ocigate.lib.fixture_test.silent(denials({"requires_signature": "/security/requires_cosign"}))
}

test_another_signer_than_the_expected_fails if {
	denied(denials({"expected_signer": stated("council", "/security/expected_signer")}), "signer_differs", "absent", "/security/expected_signer", [], ["council", "release"])
	data.ocigate.lib.fixture_test.silent(denials({"expected_signer": stated("release", "/x")}))
	data.ocigate.lib.fixture_test.silent(denials({"expected_signer": stated("sha256:ffff", "/x")}))
}

test_what_is_there_and_not_named_is_warned_of if {
	less := pointing(named("sbom", []))
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.deny) with input as less
	findings := data.ocigate.core.pointer.warn with input as less
	denied(findings, "referrer_not_named", "present", "", [["sha256:3a0-sbom", ""]], [data.ocigate.lib.fixture_test.sbom.manifest])
	count(findings) == 1
}

test_a_pointer_that_names_nothing_is_not_told_what_there_is if {
	none := pointing({"referrers": {"signature": [], "provenance": [], "sbom": []}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.warn) with input as none
}

# The repository that a slot names, and the one that its manifest was found in.
lies(named_place, found_place) := object.union(
	pointing({"referrers": {"sbom": [object.union(
		stated(data.ocigate.lib.fixture_test.sbom.manifest, "/referrers/sbom"),
		{"repository": named_place},
	)]}}),
	{"referrers": [{"manifest": data.ocigate.lib.fixture_test.sbom.manifest, "found_in": found_place}]},
)

test_what_lies_where_the_pointer_says_is_fine if {
	every places in [
		["reg.example.org/kfm/layers", null],
		["reg.example.org/kfm/signatures", "reg.example.org/kfm/signatures"],
		[null, "reg.example.org/kfm/signatures"],
	] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.deny) with input as lies(places[0], places[1])
	}
}

test_what_lies_elsewhere_than_the_pointer_says_fails if {
	every places in [
		["reg.example.org/kfm/signatures", null, "reg.example.org/kfm/layers"],
		["reg.example.org/kfm/layers", "reg.example.org/kfm/signatures", "reg.example.org/kfm/signatures"],
	] {
		findings := data.ocigate.core.pointer.deny with input as lies(places[0], places[1])
		denied(findings, "referrer_elsewhere", "present", "/referrers/sbom", [["sha256:3a0-sbom", ""]], [places[0], places[2]])
	}
}

test_a_field_that_is_not_understood_is_warned_of if {
	findings := data.ocigate.core.pointer.warn with input as pointing({"unread": [stated("signatrue", "/referrers/signatrue")]})
	denied(findings, "unread_field", "present", "/referrers/signatrue", [], ["signatrue"])
}

test_a_pointer_of_another_form_is_not_passed_over if {
	every wrong in [{}, [], "x", {"faults": []}] {
		findings := data.ocigate.core.pointer.undecided with input as object.union(data.ocigate.lib.fixture_test.good, {"pointer": wrong})
		data.ocigate.lib.fixture_test.unreadable(findings, "referrers")
	}
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.pointer.deny | data.ocigate.core.pointer.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
