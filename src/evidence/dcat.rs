//! DCAT 3 and DCAT-AP as JSON-LD: the catalogue record of a data set and its distributions.
//!
//! A record is known by its type in the DCAT namespace, whatever the prefix; the document's own context binds it and
//! none is fetched. DCAT speaks about the subject as a whole: `claims` reads licence and labels of every record.
//! Outputs are the digests that distributions state: `spdx:checksum` (DCAT 3 §6.8.20) and pinned locations. A checksum
//! may stand in a node of its own, as RDF libraries write it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::document::reading::{
    DEPTH, DigestList, DocumentValue, digest_by, digest_of_reference, local_name, plain, shown,
};
use super::frame::StatementPart;
use super::prov::context::Context;
use super::spec::{KindSpec, OwnWords, whole_tree};
use super::{Class, Facts};
use crate::fault::{Fault, FaultCode};

mod describe;
pub mod terms;

use terms::{term, types};

/// What this kind is.
pub const KIND: KindSpec = KindSpec {
    name: "dcat",
    class: Class::Metadata,
    marks: recognise,
    marks_beside: recognise,
    media_words: &["dcat"],
    predicate_types: &[
        "http://www.w3.org/ns/dcat",
        "http://www.w3.org/ns/dcat#",
        "https://www.w3.org/ns/dcat",
        "https://www.w3.org/ns/dcat#",
    ],
    in_statement: StatementPart::Predicate,
    schema: |_| Some("dcat-3.v1"),
    is_streamed: whole_tree,
    facts: |document| facts(document.value()),
    own_words: OwnWords::Catalogue,
    inputs: describe::sources,
    describe: describe::describe,
    refers: true,
};

/// Faults of one document that are told.
const FAULTS: usize = 20;
/// Run identities that are kept.
const RUNS: usize = 100;

/// Whether the value is a DCAT document: a node at its top or in its graph is a DCAT record.
fn recognise(value: &Value) -> bool {
    let context = Context::of(value);
    DocumentValue::new(value, "").nodes().iter().any(|node| {
        let is_record = |kind: &str| RECORDS.contains(&kind);
        types(node, &context).any(|kind| is_record(&kind))
    })
}

/// The records of DCAT 3 §6.
const RECORDS: [&str; 7] =
    ["Catalog", "CatalogRecord", "Dataset", "DatasetSeries", "Distribution", "DataService", "Resource"];

/// The facts of a DCAT document.
fn facts(value: &Value) -> Facts {
    let mut reader = Reader {
        context: Context::of(value),
        by_id: BTreeMap::new(),
        distributions: Vec::new(),
        named_alone: Vec::new(),
        has_described: false,
        facts: Facts::default(),
    };
    reader.visit(&DocumentValue::new(value, ""), false, DEPTH);
    if !reader.has_described {
        std::mem::take(&mut reader.named_alone).iter().for_each(|at| reader.lacks_title(at));
    }
    let mut outputs = DigestList::default();
    for distribution in std::mem::take(&mut reader.distributions) {
        reader.distribution(&distribution, &mut outputs);
    }
    let mut facts = reader.facts;
    facts.outputs = outputs.finish(&mut facts.faults);
    facts
}

struct Reader<'a> {
    context: Context,
    /// Nodes that say more than their name.
    by_id: BTreeMap<&'a str, DocumentValue<'a>>,
    distributions: Vec<DocumentValue<'a>>,
    /// Data sets of which there is a name and a type and nothing else.
    named_alone: Vec<DocumentValue<'a>>,
    /// Whether there is a data set with a title.
    has_described: bool,
    facts: Facts,
}

