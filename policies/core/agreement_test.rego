package ocigate.core.agreement_test

# One catalogue record, one asset of it that is the first layer.
about(parts) := object.union({"identifiers": [], "extents": [], "periods": [], "files": []}, parts)

file(said) := about({"files": [{
	"pointer": "/assets/data",
	"names": ["layer.pmtiles"],
	"said": object.union({"digest": [], "media_type": [], "size": [], "role": [], "locator": []}, said),
}]})

at(value) := [{"value": value, "pointer": "/x"}]

box(bbox) := about({"extents": [{"bbox": bbox, "of_collection": false, "pointer": "/bbox"}]})

period(of, start, end, instant) := about({"periods": [{"of": of, "start": start, "end": end, "instant": instant, "of_collection": false, "text": "t", "pointer": "/t"}]})

id(field, value) := about({"identifiers": [{"field": field, "value": value, "pointer": "/id"}]})

doc(kind, name, description) := object.union(data.ocigate.lib.fixture_test.document(kind, name), {"description": description})

signed(kind, name, description) := object.union(doc(kind, name, description), {"signers": ["release"]})

metadata(those) := data.ocigate.lib.fixture_test.with_proven("metadata", those)

both(a, b) := metadata([signed("stac", "a", a), signed("dcat", "b", b)])

test_what_agrees_is_silent if {
	item := object.union(file({"digest": at(data.ocigate.lib.fixture_test.layer_digest), "size": at("10"), "media_type": at("image/tiff")}), id("dataset_id", "soils"))
	denied := data.ocigate.core.agreement.deny with input as both(item, item)
	warned := data.ocigate.core.agreement.warn with input as both(item, item)
	data.ocigate.lib.fixture_test.silent(denied)
	data.ocigate.lib.fixture_test.silent(warned)
}

test_documents_without_a_description_are_silent if {
	denied := data.ocigate.core.agreement.deny with input as data.ocigate.lib.fixture_test.good
	warned := data.ocigate.core.agreement.warn with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(denied)
	data.ocigate.lib.fixture_test.silent(warned)
}

test_two_data_sets_are_denied_and_point_into_both if {
	found := data.ocigate.core.agreement.deny with input as both(id("dataset_id", "soils"), id("dataset_id", "rocks"))
	count(found) == 1
	data.ocigate.lib.fixture_test.says(found, "disagreement", "present", [["a", "/id"], ["b", "/id"]], ["soils", "rocks"])
	some finding in found
	finding.evidence == data.ocigate.lib.fixture_test.document_digest("a")
	finding.also[0] == {"evidence": data.ocigate.lib.fixture_test.document_digest("b"), "pointer": "/id"}
}

test_other_identifiers_are_compared_only_when_asked if {
	input_ := both(id("dataset_id", "soils"), id("identifier", "https://doi.org/10.5/x"))
	quiet := data.ocigate.core.agreement.deny with input as input_
	loud := data.ocigate.core.agreement.deny with input as input_ with data.config.agreement as {"identifier_fields": ["dataset_id", "identifier"]}
	data.ocigate.lib.fixture_test.silent(quiet)
	data.ocigate.lib.fixture_test.says(loud, "disagreement", "present", [["a", "/id"], ["b", "/id"]], ["soils", "https://doi.org/10.5/x"])
}

test_an_unsigned_side_only_warns if {
	found := data.ocigate.lib.fixture_test.changed({"proven": {"metadata": [signed("stac", "a", id("dataset_id", "soils"))]}, "attached": {"metadata": [doc("dcat", "b", id("dataset_id", "rocks"))]}})
	denied := data.ocigate.core.agreement.deny with input as found
	warned := data.ocigate.core.agreement.warn with input as found
	data.ocigate.lib.fixture_test.silent(denied)
	data.ocigate.lib.fixture_test.says(warned, "disagreement", "present", [["a", "/id"], ["b", "/id"]], ["soils", "rocks"])
}

# Two values of one kind, of which one is right.
test_each_size_and_digest_that_is_stated_has_to_agree if {
	sizes := array.concat(at("10"), [{"value": "11", "pointer": "/other"}])
	two := data.ocigate.core.agreement.deny with input as metadata([signed("stac", "a", file({"size": sizes}))])
	data.ocigate.lib.fixture_test.says(two, "disagreement", "present", [["subject", "/layers/0/size"], ["a", "/other"]], ["layer.pmtiles", 10, 11])
	digests := array.concat(at(data.ocigate.lib.fixture_test.layer_digest), [{"value": data.ocigate.lib.fixture_test.other_digest, "pointer": "/other"}])
	wrong := data.ocigate.core.agreement.deny with input as metadata([signed("stac", "a", file({"digest": digests}))])
	data.ocigate.lib.fixture_test.says(wrong, "disagreement", "present", [["subject", "/layers/0/digest"], ["a", "/other"]], ["layer.pmtiles", data.ocigate.lib.fixture_test.other_digest])
	# A reference to another manifest may hold the same bytes.
	located := file({"digest": digests, "locator": [{"value": sprintf("oci://r.example/a@%s", [data.ocigate.lib.fixture_test.other_digest]), "pointer": "/other"}]})
	same := data.ocigate.core.agreement.deny with input as metadata([signed("stac", "a", located)])
	data.ocigate.lib.fixture_test.silent(same)
}

