# An input that passes every rule of the set, and small changes of it.
package ocigate.kfm.fixture_test

said(parts) := object.union({"digest": [], "media_type": [], "size": [], "role": [], "locator": []}, parts)

at(value) := [{"value": value, "pointer": "/x"}]

locator := sprintf("oci://reg.example.org/kfm/layers@%s", [data.ocigate.lib.fixture_test.subject_digest])

carried(layer, parts) := {"pointer": "/f", "names": [], "said": object.union(said({"digest": at(layer), "media_type": at("image/tiff"), "role": at("data"), "locator": at(locator)}), parts)}

# A file that is a layer of the subject.
layer(number, digest, parts) := object.union(carried(digest, parts), {"layers": [number]})

both_layers(parts) := [layer(0, data.ocigate.lib.fixture_test.layer_digest, parts), layer(1, data.ocigate.lib.fixture_test.second_layer, parts)]

described(parts) := object.union({"identifiers": [], "extents": [], "periods": [], "files": [], "inputs": [], "references": []}, parts)

label(rank) := {"role": "sensitivity", "field": "kfm:sensitivity", "value": "x", "pointer": "/inputs/0/kfm:sensitivity", "rank": rank, "listed": true, "valid": null}

source(labels) := {"pointer": "/inputs/0", "names": ["soils.csv"], "said": said({"digest": at(data.ocigate.lib.fixture_test.input_digest)}), "claims": labels}

stac(parts) := object.union(data.ocigate.lib.fixture_test.stac, object.union({
	"content": {"type": "Feature", "properties": {"kfm:dataset_id": "d", "kfm:region": "ks", "kfm:theme": "soils", "kfm:access_level": "public", "kfm:lineage": {"run": {}}, "kfm:uncertainty": "low"}},
	"description": described({"files": both_layers({})}),
	"predicate_type": null,
}, parts))

dcat(parts) := object.union(data.ocigate.lib.fixture_test.document("dcat", "dcat"), object.union({
	"signers": ["release"],
	"content": {"@type": "dcat:Dataset", "dct:identifier": "d", "dct:title": "t", "dct:description": "d", "dct:license": "CC-BY-4.0", "dct:accessRights": "public", "dct:publisher": "p", "dcat:keyword": ["k"], "dct:provenance": "p", "kfm:classification": "public", "kfm:sensitivity": "public", "kfm:jurisdiction": "ks", "kfm:runId": "r", "dcat:distribution": [{"@type": "dcat:Distribution", "dcat:accessURL": "a", "dct:format": "f", "spdx:checksum": {"a": "b"}}]},
	"description": described({"files": both_layers({})}),
}, parts))

prov(parts) := object.union(data.ocigate.lib.fixture_test.prov, object.union({
	"content": {"@graph": [
		{"@type": "prov:Entity", "label": "l", "kfm:digest": "d", "kfm:license": "CC-BY-4.0", "kfm:sensitivity": "public"},
		{"@type": "prov:Activity", "prov:startedAtTime": "t", "prov:endedAtTime": "t", "kfm:run_id": "r", "kfm:code_ref": "c", "kfm:environment": "e"},
		{"@type": ["prov:Agent"], "label": "l", "kfm:contact": "c"},
	]},
	"description": described({"files": both_layers({}), "inputs": [source([label(0)])]}),
}, parts))

contract := {"run_id": "r", "run_time": "t", "status": "succeeded", "tool": {"name": "a"}, "inputs": [1], "outputs": [1], "code_ref": "git+https://example.org/a@0123456789012345678901234567890123456789", "tool_versions": {"a": "1"}, "idempotency_key": "k", "canonical_digest": "c"}

run(content) := object.union(data.ocigate.lib.fixture_test.run_manifest, {"predicate_type": null, "content": object.union(contract, content), "canonical_form": "empty"})

with_metadata(those) := object.union(good, {"proven": object.union(good.proven, {"metadata": those})})

with_provenance(document) := object.union(good, {"proven": object.union(good.proven, {"provenance": [document]})})

with_run(those) := object.union(good, {"proven": object.union(good.proven, {"run_manifest": those})})

sbom(summary) := object.union(data.ocigate.lib.fixture_test.sbom, {"summary": object.union({"format": "spdx", "described": [], "created": "t", "creators": ["a"], "packages": 2, "relationships": 1, "missing": {"supplier": 0, "version": 0, "licence": 0, "identifier": 0, "checksum": 0}}, summary)})

with_sbom(summary) := object.union(good, {"proven": object.union(good.proven, {"sbom": [sbom(summary)]})})

good := data.ocigate.lib.fixture_test.changed({"proven": {
	"provenance": [prov({})],
	"run_manifest": [run({})],
	"metadata": [stac({}), dcat({})],
	"sbom": [sbom({})],
}})
