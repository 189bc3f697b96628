package ocigate.core.provenance_test

prov(name, outputs) := object.union(data.ocigate.lib.fixture_test.document("prov", name), {"outputs": outputs})

layers := [
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.layer_digest, "/@graph/0/kfm:digest", null),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.second_layer, "/@graph/1/kfm:digest", null),
]

another := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/0/kfm:digest", null)

attached(documents) := data.ocigate.lib.fixture_test.with_attached("provenance", documents)

proven(documents) := data.ocigate.lib.fixture_test.with_proven("provenance", documents)

denied(findings, code, places, facts) if data.ocigate.lib.fixture_test.says(findings, code, "absent", places, facts)

test_a_signed_one_that_names_the_manifest_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.provenance.deny with input as attached([])
	denied(findings, "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "oras attach")
}

test_refused_ones_are_told if {
	none := data.ocigate.lib.fixture_test.changed({"proven": {"provenance": []}, "refused": [data.ocigate.lib.fixture_test.refused("provenance")]})
	denied(data.ocigate.core.provenance.deny, "absent", [["subject", ""], ["refused", ""]], [1, "signer is permitted", "the key of `build` may not sign for this repository"]) with input as none
}

test_an_attached_one_is_enough_and_warned_of if {
	one := attached([data.ocigate.lib.fixture_test.bound("prov", "p")])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.warn, "unsigned", "present", [["p", ""], ["sha256:3a0-p", ""]], [data.ocigate.lib.fixture_test.document_digest("p")]) with input as one
}

test_an_attached_one_is_not_enough_where_a_signed_one_is_demanded if {
	why := "signer `ci` of the configuration signs https://slsa.dev/provenance/v1"
	demanded := object.union(attached([data.ocigate.lib.fixture_test.bound("prov", "p")]), {"demands": {"must_be_proven": {"provenance": why}}})
	findings := data.ocigate.core.provenance.deny with input as demanded
	denied(findings, "absent", [["subject", ""], ["p", ""]], [1, why])
	some finding in findings
	contains(finding.remedy, "cosign attest")
	finding.also[0].evidence == data.ocigate.lib.fixture_test.document_digest("p")
}

