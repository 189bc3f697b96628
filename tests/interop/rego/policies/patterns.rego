# Patterns with delimiters, and expressions.
package team.patterns

hosts contains host if {
	some document in input.proven.run_manifest
	some url in document.content.source_urls
	host := split(trim_prefix(url, "https://"), "/")[0]
}

deny contains sprintf("%s matches %s by %v", [name, pattern, delimiters]) if {
	some name in hosts | {"a.example.net", "a.b.example.net", "example.net"}
	some pattern in data.limits.hosts
	some delimiters in [["."], [], null, ["/", "."]]
	glob.match(pattern, delimiters, name)
}

deny contains sprintf("the repository matches %s", [pattern]) if {
	some pattern in ["*", "**", "registry.*/kfm/*", "registry.**/lay[a-m]ers", "registry.example.{com,org}/*/layers"]
	glob.match(pattern, ["/"], input.subject.repository)
}

warn contains sprintf("%s is of %s", [document.title, parts[0][1]]) if {
	some document in input.proven[_]
	parts := regex.find_all_string_submatch_n(`^application/vnd\.kfm\.([a-z]+)\.`, document.artifact_type, 1)
}

warn contains sprintf("%s and %s", [a, b]) if {
	[a, b] := regex.find_n(`[a-z]+`, input.subject.repository, 2)
}
