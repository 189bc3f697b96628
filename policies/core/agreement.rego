# METADATA
# scope: package
# title: The documents and the manifest agree
# description: >-
#   Provenance, run manifests and catalogue metadata mean one data set, one run, one extent and one time, and say
#   of each file what the manifest says of its layer: digest, size, media type; its role is the same everywhere.
#   Only what is stated is compared. A contradiction in which both sides are signed fails, any other is told.
# custom:
#   id: agreement
#   severity: error
#   quantifier: all
#   kind: metadata
#   rationale: Documents that contradict each other are about different things, and one of them is not about this subject.
#   remedy: Find out which document is right, and attach or attest the corrected one in place of the other.
#   codes:
#     disagreement: documents or the manifest say different things of one fact
#     other_subject: a document is about another artifact
#     settings: the setting `config.agreement` cannot be read
#     truncated: a document states more than is read
package ocigate.core.agreement

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

undecided contains finding if {
	some item in documents
	item.proven
	finding := data.ocigate.lib.evidence.cut_off(item.document, "statements")
}

warn contains finding if {
	some item in documents
	not item.proven
	finding := data.ocigate.lib.evidence.cut_off(item.document, "statements")
}

# Signed ones first. Of unsigned ones the first twenty of a class: whoever can push could make this long.
documents := [{"document": document, "class": class, "proven": standing == "proven"} |
	some [standing, most] in [["proven", 1000], ["attached", 20]]
	some class in ["provenance", "run_manifest", "metadata"]
	some document in array.slice(input[standing][class], 0, most)
]

described(document) := object.get(document, "description", {"identifiers": [], "extents": [], "periods": [], "files": []})

# Everything that is said, under a heading: what it is said of. A document says all its values at once.
sources := array.concat([one | some one in said; one.proven], [one | some one in said; not one.proven])

said := array.concat(of_manifest, array.concat(of_documents, of_files))

of_documents := [source(item, text, topic, values) |
	some item in documents
	some [text, topic, values] in of_data_set(item.document)
	count(values) > 0
]

of_files := [source(match.item, heading(topic, match.layer), "text", values) |
	some match in matches
	some topic in topics(match.file, match.layer)
	some values in apart(topic, comparable(topic, match.file, input.subject.layers[match.layer]))
	count(values) > 0
]

# A file has one size and one digest: each that is stated has to agree.
apart(topic, values) := [[value] | some value in values] if {
	topic in {"checksum", "digest", "size"}
} else := [values]

source(item, text, topic, values) := object.union(item, {"heading": text, "topic": topic, "values": values, "evidence": item.document.document})

of_data_set(document) := array.concat(
	[["the data set id", "text", [keyed(id, id.value) | some id in described(document).identifiers; id.field == field]] |
		some field in settings.identifier_fields
	],
	of_place_and_time(document),
)

of_place_and_time(document) := [
	["the run", "run", document.run_ids],
	["the extent", "extent", about.extents],
	["the time of the data", "data", [period | some period in about.periods; period.of == "data"]],
	["the time of the run", "made", [period | some period in about.periods; period.of == "run"]],
] if {
	about := described(document)
}

keyed(stated, key) := object.union(stated, {"key": key})

# Files that are layers. A document that is about other bytes is told so by the rule of its class.
matches := [{"item": item, "file": file, "layer": i} |
	some item in documents
	is_about_subject(item)
	some file in described(item.document).files
	some i in layers_of(file)
]

is_about_subject(item) if item.class == "metadata"

is_about_subject(item) if {
	some output in item.document.outputs
	output.digest in {digest | some digest in input.subject.digests} | {digest | some digest, _ in by_digest}
}

# Other bytes under this name: what else is said of them does not matter.
topics(file, i) := ["digest"] if {
	stated := digests(file, input.subject.layers[i])
	count(stated) > 0
	not input.subject.layers[i].digest in {digest.key | some digest in stated}
} else := ["checksum", "media type", "role", "size"] if {
	count(file.said.digest) > 1
} else := ["media type", "role", "size"]

comparable("digest", file, layer) := digests(file, layer)

digests(file, layer) := [keyed(stated, stated.value) |
	some stated in file.said.digest
	not stated.value in input.subject.digests
	startswith(stated.value, split(layer.digest, ":")[0])
]

# Beside the right digest another manifest may be named: it may hold the same bytes.
comparable("checksum", file, layer) := [stated |
	some stated in digests(file, layer)
	not stated.pointer in {locator.pointer | some locator in file.said.locator}
]

comparable("media type", file, _) := [keyed(stated, canonical(stated.value)) |
	some stated in file.said.media_type
	not stated.value in {input.subject.media_type, input.subject.artifact_type}
	not canonical(stated.value) in unspecific
]

