package kfm.run_contract_test

test_what_has_all_is_silent if {
	found := data.kfm.run_contract.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.run_contract.undecided with input as {}
	data.lib.fixture_test.says(found, "present", ["version 1"])
}

test_none_is_denied if {
	found := data.kfm.run_contract.deny with input as data.kfm.fixture_test.with_run([])
	data.lib.fixture_test.says(found, "absent", ["expected a run manifest"])
}

test_each_fault_is_denied if {
	every pair in [
		[{"idempotency_key": ""}, "no `idempotency_key`"], [{"code_ref": "git+https://example.org/a@main"}, "full commit"],
		[{"code_ref": {"git_commit": "abc"}}, "full commit"], [{"container": "tiler:latest"}, "moving tag"],
	] {
		data.lib.fixture_test.says(data.kfm.run_contract.deny, "absent", [pair[1]]) with input as data.kfm.fixture_test.with_run([data.kfm.fixture_test.run(pair[0])])
	}
}

test_a_digest_of_something_else_is_denied if {
	wrong := object.remove(data.kfm.fixture_test.run({}), ["canonical_form"])
	found := data.kfm.run_contract.deny with input as data.kfm.fixture_test.with_run([wrong])
	data.lib.fixture_test.says(found, "absent", ["not that of the document"])
}
