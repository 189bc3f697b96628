package ocigate.kfm.no_downgrade_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.no_downgrade.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.no_downgrade.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_a_lower_rank_is_denied if {
	lower := data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [data.ocigate.kfm.fixture_test.source([data.ocigate.kfm.fixture_test.label(2)])]})})
	found := data.ocigate.kfm.no_downgrade.deny with input as data.ocigate.kfm.fixture_test.with_provenance(lower)
	data.ocigate.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
}

lowered := data.ocigate.kfm.fixture_test.with_provenance(data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [data.ocigate.kfm.fixture_test.source([data.ocigate.kfm.fixture_test.label(2)])]})}))

test_an_unsigned_label_permits_nothing if {
	note := data.ocigate.lib.fixture_test.uncounted(data.ocigate.lib.fixture_test.said_in(data.ocigate.lib.fixture_test.label("internal", 2), "note"))
	found := data.ocigate.kfm.no_downgrade.deny with input as object.union(lowered, {"claims": object.union(lowered.claims, {"sensitivity": array.concat(lowered.claims.sensitivity, [note])})})
	data.ocigate.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
}

test_a_subject_without_a_label_is_public if {
	bare := object.union(lowered, {"claims": object.union(lowered.claims, {"sensitivity": []})})
	found := data.ocigate.kfm.no_downgrade.deny with input as bare
	data.ocigate.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"]], ["soils.csv", 2, 0])
}

test_a_review_that_is_open_or_refused_permits_nothing if {
	lower := data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [data.ocigate.kfm.fixture_test.source([data.ocigate.kfm.fixture_test.label(2)])]})})
	base := data.ocigate.kfm.fixture_test.with_provenance(lower)
	good := {"mode": "h3", "reviewer": "council"}
	every content in [
		{"properties": {"generalization": object.union(good, {"reviewer": "none"})}},
		{"properties": {"generalization": object.union(good, {"mode": "TBD"})}},
		{"properties": {"generalization": object.union(good, {"status": "rejected"})}},
		{"properties": {"generalization": object.union(good, {"reviewed": false})}},
		{"properties": {"generalization": {"mode": "h3"}}},
		{"properties": {"generalization": {"reviewer": "council"}}},
		{"properties": {"generalization": "h3, by the council"}},
		{"properties": {"processing": good}},
		{"properties": {"source": {"generalization": good}}},
		{"source": {"generalization": good}},
		{"links": [{"generalization": good}]},
	] {
		block := data.ocigate.kfm.fixture_test.stac({"content": content})
		found := data.ocigate.kfm.no_downgrade.deny with input as object.union(base, {"proven": object.union(base.proven, {"metadata": [block]})})
		data.ocigate.lib.fixture_test.says(found, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
	}
}

test_a_reviewed_generalization_permits_it if {
	lower := data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [data.ocigate.kfm.fixture_test.source([data.ocigate.kfm.fixture_test.label(2)])]})})
	base := data.ocigate.kfm.fixture_test.with_provenance(lower)
	good := {"mode": "h3", "reviewer": "council"}
	every content in [
		{"properties": {"kfm:geo_generalization": good}},
		{"properties": {"generalization": object.union(good, {"status": "Approved", "reviewed": true})}},
		{"properties": {"generalization": object.union(good, {"note": "none"})}},
		{"spatial_generalization": good},
	] {
		found := data.ocigate.kfm.no_downgrade.deny with input as object.union(base, {"proven": object.union(base.proven, {"metadata": [data.ocigate.kfm.fixture_test.stac({"content": content})]})})
		data.ocigate.lib.fixture_test.silent(found)
	}
}

