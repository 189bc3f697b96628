package ocigate.core.references_pinned_test

reference(digest, placeholder) := {"value": "oci://r.example.org/a:v1", "pointer": "/links/0/href", "digest": digest, "placeholder": placeholder}

with_reference(class, document, found) := data.ocigate.lib.fixture_test.with_proven(class, [object.union(document, {"description": {"references": [found]}})])

test_pinned_references_are_silent if {
	found := data.ocigate.core.references_pinned.deny with input as with_reference("metadata", data.ocigate.lib.fixture_test.stac, reference(data.ocigate.lib.fixture_test.other_digest, null))
	data.ocigate.lib.fixture_test.silent(found)
}

test_a_tag_in_a_catalogue_is_denied if {
	found := data.ocigate.core.references_pinned.deny with input as with_reference("metadata", data.ocigate.lib.fixture_test.stac, reference(null, null))
	data.ocigate.lib.fixture_test.says(found, "unpinned", "present", [["stac", "/links/0/href"]], ["oci://r.example.org/a:v1"])
}

test_a_tag_in_provenance_is_denied_where_it_is_asked_for if {
	quiet := data.ocigate.core.references_pinned.deny with input as with_reference("provenance", data.ocigate.lib.fixture_test.prov, reference(null, null))
	loud := data.ocigate.core.references_pinned.deny with input as with_reference("provenance", data.ocigate.lib.fixture_test.prov, reference(null, null)) with data.config.references as {"everywhere": true}
	data.ocigate.lib.fixture_test.silent(quiet)
	data.ocigate.lib.fixture_test.says(loud, "unpinned", "present", [["prov", "/links/0/href"]], ["oci://r.example.org/a:v1"])
}

test_each_reference_without_a_digest_is_denied if {
	pinned := object.union(reference(data.ocigate.lib.fixture_test.other_digest, null), {"pointer": "/links/1/href"})
	another := object.union(reference(null, null), {"pointer": "/links/2/href"})
	found := data.ocigate.core.references_pinned.deny with input as data.ocigate.lib.fixture_test.with_proven("metadata", [object.union(data.ocigate.lib.fixture_test.stac, {"description": {"references": [reference(null, null), pinned, another]}})])
	{finding.pointer | some finding in found} == {"/links/0/href", "/links/2/href"}
}

test_unsigned_metadata_does_not_count_beside_signed if {
	unsigned := object.union(data.ocigate.lib.fixture_test.document("stac", "unsigned"), {"description": {"references": [reference(null, null)]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.references_pinned.deny) with input as data.ocigate.lib.fixture_test.changed({"attached": {"metadata": [unsigned]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.references_pinned.deny, "unpinned", "present", [["unsigned", "/links/0/href"]], ["oci://r.example.org/a:v1"]) with input as data.ocigate.lib.fixture_test.with_attached("metadata", [unsigned])
}

test_a_placeholder_is_denied_by_name if {
	found := data.ocigate.core.references_pinned.deny with input as with_reference("provenance", data.ocigate.lib.fixture_test.prov, reference(null, "REPLACE_ME"))
	data.ocigate.lib.fixture_test.says(found, "unpinned", "present", [["prov", "/links/0/href"]], ["REPLACE_ME"])
	# In a catalogue it is not told again for its missing digest.
	count(data.ocigate.core.references_pinned.deny) == 1 with input as with_reference("metadata", data.ocigate.lib.fixture_test.stac, reference(null, "REPLACE_ME"))
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.core.references_pinned.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_references_that_are_cut_off_are_undecided if {
	found := data.ocigate.core.references_pinned.undecided with input as data.ocigate.lib.fixture_test.cut_off("references")
	data.ocigate.lib.fixture_test.says(found, "truncated", "present", [["prov", ""]], ["references"])
}

test_a_pass_rests_on_references_that_are_pinned if {
	unpinned := with_reference("provenance", data.ocigate.lib.fixture_test.prov, reference(null, null))
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.references_pinned.deny) with input as unpinned
	found := data.ocigate.core.references_pinned.accept with input as unpinned
	{data.ocigate.lib.fixture_test.times(ground.msg, "0") | some ground in found} == {1}
}
