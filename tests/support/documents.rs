//! The documents of a well-made artifact, and whole artifacts made of them.

use serde_json::{Value, json};

use super::artifact::{Artifact, Key, Layer, document, hex};

pub const REPOSITORY: &str = "registry.example.org/kfm/layers";
pub const SPDX: &str = "https://spdx.dev/Document";
pub const SLSA: &str = "https://slsa.dev/provenance/v1";
pub const CYCLONEDX: &str = "https://cyclonedx.org/bom";
pub const RUN_MANIFEST: &str = "https://kfm.dev/attestations/run-manifest/v1";
pub const STAC: &str = "https://schemas.stacspec.org/v1.0.0/item-spec/json-schema/item.json";

pub const PROVENANCE: &str = "application/vnd.kfm.provenance.provjsonld.v1";
pub const SBOM: &str = "application/vnd.kfm.sbom.spdx.v1";
pub const METADATA: &str = "application/vnd.kfm.metadata.stac.v1";
pub const RUN: &str = "application/vnd.kfm.runmanifest.v1+json";

/// The key that signs in the tests.
pub fn release() -> Key {
    Key::number(1)
}

/// A key that nobody trusts.
pub fn stranger() -> Key {
    Key::number(2)
}

/// The data layer of every test artifact.
pub fn data() -> Vec<u8> {
    b"PMTiles\x03 soils of Kansas".to_vec()
}

pub fn data_digest() -> String {
    ocigate::oci::Digest::sha256(&data()).to_string()
}

/// PROV-O JSON-LD: a run that used a source and generated the output with this digest.
pub fn prov(output: &str) -> Value {
    json!({
        "@context": {
            "prov": "http://www.w3.org/ns/prov#",
            "dct": "http://purl.org/dc/terms/",
            "kfm": "https://kfm.dev/ns#",
        },
        "@graph": [
            {
                "@id": "urn:example:soils",
                "@type": "prov:Entity",
                "dct:license": "CC-BY-4.0",
                "kfm:digest": output,
                "prov:wasGeneratedBy": {"@id": "urn:example:run"},
            },
            {"@id": "urn:example:source", "@type": "prov:Entity", "kfm:digest": format!("sha256:{}", "5a".repeat(32))},
            {
                "@id": "urn:example:run",
                "@type": "prov:Activity",
                "kfm:run_id": "run-1",
                "prov:startedAtTime": "2026-11-02T08:00:00Z",
                "prov:endedAtTime": "2026-11-02T08:10:00Z",
                "prov:used": [{"@id": "urn:example:source"}],
                "prov:wasAssociatedWith": {"@id": "urn:example:team"},
            },
            {"@id": "urn:example:team", "@type": ["prov:Agent", "prov:Organization"]},
        ],
    })
}

/// A run manifest whose output is the data layer.
pub fn run_manifest() -> Value {
    json!({
        "run_id": "run-1",
        "run_time": "2026-11-02T08:00:00Z",
        "status": "succeeded",
        "tool": {"name": "tiler", "version": "1.4.0"},
        "source_urls": ["https://data.example.org/soils.csv"],
        "inputs": [{"uri": "https://data.example.org/soils.csv", "sha256": "5a".repeat(32)}],
        "outputs": [{"path": "soils.pmtiles", "sha256": hex(&data_digest())}],
    })
}

/// SPDX 2.3 that describes a package with this digest.
pub fn spdx(described: &str) -> Value {
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "soils",
        "documentNamespace": "https://example.org/spdx/soils-1",
        "creationInfo": {"created": "2026-11-02T08:12:00Z", "creators": ["Organization: Example"]},
        "packages": [{
            "SPDXID": "SPDXRef-soils",
            "name": "soils",
            "downloadLocation": "NOASSERTION",
            "licenseConcluded": "CC-BY-4.0",
            "licenseDeclared": "CC-BY-4.0",
            "checksums": [{"algorithm": "SHA256", "checksumValue": hex(described)}],
        }],
        "relationships": [{
            "spdxElementId": "SPDXRef-DOCUMENT",
            "relationshipType": "DESCRIBES",
            "relatedSpdxElement": "SPDXRef-soils",
        }],
    })
}

