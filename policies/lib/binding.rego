# Whether a document is about this subject's bytes. What a run only used never binds: `inputs` are read
# for the wording alone.
package ocigate.lib.binding

# What there is to know of how a document names the subject, found out once.
view(document) := {
	"document": document,
	"bound": bound(ours, layers, unnamed, others, by_config),
	"touches": ((count(ours) + count(by_config)) + count(named & {layer | some layer in input.subject.binding_layers})) > 0,
	"ours": ours,
	"unnamed": unnamed,
	"others": others,
} if {
	named := {output.digest | some output in document.outputs}
	ours := [output | some output in document.outputs; output.digest in input.subject.digests; not mentioned(document, output)]
	layers := layers_for(document)
	unnamed := [layer | some layer in layers; not layer in named]
	others := other_manifests(document, ours)
	by_config := [output | some output in document.outputs; named_by_config(document, output)]
}

# The id of an image is the digest of its config: scanners write it into the SBOM. Nothing else is named by it.
named_by_config(document, output) if {
	document.kind in {"spdx", "cyclonedx"}
	input.subject.config.names_subject == true
	output.digest == input.subject.config.digest
}

# What has to be named: all layers; by a layer of the subject itself those that are no documents, because no document
# can name itself.
layers_for(document) := input.subject.binding_layers if {
	not document.manifest in input.subject.digests
} else := [layer | some layer in input.subject.binding_layers; not layer in own_documents]

own_documents contains document.document if {
	some standing in ["proven", "attached"]
	some class in ["provenance", "run_manifest", "sbom", "metadata"]
	some document in input[standing][class]
	document.manifest in input.subject.digests
}

# By the manifest, by all layers, by the id of the image, or not at all. A manifest that is somebody else's outweighs the
# others.
bound(ours, layers, unnamed, others, by_config) := "manifest" if {
	count(ours) > 0
} else := "layers" if {
	count(layers) > 0
	count(unnamed) == 0
	count(others) == 0
} else := "config" if {
	count(by_config) > 0
	count(others) == 0
} else := "nothing"

# A reference under a property of any name, by which PROV's reader calls it: it may be to another thing
# (`kfm:basemap`), so it counts against the document, never for it.
mentioned(document, output) if {
	document.kind == "prov"
	output.name in properties(steps(output.pointer))
}

# In PROV-JSON the way to an entity's properties begins with its id, which is no property: behind the statement, and behind
# a bundle and its id.
properties(path) := array.slice(path, i + 2, count(path)) if {
	some i in [1, 2, 3, 4, 5]
	path[i] in {"entity", "prov:entity"}
	count(path) > i + 1
	inside := [step | some step in array.slice(path, 1, i)]
	is_way(inside)
} else := path

is_way(inside) if inside in [[], ["predicate"], ["predicate", "Data"]]

is_way(inside) if {
	count(inside) > 1
	inside[count(inside) - 2] in {"bundle", "prov:bundle"}
	array.slice(inside, 0, count(inside) - 2) in [[], ["predicate"], ["predicate", "Data"]]
}

# The outputs that are another manifest, where none is the subject's. A digest does not tell what it is of, so
# every one is that is neither a part of the subject nor evidently a file.
other_manifests(document, ours) := [output |
	some output in document.outputs
	not output.digest in own
	not file(document, output)
] if {
	count(ours) == 0
	own := own_parts | {digest | some digest in input.subject.digests}
} else := []

own_parts := {layer.digest | some layer in input.subject.layers} | {input.subject.config.digest | is_object(input.subject.config)}

# Its name ends like a file's, or it is called one, and nothing around it speaks of a registry.
file(document, output) if {
	name := lower(text_of(output.name))
	ending := file_name(name)
	around := lower(concat(" ", [output.pointer, text_at(document, output)]))
	spoken := concat("/", [around, trim_suffix(name, ending)])
	words := {word | some word in split(strings.replace_n(separators, spoken), "/")}
	called_file(document, output, ending, words)
	count(words & {"oci", "ocidigest", "manifest", "manifestdigest", "docker"}) == 0
	every mark in {"@sha256:", "@sha512:"} | {lower(input.subject.repository) | is_string(input.subject.repository)} {
		not contains(concat(" ", [around, name]), mark)
	}
}

separators := {sign: "/" | some sign in ["_", "-", ".", ":", "@", "#", " ", ",", ";", "(", ")", "[", "]", "<", ">", "=", "?", "&", "~1", "`", "'", "\"", "\\"]}

called_file(_, _, ending, _) if ending != ""

called_file(_, _, _, words) if count(words & {"file", "files", "path"}) > 0

# An entry of a run manifest with a `path`: the digest is a member of it, or of its `digest`.
called_file(document, output, _, _) if {
	document.kind == "run-manifest"
	path := steps(output.pointer)
	some i in [1, 2]
	is_string(at(document, array.concat(array.slice(path, 0, count(path) - i), ["path"])))
}

# The last word of a name, if it ends like the name of a file.
file_name(name) := last if {
	words := split(replace(name, " ", "/"), "/")
	last := words[count(words) - 1]
	parts := split(split(last, "?")[0], ".")
	parts[count(parts) - 1] in endings
	count(parts) > 1
} else := ""

