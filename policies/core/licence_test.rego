package ocigate.core.licence_test

# Nothing is signed, and STAC states the licences.
unsigned(claims) := data.ocigate.lib.fixture_test.changed({
	"subject": {"proven": false},
	"proven": {"metadata": [], "sbom": []},
	"attached": {"metadata": [stac("stac", claims)]},
})

stac(name, claims) := object.union(data.ocigate.lib.fixture_test.document("stac", name), {"claims": claims})

signed(doc) := data.ocigate.lib.fixture_test.signed(doc, "https://schemas.stacspec.org/v1.0.0/item")

cc_by := data.ocigate.lib.fixture_test.licence("CC-BY-4.0", true)

mit := data.ocigate.lib.fixture_test.licence("MIT", true)

annotation(value, valid) := object.union(data.ocigate.lib.fixture_test.licence(value, valid), {"field": "org.opencontainers.image.licenses", "pointer": "/annotations/org.opencontainers.image.licenses"})

test_a_signed_one_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.warn) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.undecided) with input as data.ocigate.lib.fixture_test.good
}

test_none_fails if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as unsigned([])
}

test_none_is_undecided_if_unchecked_provenance_may_state_it if {
	maybe := object.union(unsigned([]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as maybe
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.undecided, "absent", "absent", [["subject", ""], ["unchecked", ""]], ["no trusted root given"]) with input as maybe
}

test_an_unsigned_one_is_enough_and_warned_of if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as unsigned([cc_by])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.warn, "unsigned", "present", [["stac", "/properties/license"]], ["license", "CC-BY-4.0"]) with input as unsigned([cc_by])
}

