package ocigate.kfm.licence_by_kind_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.licence_by_kind.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.licence_by_kind.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_another_licence_is_denied if {
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.licence_by_kind.deny, "not_allowed", "present", [["stac", "/properties/license"]], array.concat(["GPL-3.0-only"], data.config.kfm.licences_by_kind.data)) with input as data.ocigate.lib.fixture_test.with_claims("licence", [data.ocigate.lib.fixture_test.licence("GPL-3.0-only", true)])
}

test_kinds_have_lists_of_their_own if {
	code := object.union(data.ocigate.lib.fixture_test.with_claims("licence", [data.ocigate.lib.fixture_test.licence("CC-BY-4.0", true)]), {"subject": object.union(data.ocigate.lib.fixture_test.subject, {"artifact_type": "application/vnd.example.source-code.v1"})})
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.licence_by_kind.deny, "not_allowed", "present", [["stac", "/properties/license"]], array.concat(["CC-BY-4.0"], data.config.kfm.licences_by_kind.code)) with input as code
}
