package ocigate.core.required_signers_test

two(is_met) := {
	"expected": "signatures by 2 distinct signers, each in another role: publisher, reviewer",
	"found": "`release` (publisher)",
	"is_met": is_met,
	"predicate_type": null,
}

provenance := {
	"expected": "a signed statement of https://slsa.dev/provenance/v1 by build",
	"found": "none",
	"is_met": false,
	"predicate_type": "https://slsa.dev/provenance/v1",
}

with_requirements(requirements) := data.ocigate.lib.fixture_test.changed({"demands": {"requirements": requirements}})

test_nothing_is_demanded_unasked if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.required_signers.deny) with input as with_requirements([])
}

test_a_met_demand_passes if {
	good := with_requirements([two(true)])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.required_signers.deny) with input as good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.required_signers.undecided) with input as good
}

test_a_signer_too_few_fails if {
	few := with_requirements([two(false)])
	findings := data.ocigate.core.required_signers.deny with input as few
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], [two(false).expected, two(false).found])
	some finding in findings
	contains(finding.remedy, "cosign sign")
}

test_each_unmet_demand_fails_by_itself if {
	both := with_requirements([two(false), provenance, two(true)])
	findings := data.ocigate.core.required_signers.deny with input as both
	count(findings) == 2
	some finding in findings
	contains(finding.remedy, "cosign attest --type https://slsa.dev/provenance/v1")
}

test_a_demand_that_says_nothing_of_itself_fails if {
	mute := with_requirements([object.remove(two(false), ["is_met"])])
	findings := data.ocigate.core.required_signers.deny with input as mute
	count(findings) == 1
}

test_signatures_that_do_not_count_are_told if {
	others := object.union(with_requirements([two(false)]), {"refused": [data.ocigate.lib.fixture_test.refused("signature"), data.ocigate.lib.fixture_test.refused("sbom")], "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.required_signers.deny, "absent", "absent", [["subject", ""], ["refused", ""], ["unchecked", ""]], [two(false).expected, 1, "signer is permitted", "no trusted root given"]) with input as others
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.required_signers.undecided, "demands.requirements") with input as {}
}