test_sizes_and_types_of_layers_are_the_manifests if {
	wrong := data.ocigate.core.agreement.deny with input as metadata([signed("stac", "a", file({"size": at("11")}))])
	data.ocigate.lib.fixture_test.says(wrong, "disagreement", "present", [["subject", "/layers/0/size"], ["a", "/x"]], ["layer.pmtiles", 10, 11])
	bytes := data.ocigate.core.agreement.deny with input as metadata([signed("stac", "a", file({"digest": at(data.ocigate.lib.fixture_test.other_digest), "size": at("11")}))])
	count(bytes) == 1
	data.ocigate.lib.fixture_test.says(bytes, "disagreement", "present", [["subject", "/layers/0/digest"], ["a", "/x"]], ["layer.pmtiles", data.ocigate.lib.fixture_test.other_digest])
}

# The first layer is PMTiles, and a document calls it so.
typed_as(type) := object.union(metadata([signed("stac", "a", file({"media_type": at(type)}))]), {"subject": object.union(data.ocigate.lib.fixture_test.subject, {"layers": [tiles]})})

tiles := object.union(data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.layer_digest, "layer.pmtiles"), {"media_type": "application/vnd.pmtiles"})

test_media_types_have_aliases if {
	same := data.ocigate.core.agreement.deny with input as typed_as("application/x-PMTiles; v=3")
	other := data.ocigate.core.agreement.deny with input as typed_as("image/tiff")
	data.ocigate.lib.fixture_test.silent(same)
	data.ocigate.lib.fixture_test.says(other, "disagreement", "present", [["subject", "/layers/0/mediaType"], ["a", "/x"]], ["layer.pmtiles", "application/vnd.pmtiles", "image/tiff"])
}

test_extents_have_a_tolerance if {
	near := data.ocigate.core.agreement.deny with input as both(box([-102.05, 36.99, -94.59, 40]), box([-102.051, 36.993, -94.588, 40.002]))
	far := data.ocigate.core.agreement.deny with input as both(box([-102.05, 36.99, -94.59, 40]), box([-102.05, 36.99, -94.59, 41]))
	data.ocigate.lib.fixture_test.silent(near)
	data.ocigate.lib.fixture_test.says(far, "disagreement", "present", [["a", "/bbox"], ["b", "/bbox"]], [40, 41])
}

whole(bbox) := about({"extents": [{"bbox": bbox, "of_collection": true, "pointer": "/extent"}]})

test_a_collection_holds_what_it_describes if {
	inside := data.ocigate.core.agreement.deny with input as both(box([-100, 37, -95, 40]), whole([-102, 36, -94, 41]))
	outside := data.ocigate.core.agreement.deny with input as both(box([-100, 37, -95, 40]), whole([-102, 36, -94, 39]))
	data.ocigate.lib.fixture_test.silent(inside)
	data.ocigate.lib.fixture_test.says(outside, "disagreement", "present", [["a", "/bbox"], ["b", "/extent"]], [40, 39])
}

test_instants_lie_within_periods if {
	inside := data.ocigate.core.agreement.deny with input as both(period("data", [5, 5], [5, 5], true), period("data", [0, 1], [9, 10], false))
	outside := data.ocigate.core.agreement.deny with input as both(period("data", [15, 15], [15, 15], true), period("data", [0, 1], [9, 10], false))
	open := data.ocigate.core.agreement.deny with input as both(period("data", [0, 3], null, false), period("data", [2, 9], [90, 99], false))
	data.ocigate.lib.fixture_test.silent(inside)
	data.ocigate.lib.fixture_test.silent(open)
	data.ocigate.lib.fixture_test.says(outside, "disagreement", "present", [["a", "/t"], ["b", "/t"]], [])
}

# Two signed documents that contradict each other, and an unsigned one with which both agree.
beside(a, b, c) := data.ocigate.lib.fixture_test.changed({"proven": {"metadata": [signed("stac", "a", a), signed("stac", "b", b)]}, "attached": {"metadata": [doc("stac", "c", c)]}})

test_what_is_unsigned_reconciles_nothing_that_is_signed if {
	instants := data.ocigate.core.agreement.deny with input as beside(period("data", [15, 15], [15, 15], true), period("data", [5, 5], [5, 5], true), period("data", [0, 1], [90, 99], false))
	boxes := data.ocigate.core.agreement.deny with input as beside(whole([-102, 37, -94, 40]), whole([10, 10, 20, 20]), box([-100, 38, -99, 39]))
	data.ocigate.lib.fixture_test.says(instants, "disagreement", "present", [["a", "/t"], ["b", "/t"]], [])
	data.ocigate.lib.fixture_test.says(boxes, "disagreement", "present", [["a", "/extent"], ["b", "/extent"]], [37, 10])
}

