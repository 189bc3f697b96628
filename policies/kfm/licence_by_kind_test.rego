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

of_type(artifact_type, licence) := object.union(data.ocigate.lib.fixture_test.with_claims("licence", [licence]), {"subject": object.union(data.ocigate.lib.fixture_test.subject, {"artifact_type": artifact_type})})

test_the_kind_is_a_word_of_the_artifact_type if {
	every one in [["application/vnd.example.model.v1", "CC-BY-SA-4.0"], ["application/vnd.example.report+json", "CC-BY-4.0"], ["application/vnd.example.source.v1", "MIT"], [null, "ODbL-1.0"], ["application/vnd.example.remodelled", "ODbL-1.0"]] {
		[artifact_type, licence] := one
		data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.licence_by_kind.deny) with input as of_type(artifact_type, data.ocigate.lib.fixture_test.licence(licence, true))
		data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.licence_by_kind.deny) == {"not_allowed"} with input as of_type(artifact_type, data.ocigate.lib.fixture_test.licence("GPL-3.0-only", true))
	}
	data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.licence_by_kind.deny) == {"not_allowed"} with input as of_type("application/vnd.example.report+json", data.ocigate.lib.fixture_test.licence("ODbL-1.0", true))
}

test_of_alternatives_one_is_enough_and_all_of_it_is_asked if {
	either := object.union(data.ocigate.lib.fixture_test.licence("GPL-3.0-only OR CC0-1.0", true), {"alternatives": [["GPL-3.0-only"], ["CC0-1.0"]]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.licence_by_kind.deny) with input as of_type(null, either)
	both := object.union(data.ocigate.lib.fixture_test.licence("GPL-3.0-only AND CC0-1.0", true), {"alternatives": [["GPL-3.0-only", "CC0-1.0"]]})
	data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.licence_by_kind.deny) == {"not_allowed"} with input as of_type(null, both)
}
