package ocigate.core.input_licences_test

# Provenance of one input under this licence; the subject is under CC-BY-4.0 or what is given.
made(from, to, parts) := data.ocigate.lib.fixture_test.changed({"subject": parts, "proven": {
	"provenance": [object.union(data.ocigate.lib.fixture_test.prov, {"description": {"inputs": [{
		"names": ["source.csv"],
		"pointer": "/@graph/1",
		"said": {"digest": [{"value": data.ocigate.lib.fixture_test.input_digest, "pointer": "/d"}]},
		"claims": [of(from)],
	}]}})],
	"metadata": [object.union(data.ocigate.lib.fixture_test.stac, {"claims": [of(to), data.ocigate.lib.fixture_test.claim("attribution", "attribution", "Somebody")]})],
}})

of(text) := object.union(data.ocigate.lib.fixture_test.licence(text, true), {"alternatives": [split(part, " AND ") | some part in split(text, " OR ")]})

test_permitted_licences_are_silent if {
	every pair in [
		["CC0-1.0", "CC-BY-4.0"], ["CC-BY-4.0", "CC-BY-SA-4.0"], ["CC-BY-SA-4.0", "CC-BY-SA-4.0"], ["CC-BY-SA-3.0", "CC-BY-SA-4.0"],
		["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"], ["ODbL-1.0", "ODbL-1.0"], ["GPL-3.0-only OR CC0-1.0", "MIT"], ["ODbL-1.0", "ODbL-1.0 AND CC-BY-4.0"],
	] {
		count(data.ocigate.core.input_licences.deny) == 0 with input as made(pair[0], pair[1], {})
		count(data.ocigate.core.input_licences.warn) == 0 with input as made(pair[0], pair[1], {})
	}
}

test_what_is_not_permitted_is_denied if {
	every pair in [
		["CC-BY-SA-4.0", "CC-BY-4.0"], ["CC-BY-NC-4.0", "CC-BY-4.0"], ["CC-BY-ND-4.0", "CC-BY-ND-4.0"], ["ODbL-1.0", "CC-BY-4.0"],
		["CC-BY-4.0", "CC0-1.0"], ["CC-BY-SA-4.0", "CC-BY-SA-4.0 OR MIT"], ["CC-BY-4.0 AND CC-BY-NC-4.0", "CC-BY-4.0"],
	] {
		count(data.ocigate.core.input_licences.deny) == 1 with input as made(pair[0], pair[1], {})
	}
}

test_it_points_into_both if {
	found := data.ocigate.core.input_licences.deny with input as made("ODbL-1.0", "CC-BY-4.0", {})
	data.ocigate.lib.fixture_test.says(found, "not_permitted", "present", [["prov", "/properties/license"], ["stac", "/properties/license"]], ["source.csv", "ODbL-1.0", "CC-BY-4.0"])
	some finding in found
	finding.evidence == data.ocigate.lib.fixture_test.document_digest("prov")
	finding.also[0].evidence == data.ocigate.lib.fixture_test.document_digest("stac")
}

test_a_picture_is_no_database if {
	picture := {"layers": [object.union(data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.layer_digest, "map.png"), {"media_type": "image/png"})]}
	denied := data.ocigate.core.input_licences.deny with input as made("ODbL-1.0", "CC-BY-4.0", picture)
	warned := data.ocigate.core.input_licences.warn with input as made("ODbL-1.0", "CC-BY-4.0", picture)
	data.ocigate.lib.fixture_test.silent(denied)
	data.ocigate.lib.fixture_test.says(warned, "not_permitted", "present", [["prov", "/properties/license"], ["stac", "/properties/license"]], ["source.csv", "ODbL-1.0", "CC-BY-4.0"])
}

test_what_is_passed_on_unchanged_may_keep_its_licence if {
	same := {"layers": [data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.input_digest, "source.csv")]}
	denied := data.ocigate.core.input_licences.deny with input as made("CC-BY-ND-4.0", "CC-BY-ND-4.0", same)
	data.ocigate.lib.fixture_test.silent(denied)
}

test_code_and_unknown_licences_are_told if {
	code := data.ocigate.core.input_licences.warn with input as made("GPL-3.0-only", "CC-BY-4.0", {})
	unknown := data.ocigate.core.input_licences.warn with input as made("LicenseRef-own", "CC-BY-4.0", {})
	denied := data.ocigate.core.input_licences.deny with input as made("GPL-3.0-only", "CC-BY-4.0", {})
	data.ocigate.lib.fixture_test.says(code, "not_permitted", "present", [["prov", "/properties/license"], ["stac", "/properties/license"]], ["source.csv", "GPL-3.0-only", "CC-BY-4.0"])
	data.ocigate.lib.fixture_test.says(unknown, "unknown_licence", "present", [["prov", "/properties/license"]], ["source.csv", "LicenseRef-own"])
	data.ocigate.lib.fixture_test.silent(denied)
}

