package ocigate.core.run_manifest_test

attached(documents) := data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": []}, "attached": {"run_manifest": documents}})

proven(documents) := data.ocigate.lib.fixture_test.with_proven("run_manifest", documents)

other := data.ocigate.lib.fixture_test.objection("other_subject", sprintf("it is about %s", [data.ocigate.lib.fixture_test.other_digest]), "/outputs/0/digest")

bad := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("run-manifest", "bad"), [other])

worse := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("run-manifest", "worse"), [other, data.ocigate.lib.fixture_test.objection("missing", "`run_id` is missing", "")])

test_a_signed_one_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.run_manifest.deny with input as attached([])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "oras attach")
	contains(finding.remedy, data.ocigate.lib.fixture_test.subject_digest)
}

test_refused_and_unchecked_ones_are_told if {
	none := data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": []}, "refused": [data.ocigate.lib.fixture_test.refused("run_manifest")], "unchecked": [data.ocigate.lib.fixture_test.unchecked("run_manifest")]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny | data.ocigate.core.run_manifest.undecided, "absent", "absent", [["subject", ""], ["refused", ""], ["unchecked", ""]], [1, "signer is permitted", "no trusted root given"]) with input as none
}

test_an_attached_one_is_enough_and_warned_of if {
	one := attached([data.ocigate.lib.fixture_test.bound("run-manifest", "p")])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.warn, "unsigned", "present", [["p", ""], ["sha256:3a0-p", ""]], [data.ocigate.lib.fixture_test.document_digest("p")]) with input as one
}

test_an_attached_one_is_not_enough_where_a_signed_one_is_demanded if {
	why := "signer `ci` of the configuration signs it"
	demanded := object.union(attached([data.ocigate.lib.fixture_test.bound("run-manifest", "p")]), {"demands": {"must_be_proven": {"run_manifest": why}}})
	findings := data.ocigate.core.run_manifest.deny with input as demanded
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""], ["p", ""]], [1, why])
	some finding in findings
	contains(finding.remedy, "cosign attest")
}

test_an_attached_one_cannot_stand_in_for_a_bad_signed_one if {
	both := data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [data.ocigate.lib.fixture_test.signed(bad, "https://example.org/t")]}, "attached": {"run_manifest": [data.ocigate.lib.fixture_test.bound("run-manifest", "p")]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, "other_subject", "absent", [["bad", "/outputs/0/digest"]], [data.ocigate.lib.fixture_test.other_digest]) with input as both
	# Why the unsigned one does not count is told where there is one.
	findings := data.ocigate.core.run_manifest.deny with input as both
	alone := data.ocigate.core.run_manifest.deny with input as object.union(both, {"attached": {"run_manifest": []}})
	count(alone) == 1
	count(data.ocigate.lib.fixture_test.sentences(findings) & data.ocigate.lib.fixture_test.sentences(alone)) == 0
}

test_one_good_one_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as proven([data.ocigate.lib.fixture_test.signed(bad, "https://example.org/t"), data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.bound("run-manifest", "p"), "https://example.org/t")])
}

test_of_several_bad_ones_the_best_is_told_with_all_that_it_lacks if {
	findings := data.ocigate.core.run_manifest.deny with input as attached([worse, bad])
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "other_subject", "absent", [["bad", "/outputs/0/digest"], ["worse", ""]], [data.ocigate.lib.fixture_test.other_digest, 2])
	alone := data.ocigate.core.run_manifest.deny with input as attached([worse])
	data.ocigate.lib.fixture_test.codes(alone) == {"other_subject", "missing"}
	data.ocigate.lib.fixture_test.says(alone, "missing", "absent", [["worse", ""]], ["`run_id` is missing"])
}

test_whatever_ties_it_to_something_else_fails_by_its_own_code if {
	every code in data.ocigate.lib.fixture_test.unbound_codes {
		unbound := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("run-manifest", "p"), [data.ocigate.lib.fixture_test.objection(code, "it names `a`", "/x")])
		data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, code, "absent", [["p", "/x"]], ["a"]) with input as attached([unbound])
	}
}

