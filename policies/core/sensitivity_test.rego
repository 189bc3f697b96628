package ocigate.core.sensitivity_test

doc(kind, name, claims) := object.union(data.ocigate.lib.fixture_test.document(kind, name), {"claims": claims})

stac(claims) := doc("stac", "stac", claims)

# Nothing that could hold a label is signed.
unsigned(claims) := data.ocigate.lib.fixture_test.changed({
	"subject": {"proven": false},
	"proven": {"metadata": []},
	"attached": {"metadata": [stac(claims)]},
})

public := data.ocigate.lib.fixture_test.label("public", 0)

restricted := data.ocigate.lib.fixture_test.label("restricted", 3)

test_a_signed_label_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as unsigned([])
}

test_a_label_about_something_else_is_none_but_raises if {
	aside := data.ocigate.lib.fixture_test.aside(public)
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as unsigned([aside])
	signed := data.ocigate.lib.fixture_test.with_proven("metadata", [stac([aside])])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as signed
	# The reason is another than that of a label of the subject that nobody signed.
	alone := data.ocigate.core.sensitivity.deny with input as unsigned([aside])
	vouched := data.ocigate.core.sensitivity.deny with input as signed
	uncounted := data.ocigate.core.sensitivity.deny with input as object.union(unsigned([public]), {"proven": {"metadata": [stac([])]}})
	none := data.ocigate.core.sensitivity.deny with input as unsigned([])
	data.ocigate.lib.fixture_test.sentences(alone) == data.ocigate.lib.fixture_test.sentences(vouched)
	count(data.ocigate.lib.fixture_test.sentences(alone) & data.ocigate.lib.fixture_test.sentences(uncounted)) == 0
	count(data.ocigate.lib.fixture_test.sentences(alone) & data.ocigate.lib.fixture_test.sentences(none)) == 0
	count(data.ocigate.lib.fixture_test.sentences(uncounted) & data.ocigate.lib.fixture_test.sentences(none)) == 0
	both := data.ocigate.lib.fixture_test.with_proven("metadata", [stac([public, data.ocigate.lib.fixture_test.aside(restricted)])])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as both
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.warn, "disagreement", "present", [["stac", "/properties/kfm:access_level"], ["stac", "/properties/kfm:access_level"]], ["restricted", "public", 3]) with input as both
}

