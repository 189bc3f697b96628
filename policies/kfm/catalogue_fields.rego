# METADATA
# scope: package
# title: Catalogue records have the fields of the profile
# description: >-
#   STAC and DCAT records that may count state what `config.kfm.required` lists: of a STAC Item in its properties, of a
#   Collection at its top, of each DCAT data set and distribution.
# custom:
#   id: catalogue_fields
#   severity: error
#   quantifier: all
#   kind: metadata
#   rationale: A record without them cannot be found, cited or reviewed.
#   remedy: Add the fields that are missing, then attach or attest the record again.
#   codes:
#     incomplete: a record lacks required fields
#     no_data_set: a DCAT record describes no data set
package ocigate.kfm.catalogue_fields

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

records := [{"pointer": pointer, "what": what, "missing": lacking, "document": document.document} |
	some document in data.ocigate.lib.evidence.eligible("metadata").documents
	some [what, pointer, node] in array.concat(of_stac(document), of_dcat(document))
	lacking := data.ocigate.lib.fields.missing(node, data.config.kfm.required[what])
	count(lacking) > 0
]

of_stac(document) := [] if {
	document.kind != "stac"
} else := [["stac_collection", document.content_at, document.content]] if {
	document.content.type == "Collection"
} else := [] if {
	is_catalog(document.content)
} else := [["stac_item", sprintf("%s/properties", [document.content_at]), document.content.properties]] if {
	document.content.properties
} else := [["stac_item", document.content_at, {}]]

# It only lists others; what has assets or properties describes something, whatever it calls itself.
is_catalog(content) if {
	content.type == "Catalog"
	every key in ["assets", "properties", "geometry"] {
		not key in object.keys(content)
	}
}

of_dcat(document) := array.concat(
	[["dcat_dataset", found.pointer, found.node] | some found in nodes.Dataset],
	[["dcat_distribution", pointer, node] |
		some [pointer, node] in array.concat(
			[[found.pointer, found.node] | some found in nodes.Distribution],
			[place |
				some found in nodes.Dataset
				some key, said in found.node
				data.ocigate.lib.fields.plain(key) == "distribution"
				some place in each(sprintf("%s/%s", [found.pointer, key]), said)
			],
		)
		is_object(node)
		count(node) > 1
	],
) if {
	nodes := dcat[document.document]
} else := []

each(pointer, said) := [[sprintf("%s/%v", [pointer, i]), one] | some i, one in said] if {
	is_array(said)
} else := [[pointer, said]]

dcat[document.document] := data.ocigate.lib.fields.typed(document, ["Dataset", "Distribution"]) if {
	some document in data.ocigate.lib.evidence.eligible("metadata").documents
	document.kind == "dcat"
}

deny contains finding if {
	some document, nodes in dcat
	count(nodes.Dataset) == 0
	finding := data.ocigate.lib.finding.wrong(
		"no_data_set",
		"expected a data set in the DCAT record, found none",
		[data.ocigate.lib.finding.at(document, "")],
		"Describe it with the type `dcat:Dataset`, then attach or attest the record again.",
	)
}

deny contains finding if {
	some record in records
	finding := data.ocigate.lib.finding.wrong(
		"incomplete",
		sprintf("expected %s in the %s, found none of them", [data.ocigate.lib.text.listed([sprintf("`%s`", [group]) | some group in record.missing]), replace(record.what, "_", " ")]),
		[data.ocigate.lib.finding.at(record.document, record.pointer)],
		"Add what is missing (of `a|b` one), then attach or attest the record again.",
	)
}

judged := [document |
	some document in data.ocigate.lib.evidence.eligible("metadata").documents
	document.kind in {"stac", "dcat"}
]

accept contains data.ocigate.lib.evidence.ground(sprintf("%s with all fields", [data.ocigate.lib.evidence.called(document)]), document.document) if some document in judged

skip contains "there is no STAC or DCAT record" if count(judged) == 0
