package ocigate.kfm.carrier_tuple_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.carrier_tuple.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.carrier_tuple.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_a_missing_record_is_denied if {
	found := data.ocigate.kfm.carrier_tuple.deny with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({})])
	data.ocigate.lib.fixture_test.says(found, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest, "DCAT"])
	# It is named once more than where another one is missing.
	other := data.ocigate.kfm.carrier_tuple.deny with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.dcat({})])
	some finding in found
	some another in other
	another.code == "absent"
	data.ocigate.lib.fixture_test.times(finding.msg, "DCAT") > data.ocigate.lib.fixture_test.times(another.msg, "DCAT")
	data.ocigate.lib.fixture_test.times(finding.msg, "STAC") < data.ocigate.lib.fixture_test.times(another.msg, "STAC")
}

test_a_layer_that_one_does_not_carry_is_denied if {
	one := data.ocigate.kfm.fixture_test.described({"files": [data.ocigate.kfm.fixture_test.layer(0, data.ocigate.lib.fixture_test.layer_digest, {})]})
	found := data.ocigate.kfm.carrier_tuple.deny with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), object.union(data.ocigate.kfm.fixture_test.dcat({}), {"description": one})])
	data.ocigate.lib.fixture_test.says(found, "not_carried", "present", [["dcat", ""], ["subject", "/layers/1"]], ["layer.parquet"])
	# One without a title is called by its digest.
	base := data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), object.union(data.ocigate.kfm.fixture_test.dcat({}), {"description": one})])
	nameless := object.union(base, {"subject": object.union(base.subject, {"layers": [data.ocigate.lib.fixture_test.subject.layers[0], data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.second_layer, null)]})})
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.carrier_tuple.deny, "not_carried", "present", [["dcat", ""], ["subject", "/layers/1"]], [data.ocigate.lib.fixture_test.second_layer]) with input as nameless
}

test_parts_that_are_missing_are_denied if {
	parts := data.ocigate.kfm.fixture_test.described({"files": data.ocigate.kfm.fixture_test.both_layers({"role": [], "locator": []})})
	found := data.ocigate.kfm.carrier_tuple.deny with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), object.union(data.ocigate.kfm.fixture_test.dcat({}), {"description": parts})])
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["dcat", "/f"]], ["layer.pmtiles", "locator", "role"])
	# What is missing is named once more than what is there.
	some finding in found
	every missing in ["locator", "role"] {
		every stated in ["digest", "media type"] {
			data.ocigate.lib.fixture_test.times(finding.msg, missing) > data.ocigate.lib.fixture_test.times(finding.msg, stated)
		}
	}
}

test_another_locator_is_denied if {
	elsewhere := data.ocigate.kfm.fixture_test.described({"files": data.ocigate.kfm.fixture_test.both_layers({"locator": data.ocigate.kfm.fixture_test.at("oci://other.example.org/a@sha256:1")})})
	found := data.ocigate.kfm.carrier_tuple.deny with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), object.union(data.ocigate.kfm.fixture_test.dcat({}), {"description": elsewhere})])
	data.ocigate.lib.fixture_test.says(found, "several_locators", "present", [["stac", "/x"], ["dcat", "/x"]], ["layer.pmtiles", "other.example.org/a@sha256:1"])
}

test_locators_that_are_cut_off_are_undecided if {
	found := data.ocigate.kfm.carrier_tuple.undecided with input as data.ocigate.lib.fixture_test.cut_off("statements")
	data.ocigate.lib.fixture_test.says(found, "truncated", "present", [["prov", ""]], ["statements"])
}

test_one_complete_record_of_several_is_enough if {
	poor := object.union(data.ocigate.kfm.fixture_test.dcat({}), {"document": data.ocigate.lib.fixture_test.document_digest("poor"), "description": data.ocigate.kfm.fixture_test.described({"files": data.ocigate.kfm.fixture_test.both_layers({"role": []})})})
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.carrier_tuple.deny) with input as data.ocigate.kfm.fixture_test.with_metadata([poor, data.ocigate.kfm.fixture_test.stac({}), data.ocigate.kfm.fixture_test.dcat({})])
}

test_a_layer_that_does_not_bind_is_not_asked_about if {
	one := {"description": data.ocigate.kfm.fixture_test.described({"files": [data.ocigate.kfm.fixture_test.layer(0, data.ocigate.lib.fixture_test.layer_digest, {})]})}
	base := data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac(one), data.ocigate.kfm.fixture_test.dcat(one)])
	all := object.union(base, {"proven": object.union(base.proven, {"provenance": [data.ocigate.kfm.fixture_test.prov(one)]})})
	count(data.ocigate.kfm.carrier_tuple.deny) == 3 with input as all
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.carrier_tuple.deny) with input as object.union(all, {"subject": object.union(all.subject, {"binding_layers": [data.ocigate.lib.fixture_test.layer_digest]})})
}

test_the_scheme_of_a_locator_does_not_matter if {
	bare := data.ocigate.kfm.fixture_test.described({"files": data.ocigate.kfm.fixture_test.both_layers({"locator": data.ocigate.kfm.fixture_test.at(trim_prefix(data.ocigate.kfm.fixture_test.locator, "oci://"))})})
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.carrier_tuple.deny) with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), data.ocigate.kfm.fixture_test.dcat({"description": bare})])
}

# The passing records, but for these files in the DCAT record.
with_dcat_files(parts) := data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), data.ocigate.kfm.fixture_test.dcat({"description": data.ocigate.kfm.fixture_test.described({"files": data.ocigate.kfm.fixture_test.both_layers(parts)})})])

test_one_part_that_is_missing_is_enough_to_fail if {
	every part in ["locator", "digest", "media_type", "role"] {
		data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.carrier_tuple.deny) == {"incomplete"} with input as with_dcat_files({part: []})
	}
}

test_records_of_other_kinds_are_not_asked if {
	crate := object.union(data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.document("ro-crate", "crate"), null), {"description": data.ocigate.kfm.fixture_test.described({"files": data.ocigate.kfm.fixture_test.both_layers({"role": []})})})
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.carrier_tuple.deny) with input as data.ocigate.kfm.fixture_test.with_metadata([data.ocigate.kfm.fixture_test.stac({}), data.ocigate.kfm.fixture_test.dcat({}), crate])
}