test_an_attached_one_cannot_stand_in_for_a_bad_signed_one if {
	both := data.ocigate.lib.fixture_test.changed({
		"proven": {"provenance": [data.ocigate.lib.fixture_test.signed(prov("bad", [another]), "https://www.w3.org/ns/prov")]},
		"attached": {"provenance": [data.ocigate.lib.fixture_test.bound("prov", "p")]},
	})
	denied(data.ocigate.core.provenance.deny, "other_subject", [["bad", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as both
	# Why the unsigned one does not count is told where there is one.
	findings := data.ocigate.core.provenance.deny with input as both
	alone := data.ocigate.core.provenance.deny with input as object.union(both, {"attached": {"provenance": []}})
	count(alone) == 1
	count(data.ocigate.lib.fixture_test.sentences(findings) & data.ocigate.lib.fixture_test.sentences(alone)) == 0
}

test_another_artifact_is_told_with_both_digests if {
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", [another])])
	denied(findings, "other_subject", [["p", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	finding.evidence == data.ocigate.lib.fixture_test.document_digest("p")
	finding.pointer == "/@graph/0/kfm:digest"
}

test_every_defect_is_a_finding_at_its_place if {
	stub := object.union(data.ocigate.lib.fixture_test.document("prov", "stub"), {"declared": "provenance", "defects": [
		{"pointer": "", "code": "missing", "message": "`@context` is missing"},
		{"pointer": "/note", "code": "wrong_value", "message": "no activity"},
	]})
	findings := data.ocigate.core.provenance.deny with input as attached([stub])
	denied(findings, "missing", [["stub", ""]], ["`@context` is missing"])
	denied(findings, "wrong_value", [["stub", "/note"]], ["no activity"])
	{finding.pointer | some finding in findings} == {"", "/note"}
}

test_one_good_one_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as attached([prov("a", [another]), data.ocigate.lib.fixture_test.bound("prov", "b")])
}

test_of_bad_ones_the_best_is_told if {
	worse := object.union(prov("a", [another]), {"defects": [{"pointer": "/x", "code": "wrong_value", "message": "worse"}]})
	findings := data.ocigate.core.provenance.deny with input as attached([worse, prov("b", [another])])
	denied(findings, "other_subject", [["b", "/@graph/0/kfm:digest"], ["a", ""]], [data.ocigate.lib.fixture_test.other_digest, 2])
	count(findings) == 1
	some finding in findings
	finding.evidence == data.ocigate.lib.fixture_test.document_digest("b")
	finding.also[0].evidence == data.ocigate.lib.fixture_test.document_digest("a")
}

test_all_layers_bind if {
	bound := attached([prov("p", layers)])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as bound
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.warn, "bound_by_layers", "present", [["p", ""]], [data.ocigate.lib.fixture_test.document_digest("p"), data.ocigate.lib.fixture_test.subject_digest]) with input as bound
}

test_one_that_names_the_manifest_ends_the_warning if {
	findings := data.ocigate.core.provenance.warn with input as attached([prov("p", layers), data.ocigate.lib.fixture_test.bound("prov", "b")])
	not "bound_by_layers" in data.ocigate.lib.fixture_test.codes(findings)
}

test_some_layers_do_not_bind if {
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", [layers[0]])])
	denied(findings, "layers_unnamed", [["p", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.subject_digest, data.ocigate.lib.fixture_test.second_layer])
}

test_without_layers_of_its_own_only_the_manifest_binds if {
	bare := object.union(attached([prov("p", [])]), {"subject": {"binding_layers": []}})
	denied(data.ocigate.core.provenance.deny, "no_digest", [["p", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as bare
}

test_what_was_only_used_never_binds if {
	used := object.union(prov("p", []), {"inputs": [data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject_digest, "/@graph/2", null)]})
	findings := data.ocigate.core.provenance.deny with input as attached([used])
	denied(findings, "only_used", [["p", "/@graph/2"]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	data.ocigate.lib.fixture_test.digests_in(finding.msg) == {data.ocigate.lib.fixture_test.subject_digest}
}

# Another manifest: marked as one, or not evidently a file.
other_manifests := [
	another,
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/0/kfm:digest", "Kansas soils, published artifact"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/0/kfm:digest", "urn:kfm:artifact:soils"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/0/kfm:digest", "OCI artifact soils.pmtiles"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/0/kfm:oci_digest", "soils.pmtiles"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/0/kfm:ref", "reg/soils.pmtiles@sha256:aa"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/x", "docker://other.example/soils.json"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/x", "reg.example.org/kfm/layers/soils.json"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/outputs/0/oci_digest", null),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/outputs/0/ociDigest", null),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/outputs/0/manifest_digest", null),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/subject/digest", null),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/x", "kfm:prov/entity/artifact/oci/sha256:aa"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/x", "reg.example.org/kfm/layers:v0"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/x", "other.example/app@sha256:aa"),
]

test_another_manifest_fails_although_the_layers_match if {
	every output in other_manifests {
		# That it names the layers is told too.
		findings := data.ocigate.core.provenance.deny with input as attached([prov("p", array.concat(layers, [output]))])
		alone := data.ocigate.core.provenance.deny with input as attached([prov("p", [output])])
		count(alone) == 1
		count(data.ocigate.lib.fixture_test.sentences(findings) & data.ocigate.lib.fixture_test.sentences(alone)) == 0
		denied(data.ocigate.core.provenance.deny, "other_subject", [["p", output.pointer]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as attached([prov("p", array.concat(layers, [output]))])
	}
}

test_another_manifest_is_told_by_the_text_around_it if {
	every content in [{"a": ["oci://other.example/app@sha256:aa"]}, {"a": ["kfm:prov/entity/artifact/oci/sha256:aa"]}, {"a": ["reg.example.org/kfm/layers@sha512:aa"]}] {
		output := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/a/0", "tiles.json")
		doc := object.union(prov("p", array.concat(layers, [output])), {"content": content})
		denied(data.ocigate.core.provenance.deny, "other_subject", [["p", "/a/0"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as attached([doc])
	}
}

test_a_plain_text_around_it_does_no_harm if {
	every content in [{"a": ["urn:hash:sha256:aa"]}, {"a": [5]}, {"a": {"0": {"1": "oci"}}}, [1], "oci", {"a": ["x"], "b": "oci"}, null] {
		output := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/a/0", "tiles.json")
		doc := object.union(prov("p", array.concat(layers, [output])), {"content": content})
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as attached([doc])
	}
}

# Other files beside the layers.
other_files := [
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/kfm:digest", "velocity.parquet"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/kfm:digest", "ocimum/social.csv"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/kfm:digest", "run_manifest.json"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/kfm:digest", "out/manifest.json"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/kfm:digest", "Soils of Kansas.TIF"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/kfm:digest", "https://example.org/a/b.parquet?version=2"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/@id", "urn:data:file:notes"),
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/@graph/3/files/0/sha256", null),
]

test_another_file_beside_the_layers_does_no_harm if {
	every output in other_files {
		doc := prov("p", array.concat(layers, [output]))
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as attached([doc])
	}
}

test_other_files_of_an_slsa_statement_do_no_harm if {
	statement := object.union(data.ocigate.lib.fixture_test.document("slsa", "s"), {"predicate_type": "https://slsa.dev/provenance/v1", "outputs": [
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.layer_digest, "/subject/0/digest/sha256", "layer.pmtiles"),
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.second_layer, "/subject/1/digest/sha256", "layer.parquet"),
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/subject/2/digest/sha256", "notes.txt"),
	]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as attached([statement])
}

test_a_right_manifest_beside_another_binds if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as attached([object.union(prov("p", []), {"outputs": [
		other_manifests[0],
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject_digest, "/outputs/1/oci_digest", null),
	]})])
}

test_a_subject_named_by_another_of_its_digests_is_bound if {
	long := "sha512:cccc"
	both := object.union(attached([prov("p", [data.ocigate.lib.fixture_test.output(long, "/x", null)])]), {"subject": {"digests": [data.ocigate.lib.fixture_test.subject_digest, long]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as both
}

signed(doc) := data.ocigate.lib.fixture_test.signed(doc, "https://www.w3.org/ns/prov")

with_run(doc, value) := object.union(doc, {"run_ids": [{"value": value, "pointer": "/run"}]})

good := data.ocigate.lib.fixture_test.bound("prov", "good")

test_signed_ones_about_different_things_fail if {
	findings := data.ocigate.core.provenance.deny with input as proven([signed(good), signed(prov("bad", [another]))])
	data.ocigate.lib.fixture_test.says(findings, "signed_disagreement", "present", [["good", "/outputs/0/digest"], ["bad", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	finding.evidence == data.ocigate.lib.fixture_test.document_digest("good")
	finding.also[0] == {"evidence": data.ocigate.lib.fixture_test.document_digest("bad"), "pointer": "/@graph/0/kfm:digest"}
	count(findings) == 1
}

naming(name, digest) := signed(prov(name, [
	data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject_digest, "/a", null),
	data.ocigate.lib.fixture_test.output(digest, "/b", "layer.pmtiles"),
]))

test_signed_ones_that_give_one_name_to_different_bytes_fail if {
	findings := data.ocigate.core.provenance.deny with input as proven([naming("a", data.ocigate.lib.fixture_test.layer_digest), naming("b", data.ocigate.lib.fixture_test.other_digest)])
	data.ocigate.lib.fixture_test.says(findings, "signed_disagreement", "present", [["a", "/a"], ["b", "/a"]], [data.ocigate.lib.fixture_test.document_digest("a"), data.ocigate.lib.fixture_test.document_digest("b")])
	count(findings) == 1
	every finding in findings {
		# Else it would be about what was made: both name the subject.
		not data.ocigate.lib.fixture_test.tells(finding.msg, data.ocigate.lib.fixture_test.subject_digest)
	}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as proven([naming("a", data.ocigate.lib.fixture_test.layer_digest), naming("b", data.ocigate.lib.fixture_test.second_layer)])
}

test_signed_ones_of_different_runs_fail if {
	findings := data.ocigate.core.provenance.deny with input as proven([signed(with_run(good, "run-1")), signed(with_run(data.ocigate.lib.fixture_test.bound("prov", "b"), "run-2"))])
	data.ocigate.lib.fixture_test.says(findings, "signed_disagreement", "present", [["good", "/run"], ["b", "/run"]], ["run-1", "run-2"])
	some finding in findings
	finding.also[0] == {"evidence": data.ocigate.lib.fixture_test.document_digest("b"), "pointer": "/run"}
}

test_one_run_in_two_spellings_is_one if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as proven([signed(with_run(good, "4711")), signed(with_run(data.ocigate.lib.fixture_test.bound("prov", "b"), "https://github.com/o/r/actions/runs/4711/attempts/1"))])
}

test_another_step_of_an_address_is_no_run if {
	every id in ["1", "github.com", "runs"] {
		two := proven([signed(with_run(good, id)), signed(with_run(data.ocigate.lib.fixture_test.bound("prov", "b"), "https://github.com/o/r/actions/runs/4711/attempts/1"))])
		findings := data.ocigate.core.provenance.deny with input as two
		data.ocigate.lib.fixture_test.says(findings, "signed_disagreement", "present", [["good", "/run"], ["b", "/run"]], [id, "https://github.com/o/r/actions/runs/4711/attempts/1"])
	}
}

test_signed_ones_that_agree_are_silent if {
	agreeing := proven([signed(with_run(good, "run-1")), signed(with_run(prov("b", layers), "run-1"))])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as agreeing
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as agreeing
}

test_contradictions_of_unsigned_ones_are_warned_of if {
	input_of_two := attached([with_run(good, "run-1"), with_run(prov("bad", [another]), "run-2")])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as input_of_two
	findings := data.ocigate.core.provenance.warn with input as input_of_two
	data.ocigate.lib.fixture_test.says(findings, "unsigned_disagreement", "present", [["good", "/outputs/0/digest"], ["bad", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	data.ocigate.lib.fixture_test.says(findings, "unsigned_disagreement", "present", [["good", "/run"], ["bad", "/run"]], ["run-1", "run-2"])
}

test_an_unsigned_one_against_a_signed_one_is_warned_of if {
	both := data.ocigate.lib.fixture_test.changed({"attached": {"provenance": [prov("bad", [another])]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as both
	findings := data.ocigate.core.provenance.warn with input as both
	data.ocigate.lib.fixture_test.says(findings, "unsigned_disagreement", "present", [["prov", "/outputs/0/digest"], ["bad", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	count(findings) == 1
}

test_two_that_are_about_other_things_contradict_nobody_here if {
	elsewhere := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.input_digest, "/x", null)
	findings := data.ocigate.core.provenance.deny with input as proven([signed(prov("a", [another])), signed(prov("b", [elsewhere]))])
	count(findings) == 1
	denied(findings, "other_subject", [["a", "/@graph/0/kfm:digest"], ["b", ""]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest, 2])
}

test_one_about_a_part_contradicts_nobody if {
	findings := data.ocigate.core.provenance.deny with input as proven([signed(good), signed(prov("part", [layers[0]]))])
	data.ocigate.lib.fixture_test.silent(findings)
}

test_one_that_states_no_run_contradicts_nobody if {
	findings := data.ocigate.core.provenance.deny with input as proven([signed(good), signed(with_run(prov("b", layers), "run-1"))])
	data.ocigate.lib.fixture_test.silent(findings)
}

test_the_subject_and_its_parts_are_no_other_manifest if {
	parts := [
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.layer_digest, "/outputs/0/oci_digest", null),
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.second_layer, "/outputs/1/oci_digest", null),
		data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject.config.digest, "/outputs/2/oci_digest", null),
	]
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", parts)])
	data.ocigate.lib.fixture_test.silent(findings)
}

test_layers_are_mentioned_only_where_they_match if {
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", [layers[0], other_manifests[0]])])
	denied(findings, "other_subject", [["p", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	alone := data.ocigate.core.provenance.deny with input as attached([prov("p", [other_manifests[0]])])
	data.ocigate.lib.fixture_test.sentences(findings) == data.ocigate.lib.fixture_test.sentences(alone)
}

test_the_config_does_not_bind if {
	config := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject.config.digest, "/x", null)
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", [config])])
	denied(findings, "other_subject", [["p", "/x"]], [data.ocigate.lib.fixture_test.subject.config.digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_a_layout_without_repository_is_judged_too if {
	findings := data.ocigate.core.provenance.deny with input as object.union(attached([prov("p", array.concat(layers, [other_manifests[0]]))]), {"subject": {"repository": null}})
	denied(findings, "other_subject", [["p", "/@graph/0/kfm:digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_many_digests_are_shortened_to_three if {
	many := [data.ocigate.lib.fixture_test.output(sprintf("sha256:%v", [i]), "/x", null) | some i in numbers.range(1, 7)]
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", many)])
	denied(findings, "other_subject", [["p", "/x"]], ["sha256:1", "sha256:2", "sha256:3", 4])
	some finding in findings
	data.ocigate.lib.fixture_test.digests_in(finding.msg) == {"sha256:1", "sha256:2", "sha256:3", data.ocigate.lib.fixture_test.subject_digest}
}

test_the_remedy_of_an_unsigned_one_fits_its_kind if {
	findings := data.ocigate.core.provenance.warn with input as attached([data.ocigate.lib.fixture_test.bound("prov", "p")])
	some finding in findings
	contains(finding.remedy, "--type https://www.w3.org/ns/prov --predicate p.json reg.example.org/kfm/layers@")
}

test_a_title_never_enters_a_command_unless_it_is_plain if {
	every title in ["a b", "$(x)", "-rf", null] {
		findings := data.ocigate.core.provenance.warn with input as attached([object.union(data.ocigate.lib.fixture_test.bound("slsa", "p"), {"title": title})])
		some finding in findings
		contains(finding.remedy, "--type slsaprovenance1 --predicate FILE ")
	}
}

test_content_that_is_a_list_is_looked_into if {
	output := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/0/ex:a~1b", "tiles.json")
	doc := object.union(prov("p", array.concat(layers, [output])), {"content": [{"ex:a/b": "oci://other.example/app@sha256:aa"}]})
	denied(data.ocigate.core.provenance.deny, "other_subject", [["p", "/0/ex:a~1b"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as attached([doc])
}

# The reader names such a reference by its property: it may be anything (`kfm:basemap`).
test_a_reference_under_any_property_never_binds if {
	every pointer in ["/@graph/0/kfm:basemap", "/@graph/0/kfm:basemap/0/@id"] {
		basemap := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject_digest, pointer, "kfm:basemap")
		every one in [
			["only_used", ["p", pointer], [another, basemap]],
			["other_subject", ["p", another.pointer], array.concat(layers, [another, basemap])],
		] {
			[code, place, outputs] := one
			findings := data.ocigate.core.provenance.deny with input as attached([prov("p", outputs)])
			denied(findings, code, [place], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
		}
	}
}

test_one_that_only_refers_to_the_subject_is_not_about_it if {
	basemap := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.subject_digest, "/@graph/0/kfm:basemap", "kfm:basemap")
	findings := data.ocigate.core.provenance.deny with input as attached([prov("p", [basemap])])
	denied(findings, "only_used", [["p", "/@graph/0/kfm:basemap"]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	data.ocigate.lib.fixture_test.digests_in(finding.msg) == {data.ocigate.lib.fixture_test.subject_digest}
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.provenance.deny | data.ocigate.core.provenance.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
