//! `agreement`: one identity across all documents and the manifest. `input_licences`: what inputs permit.

use serde_json::json;

use super::fixture::Fixture;
use crate::support::documents::{catalogued, with_documents};

pub fn fixtures() -> Vec<Fixture> {
    vec![
        agree(),
        disagree(),
        unsigned(),
        from_input("input_licences_pass", "The input is in the public domain", "CC0-1.0", &["PASS"]),
        from_input(
            "input_licences_fail",
            "The input is under a licence that its derivatives keep",
            "ODbL-1.0",
            &[
                "fail input_licences.not_permitted urn:example:source + ODbL-1.0 + CC-BY-4.0",
                "fail input_licences.not_permitted name=prov.jsonld + pointer=/@graph/1/dct:license",
                "fail input_licences.not_permitted pointer=/annotations/org.opencontainers.image.licenses",
            ],
        ),
    ]
}

fn from_input(name: &'static str, title: &'static str, licence: &str, says: &[&str]) -> Fixture {
    let documents = |subject: &str| {
        let mut documents = catalogued(subject).to_vec();
        documents[2].3["@graph"][1]["dct:license"] = json!(licence);
        documents[0].3["properties"]["attribution"] = json!("Example Survey");
        documents
    };
    Fixture::new(name, title, with_documents(documents, true).0).rule("input_licences").says(says)
}

fn agree() -> Fixture {
    let (artifact, _) = with_documents(|subject| catalogued(subject).to_vec(), true);
    Fixture::new("agreement_pass", "STAC, DCAT, PROV and run manifest say the same of one data set", artifact)
        .rule("agreement")
        .says(&["PASS"])
        .never_says(&["warn agreement"])
}

fn other_size(signed: bool) -> crate::support::artifact::Artifact {
    let documents = |subject: &str| {
        let mut documents = catalogued(subject).to_vec();
        documents[1].3["dcat:distribution"][0]["dcat:byteSize"] = json!(4096);
        documents
    };
    with_documents(documents, signed).0
}

fn disagree() -> Fixture {
    Fixture::new("agreement_fail", "A signed DCAT record states another size than the manifest", other_size(true))
        .rule("agreement")
        .says(&[
            "fail agreement.disagreement soils.pmtiles + 24 + 4096",
            "fail agreement.disagreement name=dcat.jsonld + pointer=/dcat:distribution/0/dcat:byteSize",
            "fail agreement.disagreement pointer=/layers/0/size",
        ])
}

fn unsigned() -> Fixture {
    Fixture::new(
        "agreement_unsigned_pass",
        "An unsigned DCAT record does so, which anyone could have written",
        other_size(false),
    )
    .rule("agreement")
    .says(&[
        "PASS",
        "warn agreement.disagreement soils.pmtiles + pointer=/dcat:distribution/0/dcat:byteSize + pointer=/layers/0/size",
    ])
}
