# Everything below a value.
package team.walks

warn_times contains sprintf("%s: %s", [concat("/", [sprintf("%v", [step]) | some step in path]), value]) if {
	[path, value] := walk(input.proven.run_manifest)
	is_string(value)
	endswith(value, "Z")
}

deny contains sprintf("a digest at depth %d: %.12s", [count(path), value]) if {
	walk(input.proven.provenance[0].content, [path, value])
	path[count(path) - 1] == "kfm:digest"
}

deny_coordinates contains sprintf("%v of %v: %.2f", [path[1], path[0], value]) if {
	[path, value] := walk(input.proven.metadata[0].content.geometry.coordinates[0])
	is_number(value)
	value < -100
}