test_a_signed_one_satisfies_where_one_is_demanded if {
	demanded := data.ocigate.lib.fixture_test.changed({"demands": {"must_be_proven": {"run_manifest": "signer `ci` of the configuration signs it"}}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as demanded
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as demanded
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.run_manifest.undecided, "subject.digest") with input as {}
}

test_a_signed_contradiction_fails_and_an_unsigned_one_warns if {
	signed := data.ocigate.lib.fixture_test.with_contradiction("run_manifest", true, ["a", "b"])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, "signed_disagreement", "present", [["a", "/x"], ["b", "/x"]], ["a", "b"]) with input as signed
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as signed
	unsigned := data.ocigate.lib.fixture_test.with_contradiction("run_manifest", false, ["a", "b"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as unsigned
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.warn, "unsigned_disagreement", "present", [["a", "/x"], ["b", "/x"]], ["a", "b"]) with input as unsigned
}

test_contradictions_of_other_rules_are_not_repeated if {
	other := data.ocigate.lib.fixture_test.with_contradiction("facts", true, ["a", "b"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as other
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as other
}

slsa := data.ocigate.lib.fixture_test.bound("slsa", "slsa")

test_slsa_provenance_does_as_well if {
	none := {"run_manifest": [], "provenance": [data.ocigate.lib.fixture_test.signed(slsa, "https://slsa.dev/provenance/v1")]}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as data.ocigate.lib.fixture_test.changed({"proven": none})
	# W3C PROV does not.
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": []}})
}

test_unsigned_slsa_provenance_does_only_where_no_provenance_is_signed if {
	without := {"proven": {"provenance": [], "run_manifest": []}, "attached": {"provenance": [slsa]}}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as data.ocigate.lib.fixture_test.changed(without)
	beside := object.union(without, {"proven": {"provenance": [data.ocigate.lib.fixture_test.prov], "run_manifest": []}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as data.ocigate.lib.fixture_test.changed(beside)
}

test_a_signed_slsa_leaves_no_room_for_an_unsigned_run_manifest if {
	signed := data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.flawed(slsa, [other]), "https://slsa.dev/provenance/v1")
	both := data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": [signed]}, "attached": {"run_manifest": [data.ocigate.lib.fixture_test.bound("run-manifest", "p")]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, "other_subject", "absent", [["slsa", "/outputs/0/digest"]], [data.ocigate.lib.fixture_test.other_digest]) with input as both
}

test_provenance_that_nobody_could_check_may_be_slsa if {
	maybe := data.ocigate.lib.fixture_test.changed({"proven": {"run_manifest": [], "provenance": []}, "unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.undecided, "absent", "absent", [["subject", ""], ["unchecked", ""]], ["no trusted root given"]) with input as maybe
	# Where there is a run manifest it does not matter.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.undecided) with input as data.ocigate.lib.fixture_test.changed({"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
}

test_one_that_names_no_digest_is_warned_of if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.warn, "bound_by_attachment", "present", [["p", ""]], [data.ocigate.lib.fixture_test.document_digest("p")]) with input as proven([data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.document("run-manifest", "p"), "https://example.org/t")])
}

test_beside_another_good_one_the_missing_digest_does_not_matter if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as proven([data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.document("run-manifest", "p"), "https://example.org/t"), data.ocigate.lib.fixture_test.run_manifest])
}

test_what_is_said_of_run_manifests_is_not_said_of_slsa_provenance if {
	# Its own rule says it.
	unsigned := object.union(slsa, {"bound_by": "attachment"})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.run_manifest.warn) with input as data.ocigate.lib.fixture_test.changed({"proven": {"provenance": [], "run_manifest": []}, "attached": {"provenance": [unsigned]}})
}

test_a_run_that_failed_is_told if {
	failed := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("run-manifest", "p"), [data.ocigate.lib.fixture_test.objection("run_failed", "its status is `failed`", "/status")])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.run_manifest.deny, "run_failed", "absent", [["p", "/status"]], ["failed"]) with input as proven([data.ocigate.lib.fixture_test.signed(failed, "https://example.org/t")])
}
