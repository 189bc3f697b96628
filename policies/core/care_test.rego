package core.care_test

complete := {"status": "approved", "authority_to_control": ["the council"], "reviewer": "a reviewer"}

care(value) := object.union(data.lib.fixture_test.claim("care", "care", 0), {"value": value})

stac(claims) := object.union(data.lib.fixture_test.document("stac", "stac"), {"claims": claims})

restricted := data.lib.fixture_test.label("restricted", 3)

authority := data.lib.fixture_test.claim("authority", "care.authority_to_control", "the council")

signed(claims) := data.lib.fixture_test.with_proven("metadata", [stac(claims)])

attached(claims) := data.lib.fixture_test.with_attached("metadata", [stac(claims)])

nothing(inputs) if {
	every one in inputs {
		data.lib.fixture_test.silent(data.core.care.deny) with input as one
		data.lib.fixture_test.silent(data.core.care.undecided) with input as one
	}
}

test_not_due_is_silent if {
	nothing([data.lib.fixture_test.good, attached([data.lib.fixture_test.label("internal", 2)]), attached([])])
}

test_a_signed_block_is_silent if {
	nothing([signed([restricted, care(complete)]), signed([authority, care(complete)])])
}

test_no_block_fails_at_rank_three if {
	findings := data.core.care.deny with input as signed([restricted])
	data.lib.fixture_test.says(findings, "absent", ["expected a CARE block, because kfm:access_level = `restricted` has rank 3", "found none"])
	some finding in findings
	finding.pointer == "/properties/kfm:access_level"
}

test_no_block_fails_where_an_authority_is_named if {
	findings := data.core.care.deny with input as attached([authority])
	data.lib.fixture_test.says(findings, "absent", ["because care.authority_to_control names an authority to control"])
	every finding in findings {
		not contains(finding.msg, "the council")
	}
}

test_an_unsigned_label_makes_it_due if {
	raised := object.union(data.lib.fixture_test.good, {"attached": {"metadata": [stac([restricted])]}})
	data.lib.fixture_test.says(data.core.care.deny, "absent", ["found none"]) with input as raised
}

test_no_block_is_undecided_if_something_unchecked_may_hold_it if {
	maybe := object.union(signed([restricted]), {"unchecked": [data.lib.fixture_test.unchecked("metadata")]})
	data.lib.fixture_test.silent(data.core.care.deny) with input as maybe
	data.lib.fixture_test.says(data.core.care.undecided, "absent", ["found none", "no trusted root given"]) with input as maybe
}

test_an_unsigned_block_is_undecided if {
	findings := data.core.care.undecided with input as attached([restricted, care(complete)])
	data.lib.fixture_test.says(findings, "absent", ["expected a signed CARE block", "found only unsigned ones"])
	some finding in findings
	contains(finding.remedy, "cosign sign --key cosign.key reg.example.org/kfm/layers@sha256:3a0-stac")
	data.lib.fixture_test.silent(data.core.care.deny) with input as attached([restricted, care(complete)])
}

test_an_unsigned_annotation_is_undecided_and_a_signed_one_enough if {
	claims := [restricted, care(json.marshal(complete))]
	open := object.union(attached([]), {"subject": {"proven": false, "claims": claims}})
	data.lib.fixture_test.says(data.core.care.undecided, "absent", ["found only unsigned ones"]) with input as open
	nothing([object.union(open, {"subject": {"proven": true}})])
}

test_a_signed_referrer_is_enough if {
	referrer := {"manifest": "sha256:3a0-r", "artifact_type": null, "annotations": {}, "claims": [restricted, care(json.marshal(complete))], "proven": true}
	nothing([data.lib.fixture_test.changed({"referrers": [referrer]})])
}

test_every_gap_of_a_signed_block_is_told if {
	findings := data.core.care.deny with input as signed([restricted, care({"authority_to_control": "", "reviewer": []})])
	data.lib.fixture_test.says(findings, "absent", ["found one that has no status"])
	data.lib.fixture_test.says(findings, "absent", ["found one that has no authority_to_control"])
	data.lib.fixture_test.says(findings, "absent", ["found one that has no reviewer"])
	count(findings) == 3
}

test_a_signed_block_of_another_shape_fails if {
	every value in ["CARE-Compliant", "{", ["approved"], 5, true] {
		data.lib.fixture_test.says(data.core.care.deny, "absent", ["is not an object with status"]) with input as signed([restricted, care(value)])
	}
}

