# METADATA
# scope: package
# title: The sensitivity is stated and understood
# description: >-
#   At least one label says who may see the subject, and every label is one that the table of labels knows. The
#   highest of them wins; an unsigned one may raise it, never lower it. A label that nobody understands is never
#   taken for public.
# custom:
#   id: sensitivity
#   severity: critical
#   quantifier: all
#   kind: metadata
#   rationale: What is published with a missing or misunderstood label cannot be called back.
#   remedy: Label the metadata (`kfm:access_level`), with a value that `ocigate`'s table of labels lists, and agree everywhere.
#   codes:
#     absent: there is no label
#     disagreement: labels disagree
#     too_high: the label is higher than the settings allow
#     unresolved: a label that the table does not know
#     unsigned: the label is stated unsigned
package ocigate.core.sensitivity

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

labels := input.claims.sensitivity

ranked := data.ocigate.lib.claims.ranked

highest := max({label.rank | some label in ranked})

top := [label | some label in ranked; label.rank == highest]

lower_ones := [label | some label in ranked; label.rank < highest]

missing if {
	every label in labels {
		not label.counts
	}
}

# Documents that nobody could check may hold a label.
unchecked_kinds := {"provenance", "run_manifest", "sbom", "metadata", "other"}

unknown if {
	missing
	count(data.ocigate.lib.evidence.unchecked(unchecked_kinds)) > 0
}

deny contains missing_finding if {
	missing
	not unknown
}

undecided contains missing_finding if unknown

missing_finding := data.ocigate.lib.finding.unmet(
	"absent",
	sprintf("expected a label of the sensitivity of %s, found none%s%s", [
		input.subject.digest,
		uncounted_note,
		data.ocigate.lib.evidence.others_note(unchecked_kinds),
	]),
	array.concat(array.concat([data.ocigate.lib.finding.subject], [label.place | some label in labels]), data.ocigate.lib.evidence.others(unchecked_kinds)),
	sprintf("Push with `oras push --annotation kfm:access_level=public …` (or its true level), or attach metadata that states it: `oras attach --artifact-type application/vnd.kfm.metadata.stac.v1 %s item.json:application/geo+json`.", [data.ocigate.lib.text.pinned]),
)

uncounted_note := "" if {
	count(labels) == 0
} else := "; what labels there are is said of inputs, links, parameters or quotations, and not of the subject" if {
	every label in labels {
		not label.of_subject
	}
} else := "; unsigned documents state one, but a signed one of their kind exists or is demanded"

deny contains finding if {
	some label in labels
	not is_number(label.rank)
	finding := data.ocigate.lib.finding.wrong(
		"unresolved",
		sprintf("expected a label that the table of labels%s knows, found %s: a label that is not understood is never public", [table_version, data.ocigate.lib.claims.shown(label)]),
		[label.place],
		"Write a value of the table (`public`, `internal`, `restricted`, …), or have the table extended by those who decide on it.",
	)
}

# The highest rank that may pass; none is set by itself.
deny contains finding if {
	limit := data.config.sensitivity.highest_rank
	highest > limit
	finding := data.ocigate.lib.finding.wrong(
		"too_high",
		sprintf("expected a sensitivity of at most rank %v, found rank %v: %s", [limit, highest, data.ocigate.lib.claims.listed(top)]),
		[label.place | some label in top],
		"Publish it where this sensitivity is allowed, or publish a generalised one.",
	)
}

warn contains finding if {
	count(lower_ones) > 0
	finding := data.ocigate.lib.finding.wrong(
		"disagreement",
		sprintf("the labels disagree, and the highest wins: rank %v (table of labels%s) by %s; lower ones are %s", [highest, table_version, data.ocigate.lib.claims.listed(top), data.ocigate.lib.claims.listed(lower_ones)]),
		[label.place | some label in array.concat(top, lower_ones)],
		"Find out which label is right, and state that one everywhere.",
	)
}

warn contains finding if {
	count(labels) > 0
	every label in labels {
		not label.proven
	}
	finding := data.ocigate.lib.finding.wrong(
		"unsigned",
		sprintf("the label is present, unsigned: anyone who can push could have written it (%s)", [data.ocigate.lib.claims.listed(labels)]),
		[label.place | some label in labels],
		sprintf("Sign the subject with its annotations (`cosign sign --key cosign.key %s`), or attest the metadata.", [data.ocigate.lib.text.pinned]),
	)
}

# Which table ranked them.
table_version := sprintf(" %s", [data.config.labels.version]) if {
	is_string(data.config.labels.version)
} else := ""

# Of a high rank the value is left out: it can be sensitive itself.
accept contains data.ocigate.lib.evidence.claimed(label, sprintf("rank %v by %s", [label.rank, what(label)])) if some label in top

what(label) := data.ocigate.lib.claims.shown(label) if {
	label.rank < 3
} else := label.field
