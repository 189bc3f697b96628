package ocigate.core.sensitivity_test

having(labels) := data.ocigate.lib.fixture_test.with_claims("sensitivity", labels)

public := data.ocigate.lib.fixture_test.label("public", 0)

restricted := data.ocigate.lib.fixture_test.said_in(data.ocigate.lib.fixture_test.label("restricted", 3), "note")

test_a_signed_label_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.sensitivity.deny with input as having([])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "kfm:access_level=public")
}

test_labels_that_do_not_count_do_not_satisfy_and_the_reason_is_told if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as having([data.ocigate.lib.fixture_test.aside(public)])
	none := data.ocigate.core.sensitivity.deny with input as having([])
	aside := data.ocigate.core.sensitivity.deny with input as having([data.ocigate.lib.fixture_test.aside(public)])
	unsigned := data.ocigate.core.sensitivity.deny with input as having([data.ocigate.lib.fixture_test.uncounted(data.ocigate.lib.fixture_test.unsigned_claim(public))])
	count(data.ocigate.lib.fixture_test.sentences(none) & data.ocigate.lib.fixture_test.sentences(aside)) == 0
	count(data.ocigate.lib.fixture_test.sentences(unsigned) & (data.ocigate.lib.fixture_test.sentences(aside) | data.ocigate.lib.fixture_test.sentences(none))) == 0
}

test_none_is_undecided_if_something_unchecked_may_hold_one if {
	maybe := object.union(having([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.undecided, "absent", "absent", [["subject", ""], ["unchecked", ""]], [data.ocigate.lib.fixture_test.subject_digest, "no trusted root given"]) with input as maybe
	# Where there is one it does not matter.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.undecided) with input as object.union(data.ocigate.lib.fixture_test.good, {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	# A signature holds no label.
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.sensitivity.deny) == {"absent"} with input as object.union(having([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
}

test_an_unsigned_label_is_enough_and_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as having([data.ocigate.lib.fixture_test.unsigned_claim(public)])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.warn, "unsigned", "present", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level", "public"]) with input as having([data.ocigate.lib.fixture_test.unsigned_claim(public)])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.warn) with input as having([data.ocigate.lib.fixture_test.unsigned_claim(public), public])
}

test_a_label_that_nobody_understands_fails_beside_good_ones if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "unresolved", "present", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level", "TBD"]) with input as having([public, data.ocigate.lib.fixture_test.label("TBD", null)])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "unresolved", "present", [["stac", "/properties/kfm:access_level"]], ["TBD", 7]) with input as having([data.ocigate.lib.fixture_test.label("TBD", null)]) with data.config.labels.version as "7"
	findings := data.ocigate.core.sensitivity.deny with input as having([data.ocigate.lib.fixture_test.label({"wetland": 1}, null)])
	data.ocigate.lib.fixture_test.codes(findings) == {"unresolved"}
	every finding in findings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, "wetland")
	}
}

test_the_highest_wins_and_the_conflict_is_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as having([public, restricted])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.warn, "disagreement", "present", [["note", "/properties/kfm:access_level"], ["stac", "/properties/kfm:access_level"]], ["restricted", "public", 3]) with input as having([public, restricted])
}

test_a_rank_above_the_limit_fails_whoever_says_it if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "too_high", "present", [["note", "/properties/kfm:access_level"]], ["restricted", 1, 3]) with input as having([public, data.ocigate.lib.fixture_test.uncounted(data.ocigate.lib.fixture_test.unsigned_claim(restricted))]) with data.config.sensitivity as {"highest_rank": 1}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as having([public]) with data.config.sensitivity as {"highest_rank": 1}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as having([public, restricted]) with data.config.sensitivity as {"highest_rank": 3}
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.sensitivity.undecided, "subject.digest") with input as {}
}

test_a_pass_rests_on_the_highest_label_and_a_high_one_is_not_spelled_out if {
	low := data.ocigate.core.sensitivity.accept with input as data.ocigate.lib.fixture_test.good
	{[ground.evidence, ground.pointer] | some ground in low} == {[data.ocigate.lib.fixture_test.document_digest("stac"), "/properties/kfm:access_level"]}
	every ground in low {
		data.ocigate.lib.fixture_test.tells(ground.msg, "public")
	}
	high := data.ocigate.core.sensitivity.accept with input as having([public, restricted])
	count(high) == 1
	every ground in high {
		data.ocigate.lib.fixture_test.tells(ground.msg, 3)
		not data.ocigate.lib.fixture_test.tells(ground.msg, "restricted")
	}
}
