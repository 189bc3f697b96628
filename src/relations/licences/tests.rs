use std::collections::BTreeSet;

use serde_json::json;

use super::super::sources::sources;
use super::super::tests::{
    LAYER, OTHER, SUBJECT, Scene, aside, bundled_settings, claim, claiming, digest, document, dossier, layer, licence,
    signed, stated,
};
use super::*;
use crate::dossier::ReferrerClaims;
use crate::evidence::description::{DescribedFile, Description};
use crate::evidence::{DocumentKind, Facts};
use crate::oci::{Descriptor, Digest};

/// What the bundled table says of an input under one licence and the subject under another: the licence that refuses, and
/// whether that forbids.
fn refusal(from: &str, to: &str, scene: &Scene) -> Option<(String, bool)> {
    let settings = bundled_settings();
    let terms = Terms::of(&settings.licences, &scene.subject());
    terms.refusal(&licence::alternatives(from), &licence::alternatives(to))
}

#[test]
fn what_an_input_permits_is_not_refused() {
    for (from, to) in [
        ("CC0-1.0", "CC-BY-4.0"),
        ("CC0-1.0", "CC0-1.0"),
        ("CC-BY-4.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0"),
        ("CC-BY-SA-4.0", "GPL-3.0-only"),
        ("CC-BY-SA-3.0", "CC-BY-SA-4.0"),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"),
        ("ODbL-1.0", "ODbL-1.0"),
        ("MIT", "LicenseRef-own"),
        // One way to use the input is enough.
        ("GPL-3.0-only OR CC0-1.0", "MIT"),
        ("CC-BY-NC-4.0 OR LicenseRef-x", "CC-BY-4.0"),
        // Each way to use the subject has to hold one that is permitted.
        ("ODbL-1.0", "ODbL-1.0 AND CC-BY-4.0"),
        ("ODbL-1.0", "ODbL-1.0 AND (CC-BY-4.0 OR MIT)"),
        // What the table does not know refuses nothing by itself.
        ("LicenseRef-x", "CC-BY-4.0"),
        // A licence that nobody can take apart is told elsewhere.
        ("no expression", "CC-BY-4.0"),
    ] {
        assert_eq!(refusal(from, to, &Scene::default()), None, "{from} to {to}");
    }
}

#[test]
fn what_an_input_does_not_permit_is_refused_by_the_licence_that_forbids_it() {
    for (from, to, by, forbids) in [
        ("CC-BY-SA-4.0", "CC-BY-4.0", "CC-BY-SA-4.0", true),
        ("CC-BY-SA-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", true),
        ("CC-BY-NC-4.0", "CC-BY-4.0", "CC-BY-NC-4.0", true),
        ("CC-BY-ND-4.0", "CC-BY-ND-4.0", "CC-BY-ND-4.0", true),
        ("ODbL-1.0", "CC-BY-4.0", "ODbL-1.0", true),
        ("CC-BY-4.0", "CC0-1.0", "CC-BY-4.0", true),
        ("CC-BY-4.0", "CC-BY-4.0 OR CC0-1.0", "CC-BY-4.0", true),
        ("CC-BY-SA-4.0", "CC-BY-SA-4.0 OR MIT", "CC-BY-SA-4.0", true),
        ("CC-BY-4.0 AND CC-BY-NC-4.0", "CC-BY-4.0", "CC-BY-NC-4.0", true),
        // Nobody can say what an unknown one of the subject permits.
        ("ODbL-1.0", "LicenseRef-own", "ODbL-1.0", true),
        // What only asks that somebody looks.
        ("GPL-3.0-only", "CC-BY-4.0", "GPL-3.0-only", false),
        ("GPL-3.0-only OR CC-BY-NC-4.0", "CC-BY-4.0", "GPL-3.0-only", false),
        ("CC-BY-NC-4.0 OR GPL-3.0-only", "CC-BY-4.0", "GPL-3.0-only", false),
        // What the table does not know permits nothing that is beside it.
        ("CC-BY-NC-SA-4.0 AND LicenseRef-x", "CC-BY-4.0", "CC-BY-NC-SA-4.0", true),
        ("LicenseRef-x AND CC-BY-NC-SA-4.0", "CC-BY-4.0", "CC-BY-NC-SA-4.0", true),
        ("GPL-3.0-only AND CC-BY-NC-SA-4.0", "CC-BY-4.0", "CC-BY-NC-SA-4.0", true),
        ("CC-BY-NC-4.0 OR CC-BY-NC-SA-4.0 AND LicenseRef-x", "CC-BY-4.0", "CC-BY-NC-4.0", true),
    ] {
        assert_eq!(refusal(from, to, &Scene::default()), Some((by.to_owned(), forbids)), "{from} to {to}");
    }
}

