//! Distribution pointers: what is judged, what is demanded, and what is written.

use serde_json::{Value, json};

use crate::support::artifact::{Artifact, pretty};
use crate::support::documents::{
    METADATA, PROVENANCE, REPOSITORY, SBOM, bare, complete, data_digest, documented, metadata_layers,
    provenance_layers, release, sbom_layers, stranger,
};
use crate::support::gate::{Gate, Outcome, ocigate};
use crate::support::registry::{Options, Registry};
use crate::support::rows;
use crate::support::rows::row;

fn at(digest: &str) -> String {
    format!("oci://{REPOSITORY}@{digest}")
}

fn pointer(oci: Value) -> Value {
    json!({"distribution": {"oci": oci}})
}

/// The gate on `v1` of a layout, held against this pointer.
fn held(artifact: &Artifact, pointer: &Value) -> Outcome {
    let gate = Gate::on(artifact);
    let file = gate.file("distribution.oci.json", &pretty(pointer));
    gate.with(&["--pointer", file.to_str().unwrap()]).run()
}

/// Asserts that it passes, judged by the pointer in this file.
#[track_caller]
fn assert_by(outcome: &Outcome, file: &str) {
    outcome.assert(file, 0, &["PASS", file]);
    let pointer = &outcome.report.as_ref().unwrap()["subjects"][0]["pointer"];
    assert!(pointer["path"].as_str().is_some_and(|path| path.ends_with(file)), "{pointer:#}");
}

/// Asserts that something that no report for programs is made of is said to be relaxed, by this datum.
#[track_caller]
fn assert_relaxed(outcome: &Outcome, datum: &str) {
    let is_said = |line: &str| line.trim_start_matches([' ', '|']).starts_with("relaxed  ") && line.contains(datum);
    assert!(outcome.err.lines().any(is_said), "{datum}: {}", outcome.err);
}

#[test]
fn a_pointer_has_to_agree_with_what_is_judged() {
    let (artifact, subject) = complete();
    let good = json!({"subject": at(&subject)});
    assert_by(&held(&artifact, &pointer(good.clone())), "distribution.oci.json");
    let other = format!("sha256:{}", "7e".repeat(32));
    let tag = "oci://registry.example.org/kfm/layers:v1";
    for (case, key, value, code, data) in [
        ("another subject", "subject", json!(at(&other)), "subject_differs", &[other.as_str(), &subject][..]),
        ("another type", "artifact_type", json!("image/tiff"), "artifact_type_differs", &["image/tiff"]),
        ("a file that is not there", "files", json!([{"path": "a.tif"}]), "no_such_layer", &["a.tif", "/0/path"]),
        ("a layer not listed", "files", json!([]), "layer_not_listed", &["soils.pmtiles"]),
        ("a signature that is none", "referrers", json!({"signature": subject}), "referrer_absent", &["/signature"]),
        ("a demand", "security", json!({"expected_signer": "council"}), "signer_differs", &["council"]),
        ("not pinned", "subject", json!(tag), "wrong_value", &[tag]),
        (
            "another repository",
            "subject",
            json!(format!("oci://registry.example.org/kfm/tiles@{subject}")),
            "other_repository",
            &["registry.example.org/kfm/tiles", REPOSITORY],
        ),
    ] {
        let mut oci = good.clone();
        oci[key] = value;
        let (outcome, reason) = (held(&artifact, &pointer(oci)), format!("fail pointer.{code}"));
        let place = format!("/distribution/oci/{key}");
        let data = [data, &["distribution.oci.json", &place]].concat();
        outcome.assert(case, 1, &["FAIL  ", "distribution.oci.json", &row(&reason, &data)]);
    }
    let outcome = held(&artifact, &json!({"title": "soils"}));
    outcome.assert("no pointer in it", 1, &["fail pointer.missing"]);
    let two = json!({"distribution": {"oci": good}, "kfm:oci": {"repository": REPOSITORY, "digest": other}});
    held(&artifact, &two).assert("two subjects", 1, &["fail pointer.contradiction"]);
}