test_an_input_without_a_label_is_undecided if {
	open := data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [data.ocigate.kfm.fixture_test.source([])]})})
	found := data.ocigate.kfm.no_downgrade.undecided with input as data.ocigate.kfm.fixture_test.with_provenance(open)
	data.ocigate.lib.fixture_test.says(found, "unresolved", "present", [["prov", "/inputs/0"]], ["soils.csv"])
	# Nor does one that nobody understands say anything.
	unknown := data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [data.ocigate.kfm.fixture_test.source([object.union(data.ocigate.kfm.fixture_test.label(0), {"rank": null})])]})})
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.no_downgrade.undecided, "unresolved", "present", [["prov", "/inputs/0"]], ["soils.csv"]) with input as data.ocigate.kfm.fixture_test.with_provenance(unknown)
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.no_downgrade.undecided) with input as data.ocigate.kfm.fixture_test.good
}

of_sbom(labels) := object.union(base, {"proven": object.union(base.proven, {"sbom": [bom]})}) if {
	base := data.ocigate.kfm.fixture_test.good
	bom := object.union(data.ocigate.lib.fixture_test.document("cyclonedx", "bom"), {"description": {"inputs": [data.ocigate.kfm.fixture_test.source(labels)]}})
}

test_a_data_set_of_a_model_counts_where_it_has_a_label if {
	found := data.ocigate.kfm.no_downgrade.deny with input as of_sbom([data.ocigate.kfm.fixture_test.label(2)])
	data.ocigate.lib.fixture_test.says(found, "lower_rank", "present", [["bom", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2, 0])
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.no_downgrade.undecided) with input as of_sbom([])
	# What is said of its licence is no label.
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.no_downgrade.undecided) with input as of_sbom([object.union(data.ocigate.kfm.fixture_test.label(2), {"role": "licence", "rank": null})])
}

test_inputs_that_are_cut_off_are_undecided if {
	found := data.ocigate.kfm.no_downgrade.undecided with input as data.ocigate.lib.fixture_test.cut_off("inputs")
	data.ocigate.lib.fixture_test.says(found, "truncated", "present", [["prov", ""]], ["inputs"])
}

# `lowered` with this label of the subject.
labelled(rank) := object.union(lowered, {"claims": object.union(lowered.claims, {"sensitivity": [data.ocigate.lib.fixture_test.label("internal", rank)]})})

test_the_same_rank_or_a_higher_one_is_enough if {
	every rank in [2, 3] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.no_downgrade.deny) with input as labelled(rank)
	}
	data.ocigate.lib.fixture_test.says(data.ocigate.kfm.no_downgrade.deny, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], [2, 1]) with input as labelled(1)
}

test_the_label_of_an_input_is_none_of_the_subject if {
	of_input := object.union(data.ocigate.lib.fixture_test.label("internal", 2), {"place": {"evidence": data.ocigate.lib.fixture_test.document_digest("prov"), "pointer": "/inputs/0/kfm:sensitivity"}})
	data.ocigate.lib.fixture_test.codes(data.ocigate.kfm.no_downgrade.deny) == {"lower_rank"} with input as object.union(lowered, {"claims": object.union(lowered.claims, {"sensitivity": [of_input]})})
}

test_each_input_is_asked_about if {
	low := object.union(data.ocigate.kfm.fixture_test.source([data.ocigate.kfm.fixture_test.label(0)]), {"names": ["rivers.csv"]})
	several := data.ocigate.kfm.fixture_test.with_provenance(data.ocigate.kfm.fixture_test.prov({"description": data.ocigate.kfm.fixture_test.described({"inputs": [low, data.ocigate.kfm.fixture_test.source([data.ocigate.kfm.fixture_test.label(2)])]})}))
	findings := data.ocigate.kfm.no_downgrade.deny with input as several
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "lower_rank", "present", [["prov", "/inputs/0/kfm:sensitivity"], ["stac", "/properties/kfm:access_level"]], ["soils.csv", 2])
}

test_an_unsigned_review_permits_nothing if {
	block := object.union(data.ocigate.lib.fixture_test.document("stac", "note"), {"content": {"properties": {"generalization": {"mode": "h3", "reviewer": "council"}}}})
	found := data.ocigate.kfm.no_downgrade.deny with input as object.union(lowered, {"proven": object.union(lowered.proven, {"metadata": []}), "attached": object.union(lowered.attached, {"metadata": [block]})})
	data.ocigate.lib.fixture_test.codes(found) == {"lower_rank"}
}
