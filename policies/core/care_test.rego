package ocigate.core.care_test

complete := {"status": "approved", "authority_to_control": ["the council"], "reviewer": "a reviewer"}

care(value) := object.union(data.ocigate.lib.fixture_test.claim("care", "care", 0), {"value": value})

stac(claims) := object.union(data.ocigate.lib.fixture_test.document("stac", "stac"), {"claims": claims})

restricted := data.ocigate.lib.fixture_test.label("restricted", 3)

authority := data.ocigate.lib.fixture_test.claim("authority", "care.authority_to_control", "the council")

signed(claims) := data.ocigate.lib.fixture_test.with_proven("metadata", [stac(claims)])

attached(claims) := data.ocigate.lib.fixture_test.with_attached("metadata", [stac(claims)])

# A block is due and lacks something: these fields; `approved` is told where the status is another one.
incomplete(findings, words) if {
	some finding in findings
	finding.code == "incomplete"
	finding.basis == "absent"
	data.ocigate.lib.fixture_test.places_of(finding)[0] == data.ocigate.lib.fixture_test.place("stac", "/properties/care")
	{word | some word in ["status", "authority_to_control", "reviewer", "approved"]; data.ocigate.lib.fixture_test.tells(finding.msg, word)} == words
}

# The status there is not accepted. Those of the known refusals are told that it is; of free text none is.
not_approved(findings, name, words) if {
	some finding in findings
	finding.code == "not_approved"
	finding.basis == "present"
	data.ocigate.lib.fixture_test.places_of(finding) == [data.ocigate.lib.fixture_test.place(name, "/properties/care")]
	{word | some word in data.ocigate.core.care.refusals; data.ocigate.lib.fixture_test.tells(finding.msg, word)} == words
}

nothing(inputs) if {
	every one in inputs {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as one
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.undecided) with input as one
	}
}

test_not_due_is_silent if {
	nothing([data.ocigate.lib.fixture_test.good, attached([data.ocigate.lib.fixture_test.label("internal", 2)]), attached([])])
}

test_a_signed_block_is_silent if {
	nothing([signed([restricted, care(complete)]), signed([authority, care(complete)])])
}

test_no_block_fails_at_rank_three if {
	findings := data.ocigate.core.care.deny with input as signed([restricted])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level", "restricted", 3])
	some finding in findings
	finding.pointer == "/properties/kfm:access_level"
}

test_no_block_fails_where_an_authority_is_named if {
	findings := data.ocigate.core.care.deny with input as attached([authority])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["stac", "/properties/care.authority_to_control"]], ["care.authority_to_control"])
	every finding in findings {
		not contains(finding.msg, "the council")
	}
}