/// CycloneDX 1.6 that describes a component with this digest.
pub fn cyclonedx(described: &str) -> Value {
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": {
            "timestamp": "2026-11-02T08:12:00Z",
            "component": {
                "type": "data",
                "name": "soils",
                "hashes": [{"alg": "SHA-256", "content": hex(described)}],
            },
        },
        "components": [],
    })
}

/// SLSA provenance v1, the predicate.
pub fn slsa() -> Value {
    json!({
        "buildDefinition": {
            "buildType": "https://example.org/build/tiles/v1",
            "externalParameters": {"source": "https://data.example.org/soils.csv"},
        },
        "runDetails": {
            "builder": {"id": "https://example.org/builder"},
            "metadata": {"invocationId": "run-1", "startedOn": "2026-11-02T08:00:00Z"},
        },
    })
}

/// A STAC Item with this access level.
pub fn stac(access_level: &str) -> Value {
    json!({
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": "soils",
        "bbox": [-102.05, 36.99, -94.59, 40.0],
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[-102.05, 36.99], [-94.59, 36.99], [-94.59, 40.0], [-102.05, 40.0], [-102.05, 36.99]]],
        },
        "properties": {
            "datetime": "2026-11-02T08:10:00Z",
            "license": "CC-BY-4.0",
            "kfm:access_level": access_level,
        },
        "links": [],
        "assets": {},
    })
}

/// A complete CARE block.
pub fn care() -> Value {
    json!({
        "status": "approved",
        "authority_to_control": "Example Nation Data Council",
        "reviewer": "Example Nation Data Council",
        "statement": "Reviewed for public release at generalized precision",
        "date_reviewed": "2026-10-30",
    })
}

pub fn provenance_layers(output: &str) -> Vec<Layer<'static>> {
    vec![
        document("prov.jsonld", "application/ld+json", &prov(output)),
        document("run-manifest.json", "application/json", &run_manifest()),
    ]
}

pub fn sbom_layers(described: &str) -> Vec<Layer<'static>> {
    vec![document("sbom.spdx.json", "application/spdx+json", &spdx(described))]
}

pub fn metadata_layers(access_level: &str) -> Vec<Layer<'static>> {
    vec![document("item.json", "application/geo+json", &stac(access_level))]
}

/// A pushed subject with nothing attached. Gives the artifact and the subject's digest.
pub fn bare() -> (Artifact, String) {
    licensed("CC-BY-4.0")
}

/// The same with this licence in its annotation.
pub fn licensed(licence: &str) -> (Artifact, String) {
    annotated(json!({"org.opencontainers.image.licenses": licence}))
}

/// The same with these annotations.
pub fn annotated(annotations: Value) -> (Artifact, String) {
    let mut artifact = Artifact::default();
    let subject = artifact.push("v1", vec![Layer("soils.pmtiles", "application/vnd.pmtiles", data())], annotations);
    (artifact, subject)
}

/// A signed subject with these files as layers beside the data layer, with every document attached but these.
pub fn holding(layers: Vec<Layer<'_>>, left_out: &[Part]) -> (Artifact, String) {
    let mut artifact = Artifact::default();
    let mut all = vec![Layer("soils.pmtiles", "application/vnd.pmtiles", data())];
    all.extend(layers);
    let subject = artifact.push("v1", all, json!({"org.opencontainers.image.licenses": "CC-BY-4.0"}));
    attach_all_but(&mut artifact, &subject, left_out);
    artifact.sign(&release(), &subject);
    (artifact, subject)
}

/// A subject with provenance, run manifest, SBOM and metadata attached, unsigned.
pub fn documented() -> (Artifact, String) {
    let (mut artifact, subject) = bare();
    artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    (artifact, subject)
}

/// A documented subject with a signature.
pub fn complete() -> (Artifact, String) {
    let (mut artifact, subject) = documented();
    artifact.sign(&release(), &subject);
    (artifact, subject)
}

/// The documents of a complete subject, each to be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Provenance,
    RunManifest,
    Sbom,
    Metadata,
}