comparable("size", file, _) := [keyed(stated, stated.value) |
	some stated in file.said.size
	stated.value != sprintf("%v", [input.subject.size])
]

comparable("role", file, _) := [keyed(stated, lower(stated.value)) | some stated in file.said.role]

canonical(type) := object.get(aliases, base, base) if base := lower(trim_space(split(type, ";")[0]))

default aliases := {}

aliases := data.config.media_types.aliases

default unspecific := []

unspecific := data.config.media_types.unspecific

# Layers by their digest, by their path and by the last part of it.
by_digest[digest] contains i if {
	some i, layer in input.subject.layers
	digest := layer.digest
}

by_path[name] contains i if {
	some i, layer in input.subject.layers
	is_string(layer.title)
	name := path(layer.title)
}

by_name[name] contains i if {
	some full, those in by_path
	name := last(full)
	some i in those
}

path(title) := concat("/", [part | some part in split(replace(title, "\\", "/"), "/"); not part in {"", "."}])

last(name) := parts[count(parts) - 1] if parts := split(name, "/")

# By digest and by name. What pins the manifest of one layer means that layer.
layers_of(file) := found if {
	found := {i |
		some digest in file.said.digest
		some i in by_digest[digest.value]
	} | {i |
		some name in file.names
		some i in named(path(name))
	}
	count(found) > 0
	not input.subject.is_index
} else := {0} if {
	count(input.subject.layers) == 1
	not input.subject.is_index
	some digest in file.said.digest
	digest.value in input.subject.digests
} else := set()

named(name) := by_path[name] if {
	by_path[name]
} else := by_name[last(name)] if {
	count(by_name[last(name)]) == 1
} else := set()

heading(topic, i) := sprintf("the %s of %s", [object.get({"checksum": "digest"}, topic, topic), name_of(input.subject.layers[i])])

name_of(layer) := sprintf("`%s`", [layer.title]) if {
	is_string(layer.title)
} else := layer.digest

# What the manifest says of the layers that documents speak of.
of_manifest := [{
	"heading": heading(topic, i),
	"topic": "text",
	"values": [{"value": value, "key": key, "pointer": sprintf("/layers/%v/%s", [i, member])}],
	"evidence": input.subject.digest,
	"class": "manifest",
	"proven": input.subject.proven,
} |
	some i in {match.layer | some match in matches}
	layer := input.subject.layers[i]
	some [topic, value, key, member] in [
		["digest", layer.digest, layer.digest, "digest"],
		["size", sprintf("%v", [layer.size]), sprintf("%v", [layer.size]), "size"],
		["media type", layer.media_type, canonical(layer.media_type), "mediaType"],
	]
	not key in unspecific
]

grouped[text] contains n if {
	some n, one in sources
	text := one.heading
}

# Those that say the same are compared once.
alike[key] contains n if {
	some n, one in sources
	key := json.marshal([one.heading, one.class == "metadata", runs_of(one), {object.remove(value, ["pointer", "text"]) | some value in one.values}])
}

runs_of(one) := {run.value | some run in object.get(one, ["document", "run_ids"], [])}

differing[sources[first].heading] contains first if {
	some _, numbers in alike
	first := min(numbers)
}

# Every two are compared: two that contradict each other do so whatever a third one says. Of what is unsigned the
# first fifty different ones: only whoever signs can make the list of the others long.
clashes := [{"heading": text, "signed": signed, "lead": lead, "others": others} |
	some text, numbers in differing
	count(numbers) > 1
	those := array.concat(
		[sources[n] | some n in numbers; sources[n].proven],
		array.slice([sources[n] | some n in numbers; not sources[n].proven], 0, 50),
	)
	some signed in [true, false]
	lead := leading(those, signed)
	others := [sources[n] | some n in grouped[text]; clash(lead, sources[n], signed)]
]

# The first one that any other contradicts.
leading(those, signed) := found[0] if {
	found := [one |
		some one in those
		some other in those
		clash(one, other, signed)
	]
	count(found) > 0
}

clash(one, other, true) if {
	one.proven
	other.proven
	not agree(one.topic, one, other)
}

clash(one, other, false) if {
	false in {one.proven, other.proven}
	not agree(one.topic, one, other)
}

agree("text", one, other) if count({value.key | some value in one.values} & {value.key | some value in other.values}) > 0

# Other rules compare the runs of provenance and run manifests.
agree("run", one, other) if not "metadata" in {one.class, other.class}

agree("run", one, other) if not data.ocigate.lib.agreement.runs_differ({"run_ids": one.values}, {"run_ids": other.values})

agree("extent", one, other) if {
	some a in one.values
	some b in other.values
	same_extent(a, b)
}

agree("data", one, other) if {
	some a in one.values
	some b in other.values
	same_time(a, b)
}

