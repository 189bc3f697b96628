# METADATA
# scope: package
# title: STAC, DCAT and PROV carry each layer alike
# description: >-
#   A STAC record, a DCAT record and PROV exist, and each states of every layer a pinned locator, a digest, a media type and
#   a role. That digest, media type and role are the same is asked by `agreement`; the locators are compared here.
# custom:
#   id: carrier_tuple
#   severity: critical
#   quantifier: all
#   kind: metadata
#   rationale: A carrier that one of the three does not know cannot be followed from catalogue to source and back.
#   remedy: Write the digests of what was pushed into all three (`ocigate pointer --into FILE`), then attach or attest them.
#   codes:
#     absent: a record or provenance is missing
#     incomplete: locator, digest, media type or role is missing
#     not_carried: a record says nothing of a layer
#     several_locators: a layer has several locators
#     truncated: a document states more than is read
package ocigate.kfm.carrier_tuple

undecided contains finding if finding := data.ocigate.lib.finding.unreadable

nouns := {"stac": "a STAC record", "dcat": "a DCAT record", "prov": "W3C PROV"}

documents[kind] contains document if {
	some class in ["metadata", "provenance"]
	some document in data.ocigate.lib.evidence.eligible(class).documents
	kind := document.kind
	nouns[kind]
}

# The locators that were not read may be others.
undecided contains finding if {
	some _, those in documents
	some document in those
	finding := data.ocigate.lib.evidence.cut_off(document, "statements")
}

deny contains finding if {
	absent := sort([noun | some kind, noun in nouns; not documents[kind]])
	count(absent) > 0
	finding := object.union(
		data.ocigate.lib.finding.unmet(
			"absent",
			sprintf("expected a STAC record, a DCAT record and PROV of %s, found no %s", [input.subject.digest, concat(", ", [trim_prefix(noun, "a ") | some noun in absent])]),
			[data.ocigate.lib.finding.subject],
			sprintf("Write and attach or attest what is missing to %s.", [data.ocigate.lib.text.pinned]),
		),
		{"kind": "metadata"},
	)
}

# What each of them says of each layer that binds.
carriers[key] contains {"document": document.document, "file": file, "layer": i} if {
	some kind, those in documents
	some document in those
	some file in object.get(document, ["description", "files"], [])
	some i in file.layers
	key := key_of(kind, i)
}

key_of(kind, i) := sprintf("%s %v", [kind, i])

layers := [i | some i, layer in input.subject.layers; layer.digest in input.subject.binding_layers]

deny contains finding if {
	some kind, those in documents
	some i in layers
	not carriers[key_of(kind, i)]
	first := [document | some document in those][0]
	finding := data.ocigate.lib.finding.wrong(
		"not_carried",
		sprintf("expected %s to carry the layer %s, found nothing about it", [nouns[kind], data.ocigate.lib.text.layer_name(input.subject.layers[i])]),
		[data.ocigate.lib.finding.at(first.document, ""), data.ocigate.lib.finding.at(input.subject.digest, sprintf("/layers/%v", [i]))],
		"State its locator, digest, media type and role there.",
	)
}

deny contains finding if {
	some _, those in carriers
	missing_parts := [{topic | some topic in ["locator", "digest", "media_type", "role"]; count(carrier.file.said[topic]) == 0} | some carrier in those]
	every parts in missing_parts {
		count(parts) > 0
	}
	first := [carrier | some carrier in those][0]
	i := first.layer
	finding := data.ocigate.lib.finding.wrong(
		"incomplete",
		sprintf("expected locator, digest, media type and role of %s, found no %s", [data.ocigate.lib.text.layer_name(input.subject.layers[i]), concat(", ", sort([replace(part, "_", " ") | some part in missing_parts[0]]))]),
		[data.ocigate.lib.finding.at(first.document, first.file.pointer)],
		"State what is missing.",
	)
}

deny contains finding if {
	some i in layers
	located := [{"place": data.ocigate.lib.finding.at(carrier.document, carrier.file.said.locator[0].pointer), "values": {trim_prefix(locator.value, "oci://") | some locator in carrier.file.said.locator}} |
		some kind in ["stac", "dcat", "prov"]
		some carrier in carriers[key_of(kind, i)]
		count(carrier.file.said.locator) > 0
	]
	differing := [one | some one in located; count(one.values & located[0].values) == 0]
	count(differing) > 0
	finding := data.ocigate.lib.finding.wrong(
		"several_locators",
		sprintf("expected one locator of %s, found %s", [data.ocigate.lib.text.layer_name(input.subject.layers[i]), data.ocigate.lib.text.listed(sort({value | some one in located; some value in one.values}))]),
		array.concat([located[0].place], [one.place | some one in differing]),
		"State the same pinned reference in STAC, DCAT and PROV.",
	)
}

accept contains data.ocigate.lib.evidence.ground(sprintf("%s by STAC, DCAT and PROV", [data.ocigate.lib.text.counted(count(layers), "layer")]), input.subject.digest)
