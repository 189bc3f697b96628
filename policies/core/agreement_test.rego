package ocigate.core.agreement_test

test_what_agrees_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_a_signed_contradiction_fails_and_an_unsigned_one_warns if {
	signed := data.ocigate.lib.fixture_test.with_contradiction("facts", true, ["a", "b", "c"])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.agreement.deny, "disagreement", "present", [["a", "/x"], ["b", "/x"], ["c", "/x"]], ["a", "b", "c"]) with input as signed
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.warn) with input as signed
	unsigned := data.ocigate.lib.fixture_test.with_contradiction("facts", false, ["a", "b"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.deny) with input as unsigned
	data.ocigate.lib.fixture_test.says(data.ocigate.core.agreement.warn, "disagreement", "present", [["a", "/x"], ["b", "/x"]], ["a", "b"]) with input as unsigned
}

test_contradictions_of_other_rules_are_not_repeated if {
	every kind in ["provenance", "run_manifest"] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.deny) with input as data.ocigate.lib.fixture_test.with_contradiction(kind, true, ["a", "b"])
	}
}

test_metadata_about_something_else_is_warned_of if {
	stray := object.union(data.ocigate.lib.fixture_test.document("stac", "stray"), {"bound_by": "nothing", "outputs": [data.ocigate.lib.fixture_test.output(data.ocigate.lib.fixture_test.other_digest, "/assets/a/href", null)]})
	both := data.ocigate.lib.fixture_test.changed({"attached": {"metadata": [stray]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.deny) with input as both
	data.ocigate.lib.fixture_test.says(data.ocigate.core.agreement.warn, "other_subject", "present", [["stray", "/assets/a/href"]], [data.ocigate.lib.fixture_test.subject_digest, data.ocigate.lib.fixture_test.other_digest]) with input as both
	# What names the subject, or a part of it, is about it.
	every bond in ["manifest", "part"] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.warn) with input as data.ocigate.lib.fixture_test.changed({"attached": {"metadata": [object.union(stray, {"bound_by": bond})]}})
	}
	# Of other classes their own rules say so.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.warn) with input as data.ocigate.lib.fixture_test.changed({"attached": {"provenance": [stray]}})
}

test_of_many_places_the_first_nine_are_told if {
	names := [sprintf("n%v", [i]) | some i in numbers.range(1, 12)]
	findings := data.ocigate.core.agreement.deny with input as data.ocigate.lib.fixture_test.with_contradiction("facts", true, names)
	data.ocigate.lib.fixture_test.says(findings, "disagreement", "present", [[name, "/x"] | some name in array.slice(names, 0, 9)], names)
}

test_what_was_cut_off_is_undecided_where_it_is_signed_and_warned_of_elsewhere if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.agreement.undecided, "truncated", "present", [["prov", ""]], ["statements"]) with input as data.ocigate.lib.fixture_test.cut_off("statements")
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.warn) with input as data.ocigate.lib.fixture_test.cut_off("statements")
	unsigned := object.union(data.ocigate.lib.fixture_test.document("stac", "s"), {"description": {"truncated": ["statements"]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.agreement.undecided) with input as data.ocigate.lib.fixture_test.with_attached("metadata", [unsigned])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.agreement.warn, "truncated", "present", [["s", ""]], ["statements"]) with input as data.ocigate.lib.fixture_test.with_attached("metadata", [unsigned])
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.agreement.undecided, "subject.digest") with input as {}
}

test_a_pass_does_not_deny_an_unsigned_contradiction if {
	documents := {"proven": {"metadata": [data.ocigate.lib.fixture_test.stac]}}
	agreed := data.ocigate.core.agreement.accept with input as data.ocigate.lib.fixture_test.changed(documents)
	count(agreed) == 1
	contradicted := data.ocigate.core.agreement.accept with input as object.union(data.ocigate.lib.fixture_test.changed(documents), {"contradictions": [data.ocigate.lib.fixture_test.contradiction("facts", false, ["a", "b"])]})
	count(contradicted) == 1
	count(agreed & contradicted) == 0
}
