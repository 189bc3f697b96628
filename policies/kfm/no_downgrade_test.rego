package kfm.no_downgrade_test

test_what_has_all_is_silent if {
	found := data.kfm.no_downgrade.deny with input as data.kfm.fixture_test.good
	data.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.kfm.no_downgrade.undecided with input as {}
	data.lib.fixture_test.unreadable(found, "subject.digest")
}

test_a_lower_rank_is_denied if {
	lower := data.kfm.fixture_test.prov({"description": data.kfm.fixture_test.described({"inputs": [data.kfm.fixture_test.source([data.kfm.fixture_test.label(2)])]})})
	found := data.kfm.no_downgrade.deny with input as data.kfm.fixture_test.with_provenance(lower)
	data.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
}

lowered := data.kfm.fixture_test.with_provenance(data.kfm.fixture_test.prov({"description": data.kfm.fixture_test.described({"inputs": [data.kfm.fixture_test.source([data.kfm.fixture_test.label(2)])]})}))

test_an_unsigned_label_permits_nothing if {
	note := object.union(data.lib.fixture_test.document("unknown", "note"), {"claims": [data.lib.fixture_test.label("internal", 2)]})
	found := data.kfm.no_downgrade.deny with input as object.union(lowered, {"attached": object.union(lowered.attached, {"other": [note]})})
	data.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
}

test_a_subject_without_a_label_is_public if {
	bare := object.union(lowered, {"proven": object.union(lowered.proven, {"metadata": []})})
	found := data.kfm.no_downgrade.deny with input as bare
	data.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"]], ["soils.csv", 2, 0])
}

test_a_review_that_is_open_or_refused_permits_nothing if {
	lower := data.kfm.fixture_test.prov({"description": data.kfm.fixture_test.described({"inputs": [data.kfm.fixture_test.source([data.kfm.fixture_test.label(2)])]})})
	base := data.kfm.fixture_test.with_provenance(lower)
	good := {"mode": "h3", "reviewer": "council"}
	every content in [
		{"properties": {"generalization": object.union(good, {"reviewer": "none"})}},
		{"properties": {"generalization": object.union(good, {"mode": "TBD"})}},
		{"properties": {"generalization": object.union(good, {"status": "rejected"})}},
		{"properties": {"generalization": object.union(good, {"reviewed": false})}},
		{"links": [{"generalization": good}]},
	] {
		block := data.kfm.fixture_test.stac({"content": content})
		found := data.kfm.no_downgrade.deny with input as object.union(base, {"proven": object.union(base.proven, {"metadata": [block]})})
		data.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
	}
}

test_a_reviewed_generalization_permits_it if {
	lower := data.kfm.fixture_test.prov({"description": data.kfm.fixture_test.described({"inputs": [data.kfm.fixture_test.source([data.kfm.fixture_test.label(2)])]})})
	block := data.kfm.fixture_test.stac({"content": {"properties": {"kfm:geo_generalization": {"mode": "h3", "reviewer": "council"}}}})
	base := data.kfm.fixture_test.with_provenance(lower)
	found := data.kfm.no_downgrade.deny with input as object.union(base, {"proven": object.union(base.proven, {"metadata": [block]})})
	data.lib.fixture_test.silent(found)
}

test_an_input_without_a_label_is_undecided if {
	open := data.kfm.fixture_test.prov({"description": data.kfm.fixture_test.described({"inputs": [data.kfm.fixture_test.source([])]})})
	found := data.kfm.no_downgrade.undecided with input as data.kfm.fixture_test.with_provenance(open)
	data.lib.fixture_test.says(found, "unresolved", "present", [["prov", "/inputs/0"]], ["soils.csv"])
}

of_sbom(labels) := object.union(base, {"proven": object.union(base.proven, {"sbom": [bom]})}) if {
	base := data.kfm.fixture_test.good
	bom := object.union(data.lib.fixture_test.document("cyclonedx", "bom"), {"description": {"inputs": [data.kfm.fixture_test.source(labels)]}})
}

test_a_data_set_of_a_model_counts_where_it_has_a_label if {
	found := data.kfm.no_downgrade.deny with input as of_sbom([data.kfm.fixture_test.label(2)])
	data.lib.fixture_test.says(found, "lower_rank", "present", [["bom", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
	data.lib.fixture_test.silent(data.kfm.no_downgrade.undecided) with input as of_sbom([])
}

test_inputs_that_are_cut_off_are_undecided if {
	found := data.kfm.no_downgrade.undecided with input as data.lib.fixture_test.cut_off("inputs")
	data.lib.fixture_test.says(found, "truncated", "present", [["prov", ""]], ["inputs"])
}