test_makers_have_to_be_named if {
	nobody := object.union(made("CC-BY-4.0", "CC-BY-4.0", {}), {"proven": object.union(made("CC-BY-4.0", "CC-BY-4.0", {}).proven, {"metadata": [data.ocigate.lib.fixture_test.stac]})})
	warned := data.ocigate.core.input_licences.warn with input as nobody
	denied := data.ocigate.core.input_licences.deny with input as nobody with data.config.licence as {"require_notice": true}
	data.ocigate.lib.fixture_test.says(warned, "attribution", "present", [["prov", "/properties/license"]], ["source.csv", "CC-BY-4.0"])
	data.ocigate.lib.fixture_test.says(denied, "attribution", "present", [["prov", "/properties/license"]], ["source.csv", "CC-BY-4.0"])
}

test_an_unsigned_attribution_names_nobody_where_metadata_is_signed if {
	nobody := object.union(made("CC-BY-4.0", "CC-BY-4.0", {}).proven, {"metadata": [data.ocigate.lib.fixture_test.stac]})
	note := object.union(data.ocigate.lib.fixture_test.document("unknown", "note"), {"claims": [data.ocigate.lib.fixture_test.claim("attribution", "attribution", "x")]})
	attached := object.union(made("CC-BY-4.0", "CC-BY-4.0", {}), {"proven": nobody, "attached": {"other": [note]}})
	denied := data.ocigate.core.input_licences.deny with input as attached with data.config.licence as {"require_notice": true}
	data.ocigate.lib.fixture_test.says(denied, "attribution", "present", [["prov", "/properties/license"]], ["source.csv", "CC-BY-4.0"])
}

test_more_alternatives_than_are_told_are_undecided if {
	many := object.union(data.ocigate.lib.fixture_test.licence("MIT OR …", true), {"alternatives": []})
	input_ := made("CC-BY-NC-4.0", "CC-BY-4.0", {})
	subject := object.union(input_, {"proven": object.union(input_.proven, {"metadata": [object.union(data.ocigate.lib.fixture_test.stac, {"claims": [many]})]})})
	source := object.union(input_, {"proven": object.union(input_.proven, {"provenance": [object.union(input_.proven.provenance[0], {"description": {"inputs": [object.union(input_.proven.provenance[0].description.inputs[0], {"claims": [many]})]}})]})})
	every name, one in {"stac": subject, "prov": source} {
		found := data.ocigate.core.input_licences.undecided with input as one
		data.ocigate.lib.fixture_test.says(found, "too_many_alternatives", "present", [[name, "/properties/license"]], ["MIT OR …"])
	}
	quiet := data.ocigate.core.input_licences.undecided with input as input_
	data.ocigate.lib.fixture_test.silent(quiet)
}

test_an_unknown_licence_disarms_nothing if {
	every from in ["CC-BY-NC-SA-4.0 AND LicenseRef-x", "LicenseRef-x AND CC-BY-NC-SA-4.0", "GPL-3.0-only AND CC-BY-NC-SA-4.0", "CC-BY-NC-4.0 OR CC-BY-NC-SA-4.0 AND LicenseRef-x"] {
		found := data.ocigate.core.input_licences.deny with input as made(from, "CC-BY-4.0", {})
		data.ocigate.lib.fixture_test.says(found, "not_permitted", "present", [["prov", "/properties/license"], ["stac", "/properties/license"]], ["source.csv", from, "CC-BY-4.0"])
	}
	way := data.ocigate.core.input_licences.deny with input as made("CC-BY-NC-4.0 OR LicenseRef-x", "CC-BY-4.0", {})
	data.ocigate.lib.fixture_test.silent(way)
}

test_inputs_without_a_licence_are_passed_over if {
	denied := data.ocigate.core.input_licences.deny with input as data.ocigate.lib.fixture_test.good
	warned := data.ocigate.core.input_licences.warn with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(denied)
	data.ocigate.lib.fixture_test.silent(warned)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.core.input_licences.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_licences_that_are_cut_off_are_undecided if {
	found := data.ocigate.core.input_licences.undecided with input as data.ocigate.lib.fixture_test.cut_off("input claims")
	other := data.ocigate.core.input_licences.undecided with input as data.ocigate.lib.fixture_test.cut_off("inputs")
	data.ocigate.lib.fixture_test.says(found, "truncated", "present", [["prov", ""]], ["input claims"])
	data.ocigate.lib.fixture_test.silent(other)
}
