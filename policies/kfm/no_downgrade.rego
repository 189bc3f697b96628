# METADATA
# scope: package
# title: The subject is no less restricted than what it was made from
# description: >-
#   The rank of the subject's labels is at least that of every input in provenance, run manifests and SBOMs (data sets of a model). A lower one needs signed
#   metadata with a record of its generalization (method and reviewer). An input of a run without a label that is understood leaves it undecided.
# custom:
#   id: no_downgrade
#   severity: critical
#   quantifier: all
#   kind: metadata
#   rationale: Deriving a public layer from a restricted one gives away what was restricted.
#   remedy: Label it as its inputs are, or have its generalization reviewed and recorded in signed metadata.
#   codes:
#     truncated: a document states more than is read
#     lower_rank: the subject ranks lower than an input
#     unresolved: an input has no label that is understood
package ocigate.kfm.no_downgrade

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

undecided contains finding if {
	some class in ["provenance", "run_manifest", "sbom"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	finding := data.ocigate.lib.evidence.cut_off(document, "inputs")
}

inputs := [{"name": name(one), "ranks": {label.rank | some label in labels}, "open": [label | some label in labels; not is_number(label.rank)], "labels": labels, "document": document.document, "pointer": one.pointer} |
	some class in ["provenance", "run_manifest", "sbom"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	some one in object.get(document, ["description", "inputs"], [])
	labels := [claim | some claim in one.claims; claim.role == "sensitivity"]
	is_asked(class, labels)
]

# Software that an SBOM names as what something was made from has no labels.
is_asked(class, labels) if {
	class != "sbom"
} else := count(labels) > 0

name(one) := one.names[0] if {
	count(one.names) > 0
} else := "without a name"

of_inputs := {[one.document, label.pointer] | some one in inputs; some label in one.labels}

# A label that does not count raises the rank, and so would lower what is demanded here.
own := [source |
	some source in data.ocigate.lib.claims.ranked
	source.counts
	not [source.place.evidence, source.place.pointer] in of_inputs
]

# Without a label it is as public as it can be.
rank := max({source.rank | some source in own} | {0})

deny contains finding if {
	some one in inputs
	highest := max([found | some found in one.ranks; is_number(found)])
	highest > rank
	not is_reviewed
	finding := data.ocigate.lib.finding.wrong(
		"lower_rank",
		sprintf("expected at least rank %v, because the input `%s` has it, found rank %v", [highest, one.name, rank]),
		array.concat([data.ocigate.lib.finding.at(one.document, label.pointer) | some label in one.labels], [source.place | some source in own]),
		"Label it as restricted as that input, or have its generalization reviewed and recorded in signed metadata.",
	)
}

undecided contains finding if {
	some one in inputs
	count([found | some found in one.ranks; is_number(found)]) == 0
	finding := data.ocigate.lib.finding.wrong(
		"unresolved",
		sprintf("expected a label of the input `%s` that is understood, found none: whether the subject is less restricted is not known", [one.name]),
		[data.ocigate.lib.finding.at(one.document, one.pointer)],
		"State the sensitivity of the input where the provenance or the run manifest names it.",
	)
}

# A record of how it was generalized, and by whom that was reviewed, in metadata that somebody signed.
is_reviewed if {
	some document in input.proven.metadata
	walk(document.content, [path, block])
	is_about_subject(path)
	data.ocigate.lib.fields.plain(path[count(path) - 1]) in {"spatialgeneralization", "geogeneralization", "generalization"}
	is_object(block)
	count(data.ocigate.lib.fields.missing(block, ["method|mode", "reviewer"])) == 0
	not is_open(block)
}

is_about_subject(path) if {
	count(path) == 1
	is_string(path[0])
}

is_about_subject(path) if {
	count(path) == 2
	path[0] == "properties"
}

# A review that is still to be made, or that refused.
is_open(block) if {
	some member, said in block
	data.ocigate.lib.fields.plain(member) in {"method", "mode", "reviewer"}
	is_string(said)
	lower(trim_space(said)) in ({"none"} | {lower(word) | some word in data.config.labels.unresolved})
}

is_open(block) if {
	some member, said in block
	data.ocigate.lib.fields.plain(member) in {"status", "reviewstatus", "reviewed", "approved"}
	not said in {true, "true"}
	not is_accepted(said)
}

is_accepted(said) if {
	is_string(said)
	lower(trim_space(said)) in {"approved", "accepted", "reviewed"}
}

accept contains {"msg": sprintf("the input `%s` ranks no higher than the subject, or a review permits it", [one.name]), "evidence": one.document, "pointer": one.pointer} if some one in inputs

skip contains "no document names an input with a label" if count(inputs) == 0
