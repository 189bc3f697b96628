//! Every serialization and every kind of document meets the same rules.

use serde_json::{Value, json};

use crate::support::artifact::{Layer, document, hex};
use crate::support::documents::{
    METADATA, PROVENANCE, SBOM, bare, data_digest, prov, release, run_manifest, spdx, stac,
};
use crate::support::gate::{Gate, Outcome};

/// The signed annotation states a licence; what is only attached can disagree, and cannot decide.
const SIGNED_DECIDES: &str = "warn licence.unsigned_disagrees";

/// The gate on a signed subject with these documents.
fn gate(provenance: &dyn Fn(&str) -> Value, run: &Value, sbom: &Value, metadata: &Value) -> (Outcome, String) {
    let (mut artifact, subject) = bare();
    let layers: Vec<Layer<'_>> = vec![
        document("prov.json", "application/json", &provenance(&subject)),
        document("run-manifest.json", "application/json", run),
    ];
    artifact.attach(&subject, PROVENANCE, layers);
    artifact.attach(&subject, SBOM, vec![document("sbom.json", "application/json", sbom)]);
    artifact.attach(&subject, METADATA, vec![document("metadata.json", "application/json", metadata)]);
    artifact.sign(&release(), &subject);
    (Gate::on(&artifact).run(), subject)
}

fn with_metadata(metadata: &Value) -> Outcome {
    gate(&prov, &run_manifest(), &spdx(&data_digest()), metadata).0
}

fn with_sbom(sbom: &Value) -> Outcome {
    gate(&prov, &run_manifest(), sbom, &stac("public")).0
}

fn other() -> String {
    format!("sha256:{}", "cd".repeat(32))
}

pub fn prov_json(output: &str) -> Value {
    json!({
        "prefix": {"kfm": "https://kfm.dev/ns#", "dct": "http://purl.org/dc/terms/"},
        "entity": {
            "soils": {"prov:label": "soils", "kfm:digest": output, "dct:license": {"$": "CC-BY-4.0", "type": "xsd:string"}},
            "source": {"kfm:digest": format!("sha256:{}", "5a".repeat(32))},
        },
        "activity": {"run": {"prov:startTime": "2026-11-02T08:00:00Z", "kfm:run_id": "run-1"}},
        "agent": {"team": {"prov:type": {"$": "prov:Organization", "type": "prov:QUALIFIED_NAME"}}},
        "wasGeneratedBy": {"_:1": {"prov:entity": "soils", "prov:activity": "run"}},
        "used": {"_:2": {"prov:activity": "run", "prov:entity": "source"}},
        "wasAssociatedWith": {"_:3": {"prov:activity": "run", "prov:agent": "team"}},
    })
}

pub fn prov_jsonld(output: &str) -> Value {
    json!({
        "@context": [{"kfm": "https://kfm.dev/ns#"}, "https://openprovenance.org/prov-jsonld/context.jsonld"],
        "@graph": [
            {"@type": "Entity", "@id": "soils", "kfm:digest": [{"@value": output}]},
            {"@type": "Entity", "@id": "source", "kfm:digest": [{"@value": format!("sha256:{}", "5a".repeat(32))}]},
            {"@type": "Activity", "@id": "run", "kfm:run_id": [{"@value": "run-1"}]},
            {"@type": "Agent", "@id": "team"},
            {"@type": "Generation", "entity": "soils", "activity": "run"},
            {"@type": "Usage", "activity": "run", "entity": "source"},
            {"@type": "Association", "activity": "run", "agent": "team"},
        ],
    })
}

pub fn spdx3(described: &str) -> Value {
    let id = |name: &str| format!("https://example.org/spdx/{name}");
    json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": [
            {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-11-02T08:12:00Z",
             "createdBy": [id("team")]},
            {"type": "Organization", "spdxId": id("team"), "creationInfo": "_:c", "name": "Example"},
            {"type": "SpdxDocument", "spdxId": id("doc"), "creationInfo": "_:c", "rootElement": [id("soils")]},
            {"type": "software_Package", "spdxId": id("soils"), "creationInfo": "_:c", "name": "soils",
             "verifiedUsing": [{"type": "Hash", "algorithm": "sha256", "hashValue": hex(described)}]},
        ],
    })
}

pub fn dcat(licence: &str, level: &str) -> Value {
    json!({
        "@context": {"c": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "kfm": "https://kfm.dev/ns#"},
        "@type": "c:Dataset", "dct:title": "Soils", "dct:description": "Soils of Kansas", "dct:license": licence,
        "kfm:access_level": level,
        "c:distribution": [{"@type": "c:Distribution", "c:accessURL": {"@id": "https://data.example.org/soils"}}],
    })
}

