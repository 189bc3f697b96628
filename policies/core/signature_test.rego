package core.signature_test

unsigned(parts) := data.lib.fixture_test.changed(object.union({"proven": {"signatures": [], "provenance": [], "run_manifest": [], "sbom": [], "metadata": []}}, parts))

test_one_proven_signature_is_enough if {
	good := data.lib.fixture_test.changed({"refused": [data.lib.fixture_test.refused("signature")], "unchecked": [data.lib.fixture_test.unchecked("signature")]})
	data.lib.fixture_test.silent(data.core.signature.deny) with input as good
	data.lib.fixture_test.silent(data.core.signature.undecided) with input as good
}

test_nothing_at_all_fails if {
	findings := data.core.signature.deny with input as unsigned({})
	data.lib.fixture_test.says(findings, "absent", ["no signature at all", data.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, sprintf("cosign sign --key cosign.key reg.example.org/kfm/layers@%s", [data.lib.fixture_test.subject_digest]))
	finding.evidence == data.lib.fixture_test.subject_digest
}

test_only_refused_ones_fail_with_the_first_reason if {
	refused := data.lib.fixture_test.refused("signature")
	findings := data.core.signature.deny with input as unsigned({"refused": [refused, refused, data.lib.fixture_test.refused("sbom")]})
	data.lib.fixture_test.says(findings, "absent", ["2 found and refused", "signer is permitted", "the key of `build`"])
	some finding in findings
	finding.also[0].evidence == refused.document
}

test_a_signer_of_another_repository_fails_although_none_is_applicable if {
	other := unsigned({"trust": {"applicable": false}, "refused": [data.lib.fixture_test.refused("signature")]})
	data.lib.fixture_test.says(data.core.signature.deny, "absent", ["signer is permitted"]) with input as other
	data.lib.fixture_test.silent(data.core.signature.undecided) with input as other
}

test_a_signed_sbom_is_no_signature if {
	attested := data.lib.fixture_test.changed({"proven": {"signatures": []}})
	findings := data.core.signature.deny with input as attested
	data.lib.fixture_test.says(findings, "absent", ["a signed SBOM is not a signature of the subject", "https://spdx.dev/Document by release"])
}

test_candidates_without_trust_are_undecided if {
	nobody := unsigned({"trust": {"configured": false, "applicable": false, "signers": []}, "unchecked": [data.lib.fixture_test.unchecked("signature")]})
	findings := data.core.signature.undecided with input as nobody
	data.lib.fixture_test.says(findings, "absent", ["1 candidate", "no signer to check it with"])
	some finding in findings
	finding.remedy == "Give `--key FILE` or a `[[trust.signer]]` in the configuration."
	data.lib.fixture_test.silent(data.core.signature.deny) with input as nobody
}

test_candidates_without_an_applicable_signer_are_undecided if {
	candidates := {"trust": {"applicable": false}, "unchecked": [data.lib.fixture_test.unchecked("signature")]}
	data.lib.fixture_test.says(data.core.signature.undecided, "absent", ["may sign for this repository"]) with input as unsigned(candidates)
	findings := data.core.signature.undecided with input as unsigned(object.union(candidates, {"subject": {"repository": null}}))
	data.lib.fixture_test.says(findings, "absent", ["a layout that names no repository"])
	some finding in findings
	contains(finding.remedy, "--as HOST/REPO")
}

test_nothing_without_trust_fails if {
	nobody := unsigned({"trust": {"configured": false, "applicable": false, "signers": []}})
	data.lib.fixture_test.says(data.core.signature.deny, "absent", ["no signature at all"]) with input as nobody
	data.lib.fixture_test.silent(data.core.signature.undecided) with input as nobody
}

test_what_could_not_be_checked_is_told if {
	data.lib.fixture_test.says(data.core.signature.deny, "absent", ["1 could not be checked here: no trusted root given"]) with input as unsigned({"unchecked": [data.lib.fixture_test.unchecked("signature")]})
}

test_a_layout_without_repository_gets_a_placeholder if {
	findings := data.core.signature.deny with input as unsigned({"subject": {"repository": null}})
	some finding in findings
	contains(finding.remedy, sprintf("REPO@%s", [data.lib.fixture_test.subject_digest]))
}

test_a_good_signature_needs_no_applicable_signer if {
	findings := data.core.signature.undecided with input as data.lib.fixture_test.changed({"trust": {"applicable": false}, "unchecked": [data.lib.fixture_test.unchecked("signature")]})
	data.lib.fixture_test.silent(findings)
}

test_candidates_without_trust_are_told_beside_refused_ones if {
	both := unsigned({"trust": {"applicable": false}, "unchecked": [data.lib.fixture_test.unchecked("signature")], "refused": [data.lib.fixture_test.refused("signature")]})
	findings := data.core.signature.undecided with input as both
	data.lib.fixture_test.says(findings, "absent", ["1 candidate", "1 found and refused"])
}

test_nothing_at_all_is_said_only_of_nothing if {
	every parts in [{"refused": [data.lib.fixture_test.refused("signature")]}, {"unchecked": [data.lib.fixture_test.unchecked("signature")]}, {"proven": {"sbom": [data.lib.fixture_test.sbom]}}] {
		findings := data.core.signature.deny with input as unsigned(parts)
		count(findings) == 1
		not data.lib.fixture_test.says(findings, "absent", ["no signature at all"])
	}
}

test_a_signed_document_of_a_referrer_is_no_signature if {
	referrer := object.union(data.lib.fixture_test.document("stac", "s"), {"signers": ["release"]})
	findings := data.core.signature.deny with input as unsigned({"proven": {"metadata": [referrer]}})
	data.lib.fixture_test.says(findings, "absent", ["(stac by release)", "is not a signature of the subject"])
}

test_a_missing_input_is_not_passed_over if {
	findings := data.core.signature.deny | data.core.signature.undecided with input as {}
	count(findings) > 0
}

# Every rule says this of an input that it cannot read; here it is tried out.
test_a_part_that_is_missing_or_of_another_type_is_undecided if {
	every path in [["subject"], ["subject", "digests"], ["subject", "layers"], ["proven"], ["proven", "sbom"], ["attached", "other"], ["referrers"], ["demands"], ["trust", "applicable"]] {
		every value in [null, 5, "x", {"a": "x"}] {
			broken := json.patch(data.lib.fixture_test.good, [{"op": "replace", "path": path, "value": value}])
			findings := data.core.signature.undecided with input as broken
			data.lib.fixture_test.says(findings, "present", ["the input is not one of version 1", concat(".", path)])
		}
	}
}
