package ocigate.core.pointer_test

good := {
	"name": "distribution.oci.json",
	"digest": data.ocigate.lib.fixture_test.document_digest("pointer"),
	"faults": [],
	"unread": [],
	"differences": [],
}

pointing(parts) := data.ocigate.lib.fixture_test.changed({"pointer": object.union(good, parts)})

difference(code, kind) := {"code": code, "message": "the pointer names a, there is b", "places": [data.ocigate.lib.fixture_test.place("pointer", "/x"), data.ocigate.lib.fixture_test.place("subject", "/y")], "kind": kind}

test_without_a_pointer_and_with_one_that_agrees_it_is_silent if {
	every one in [data.ocigate.lib.fixture_test.good, pointing({})] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.deny) with input as one
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.warn) with input as one
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.undecided) with input as one
	}
}

test_what_is_not_so_fails if {
	every code in ["subject_differs", "repository_differs", "artifact_type_differs", "media_type_differs", "no_such_layer", "file_differs", "layer_not_listed", "referrer_refused", "referrer_of_other_kind", "referrer_elsewhere"] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.pointer.deny, code, "present", [["pointer", "/x"], ["subject", "/y"]], ["a", "b"]) with input as pointing({"differences": [difference(code, null)]})
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.warn) with input as pointing({"differences": [difference(code, null)]})
	}
}

test_what_was_not_found_may_be_unseen if {
	every code in ["referrer_absent", "referrer_unchecked", "signature_absent", "signer_differs"] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.pointer.deny, code, "absent", [["pointer", "/x"], ["subject", "/y"]], ["a", "b"]) with input as pointing({"differences": [difference(code, "signature")]})
		findings := data.ocigate.core.pointer.deny with input as pointing({"differences": [difference(code, "signature")]})
		{finding.kind | some finding in findings} == {"signature"}
	}
	bare := data.ocigate.core.pointer.deny with input as pointing({"differences": [difference("referrer_absent", null)]})
	every finding in bare {
		not "kind" in object.keys(finding)
	}
}

test_what_is_not_named_is_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.pointer.deny) with input as pointing({"differences": [difference("referrer_not_named", null)]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.pointer.warn, "referrer_not_named", "present", [["pointer", "/x"], ["subject", "/y"]], ["a"]) with input as pointing({"differences": [difference("referrer_not_named", null)]})
}

test_each_demand_has_a_remedy_of_its_own if {
	remedies := {finding.remedy |
		findings := data.ocigate.core.pointer.deny with input as pointing({"differences": [difference(code, null) | some code in ["referrer_absent", "referrer_unchecked", "signature_absent", "signer_differs"]]})
		some finding in findings
	}
	count(remedies) == 4
}

test_faults_of_the_file_fail_and_unread_fields_warn if {
	faulty := pointing({"faults": [{"pointer": "/digest", "code": "missing", "message": "`digest` is missing"}], "unread": [{"value": "digset", "pointer": "/digset"}]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.pointer.deny, "missing", "present", [["pointer", "/digest"]], ["`digest` is missing"]) with input as faulty
	data.ocigate.lib.fixture_test.says(data.ocigate.core.pointer.warn, "unread_field", "present", [["pointer", "/digset"]], ["digset"]) with input as faulty
}

test_a_pointer_that_cannot_be_read_is_undecided if {
	every part in ["differences", "faults", "unread"] {
		data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.pointer.undecided, part) with input as data.ocigate.lib.fixture_test.changed({"pointer": object.remove(good, [part])})
	}
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.pointer.undecided, "subject.digest") with input as {}
}
