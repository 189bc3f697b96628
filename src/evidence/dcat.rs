//! DCAT 3 and DCAT-AP as JSON-LD: the catalogue record of a data set and its distributions.
//!
//! A record is known by its type in the DCAT namespace, whatever the prefix; the document's own context binds it and
//! none is fetched. DCAT speaks about the subject as a whole: `claims` reads licence and labels of every record.
//! Outputs are the digests that distributions state: `spdx:checksum` (DCAT 3 §6.8.20) and pinned locations. A checksum
//! may stand in a node of its own, as RDF libraries write it.

use serde_json::Value;

use super::document::reading::{DigestList, DocumentValue, digest_by, digest_of_reference, local_name, plain, shown};
use super::frame::StatementPart;
use super::json_ld::context::Context;
use super::json_ld::nodes::{JsonLdNode, types};
use super::json_ld::values::literal;
use super::spec::{KindSpec, OwnWords, no_packages, whole_tree};
use super::{Class, Facts};
use crate::fault::{Fault, FaultCode};

mod describe;
mod records;
mod terms;

use records::RecordList;
use terms::term;

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
    own_words: OwnWords::Parts,
    inputs: describe::sources,
    describe: describe::describe,
    packages: no_packages,
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
        let mut types = types(node, &context).into_iter();
        types.any(|at| at.text().and_then(|name| term(name, &context)).is_some_and(|name| RECORDS.contains(&&*name)))
    })
}

/// The records of DCAT 3 §6.
const RECORDS: [&str; 7] =
    ["Catalog", "CatalogRecord", "Dataset", "DatasetSeries", "Distribution", "DataService", "Resource"];

/// Where a document speaks of the subject: its records, without those of its sources.
pub fn parts(value: &Value) -> Vec<String> {
    RecordList::of(&DocumentValue::new(value, "")).parts().filter_map(|at| at.exact_pointer(value)).collect()
}

/// The facts of a DCAT document.
fn facts(value: &Value) -> Facts {
    let records = RecordList::of(&DocumentValue::new(value, ""));
    let mut facts = Facts::default();
    facts.subject_parts.extend(records.parts().filter_map(|at| at.exact_pointer(value)));
    let mut reader = Reader { records: &records, facts };
    records.data_sets.iter().for_each(|node| reader.data_set(node));
    // What has a name and a type alone refers to a data set that is described elsewhere, unless none is.
    let is_described = |node: &JsonLdNode<'_>| !records.values(node, "title").is_empty();
    if !records.data_sets.iter().any(is_described) {
        let alone = records.data_sets.iter().filter(|node| node.is_named_alone(&records.context));
        alone.for_each(|node| reader.lacks_title(node));
    }
    let mut outputs = DigestList::default();
    records.distributions.iter().for_each(|node| reader.distribution(node, &mut outputs));
    let mut facts = reader.facts;
    facts.faults.truncate(FAULTS);
    facts.outputs = outputs.finish(&mut facts.faults);
    facts
}

struct Reader<'r, 'a> {
    records: &'r RecordList<'a>,
    facts: Facts,
}

