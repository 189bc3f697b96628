# Which fields an object states, whatever their prefix: `kfm:dataset_id` and `datasetId` are one.
package lib.fields

# Of each group (`publisher|creator`) one has to be stated.
missing(object, groups) := [group |
	some group in groups
	names := {plain(name) | some name in split(group, "|")}
	count(names & stated(object)) == 0
]

stated(object) := {plain(key) | some key, said in object; not said in {null, "", false}; not is_empty(said)}

plain(key) := lower(regex.replace(regex.replace(key, `^.*[:#/]`, ""), `[_.-]`, ""))

is_empty(value) if {
	type_name(value) in {"array", "object"}
	count(value) == 0
}

# The value of a field, by its plain name.
value(object, name) := [found | some key, found in object; plain(key) == name][0]

# The objects of a document with their pointers: itself, those of its graph, and those of PROV-JSON's maps.
nodes(body, name) := array.concat(
	[{"node": node, "pointer": sprintf("%s%s", [body.pointer, pointer])} |
		some [pointer, node] in array.concat(
			[["", body.content]],
			[[sprintf("/@graph/%v", [i]), one] | some i, one in object.get(body.content, "@graph", [])],
		)
		is_object(node)
		is_a(node, name)
	],
	[{"node": node, "pointer": sprintf("%s/%s/%s", [body.pointer, map, replace(replace(id, "~", "~0"), "/", "~1")])} |
		some map in [lower(name), sprintf("prov:%s", [lower(name)])]
		some id, node in object.get(body.content, map, {})
		is_object(node)
	],
)

is_a(node, name) if {
	some type in types(node)
	is_string(type)
	plain(type) == lower(name)
}

types(node) := node["@type"] if {
	is_array(node["@type"])
} else := [node["@type"]] if {
	node["@type"]
} else := []