test_a_block_about_something_else_satisfies_nothing_and_refuses if {
	findings := data.core.care.deny with input as signed([restricted, data.lib.fixture_test.aside(care(complete))])
	data.lib.fixture_test.says(findings, "absent", ["expected a CARE block", "found none"])
	refused := data.lib.fixture_test.aside(care({"status": "denied"}))
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found `denied`"]) with input as signed([restricted, care(complete), refused])
}

test_a_label_about_something_else_makes_it_due if {
	findings := data.core.care.deny with input as signed([data.lib.fixture_test.aside(restricted)])
	data.lib.fixture_test.says(findings, "absent", ["expected a CARE block, because kfm:access_level = `restricted`"])
}

test_two_statuses_in_one_block_are_both_heard if {
	both := care(object.union(complete, {"status": ["approved", "Denied"]}))
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found `denied`"]) with input as signed([both])
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found `denied`"]) with input as attached([both])
	nothing([attached([care(object.union(complete, {"status": ["approved", "draft"]}))])])
}

test_a_refusal_in_place_of_a_block_counts if {
	every text in [" Denied", "revoked"] {
		data.lib.fixture_test.says(data.core.care.deny, "present", ["expected the CARE status `approved`"]) with input as signed([care(text)])
		data.lib.fixture_test.says(data.core.care.deny, "present", ["expected the CARE status `approved`"]) with input as attached([care(text)])
	}
	nothing([signed([care("none")]), attached([care("TBD")])])
}

test_a_block_that_cannot_be_read_fails if {
	text := `{"status": "denied",}`
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found another"]) with input as signed([care(text)])
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found another"]) with input as attached([care(`{"status": `)])
}

test_a_status_that_nobody_understands_fails_whoever_wrote_it if {
	every status in [5, true, {"x": "denied"}, "keinesfalls", ["approved", {"x": "denied"}]] {
		data.lib.fixture_test.says(data.core.care.deny, "present", ["found another"]) with input as attached([care({"status": status})])
	}
	every status in [null, "", "TBD", "In_Review", [null, "approved"], ["approved"]] {
		nothing([attached([care({"status": status})])])
	}
}

test_a_refusal_counts_in_any_vocabulary if {
	every status in ["x:Denied", "https://example.org/terms#denied", " denied. "] {
		data.lib.fixture_test.says(data.core.care.deny, "present", ["found `denied`"]) with input as attached([care({"status": status})])
		data.lib.fixture_test.says(data.core.care.deny, "present", ["found `denied`"]) with input as attached([care(status)])
	}
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found another"]) with input as signed([care({"status": "https://example.org/terms#approved"})])
}

test_an_unsigned_text_is_no_block if {
	data.lib.fixture_test.says(data.core.care.deny, "absent", ["found none"]) with input as attached([restricted, care("TBD")])
}

test_an_unknown_status_fails_without_being_quoted if {
	findings := data.core.care.deny with input as signed([restricted, care(object.union(complete, {"status": "pending at the council"}))])
	data.lib.fixture_test.says(findings, "absent", ["has another status than `approved`"])
	every finding in findings {
		not contains(finding.msg, "pending")
	}
}

test_a_refusal_fails_whoever_wrote_it if {
	every status in ["rejected", "Restricted", "revision"] {
		refused := care(object.union(complete, {"status": status}))
		data.lib.fixture_test.says(data.core.care.deny, "present", ["expected the CARE status `approved`"]) with input as signed([restricted, refused])
		data.lib.fixture_test.says(data.core.care.deny, "present", ["expected the CARE status `approved`"]) with input as attached([restricted, refused])
		data.lib.fixture_test.says(data.core.care.deny, "present", ["expected the CARE status `approved`"]) with input as signed([refused])
	}
}

test_a_refusal_beside_an_approval_fails if {
	both := object.union(signed([restricted, care(complete)]), {"attached": {"other": [stac([care(object.union(complete, {"status": "rejected"}))])]}})
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found `rejected`"]) with input as both
}

test_one_complete_signed_block_is_enough if {
	nothing([signed([restricted, care({"status": "approved"}), care(complete)])])
}

test_the_rank_can_be_set if {
	data.lib.fixture_test.says(data.core.care.deny, "absent", ["has rank 2"]) with input as signed([data.lib.fixture_test.label("internal", 2)]) with data.config.care as {"required_rank": 2}
}

