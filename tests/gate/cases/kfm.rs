//! The set `kfm`, and the rules of `core` that it makes stricter: the founding example made real, and one thing wrong.

use serde_json::{Value, json};

use super::fixture::Fixture;
use crate::support::documents::publish;

type Documents = Vec<(&'static str, &'static str, &'static str, Value)>;

/// The published example with one edit, judged with the set.
fn fixture(name: &'static str, title: &'static str, rule: &'static str, edit: impl Fn(&mut Documents)) -> Fixture {
    let (artifact, subject) = publish(edit);
    Fixture::new(name, title, artifact).rule(rule).with(&["--set", "kfm"]).pinned(&subject)
}

const PASSING: [(&str, &str); 8] = [
    ("allowed_signers_pass", "kfm.allowed_signers"),
    ("carrier_tuple_pass", "kfm.carrier_tuple"),
    ("catalogue_fields_pass", "kfm.catalogue_fields"),
    ("licence_by_kind_pass", "kfm.licence_by_kind"),
    ("no_downgrade_pass", "kfm.no_downgrade"),
    ("provenance_fields_pass", "kfm.provenance_fields"),
    ("run_contract_pass", "kfm.run_contract"),
    ("sbom_minimum_pass", "kfm.sbom_minimum"),
];

pub fn fixtures() -> Vec<Fixture> {
    let passing = PASSING.map(|(name, rule)| {
        fixture(name, "The founding example made real", rule, |_| {})
            .says(&["PASS", "(core, kfm)"])
            .never_says(&["warning"])
    });
    let mut fixtures: Vec<Fixture> = passing.into();
    fixtures.extend(failing());
    fixtures.extend(of_core());
    fixtures
}

fn failing() -> Vec<Fixture> {
    let without = |document: usize, pointer: &'static str, field: &'static str| {
        move |documents: &mut Documents| {
            documents[document].3.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(field).unwrap();
        }
    };
    vec![
        fixture("allowed_signers_fail", "Signed by another than the listed signers", "kfm.allowed_signers", |_| {})
            .with(&["--data", "signers.json"])
            .file("signers.json", "{\"config\": {\"kfm\": {\"allowed_signers\": [\"council\"]}}}\n")
            .says(&[
                "FAIL  kfm.allowed_signers: expected a signature by one of council, found one by `../keys/release.pub`",
            ]),
        fixture("carrier_tuple_fail", "No DCAT record", "kfm.carrier_tuple", |documents| drop(documents.remove(1)))
            .says(&[
                "FAIL  kfm.carrier_tuple: expected a STAC record, a DCAT record and PROV of",
                "found no DCAT record",
            ]),
        fixture("carrier_tuple_locator_fail", "STAC names a mirror as the place", "kfm.carrier_tuple", |documents| {
            let asset = &mut documents[0].3["assets"]["data"];
            let elsewhere = asset["href"].as_str().unwrap().replace("registry.example.org", "mirror.example.net");
            asset["href"] = json!(elsewhere);
        })
        .says(&[
            "FAIL  kfm.carrier_tuple: expected one locator of `soils.pmtiles`",
            "mirror.example.net",
            "in item.json:",
            "in dcat.jsonld:",
        ]),
        fixture(
            "catalogue_fields_fail",
            "A STAC Item without a theme",
            "kfm.catalogue_fields",
            without(0, "/properties", "kfm:theme"),
        )
        .says(&["FAIL  kfm.catalogue_fields: expected `theme` in the stac item, found none", "in item.json:"]),
        fixture("licence_by_kind_fail", "Data under a licence for code", "kfm.licence_by_kind", |documents| {
            documents[0].3["properties"]["license"] = json!("CC-BY-4.0");
        })
        .with(&["--data", "licences.json"])
        .file("licences.json", "{\"config\": {\"kfm\": {\"licences_by_kind\": {\"data\": [\"CC0-1.0\"]}}}}\n")
        .says(&["FAIL  kfm.licence_by_kind: expected a licence for data (CC0-1.0), found"]),
        fixture("no_downgrade_fail", "A public layer made from internal data", "kfm.no_downgrade", |documents| {
            documents[2].3["@graph"][1]["kfm:sensitivity"] = json!("internal");
        })
        .says(&[
            "FAIL  kfm.no_downgrade: expected at least rank 2, because the input `soils.csv` has it, found rank 0",
            "in prov.jsonld:",
        ]),
        fixture(
            "no_downgrade_undecided",
            "An input without a label",
            "kfm.no_downgrade",
            without(3, "/inputs/0", "sensitivity"),
        )
        .says(&["UNDECIDED  kfm.no_downgrade: expected a label of the input `soils.csv`"]),
        fixture(
            "provenance_fields_fail",
            "Provenance that does not say which code ran",
            "kfm.provenance_fields",
            without(2, "/@graph/2", "kfm:code_ref"),
        )
        .says(&["FAIL  kfm.provenance_fields: expected `code_ref` in the activity", "in prov.jsonld:"]),
        fixture("run_contract_fail", "A run whose code is a branch", "kfm.run_contract", |documents| {
            documents[3].3["code_ref"] = json!("git+https://example.org/soils@main");
        })
        .says(&[
            "FAIL  kfm.run_contract: expected a run manifest by the contract, found a `code_ref` without a full commit",
            "/code_ref",
        ]),
        fixture(
            "sbom_minimum_fail",
            "An SBOM without a supplier",
            "kfm.sbom_minimum",
            without(4, "/packages/0", "supplier"),
        )
        .says(&[
            "FAIL  kfm.sbom_minimum: expected the minimum elements of an SBOM, found no supplier of 1 listed element",
        ]),
    ]
}

/// Rules of `core` that any publisher has, at their own strength.
fn of_core() -> Vec<Fixture> {
    let core = |name, title, rule, edit: &dyn Fn(&mut Documents)| {
        let (artifact, _) = publish(edit);
        Fixture::new(name, title, artifact).rule(rule)
    };
    vec![
        core("references_pinned_pass", "Every reference has a digest", "references_pinned", &|_| {}).says(&["PASS"]),
        core("references_pinned_fail", "A catalogue points at a tag", "references_pinned", &|documents| {
            documents[0].3["links"] = json!([{"rel": "item", "href": "oci://registry.example.org/kfm/layers:v1"}]);
        })
        .says(&["FAIL  references_pinned: expected a reference with a digest, found `oci://registry.example.org/kfm/layers:v1`", "in item.json:", "/links/0/href"]),
        core("references_pinned_placeholder_fail", "A document that was not filled in", "references_pinned", &|documents| {
            documents[0].3["properties"]["kfm:provenance_ref"] = json!("oci://registry.example.org/kfm/layers@sha256:PROVENANCE_DIGEST");
        })
        .says(&["FAIL  references_pinned: expected a reference with a digest, found the placeholder `PROVENANCE_DIGEST`", "/properties/kfm:provenance_ref"]),
        core("inputs_pinned_pass", "Every input has a digest", "inputs_pinned", &|_| {}).says(&["PASS"]).never_says(&["warning  inputs_pinned"]),
        core("inputs_pinned_fail", "An input that is only an address, where digests are demanded", "inputs_pinned", &|documents| {
            documents[3].3["inputs"][0].as_object_mut().unwrap().remove("sha256");
        })
        .with(&["--data", "inputs.json"])
        .file("inputs.json", "{\"config\": {\"inputs\": {\"require_pinned\": true}}}\n")
        .says(&["FAIL  inputs_pinned: expected a digest of every input, found none of `soils.csv`", "in run_manifest.json:", "/inputs/0"]),
    ]
}
