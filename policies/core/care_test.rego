package ocigate.core.care_test

high := data.ocigate.lib.fixture_test.label("restricted", 3)

block(name, proven, faults) := {"place": data.ocigate.lib.fixture_test.place(name, "/properties/care"), "manifest": sprintf("sha256:3a0-%s", [name]), "proven": proven, "faults": faults}

having(care) := data.ocigate.lib.fixture_test.changed({"care": object.union(data.ocigate.lib.fixture_test.good.care, care)})

due(blocks) := having({"reasons": [high], "blocks": blocks})

test_where_none_is_due_it_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.undecided) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as having({"blocks": [block("stac", true, ["has no status"])]})
}

test_none_fails_where_one_is_due if {
	findings := data.ocigate.core.care.deny with input as due([])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["stac", "/properties/kfm:access_level"]], ["restricted", 3])
	some finding in findings
	contains(finding.remedy, "cosign attest")
}

test_an_authority_makes_one_due_and_is_not_named if {
	findings := data.ocigate.core.care.deny with input as having({"reasons": [data.ocigate.lib.fixture_test.claim("authority", "kfm:authority_to_control", "Osage Nation")]})
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["stac", "/properties/kfm:authority_to_control"]], ["kfm:authority_to_control"])
	every finding in findings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, "Osage")
	}
}

test_none_is_undecided_if_something_unchecked_may_hold_it if {
	maybe := object.union(due([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("metadata")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.undecided, "absent", "absent", [["stac", "/properties/kfm:access_level"], ["unchecked", ""]], ["no trusted root given"]) with input as maybe
}

test_an_unchecked_signature_cannot_hold_it if {
	data.ocigate.lib.fixture_test.codes(data.ocigate.core.care.deny) == {"absent"} with input as object.union(due([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.undecided) with input as object.union(due([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
}

test_refused_documents_are_told if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.deny, "absent", "absent", [["stac", "/properties/kfm:access_level"], ["refused", ""]], ["signer is permitted"]) with input as object.union(due([]), {"refused": [data.ocigate.lib.fixture_test.refused("metadata")]})
}

test_a_complete_signed_block_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as due([block("stac", true, [])])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.undecided) with input as due([block("stac", true, [])])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as due([block("a", true, ["has no status"]), block("b", true, [])])
	# Then it does not matter what nobody could check.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.undecided) with input as object.union(due([block("stac", true, [])]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("metadata")]})
}

test_what_the_best_signed_block_lacks_fails if {
	worse := block("a", true, ["has no status", "has no reviewer"])
	findings := data.ocigate.core.care.deny with input as due([worse, block("b", true, ["has no reviewer"])])
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "incomplete", "absent", [["b", "/properties/care"], ["stac", "/properties/kfm:access_level"]], ["has no reviewer"])
	all := data.ocigate.core.care.deny with input as due([worse])
	count(all) == 2
}

test_an_unsigned_block_does_not_make_up_for_a_bad_signed_one if {
	both := due([block("a", false, []), block("b", true, ["has no status"])])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.deny, "incomplete", "absent", [["b", "/properties/care"], ["stac", "/properties/kfm:access_level"]], ["has no status"]) with input as both
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.undecided) with input as both
}

test_an_unsigned_block_is_undecided_however_complete if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.care.deny) with input as due([block("a", false, [])])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.undecided, "unsigned", "absent", [["a", "/properties/care"], ["stac", "/properties/kfm:access_level"]], ["restricted", 3]) with input as due([block("a", false, [])])
	findings := data.ocigate.core.care.undecided with input as due([block("a", false, [])])
	some finding in findings
	contains(finding.remedy, "@sha256:3a0-a")
}

refusal(status) := {"status": status, "place": data.ocigate.lib.fixture_test.place("note", "/care/status")}

test_a_refusal_fails_due_or_not if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.care.deny, "not_approved", "present", [["note", "/care/status"]], ["rejected"]) with input as having({"refusals": [refusal("rejected")]})
	findings := data.ocigate.core.care.deny with input as having({"reasons": [high], "blocks": [block("stac", true, [])], "refusals": [refusal(null)]})
	data.ocigate.lib.fixture_test.codes(findings) == {"not_approved"}
	every finding in findings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, "null")
	}
}

# Whether a community agrees is not for a gate to say.
test_it_never_speaks_of_consent if {
	every one in [due([]), due([block("a", false, [])]), due([block("a", true, ["has no status"])]), having({"refusals": [refusal("rejected")]})] {
		findings := data.ocigate.core.care.deny | data.ocigate.core.care.undecided with input as one
		count(findings) == 1
		every finding in findings {
			not contains(lower(sprintf("%s %s", [finding.msg, finding.remedy])), "consent")
		}
	}
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.care.undecided, "subject.digest") with input as {}
}