test_the_status_can_be_set if {
	one := signed([restricted, care(object.union(complete, {"status": "restricted"}))])
	data.lib.fixture_test.silent(data.core.care.deny) with input as one with data.config.care as {"accepted_status": ["approved", "restricted"]}
}

test_it_never_speaks_of_consent if {
	every one in [signed([restricted]), attached([restricted, care(complete)]), signed([restricted, care({})])] {
		findings := data.core.care.deny | data.core.care.undecided with input as one
		every finding in findings {
			not contains(lower(finding.msg), "consent")
		}
	}
}

test_settings_of_a_wrong_shape_are_undecided if {
	every settings in [5, {"required_rank": "3"}, {"accepted_status": "approved"}] {
		data.lib.fixture_test.says(data.core.care.undecided, "present", ["config.care"]) with input as data.lib.fixture_test.good with data.config.care as settings
	}
}

test_a_block_that_is_not_due_need_not_be_complete_or_signed if {
	nothing([signed([care({"status": "approved"})]), attached([care(complete)])])
}

test_unchecked_evidence_changes_nothing_where_a_signed_block_is if {
	nothing([object.union(signed([restricted, care(complete)]), {"unchecked": [data.lib.fixture_test.unchecked("metadata")]})])
}

test_empty_fields_are_none if {
	every value in ["", " ", [], {}, 5, null, "TBD", " n/a ", "Unknown", ["none", ""]] {
		findings := data.core.care.deny with input as signed([restricted, care(object.union(complete, {"reviewer": value}))])
		data.lib.fixture_test.says(findings, "absent", ["has no reviewer"])
	}
	every value in ["x", ["x"], {"name": "x"}] {
		nothing([signed([restricted, care(object.union(complete, {"reviewer": value}))])])
	}
}

test_a_status_that_is_no_text_is_none if {
	every value in [" ", 5, null, ["approved"]] {
		findings := data.core.care.deny with input as signed([restricted, care(object.union(complete, {"status": value}))])
		data.lib.fixture_test.says(findings, "absent", ["has no status"])
	}
}

test_settings_of_the_right_shape_are_silent if {
	findings := data.core.care.undecided with input as data.lib.fixture_test.good with data.config.care as {"required_rank": 2, "accepted_status": ["approved"]}
	data.lib.fixture_test.silent(findings)
}

test_one_signed_status_that_is_not_accepted_fails_beside_an_approval if {
	every status in ["withdrawn", "revoked", "denied", "pending", "draft", "rejected", "restricted", "revision", " Withdrawn ", "whatever", 5, ["approved"], {"@value": "withdrawn"}] {
		one := signed([restricted, care(complete), care(object.union(complete, {"status": status}))])
		findings := data.core.care.deny with input as one
		data.lib.fixture_test.says(findings, "present", ["expected the CARE status `approved`"])
	}
}

test_one_signed_annotation_that_withdraws_fails_beside_an_approval if {
	one := object.union(signed([restricted, care(complete)]), {"subject": {"claims": [care(json.marshal({"status": "withdrawn"}))]}})
	data.lib.fixture_test.says(data.core.care.deny, "present", ["found `withdrawn`"]) with input as one
}

test_an_unsigned_withdrawal_fails_beside_an_approval if {
	every status in ["withdrawn", "revoked", "denied"] {
		one := object.union(signed([restricted, care(complete)]), {"attached": {"other": [stac([care({"status": status})])]}})
		data.lib.fixture_test.says(data.core.care.deny, "present", [sprintf("found `%s`", [status])]) with input as one
	}
}

test_an_unsigned_draft_changes_nothing_beside_an_approval if {
	nothing([object.union(signed([restricted, care(complete)]), {"attached": {"other": [stac([care({"status": "draft"})])]}})])
}

layers(claims) := [object.union(data.lib.fixture_test.layer(data.lib.fixture_test.layer_digest, "a"), {"claims": claims})]

test_a_label_and_a_block_of_a_layer_count if {
	claims := [restricted, care(json.marshal(complete))]
	findings := data.core.care.deny with input as data.lib.fixture_test.with_subject({"layers": layers([restricted])})
	data.lib.fixture_test.says(findings, "absent", ["expected a CARE block"])
	nothing([data.lib.fixture_test.with_subject({"layers": layers(claims)})])
}

test_a_missing_input_is_not_passed_over if {
	findings := data.core.care.deny | data.core.care.undecided with input as {}
	count(findings) > 0
}
