package kfm.provenance_fields_test

test_what_has_all_is_silent if {
	found := data.kfm.provenance_fields.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.provenance_fields.undecided with input as {}
	data.lib.fixture_test.says(found, "present", ["version 1"])
}

test_an_activity_without_fields_is_denied if {
	bare := data.kfm.fixture_test.prov({"content": {"@graph": [{"@type": "prov:Activity", "prov:startedAtTime": "t", "prov:endedAtTime": "t", "kfm:run_id": "r"}]}})
	found := data.kfm.provenance_fields.deny with input as data.kfm.fixture_test.with_provenance(bare)
	data.lib.fixture_test.says(found, "present", ["expected `code_ref`, `environment` in the activity"])
}

test_prov_json_is_read_too if {
	bare := data.kfm.fixture_test.prov({"content": {"agent": {"a/b": {"prov:label": "l"}}}})
	found := data.kfm.provenance_fields.deny with input as data.kfm.fixture_test.with_provenance(object.union(bare, {"content": {"@graph": []}}))
	data.lib.fixture_test.says(found, "present", ["expected `contact|repository` in the agent"])
	some finding in found
	finding.pointer == "/agent/a~1b"
}

test_an_ai_alone_is_denied if {
	alone := data.kfm.fixture_test.prov({"content": {"@graph": [{"@type": "prov:Agent", "label": "l", "kfm:contact": "c", "kfm:agent_type": "AI"}]}})
	found := data.kfm.provenance_fields.deny with input as data.kfm.fixture_test.with_provenance(alone)
	data.lib.fixture_test.says(found, "present", ["found only an AI"])
}
