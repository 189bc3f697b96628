package ocigate.core.run_manifest_test

manifest(name, outputs) := object.union(data.ocigate.lib.fixture_test.document("run-manifest", name), {"outputs": outputs})

slsa := object.union(data.ocigate.lib.fixture_test.bound("slsa", "slsa"), {"predicate_type": "https://slsa.dev/provenance/v1"})

another := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/outputs/0/oci_digest", null)

a_layer := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.layer_digest, "/outputs/0/sha256", "layer.pmtiles")

attached(documents) := data.ocigate.lib.fixture_test.with_attached("run_manifest", documents)

denied(findings, code, places, facts) if data.ocigate.lib.fixture_test.says(findings, code, "absent", places, facts)

test_a_signed_one_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.run_manifest.deny with input as attached([])
	denied(findings, "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "oras attach")
}

test_signed_slsa_provenance_satisfies if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": [slsa]}})
}

test_attached_slsa_provenance_satisfies if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": []}, "attached": {"provenance": [slsa]}})
}

test_attached_slsa_provenance_beside_signed_prov_does_not if {
	denied(data.ocigate.core.run_manifest.deny, "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": []}, "attached": {"provenance": [slsa]}})
}

test_slsa_provenance_of_another_artifact_does_not if {
	elsewhere := object.union(slsa, {"outputs": [data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/subject/0", "x")]})
	denied(data.ocigate.core.run_manifest.deny, "other_subject", [["slsa", "/subject/0"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": []}, "attached": {"provenance": [elsewhere]}})
}

test_an_attached_one_is_enough_and_warned_of if {
	one := attached([manifest("m", [a_layer])])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.warn, "unsigned", "present", [["m", ""], ["sha256:3a0-m", ""]], [data.ocigate.lib.fixture_test.document_digest("m")]) with input as one
}

test_an_attached_one_is_not_enough_where_a_signed_one_is_demanded if {
	why := "require_proven of the configuration"
	demanded := object.union(attached([manifest("m", [a_layer])]), {"demands": {"must_be_proven": {"run_manifest": why}}})
	findings := data.ocigate.core.run_manifest.deny with input as demanded
	denied(findings, "absent", [["subject", ""], ["m", ""]], [1, why])
	some finding in findings
	contains(finding.remedy, "cosign attest")
}

test_an_attached_one_cannot_stand_in_for_a_bad_signed_one if {
	both := data.ocigate.lib.fixture_test.changed({
		"proven": {"run_manifest": [data.ocigate.lib.fixture_test.signed(manifest("bad", [another]), "https://kfm.dev/attestations/run-manifest/v1")]},
		"attached": {"run_manifest": [manifest("m", [a_layer])]},
	})
	denied(data.ocigate.core.run_manifest.deny, "other_subject", [["bad", "/outputs/0/oci_digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest]) with input as both
	# Why the unsigned one does not count is told where there is one.
	findings := data.ocigate.core.run_manifest.deny with input as both
	alone := data.ocigate.core.run_manifest.deny with input as object.union(both, {"attached": {"run_manifest": []}})
	count(alone) == 1
	count(data.ocigate.lib.fixture_test.sentences(findings) & data.ocigate.lib.fixture_test.sentences(alone)) == 0
}

test_another_artifact_is_told_with_both_digests if {
	findings := data.ocigate.core.run_manifest.deny with input as attached([manifest("m", [another])])
	denied(findings, "other_subject", [["m", "/outputs/0/oci_digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	finding.pointer == "/outputs/0/oci_digest"
}

test_another_manifest_fails_although_a_layer_matches if {
	findings := data.ocigate.core.run_manifest.deny with input as attached([manifest("m", [a_layer, another])])
	denied(findings, "other_subject", [["m", "/outputs/0/oci_digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_one_without_outputs_is_enough_and_warned_of if {
	one := attached([manifest("m", [])])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.warn, "bound_by_attachment", "present", [["m", ""]], [data.ocigate.lib.fixture_test.document_digest("m")]) with input as one
}

test_every_defect_is_a_finding_at_its_place if {
	stub := object.union(manifest("stub", []), {"defects": [{"pointer": "", "code": "missing", "message": "`run_id` is missing"}, {"pointer": "/tool", "code": "missing", "message": "no version"}]})
	findings := data.ocigate.core.run_manifest.deny with input as attached([stub])
	denied(findings, "missing", [["stub", ""]], ["`run_id` is missing"])
	{finding.pointer | some finding in findings} == {"", "/tool"}
}

test_one_good_one_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as attached([manifest("a", [another]), manifest("b", [a_layer])])
}

test_a_failed_run_fails if {
	failed := object.union(manifest("m", [a_layer]), {"content": {"status": "failed"}})
	findings := data.ocigate.core.run_manifest.deny with input as attached([failed])
	denied(findings, "run_failed", [["m", "/status"]], ["status", "failed"])
	some finding in findings
	finding.pointer == "/status"
}

test_a_failed_run_fails_in_every_spelling if {
	every pointer, content in {
		"/kfm:status": {"kfm:status": "failed"},
		"/run_status": {"run_status": "failed"},
		"/run/status": {"run": {"status": "failed"}},
		"/conclusion": {"conclusion": "Failure"},
		"/state": {"state": "error"},
		"/exit_code": {"exit_code": 1},
		"/kfm:succeeded": {"kfm:succeeded": false},
	} {
		findings := data.ocigate.core.run_manifest.deny with input as attached([object.union(manifest("m", [a_layer]), {"content": content})])
		denied(findings, "run_failed", [["m", pointer]], [])
	}
	every content in [{"exit_code": 0}, {"succeeded": true}, {"state": "Kansas"}, {"result": {"rows": 5}}, {"run": "r-1"}] {
		findings := data.ocigate.core.run_manifest.deny with input as attached([object.union(manifest("m", [a_layer]), {"content": content})])
		data.ocigate.lib.fixture_test.silent(findings)
	}
}

test_a_failed_run_fails_in_a_statement if {
	failed := data.ocigate.lib.fixture_test.signed(object.union(manifest("m", [a_layer]), {"content": {"_type": "https://in-toto.io/Statement/v1", "predicate": {"outcome": "PARTIAL"}}}), "https://kfm.dev/attestations/run-manifest/v1")
	findings := data.ocigate.core.run_manifest.deny with input as data.ocigate.lib.fixture_test.with_proven("run_manifest", [failed])
	denied(findings, "run_failed", [["m", "/predicate/outcome"]], ["outcome", "PARTIAL"])
	some finding in findings
	finding.pointer == "/predicate/outcome"
}

test_a_failed_run_fails_in_a_custom_predicate if {
	failed := data.ocigate.lib.fixture_test.signed(object.union(manifest("m", [a_layer]), {"content": {"_type": "https://in-toto.io/Statement/v0.1", "predicate": {"Data": {"status": "canceled"}}}}), "https://kfm.dev/attestations/run-manifest/v1")
	findings := data.ocigate.core.run_manifest.deny with input as data.ocigate.lib.fixture_test.with_proven("run_manifest", [failed])
	denied(findings, "run_failed", [["m", "/predicate/Data/status"]], ["status", "canceled"])
	some finding in findings
	finding.pointer == "/predicate/Data/status"
}

test_a_stray_predicate_type_hides_nothing if {
	every content in [{"predicateType": "x", "status": "failed"}, {"predicateType": "x", "status": "failed", "predicate": {"status": "ok"}}, {"_type": "x", "status": "failed", "predicate": {}}] {
		stray := object.union(manifest("m", [a_layer]), {"predicate_type": "x", "content": content})
		findings := data.ocigate.core.run_manifest.deny with input as attached([stray])
		denied(findings, "run_failed", [["m", "/status"]], ["status", "failed"])
	}
}

test_a_successful_run_passes if {
	every status in ["succeeded", "SUCCESS", " Completed ", "complete", "ok", "passed", "done", "finished"] {
		done := object.union(manifest("m", [a_layer]), {"content": {"status": status, "Outcome": status}})
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as attached([done])
	}
}

test_what_is_not_known_to_be_success_is_none if {
	every status in ["failed ", "aborted", "error", "", "unknown", "succeeded with errors", 5, ["failed"], {"code": "ok"}, false] {
		every field in ["status", "outcome", "Status"] {
			findings := data.ocigate.core.run_manifest.deny with input as attached([object.union(manifest("m", [a_layer]), {"content": {field: status}})])
			denied(findings, "run_failed", [["m", sprintf("/%s", [field])]], [field])
		}
	}
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.run_manifest.deny | data.ocigate.core.run_manifest.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}

an_unnamed(name, pointer) := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, pointer, name)

test_an_output_with_a_path_is_a_file if {
	every pointer, content in {"/outputs/1/sha256": {"outputs": [{}, {"path": "out/notes"}]}, "/outputs/1/digest/sha256": {"outputs": [{}, {"path": "out/notes"}]}, "/outputs/0/files/0/sha256": {}} {
		doc := object.union(manifest("m", [a_layer, an_unnamed("out/notes", pointer)]), {"content": content})
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as attached([doc])
	}
}

test_an_output_without_a_path_is_another_manifest if {
	every content in [{"outputs": [{}, {"name": "soils"}]}, {"outputs": [{}, {"path": 5}]}, {"path": "x", "outputs": [{}, {}]}] {
		doc := object.union(manifest("m", [a_layer, an_unnamed("soils", "/outputs/1/sha256")]), {"content": content})
		findings := data.ocigate.core.run_manifest.deny with input as attached([doc])
		denied(findings, "other_subject", [["m", "/outputs/1/sha256"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
	}
}

test_a_mark_outweighs_a_path if {
	doc := object.union(manifest("m", [a_layer, an_unnamed("soils.json", "/outputs/1/oci_digest")]), {"content": {"outputs": [{}, {"path": "soils.json"}]}})
	findings := data.ocigate.core.run_manifest.deny with input as attached([doc])
	denied(findings, "other_subject", [["m", "/outputs/1/oci_digest"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_another_run_than_the_provenance_fails_if_both_are_signed if {
	other_run := object.union(data.ocigate.lib.fixture_test.run_manifest, {"run_ids": [{"value": "run-2", "pointer": "/predicate/run_id"}]})
	findings := data.ocigate.core.run_manifest.deny with input as data.ocigate.lib.fixture_test.with_proven("run_manifest", [other_run])
	data.ocigate.lib.fixture_test.says(findings, "signed_disagreement", "present", [["run", "/predicate/run_id"], ["prov", "/@graph/1/kfm:run_id"]], ["run-1", "run-2"])
	some finding in findings
	finding.pointer == "/predicate/run_id"
	finding.also == [{"evidence": data.ocigate.lib.fixture_test.document_digest("prov"), "pointer": "/@graph/1/kfm:run_id"}]
}

test_another_run_than_the_provenance_is_warned_of_if_one_is_unsigned if {
	other_run := object.union(manifest("m", [a_layer]), {"run_ids": [{"value": "run-2", "pointer": "/run_id"}]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as attached([other_run])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.warn, "unsigned_disagreement", "present", [["m", "/run_id"], ["prov", "/@graph/1/kfm:run_id"]], ["run-1", "run-2"]) with input as attached([other_run])
}

test_no_run_id_is_no_contradiction if {
	findings := data.ocigate.core.run_manifest.warn with input as attached([manifest("m", [a_layer])])
	not "unsigned_disagreement" in data.ocigate.lib.fixture_test.codes(findings)
}

test_unchecked_provenance_may_be_the_missing_one if {
	maybe := object.union(attached([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.undecided, "absent", "absent", [["subject", ""], ["unchecked", ""]], [data.ocigate.lib.fixture_test.subject_digest, "no trusted root given"]) with input as maybe
}

test_unchecked_provenance_changes_nothing_where_a_run_manifest_is if {
	findings := data.ocigate.core.run_manifest.undecided with input as object.union(attached([manifest("m", [a_layer])]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(findings)
}

test_signed_ones_of_one_run_are_not_warned_of if {
	other_run := object.union(data.ocigate.lib.fixture_test.run_manifest, {"run_ids": [{"value": "run-2", "pointer": "/predicate/run_id"}]})
	findings := data.ocigate.core.run_manifest.warn with input as data.ocigate.lib.fixture_test.with_proven("run_manifest", [other_run])
	data.ocigate.lib.fixture_test.silent(findings)
}

test_an_unsigned_one_of_the_same_run_is_not_warned_of if {
	same_run := object.union(manifest("m", [a_layer]), {"run_ids": [{"value": "run-1", "pointer": "/run_id"}]})
	findings := data.ocigate.core.run_manifest.warn with input as attached([same_run])
	count(findings) == 1
}

test_unsigned_provenance_of_another_run_is_warned_of if {
	other_run := object.union(slsa, {"run_ids": [{"value": "run-2", "pointer": "/r"}]})
	both := data.ocigate.lib.fixture_test.changed({"attached": {"provenance": [other_run]}})
	denials := data.ocigate.core.run_manifest.deny with input as both
	data.ocigate.lib.fixture_test.silent(denials)
	findings := data.ocigate.core.run_manifest.warn with input as both
	data.ocigate.lib.fixture_test.says(findings, "unsigned_disagreement", "present", [["run", "/predicate/run_id"], ["slsa", "/r"]], ["run-1", "run-2"])
}

test_slsa_provenance_is_warned_of_by_another_rule if {
	findings := data.ocigate.core.run_manifest.warn with input as data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": []}, "attached": {"provenance": [object.union(slsa, {"outputs": []})]}})
	data.ocigate.lib.fixture_test.silent(findings)
}

test_one_without_outputs_beside_another_is_not_warned_of if {
	findings := data.ocigate.core.run_manifest.warn with input as attached([manifest("m", []), manifest("n", [a_layer])])
	not "bound_by_attachment" in data.ocigate.lib.fixture_test.codes(findings)
}

test_a_file_of_another_run_fails_without_any_layer if {
	a_file := data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/outputs/0/sha256", "x")
	findings := data.ocigate.core.run_manifest.deny with input as attached([manifest("m", [a_file])])
	denied(findings, "other_subject", [["m", "/outputs/0/sha256"]], [data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_hostile_contents_are_no_fault if {
	every content in [[1], "x", null, {"status": null}, {"_type": "https://in-toto.io/Statement/v1", "predicate": 5}] {
		findings := data.ocigate.core.run_manifest.deny with input as attached([object.union(manifest("m", [a_layer]), {"content": content})])
		data.ocigate.lib.fixture_test.silent(findings)
	}
}
