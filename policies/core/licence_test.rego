package ocigate.core.licence_test

having(claims) := object.union(data.ocigate.lib.fixture_test.with_claims("licence", claims), {"licences": object.union(data.ocigate.lib.fixture_test.good.licences, {"described": []})})

cc := data.ocigate.lib.fixture_test.licence("CC-BY-4.0", true)

mit := data.ocigate.lib.fixture_test.said_in(data.ocigate.lib.fixture_test.licence("MIT", true), "mit")

free := data.ocigate.lib.fixture_test.licence("free for all", false)

# It does not decide.
idle(claim) := object.union(claim, {"decides": false})

test_one_that_is_signed_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.licence.deny with input as having([])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "org.opencontainers.image.licenses")
}

test_what_does_not_decide_does_not_satisfy_and_is_told if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/license"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as having([idle(cc)])
	none := data.ocigate.core.licence.deny with input as having([])
	some_ := data.ocigate.core.licence.deny with input as having([idle(cc)])
	count(data.ocigate.lib.fixture_test.sentences(none) & data.ocigate.lib.fixture_test.sentences(some_)) == 0
}

test_none_is_undecided_if_unchecked_provenance_may_state_it if {
	maybe := object.union(having([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.undecided, "absent", "absent", [["subject", ""], ["unchecked", ""]], ["no trusted root given"]) with input as maybe
	# Where one is stated it does not matter.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.undecided) with input as object.union(having([cc]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
}

test_what_is_no_expression_fails_with_what_is_meant if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_spdx", "present", [["stac", "/properties/license"]], ["license", "free for all"]) with input as having([free])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_spdx", "present", [["stac", "/properties/license"]], ["cc by 4.0", "CC-BY-4.0"]) with input as having([object.union(data.ocigate.lib.fixture_test.licence("cc by 4.0", false), {"suggestion": "CC-BY-4.0"})])
}

test_two_that_decide_and_differ_fail if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "disagreement", "present", [["stac", "/properties/license"], ["mit", "/properties/license"]], ["CC-BY-4.0", "MIT"]) with input as having([cc, mit])
	# What is no expression disagrees with none.
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.licence.deny) == {"not_spdx"} with input as having([cc, free])
	# The same expression in other words is the same.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([cc, object.union(mit, {"normal": "CC-BY-4.0"})])
}

test_an_unsigned_one_is_enough_and_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([data.ocigate.lib.fixture_test.unsigned_claim(cc)])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.warn, "unsigned", "present", [["stac", "/properties/license"]], ["CC-BY-4.0"]) with input as having([data.ocigate.lib.fixture_test.unsigned_claim(cc)])
}

test_an_unsigned_one_that_says_otherwise_is_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([cc, idle(data.ocigate.lib.fixture_test.unsigned_claim(mit))])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.warn, "unsigned_disagrees", "present", [["mit", "/properties/license"], ["stac", "/properties/license"]], ["MIT", "CC-BY-4.0"]) with input as having([cc, idle(data.ocigate.lib.fixture_test.unsigned_claim(mit))])
}

test_a_source_beside_those_that_decide_may_say_the_same if {
	every claim in [idle(data.ocigate.lib.fixture_test.unsigned_claim(cc)), idle(mit), idle(object.union(data.ocigate.lib.fixture_test.unsigned_claim(cc), {"value": {"name": "MIT"}, "normal": null}))] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.warn) with input as having([cc, claim])
	}
	# Of unsigned ones none is the measure of the others.
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.licence.warn) == {"unsigned"} with input as having([data.ocigate.lib.fixture_test.unsigned_claim(cc), idle(data.ocigate.lib.fixture_test.unsigned_claim(mit))])
}

sbom_says(licence, proven) := data.ocigate.lib.fixture_test.changed({"licences": object.union(data.ocigate.lib.fixture_test.good.licences, {"described": [{"licence": licence, "normal": licence, "place": data.ocigate.lib.fixture_test.place("sbom", "/packages/0"), "proven": proven}]})})

test_a_signed_sbom_must_not_disagree if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "sbom_disagrees", "present", [["sbom", "/packages/0"], ["stac", "/properties/license"]], ["MIT", "CC-BY-4.0"]) with input as sbom_says("MIT", true)
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as sbom_says("CC-BY-4.0", true)
}

test_an_sbom_cannot_disagree_with_what_is_not_agreed_on if {
	split := object.union(data.ocigate.lib.fixture_test.with_claims("licence", [cc, mit]), {"licences": sbom_says("ODbL-1.0", true).licences})
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.licence.deny) == {"disagreement"} with input as split
}

test_an_unsigned_sbom_that_disagrees_is_warned_of if {
	unsigned := object.union(sbom_says("MIT", false), {"proven": object.union(data.ocigate.lib.fixture_test.good.proven, {"sbom": []})})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as unsigned
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.warn, "unsigned_sbom_disagrees", "present", [["sbom", "/packages/0"], ["stac", "/properties/license"]], ["MIT", "CC-BY-4.0"]) with input as unsigned
	agreeing := object.union(sbom_says("CC-BY-4.0", false), {"proven": object.union(data.ocigate.lib.fixture_test.good.proven, {"sbom": []})})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.warn) with input as agreeing
	# A signed one says enough.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.warn) with input as sbom_says("MIT", false)
}

allowing(list) := {"allowed": list}

test_only_what_the_settings_allow if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([cc]) with data.config.licence as allowing(["CC-BY-4.0"])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_allowed", "present", [["stac", "/properties/license"]], ["CC-BY-4.0", "CC0-1.0"]) with input as having([cc]) with data.config.licence as allowing(["CC0-1.0"])
}

test_of_alternatives_one_allowed_way_is_enough if {
	either := data.ocigate.lib.fixture_test.licence("MIT OR GPL-3.0-only", true)
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([either]) with data.config.licence as allowing(["MIT"])
	both := data.ocigate.lib.fixture_test.licence("MIT AND GPL-3.0-only", true)
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.licence.deny) == {"not_allowed"} with input as having([both]) with data.config.licence as allowing(["MIT"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([both]) with data.config.licence as allowing(["GPL-3.0", "MIT"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as having([object.union(both, {"normal": "GPL-3.0-only AND MIT"})]) with data.config.licence as allowing(["MIT AND GPL-3.0-only"])
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.licence.undecided, "subject.digest") with input as {}
}