impl<'a> Reader<'a> {
    /// Finds the nodes; those under `dcat:distribution` need no type.
    fn visit(&mut self, at: &DocumentValue<'a>, distributes: bool, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match at.value {
            Value::Array(_) => at.items().for_each(|item| self.visit(&item, distributes, depth)),
            Value::Object(object) => {
                let id = at.members().find(|(key, _)| self.context.name(key) == "@id").and_then(|(_, id)| id.text());
                if let Some(id) = id.filter(|_| object.len() > 1) {
                    self.by_id.entry(id).or_insert_with(|| at.clone());
                }
                self.node(at, distributes && (object.len() > 1 || id.is_none()));
                for (key, member) in at.members().filter(|(_, at)| at.value.is_object() || at.value.is_array()) {
                    if key != "@context" {
                        let distributes = term(key, &self.context).is_some_and(|name| name == "distribution");
                        self.visit(&member, distributes, depth);
                    }
                }
            }
            _ => {}
        }
    }

    fn node(&mut self, at: &DocumentValue<'a>, distributes: bool) {
        let types: Vec<String> = types(at, &self.context).collect();
        if distributes || types.iter().any(|kind| kind == "Distribution") {
            self.distributions.push(at.clone());
        }
        if types.iter().any(|kind| kind == "Dataset") {
            let titles = self.members(at, "title");
            // What has a name and a type alone refers to a data set that is described elsewhere.
            let names_alone = at.members().all(|(key, _)| matches!(self.context.name(key).as_str(), "@id" | "@type"));
            match titles.is_empty() {
                true if names_alone => self.named_alone.push(at.clone()),
                true => self.lacks_title(at),
                false => self.has_described = true,
            }
            for title in titles.iter().filter(|title| literal(title).text().is_none() && !is_language_map(title)) {
                self.fault(
                    FaultCode::WrongType,
                    title,
                    format!("expected the title of the data set, a text, found {}", shown(title.value)),
                );
            }
        }
        if !types.is_empty() && self.facts.run_ids.len() < RUNS {
            let runs = at.members().filter(|(key, _)| plain(local_name(key)) == "runid").flat_map(|(_, at)| at.each());
            self.facts.run_ids.extend(runs.filter_map(|at| literal(&at).stated()));
        }
    }

    fn lacks_title(&mut self, at: &DocumentValue<'_>) {
        self.fault(FaultCode::Missing, at, "expected `dct:title` of the data set, found none".to_owned());
    }

    fn distribution(&mut self, at: &DocumentValue<'a>, outputs: &mut DigestList) {
        let title = self.members(at, "title").first().map(literal);
        let name = title.as_ref().and_then(DocumentValue::text);
        let mut located = !self.members(at, "accessService").is_empty();
        for place in ["accessURL", "downloadURL"].iter().flat_map(|key| self.members(at, key)) {
            let place = literal(&place);
            located |= place.text().is_some_and(|text| !text.is_empty());
            outputs.add(&place, place.text().and_then(digest_of_reference), name);
        }
        if !located {
            self.fault(
                FaultCode::Missing,
                at,
                "expected `dcat:accessURL` or `dcat:downloadURL` of the distribution, found none".to_owned(),
            );
        }
        for size in self.members(at, "byteSize") {
            let size = literal(&size);
            let is_size = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if !size.value.is_u64() && !size.text().is_some_and(is_size) {
                self.fault(
                    FaultCode::WrongValue,
                    &size,
                    format!("expected a size in bytes, found {}", shown(size.value)),
                );
            }
        }
        for checksum in self.members(at, "checksum") {
            self.checksum(&checksum, name, outputs);
        }
    }

    fn checksum(&mut self, at: &DocumentValue<'a>, name: Option<&str>, outputs: &mut DigestList) {
        // A context may say that a text is the name of a node (JSON-LD 1.1 §4.2.3).
        let named = at.text_of("@id").filter(|_| at.members().nth(1).is_none()).or_else(|| at.text());
        let node = named.and_then(|id| self.by_id.get(id)).unwrap_or(at).clone();
        let one = |key: &str| self.members(&node, key).first().map(literal);
        let (Some(algorithm), Some(value)) = (one("algorithm"), one("checksumValue")) else {
            let message = "expected a checksum with `spdx:algorithm` and `spdx:checksumValue`";
            return self.fault(FaultCode::Missing, &node, format!("{message}, found {}", shown(node.value)));
        };
        let (by, hex) = (algorithm.text().unwrap_or_default(), value.text().unwrap_or_default());
        let is_ours = matches!(plain(local_name(by)).trim_start_matches("checksumalgorithm"), "sha256" | "sha512");
        match digest_by(by, hex) {
            None if is_ours => self.fault(
                FaultCode::WrongValue,
                &value,
                format!("expected the whole checksum in hex, found {}", shown(value.value)),
            ),
            digest => outputs.add(&value, digest, name),
        }
    }

    /// The values of the properties with this local name.
    fn members(&self, at: &DocumentValue<'a>, local: &str) -> Vec<DocumentValue<'a>> {
        let own = at.members().filter(|(key, _)| local_name(&self.context.name(key)) == local);
        own.flat_map(|(_, at)| at.each()).collect()
    }

    fn fault(&mut self, code: FaultCode, at: &DocumentValue<'_>, message: String) {
        if self.facts.faults.len() < FAULTS {
            self.facts.faults.push(Fault::new(code, at.pointer(), message));
        }
    }
}