test_an_annotation_is_enough if {
	one := object.union(unsigned([]), {"subject": {"claims": [annotation("MIT", true)]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as one
	signed_one := object.union(one, {"subject": {"proven": true}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as signed_one
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.warn) with input as signed_one
}

test_prov_is_enough if {
	doc := object.union(data.ocigate.lib.fixture_test.document("prov", "p"), {"claims": [cc_by]})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as object.union(unsigned([]), {"proven": {"provenance": []}, "attached": {"provenance": [doc]}})
}

test_dcat_is_enough if {
	dcat := object.union(data.ocigate.lib.fixture_test.document("unknown", "d"), {"claims": [cc_by]})
	one := object.union(unsigned([]), {"attached": {"other": [dcat]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as one
	both := object.union(one, {"proven": {"metadata": [signed(stac("a", []))]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""], ["d", "/properties/license"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as both
}

test_a_referrer_states_its_own_licence if {
	referrer := {"manifest": "sha256:3a0-r", "artifact_type": null, "annotations": {}, "claims": [mit], "proven": true}
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as object.union(unsigned([]), {"referrers": [referrer]})
}

test_the_packages_of_an_sbom_state_no_licence_of_the_subject if {
	doc := object.union(data.ocigate.lib.fixture_test.document("spdx", "d"), {"claims": [cc_by]})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as object.union(unsigned([]), {"attached": {"sbom": [doc]}})
}

test_an_invalid_one_fails_with_a_suggestion if {
	findings := data.ocigate.core.licence.deny with input as unsigned([object.union(data.ocigate.lib.fixture_test.licence("CC-BY 4.0", false), {"suggestion": "CC-BY-4.0"})])
	data.ocigate.lib.fixture_test.says(findings, "not_spdx", "present", [["stac", "/properties/license"]], ["license", "CC-BY 4.0", "CC-BY-4.0"])
	some finding in findings
	finding.pointer == "/properties/license"
	finding.evidence == data.ocigate.lib.fixture_test.document_digest("stac")
}

test_invalid_ones_of_all_sorts_fail if {
	every value in ["SEE_SOURCE", "NOASSERTION", "Public-Domain", "", ["CC-BY-4.0"]] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_spdx", "present", [["stac", "/properties/license"]], ["license"]) with input as unsigned([data.ocigate.lib.fixture_test.licence(value, false)])
	}
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_spdx", "present", [["stac", "/properties/license"]], ["Public-Domain", "CC0-1.0 or CC-PDDC"]) with input as unsigned([data.ocigate.lib.fixture_test.licence("Public-Domain", false)])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_spdx", "present", [["stac", "/properties/license"]], ["license", "x"]) with input as unsigned([data.ocigate.lib.fixture_test.licence("x", null)])
}

test_one_invalid_one_fails_beside_a_valid_one if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_spdx", "present", [["stac", "/properties/license"]], ["SEE_SOURCE"]) with input as unsigned([cc_by, data.ocigate.lib.fixture_test.licence("SEE_SOURCE", false)])
}

test_disagreeing_ones_fail_and_point_into_both if {
	both := object.union(unsigned([cc_by]), {"subject": {"claims": [annotation("MIT", true)]}})
	findings := data.ocigate.core.licence.deny with input as both
	data.ocigate.lib.fixture_test.says(findings, "disagreement", "present", [["subject", "/annotations/org.opencontainers.image.licenses"], ["stac", "/properties/license"]], ["CC-BY-4.0", "MIT"])
	some finding in findings
	{finding.evidence, finding.also[0].evidence} == {data.ocigate.lib.fixture_test.subject_digest, data.ocigate.lib.fixture_test.document_digest("stac")}
}

test_the_order_of_alternatives_does_not_matter if {
	same := [data.ocigate.lib.fixture_test.licence("MIT OR Apache-2.0", true), data.ocigate.lib.fixture_test.licence("Apache-2.0  OR MIT", true)]
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as unsigned(same)
}

test_signed_sources_decide if {
	both := object.union(data.ocigate.lib.fixture_test.good, {"attached": {"metadata": [stac("forged", [mit])]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as both
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.warn, "unsigned_disagrees", "present", [["forged", "/properties/license"], ["stac", "/properties/license"]], ["MIT", "CC-BY-4.0"]) with input as both
}

test_signed_sources_have_to_agree if {
	both := data.ocigate.lib.fixture_test.with_proven("metadata", [signed(stac("a", [cc_by])), signed(stac("b", [mit]))])
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "disagreement", "present", [["a", "/properties/license"], ["b", "/properties/license"]], ["CC-BY-4.0", "MIT"]) with input as both
}

test_an_unsigned_one_is_not_enough_where_a_signed_one_is_demanded if {
	demanded := object.union(unsigned([cc_by]), {"demands": {"must_be_proven": {"metadata": "require_proven of the configuration"}}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/license"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as demanded
	# That there is one is told: it is another sentence than that of none.
	told := data.ocigate.core.licence.deny with input as demanded
	none := data.ocigate.core.licence.deny with input as unsigned([])
	count(none) == 1
	count(data.ocigate.lib.fixture_test.sentences(told) & data.ocigate.lib.fixture_test.sentences(none)) == 0
}

test_an_unsigned_one_cannot_stand_in_for_signed_metadata_without_one if {
	both := object.union(unsigned([cc_by]), {"proven": {"metadata": [signed(stac("a", []))]}})
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""], ["stac", "/properties/license"]], [data.ocigate.lib.fixture_test.subject_digest]) with input as both
}

sbom(concluded, declared) := object.union(data.ocigate.lib.fixture_test.document("spdx", "s"), {"summary": {"described": [{"licence_concluded": concluded, "licence_declared": declared, "pointer": "/packages/0"}]}})

test_a_signed_sbom_that_disagrees_fails if {
	every doc in [sbom("MIT", "CC-BY-4.0"), sbom("NOASSERTION", "MIT"), sbom(null, "MIT")] {
		findings := data.ocigate.core.licence.deny with input as data.ocigate.lib.fixture_test.with_proven("sbom", [doc])
		data.ocigate.lib.fixture_test.says(findings, "sbom_disagrees", "present", [["s", "/packages/0"], ["stac", "/properties/license"]], ["MIT", "CC-BY-4.0"])
		some finding in findings
		finding.pointer == "/packages/0"
		finding.also[0].evidence == data.ocigate.lib.fixture_test.document_digest("stac")
	}
}

test_a_signed_sbom_that_agrees_or_says_nothing_is_silent if {
	every doc in [sbom("CC-BY-4.0", "MIT"), sbom("NOASSERTION", "NONE"), sbom(null, null), data.ocigate.lib.fixture_test.document("spdx", "s")] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as data.ocigate.lib.fixture_test.with_proven("sbom", [doc])
	}
}

cyclonedx(licences) := object.union(data.ocigate.lib.fixture_test.document("cyclonedx", "s"), {"summary": {"described": [{"licences": licences, "pointer": "/metadata/component"}]}})

test_a_signed_cyclonedx_sbom_that_disagrees_fails if {
	every licences in [["MIT"], ["MIT", "Zlib"], ["CC-BY-4.0 OR MIT"]] {
		findings := data.ocigate.core.licence.deny with input as data.ocigate.lib.fixture_test.with_proven("sbom", [cyclonedx(licences)])
		data.ocigate.lib.fixture_test.says(findings, "sbom_disagrees", "present", [["s", "/metadata/component"], ["stac", "/properties/license"]], [concat(" AND ", licences), "CC-BY-4.0"])
	}
}

test_a_signed_cyclonedx_sbom_that_cannot_be_compared_is_silent if {
	every licences in [["CC-BY-4.0"], [], ["The licence of the council"], ["NOASSERTION"], ["MIT", "Zlib OR MIT"], [5], null] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as data.ocigate.lib.fixture_test.with_proven("sbom", [cyclonedx(licences)])
	}
}

test_a_signed_sbom_never_satisfies if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as object.union(unsigned([]), {"proven": {"sbom": [sbom("MIT", "MIT")]}})
}

test_an_unsigned_sbom_that_disagrees_is_warned_of if {
	one := object.union(unsigned([cc_by]), {"attached": {"sbom": [sbom("MIT", "MIT")]}})
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as one
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.warn, "unsigned_sbom_disagrees", "present", [["s", "/packages/0"], ["stac", "/properties/license"]], ["MIT", "CC-BY-4.0"]) with input as one
}

test_allowed_licences_pass if {
	every value in ["CC-BY-4.0", "CC-BY-4.0 OR MIT", "CC-BY-4.0 AND (CC0-1.0 OR CC-BY-4.0)"] {
		data.ocigate.lib.fixture_test.silent(data.ocigate.core.licence.deny) with input as unsigned([data.ocigate.lib.fixture_test.licence(value, true)]) with data.config.licence as {"allowed": ["CC-BY-4.0", "CC0-1.0"]}
	}
}

test_other_licences_fail if {
	every value in ["MIT", "CC-BY-4.0 AND MIT"] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "not_allowed", "present", [["stac", "/properties/license"]], [value, "CC0-1.0"]) with input as unsigned([data.ocigate.lib.fixture_test.licence(value, true)]) with data.config.licence as {"allowed": ["CC-BY-4.0", "CC0-1.0"]}
	}
}

stated_under(value, allowed) := findings if {
	findings := data.ocigate.core.licence.deny with input as unsigned([data.ocigate.lib.fixture_test.licence(value, true)]) with data.config.licence as {"allowed": allowed}
}

test_an_allowed_expression_allows_itself_and_nothing_in_it if {
	choice := ["MIT OR GPL-3.0-only", "Zlib"]
	every value in ["MIT OR GPL-3.0-only", "GPL-3.0-only OR MIT", "Zlib OR GPL-3.0-only"] {
		data.ocigate.lib.fixture_test.silent(stated_under(value, choice))
	}
	every value in ["GPL-3.0-only", "MIT", "MIT AND GPL-3.0-only", "Zlib AND MIT"] {
		data.ocigate.lib.fixture_test.says(stated_under(value, choice), "not_allowed", "present", [["stac", "/properties/license"]], [value])
	}
}

test_an_exception_is_part_of_a_licence if {
	classpath := "GPL-2.0-only WITH Classpath-exception-2.0"
	every value in [classpath, sprintf("(%s  OR Zlib) AND MIT", [classpath])] {
		data.ocigate.lib.fixture_test.silent(stated_under(value, [classpath, "MIT", "Zlib"]))
	}
	every value in ["GPL-2.0-only", "MIT WITH Classpath-exception-2.0", "MIT AND GPL-2.0-only"] {
		data.ocigate.lib.fixture_test.says(stated_under(value, [classpath, "MIT"]), "not_allowed", "present", [["stac", "/properties/license"]], [value, classpath])
	}
}

test_settings_of_a_wrong_shape_are_undecided if {
	every settings in [5, {"allowed": "MIT"}, {"allowed": [1]}, {"allowed": []}] {
		data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.undecided, "settings", "present", [["subject", ""]], ["config.licence"]) with input as data.ocigate.lib.fixture_test.good with data.config.licence as settings
	}
}

