package ocigate.core.metadata_test

stac(name, defects) := object.union(data.ocigate.lib.fixture_test.document("stac", name), {"defects": defects})

missing := {"pointer": "/properties", "code": "wrong_value", "message": "`datetime` is required but missing"}

attached(documents) := data.ocigate.lib.fixture_test.with_attached("metadata", documents)

test_well_formed_metadata_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.warn) with input as data.ocigate.lib.fixture_test.good
}

test_none_is_demanded if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.deny) with input as attached([])
}

test_malformed_metadata_fails_at_its_place if {
	findings := data.ocigate.core.metadata.deny with input as attached([stac("s", [missing])])
	data.ocigate.lib.fixture_test.says(findings, "wrong_value", "absent", [["s", "/properties"]], ["stac", missing.message])
	some finding in findings
	finding.pointer == "/properties"
}

test_one_good_document_is_enough if {
	both := attached([stac("bad", [missing]), stac("good", [])])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.metadata.deny) with input as both
	data.ocigate.lib.fixture_test.says(data.ocigate.core.metadata.warn, "wrong_value", "present", [["bad", "/properties"]], [missing.message]) with input as both
}
