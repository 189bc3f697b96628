package kfm.sbom_minimum_test

test_what_has_all_is_silent if {
	found := data.kfm.sbom_minimum.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.sbom_minimum.undecided with input as {}
	data.lib.fixture_test.says(found, "present", ["version 1"])
}

test_what_is_missing_is_denied if {
	found := data.kfm.sbom_minimum.deny with input as data.kfm.fixture_test.with_sbom({"missing": {"supplier": 3}, "created": null, "creators": [], "relationships": 0})
	data.lib.fixture_test.says(found, "absent", ["no supplier of 3 listed elements", "no author", "no time", "no relation"])
}
