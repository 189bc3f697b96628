package ocigate.core.subject_pinned_test

test_a_digest_is_silent if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.deny) with input as data.ocigate.lib.fixture_test.good
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.warn) with input as data.ocigate.lib.fixture_test.good
}

by_tag := {"named_by": "tag", "tag": "v1", "reference": "reg.example.org/kfm/layers:v1"}

test_a_tag_is_warned_of if {
	warnings := data.ocigate.core.subject_pinned.warn with input as data.ocigate.lib.fixture_test.with_subject(by_tag)
	data.ocigate.lib.fixture_test.says(warnings, "unpinned", "present", [["subject", ""]], ["v1", data.ocigate.lib.fixture_test.subject_digest])
	some finding in warnings
	contains(finding.remedy, sprintf("reg.example.org/kfm/layers@%s", [data.ocigate.lib.fixture_test.subject_digest]))
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.deny) with input as data.ocigate.lib.fixture_test.with_subject(by_tag)
	every finding in warnings {
		not data.ocigate.lib.fixture_test.tells(finding.msg, by_tag.reference)
	}
	# One without a tag is told by its name.
	bare := {"named_by": "tag", "tag": null, "reference": "reg.example.org/kfm/layers"}
	data.ocigate.lib.fixture_test.says(data.ocigate.core.subject_pinned.warn, "unpinned", "present", [["subject", ""]], [bare.reference]) with input as data.ocigate.lib.fixture_test.with_subject(bare)
}

test_a_tag_fails_where_digests_are_required if {
	demanded := data.ocigate.lib.fixture_test.changed({"subject": by_tag, "demands": {"require_digest": true}})
	denials := data.ocigate.core.subject_pinned.deny with input as demanded
	data.ocigate.lib.fixture_test.says(denials, "unpinned", "present", [["subject", ""]], ["v1", data.ocigate.lib.fixture_test.subject_digest])
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.warn) with input as demanded
}

test_the_settings_can_require_a_digest if {
	data.ocigate.lib.fixture_test.says(data.ocigate.core.subject_pinned.deny, "unpinned", "present", [["subject", ""]], ["v1", data.ocigate.lib.fixture_test.subject_digest]) with input as data.ocigate.lib.fixture_test.with_subject(by_tag) with data.config.pinning as {"require_digest": true}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.warn) with input as data.ocigate.lib.fixture_test.with_subject(by_tag) with data.config.pinning as {"require_digest": true}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.deny) with input as data.ocigate.lib.fixture_test.good with data.config.pinning as {"require_digest": true}
}

test_a_digest_passes_where_digests_are_required if {
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.deny) with input as data.ocigate.lib.fixture_test.changed({"demands": {"require_digest": true}})
}

test_a_name_in_a_layout_is_warned_of if {
	warnings := data.ocigate.core.subject_pinned.warn with input as data.ocigate.lib.fixture_test.with_subject({"named_by": "name", "reference": "oci-layout:kfm:v1", "repository": null})
	data.ocigate.lib.fixture_test.says(warnings, "unpinned", "present", [["subject", ""]], ["oci-layout:kfm:v1", data.ocigate.lib.fixture_test.subject_digest])
}

test_the_only_root_of_a_layout_is_no_name if {
	root := {"named_by": "root", "reference": "oci-layout:kfm", "repository": null}
	data.ocigate.lib.fixture_test.silent(data.ocigate.core.subject_pinned.warn) with input as data.ocigate.lib.fixture_test.with_subject(root)
	denials := data.ocigate.core.subject_pinned.deny with input as data.ocigate.lib.fixture_test.changed({"subject": root, "demands": {"require_digest": true}})
	every finding in denials {
		not data.ocigate.lib.fixture_test.tells(finding.msg, root.reference)
	}
	data.ocigate.lib.fixture_test.says(denials, "unpinned", "present", [["subject", ""]], [data.ocigate.lib.fixture_test.subject_digest])
}

test_a_moved_tag_is_warned_of if {
	warnings := data.ocigate.core.subject_pinned.warn with input as data.ocigate.lib.fixture_test.with_subject({"tag": "v1", "tag_moved_to": data.ocigate.lib.fixture_test.other_digest})
	data.ocigate.lib.fixture_test.says(warnings, "tag_moved", "present", [["subject", ""]], ["v1", data.ocigate.lib.fixture_test.other_digest, data.ocigate.lib.fixture_test.subject_digest])
}

test_an_index_is_warned_of if {
	warnings := data.ocigate.core.subject_pinned.warn with input as data.ocigate.lib.fixture_test.with_subject({"is_index": true})
	data.ocigate.lib.fixture_test.says(warnings, "index_alone", "present", [["subject", "/manifests"]], [data.ocigate.lib.fixture_test.subject_digest])
	some finding in warnings
	contains(finding.remedy, "--platform all")
}

test_a_missing_input_is_not_passed_over if {
	findings := data.ocigate.core.subject_pinned.deny | data.ocigate.core.subject_pinned.undecided with input as {}
	data.ocigate.lib.fixture_test.unreadable(findings, "subject.digest")
}
