package kfm.catalogue_fields_test

test_what_has_all_is_silent if {
	found := data.kfm.catalogue_fields.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.catalogue_fields.undecided with input as {}
	data.lib.fixture_test.says(found, "present", ["version 1"])
}

test_an_item_without_fields_is_denied if {
	bare := object.union(data.kfm.fixture_test.stac({}), {"content": {"properties": {"kfm:region": "", "kfm:theme": null}}})
	found := data.kfm.catalogue_fields.deny with input as data.kfm.fixture_test.with_metadata([bare])
	data.lib.fixture_test.says(found, "present", ["expected `region`, `theme` in the stac item"])
}

test_a_distribution_without_a_checksum_is_denied if {
	bare := object.union(data.kfm.fixture_test.dcat({}), {"content": {"dcat:distribution": [{"@type": "dcat:Distribution", "dcat:accessURL": "a", "dct:format": "f"}]}})
	found := data.kfm.catalogue_fields.deny with input as data.kfm.fixture_test.with_metadata([bare])
	data.lib.fixture_test.says(found, "present", ["expected `checksum` in the dcat distribution"])
	count(found) == 1
}
