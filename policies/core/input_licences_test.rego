package ocigate.core.input_licences_test

from(parts) := object.union({"input": "soils.csv", "field": "license", "value": "ODbL-1.0", "place": data.ocigate.lib.fixture_test.place("prov", "/inputs/0/license"), "known": true, "demands_notice": false, "suggestion": null}, parts)

having(parts) := data.ocigate.lib.fixture_test.changed({"licences": object.union(data.ocigate.lib.fixture_test.good.licences, parts)})

conflict(forbids) := {
	"input": "soils.csv",
	"licence": "CC-BY-NC-4.0",
	"subject_licence": "CC-BY-4.0",
	"places": [data.ocigate.lib.fixture_test.place("prov", "/inputs/0/license"), data.ocigate.lib.fixture_test.place("stac", "/properties/license")],
	"refused_by": "CC-BY-NC-4.0",
	"why": "no commercial use",
	"forbids": forbids,
}

test_no_input_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_a_licence_that_the_table_knows_is_silent if {
	known := having({"inputs": [from({})]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.deny) with input as known
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.warn) with input as known
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.undecided) with input as known
}

test_what_the_table_forbids_fails_and_other_conflicts_warn if {
	findings := data.ocigate.core.input_licences.deny with input as having({"conflicts": [conflict(true)]})
	data.ocigate.lib.fixture_test.says(findings, "not_permitted", "present", [["prov", "/inputs/0/license"], ["stac", "/properties/license"]], ["soils.csv", "CC-BY-NC-4.0", "CC-BY-4.0", "no commercial use"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.warn) with input as having({"conflicts": [conflict(true)]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.deny) with input as having({"conflicts": [conflict(false)]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.input_licences.warn, "not_permitted", "present", [["prov", "/inputs/0/license"], ["stac", "/properties/license"]], ["soils.csv"]) with input as having({"conflicts": [conflict(false)]})
}

test_too_many_alternatives_are_undecided if {
	many := having({"too_many_alternatives": [{"field": "license", "value": "A OR B", "place": data.ocigate.lib.fixture_test.place("prov", "/inputs/0/license")}]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.deny) with input as many
	data.ocigate.lib.fixture_test.says(data.ocigate.core.input_licences.undecided, "too_many_alternatives", "present", [["prov", "/inputs/0/license"]], ["A OR B"]) with input as many
}

test_what_the_table_does_not_know_is_warned_of if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.input_licences.warn, "unknown_licence", "present", [["prov", "/inputs/0/license"]], ["soils.csv", "open data", "CC0-1.0"]) with input as having({"inputs": [from({"known": false, "value": "open data", "suggestion": "CC0-1.0"})]})
}

naming := having({"inputs": [from({"demands_notice": true})]})

test_who_has_to_be_named_is_named if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.input_licences.warn, "attribution", "present", [["prov", "/inputs/0/license"]], ["soils.csv", "ODbL-1.0"]) with input as naming
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.deny) with input as naming
	data.ocigate.lib.fixture_test.says(data.ocigate.core.input_licences.deny, "attribution", "present", [["prov", "/inputs/0/license"]], ["soils.csv"]) with input as naming with data.config.licence.require_notice as true
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.warn) with input as naming with data.config.licence.require_notice as true
	named := object.union(naming, {"claims": object.union(naming.claims, {"attribution": [data.ocigate.lib.fixture_test.claim("attribution", "attribution", "the makers")]})})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.input_licences.warn) with input as named
	# What does not count names nobody.
	uncounted := object.union(naming, {"claims": object.union(naming.claims, {"attribution": [data.ocigate.lib.fixture_test.uncounted(data.ocigate.lib.fixture_test.claim("attribution", "attribution", "the makers"))]})})
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.input_licences.warn) == {"attribution"} with input as uncounted
}

test_claims_that_were_cut_off_are_undecided if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.input_licences.undecided, "truncated", "present", [["prov", ""]], ["input claims"]) with input as data.ocigate.lib.fixture_test.cut_off("input claims")
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.input_licences.undecided, "subject.digest") with input as {}
}
