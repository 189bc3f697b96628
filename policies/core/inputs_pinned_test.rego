package ocigate.core.inputs_pinned_test

with_input_of(digests) := data.ocigate.lib.fixture_test.with_proven("run_manifest", [object.union(data.ocigate.lib.fixture_test.run_manifest, {"description": {"inputs": [{
	"names": ["soils.csv"],
	"pointer": "/predicate/inputs/0",
	"said": {"digest": digests},
	"claims": [],
}]}})])

test_a_digest_is_enough if {
	warned := data.ocigate.core.inputs_pinned.warn with input as with_input_of([{"value": data.ocigate.lib.fixture_test.input_digest, "pointer": "/d"}])
	data.ocigate.lib.fixture_test.silent(warned)
}

test_a_commit_pins if {
	commit := json.patch(with_input_of([]), [{"op": "add", "path": "/proven/run_manifest/0/description/inputs/0/pinned_by", "value": "git"}])
	warned := data.ocigate.core.inputs_pinned.warn with input as commit
	data.ocigate.lib.fixture_test.silent(warned)
}

test_an_input_without_one_is_warned_of if {
	warned := data.ocigate.core.inputs_pinned.warn with input as with_input_of([])
	denied := data.ocigate.core.inputs_pinned.deny with input as with_input_of([])
	data.ocigate.lib.fixture_test.says(warned, "unpinned", "present", [["run", "/predicate/inputs/0"]], ["soils.csv"])
	data.ocigate.lib.fixture_test.silent(denied)
}

test_of_several_those_without_one_are_told if {
	named := {"names": ["soils.csv"], "pointer": "/inputs/0", "said": {"digest": []}, "claims": []}
	pinned := {"names": ["rivers.csv"], "pointer": "/inputs/1", "said": {"digest": [{"value": data.ocigate.lib.fixture_test.input_digest, "pointer": "/d"}]}, "claims": []}
	nameless := {"names": [], "pointer": "/inputs/2", "said": {"digest": []}, "claims": []}
	both := data.ocigate.lib.fixture_test.with_proven("provenance", [object.union(data.ocigate.lib.fixture_test.prov, {"description": {"inputs": [named, pinned, nameless]}})])
	findings := data.ocigate.core.inputs_pinned.warn with input as both
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "unpinned", "present", [["prov", "/inputs/2"], ["prov", "/inputs/0"]], ["soils.csv", "/inputs/2"])
	every finding in findings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, "rivers.csv")
	}
}

test_of_many_three_are_named_and_the_rest_counted if {
	inputs := [{"names": [sprintf("n%v", [i])], "pointer": sprintf("/inputs/%v", [i]), "said": {"digest": []}, "claims": []} | some i in numbers.range(1, 5)]
	findings := data.ocigate.core.inputs_pinned.warn with input as data.ocigate.lib.fixture_test.with_proven("provenance", [object.union(data.ocigate.lib.fixture_test.prov, {"description": {"inputs": inputs}})])
	data.ocigate.lib.fixture_test.says(findings, "unpinned", "present", [["prov", one.pointer] | some one in inputs], ["n1", "n2", "n3", 2])
	every finding in findings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, "n4")
	}
}

test_each_document_is_told_by_itself if {
	open := {"inputs": [{"names": ["soils.csv"], "pointer": "/inputs/0", "said": {"digest": []}, "claims": []}]}
	findings := data.ocigate.core.inputs_pinned.warn with input as data.ocigate.lib.fixture_test.changed({"proven": {"provenance": [object.union(data.ocigate.lib.fixture_test.prov, {"description": open})], "run_manifest": [object.union(data.ocigate.lib.fixture_test.run_manifest, {"description": open})]}})
	count(findings) == 2
	data.ocigate.lib.fixture_test.says(findings, "unpinned", "present", [["prov", "/inputs/0"]], ["soils.csv"])
	data.ocigate.lib.fixture_test.says(findings, "unpinned", "present", [["run", "/inputs/0"]], ["soils.csv"])
}

test_an_unsigned_document_does_not_count_beside_a_signed_one if {
	open := object.union(data.ocigate.lib.fixture_test.document("run-manifest", "unsigned"), {"description": {"inputs": [{"names": ["soils.csv"], "pointer": "/inputs/0", "said": {"digest": []}, "claims": []}]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.inputs_pinned.warn) with input as data.ocigate.lib.fixture_test.changed({"attached": {"run_manifest": [open]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.inputs_pinned.warn, "unpinned", "present", [["unsigned", "/inputs/0"]], ["soils.csv"]) with input as data.ocigate.lib.fixture_test.with_attached("run_manifest", [open])
}

test_it_is_denied_where_it_is_demanded if {
	denied := data.ocigate.core.inputs_pinned.deny with input as with_input_of([]) with data.config.inputs as {"require_pinned": true}
	data.ocigate.lib.fixture_test.says(denied, "unpinned", "present", [["run", "/predicate/inputs/0"]], ["soils.csv"])
	warned := data.ocigate.core.inputs_pinned.warn with input as with_input_of([]) with data.config.inputs as {"require_pinned": true}
	data.ocigate.lib.fixture_test.silent(warned)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.core.inputs_pinned.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_inputs_that_are_cut_off_are_undecided_where_all_have_to_be_pinned if {
	found := data.ocigate.core.inputs_pinned.undecided with input as data.ocigate.lib.fixture_test.cut_off("inputs") with data.config.inputs as {"require_pinned": true}
	open := data.ocigate.core.inputs_pinned.undecided with input as data.ocigate.lib.fixture_test.cut_off("inputs")
	data.ocigate.lib.fixture_test.says(found, "truncated", "present", [["prov", ""]], ["inputs"])
	data.ocigate.lib.fixture_test.silent(open)
}

test_a_warning_rests_on_those_that_are_known if {
	pinned := data.ocigate.core.inputs_pinned.accept with input as with_input_of([{"value": data.ocigate.lib.fixture_test.input_digest, "pointer": "/d"}])
	{data.ocigate.lib.fixture_test.times(ground.msg, "1") | some ground in pinned} == {2}
	open := data.ocigate.core.inputs_pinned.accept with input as with_input_of([])
	{data.ocigate.lib.fixture_test.times(ground.msg, "0") | some ground in open} == {1}
}
