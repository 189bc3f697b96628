package ocigate.kfm.provenance_fields_test

test_what_has_all_is_silent if {
	found := data.ocigate.kfm.provenance_fields.deny with input as data.ocigate.kfm.fixture_test.good
	data.ocigate.lib.fixture_test.silent(found)
}

test_an_unreadable_input_is_undecided if {
	found := data.ocigate.kfm.provenance_fields.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(found, "subject.digest")
}

test_an_activity_without_fields_is_denied if {
	bare := data.ocigate.kfm.fixture_test.prov({"content": {"@graph": [{"@type": "prov:Activity", "prov:startedAtTime": "t", "prov:endedAtTime": "t", "kfm:run_id": "r"}]}})
	found := data.ocigate.kfm.provenance_fields.deny with input as data.ocigate.kfm.fixture_test.with_provenance(bare)
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["prov", "/@graph/0"]], ["code_ref", "environment"])
}

test_prov_json_is_read_too if {
	bare := data.ocigate.kfm.fixture_test.prov({"content": {"agent": {"a/b": {"prov:label": "l"}}}})
	found := data.ocigate.kfm.provenance_fields.deny with input as data.ocigate.kfm.fixture_test.with_provenance(object.union(bare, {"content": {"@graph": []}}))
	data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["prov", "/agent/a~1b"]], ["contact|repository"])
	some finding in found
	finding.pointer == "/agent/a~1b"
}

test_an_ai_alone_is_denied if {
	alone := data.ocigate.kfm.fixture_test.prov({"content": {"@graph": [{"@type": "prov:Agent", "label": "l", "kfm:contact": "c", "kfm:agent_type": "AI"}]}})
	found := data.ocigate.kfm.provenance_fields.deny with input as data.ocigate.kfm.fixture_test.with_provenance(alone)
	data.ocigate.lib.fixture_test.says(found, "only_ai", "present", [["prov", "/@graph/0"]], [])
}

# The nodes of the passing provenance with one activity in another place or notation.
with_activity(activity, parts) := data.ocigate.kfm.fixture_test.with_provenance(object.union(data.ocigate.kfm.fixture_test.prov({}), {"content": object.union({"@graph": array.concat(data.ocigate.kfm.fixture_test.prov({}).content["@graph"], [activity])}, parts)}))

test_activities_are_found_wherever_they_are if {
	faulty := {"@id": "urn:run", "@type": "prov:Activity", "prov:startedAtTime": "t"}
	inline := with_activity({"@type": "prov:Entity", "label": "l", "kfm:digest": "d", "kfm:license": "l", "kfm:access_level": "public", "prov:wasGeneratedBy": faulty}, {})
	bundled := with_activity({"@id": "urn:bundle", "@graph": [faulty]}, {})
	aliased := with_activity({"kind": "prov:Activity", "prov:startedAtTime": "t"}, {"@context": {"kind": "@type"}})
	expanded := with_activity({"what": ["Run"], "prov:startedAtTime": "t"}, {"@context": ["https://example.org/c", {"what": {"@id": "@type"}, "Run": {"@id": "prov:Activity"}}]})
	every one in [["/@graph/3/prov:wasGeneratedBy", inline], ["/@graph/3/@graph/0", bundled], ["/@graph/3", aliased], ["/@graph/3", expanded]] {
		[pointer, changed] := one
		found := data.ocigate.kfm.provenance_fields.deny with input as changed
		count(found) == 1
		data.ocigate.lib.fixture_test.says(found, "incomplete", "present", [["prov", pointer]], ["code_ref"])
	}
}

test_a_reference_is_not_what_it_names if {
	named := with_activity({"@type": "prov:Entity", "label": "l", "kfm:digest": "d", "kfm:license": "l", "kfm:access_level": "public", "prov:wasGeneratedBy": {"@id": "urn:run", "@type": "prov:Activity"}}, {})
	found := data.ocigate.kfm.provenance_fields.deny with input as named
	data.ocigate.lib.fixture_test.silent(found)
}

test_provenance_in_which_nothing_is_found_is_denied if {
	every content in [{}, {"@graph": []}, [], {"@graph": [{"@type": "Thing"}]}] {
		prov := object.union(object.remove(data.ocigate.kfm.fixture_test.prov({}), ["content"]), {"content": content})
		found := data.ocigate.kfm.provenance_fields.deny with input as data.ocigate.kfm.fixture_test.with_provenance(prov)
		data.ocigate.lib.fixture_test.says(found, "no_node", "present", [["prov", ""]], [])
		some finding in found
		contains(finding.remedy, "prov:Activity")
	}
}

test_an_ai_beside_somebody_who_answers_for_it_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.provenance_fields.deny) with input as with_activity({"@type": "prov:Agent", "label": "l", "kfm:contact": "c", "kfm:agent_type": "AI"}, {})
}

test_slsa_provenance_is_not_asked if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.kfm.provenance_fields.deny) with input as data.ocigate.kfm.fixture_test.with_provenance(data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.bound("slsa", "slsa"), "https://slsa.dev/provenance/v1"))
}