/// A picture of a map is no derived database.
#[test]
fn an_exception_holds_where_all_that_is_published_is_excepted() {
    for (media_types, from, forbids) in [
        (&["image/png"][..], "ODbL-1.0", false),
        (&["image/PNG; q=1"], "ODbL-1.0", false),
        (&["image/png", "application/pdf"], "ODbL-1.0", false),
        (&["image/png", "application/vnd.pmtiles"], "ODbL-1.0", true),
        (&["image/tiff"], "ODbL-1.0", true),
        (&[], "ODbL-1.0", true),
        // Other licences have no such exception.
        (&["image/png"], "CC-BY-SA-4.0", true),
    ] {
        let typed = |media_type: &&str| Descriptor { media_type: (*media_type).to_owned(), ..layer(LAYER, "map") };
        let scene = Scene { layers: media_types.iter().map(typed).collect(), ..Scene::default() };
        let expected = Some((from.to_owned(), forbids));
        assert_eq!(refusal(from, "CC-BY-4.0", &scene), expected, "{media_types:?} {from}");
    }
}

#[test]
fn the_table_knows_a_licence_of_which_it_knows_every_part() {
    let (settings, scene) = (bundled_settings(), Scene::default());
    let terms = Terms::of(&settings.licences, &scene.subject());
    for (text, is_known) in [
        ("CC-BY-4.0", true),
        ("cc-by-4.0", true),
        ("GPL-2.0 WITH Classpath-exception-2.0", true),
        ("CC-BY-4.0 OR MIT AND ODbL-1.0", true),
        ("LicenseRef-own", false),
        ("CC-BY-4.0 AND LicenseRef-own", false),
        ("CC-BY-4.0 OR LicenseRef-own", false),
        ("no expression", false),
        ("", false),
    ] {
        assert_eq!(terms.know(&licence::alternatives(text)), is_known, "{text}");
    }
    for (id, demands) in [("CC-BY-4.0", true), ("GPL-3.0-only", true), ("CC0-1.0", false), ("LicenseRef-own", false)] {
        assert_eq!(terms.demands_notice(id), demands, "{id}");
    }
}