#[test]
fn a_pointer_in_yaml_is_held_and_told_of_by_its_own_lines() {
    let (artifact, subject) = complete();
    let text = format!(
        "# By hand.\ndistribution:\n  oci:\n    registry: registry.example.org\n    repository: kfm/layers\n    digest: {subject}\n    security:\n      requires_cosign: true\n"
    );
    let gate = Gate::on(&artifact);
    let file = gate.file("soils.yaml", text.as_bytes());
    assert_by(&gate.with(&["--pointer", file.to_str().unwrap()]).run(), "soils.yaml");
    let gate = Gate::on(&artifact);
    let file = gate.file("soils.yaml", format!("{text}    files:\n      - name: a.tif\n").as_bytes());
    gate.with(&["--pointer", file.to_str().unwrap()]).run().assert(
        "a file that is not there",
        1,
        &[
            "fail pointer.no_such_layer",
            "soils.yaml:10:15  /distribution/oci/files/0/name",
            "10 |       - name: a.tif",
            "   |               ^^^^^",
        ],
    );
    let gate = Gate::on(&artifact);
    let other = format!("sha256:{}", "7e".repeat(32));
    let file = gate.file("soils.yml", text.replace(&subject, &other).as_bytes());
    let outcome = gate.with(&["--pointer", file.to_str().unwrap()]).run();
    let differs = format!("fail pointer.subject_differs {other} + {subject} + soils.yml + /distribution/oci/digest");
    outcome.assert("another subject", 1, &["FAIL  pointer", "soils.yml:6:13", &differs]);
}

