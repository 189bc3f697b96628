package ocigate.core.provenance_test

attached(documents) := data.ocigate.lib.fixture_test.with_attached("provenance", documents)

proven(documents) := data.ocigate.lib.fixture_test.with_proven("provenance", documents)

other := data.ocigate.lib.fixture_test.objection("other_subject", sprintf("it is about %s", [data.ocigate.lib.fixture_test.other_digest]), "/outputs/0/digest")

bad := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("prov", "bad"), [other])

worse := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("prov", "worse"), [other, data.ocigate.lib.fixture_test.objection("missing", "`run_id` is missing", "")])

test_a_signed_one_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	findings := data.ocigate.core.provenance.deny with input as attached([])
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in findings
	contains(finding.remedy, "oras attach")
	contains(finding.remedy, data.ocigate.lib.fixture_test.subject_digest)
}

test_refused_and_unchecked_ones_are_told if {
	none := data.ocigate.lib.fixture_test.changed({"proven": {"provenance": []}, "refused": [data.ocigate.lib.fixture_test.refused("provenance")], "unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.deny | data.ocigate.core.provenance.undecided, "absent", "absent", [["subject", ""], ["refused", ""], ["unchecked", ""]], [1, "signer is permitted", "no trusted root given"]) with input as none
}

test_an_attached_one_is_enough_and_warned_of if {
	one := attached([data.ocigate.lib.fixture_test.bound("prov", "p")])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.warn, "unsigned", "present", [["p", ""], ["sha256:3a0-p", ""]], [data.ocigate.lib.fixture_test.document_digest("p")]) with input as one
}

test_a_title_is_in_a_command_only_if_it_is_a_plain_name if {
	plain := data.ocigate.core.provenance.warn with input as attached([data.ocigate.lib.fixture_test.bound("prov", "p")])
	count(plain) == 1
	every finding in plain {
		contains(finding.remedy, "--predicate p.json")
	}
	every title in ["a b.json", "a;b.json", "$(b)", "`b`", "-b.json", "../b.json", "", null] {
		findings := data.ocigate.core.provenance.warn with input as attached([object.union(data.ocigate.lib.fixture_test.bound("prov", "p"), {"title": title})])
		count(findings) == 1
		every finding in findings {
			contains(finding.remedy, "--predicate FILE")
		}
	}
}

test_the_command_is_for_its_kind if {
	every kind, type in {"prov": "https://www.w3.org/ns/prov", "slsa": "slsaprovenance1"} {
		findings := data.ocigate.core.provenance.warn with input as attached([data.ocigate.lib.fixture_test.bound(kind, "p")])
		count(findings) == 1
		every finding in findings {
			contains(finding.remedy, sprintf("cosign attest --key cosign.key --type %s ", [type]))
		}
	}
}

test_an_attached_one_is_not_enough_where_a_signed_one_is_demanded if {
	why := "signer `ci` of the configuration signs it"
	demanded := object.union(attached([data.ocigate.lib.fixture_test.bound("prov", "p")]), {"demands": {"must_be_proven": {"provenance": why}}})
	findings := data.ocigate.core.provenance.deny with input as demanded
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""], ["p", ""]], [1, why])
	some finding in findings
	contains(finding.remedy, "cosign attest")
}

test_an_attached_one_cannot_stand_in_for_a_bad_signed_one if {
	both := data.ocigate.lib.fixture_test.changed({"proven": {"provenance": [data.ocigate.lib.fixture_test.signed(bad, "https://example.org/t")]}, "attached": {"provenance": [data.ocigate.lib.fixture_test.bound("prov", "p")]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.deny, "other_subject", "absent", [["bad", "/outputs/0/digest"]], [data.ocigate.lib.fixture_test.other_digest]) with input as both
	# Why the unsigned one does not count is told where there is one.
	findings := data.ocigate.core.provenance.deny with input as both
	alone := data.ocigate.core.provenance.deny with input as object.union(both, {"attached": {"provenance": []}})
	count(alone) == 1
	count(data.ocigate.lib.fixture_test.sentences(findings) & data.ocigate.lib.fixture_test.sentences(alone)) == 0
}

test_one_good_one_is_enough if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as proven([data.ocigate.lib.fixture_test.signed(bad, "https://example.org/t"), data.ocigate.lib.fixture_test.signed(data.ocigate.lib.fixture_test.bound("prov", "p"), "https://example.org/t")])
}

test_of_several_bad_ones_the_best_is_told_with_all_that_it_lacks if {
	findings := data.ocigate.core.provenance.deny with input as attached([worse, bad])
	count(findings) == 1
	data.ocigate.lib.fixture_test.says(findings, "other_subject", "absent", [["bad", "/outputs/0/digest"], ["worse", ""]], [data.ocigate.lib.fixture_test.other_digest, 2])
	alone := data.ocigate.core.provenance.deny with input as attached([worse])
	data.ocigate.lib.fixture_test.codes(alone) == {"other_subject", "missing"}
	data.ocigate.lib.fixture_test.says(alone, "missing", "absent", [["worse", ""]], ["`run_id` is missing"])
}

test_whatever_ties_it_to_something_else_fails_by_its_own_code if {
	every code in data.ocigate.lib.fixture_test.unbound_codes {
		unbound := data.ocigate.lib.fixture_test.flawed(data.ocigate.lib.fixture_test.bound("prov", "p"), [data.ocigate.lib.fixture_test.objection(code, "it names `a`", "/x")])
		data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.deny, code, "absent", [["p", "/x"]], ["a"]) with input as attached([unbound])
	}
}

test_a_signed_one_satisfies_where_one_is_demanded if {
	demanded := data.ocigate.lib.fixture_test.changed({"demands": {"must_be_proven": {"provenance": "signer `ci` of the configuration signs it"}}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as demanded
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as demanded
}

test_an_unreadable_input_is_undecided if {
	data.ocigate.lib.fixture_test.unreadable(data.ocigate.core.provenance.undecided, "subject.digest") with input as {}
}

test_a_signed_contradiction_fails_and_an_unsigned_one_warns if {
	signed := data.ocigate.lib.fixture_test.with_contradiction("provenance", true, ["a", "b"])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.deny, "signed_disagreement", "present", [["a", "/x"], ["b", "/x"]], ["a", "b"]) with input as signed
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as signed
	unsigned := data.ocigate.lib.fixture_test.with_contradiction("provenance", false, ["a", "b"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as unsigned
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.warn, "unsigned_disagreement", "present", [["a", "/x"], ["b", "/x"]], ["a", "b"]) with input as unsigned
}

test_contradictions_of_other_rules_are_not_repeated if {
	other := data.ocigate.lib.fixture_test.with_contradiction("facts", true, ["a", "b"])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.deny) with input as other
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as other
}

by_layers(name) := object.union(data.ocigate.lib.fixture_test.bound("prov", name), {"bound_by": "layers"})

test_what_is_bound_by_layers_alone_is_warned_of if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.provenance.warn, "bound_by_layers", "present", [["p", ""]], [data.ocigate.lib.fixture_test.document_digest("p"), data.ocigate.lib.fixture_test.subject_digest]) with input as proven([data.ocigate.lib.fixture_test.signed(by_layers("p"), "https://example.org/t")])
	# One that names the manifest makes up for it.
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.provenance.warn) with input as proven([data.ocigate.lib.fixture_test.signed(by_layers("p"), "https://example.org/t"), data.ocigate.lib.fixture_test.prov])
}