pub fn ro_crate(licence: &str) -> Value {
    json!({
        "@context": ["https://w3id.org/ro/crate/1.2/context", {"kfm": "https://kfm.dev/ns#"}],
        "@graph": [
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
            {"@id": "./", "@type": "Dataset", "name": "Soils", "description": "Soils", "datePublished": "2026-11-02",
             "license": {"@id": licence}, "kfm:access_level": "public"},
        ],
    })
}

pub fn croissant(licence: &str) -> Value {
    json!({
        "@context": {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/",
            "conformsTo": "http://purl.org/dc/terms/conformsTo", "prov": "http://www.w3.org/ns/prov#",
            "rai": "http://mlcommons.org/croissant/RAI/", "kfm": "https://kfm.dev/ns#"},
        "@type": "Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1", "name": "soils", "license": licence,
        "kfm:access_level": "public", "rai:dataCollection": "Survey of the county",
        "distribution": [{"@type": "cr:FileObject", "@id": "soils.pmtiles", "contentUrl": "soils.pmtiles",
            "encodingFormat": "application/vnd.pmtiles", "sha256": hex(&data_digest())}],
    })
}

#[test]
fn croissant_states_licence_label_files_and_sources() {
    let by = "https://spdx.org/licenses/CC-BY-4.0";
    with_metadata(&croissant(by)).assert("as it should be", 0, &["PASS"]);
    let outcome = with_metadata(&croissant("https://spdx.org/licenses/CC0-1.0"));
    outcome.assert("another licence", 0, &[SIGNED_DECIDES, "`CC0-1.0`"]);
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut record = croissant(by);
        edit(&mut record);
        with_metadata(&record)
    };
    let unresolved = "fail sensitivity.unresolved";
    with(&|at| at["kfm:access_level"] = json!("nobody knows")).assert("label", 1, &[unresolved, "nobody knows"]);
    let bytes = with(&|at| at["distribution"][0]["sha256"] = json!(hex(&other())));
    bytes.assert("other bytes", 0, &["warn agreement.disagreement", &other()]);
    let pinned =
        with(&|at| at["distribution"][0]["contentUrl"] = json!("oci://registry.example.org/kfm/layers:latest"));
    pinned.assert("a tag", 1, &["FAIL  references_pinned", "/distribution/0/contentUrl"]);
    let unversioned = with(&|at| drop(at.as_object_mut().unwrap().remove("conformsTo")));
    unversioned.assert("no version", 1, &["fail metadata.missing"]);
    let source = json!([{"@id": "urn:survey", "name": "survey", "license": "CC-BY-ND-4.0"}]);
    let derived = with(&|at| at["prov:wasDerivedFrom"] = source.clone());
    derived.assert("no derivatives", 1, &["FAIL  input_licences", "/prov:wasDerivedFrom/0"]);
}

#[test]
fn prov_binds_in_each_of_its_serializations() {
    for (case, form) in [("PROV-JSON", prov_json as fn(&str) -> Value), ("PROV-JSONLD", prov_jsonld)] {
        let run = |form: &dyn Fn(&str) -> Value| gate(form, &run_manifest(), &spdx(&data_digest()), &stac("public"));
        run(&form).0.assert(case, 0, &["PASS"]);
        let (outcome, subject) = run(&|_| form(&other()));
        outcome.assert(case, 1, &[&format!("fail provenance.other_subject {} + {subject}", other())]);
        let (outcome, _) = run(&|subject: &str| {
            let mut document = form(subject);
            match document.get_mut("wasAssociatedWith") {
                Some(relations) => *relations = json!({}),
                None => drop(document["@graph"].as_array_mut().unwrap().pop()),
            }
            document
        });
        outcome.assert(case, 1, &["fail provenance.missing name=prov.json"]);
    }
}

#[test]
fn the_licence_of_a_prov_json_entity_is_read() {
    let form = |subject: &str| {
        let mut document = prov_json(subject);
        document["entity"]["soils"]["dct:license"]["$"] = json!("CC0-1.0");
        document
    };
    let (outcome, _) = gate(&form, &run_manifest(), &spdx(&data_digest()), &stac("public"));
    outcome.assert("another licence", 0, &[&format!("{SIGNED_DECIDES} CC0-1.0")]);
}

