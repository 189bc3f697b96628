# `else`, defaults and functions whose lookups fail.
package team.choices

origin(document) := document.content.source_urls[0] if {
	document.kind == "run-manifest"
} else := document.content.links[0].href if {
	document.content.links
} else := document.summary.namespace

origin(document) := "a catalogue" if document.kind == "stac"

warn contains msg if {
	some document in array.concat(input.proven.sbom, array.concat(input.proven.metadata, input.proven.run_manifest))
	msg := sprintf("%s comes from %s", [document.title, origin(document)])
}

level := "high" if {
	input.subject.annotations["example.level"] == "high"
} else := input.subject.annotations["example.level"] if {
	input.subject.size > 1
} else := "low" if {
	input.subject.size > 100
}

deny contains sprintf("the level is %s", [level])

default owner := "nobody"

owner := input.subject.annotations["example.owner"]

deny contains sprintf("the owner is %s", [owner]) if owner != "team"

default rank(_) := -1

rank(name) := claim.rank if {
	some claim in array.concat(input.claims.licence, input.claims.sensitivity)
	claim.field == name
}

deny contains sprintf("the rank of %s is %d", [name, rank(name)]) if some name in {"license", "kfm:access_level", "unknown"}
