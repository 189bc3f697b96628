# METADATA
# scope: package
# title: The licence is one of those for this kind of artifact
# description: >-
#   The licence of the subject is one that `config.kfm.licences_by_kind` lists for what it is by its artifact type: code,
#   model, docs or, if none of these, data. Of alternatives one is enough.
# custom:
#   id: licence_by_kind
#   severity: error
#   quantifier: all
#   kind: metadata
#   rationale: Each kind has the licences that were agreed on for it.
#   remedy: Publish under a licence of the list, or have the list changed by those who decide on it.
#   codes:
#     not_allowed: the licence is not one for this kind of data
package ocigate.kfm.licence_by_kind

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

kinds := {"code": {"code", "source", "software"}, "docs": {"docs", "documentation", "report", "story"}, "model": {"model", "weights", "onnx"}}

kind := found[0] if {
	words := {word | some word in split(regex.replace(lower(sprintf("%v", [input.subject.artifact_type])), `[^a-z]`, " "), " ")}
	found := [name | some name, marks in kinds; count(marks & words) > 0]
	count(found) > 0
} else := "data"

deny contains finding if {
	some source in data.ocigate.core.licence.valid
	every alternative in source.alternatives {
		some licence in alternative
		not licence in data.config.kfm.licences_by_kind[kind]
	}
	finding := data.ocigate.lib.finding.wrong(
		"not_allowed",
		sprintf("expected a licence for %s (%s), found %s", [kind, concat(", ", data.config.kfm.licences_by_kind[kind]), data.ocigate.lib.claims.shown(source)]),
		[source.place],
		"Publish under a licence of the list, or have `config.kfm.licences_by_kind` changed by those who decide on it.",
	)
}

accept contains data.ocigate.lib.evidence.claimed(source, sprintf("a licence for %s: %s", [kind, data.ocigate.lib.claims.shown(source)])) if some source in data.ocigate.core.licence.valid

skip contains "no valid licence decides" if count(data.ocigate.core.licence.valid) == 0