test_an_unsigned_label_makes_it_due if {
	raised := object.union(data.ocigate.lib.fixture_test.good, {"attached": {"metadata": [stac([restricted])]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.deny, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["restricted", 3]) with input as raised
}

test_no_block_is_undecided_if_something_unchecked_may_hold_it if {
	maybe := object.union(signed([restricted]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("metadata")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.undecided, "absent", "absent", [["stac", "/properties/kfm:access_level"], ["unchecked", ""]], ["restricted", "no trusted root given"]) with input as maybe
}

test_an_unsigned_block_is_undecided if {
	findings := data.ocigate.core.care.undecided with input as attached([restricted, care(complete)])
	data.ocigate.lib.fixture_test.says(findings, "unsigned", "absent", [["stac", "/properties/care"], ["stac", "/properties/kfm:access_level"]], ["restricted", 3])
	some finding in findings
	contains(finding.remedy, "cosign sign --key cosign.key reg.example.org/kfm/layers@sha256:3a0-stac")
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as attached([restricted, care(complete)])
}

test_an_unsigned_annotation_is_undecided_and_a_signed_one_enough if {
	claims := [restricted, care(json.marshal(complete))]
	open := object.union(attached([]), {"subject": {"proven": false, "claims": claims}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.undecided, "unsigned", "absent", [["subject", "/properties/care"], ["subject", "/properties/kfm:access_level"]], ["restricted", 3]) with input as open
	nothing([object.union(open, {"subject": {"proven": true}})])
}

test_a_signed_referrer_is_enough if {
	referrer := {"manifest": "sha256:3a0-r", "artifact_type": null, "annotations": {}, "claims": [restricted, care(json.marshal(complete))], "proven": true}
	nothing([data.ocigate.lib.fixture_test.changed({"referrers": [referrer]})])
}

test_every_gap_of_a_signed_block_is_told if {
	findings := data.ocigate.core.care.deny with input as signed([restricted, care({"authority_to_control": "", "reviewer": []})])
	incomplete(findings, {"status"})
	incomplete(findings, {"authority_to_control"})
	incomplete(findings, {"reviewer"})
	count(findings) == 3
}

test_a_signed_block_of_another_shape_fails if {
	every value in ["CARE-Compliant", "{", ["approved"], 5, true] {
		incomplete(data.ocigate.core.care.deny, {"status", "authority_to_control", "reviewer"}) with input as signed([restricted, care(value)])
	}
}

test_a_block_about_something_else_satisfies_nothing_and_refuses if {
	findings := data.ocigate.core.care.deny with input as signed([restricted, data.ocigate.lib.fixture_test.aside(care(complete))])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["restricted", 3])
	refused := data.ocigate.lib.fixture_test.aside(care({"status": "denied"}))
	not_approved(data.ocigate.core.care.deny, "stac", {"denied"}) with input as signed([restricted, care(complete), refused])
}

test_a_label_about_something_else_makes_it_due if {
	findings := data.ocigate.core.care.deny with input as signed([data.ocigate.lib.fixture_test.aside(restricted)])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level", "restricted", 3])
}

test_two_statuses_in_one_block_are_both_heard if {
	both := care(object.union(complete, {"status": ["approved", "Denied"]}))
	not_approved(data.ocigate.core.care.deny, "stac", {"denied"}) with input as signed([both])
	not_approved(data.ocigate.core.care.deny, "stac", {"denied"}) with input as attached([both])
	nothing([attached([care(object.union(complete, {"status": ["approved", "draft"]}))])])
}

test_a_refusal_in_place_of_a_block_counts if {
	every text, word in {" Denied": "denied", "revoked": "revoked"} {
		not_approved(data.ocigate.core.care.deny, "stac", {word}) with input as signed([care(text)])
		not_approved(data.ocigate.core.care.deny, "stac", {word}) with input as attached([care(text)])
	}
	nothing([signed([care("none")]), attached([care("TBD")])])
}

test_a_block_that_cannot_be_read_fails if {
	text := `{"status": "denied",}`
	not_approved(data.ocigate.core.care.deny, "stac", set()) with input as signed([care(text)])
	not_approved(data.ocigate.core.care.deny, "stac", set()) with input as attached([care(`{"status": `)])
}

test_a_status_that_nobody_understands_fails_whoever_wrote_it if {
	every status in [5, true, {"x": "denied"}, "keinesfalls", ["approved", {"x": "denied"}]] {
		not_approved(data.ocigate.core.care.deny, "stac", set()) with input as attached([care({"status": status})])
	}
	every status in [null, "", "TBD", "In_Review", [null, "approved"], ["approved"]] {
		nothing([attached([care({"status": status})])])
	}
}

test_a_refusal_counts_in_any_vocabulary if {
	every status in ["x:Denied", "https://example.org/terms#denied", " denied. "] {
		not_approved(data.ocigate.core.care.deny, "stac", {"denied"}) with input as attached([care({"status": status})])
		not_approved(data.ocigate.core.care.deny, "stac", {"denied"}) with input as attached([care(status)])
	}
	not_approved(data.ocigate.core.care.deny, "stac", set()) with input as signed([care({"status": "https://example.org/terms#approved"})])
}

test_an_unsigned_text_is_no_block if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.deny, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["restricted", 3]) with input as attached([restricted, care("TBD")])
}

test_an_unknown_status_fails_without_being_quoted if {
	findings := data.ocigate.core.care.deny with input as signed([restricted, care(object.union(complete, {"status": "pending at the council"}))])
	incomplete(findings, {"status", "approved"})
	every finding in findings {
		not contains(finding.msg, "pending")
	}
}

test_a_refusal_fails_whoever_wrote_it if {
	every status in ["rejected", "Restricted", "revision"] {
		refused := care(object.union(complete, {"status": status}))
		not_approved(data.ocigate.core.care.deny, "stac", {lower(status)}) with input as signed([restricted, refused])
		not_approved(data.ocigate.core.care.deny, "stac", {lower(status)}) with input as attached([restricted, refused])
		not_approved(data.ocigate.core.care.deny, "stac", {lower(status)}) with input as signed([refused])
	}
}

test_a_refusal_beside_an_approval_fails if {
	both := object.union(signed([restricted, care(complete)]), {"attached": {"other": [stac([care(object.union(complete, {"status": "rejected"}))])]}})
	not_approved(data.ocigate.core.care.deny, "stac", {"rejected"}) with input as both
}

test_one_complete_signed_block_is_enough if {
	nothing([signed([restricted, care({"status": "approved"}), care(complete)])])
}

test_the_rank_can_be_set if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.deny, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["internal", 2]) with input as signed([data.ocigate.lib.fixture_test.label("internal", 2)]) with data.config.care as {"required_rank": 2}
}

