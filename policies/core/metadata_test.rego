package ocigate.core.metadata_test

bad := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.document("stac", "bad"), [data.ocigate.lib.fixture_test.objection("missing", "`type` is missing", "")])

test_none_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.deny) with input as data.ocigate.lib.fixture_test.with_proven("metadata", [])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.warn) with input as data.ocigate.lib.fixture_test.with_proven("metadata", [])
}

test_what_is_well_formed_is_silent if {
	every one in [data.ocigate.lib.fixture_test.good, data.ocigate.lib.fixture_test.with_attached("metadata", [data.ocigate.lib.fixture_test.document("stac", "s")])] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.deny) with input as one
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.warn) with input as one
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.undecided) with input as one
	}
}

test_what_is_malformed_fails if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.metadata.deny, "missing", "absent", [["bad", ""]], ["`type` is missing"]) with input as data.ocigate.lib.fixture_test.with_attached("metadata", [bad])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.warn) with input as data.ocigate.lib.fixture_test.with_attached("metadata", [bad])
}

test_beside_a_good_one_it_is_warned_of if {
	both := data.ocigate.lib.fixture_test.with_attached("metadata", [bad, data.ocigate.lib.fixture_test.document("stac", "good")])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.deny) with input as both
	data.ocigate.lib.fixture_test.says(data.ocigate.core.metadata.warn, "missing", "present", [["bad", ""]], ["`type` is missing"]) with input as both
}

test_an_attached_one_cannot_stand_in_for_a_bad_signed_one if {
	both := data.ocigate.lib.fixture_test.changed({"proven": {"metadata": [data.ocigate.lib.fixture_test.signed(bad, null)]}, "attached": {"metadata": [data.ocigate.lib.fixture_test.document("stac", "good")]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.metadata.deny, "missing", "absent", [["bad", ""]], ["`type` is missing"]) with input as both
}

test_of_several_bad_ones_the_best_is_told if {
	worse := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.document("dcat", "worse"), [data.ocigate.lib.fixture_test.objection("missing", "`type` is missing", ""), data.ocigate.lib.fixture_test.objection("missing", "`id` is missing", "")])
	findings := data.ocigate.core.metadata.deny with input as data.ocigate.lib.fixture_test.with_attached("metadata", [worse, bad])
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "missing", "absent", [["bad", ""], ["worse", ""]], ["`type` is missing", 2])
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.metadata.undecided, "subject.digest") with input as {}
}