# Not one after the other. Of different runs that is no wonder.
agree("made", one, other) if {
	some a in one.values
	some b in other.values
	not is_after(a, b)
	not is_after(b, a)
}

agree("made", one, other) if data.ocigate.lib.agreement.runs_differ(one.document, other.document)

is_after(a, b) if first_of(a)[0] > last_of(b)[1] + settings.run_time_tolerance

first_of(period) := period.start if {
	period.start != null
} else := period.end

last_of(period) := period.end if {
	period.end != null
} else := period.start

same_extent(a, b) if {
	not a.of_collection
	not b.of_collection
	every i in [0, 1, 2, 3] {
		abs(a.bbox[i] - b.bbox[i]) <= settings.bbox_tolerance
	}
}

same_extent(a, b) if {
	a.of_collection
	holds(a.bbox, b.bbox)
}

same_extent(a, b) if {
	b.of_collection
	holds(b.bbox, a.bbox)
}

holds(outer, inner) if {
	every pair in [[outer[0], inner[0]], [outer[1], inner[1]], [inner[2], outer[2]], [inner[3], outer[3]]] {
		pair[0] <= pair[1] + settings.bbox_tolerance
	}
}

# Across the antimeridian they are not compared.
holds(outer, inner) if {
	some box in [outer, inner]
	box[0] > box[2]
}

same_time(a, b) if {
	a.instant == b.instant
	not a.of_collection
	not b.of_collection
	meet(a.start, b.start)
	meet(a.end, b.end)
}

same_time(a, b) if within(a, b)

same_time(a, b) if within(b, a)

# An instant within a period, anything within that of a collection.
within(inner, outer) if {
	inner.instant
	not outer.instant
	lies(inner, outer)
}

within(inner, outer) if {
	outer.of_collection
	lies(inner, outer)
}

lies(inner, outer) if {
	before(outer.start, inner.start)
	before(inner.end, outer.end)
}

# An open end contradicts nothing.
before(a, b) if null in [a, b]

before(a, b) if a[0] <= b[1]

meet(a, b) if {
	before(a, b)
	before(b, a)
}

deny contains finding if {
	some found in clashes
	found.signed
	finding := told(found, "")
}

warn contains finding if {
	some found in clashes
	not found.signed
	finding := told(found, ", not all of it signed")
}

told(found, note) := data.ocigate.lib.finding.wrong(
	"disagreement",
	sprintf("expected one answer for %s, found several%s: %s", [found.heading, note, data.ocigate.lib.text.listed([says(one) | some one in those])]),
	[data.ocigate.lib.finding.at(one.evidence, one.values[0].pointer) | some one in those],
	"Find out which one is right, and state it everywhere; then attach or attest the corrected document in place of the other.",
) if {
	those := array.concat([found.lead], found.others)
}

says(one) := sprintf("%s says `%s`", [speaker(one), shown(one.values[0])])

speaker(one) := "the manifest" if {
	one.class == "manifest"
} else := one.document.title if {
	is_string(one.document.title)
	one.document.predicate_type == null
} else := sprintf("the %s document", [one.document.kind])

shown(value) := substring(value.value, 0, 120) if {
	is_string(value.value)
} else := substring(value.text, 0, 120) if {
	is_string(value.text)
} else := sprintf("%v", [value.bbox])

# Metadata whose digests are all of other things is about something else, or was not written again.
warn contains finding if {
	some item in documents
	item.class == "metadata"
	count(item.document.outputs) > 0
	not is_ours(item.document)
	every file in described(item.document).files {
		count(layers_of(file)) == 0
	}
	output := item.document.outputs[0]
	finding := data.ocigate.lib.finding.wrong(
		"other_subject",
		sprintf("the metadata names neither this subject %s nor a layer of it, but %s", [input.subject.digest, data.ocigate.lib.binding.digests(item.document.outputs)]),
		[data.ocigate.lib.finding.at(item.document.document, output.pointer)],
		"Write the digests of what was pushed into it (`ocigate pointer --into FILE`), and attach or attest it again.",
	)
}

is_ours(document) if is_about_subject({"class": "", "document": document})

default overrides := {}

overrides := data.config.agreement

settings := object.union({"identifier_fields": ["dataset_id"], "bbox_tolerance": 0.01, "run_time_tolerance": 60}, overrides) if {
	is_object(overrides)
}

undecided contains finding if {
	not are_settings
	finding := data.ocigate.lib.finding.wrong(
		"settings",
		"the setting config.agreement is not an object whose `identifier_fields` is a list and whose tolerances are numbers",
		[data.ocigate.lib.finding.subject],
		`Write it like {"config": {"agreement": {"bbox_tolerance": 0.01}}}.`,
	)
}

are_settings if {
	is_array(settings.identifier_fields)
	is_number(settings.bbox_tolerance)
	is_number(settings.run_time_tolerance)
}
