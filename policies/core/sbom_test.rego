package ocigate.core.sbom_test

spdx(name, outputs) := object.union(data.ocigate.lib.fixture_test.document("spdx", name), {"outputs": outputs})

another := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/packages/0/checksums/0", "x")

a_layer := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.layer_digest, "/packages/0/checksums/0", "layer.pmtiles")

attached(documents) := data.ocigate.lib.fixture_test.with_attached("sbom", documents)

denied(findings, code, places, facts) if data.ocigate.lib.fixture_test.says(findings, code, "absent", places, facts)

test_a_signed_one_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.warn) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.sbom.deny with input as attached([])
	denied(findings, "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "oras attach")
}

test_an_attached_one_is_enough_and_warned_of if {
	one := attached([data.ocigate.lib.fixture_test.bound("cyclonedx", "c")])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sbom.warn, "unsigned", "present", [["c", ""], ["sha256:3a0-c", ""]], [data.ocigate.lib.fixture_test.document_digest("c")]) with input as one
}

test_an_attached_one_is_not_enough_where_a_signed_one_is_demanded if {
	why := "signer `ci` of the configuration signs https://spdx.dev/Document"
	findings := data.ocigate.core.sbom.deny with input as object.union(attached([spdx("s", [a_layer])]), {"demands": {"must_be_proven": {"sbom": why}}})
	denied(findings, "absent", [["subject", ""], ["s", ""]], [1, why])
}

test_an_attached_one_cannot_stand_in_for_a_bad_signed_one if {
	both := data.ocigate.lib.fixture_test.changed({
		"proven": {"sbom": [data.ocigate.lib.fixture_test.signed(spdx("bad", [another]), "https://spdx.dev/Document")]},
		"attached": {"sbom": [spdx("s", [a_layer])]},
	})
	denied(data.ocigate.core.sbom.deny, "other_subject", [["bad", "/packages/0/checksums/0"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as both
	# Why the unsigned one does not count is told where there is one.
	findings := data.ocigate.core.sbom.deny with input as both
	alone := data.ocigate.core.sbom.deny with input as object.union(both, {"attached": {"sbom": []}})
	count(alone) == 1
	count(data.ocigate.lib.fixture_test.sentences(findings) & data.ocigate.lib.fixture_test.sentences(alone)) == 0
}

test_another_artifact_is_told_with_both_digests if {
	findings := data.ocigate.core.sbom.deny with input as attached([spdx("s", [another])])
	denied(findings, "other_subject", [["s", "/packages/0/checksums/0"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	finding.pointer == "/packages/0/checksums/0"
}

test_a_layer_beside_others_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.deny) with input as attached([spdx("s", [another, a_layer])])
}

test_the_defects_of_a_stub_are_told if {
	stub := object.union(spdx("stub", []), {"defects": [{"pointer": "", "code": "missing", "message": "`SPDXID` is missing"}, {"pointer": "", "code": "missing", "message": "`creationInfo` is missing"}]})
	findings := data.ocigate.core.sbom.deny with input as attached([stub])
	denied(findings, "missing", [["stub", ""]], ["`SPDXID` is missing"])
	denied(findings, "missing", [["stub", ""]], ["`creationInfo` is missing"])
	count(findings) == 2
}

test_one_good_one_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.deny) with input as attached([spdx("a", [another]), spdx("b", [a_layer])])
}

test_one_that_names_nothing_is_enough_and_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.deny) with input as attached([spdx("s", [])])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sbom.warn, "bound_by_attachment", "present", [["s", ""]], [data.ocigate.lib.fixture_test.document_digest("s")]) with input as attached([spdx("s", [])])
	findings := data.ocigate.core.sbom.warn with input as data.ocigate.lib.fixture_test.with_proven("sbom", [data.ocigate.lib.fixture_test.signed(spdx("s", []), "https://spdx.dev/Document")])
	data.ocigate.lib.fixture_test.says(findings, "bound_by_attachment", "present", [["s", ""]], [data.ocigate.lib.fixture_test.document_digest("s"), "release"])
}

test_refused_ones_are_told if {
	none := object.union(attached([]), {"refused": [data.ocigate.lib.fixture_test.refused("sbom")]})
	findings := data.ocigate.core.sbom.deny with input as none
	denied(findings, "absent", [["subject", ""], ["refused", ""]], [1, "signer is permitted", "the key of `build` may not sign for this repository", data.ocigate.lib.fixture_test.subject_digest])
}

test_a_bound_one_ends_the_warning if {
	findings := data.ocigate.core.sbom.warn with input as attached([spdx("a", []), spdx("b", [a_layer])])
	not "bound_by_attachment" in data.ocigate.lib.fixture_test.codes(findings)
}

test_a_layer_beside_another_manifest_is_enough if {
	other := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/x", "oci://reg.example.org/other")
	findings := data.ocigate.core.sbom.deny with input as attached([spdx("s", [other, a_layer])])
	data.ocigate.lib.fixture_test.silent(findings)
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.sbom.deny | data.ocigate.core.sbom.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}

# An image whose config has as many layers as its manifest.
image(names_subject) := data.ocigate.lib.fixture_test.changed({
	"subject": {"config": {"digest": data.ocigate.lib.fixture_test.other_digest, "media_type": "application/vnd.oci.image.config.v1+json", "size": 9, "names_subject": names_subject}},
	"proven": {"sbom": []},
	"attached": {"sbom": [spdx("s", [another])]},
})

test_the_id_of_an_image_names_it_and_is_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sbom.deny) with input as image(true)
	findings := data.ocigate.core.sbom.warn with input as image(true)
	{finding.code | some finding in findings} == {"bound_by_config", "unsigned"}
}

test_the_digest_of_any_other_config_names_nothing if {
	findings := data.ocigate.core.sbom.deny with input as image(false)
	{finding.code | some finding in findings} == {"other_subject"}
}