/// Attaches every document but these, each in a referrer of its own.
pub fn attach_all_but(artifact: &mut Artifact, subject: &str, left_out: &[Part]) {
    let parts = [
        (Part::Provenance, PROVENANCE, document("prov.jsonld", "application/ld+json", &prov(subject))),
        (Part::RunManifest, RUN, document("run_manifest.json", "application/json", &run_manifest())),
        (Part::Sbom, SBOM, document("sbom.spdx.json", "application/spdx+json", &spdx(&data_digest()))),
        (Part::Metadata, METADATA, document("item.json", "application/geo+json", &stac("public"))),
    ];
    for (part, artifact_type, layer) in parts {
        if !left_out.contains(&part) {
            artifact.attach(subject, artifact_type, vec![layer]);
        }
    }
}

/// A signed subject with every document but these.
pub fn signed_without(left_out: &[Part]) -> (Artifact, String) {
    let (mut artifact, subject) = bare();
    attach_all_but(&mut artifact, &subject, left_out);
    artifact.sign(&release(), &subject);
    (artifact, subject)
}

/// A STAC Item, a DCAT record, PROV and a run manifest that say all they can of the subject, and agree: file name,
/// artifact type, media type and content.
pub fn catalogued(subject: &str) -> [(&'static str, &'static str, &'static str, Value); 4] {
    let at = format!("oci://{REPOSITORY}@{subject}");
    let (layer, size) = (data_digest(), data().len());
    let mut item = stac("public");
    item["properties"] = json!({
        "datetime": null, "start_datetime": "2025-01-01T00:00:00Z", "end_datetime": "2025-12-31T23:59:59Z",
        "license": "CC-BY-4.0", "kfm:access_level": "public", "kfm:dataset_id": "kfm.ks.soils.2025.v1",
        "kfm:lineage": {"run": {"run_id": "run-1"}},
    });
    item["assets"] = json!({"data": {
        "href": at, "type": "application/vnd.pmtiles", "roles": ["data"], "file:size": size,
        "file:checksum": format!("1220{}", hex(&layer)),
    }});
    let record = json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "kfm": "https://kfm.dev/ns#",
            "spdx": "http://spdx.org/rdf/terms#", "locn": "http://www.w3.org/ns/locn#",
        },
        "@type": "dcat:Dataset", "dct:title": "Soils", "dct:description": "Soils of Kansas",
        "dct:identifier": "kfm.ks.soils.2025.v1", "kfm:dataset_id": "kfm.ks.soils.2025.v1", "kfm:runId": "run-1",
        "dct:license": "CC-BY-4.0", "kfm:access_level": "public",
        "dct:spatial": {"@type": "dct:Location",
            "dcat:bbox": "POLYGON((-102.05 36.99, -94.59 36.99, -94.59 40.0, -102.05 40.0, -102.05 36.99))"},
        "dct:temporal": {"@type": "dct:PeriodOfTime", "dcat:startDate": "2025-01-01", "dcat:endDate": "2025-12-31"},
        "dcat:distribution": [{
            "@type": "dcat:Distribution", "dct:title": "soils.pmtiles", "dcat:accessURL": {"@id": at},
            "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/vnd.pmtiles"},
            "dcat:byteSize": size, "kfm:role": "data",
            "spdx:checksum": {"spdx:algorithm": "spdx:checksumAlgorithm_sha256", "spdx:checksumValue": hex(&layer)},
        }],
    });
    let mut made = prov(subject);
    for (key, value) in [("kfm:dataset_id", json!("kfm.ks.soils.2025.v1")), ("prov:atLocation", json!(at))] {
        made["@graph"][0][key] = value;
    }
    made["@graph"][0]["kfm:media_type"] = json!("application/x-pmtiles");
    made["@graph"][0]["kfm:role"] = json!("data");
    let mut run = run_manifest();
    run["dataset_id"] = json!("kfm.ks.soils.2025.v1");
    run["outputs"][0]["size_bytes"] = json!(size);
    run["outputs"][0]["media_type"] = json!("application/vnd.pmtiles");
    [
        ("item.json", METADATA, "application/geo+json", item),
        ("dcat.jsonld", "application/vnd.kfm.metadata.dcat.v1", "application/ld+json", record),
        ("prov.jsonld", PROVENANCE, "application/ld+json", made),
        ("run_manifest.json", RUN, "application/json", run),
    ]
}