test_unchecked_provenance_changes_nothing_where_a_licence_is if {
	findings := data.ocigate.core.licence.undecided with input as object.union(unsigned([cc_by]), {"unchecked": [data.ocigate.lib.fixture_test.unchecked("provenance")]})
	data.ocigate.lib.fixture_test.silent(findings)
}

test_refused_metadata_is_told if {
	findings := data.ocigate.core.licence.deny with input as object.union(unsigned([]), {"refused": [data.ocigate.lib.fixture_test.refused("metadata")]})
	data.ocigate.lib.fixture_test.says(findings, "absent", "absent", [["subject", ""], ["refused", ""]], [1, "signer is permitted", "the key of `build` may not sign for this repository"])
}

test_unsigned_ones_that_agree_with_the_signed_ones_are_silent if {
	both := object.union(data.ocigate.lib.fixture_test.good, {"attached": {"metadata": [stac("same", [cc_by])], "sbom": [sbom("MIT", "MIT")]}})
	findings := data.ocigate.core.licence.warn with input as both
	data.ocigate.lib.fixture_test.silent(findings)
}

test_an_unsigned_sbom_that_agrees_is_silent if {
	findings := data.ocigate.core.licence.warn with input as object.union(unsigned([cc_by]), {"attached": {"sbom": [sbom("CC-BY-4.0", null)]}})
	not "unsigned_sbom_disagrees" in data.ocigate.lib.fixture_test.codes(findings)
}