test_a_signed_one_reconciles_nothing_either if {
	found := data.ocigate.core.agreement.deny with input as metadata([
		signed("stac", "a", period("data", [15, 15], [15, 15], true)),
		signed("stac", "b", period("data", [5, 5], [5, 5], true)),
		signed("dcat", "c", period("data", [0, 1], [90, 99], false)),
	])
	count(found) == 1
	data.ocigate.lib.fixture_test.says(found, "disagreement", "present", [["a", "/t"], ["b", "/t"]], [])
}

test_all_that_contradict_are_shown if {
	found := data.ocigate.core.agreement.deny with input as metadata([
		signed("stac", "a", id("dataset_id", "soils")),
		signed("stac", "b", id("dataset_id", "rocks")),
		signed("stac", "c", id("dataset_id", "rocks")),
	])
	some finding in found
	count(finding.also) == 2
}

# Provenance of a run from 1000 to 2000, and a run manifest with this time.
runs(first, last) := data.ocigate.lib.fixture_test.changed({"proven": {
	"provenance": [object.union(data.ocigate.lib.fixture_test.prov, {"description": period("run", [1000, 1000], [2000, 2000], false)})],
	"run_manifest": [object.union(data.ocigate.lib.fixture_test.run_manifest, {"description": period("run", [first, first], [last, last], false)})],
}})

test_runs_are_at_one_time if {
	same := data.ocigate.core.agreement.deny with input as runs(1990, 2050)
	later := data.ocigate.core.agreement.deny with input as runs(2100, 2200)
	data.ocigate.lib.fixture_test.silent(same)
	data.ocigate.lib.fixture_test.says(later, "disagreement", "present", [["prov", "/t"], ["run", "/t"]], [])
}

# The places are the same, what is asked is not.
test_the_time_of_the_data_is_not_that_of_the_run if {
	of_data := data.ocigate.core.agreement.deny with input as both(period("data", [0, 0], [1, 1], false), period("data", [1000, 1000], [2000, 2000], false))
	of_run := data.ocigate.core.agreement.deny with input as both(period("run", [0, 0], [1, 1], false), period("run", [1000, 1000], [2000, 2000], false))
	every found in [of_data, of_run] {
		count(found) == 1
		data.ocigate.lib.fixture_test.says(found, "disagreement", "present", [["a", "/t"], ["b", "/t"]], [])
	}
	count(data.ocigate.lib.fixture_test.sentences(of_data) & data.ocigate.lib.fixture_test.sentences(of_run)) == 0
}

test_metadata_of_another_run_is_denied if {
	item := object.union(data.ocigate.lib.fixture_test.stac, {"run_ids": [{"value": "run-2", "pointer": "/properties/kfm:run_id"}]})
	found := data.ocigate.core.agreement.deny with input as metadata([item])
	data.ocigate.lib.fixture_test.says(found, "disagreement", "present", [["prov", "/@graph/1/kfm:run_id"], ["stac", "/properties/kfm:run_id"]], ["run-1", "run-2"])
}

test_metadata_about_other_bytes_is_told if {
	item := object.union(data.ocigate.lib.fixture_test.stac, {"outputs": [data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/assets/a/href", "a")]})
	found := data.ocigate.core.agreement.warn with input as metadata([item])
	data.ocigate.lib.fixture_test.says(found, "other_subject", "present", [["stac", "/assets/a/href"]], [data.ocigate.lib.fixture_test.subject_digest, data.ocigate.lib.fixture_test.other_digest])
}

test_wrong_settings_are_undecided if {
	found := data.ocigate.core.agreement.undecided with input as data.ocigate.lib.fixture_test.good with data.config.agreement as {"bbox_tolerance": "wide"}
	data.ocigate.lib.fixture_test.says(found, "settings", "present", [["subject", ""]], ["config.agreement"])
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.core.agreement.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_what_is_cut_off_is_undecided_where_it_is_signed if {
	long := about({"truncated": ["statements"]})
	undecided := data.ocigate.core.agreement.undecided with input as metadata([signed("stac", "a", long)])
	data.ocigate.lib.fixture_test.says(undecided, "truncated", "present", [["a", ""]], ["statements"])
	attached := data.ocigate.lib.fixture_test.changed({"attached": {"metadata": [doc("stac", "a", long)]}})
	open := data.ocigate.core.agreement.undecided with input as attached
	warned := data.ocigate.core.agreement.warn with input as attached
	data.ocigate.lib.fixture_test.silent(open)
	data.ocigate.lib.fixture_test.says(warned, "truncated", "present", [["a", ""]], ["statements"])
}