#[test]
fn a_pointer_in_yaml_becomes_the_canonical_one() {
    let digest = format!("sha256:{}", "7e1f".repeat(16));
    let text = format!(
        "distribution.oci:\n  registry: registry.example.org\n  repository: kfm/layers\n  tag: v1\n  digest: {digest}\n  files:\n  - {{path: soils.pmtiles, mediaType: application/vnd.pmtiles}}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("soils.yaml"), text).unwrap();
    let check = || ocigate(folder.path(), &["check-document", "soils.yaml"]);
    write(&text);
    let outcome = ocigate(folder.path(), &["pointer", "migrate", "soils.yaml"]);
    outcome.assert("migrate", 0, &[&at(&digest), "soils.pmtiles"]);
    let checked = check();
    checked.assert("checked", 0, &[]);
    assert!(rows::has_line(&checked.out, "soils.yaml:", &["distribution pointer"]), "{}", checked.out);
    write(&text.replace("tag: v1", "tag: 1.10"));
    check().assert("a number", 1, &["soils.yaml:4:8: /distribution.oci/tag:"]);
    write("a: 1\n");
    // The flag that would name one.
    check().assert("no pointer", 3, &["soils.yaml:", "--schema"]);
    let long = format!("{text}# {}\n", "x".repeat(300_000));
    write(&long);
    let outcome = check();
    outcome.assert("too long", 1, &["soils.yaml:", "262144", &long.len().to_string()]);
    write("a: 1\na: 2\n");
    check().assert("no YAML", 1, &["soils.yaml:", "YAML", "line 2"]);
}

#[test]
fn a_pointer_never_relaxes() {
    let (artifact, subject) = documented();
    let says_fine = json!({"subject": at(&subject), "security": {"requires_cosign": false}});
    held(&artifact, &pointer(says_fine)).assert("unsigned", 1, &["fail signature.absent"]);
    // And its own demand stays where the rule is switched off.
    let gate = Gate::on(&artifact).with(&["--disable", "signature"]);
    let demands = pointer(json!({"subject": at(&subject), "security": {"requires_cosign": true}}));
    let file = gate.file("p.json", &pretty(&demands));
    let outcome = gate.with(&["--pointer", file.to_str().unwrap()]).run();
    outcome.assert("its demand", 1, &["fail pointer.signature_absent"]);
}

#[test]
fn the_signature_that_a_pointer_names_must_be_proven() {
    let (mut artifact, subject) = complete();
    let strange = artifact.sign(&stranger(), &subject);
    let named = pointer(json!({"subject": at(&subject), "referrers": {"signature": at(&strange)}}));
    let outcome = held(&artifact, &named);
    outcome.assert(
        "a stranger's",
        1,
        &["FAIL  pointer", "fail pointer.referrer_refused /distribution/oci/referrers/signature"],
    );
}

#[test]
fn what_is_live_and_not_named_is_warned_of() {
    let (mut artifact, subject) = bare();
    let provenance = artifact.attach(&subject, PROVENANCE, provenance_layers(&subject));
    let sbom = artifact.attach(&subject, SBOM, sbom_layers(&data_digest()));
    artifact.attach(&subject, METADATA, metadata_layers("public"));
    let signature = artifact.sign(&release(), &subject);
    let named = json!({"subject": at(&subject), "referrers": {"signature": signature, "provenance": at(&provenance)}});
    let outcome = held(&artifact, &pointer(named));
    outcome.assert("warned", 0, &["PASS", "warning  pointer", &format!("warn pointer.referrer_not_named {sbom}")]);
}

#[test]
fn a_pointer_does_not_choose_what_is_judged() {
    let (artifact, subject) = complete();
    let gate = Gate::on(&artifact);
    let file = gate.file("p.json", &pretty(&pointer(json!({"subject": at(&subject)}))));
    let (file, folder) = (file.to_str().unwrap(), gate.layout());
    let layout = format!("oci-layout:{}", folder.display());
    // The flags to give, or those of which one is too many.
    for (case, arguments, named) in [
        ("no repository", vec!["--pointer", file], &["--repository", "`[pointer] repositories`"][..]),
        ("a layout of none", vec!["--pointer", file, &layout], &["--as"]),
        ("two for one", vec!["--pointer", file, "--pointer", file, &layout], &["--pointer", "REFERENCE"]),
        ("not there", vec!["--pointer", "gone.json", "--repository", REPOSITORY], &["gone.json", "(os error 2)"]),
        ("both", vec!["--pointer", file, "--repository", REPOSITORY, &layout], &["--repository", "REFERENCE"]),
        ("without a pointer", vec!["--repository", REPOSITORY], &["--pointer <FILE>", "<REFERENCE>"]),
    ] {
        let arguments = [vec!["verify"], arguments].concat();
        ocigate(folder.parent().unwrap(), &arguments).assert(case, 2, named);
    }
}

#[test]
fn a_pointer_picks_the_digest_in_a_registry() {
    let (artifact, subject) = complete();
    let gate = Gate::on(&artifact);
    let registry = Registry::start(Options::default());
    registry.fill(&gate.layout());
    let host = registry.host();
    let key = gate.file("release.pub", release().public_pem().as_bytes());
    let folder = gate.layout();
    let folder = folder.parent().unwrap();
    let repository = format!("{host}/kfm/layers");
    let named = pointer(json!({"registry": host, "repository": "kfm/layers", "tag": "v1", "digest": subject}));
    let file = gate.file("p.json", &pretty(&named));
    let run = |more: &[&str]| {
        let arguments = ["verify", "--key", key.to_str().unwrap(), "--pointer", file.to_str().unwrap()];
        ocigate(folder, &[&arguments[..], more].concat())
    };
    let pinned = format!("{repository}:v1@{subject}");
    run(&["--repository", &repository]).assert("from the command line", 0, &["PASS", &pinned]);
    let config = gate.file("c.toml", format!("[pointer]\nrepositories = [\"{repository}\"]\n").as_bytes());
    run(&["--config", config.to_str().unwrap()]).assert("from the configuration", 0, &["PASS", &pinned]);
    let other = format!("{host}/kfm/tiles");
    let before = registry.requests().len();
    let refused = run(&["--repository", &other]);
    refused.assert("not the expected one", 1, &["fail pointer.other_repository"]);
    assert_eq!(registry.requests().len(), before, "nothing is asked of a registry that a pointer names");
}

/// Runs `ocigate pointer` on a layout, with the release key.
fn write(gate: &Gate, more: &[&str]) -> Outcome {
    let layout = gate.layout();
    let key = gate.file("release.pub", release().public_pem().as_bytes());
    let reference = format!("oci-layout:{}:v1", layout.display());
    let arguments = ["pointer", "--key", key.to_str().unwrap(), "--as", REPOSITORY, "--now", "2026-11-24T00:00:00Z"];
    let arguments = [&arguments[..], more, &[&reference]].concat();
    ocigate(layout.parent().unwrap(), &arguments)
}

#[test]
fn a_pointer_is_written_only_of_what_passes() {
    let (artifact, subject) = complete();
    let gate = Gate::on(&artifact);
    let written = write(&gate, &[]);
    written.assert("passes", 0, &[&at(&subject)]);
    assert_relaxed(&written, REPOSITORY);
    let value: Value = serde_json::from_str(&written.out).unwrap();
    assert_eq!(value["distribution"]["oci"]["files"][0]["path"], "soils.pmtiles");
    // What is written is what the gate asks for.
    let outcome = held(&artifact, &value);
    outcome.assert("reads back", 0, &["PASS"]);
    let findings = outcome.list("findings");
    assert!(findings.iter().all(|finding| finding["rule"] != "pointer"), "it names all that is there: {findings:#?}");

    let gate = Gate::on(&documented().0);
    let refused = write(&gate, &["--write", "p.json"]);
    refused.assert("unsigned", 1, &["FAIL  signature"]);
    assert!(!gate.layout().with_file_name("p.json").exists());
    let relaxed = write(&gate, &["--unverified"]);
    relaxed.assert("relaxed", 0, &["FAIL  signature"]);
    assert_relaxed(&relaxed, "--unverified");
    assert!(relaxed.out.contains("\"subject\""));
}

#[test]
fn a_stale_pointer_is_told() {
    let (artifact, subject) = complete();
    let gate = Gate::on(&artifact);
    write(&gate, &["--write", "p.json"]).assert("written", 0, &[]);
    write(&gate, &["--check", "p.json"]).assert("as it has to be", 0, &["p.json"]);
    let old = format!("sha256:{}", "7e".repeat(32));
    gate.file("old.json", &pretty(&pointer(json!({"subject": at(&old)}))));
    let stale = write(&gate, &["--check", "old.json"]);
    // Where it is stale, what it has to be, and how it becomes that.
    stale.assert("stale", 1, &["old.json:4:18: /distribution/oci/subject:", &subject, &old, "--write old.json"]);
    gate.file("parts.json", &pretty(&pointer(json!({"repository": REPOSITORY, "digest": subject}))));
    let shape = write(&gate, &["--check", "parts.json"]);
    shape.assert("another shape", 1, &["parts.json:1:1:", "`ocigate pointer migrate`", "--write parts.json"]);
}

#[test]
fn other_shapes_become_the_canonical_one() {
    let folder = tempfile::tempdir().unwrap();
    let digest = data_digest();
    let old =
        pointer(json!({"registry": "registry.example.org", "repository": "kfm/layers", "tag": "v1", "digest": digest,
        "files": [{"name": "soils.pmtiles", "mediaType": "application/vnd.pmtiles"}], "referrers": {"sig": digest}}));
    std::fs::write(folder.path().join("old.json"), pretty(&old)).unwrap();
    let run = |arguments: &[&str]| ocigate(folder.path(), &[&["pointer", "migrate"], arguments].concat());
    run(&["old.json", "--write", "new.json"]).assert("written", 0, &["note  ", "/distribution/oci/tag:"]);
    let new: Value = serde_json::from_slice(&std::fs::read(folder.path().join("new.json")).unwrap()).unwrap();
    let expected = json!({"subject": at(&digest), "referrers": {"signature": at(&digest)},
        "files": [{"path": "soils.pmtiles", "media_type": "application/vnd.pmtiles"}]});
    assert_eq!(new, pointer(expected));
    let by_schema = ["check-document", "--schema", "distribution-pointer.v1", "new.json"];
    ocigate(folder.path(), &by_schema).assert("valid", 0, &["new.json", "distribution-pointer.v1"]);
    run(&["new.json", "--check", "new.json"]).assert("canonical", 0, &["new.json"]);
    run(&["old.json", "--check", "old.json"]).assert(
        "not canonical",
        1,
        &["old.json:1:1:", "`ocigate pointer migrate`"],
    );
    std::fs::write(folder.path().join("bad.json"), "{\"distribution\": {\"oci\": {\"subject\": \"REPLACE_ME\"}}}")
        .unwrap();
    let placeholder = run(&["bad.json"]);
    placeholder.assert("a placeholder", 1, &["bad.json:1:38: /distribution/oci/subject:", "`REPLACE_ME`"]);
    assert_eq!(placeholder.out, "", "no pointer is written");
}

#[test]
fn documents_are_checked_by_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("good.json", &pretty(&pointer(json!({"subject": at(&data_digest())}))));
    write("prov.jsonld", &pretty(&crate::support::documents::prov(&data_digest())));
    let mut broken = crate::support::documents::spdx(&data_digest());
    broken.as_object_mut().unwrap().remove("creationInfo");
    write("sbom.json", &pretty(&broken));
    write("misspelt.json", &pretty(&pointer(json!({"subject": at(&data_digest()), "refferers": {}}))));
    write("other.json", b"{\"a\": 1}");
    write("cut.json", b"{\"a\": ");
    let run = |arguments: &[&str]| ocigate(folder.path(), &[&["check-document"], arguments].concat());
    let good = run(&["good.json", "prov.jsonld"]);
    good.assert("good", 0, &[]);
    for (name, kind) in [("good.json:", "distribution pointer"), ("prov.jsonld:", "prov")] {
        assert!(rows::has_line(&good.out, name, &[&format!(" {kind}")]), "{}", good.out);
    }
    run(&["sbom.json"]).assert("a fault", 1, &["sbom.json:1:1:", "`creationInfo`"]);
    run(&["misspelt.json"]).assert("misspelt", 1, &["/distribution/oci/refferers:", "`refferers`"]);
    let no_kind = run(&["other.json", "good.json"]);
    no_kind.assert("no kind", 3, &["--schema"]);
    for (name, data) in [("other.json:", "--schema"), ("good.json:", "distribution pointer")] {
        let text = format!("{}{}", no_kind.out, no_kind.err);
        assert!(rows::has_line(&text, name, &[data]), "{text}");
    }
    run(&["other.json", "cut.json"]).assert("no JSON", 1, &["cut.json:", "JSON", "line 1 column 6"]);
    run(&["other.json", "--schema", "spdx-2.v1"]).assert("named", 1, &["`spdxVersion`", "spdx-2.v1"]);
    run(&["other.json", "--schema", "x"]).assert("no such schema", 2, &["distribution-pointer.v1", "\"x\""]);
    run(&["gone.json"]).assert("not there", 2, &["gone.json", "(os error 2)"]);
    // What cannot be read hides nothing of the others.
    let wide: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    write("wide.json", &wide);
    write("marked.json", b"\xef\xbb\xbf{\"a\": 1}");
    write("wide.yaml", &[&[0xfe, 0xff][..], &wide].concat());
    let every = ["gone.json", "wide.json", "good.json", "marked.json", "wide.yaml"];
    let each = run(&every);
    each.assert("each by itself", 1, &[]);
    let text = format!("{}{}", each.out, each.err);
    for (name, data) in [
        ("gone.json:", "(os error 2)"),
        ("wide.json:", "UTF-16"),
        ("good.json:", "distribution pointer"),
        ("marked.json:", "JSON"),
        ("wide.yaml:", "UTF-8"),
    ] {
        assert!(rows::has_line(&text, name, &[data]), "{name} {data}: {text}");
    }
    run(&["wide.json"]).assert("alone", 1, &["wide.json:", "UTF-16"]);
    let shown = ocigate(folder.path(), &["schema", "show", "distribution-pointer.v1"]);
    shown.assert("shown", 0, &["urn:ocigate:schema:distribution-pointer.v1"]);
    ocigate(folder.path(), &["schema", "show", "x"]).assert("none", 2, &["distribution-pointer.v1"]);
    ocigate(folder.path(), &["schema", "list"]).assert("listed", 0, &["distribution-pointer.v1", "report.v1"]);
}

