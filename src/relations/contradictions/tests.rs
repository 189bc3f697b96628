use super::super::layers::LayerIndex;
use super::super::testing::{LAYER, OTHER, SECOND, SUBJECT, Scene, digest, document, making, signed, stated};
use super::*;
use crate::evidence::{DocumentKind, Facts};

type Found = (ContradictionKind, bool, Vec<(Digest, String)>);

fn found(documents: &[Document]) -> Vec<Found> {
    let scene = Scene::default();
    let subject = scene.subject();
    let layers = LayerIndex::of(&subject);
    let bindings: Vec<Binding<'_>> =
        documents.iter().map(|document| Binding::of(document, &subject, &layers)).collect();
    let found = contradictions(documents, &bindings, &subject).into_iter();
    let places = |places: Vec<Place>| places.into_iter().map(|place| (place.document, place.pointer)).collect();
    found.map(|one| (one.kind, one.is_signed, places(one.places))).collect()
}

fn prov(name: char, outputs: &[(char, &str)]) -> Document {
    let outputs: Vec<_> = outputs.iter().map(|(digest, name)| (*digest, "/x", Some(*name))).collect();
    making(document(DocumentKind::Prov, name), &outputs)
}

fn of_run(kind: DocumentKind, name: char, runs: &[&str]) -> Document {
    let run_ids = runs.iter().map(|run| stated(*run, "/run")).collect();
    let made = making(document(kind, name), &[(SUBJECT, "/x", Some("out"))]);
    Document { facts: Facts { run_ids, ..made.facts }, ..made }
}

fn at(names: &[char], pointer: &str) -> Vec<(Digest, String)> {
    names.iter().map(|name| (digest(*name), pointer.to_owned())).collect()
}

#[test]
fn one_that_is_bound_contradicts_one_about_something_else() {
    use ContradictionKind::Provenance;
    let (ours, theirs) = (prov('d', &[(SUBJECT, "out")]), prov('e', &[(OTHER, "twin")]));
    assert_eq!(found(&[signed(ours.clone()), signed(theirs.clone())]), [(Provenance, true, at(&['d', 'e'], "/x"))]);
    for (one, other) in [(signed(ours.clone()), theirs.clone()), (ours.clone(), theirs.clone())] {
        assert_eq!(found(&[one, other]), [(Provenance, false, at(&['d', 'e'], "/x"))]);
    }
    // Two that are both about this subject, or both not, agree; so does one that states nothing.
    assert_eq!(found(&[signed(ours.clone()), signed(prov('e', &[(LAYER, "a"), (SECOND, "b")]))]), []);
    assert_eq!(found(&[signed(theirs.clone()), signed(prov('d', &[(OTHER, "twin")]))]), []);
    assert_eq!(found(&[signed(ours), signed(prov('e', &[]))]), []);
}

#[test]
fn all_that_contradict_one_stand_in_one_finding() {
    let ours = signed(prov('d', &[(SUBJECT, "out")]));
    let all = found(&[ours, signed(prov('e', &[(OTHER, "x")])), signed(prov('0', &[(OTHER, "y")]))]);
    assert_eq!(all, [(ContradictionKind::Provenance, true, at(&['d', 'e', '0'], "/x"))]);
}

#[test]
fn a_name_means_the_same_bytes_everywhere() {
    let ours = prov('d', &[(SUBJECT, "soils")]);
    let renamed = prov('e', &[(SUBJECT, "out"), (OTHER, "soils")]);
    assert_eq!(
        found(&[signed(ours.clone()), signed(renamed)]),
        [(ContradictionKind::Provenance, true, at(&['d', 'e'], "/x"))]
    );
    // One of several digests under the name is enough, and `_` is no name.
    assert_eq!(found(&[signed(ours), signed(prov('e', &[(SUBJECT, "soils"), (OTHER, "soils")]))]), []);
    let blank = |name, digest| signed(prov(name, &[(SUBJECT, "out"), (digest, "_")]));
    assert_eq!(found(&[blank('d', LAYER), blank('e', OTHER)]), []);
}

#[test]
fn provenance_names_one_run() {
    let a = signed(of_run(DocumentKind::Prov, 'd', &["run-1"]));
    let b = signed(of_run(DocumentKind::Slsa, 'e', &["run-2"]));
    assert_eq!(found(&[a.clone(), b]), [(ContradictionKind::Provenance, true, at(&['d', 'e'], "/run"))]);
    assert_eq!(found(&[a, signed(of_run(DocumentKind::Slsa, 'e', &["run-2", "run-1"]))]), []);
}

#[test]
fn a_run_manifest_and_provenance_name_one_run() {
    use ContradictionKind::RunManifest;
    let run = of_run(DocumentKind::RunManifest, 'd', &["run-1"]);
    let prov = of_run(DocumentKind::Prov, 'e', &["run-2"]);
    assert_eq!(found(&[signed(run.clone()), signed(prov.clone())]), [(RunManifest, true, at(&['d', 'e'], "/run"))]);
    assert_eq!(found(&[run.clone(), signed(prov)]), [(RunManifest, false, at(&['d', 'e'], "/run"))]);
    assert_eq!(found(&[signed(run), signed(of_run(DocumentKind::Prov, 'e', &["run-1"]))]), []);
}

/// Whoever can push could make the comparison of all with all long.
#[test]
fn of_unsigned_ones_the_first_twenty_are_compared() {
    let ours = signed(prov('d', &[(SUBJECT, "out")]));
    let crowd = |number: usize| -> Vec<Document> {
        let harmless = std::iter::repeat_n(prov('e', &[]), number);
        std::iter::once(ours.clone()).chain(harmless).chain([prov('0', &[(OTHER, "x")])]).collect()
    };
    assert_eq!(found(&crowd(19)).len(), 1);
    assert_eq!(found(&crowd(20)), []);
}