impl<'a> Reader<'_, 'a> {
    fn data_set(&mut self, node: &JsonLdNode<'a>) {
        self.facts.faults.extend(node.truncation());
        let titles = self.records.values(node, "title");
        if titles.is_empty() && !node.is_named_alone(&self.records.context) {
            self.lacks_title(node);
        }
        for title in titles.iter().filter(|title| literal(title).text().is_none() && !is_language_map(title)) {
            self.fault(
                FaultCode::WrongType,
                title.pointer(),
                format!("expected the title of the data set, a text, found {}", shown(title.value)),
            );
        }
        self.runs(node);
    }

    fn runs(&mut self, node: &JsonLdNode<'a>) {
        let members = node.objects.iter().flat_map(DocumentValue::members);
        let runs = members.filter(|(key, _)| plain(local_name(key)) == "runid").flat_map(|(_, at)| at.each());
        let kept = RUNS.saturating_sub(self.facts.run_ids.len());
        self.facts.run_ids.extend(runs.filter_map(|at| literal(&at).stated()).take(kept));
    }

    fn lacks_title(&mut self, node: &JsonLdNode<'a>) {
        let message = "expected `dct:title` of the data set, found none".to_owned();
        self.fault(FaultCode::Missing, node.pointer(), message);
    }

    fn distribution(&mut self, node: &JsonLdNode<'a>, outputs: &mut DigestList) {
        self.facts.faults.extend(node.truncation());
        self.runs(node);
        let title = self.records.values(node, "title").first().map(literal);
        let name = title.as_ref().and_then(DocumentValue::text);
        let mut located = !self.records.values(node, "accessService").is_empty();
        for place in ["accessURL", "downloadURL"].iter().flat_map(|key| self.records.values(node, key)) {
            let place = literal(&place);
            located |= place.text().is_some_and(|text| !text.is_empty());
            outputs.add(&place, place.text().and_then(digest_of_reference), name);
        }
        if !located {
            self.fault(
                FaultCode::Missing,
                node.pointer(),
                "expected `dcat:accessURL` or `dcat:downloadURL` of the distribution, found none".to_owned(),
            );
        }
        for size in self.records.values(node, "byteSize") {
            let size = literal(&size);
            let is_size = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if !size.value.is_u64() && !size.text().is_some_and(is_size) {
                let message = format!("expected a size in bytes, found {}", shown(size.value));
                self.fault(FaultCode::WrongValue, size.pointer(), message);
            }
        }
        for checksum in self.records.values(node, "checksum") {
            self.checksum(&checksum, name, outputs);
        }
    }

    fn checksum(&mut self, at: &DocumentValue<'a>, name: Option<&str>, outputs: &mut DigestList) {
        let node = self.records.node(at);
        self.facts.faults.extend(node.truncation());
        let one = |key: &str| self.records.values(&node, key).first().map(literal);
        let (Some(algorithm), Some(value)) = (one("algorithm"), one("checksumValue")) else {
            let message = "expected a checksum with `spdx:algorithm` and `spdx:checksumValue`";
            let found = node.objects.first().map(|at| shown(at.value)).unwrap_or_default();
            return self.fault(FaultCode::Missing, node.pointer(), format!("{message}, found {found}"));
        };
        let (by, hex) = (algorithm.text().unwrap_or_default(), value.text().unwrap_or_default());
        let is_ours = matches!(plain(local_name(by)).trim_start_matches("checksumalgorithm"), "sha256" | "sha512");
        match digest_by(by, hex) {
            None if is_ours => {
                let message = format!("expected the whole checksum in hex, found {}", shown(value.value));
                self.fault(FaultCode::WrongValue, value.pointer(), message);
            }
            digest => outputs.add(&value, digest, name),
        }
    }

    fn fault(&mut self, code: FaultCode, pointer: String, message: String) {
        if self.facts.faults.len() < FAULTS {
            self.facts.faults.push(Fault::new(code, pointer, message));
        }
    }
}

/// A text in several languages (JSON-LD 1.1 §4.6.2): each member is a language.
fn is_language_map(at: &DocumentValue<'_>) -> bool {
    let says = |(key, text): (&str, DocumentValue<'_>)| !key.starts_with('@') && text.text().is_some();
    at.value.as_object().is_some_and(|map| !map.is_empty()) && at.members().all(says)
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

    /// As RDF libraries write a graph: a node in two places, sources and distributions apart.
    #[test]
    fn objects_of_one_name_are_one_record() {
        let context =
            json!({"dcat": NAMESPACE, "dct": "http://purl.org/dc/terms/", "spdx": "http://spdx.org/rdf/terms#"});
        let checksum =
            |hex: &str| json!({"spdx:algorithm": "spdx:checksumAlgorithm_sha256", "spdx:checksumValue": hex});
        let b = A.replace("aaaa", "bbbb");
        let value = json!({"@context": context, "@graph": [
            {"@id": "urn:d", "@type": "dcat:Dataset", "dct:source": {"@id": "urn:survey"}},
            {"@id": "urn:d", "dct:title": "Soils", "dct:license": "MIT", "dcat:distribution": {"@id": "urn:file"}},
            {"@id": "urn:file", "dcat:accessURL": "https://example.org/x"},
            {"@id": "urn:file", "spdx:checksum": checksum(A)},
            {"@id": "urn:survey", "@type": "dcat:Dataset", "dct:license": "CC0-1.0", "dcat:distribution":
                {"@type": "dcat:Distribution", "dcat:accessURL": "https://example.org/y", "spdx:checksum": checksum(&b)}},
        ]});
        let found = facts(&value);
        assert_eq!(found.faults, []);
        let outputs: Vec<_> = found.outputs.iter().map(|at| at.digest.hex()).collect();
        assert_eq!(outputs, [A], "the file of the source is none of the data set");
        assert_eq!(found.subject_parts, ["/@graph/0", "/@graph/1", "/@graph/2", "/@graph/3"]);
        let root = DocumentValue::new(&value, "");
        let sources: Vec<_> = describe::sources(&root, &found).iter().map(DocumentValue::pointer).collect();
        assert_eq!(sources, ["/@graph/4", "/@graph/0/dct:source"]);
    }

    #[test]
    fn a_name_that_too_many_different_objects_have_is_a_fault() {
        let titles =
            (0..40).map(|index| json!({"@id": "urn:d", "@type": "dcat:Dataset", "dct:title": index.to_string()}));
        let value = json!({"@graph": titles.collect::<Vec<_>>()});
        let codes: Vec<_> = facts(&value).faults.into_iter().map(|fault| fault.code).collect();
        assert_eq!(codes, [FaultCode::TooMany]);
        // One that is written out wherever it is named is one.
        let same = json!({"@graph": vec![json!({"@id": "urn:d", "@type": "dcat:Dataset", "dct:title": "x"}); 40]});
        assert_eq!(facts(&same).faults, []);
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
