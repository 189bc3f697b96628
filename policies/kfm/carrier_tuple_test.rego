package kfm.carrier_tuple_test

test_what_has_all_is_silent if {
	found := data.kfm.carrier_tuple.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.carrier_tuple.undecided with input as {}
	data.lib.fixture_test.says(found, "present", ["version 1"])
}

test_a_missing_record_is_denied if {
	found := data.kfm.carrier_tuple.deny with input as data.kfm.fixture_test.with_metadata([data.kfm.fixture_test.stac({})])
	data.lib.fixture_test.says(found, "absent", ["found no DCAT record"])
}

test_a_layer_that_one_does_not_carry_is_denied if {
	one := data.kfm.fixture_test.described({"files": [data.kfm.fixture_test.carried(data.lib.fixture_test.layer_digest, {})]})
	found := data.kfm.carrier_tuple.deny with input as data.kfm.fixture_test.with_metadata([data.kfm.fixture_test.stac({}), object.union(data.kfm.fixture_test.dcat({}), {"description": one})])
	data.lib.fixture_test.says(found, "present", ["expected a DCAT record to carry the layer `layer.parquet`"])
}

test_parts_that_are_missing_are_denied if {
	parts := data.kfm.fixture_test.described({"files": data.kfm.fixture_test.both_layers({"role": [], "locator": []})})
	found := data.kfm.carrier_tuple.deny with input as data.kfm.fixture_test.with_metadata([data.kfm.fixture_test.stac({}), object.union(data.kfm.fixture_test.dcat({}), {"description": parts})])
	data.lib.fixture_test.says(found, "present", ["of `layer.pmtiles`, found no locator, role"])
}

test_another_locator_is_denied if {
	elsewhere := data.kfm.fixture_test.described({"files": data.kfm.fixture_test.both_layers({"locator": data.kfm.fixture_test.at("oci://other.example.org/a@sha256:1")})})
	found := data.kfm.carrier_tuple.deny with input as data.kfm.fixture_test.with_metadata([data.kfm.fixture_test.stac({}), object.union(data.kfm.fixture_test.dcat({}), {"description": elsewhere})])
	data.lib.fixture_test.says(found, "present", ["expected one locator of `layer.pmtiles`", "other.example.org/a"])
}

test_locators_that_are_cut_off_are_undecided if {
	found := data.kfm.carrier_tuple.undecided with input as data.lib.fixture_test.cut_off("statements")
	data.lib.fixture_test.says(found, "present", ["more statements than are read"])
}
