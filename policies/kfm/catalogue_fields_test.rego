package ocigate.kfm.catalogue_fields_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.catalogue_fields.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_an_item_without_fields_is_denied if {
	bare := object.union(data.ocigate.kfm.fixture_test.stac({}), {"content": {"properties": {"kfm:region": "", "kfm:theme": null}}})
	found := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([bare])
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["stac", "/properties"]], ["region", "theme"])
}

test_a_distribution_without_a_checksum_is_denied if {
	bare := object.union(data.ocigate.kfm.fixture_test.dcat({}), {"content": {"dcat:distribution": [{"@type": "dcat:Distribution", "dcat:accessURL": "a", "dct:format": "f"}]}})
	found := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([bare])
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["dcat", "/dcat:distribution/0"]], ["checksum"])
	count(found) == 1
}

test_a_record_cannot_hide_what_it_is if {
	every one in [["", {"type": "Feature"}], ["/properties", {"type": "feature", "properties": {"kfm:theme": "soils"}}], ["", {"type": "Catalog", "assets": {}}], ["/properties", {"type": "Feature", "properties": "none"}]] {
		[pointer, content] := one
		item := object.union(object.remove(data.ocigate.kfm.fixture_test.stac({}), ["content"]), {"content": content})
		found := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([item])
		data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["stac", pointer]], ["region"])
	}
	catalog := object.union(object.remove(data.ocigate.kfm.fixture_test.stac({}), ["content"]), {"content": {"type": "Catalog"}})
	quiet := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([catalog])
	data.ocigate.lib.fixture_test.silent(quiet)
}

test_data_sets_and_distributions_are_found_wherever_they_are if {
	nested := {"@type": "dcat:Catalog", "dcat:dataset": {"@type": "dcat:Dataset", "dct:title": "t", "dcat:distribution": {"dcat:accessURL": "a", "dct:format": "f"}}}
	record := object.union(object.remove(data.ocigate.kfm.fixture_test.dcat({}), ["content"]), {"content": nested})
	found := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([record])
	count(found) == 2
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["dcat", "/dcat:dataset"]], ["identifier", "description", "license"])
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["dcat", "/dcat:dataset/dcat:distribution"]], ["checksum"])
	none := object.union(object.remove(data.ocigate.kfm.fixture_test.dcat({}), ["content"]), {"content": {"@type": "dcat:Resource"}})
	lost := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([none])
	data.ocigate.lib.fixture_test.says(lost, "no_data_set", "present", [["dcat", ""]], [])
}

# The passing DCAT record with other distributions.
with_distribution(distribution) := data.ocigate.kfm.fixture_test.with_metadata([object.union(data.ocigate.kfm.fixture_test.dcat({}), {"content": {"dcat:distribution": distribution}})])

test_a_link_to_a_distribution_is_none_by_itself if {
	every distribution in [["https://example.org/d"], "https://example.org/d", {"@id": "urn:d"}, [{"@id": "urn:d"}]] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.catalogue_fields.deny) with input as with_distribution(distribution)
	}
}

test_what_else_a_data_set_names_is_no_distribution if {
	record := object.union(data.ocigate.kfm.fixture_test.dcat({}), {"content": {"dct:publisher": {"@type": "foaf:Agent", "foaf:name": "p"}}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.catalogue_fields.deny) with input as data.ocigate.kfm.fixture_test.with_metadata([record])
}

test_a_collection_has_fields_of_its_own if {
	collection := object.union(object.remove(data.ocigate.kfm.fixture_test.stac({}), ["content"]), {"content": {"type": "Collection", "kfm:region": "ks", "kfm:theme": "soils", "kfm:access_level": "public", "kfm:lineage": {"run": {}}}})
	found := data.ocigate.kfm.catalogue_fields.deny with input as data.ocigate.kfm.fixture_test.with_metadata([collection])
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["stac", ""]], ["dataset_version"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.catalogue_fields.deny) with input as data.ocigate.kfm.fixture_test.with_metadata([object.union(collection, {"content": {"version": 1, "kfm:dataset_version": "1"}})])
}
