# METADATA
# scope: package
# title: The subject is named by its digest
# description: >-
#   A tag can be moved to other bytes at any time. The gate resolves it once and judges what it found; what is
#   deployed later has to be named by the digest that was judged.
# custom:
#   id: subject_pinned
#   severity: warning
#   quantifier: all
#   rationale: Whoever can push can move a tag after the gate has passed.
#   remedy: Use the pinned reference that the gate prints (`ocigate resolve REF`) from here on.
#   codes:
#     index_alone: an index was judged, its children were not
#     tag_moved: the tag points elsewhere now
#     unpinned: the reference has no digest
package ocigate.core.subject_pinned

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

default is_demanded := false

is_demanded := true if input.demands.require_digest

is_demanded := true if data.config.pinning.require_digest == true

deny contains finding if {
	is_demanded
	input.subject.named_by != "digest"
	finding := data.ocigate.lib.finding.wrong(
		"unpinned",
		sprintf("expected a reference with a digest, found %s, which is %s now", [named, input.subject.digest]),
		[data.ocigate.lib.finding.subject],
		sprintf("Name it by its digest: `%s`.", [data.ocigate.lib.text.pinned]),
	)
}

warn contains finding if {
	not is_demanded
	input.subject.named_by in {"tag", "name"}
	finding := data.ocigate.lib.finding.wrong(
		"unpinned",
		sprintf("expected a reference with a digest, found %s, which is %s now and may be other bytes later", [named, input.subject.digest]),
		[data.ocigate.lib.finding.subject],
		sprintf("Name it by its digest from here on: `%s`.", [data.ocigate.lib.text.pinned]),
	)
}

warn contains finding if {
	is_string(input.subject.tag_moved_to)
	finding := data.ocigate.lib.finding.wrong(
		"tag_moved",
		sprintf("the reference names %s, but its tag %s points to %s now", [input.subject.digest, input.subject.tag, input.subject.tag_moved_to]),
		[data.ocigate.lib.finding.subject],
		sprintf("The digest decides. If the newer one is meant, gate `%s@%s`; else drop the tag from the reference.", [data.ocigate.lib.text.repository, input.subject.tag_moved_to]),
	)
}

warn contains finding if {
	input.subject.is_index
	finding := data.ocigate.lib.finding.wrong(
		"index_alone",
		sprintf("%s is an index: it was gated itself, its children were not", [input.subject.digest]),
		[data.ocigate.lib.finding.at(input.subject.digest, "/manifests")],
		"Gate its children: `--platform all`, or `--platform os/architecture` for one.",
	)
}

named := sprintf("the tag `%s`", [input.subject.tag]) if {
	input.subject.named_by == "tag"
	is_string(input.subject.tag)
} else := sprintf("the name `%s`", [input.subject.reference]) if {
	input.subject.named_by in {"tag", "name"}
} else := "a layout without any name"

accept contains data.ocigate.lib.evidence.ground("the reference names the digest", input.subject.digest) if input.subject.named_by == "digest"

accept contains data.ocigate.lib.evidence.ground("it was resolved once, and all that was judged is of this digest", input.subject.digest) if input.subject.named_by != "digest"