endings := {
	"7z", "arrow", "avro", "bin", "bz2", "cog", "copc", "csv", "dbf", "deb", "exe", "feather", "fgb", "geojson",
	"geojsonl", "geojsonseq", "geoparquet", "gif", "gml", "gpkg", "gpx", "grib", "grib2", "gz", "h5", "hdf", "hdf5",
	"html", "ipynb", "jar", "jp2", "jpeg", "jpg", "json", "jsonl", "jsonld", "kml", "kmz", "las", "laz", "log",
	"mbtiles", "md", "nc", "ndjson", "onnx", "parquet", "pdf", "pmtiles", "png", "prj", "rdf", "rpm", "safetensors",
	"shp", "shx", "so", "sql", "sqlite", "svg", "tar", "tgz", "tif", "tiff", "toml", "topojson", "tsv", "ttl", "txt",
	"vrt", "wasm", "webp", "whl", "xlsx", "xml", "xz", "yaml", "yml", "zarr", "zip", "zst",
}

text_of(value) := value if {
	is_string(value)
} else := ""

# The text that holds the digest, where it holds more (`oci://…@sha256:…`).
text_at(document, output) := output.text if {
	is_string(output.text)
} else := text_of(at(document, steps(output.pointer)))

# What a document has at a place.
at(document, path) := object.get({"": object.get(document, "content", null)}, path, null)

steps(pointer) := [step(part) | some part in split(pointer, "/")]

# A number is an index: a member whose name is a number is not found, and only a mark is missed.
step(part) := to_number(part) if {
	part != ""
	trim(part, "0123456789") == ""
	count(part) < 10
} else := replace(replace(part, "~1", "/"), "~0", "~")

# Why a document that has to be is not about this subject: a code, a message and a pointer.
fault(noun, seen) := {"code": "only_used", "msg": msg, "pointer": used[0].pointer} if {
	not seen.touches
	used := [item | some item in array.concat(seen.document.inputs, seen.document.outputs); item.digest in input.subject.digests]
	count(used) > 0
	msg := sprintf("the %s names this subject %s only as something used or referred to, and as made %s", [noun, input.subject.digest, made(seen.document)])
} else := {"code": "no_digest", "msg": msg, "pointer": ""} if {
	count(seen.document.outputs) == 0
	msg := sprintf("the %s states no digest of what was made, so nothing ties it to this subject %s", [noun, input.subject.digest])
} else := {"code": "other_subject", "msg": msg, "pointer": foreign[0].pointer} if {
	foreign := about(seen)
	count(foreign) > 0
	msg := sprintf("the %s is about %s, not about this subject %s%s", [noun, digests(foreign), input.subject.digest, layers_note(seen)])
} else := {"code": "layers_unnamed", "msg": msg, "pointer": seen.document.outputs[0].pointer} if {
	msg := sprintf("the %s names neither this subject %s nor all its layers: %s missing", [noun, input.subject.digest, data.ocigate.lib.text.listed(seen.unnamed)])
}

# What a document is about instead.
about(seen) := seen.others if {
	count(seen.others) > 0
} else := seen.document.outputs if {
	not seen.touches
} else := []

digests(outputs) := data.ocigate.lib.text.listed([output.digest | some output in outputs])

made(document) := digests(outputs) if {
	outputs := [output | some output in document.outputs; not output.digest in input.subject.digests]
	count(outputs) > 0
} else := "nothing"

layers_note(seen) := ", although it names its layers (a file is known by its name: `soils.parquet`)" if {
	count(input.subject.binding_layers) > 0
	count(seen.unnamed) == 0
} else := ""

# Faults of one document, each with its pointer: it must be well-formed and about this subject. How far,
# says `need`: `made` is the manifest or all layers; `stated` and `described` allow one layer, or nothing at
# all because the document hangs on the subject; `stated` allows no other manifest beside the layer.
faults(noun, seen, need) := array.concat(
	[{"code": object.get(defect, "code", "unknown"), "msg": msg, "pointer": defect.pointer} |
		some defect in seen.document.defects
		msg := sprintf("the %s is not well-formed: %s", [noun, defect.message])
	],
	unbound(noun, seen, need),
)

unbound(noun, seen, need) := [] if {
	meets(seen, need)
} else := [] if {
	# A stub is told what it lacks, and nothing else.
	count(seen.document.defects) > 0
	count(seen.document.outputs) == 0
} else := [fault(noun, seen)]

meets(seen, _) if seen.bound != "nothing"

meets(seen, need) if {
	need in {"stated", "described"}
	count(seen.document.outputs) == 0
}

meets(seen, "described") if seen.touches

meets(seen, "stated") if {
	seen.touches
	count(seen.others) == 0
}

# Every document with its faults.
judged(noun, views, need) := [{"document": seen.document, "bound": seen.bound, "faults": faults(noun, seen, need)} | some seen in views]

good(items) := [item.document | some item in items; count(item.faults) == 0]

# What to say when no document is good: the faults of the best one.
best_faults(items) := [{"code": item_fault.code, "msg": msg, "places": array.concat([place], others)} |
	least := min([count(item.faults) | some item in items])
	best := [item | some item in items; count(item.faults) == least][0]
	others := [data.ocigate.lib.finding.at(item.document.document, "") |
		some item in items
		item.document.document != best.document.document
	]
	some item_fault in best.faults
	msg := sprintf("%s%s", [item_fault.msg, best_note(items)])
	place := data.ocigate.lib.finding.at(best.document.document, item_fault.pointer)
]

best_note(items) := "" if {
	count(items) == 1
} else := sprintf(" (the best of %v candidates)", [count(items)])