test_where_sources_disagree_an_sbom_adds_nothing if {
	findings := data.ocigate.core.licence.deny with input as object.union(unsigned([cc_by, mit]), {"proven": {"sbom": [sbom("Zlib", "Zlib")]}})
	count(findings) == 1
}

test_the_order_of_duties_does_not_matter_but_that_of_groups_does if {
	same := [data.ocigate.lib.fixture_test.licence("MIT AND Zlib", true), data.ocigate.lib.fixture_test.licence("Zlib AND MIT", true)]
	equal := data.ocigate.core.licence.deny with input as unsigned(same)
	data.ocigate.lib.fixture_test.silent(equal)
	different := [data.ocigate.lib.fixture_test.licence("MIT AND Zlib OR X11", true), data.ocigate.lib.fixture_test.licence("X11 AND Zlib OR MIT", true)]
	unequal := data.ocigate.core.licence.deny with input as unsigned(different)
	data.ocigate.lib.fixture_test.says(unequal, "disagreement", "present", [["stac", "/properties/license"], ["stac", "/properties/license"]], ["MIT AND Zlib OR X11", "X11 AND Zlib OR MIT"])
}

test_alternatives_of_which_none_is_allowed_fail if {
	every value in ["MIT OR Zlib", "(MIT OR CC-BY-4.0) AND Zlib"] {
		findings := data.ocigate.core.licence.deny with input as unsigned([data.ocigate.lib.fixture_test.licence(value, true)]) with data.config.licence as {"allowed": ["CC-BY-4.0"]}
		data.ocigate.lib.fixture_test.says(findings, "not_allowed", "present", [["stac", "/properties/license"]], [value, "CC-BY-4.0"])
	}
}

test_only_known_spellings_are_suggested if {
	findings := data.ocigate.core.licence.deny with input as unsigned([data.ocigate.lib.fixture_test.licence("my own", false)])
	data.ocigate.lib.fixture_test.says(findings, "not_spdx", "present", [["stac", "/properties/license"]], ["my own"])
	every finding in findings {
		every _, meant in data.config.licences.spellings {
			not data.ocigate.lib.fixture_test.tells(finding.msg, meant)
		}
	}
}

test_where_signed_metadata_is_demanded_nothing_unsigned_satisfies if {
	prov := object.union(data.ocigate.lib.fixture_test.document("prov", "p"), {"claims": [cc_by]})
	every one in [[["subject", "/annotations/org.opencontainers.image.licenses"], {"subject": {"claims": [annotation("MIT", true)]}}], [["p", "/properties/license"], {"proven": {"provenance": []}, "attached": {"provenance": [prov]}}]] {
		[place, parts] := one
		demanded := object.union(object.union(unsigned([]), {"demands": {"must_be_proven": {"metadata": "require_proven of the configuration"}}}), parts)
		data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""], place], [data.ocigate.lib.fixture_test.subject_digest]) with input as demanded
	}
}

test_the_licence_of_a_layer_is_not_the_subject_s if {
	layers := [object.union(data.ocigate.lib.fixture_test.layer(data.ocigate.lib.fixture_test.layer_digest, "a"), {"claims": [mit]})]
	data.ocigate.lib.fixture_test.says(data.ocigate.core.licence.deny, "absent", "absent", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest]) with input as object.union(unsigned([]), {"subject": {"layers": layers}})
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.licence.deny | data.ocigate.core.licence.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
