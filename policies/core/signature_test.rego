package ocigate.core.signature_test

unsigned(parts) := data.ocigate.lib.fixture_test.changed(object.union({"proven": {"signatures": [], "provenance": [], "run_manifest": [], "sbom": [], "metadata": []}}, parts))

test_one_proven_signature_is_enough if {
	good := data.ocigate.lib.fixture_test.changed({"refused": [data.ocigate.lib.fixture_test.refused("signature")], "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.signature.deny) with input as good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.signature.undecided) with input as good
}

test_nothing_at_all_fails if {
	findings := data.ocigate.core.signature.deny with input as unsigned({})
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, sprintf("cosign sign --key cosign.key reg.example.org/kfm/layers@%s", [data.ocigate.lib.fixture_test.subject_digest]))
	finding.evidence == data.ocigate.lib.fixture_test.subject_digest
}

test_only_refused_ones_fail_with_the_first_reason if {
	refused := data.ocigate.lib.fixture_test.refused("signature")
	findings := data.ocigate.core.signature.deny with input as unsigned({"refused": [refused, refused, data.ocigate.lib.fixture_test.refused("sbom")]})
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""], ["refused", ""], ["refused", ""]], [2, "signer is permitted", "the key of `build` may not sign for this repository"])
	some finding in findings
	finding.also[0].evidence == refused.document
}

test_a_signer_of_another_repository_fails_although_none_is_applicable if {
	other := unsigned({"trust": {"applicable": false}, "refused": [data.ocigate.lib.fixture_test.refused("signature")]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.signature.deny, "absent", "absent", [["subject", ""], ["refused", ""]], [1, "signer is permitted", "the key of `build` may not sign for this repository"]) with input as other
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.signature.undecided) with input as other
}

test_a_signed_sbom_is_no_signature if {
	attested := data.ocigate.lib.fixture_test.changed({"proven": {"signatures": []}})
	findings := data.ocigate.core.signature.deny with input as attested
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], ["https://spdx.dev/Document", "release"])
}

test_candidates_without_trust_are_undecided if {
	nobody := unsigned({"trust": {"configured": false, "applicable": false, "signers": []}, "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	findings := data.ocigate.core.signature.undecided with input as nobody
	data.ocigate.lib.fixture_test.says(findings, "unchecked", "absent", [["subject", ""], ["unchecked", ""]], [data.ocigate.lib.fixture_test.subject_digest, 1])
	some finding in findings
	contains(finding.remedy, "--key FILE")
	contains(finding.remedy, "[[trust.signer]]")
	not contains(finding.remedy, "--as HOST/REPO")
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.signature.deny) with input as nobody
}

test_candidates_without_an_applicable_signer_are_undecided if {
	candidates := {"trust": {"applicable": false}, "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]}
	data.ocigate.lib.fixture_test.says(data.ocigate.core.signature.undecided, "unchecked", "absent", [["subject", ""], ["unchecked", ""]], [data.ocigate.lib.fixture_test.subject_digest, 1]) with input as unsigned(candidates)
	findings := data.ocigate.core.signature.undecided with input as unsigned(object.union(candidates, {"subject": {"repository": null}}))
	data.ocigate.lib.fixture_test.says(findings, "unchecked", "absent", [["subject", ""], ["unchecked", ""]], [data.ocigate.lib.fixture_test.subject_digest, 1])
	some finding in findings
	contains(finding.remedy, "--as HOST/REPO")
}

# No signer at all, none for this repository, and none because the repository is not known: each has its own sentence and remedy.
test_the_reasons_why_nobody_can_judge_differ if {
	candidates := {"trust": {"configured": true, "applicable": false}, "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]}
	nobody := data.ocigate.core.signature.undecided with input as unsigned(object.union(candidates, {"trust": {"configured": false}}))
	elsewhere := data.ocigate.core.signature.undecided with input as unsigned(candidates)
	unnamed := data.ocigate.core.signature.undecided with input as unsigned(object.union(candidates, {"subject": {"repository": null}}))
	every findings in [nobody, elsewhere, unnamed] {
		count(findings) == 1
		"unchecked" in data.ocigate.lib.fixture_test.codes(findings)
	}
	count({finding.msg | some finding in (nobody | elsewhere) | unnamed}) == 3
	count({finding.remedy | some finding in (nobody | elsewhere) | unnamed}) == 3
}

test_nothing_without_trust_fails if {
	nobody := unsigned({"trust": {"configured": false, "applicable": false, "signers": []}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.signature.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as nobody
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.signature.undecided) with input as nobody
}

test_what_could_not_be_checked_is_told if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.signature.deny, "absent", "absent", [["subject", ""], ["unchecked", ""]], [1, "no trusted root given"]) with input as unsigned({"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
}

test_a_layout_without_repository_gets_a_placeholder if {
	findings := data.ocigate.core.signature.deny with input as unsigned({"subject": {"repository": null}})
	some finding in findings
	contains(finding.remedy, sprintf("REPO@%s", [data.ocigate.lib.fixture_test.subject_digest]))
}

test_a_good_signature_needs_no_applicable_signer if {
	findings := data.ocigate.core.signature.undecided with input as data.ocigate.lib.fixture_test.changed({"trust": {"applicable": false}, "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	data.ocigate.lib.fixture_test.silent(findings)
}

test_candidates_without_trust_are_told_beside_refused_ones if {
	both := unsigned({"trust": {"applicable": false}, "unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")], "refused": [data.ocigate.lib.fixture_test.refused("signature")]})
	findings := data.ocigate.core.signature.undecided with input as both
	data.ocigate.lib.fixture_test.says(findings, "unchecked", "absent", [["subject", ""], ["refused", ""], ["unchecked", ""]], [1, "signer is permitted", "the key of `build` may not sign for this repository"])
}

test_nothing_at_all_is_said_only_of_nothing if {
	nothing := data.ocigate.core.signature.deny with input as unsigned({})
	some said_of_nothing in data.ocigate.lib.fixture_test.sentences(nothing)
	every parts in [{"refused": [data.ocigate.lib.fixture_test.refused("signature")]}, {"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]}, {"proven": {"sbom": [data.ocigate.lib.fixture_test.sbom]}}] {
		findings := data.ocigate.core.signature.deny with input as unsigned(parts)
		count(findings) == 1
		every finding in findings {
			not startswith(finding.msg, said_of_nothing)
		}
	}
}

test_a_signed_document_of_a_referrer_is_no_signature if {
	referrer := object.union(data.ocigate.lib.fixture_test.document("stac", "s"), {"signers": ["release"]})
	findings := data.ocigate.core.signature.deny with input as unsigned({"proven": {"metadata": [referrer]}})
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], ["stac", "release"])
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.signature.deny | data.ocigate.core.signature.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}

# Every rule says this of an input that it cannot read; here it is tried out.
test_a_part_that_is_missing_or_of_another_type_is_undecided if {
	every path in [["subject"], ["subject", "digests"], ["subject", "layers"], ["proven"], ["proven", "sbom"], ["attached", "other"], ["referrers"], ["demands"], ["trust", "applicable"]] {
		every value in [null, 5, "x", {"a": "x"}] {
			broken := json.patch(data.ocigate.lib.fixture_test.good, [{"op": "replace", "path": path, "value": value}])
			findings := data.ocigate.core.signature.undecided with input as broken
			data.ocigate.lib.fixture_test.unreadable(findings, concat(".", path))
		}
	}
}
