# Which fields an object states, whatever their prefix: `kfm:dataset_id` and `datasetId` are one.
package ocigate.lib.fields

# Of each group (`publisher|creator`) one has to be stated.
missing(object, groups) := [group |
	some group in groups
	names := {plain(name) | some name in split(group, "|")}
	count(names & stated(object)) == 0
]

stated(object) := {plain(key) | is_object(object); some key, said in object; not said in {null, "", false}; not is_empty(said)}

plain(key) := data.ocigate.lib.text.plain(key)

is_empty(value) if {
	type_name(value) in {"array", "object"}
	count(value) == 0
}

# The value of a field, by its plain name.
value(object, name) := [found | some key, found in object; plain(key) == name][0]

# By name of a type the objects of a document that are of it, wherever they are, with their pointers. Contexts may
# give types, and `@type` itself, other names; PROV-JSON has a map for each type.
typed(document, names) := {name: [{"node": node, "pointer": pointer(document, path)} |
		some [path, node] in objects
		is_one(path, node, name, keys, renamed[name])
	] |
	some name in names
} if {
	objects := [[path, node] | walk(document.content, [path, node]); is_object(node); not "@context" in path]
	terms := [[term(path), meaning] | walk(document.content, [path, meaning]); is_string(meaning); "@context" in path]
	keys := type_keys | {key | some [key, meaning] in terms; meaning == "@type"}
	renamed := {name: {key | some [key, meaning] in terms; plain(meaning) == lower(name)} | some name in names}
}

type_keys := {"@type", "type", "rdf:type", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"}

# What a part of a context is about: `Run` of `{"Run": {"@id": "prov:Activity"}}`.
term(path) := names[count(names) - 1] if {
	names := [step | some step in path; is_string(step); step != "@id"]
}

pointer(document, path) := concat("", array.concat([document.content_at], [sprintf("/%v", [escaped(step)]) | some step in path]))

escaped(step) := replace(replace(step, "~", "~0"), "/", "~1") if {
	is_string(step)
} else := step

is_one(path, node, name, keys, terms) if {
	some type in types(node, keys)
	is_named(type, name, terms)
	not is_reference(path, node, keys)
}

is_one(path, _, name, _, _) if {
	steps := [step | some step in path; is_string(step)]
	map := map_of(steps)
	map in {lower(name), sprintf("prov:%s", [lower(name)])}
}

map_of(steps) := steps[0] if {
	count(steps) == 2
} else := steps[2] if {
	count(steps) == 4
	steps[0] in {"bundle", "prov:bundle"}
}

is_named(type, _, terms) if type in terms

is_named(type, name, _) if plain(type) == lower(name)

# Within another object, what says no more than which one is meant: it is described elsewhere.
is_reference(path, node, keys) if {
	count(path) > 2
	every key, _ in node {
		key in ({"@id", "id"} | keys)
	}
}

is_a(node, name) if {
	some type in types(node, type_keys)
	plain(type) == lower(name)
}

types(node, keys) := [type |
	some key in keys
	some type in listed(object.get(node, key, []))
	is_string(type)
]

listed(value) := value if {
	is_array(value)
} else := [value]