/// A STAC Item as a person formats it.
const ITEM: &str = r#"{
    "type": "Feature",
    "stac_version": "1.1.0",
    "id": "soils",
    "links": [],
    "assets": {
        "tiles": {"href": "https://data.example.org/soils.pmtiles", "type": "application/vnd.pmtiles"},
        "preview": {"href": "./preview.png"}
    },
    "bbox": [-102.05,36.99,  -94.59, 40.0]
}
"#;

#[test]
fn references_are_put_into_a_stac_item_that_keeps_its_form() {
    let (artifact, subject) = complete();
    let gate = Gate::on(&artifact);
    let path = gate.file("item.json", ITEM.as_bytes());
    write(&gate, &["--check", "item.json"]).assert("not yet", 1, &["--into item.json"]);
    write(&gate, &["--into", "item.json"]).assert("put in", 0, &[]);
    let text = std::fs::read_to_string(&path).unwrap();
    for line in ITEM.lines().filter(|line| !line.contains("tiles") && !line.contains("bbox") && *line != "}") {
        assert!(text.contains(line), "{line:?} is gone:\n{text}");
    }
    assert!(text.contains("\n    \"bbox\": [-102.05,36.99,  -94.59, 40.0]"), "{text}");
    let item: Value = serde_json::from_str(&text).unwrap();
    let tiles = &item["assets"]["tiles"];
    assert_eq!(tiles["href"], "https://data.example.org/soils.pmtiles");
    assert_eq!(tiles["alternate"]["oci"]["href"], at(&subject));
    let digest = data_digest();
    assert_eq!(tiles["file:checksum"], format!("1220{}", crate::support::artifact::hex(&digest)));
    assert_eq!(tiles["file:size"], crate::support::documents::data().len());
    assert_eq!(item["assets"]["preview"], json!({"href": "./preview.png"}));
    assert_eq!(item["stac_extensions"].as_array().unwrap().len(), 2);
    // Once more changes nothing, and the item is a pointer now.
    write(&gate, &["--into", "item.json"]).assert("again", 0, &[]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    write(&gate, &["--check", "item.json"]).assert("as it has to be", 0, &["item.json"]);
    held(&artifact, &item).assert("it points", 0, &["PASS"]);
    // A later version replaces the references, wherever they stand.
    let old = text.replace(&subject, &format!("sha256:{}", "7e".repeat(32)));
    std::fs::write(&path, &old).unwrap();
    write(&gate, &["--into", "item.json"]).assert("renewed", 0, &[]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn references_are_put_into_dcat_and_prov() {
    let (artifact, subject) = complete();
    let gate = Gate::on(&artifact);
    let dataset = json!({
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@type": "dcat:Dataset",
        "dcat:distribution": [{"@type": "dcat:Distribution", "dct:title": "soils.pmtiles",
            "dcat:accessURL": {"@id": "https://data.example.org/soils"}}],
    });
    let path = gate.file("dataset.jsonld", &pretty(&dataset));
    write(&gate, &["--into", "dataset.jsonld"]).assert("DCAT", 0, &[]);
    let changed: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let distribution = &changed["dcat:distribution"][0];
    let addresses = json!([{"@id": "https://data.example.org/soils"}, {"@id": at(&subject)}]);
    assert_eq!(distribution["dcat:accessURL"], addresses);
    assert_eq!(distribution["spdx:checksum"]["spdx:checksumValue"], crate::support::artifact::hex(&data_digest()));
    assert_eq!(changed["@context"]["spdx"], "http://spdx.org/rdf/terms#");
    write(&gate, &["--check", "dataset.jsonld"]).assert("as it has to be", 0, &["dataset.jsonld"]);
    held(&artifact, &changed).assert("it points", 0, &["PASS"]);

    let path = gate.file("prov.jsonld", &pretty(&crate::support::documents::prov(&data_digest())));
    write(&gate, &["--into", "prov.jsonld"]).assert("PROV", 0, &[]);
    let changed: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(changed["@graph"][0]["prov:atLocation"], json!({"@id": at(&subject)}));
    write(&gate, &["--check", "prov.jsonld"]).assert("as it has to be", 0, &["prov.jsonld"]);
}

#[test]
fn what_has_no_place_for_references_is_left_alone() {
    let gate = Gate::on(&complete().0);
    // Which kinds have one, or what of the kind was sought.
    for (name, text, named) in [
        ("a.json", "{\"a\": 1}", &["STAC", "DCAT", "PROV"][..]),
        ("b.json", "{\"stac_version\": \"1.0.0\", \"assets\": {}}", &["asset", "soils.pmtiles", "href"]),
        ("c.json", "{\"@type\": \"dcat:Dataset\"}", &["distribution"]),
        ("d.json", "{\"@type\": \"prov:Entity\"}", &["entity", " 0"]),
        (
            "e.json",
            "{\"stac_version\": \"1.0.0\", \"assets\": {\"soils.pmtiles\": {\"href\": \"x\"}, \"b\": {\"href\": \"oci://other.example/a:v1\"}}}",
            &["/assets/b/href:", "oci://other.example/a:v1"],
        ),
    ] {
        let path = gate.file(name, text.as_bytes());
        let outcome = write(&gate, &["--into", name]);
        outcome.assert(name, 2, &[&format!("{name}:")]);
        outcome.assert(name, 2, named);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "{name}");
    }
    // Nothing is put anywhere unless it passes.
    let gate = Gate::on(&documented().0);
    let path = gate.file("item.json", ITEM.as_bytes());
    write(&gate, &["--into", "item.json"]).assert("unsigned", 1, &["FAIL  signature"]);
    assert_eq!(std::fs::read_to_string(path).unwrap(), ITEM);
}
