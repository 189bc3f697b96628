# Comprehensions with names of the rule, of its arguments and of the package.
package team.shadows

title := "of the package"

deny contains sprintf("%s: %s", [title, concat(", ", titles)]) if {
	titles := sort([title | some layer in input.subject.layers; title := layer.title])
}

deny contains sprintf("%d of %d", [count(same), count(all)]) if {
	kind := "sbom"
	all := {kind | some kind, _ in input.proven}
	same := {other | some other, _ in input.proven; other == kind}
}

fields(claims) := {title: kind | some claim in claims; title := claim.field; kind := claim.value}

deny contains sprintf("fields: %s", [json.marshal(fields(input.claims.sensitivity))])

deny contains sprintf("outer %d, inner %v", [x, inner]) if {
	some x in [1, 2]
	inner := [y | some y in [1, 2, 3]; y > x]
}

deny contains sprintf("sum %d", [sum([size | size := input.subject.layers[_].size])])