#[test]
fn spdx_3_is_an_sbom_of_what_its_root_is() {
    with_sbom(&spdx3(&data_digest())).assert("ours", 0, &["PASS"]);
    with_sbom(&spdx3(&other())).assert("another's", 1, &[&format!("fail sbom.other_subject {}", other())]);
    let mut stub = spdx3(&data_digest());
    stub["@graph"].as_array_mut().unwrap().remove(2);
    with_sbom(&stub).assert("no document", 1, &["fail sbom.missing"]);
}

/// Whoever reads the first of them sees another thing described than whoever reads the last.
#[test]
fn an_sbom_whose_described_identifier_is_of_two_elements_is_defective() {
    for (first, last) in [(other(), data_digest()), (data_digest(), other())] {
        let mut sbom = spdx(&first);
        let again = spdx(&last)["packages"][0].clone();
        sbom["packages"].as_array_mut().unwrap().push(again);
        with_sbom(&sbom).assert("SPDX 2", 1, &["fail sbom.duplicate"]);
        let mut sbom = spdx3(&first);
        let again =
            spdx3(&last)["@graph"].as_array().unwrap().iter().find(|at| at["type"] == "software_Package").cloned();
        sbom["@graph"].as_array_mut().unwrap().extend(again);
        with_sbom(&sbom).assert("SPDX 3", 1, &["fail sbom.duplicate"]);
    }
}

#[test]
fn what_is_said_of_vulnerabilities_is_no_sbom() {
    let vex = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "vulnerabilities": [{"id": "CVE-2026-1", "analysis": {"state": "not_affected"}}],
    });
    with_sbom(&vex).assert("VEX", 1, &["fail sbom.missing", "attached vex + spdx + name=sbom.json"]);
}

#[test]
fn catalogue_records_state_licence_and_label() {
    let collection = json!({
        "type": "Collection", "stac_version": "1.1.0", "id": "soils", "description": "Soils", "license": "CC-BY-4.0",
        "kfm:access_level": "public", "links": [],
        "extent": {"spatial": {"bbox": [[-102.05, 36.99, -94.59, 40.0]]}, "temporal": {"interval": [["2026-01-01T00:00:00Z", null]]}},
    });
    with_metadata(&collection).assert("a Collection", 0, &["PASS"]);
    with_metadata(&dcat("CC-BY-4.0", "public")).assert("DCAT", 0, &["PASS"]);
    with_metadata(&dcat("CC0-1.0", "public")).assert("another licence", 0, &[&format!("{SIGNED_DECIDES} CC0-1.0")]);
    with_metadata(&dcat("CC-BY-4.0", "nobody knows")).assert(
        "no label",
        1,
        &["fail sensitivity.unresolved nobody knows"],
    );
    with_metadata(&ro_crate("https://spdx.org/licenses/CC-BY-4.0")).assert("RO-Crate", 0, &["PASS"]);
    let outcome = with_metadata(&ro_crate("https://spdx.org/licenses/CC0-1.0"));
    outcome.assert("RO-Crate with another licence", 0, &[&format!("{SIGNED_DECIDES} CC0-1.0")]);
}

#[test]
fn the_digest_that_a_run_manifest_states_of_itself_is_its_own() {
    let run = |run: &Value| gate(&prov, run, &spdx(&data_digest()), &stac("public")).0;
    let mut manifest = run_manifest();
    manifest["canonical_digest"] = json!("");
    // Ordered and without spaces: of this manifest serde_json writes what RFC 8785 demands.
    let digest = ocigate::oci::Digest::sha256(serde_json::to_string(&manifest).unwrap().as_bytes()).to_string();
    manifest["canonical_digest"] = json!(digest);
    run(&manifest).assert("its own", 0, &["PASS"]);
    manifest["tool"]["version"] = json!("1.4.1");
    run(&manifest).assert("changed since", 1, &["fail run_manifest.contradiction canonical_digest"]);
}

#[test]
fn a_receipt_of_one_stage_is_a_run_manifest() {
    let mut receipt = json!({
        "run_id": "run-1", "stage": "publish", "outcome": "SUCCESS", "code_ref": "git+https://example.org/a@0123", "inputs": [],
        "outputs": [{"path": "soils.pmtiles", "sha256": hex(&data_digest())}],
    });
    let run = |run: &Value| gate(&prov, run, &spdx(&data_digest()), &stac("public")).0;
    run(&receipt).assert("a receipt", 0, &["PASS"]);
    receipt.as_object_mut().unwrap().remove("code_ref");
    run(&receipt).assert("of no code", 1, &["fail run_manifest.missing code_ref"]);
}
