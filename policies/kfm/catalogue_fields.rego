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
package kfm.catalogue_fields

undecided contains finding if finding := data.lib.finding.unreadable

records := [{"pointer": pointer, "what": what, "missing": lacking, "document": document.document} |
	some document in data.lib.evidence.eligible("metadata").documents
	some [what, pointer, node] in array.concat(of_stac(document), of_dcat(document))
	lacking := data.lib.fields.missing(node, data.config.kfm.required[what])
	count(lacking) > 0
]

of_stac(document) := [] if {
	document.kind != "stac"
} else := [["stac_collection", body.pointer, body.content]] if {
	body := data.lib.evidence.body(document)
	body.content.type == "Collection"
} else := [["stac_item", sprintf("%s/properties", [body.pointer]), body.content.properties]] if {
	body := data.lib.evidence.body(document)
	body.content.type == "Feature"
} else := []

of_dcat(document) := [] if {
	document.kind != "dcat"
} else := array.concat(
	[["dcat_dataset", found.pointer, found.node] | some found in data_sets],
	[["dcat_distribution", pointer, node] |
		some [pointer, node] in array.concat(
			[[found.pointer, found.node] | some found in data.lib.fields.nodes(body, "Distribution")],
			[[sprintf("%s/%s/%v", [found.pointer, key, i]), one] |
				some found in data_sets
				some key, list in found.node
				data.lib.fields.plain(key) == "distribution"
				some i, one in list
			],
		)
		is_object(node)
		count(node) > 1
	],
) if {
	body := data.lib.evidence.body(document)
	data_sets := data.lib.fields.nodes(body, "Dataset")
}

deny contains finding if {
	some record in records
	finding := data.lib.finding.wrong(
		sprintf("expected %s in the %s, found none of them", [data.lib.text.listed([sprintf("`%s`", [group]) | some group in record.missing]), replace(record.what, "_", " ")]),
		[data.lib.finding.at(record.document, record.pointer)],
		"Add what is missing (of `a|b` one), then attach or attest the record again.",
	)
}