test_none_is_undecided_if_something_unchecked_may_hold_one if {
	maybe := object.union(unsigned([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.undecided, "absent", "absent", [["subject", ""], ["unchecked", ""]], [data.ocigate.lib.fixture_test.subject_digest, "no trusted root given"]) with input as maybe
}

test_an_unchecked_signature_holds_no_label if {
	other := object.union(unsigned([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("signature")]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as other
}

test_an_unsigned_label_is_enough_and_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as unsigned([public])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.warn, "unsigned", "present", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level", "public"]) with input as unsigned([public])
}

test_an_annotation_is_enough if {
	one := object.union(unsigned([]), {"subject": {"proven": true, "claims": [object.union(public, {"pointer": "/annotations/kfm:access_level"})]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as one
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.warn) with input as one
}

test_a_label_that_nobody_understands_fails if {
	unknown := data.ocigate.lib.fixture_test.label("TBD", null)
	findings := data.ocigate.core.sensitivity.deny with input as unsigned([public, unknown])
	data.ocigate.lib.fixture_test.says(findings, "unresolved", "present", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level", "TBD"])
	some finding in findings
	finding.pointer == "/properties/kfm:access_level"
}

test_the_table_is_named if {
	findings := data.ocigate.core.sensitivity.deny with input as unsigned([data.ocigate.lib.fixture_test.label("TBD", null)]) with data.config.labels.version as "7"
	data.ocigate.lib.fixture_test.says(findings, "unresolved", "present", [["stac", "/properties/kfm:access_level"]], ["TBD", 7])
}

test_a_label_that_is_no_text_fails if {
	findings := data.ocigate.core.sensitivity.deny with input as unsigned([data.ocigate.lib.fixture_test.label({"wetland": 1}, null)])
	every finding in findings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, "wetland")
	}
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "unresolved", "present", [["stac", "/properties/kfm:access_level"]], ["kfm:access_level"]) with input as unsigned([data.ocigate.lib.fixture_test.label({"wetland": 1}, null)])
}

test_an_unlisted_field_counts_only_where_its_value_resolves if {
	land_cover := object.union(data.ocigate.lib.fixture_test.label("wetland", null), {"listed": false})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as unsigned([land_cover])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as unsigned([land_cover, public])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as unsigned([object.union(public, {"listed": false})])
}

test_the_highest_wins_and_the_conflict_is_told if {
	findings := data.ocigate.core.sensitivity.warn with input as unsigned([public, restricted])
	data.ocigate.lib.fixture_test.says(findings, "disagreement", "present", [["stac", "/properties/kfm:access_level"], ["stac", "/properties/kfm:access_level"]], ["restricted", "public", 3])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as unsigned([public, restricted])
}

limited := {"highest_rank": 1}

test_a_rank_above_the_limit_fails if {
	findings := data.ocigate.core.sensitivity.deny with input as unsigned([public, restricted]) with data.config.sensitivity as limited
	data.ocigate.lib.fixture_test.says(findings, "too_high", "present", [["stac", "/properties/kfm:access_level"]], ["restricted", 1, 3])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as unsigned([public]) with data.config.sensitivity as limited
}

test_an_unsigned_label_raises_a_signed_one if {
	raised := data.ocigate.lib.fixture_test.changed({"attached": {"other": [doc("unknown", "x", [restricted])]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "too_high", "present", [["x", "/properties/kfm:access_level"]], ["restricted", 1, 3]) with input as raised with data.config.sensitivity as limited
}

test_an_unsigned_label_never_lowers_a_signed_one if {
	lowered := data.ocigate.lib.fixture_test.changed({"proven": {"metadata": [stac([restricted])]}, "attached": {"metadata": [doc("stac", "x", [public])]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "too_high", "present", [["stac", "/properties/kfm:access_level"]], ["restricted", 1, 3]) with input as lowered with data.config.sensitivity as limited
}

test_labels_of_referrers_and_every_class_count if {
	referrer := {"manifest": "sha256:3a0-r", "artifact_type": null, "annotations": {}, "claims": [restricted], "proven": false}
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "too_high", "present", [["sha256:3a0-r", "/properties/kfm:access_level"]], ["restricted", 1, 3]) with input as data.ocigate.lib.fixture_test.changed({"referrers": [referrer]}) with data.config.sensitivity as limited
	every class in ["provenance", "run_manifest", "sbom", "metadata", "other"] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "too_high", "present", [["x", "/properties/kfm:access_level"]], ["restricted", 1, 3]) with input as data.ocigate.lib.fixture_test.changed({"attached": {class: [doc("unknown", "x", [restricted])]}}) with data.config.sensitivity as limited
	}
}

test_an_unsigned_label_cannot_stand_in_for_signed_metadata_without_one if {
	both := object.union(unsigned([public]), {"proven": {"metadata": [stac([])]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as both
}

test_an_unsigned_label_is_not_enough_where_a_signed_one_is_demanded if {
	demanded := object.union(unsigned([public]), {"demands": {"must_be_proven": {"metadata": "require_proven of the configuration"}}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as demanded
}

test_settings_of_a_wrong_shape_are_undecided if {
	every settings in [5, {"highest_rank": "1"}] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.undecided, "settings", "present", [["subject", ""]], ["config.sensitivity"]) with input as data.ocigate.lib.fixture_test.good with data.config.sensitivity as settings
	}
}

test_unchecked_evidence_changes_nothing_where_a_label_is if {
	findings := data.ocigate.core.sensitivity.undecided with input as object.union(unsigned([public]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(findings)
}

demanded(parts) := object.union(object.union(unsigned([]), {"demands": {"must_be_proven": {"metadata": "require_proven of the configuration"}}}), parts)

# All places in which nobody vouches for a label: what holds it, and the parts of the input.
unsigned_places(claims) := [
	["r", {"attached": {"run_manifest": [doc("run-manifest", "r", claims)]}}],
	["d", {"attached": {"other": [doc("unknown", "d", claims)]}}],
	["stac", {"attached": {"metadata": [stac(claims)]}}],
	["p", {"proven": {"provenance": []}, "attached": {"provenance": [doc("prov", "p", claims)]}}],
	["sha256:3a0-r", {"referrers": [{"manifest": "sha256:3a0-r", "artifact_type": null, "annotations": {}, "claims": claims, "proven": false}]}],
	["subject", {"subject": {"claims": claims}}],
	["subject", {"subject": {"layers": [object.union(data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.layer_digest, "a"), {"claims": claims})]}}],
]

test_where_signed_metadata_is_demanded_nothing_unsigned_satisfies if {
	every one in unsigned_places([public]) {
		[name, parts] := one
		data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], [name, "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as demanded(parts)
	}
}

test_where_signed_metadata_says_nothing_nothing_unsigned_satisfies if {
	every one in unsigned_places([public]) {
		[name, parts] := one
		silent_one := object.union(object.union(unsigned([]), parts), {"proven": object.union(object.get(parts, "proven", {}), {"metadata": [stac([])]})})
		data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "absent", "absent", [["subject", ""], [name, "/properties/kfm:access_level"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as silent_one
	}
}

test_unsigned_ones_satisfy_where_nothing_signed_is_or_has_to_be if {
	every one in unsigned_places([public]) {
		[name, parts] := one
		open := object.union(object.union(unsigned([]), {"proven": {"run_manifest": []}}), parts)
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as open
	}
}

test_unsigned_ones_always_raise if {
	every one in unsigned_places([restricted]) {
		[name, parts] := one
		raised := object.union(object.union(demanded({"subject": {"proven": true, "claims": [public]}}), parts), {})
		data.ocigate.lib.fixture_test.says(data.ocigate.core.sensitivity.deny, "too_high", "present", [[name, "/properties/kfm:access_level"]], ["restricted", 1, 3]) with input as raised with data.config.sensitivity as limited
	}
}

test_a_signed_label_satisfies_where_it_is_demanded if {
	every parts in [{"subject": {"proven": true, "claims": [public]}}, {"proven": {"other": [doc("unknown", "d", [public])]}}, {"referrers": [{"manifest": "sha256:3a0-r", "artifact_type": null, "annotations": {}, "claims": [public], "proven": true}]}] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.sensitivity.deny) with input as demanded(parts)
	}
}

test_the_labels_of_layers_are_the_subject_s_own if {
	layers := [object.union(data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.layer_digest, "a"), {"claims": [object.union(restricted, {"pointer": "/layers/0/annotations/kfm:access_level"})]})]
	findings := data.ocigate.core.sensitivity.deny with input as data.ocigate.lib.fixture_test.with_subject({"layers": layers}) with data.config.sensitivity as limited
	data.ocigate.lib.fixture_test.says(findings, "too_high", "present", [["subject", "/layers/0/annotations/kfm:access_level"]], ["restricted", 1, 3])
	some finding in findings
	finding.evidence == data.ocigate.lib.fixture_test.subject_digest
	finding.pointer == "/layers/0/annotations/kfm:access_level"
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.sensitivity.deny | data.ocigate.core.sensitivity.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