/// A signed subject with these documents and an SBOM; with `signed`, each referrer has a signature of its own.
pub fn with_documents<'a>(
    documents: impl Fn(&str) -> Vec<(&'a str, &'a str, &'a str, Value)>,
    signed: bool,
) -> (Artifact, String) {
    let (mut artifact, subject) = bare();
    for (name, artifact_type, media_type, content) in documents(&subject) {
        let referrer = artifact.attach(&subject, artifact_type, vec![document(name, media_type, &content)]);
        if signed {
            artifact.sign(&release(), &referrer);
        }
    }
    artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.sign(&release(), &subject);
    (artifact, subject)
}

/// The documents of an artifact as the profile of `kfm` wants them: the founding example made real. The SBOM comes last.
pub fn published(subject: &str) -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let mut documents = catalogued(subject).to_vec();
    let merge = |into: &mut Value, fields: Value| {
        into.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    };
    let item = &mut documents[0].3;
    item["collection"] = json!("kfm.ks.soils.2025.v1");
    merge(
        &mut item["properties"],
        json!({
            "kfm:region": "ks", "kfm:theme": "soils", "kfm:uncertainty": "low", "attribution": "Soils by the Example Survey",
        }),
    );
    merge(
        &mut documents[1].3,
        json!({
            "dct:accessRights": "public", "dct:publisher": "Example Survey", "dcat:keyword": ["soils"],
            "dct:provenance": "Digitized from the survey of 2025", "kfm:classification": "public", "kfm:sensitivity": "public",
            "kfm:jurisdiction": "US-KS",
        }),
    );
    let graph = &mut documents[2].3["@graph"];
    merge(&mut graph[0], json!({"prov:label": "soils.pmtiles", "kfm:sensitivity": "public"}));
    merge(&mut graph[1], json!({"prov:label": "soils.csv", "kfm:sensitivity": "public", "dct:license": "CC0-1.0"}));
    merge(
        &mut graph[2],
        json!({"kfm:code_ref": {"git_commit": "5a".repeat(20)}, "kfm:environment": "tiler 1.4.0 on Debian 13"}),
    );
    merge(&mut graph[3], json!({"prov:label": "Example Survey", "kfm:contact": "soils@example.org"}));
    merge(
        &mut documents[3].3,
        json!({
            "code_ref": format!("git+https://example.org/soils@{}", "5a".repeat(20)), "tool_versions": {"tiler": "1.4.0"},
            "idempotency_key": "soils-2025-1", "canonical_digest": "",
        }),
    );
    documents[3].3["inputs"][0]["sensitivity"] = json!("public");
    let mut sbom = spdx(&data_digest());
    merge(
        &mut sbom["packages"][0],
        json!({
            "versionInfo": "1", "supplier": "Organization: Example Survey",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:generic/soils@1"}],
        }),
    );
    documents.push(("sbom.spdx.json", SBOM, "application/spdx+json", sbom));
    documents
}

/// A signed subject with these documents, each signed, after an edit of theirs; then the run manifest states its own
/// digest.
pub fn publish(edit: impl Fn(&mut Vec<(&'static str, &'static str, &'static str, Value)>)) -> (Artifact, String) {
    let (mut artifact, subject) = bare();
    let mut documents = published(&subject);
    edit(&mut documents);
    for (name, artifact_type, media_type, mut content) in documents {
        if content.get("canonical_digest").is_some_and(|stated| stated == "") {
            // Ordered and without spaces: of this manifest serde_json writes what RFC 8785 demands.
            let text = serde_json::to_string(&content).unwrap();
            content["canonical_digest"] = json!(ocigate::oci::Digest::sha256(text.as_bytes()).to_string());
        }
        let referrer = artifact.attach(&subject, artifact_type, vec![document(name, media_type, &content)]);
        artifact.sign(&release(), &referrer);
    }
    artifact.sign(&release(), &subject);
    (artifact, subject)
}