#[test]
fn a_text_that_is_no_expression_has_a_suggestion_where_the_table_or_the_list_knows_it() {
    let table = bundled_settings().licences;
    for (text, expected) in [
        ("Public-Domain", Some("CC0-1.0 or CC-PDDC")),
        ("  public \t Domain ", Some("CC0-1.0 or CC-PDDC")),
        ("CC-BY 4.0", Some("CC-BY-4.0")),
        ("my own", None),
    ] {
        assert_eq!(table.suggestion(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn only_an_expression_can_be_compared_with_one() {
    for (text, expected) in [
        ("MIT", true),
        (" MIT  OR  ISC ", true),
        ("GPL-2.0-only WITH Classpath-exception-2.0", true),
        ("(MIT OR ISC) AND Zlib", true),
        ("LicenseRef-own", true),
        ("", false),
        ("The licence of the council", false),
        ("MIT License", false),
        ("MIT or ISC", false),
        ("MIT AND", false),
        ("MIT\tLicense", false),
        ("NOASSERTION", false),
        (" none ", false),
    ] {
        assert_eq!(is_expression(text), expected, "{text:?}");
    }
}

#[test]
fn an_sbom_says_one_licence_of_what_it_describes() {
    let spdx = |concluded: Value, declared: Value| {
        described_licence(&json!({"licence_concluded": concluded, "licence_declared": declared}))
    };
    for (concluded, declared, expected) in [
        (json!("MIT"), json!("ISC"), Some("MIT")),
        (json!("NOASSERTION"), json!("ISC"), Some("ISC")),
        (json!(null), json!("ISC"), Some("ISC")),
        (json!("in prose only"), json!("ISC"), Some("ISC")),
        (json!(5), json!("ISC"), Some("ISC")),
        (json!("NOASSERTION"), json!("NONE"), None),
        (json!(null), json!(null), None),
    ] {
        assert_eq!(spdx(concluded.clone(), declared.clone()).as_deref(), expected, "{concluded} {declared}");
    }
    for (licences, expected) in [
        (json!(["MIT"]), Some("MIT")),
        (json!(["CC-BY-4.0 OR MIT"]), Some("CC-BY-4.0 OR MIT")),
        (json!(["MIT", "Zlib"]), Some("MIT AND Zlib")),
        // Joined, alternatives would say something else.
        (json!(["MIT", "Zlib OR MIT"]), None),
        (json!([]), None),
        (json!(["The licence of the council"]), None),
        (json!(["MIT", "The licence of the council"]), None),
        (json!(["NOASSERTION"]), None),
        (json!([5]), None),
        (json!(["MIT", 5]), None),
        (json!("MIT"), None),
        (json!(null), None),
    ] {
        assert_eq!(described_licence(&json!({"licences": licences})).as_deref(), expected, "{licences}");
    }
    assert_eq!(described_licence(&json!("MIT")), None);
    // What SPDX concludes outweighs a list.
    let both = json!({"licence_concluded": "MIT", "licences": ["ISC"]});
    assert_eq!(described_licence(&both).as_deref(), Some("MIT"));
}

fn place(document: char, pointer: &str) -> Place {
    Place { document: digest(document), pointer: pointer.to_owned() }
}

#[test]
fn every_sbom_is_asked_what_it_says_of_what_it_describes() {
    let sbom = |kind, name, summary| {
        let facts = Facts { summary: Some(summary), ..Facts::default() };
        Document { facts, ..document(kind, name) }
    };
    let described = json!({"described": [
        {"licence_concluded": "MIT", "pointer": "/packages/0"},
        {"licence_concluded": "NOASSERTION", "pointer": "/packages/1"},
        {"licences": ["ISC"]},
    ]});
    let documents = vec![
        signed(sbom(DocumentKind::Spdx, 'd', described.clone())),
        sbom(
            DocumentKind::CycloneDx,
            'e',
            json!({"described": [{"licences": ["Zlib"], "pointer": "/metadata/component"}]}),
        ),
        // Nothing else describes packages.
        sbom(DocumentKind::Stac, '0', described),
        sbom(DocumentKind::Spdx, 'b', json!({"described": "MIT"})),
    ];
    let expected = [
        ("MIT", place('d', "/packages/0"), true),
        ("ISC", place('d', ""), true),
        ("Zlib", place('e', "/metadata/component"), false),
    ];
    let expected =
        expected.map(|(licence, place, is_proven)| DescribedLicence { licence: licence.to_owned(), place, is_proven });
    assert_eq!(described_licences(&dossier(documents)), expected);
}

/// An input of a document, with what is said of it.
fn input(names: &[&str], bytes: char, claims: Vec<Claim>) -> DescribedInput {
    let file = DescribedFile {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        digests: vec![stated(digest(bytes).to_string(), "/input")],
        ..DescribedFile::default()
    };
    DescribedInput { file, claims, is_commit: false }
}

fn made_from(document: Document, inputs: Vec<DescribedInput>) -> Document {
    Document { description: Description { inputs, ..document.description }, ..document }
}

/// Signed provenance of one input, and signed metadata that states the subject's licence.
fn made(from: &str, bytes: char, to: &str) -> Dossier {
    let prov = made_from(document(DocumentKind::Prov, 'd'), vec![input(&["source.csv"], bytes, vec![licence(from)])]);
    dossier(vec![signed(prov), signed(claiming(document(DocumentKind::Stac, 'e'), vec![licence(to)]))])
}

fn related<T>(dossier: &Dossier, ask: impl Fn(&LicenceRelations<'_>) -> T) -> T {
    let claims = sources(dossier);
    ask(&relate(dossier, &claims, &SubjectParts::of(dossier), &bundled_settings().licences))
}

#[test]
fn a_conflict_points_into_both() {
    related(&made("ODbL-1.0", OTHER, "CC-BY-4.0"), |found| {
        let [conflict] = found.conflicts.as_slice() else { panic!("{:?}", found.conflicts) };
        let input = &found.inputs[conflict.input];
        assert_eq!((input.input, &input.place), ("source.csv", &place('d', "/licence")));
        assert_eq!((&conflict.subject.value, &conflict.place), (&json!("CC-BY-4.0"), &place('e', "/licence")));
        assert_eq!((conflict.refused_by.as_str(), conflict.forbids), ("ODbL-1.0", true));
        assert!(!conflict.why.is_empty() && input.is_known && input.demands_notice);
    });
}

#[test]
fn inputs_are_told_whether_they_conflict_or_not() {
    for (from, is_known, demands_notice, conflicts) in [
        ("CC0-1.0", true, false, 0),
        ("CC-BY-4.0", true, true, 0),
        ("CC-BY-4.0 OR CC0-1.0", true, true, 0),
        ("CC-BY-SA-4.0", true, true, 1),
        ("LicenseRef-own", false, false, 0),
        ("CC-BY-4.0 AND LicenseRef-own", false, true, 0),
        ("no expression", false, false, 0),
    ] {
        related(&made(from, OTHER, "CC-BY-4.0"), |found| {
            let [input] = found.inputs.as_slice() else { panic!("{:?}", found.inputs) };
            let told = (input.is_known, input.demands_notice, found.conflicts.len());
            assert_eq!(told, (is_known, demands_notice, conflicts), "{from}");
        });
    }
}

/// What is published as it was received is under the licence that it was received under.
#[test]
fn what_is_passed_on_unchanged_may_keep_its_licence() {
    let conflicts = |bytes| related(&made("CC-BY-ND-4.0", bytes, "CC-BY-ND-4.0"), |found| found.conflicts.len());
    assert_eq!((conflicts(LAYER), conflicts(OTHER), conflicts(SUBJECT)), (0, 1, 1));
}

/// Of the documents that may satisfy, in the order of their classes.
#[test]
fn inputs_of_documents_that_do_not_count_are_passed_over() {
    let of = |kind, name, input_name: &str| {
        made_from(document(kind, name), vec![input(&[input_name], OTHER, vec![licence("MIT")])])
    };
    let names = |dossier: &Dossier| {
        related(dossier, |found| found.inputs.iter().map(|input| input.input.to_owned()).collect::<Vec<_>>())
    };
    let all = vec![
        of(DocumentKind::Stac, 'd', "metadata"),
        of(DocumentKind::Spdx, 'e', "sbom"),
        of(DocumentKind::RunManifest, '0', "run"),
        of(DocumentKind::Prov, 'b', "provenance"),
        of(DocumentKind::Unknown, '5', "other"),
    ];
    assert_eq!(names(&dossier(all.clone())), ["provenance", "run", "sbom", "metadata"]);
    let with_signed = [all.clone(), vec![signed(of(DocumentKind::Slsa, '6', "signed"))]].concat();
    assert_eq!(names(&dossier(with_signed)), ["signed", "run", "sbom", "metadata"]);
    let mut demanded = dossier(all);
    demanded.must_be_proven = BTreeMap::from([(Class::Sbom, "the configuration".to_owned())]);
    assert_eq!(names(&demanded), ["provenance", "run", "metadata"]);
}

#[test]
fn an_input_may_have_no_name_several_licences_or_none() {
    let label = claim(ClaimRole::Sensitivity, json!("public"));
    let inputs = vec![
        input(&[], OTHER, vec![licence("MIT"), label.clone(), licence("ISC")]),
        input(&["first", "second"], OTHER, vec![licence("Zlib")]),
        input(&["silent"], OTHER, vec![label]),
    ];
    related(&dossier(vec![made_from(document(DocumentKind::Prov, 'd'), inputs)]), |found| {
        let told: Vec<_> = found.inputs.iter().map(|input| (input.input, input.claim.value.clone())).collect();
        let unnamed = "without a name";
        assert_eq!(told, [(unnamed, json!("MIT")), (unnamed, json!("ISC")), ("first", json!("Zlib"))]);
    });
}

/// Of a licence with more alternatives than are told nothing is known.
#[test]
fn too_many_alternatives_are_told_where_there_are_inputs() {
    let many = ["(MIT OR CC0-1.0)"; 12].join(" AND ");
    let too_many = |dossier: &Dossier| {
        related(dossier, |found| {
            assert_eq!(found.conflicts.len(), 0);
            found.too_many.iter().map(|(_, place)| place.clone()).collect::<Vec<_>>()
        })
    };
    assert_eq!(too_many(&made("CC-BY-NC-4.0", OTHER, &many)), [place('e', "/licence")]);
    assert_eq!(too_many(&made(&many, OTHER, "CC-BY-4.0")), [place('d', "/licence")]);
    assert_eq!(too_many(&made(&many, OTHER, &many)), [place('e', "/licence"), place('d', "/licence")]);
    assert_eq!(too_many(&made("CC-BY-4.0", OTHER, "CC-BY-4.0")), []);
    // What is no licence at all is told by others.
    assert_eq!(too_many(&made("no expression", OTHER, "NOASSERTION")), []);
    let alone = dossier(vec![claiming(document(DocumentKind::Stac, 'e'), vec![licence(&many)])]);
    assert_eq!(too_many(&alone), []);
}

/// The licences that decide, by their documents.
fn deciding_of(dossier: &Dossier) -> Vec<Digest> {
    let claims = sources(dossier);
    deciding(&claims).into_iter().map(|index| claims[index].place.document.clone()).collect()
}

#[test]
fn signed_licences_decide_else_all_that_count() {
    let of = |kind, name| claiming(document(kind, name), vec![licence("MIT")]);
    use DocumentKind::{CycloneDx, Dcat, Prov, Spdx, Stac, Unknown};
    for (documents, expected) in [
        (vec![of(Stac, 'd'), of(Dcat, 'e')], vec!['d', 'e']),
        (vec![of(Stac, 'd'), signed(of(Dcat, 'e'))], vec!['e']),
        (vec![of(Stac, 'd'), signed(of(Prov, 'e'))], vec!['e']),
        (vec![of(Prov, 'd'), of(Unknown, 'e')], vec!['e', 'd']),
        // An SBOM speaks of packages, signed or not.
        (vec![signed(of(Spdx, 'd')), of(CycloneDx, 'e'), of(Stac, 'b')], vec!['b']),
        // Signed metadata that states none leaves no room for others.
        (vec![of(Stac, 'd'), signed(document(Stac, 'e'))], vec![]),
        (vec![signed(claiming(document(Stac, 'd'), vec![aside(licence("MIT"))]))], vec![]),
        (vec![signed(claiming(document(Stac, 'd'), vec![claim(ClaimRole::Attribution, json!("MIT"))]))], vec![]),
    ] {
        let names: Vec<_> = documents.iter().map(|document| (document.kind, document.is_proven())).collect();
        let expected: Vec<Digest> = expected.into_iter().map(digest).collect();
        assert_eq!(deciding_of(&dossier(documents)), expected, "{names:?}");
    }
}

#[test]
fn the_licence_of_a_layer_or_of_a_referrer_is_not_the_subjects() {
    for (holder, is_of_subject) in [
        (ClaimHolder::Layer, false),
        (ClaimHolder::Subject, true),
        (ClaimHolder::Referrer, false),
        (ClaimHolder::Document(Class::Provenance), true),
        (ClaimHolder::Document(Class::RunManifest), true),
        (ClaimHolder::Document(Class::Sbom), false),
        (ClaimHolder::Document(Class::Metadata), true),
        (ClaimHolder::Document(Class::Other), true),
    ] {
        for role in ClaimRole::ALL {
            let (claim, manifest) = (claim(role, json!("MIT")), digest('f'));
            let place = place('d', "/licence");
            let source =
                SourcedClaim { claim: &claim, place, manifest: &manifest, holder, is_proven: true, counts: true };
            assert_eq!(source.is_licence(), is_of_subject && role == ClaimRole::Licence, "{holder:?} {role:?}");
        }
    }
}

/// A dossier in which everything that may claim something claims a licence, at a place that tells what it is.
fn claimed(documents: Vec<Document>) -> Dossier {
    let at = |pointer: &str| Claim { pointer: pointer.to_owned(), ..licence("MIT") };
    let referrer = |manifest, pointer, proven| ReferrerClaims {
        manifest: digest(manifest),
        artifact_type: None,
        annotations: BTreeMap::new(),
        claims: vec![at(pointer)],
        proven,
    };
    let documents = documents.into_iter().map(|document| {
        let signer = if document.is_proven() { "signed " } else { "" };
        let name = at(&format!("{signer}{}", document.kind.name()));
        claiming(document, vec![name])
    });
    let mut dossier = dossier(documents.collect());
    dossier.layer_claims = vec![vec![at("layer")], vec![at("second layer")]];
    dossier.subject_claims = vec![at("subject")];
    dossier.referrers = vec![referrer('7', "referrer", false), referrer('8', "signed referrer", true)];
    dossier
}

/// What counts: the places.
fn counting(dossier: &Dossier) -> BTreeSet<String> {
    sources(dossier).into_iter().filter(|source| source.counts).map(|source| source.place.pointer).collect()
}

fn all_of(pointers: &[&str]) -> BTreeSet<String> {
    pointers.iter().map(|pointer| (*pointer).to_owned()).collect()
}

/// What nobody vouches for counts where nobody has to and nobody did: of its own class, and of metadata.
#[test]
fn unsigned_claims_count_where_no_signed_document_could_have_said_it() {
    use DocumentKind::{Prov, RunManifest, Slsa, Spdx, Stac, Unknown};
    let unsigned = || [Prov, RunManifest, Spdx, Stac, Unknown].map(|kind| document(kind, 'd')).to_vec();
    let annotations = ["layer", "second layer", "subject", "referrer"];
    let always = "signed referrer";
    let documents = ["prov", "run-manifest", "spdx", "stac", "unknown"];
    let everything = [&annotations[..], &[always], &documents].concat();
    let without = |left_out: &[&str], more: &[&str]| {
        let rest = everything.iter().copied().filter(|one| !left_out.contains(one));
        all_of(&rest.chain(more.iter().copied()).collect::<Vec<_>>())
    };
    assert_eq!(counting(&claimed(unsigned())), without(&[], &[]));
    for (kind, left_out) in [
        (Slsa, &["prov"][..]),
        (RunManifest, &["run-manifest"]),
        (Spdx, &["spdx"]),
        // Metadata decides of everything.
        (Stac, &everything.iter().copied().filter(|one| *one != always).collect::<Vec<_>>()),
        // What no rule looks for decides of nothing.
        (Unknown, &[]),
    ] {
        let documents = [unsigned(), vec![signed(document(kind, 'e'))]].concat();
        let of_signed = format!("signed {}", kind.name());
        assert_eq!(counting(&claimed(documents)), without(left_out, &[&of_signed]), "beside signed {kind:?}");
        let mut demanded = claimed(unsigned());
        demanded.must_be_proven = BTreeMap::from([(kind.class(), "the configuration".to_owned())]);
        let without_demanded = if kind == Unknown { without(&[], &[]) } else { without(left_out, &[]) };
        assert_eq!(counting(&demanded), without_demanded, "where {kind:?} is demanded");
    }
}

/// What is said of an input, of a link or in a quotation satisfies nothing, and is heard.
#[test]
fn a_claim_about_something_else_never_counts() {
    let documents = vec![signed(claiming(document(DocumentKind::Stac, 'd'), vec![aside(licence("MIT"))]))];
    let dossier = dossier(documents);
    let told: Vec<_> = sources(&dossier).into_iter().map(|source| (source.is_proven, source.counts)).collect();
    assert_eq!(told, [(true, false)]);
}

#[test]
fn annotations_come_before_documents_and_signed_documents_before_others() {
    use DocumentKind::{Prov, Spdx, Stac};
    let dossier = claimed(vec![document(Stac, 'd'), signed(document(Spdx, 'e')), signed(document(Prov, '0'))]);
    let sources = sources(&dossier);
    let order: Vec<_> = sources.iter().map(|source| source.place.pointer.as_str()).collect();
    let annotations = ["layer", "second layer", "subject", "referrer", "signed referrer"];
    assert_eq!(order, [&annotations[..], &["signed prov", "signed spdx", "stac"]].concat());
    // A claim stands in its document, and the manifest around it is what would be signed.
    let held: Vec<_> = sources.iter().map(|source| (source.place.document.clone(), source.manifest.clone())).collect();
    let own = (digest(SUBJECT), digest(SUBJECT));
    let documents = ['0', 'e', 'd'].map(|name| (digest(name), digest('f')));
    let referrers = ['7', '8'].map(|manifest| (digest(manifest), digest(manifest)));
    assert_eq!(held, [&[own.clone(), own.clone(), own][..], &referrers, &documents].concat());
}

/// What an unlisted field says matters only if it means something.
#[test]
fn a_label_counts_where_its_field_is_listed_or_its_value_is_known() {
    let manifest = digest('f');
    for (role, rank, listed, is_label) in [
        (ClaimRole::Sensitivity, Some(0), true, true),
        (ClaimRole::Sensitivity, None, true, true),
        (ClaimRole::Sensitivity, Some(3), false, true),
        (ClaimRole::Sensitivity, None, false, false),
        (ClaimRole::Licence, Some(3), true, false),
    ] {
        let label = Claim { rank, listed, ..claim(role, json!("a label")) };
        let holder = ClaimHolder::Subject;
        let place = place('d', "");
        let source = SourcedClaim { claim: &label, place, manifest: &manifest, holder, is_proven: true, counts: true };
        assert_eq!(source.is_label(), is_label, "{role:?} {rank:?} {listed}");
    }
}