/// The value of a value object, or the name that a reference has.
/// A text in several languages (JSON-LD 1.1 §4.6.2): each member is a language.
fn is_language_map(at: &DocumentValue<'_>) -> bool {
    let says = |(key, text): (&str, DocumentValue<'_>)| !key.starts_with('@') && text.text().is_some();
    at.value.as_object().is_some_and(|map| !map.is_empty()) && at.members().all(says)
}

fn literal<'a>(at: &DocumentValue<'a>) -> DocumentValue<'a> {
    ["@value", "@id"].iter().find_map(|key| at.get(key)).unwrap_or_else(|| at.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::terms::NAMESPACE;
    use super::*;

    const A: &str = "aaaaf5b8a4c5b9c2f1d0e3a798b6c5d4e3f2a1b0c9d8e7f60516273849506172";

    /// After example 5 and §6.8.20 of DCAT 3.
    fn document() -> Value {
        json!({
            "@context": {"dcat": NAMESPACE, "dct": "http://purl.org/dc/terms/", "spdx": "http://spdx.org/rdf/terms#"},
            "@id": "urn:soils", "@type": "dcat:Dataset", "dct:title": "Soils", "dct:description": "Soils of one county",
            "dct:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"}, "kfm:runId": "r-1",
            "dcat:distribution": [{
                "@type": "dcat:Distribution", "dct:title": "tiles",
                "dcat:accessURL": {"@id": format!("oci://r.example.org/soils@sha256:{A}")},
                "dcat:mediaType": {"@id": "https://www.iana.org/assignments/media-types/application/vnd.pmtiles"},
                "dcat:byteSize": {"@value": "5120", "@type": "xsd:nonNegativeInteger"},
                "spdx:checksum": {"@type": "spdx:Checksum", "spdx:checksumValue": A,
                    "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"}},
            }],
        })
    }

    #[test]
    fn a_distribution_states_its_digest_and_place() {
        let value = document();
        assert!(recognise(&value));
        let found = facts(&value);
        assert_eq!(found.faults, []);
        let stated: Vec<_> = found.outputs.iter().map(|named| (named.digest.hex(), named.pointer.as_str())).collect();
        let at = "/dcat:distribution/0";
        assert_eq!(
            stated,
            [(A, &*format!("{at}/dcat:accessURL/@id")), (A, &*format!("{at}/spdx:checksum/spdx:checksumValue"))]
        );
        assert_eq!(found.outputs[0].name.as_deref(), Some("tiles"));
        assert_eq!(found.run_ids[0].value, "r-1");
    }

    #[test]
    fn nodes_apart_and_written_out_are_the_same() {
        let iri = |name: &str| format!("{NAMESPACE}{name}");
        let value = json!([
            {"@id": "urn:d", "@type": [iri("Distribution")], iri("downloadURL"): [{"@id": "https://example.org/a"}],
             "http://spdx.org/rdf/terms#checksum": [{"@id": "_:c"}]},
            {"@id": "_:c", "http://spdx.org/rdf/terms#algorithm": [{"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"}],
             "http://spdx.org/rdf/terms#checksumValue": [{"@value": A}]},
            {"@id": "urn:s", "@type": [iri("Dataset")], "http://purl.org/dc/terms/title": [{"@value": "Soils"}],
             iri("distribution"): [{"@id": "urn:d"}]},
        ]);
        assert!(recognise(&value));
        let found = facts(&value);
        assert_eq!((found.faults.len(), found.outputs.len()), (0, 1));
        assert_eq!(found.outputs[0].pointer, "/1/http:~1~1spdx.org~1rdf~1terms#checksumValue/0/@value");
    }

    #[test]
    fn faults_say_what_a_record_lacks() {
        for (pointer, wrong, expected) in [
            ("/dct:title", json!([]), "expected `dct:title` of the data set"),
            ("/dcat:distribution/0/dcat:accessURL", json!(""), "expected `dcat:accessURL` or `dcat:downloadURL`"),
            ("/dcat:distribution/0/dcat:byteSize", json!("5 kB"), "expected a size in bytes, found \"5 kB\""),
            (
                "/dcat:distribution/0/spdx:checksum/spdx:checksumValue",
                json!("abc"),
                "expected the whole checksum in hex",
            ),
            ("/dcat:distribution/0/spdx:checksum", json!(A), "expected a checksum with `spdx:algorithm`"),
        ] {
            let mut value = document();
            *value.pointer_mut(pointer).unwrap() = wrong;
            let faults = facts(&value).faults;
            assert_eq!(faults.len(), 1, "{pointer} {faults:?}");
            assert!(faults[0].message.starts_with(expected), "{faults:?}");
        }
    }

    /// As DCAT-AP and DCAT-US write them: their contexts make the text of `checksum` a name, and titles have languages.
    #[test]
    fn what_real_catalogues_write_is_understood() {
        let context =
            json!({"dcat": NAMESPACE, "dct": "http://purl.org/dc/terms/", "spdx": "http://spdx.org/rdf/terms#"});
        let checksum = json!({"@id": "urn:c", "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"}, "spdx:checksumValue": A});
        let distribution =
            json!({"@type": "dcat:Distribution", "dcat:accessURL": "https://example.org/x", "spdx:checksum": "urn:c"});
        let data_set = json!({"@id": "urn:d", "@type": "dcat:Dataset", "dct:title": {"en": "Soils", "de": "Böden"},
            "dct:replaces": {"@id": "urn:older", "@type": "dcat:Dataset"}});
        let found = facts(&json!({"@context": context, "@graph": [distribution, checksum, data_set]}));
        assert_eq!(found.faults, []);
        assert_eq!(found.outputs[0].digest.hex(), A);
        // A name and a type alone describe nothing.
        let named = json!({"@id": "urn:d", "@type": "dcat:Dataset"});
        let places: Vec<_> = facts(&json!({"@context": context, "@graph": [named]}))
            .faults
            .into_iter()
            .map(|fault| (fault.code, fault.pointer))
            .collect();
        assert_eq!(places, [(FaultCode::Missing, "/@graph/0".to_owned())]);
    }

    #[test]
    fn other_data_sets_are_not_dcat() {
        for value in [
            json!({"@context": "https://schema.org/", "@type": "Dataset"}),
            json!({"@context": {"dcat": "https://example.org/"}, "@type": "dcat:Dataset"}),
            json!({"features": [{"@type": "dcat:Dataset"}]}),
            json!(null),
        ] {
            assert!(!recognise(&value), "{value}");
        }
        for hostile in [json!({"@graph": 1}), json!([[{"dcat:distribution": {"spdx:checksum": [null, 1]}}]])] {
            assert_eq!(facts(&hostile).outputs, []);
        }
    }
}