test_the_status_can_be_set if {
	one := signed([restricted, care(object.union(complete, {"status": "restricted"}))])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as one with data.config.care as {"accepted_status": ["approved", "restricted"]}
}

test_it_never_speaks_of_consent if {
	every one in [signed([restricted]), attached([restricted, care(complete)]), signed([restricted, care({})])] {
		findings := data.ocigate.core.care.deny | data.ocigate.core.care.undecided with input as one
		every finding in findings {
			not contains(lower(finding.msg), "consent")
		}
	}
}

test_settings_of_a_wrong_shape_are_undecided if {
	every settings in [5, {"required_rank": "3"}, {"accepted_status": "approved"}] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.care.undecided, "settings", "present", [["subject", ""]], ["config.care"]) with input as data.ocigate.lib.fixture_test.good with data.config.care as settings
	}
}

test_a_block_that_is_not_due_need_not_be_complete_or_signed if {
	nothing([signed([care({"status": "approved"})]), attached([care(complete)])])
}

test_unchecked_evidence_changes_nothing_where_a_signed_block_is if {
	nothing([object.union(signed([restricted, care(complete)]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("metadata")]})])
}

test_empty_fields_are_none if {
	every value in ["", " ", [], {}, 5, null, "TBD", " n/a ", "Unknown", ["none", ""]] {
		findings := data.ocigate.core.care.deny with input as signed([restricted, care(object.union(complete, {"reviewer": value}))])
		incomplete(findings, {"reviewer"})
	}
	every value in ["x", ["x"], {"name": "x"}] {
		nothing([signed([restricted, care(object.union(complete, {"reviewer": value}))])])
	}
}

test_a_status_that_is_no_text_is_none if {
	every value in [" ", 5, null, ["approved"]] {
		findings := data.ocigate.core.care.deny with input as signed([restricted, care(object.union(complete, {"status": value}))])
		incomplete(findings, {"status"})
	}
}

test_settings_of_the_right_shape_are_silent if {
	findings := data.ocigate.core.care.undecided with input as data.ocigate.lib.fixture_test.good with data.config.care as {"required_rank": 2, "accepted_status": ["approved"]}
	data.ocigate.lib.fixture_test.silent(findings)
}

test_one_signed_status_that_is_not_accepted_fails_beside_an_approval if {
	every status in ["withdrawn", "revoked", "denied", "pending", "draft", "rejected", "restricted", "revision", " Withdrawn ", "whatever", 5, ["approved"], {"@value": "withdrawn"}] {
		one := signed([restricted, care(complete), care(object.union(complete, {"status": status}))])
		findings := data.ocigate.core.care.deny with input as one
		data.ocigate.lib.fixture_test.says(findings, "not_approved", "present", [["stac", "/properties/care"]], ["approved"])
	}
}

test_one_signed_annotation_that_withdraws_fails_beside_an_approval if {
	one := object.union(signed([restricted, care(complete)]), {"subject": {"claims": [care(json.marshal({"status": "withdrawn"}))]}})
	not_approved(data.ocigate.core.care.deny, "subject", {"withdrawn"}) with input as one
}

test_an_unsigned_withdrawal_fails_beside_an_approval if {
	every status in ["withdrawn", "revoked", "denied"] {
		one := object.union(signed([restricted, care(complete)]), {"attached": {"other": [stac([care({"status": status})])]}})
		not_approved(data.ocigate.core.care.deny, "stac", {status}) with input as one
	}
}

test_an_unsigned_draft_changes_nothing_beside_an_approval if {
	nothing([object.union(signed([restricted, care(complete)]), {"attached": {"other": [stac([care({"status": "draft"})])]}})])
}

layers(claims) := [object.union(data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.layer_digest, "a"), {"claims": claims})]

test_a_label_and_a_block_of_a_layer_count if {
	claims := [restricted, care(json.marshal(complete))]
	findings := data.ocigate.core.care.deny with input as data.ocigate.lib.fixture_test.with_subject({"layers": layers([restricted])})
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", "/properties/kfm:access_level"]], ["restricted", 3])
	nothing([data.ocigate.lib.fixture_test.with_subject({"layers": layers(claims)})])
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.care.deny | data.ocigate.core.care.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
