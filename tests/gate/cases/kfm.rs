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
            .never_says(&["warn"])
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
            .says(&["fail allowed_signers.absent council + ../keys/release.pub"]),
        fixture("carrier_tuple_fail", "No DCAT record", "kfm.carrier_tuple", |documents| drop(documents.remove(1)))
            .says(&["fail carrier_tuple.absent DCAT", "proven stac", "proven prov"])
            .never_says(&["proven dcat"]),
        fixture("carrier_tuple_locator_fail", "STAC names a mirror as the place", "kfm.carrier_tuple", |documents| {
            let asset = &mut documents[0].3["assets"]["data"];
            let elsewhere = asset["href"].as_str().unwrap().replace("registry.example.org", "mirror.example.net");
            asset["href"] = json!(elsewhere);
        })
        .says(&[
            "fail carrier_tuple.several_locators soils.pmtiles + mirror.example.net",
            "fail carrier_tuple.several_locators name=item.json + name=dcat.jsonld",
        ]),
        fixture(
            "catalogue_fields_fail",
            "A STAC Item without a theme",
            "kfm.catalogue_fields",
            without(0, "/properties", "kfm:theme"),
        )
        .says(&["fail catalogue_fields.incomplete theme + name=item.json"]),
        fixture("licence_by_kind_fail", "Data under a licence for code", "kfm.licence_by_kind", |documents| {
            documents[0].3["properties"]["license"] = json!("CC-BY-4.0");
        })
        .with(&["--data", "licences.json"])
        .file("licences.json", "{\"config\": {\"kfm\": {\"licences_by_kind\": {\"data\": [\"CC0-1.0\"]}}}}\n")
        .says(&["fail licence_by_kind.not_allowed CC0-1.0 + CC-BY-4.0"]),
        fixture("no_downgrade_fail", "A public layer made from internal data", "kfm.no_downgrade", |documents| {
            documents[2].3["@graph"][1]["kfm:sensitivity"] = json!("internal");
        })
        .says(&["fail no_downgrade.lower_rank soils.csv + 2 + 0 + name=prov.jsonld"]),
        fixture(
            "no_downgrade_undecided",
            "An input without a label",
            "kfm.no_downgrade",
            without(3, "/inputs/0", "sensitivity"),
        )
        .says(&["undecided no_downgrade.unresolved soils.csv"]),
        fixture(
            "provenance_fields_fail",
            "Provenance that does not say which code ran",
            "kfm.provenance_fields",
            without(2, "/@graph/2", "kfm:code_ref"),
        )
        .says(&["fail provenance_fields.incomplete code_ref + name=prov.jsonld + pointer=/@graph/2"]),
        fixture("run_contract_fail", "A run whose code is a branch", "kfm.run_contract", |documents| {
            documents[3].3["code_ref"] = json!("git+https://example.org/soils@main");
        })
        .says(&["fail run_contract.incomplete code_ref + pointer=/code_ref"]),
        fixture(
            "sbom_minimum_fail",
            "An SBOM without a supplier",
            "kfm.sbom_minimum",
            without(4, "/packages/0", "supplier"),
        )
        .says(&["fail sbom_minimum.incomplete supplier + 1"]),
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
        .says(&["fail references_pinned.unpinned oci://registry.example.org/kfm/layers:v1 + name=item.json + pointer=/links/0/href"]),
        core("references_pinned_placeholder_fail", "A document that was not filled in", "references_pinned", &|documents| {
            documents[0].3["properties"]["kfm:provenance_ref"] = json!("oci://registry.example.org/kfm/layers@sha256:PROVENANCE_DIGEST");
        })
        .says(&["fail references_pinned.unpinned PROVENANCE_DIGEST + pointer=/properties/kfm:provenance_ref"]),
        core("inputs_pinned_pass", "Every input has a digest", "inputs_pinned", &|_| {}).says(&["PASS"]).never_says(&["warn inputs_pinned"]),
        core("inputs_pinned_fail", "An input that is only an address, where digests are demanded", "inputs_pinned", &|documents| {
            documents[3].3["inputs"][0].as_object_mut().unwrap().remove("sha256");
        })
        .with(&["--data", "inputs.json"])
        .file("inputs.json", "{\"config\": {\"inputs\": {\"require_pinned\": true}}}\n")
        .says(&["fail inputs_pinned.unpinned soils.csv + name=run_manifest.json + pointer=/inputs/0"]),
    ]
}
