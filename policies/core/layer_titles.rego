# METADATA
# scope: package
# title: Layer titles are distinct relative paths
# description: >-
#   Tools write a layer to the path that its title gives. Two titles that are one path after normalisation and
#   case folding, an absolute path, or one that climbs out by `..` would let one layer hide another or a file of
#   the person who pulls.
# custom:
#   id: layer_titles
#   severity: critical
#   quantifier: all
#   rationale: Which of two layers with one title is used differs between tools, so checked bytes and used bytes could differ.
#   remedy: Push the files again from one folder, each under its own relative name.
#   codes:
#     file_and_folder: a path is a file and a folder
#     no_path: a title is no path
#     outside: a title leads out of the folder
#     shared_path: layers share one path
package ocigate.core.layer_titles

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

deny contains finding if {
	some _, indices in same_titles
	count(indices) > 1
	first := min(indices)
	finding := data.ocigate.lib.finding.wrong(
		"shared_path",
		sprintf("expected a path of its own for every layer, found %s for %s", [one_path(indices), data.ocigate.lib.text.counted(count(indices), "layer")]),
		array.concat([place(first)], [place(i) | some i in indices; i != first]),
		remedy,
	)
}

deny contains finding if {
	not input.subject.is_index
	some i, layer in input.subject.layers
	is_string(layer.title)
	escapes({slashed(layer.title), layer.path})
	finding := data.ocigate.lib.finding.wrong(
		"outside",
		sprintf("expected a relative path as title of layer %s, found `%s`", [layer.digest, layer.title]),
		[place(i)],
		remedy,
	)
}

remedy := "Push the files again from inside their folder, each under its own relative name: `oras push REPO:TAG ./file`."

# Indices of the layers whose titles come to the same path.
same_titles[key] contains i if {
	not input.subject.is_index
	some i, layer in input.subject.layers
	is_string(layer.title)
	key := layer.path
	key != ""
}

# A path that another one begins with.
deny contains finding if {
	some key, indices in same_titles
	parts := split(key, "/")
	some before, _ in array.slice(parts, 1, count(parts))
	folder := concat("/", array.slice(parts, 0, before + 1))
	those := same_titles[folder]
	finding := data.ocigate.lib.finding.wrong(
		"file_and_folder",
		sprintf("expected files beside each other, found %s and %s: no file can be a folder too", [one_path(those), one_path(indices)]),
		array.concat([place(min(those))], [place(i) | some i in indices]),
		remedy,
	)
}

deny contains finding if {
	not input.subject.is_index
	some i, layer in input.subject.layers
	is_string(layer.title)
	names_no_file(layer)
	finding := data.ocigate.lib.finding.wrong(
		"no_path",
		sprintf("expected a path as title of layer %s, found `%s`", [layer.digest, layer.title]),
		[place(i)],
		remedy,
	)
}

names_no_file(layer) if layer.path == ""

names_no_file(layer) if regex.match(`\p{Cc}`, layer.title)

one_path(indices) := concat(" = ", sort({sprintf("`%s`", [input.subject.layers[i].title]) | some i in indices}))

slashed(title) := replace(title, "\\", "/")

# As it is written, or as some file system reads it.
escapes(paths) if {
	some path in paths
	leads_away(path)
}

leads_away(path) if startswith(path, "/")

leads_away(path) if ".." in split(path, "/")

leads_away(path) if regex.match(`^[A-Za-z]:`, path)

place(i) := data.ocigate.lib.finding.at(input.subject.digest, sprintf("/layers/%v/annotations/org.opencontainers.image.title", [i]))

accept contains data.ocigate.lib.evidence.ground(sprintf("titles that are relative paths, no two alike: %s", [data.ocigate.lib.text.counted(count(same_titles), "layer")]), input.subject.digest) if count(same_titles) > 0

skip contains "no layer has a title" if count(same_titles) == 0
