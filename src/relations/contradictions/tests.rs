use super::super::layers::LayerIndex;
use super::super::tests::{
    LAYER, OTHER, SECOND, SUBJECT, Scene, digest, document, long_digest, making, signed, stated, stated_digest,
};
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

/// Provenance with these outputs, each at a place that tells its name, and is not its name: that would be a property.
fn placed(name: char, outputs: &[(char, &str)]) -> Document {
    let place = |name: &str| format!("/of_{name}/digest");
    let outputs: Vec<_> = outputs.iter().map(|(made, name)| stated_digest(*made, &place(name), Some(*name))).collect();
    Document { facts: Facts { outputs, ..Facts::default() }, ..document(DocumentKind::Prov, name) }
}

fn clash(is_signed: bool, places: &[(char, &str)]) -> Found {
    let places = places.iter().map(|(name, pointer)| (digest(*name), (*pointer).to_owned())).collect();
    (ContradictionKind::Provenance, is_signed, places)
}

/// Another manifest tells more of what a document is about than the layer before it.
#[test]
fn a_contradiction_points_at_the_output_that_tells_most() {
    for (ours, theirs) in [
        (vec![(SUBJECT, "soils")], vec![(OTHER, "twin")]),
        (vec![(SUBJECT, "soils")], vec![(LAYER, "a"), (OTHER, "twin")]),
        (vec![(LAYER, "soils"), (SECOND, "b")], vec![(OTHER, "twin")]),
        (vec![(LAYER, "a"), (SUBJECT, "soils")], vec![(OTHER, "twin")]),
        // Whatever it is called, a file alone is nothing of this subject.
        (vec![(SUBJECT, "soils")], vec![(OTHER, "twin"), ('b', "log.txt")]),
    ] {
        let places = [('d', "/of_soils/digest"), ('e', "/of_twin/digest")];
        let both = [signed(placed('d', &ours)), signed(placed('e', &theirs))];
        assert_eq!(found(&both), [clash(true, &places)], "{ours:?} {theirs:?}");
    }
    let file = [signed(placed('d', &[(SUBJECT, "soils")])), signed(placed('e', &[(OTHER, "log.txt")]))];
    assert_eq!(found(&file), [clash(true, &[('d', "/of_soils/digest"), ('e', "/of_log.txt/digest")])]);
}

#[test]
fn signed_documents_come_first_and_unsigned_ones_are_told_apart() {
    let ours = placed('d', &[(SUBJECT, "soils")]);
    let theirs = placed('e', &[(OTHER, "twin")]);
    let more = placed('0', &[('b', "more")]);
    let (one, two, three) = (('d', "/of_soils/digest"), ('e', "/of_twin/digest"), ('0', "/of_more/digest"));
    assert_eq!(found(&[ours.clone(), signed(theirs.clone())]), [clash(false, &[two, one])]);
    let all = [more, signed(theirs), signed(ours)];
    assert_eq!(found(&all), [clash(true, &[two, one]), clash(false, &[one, three])]);
}

#[test]
fn what_can_both_be_right_contradicts_nobody() {
    let ours = prov('d', &[(SUBJECT, "soils")]);
    for (what, one, other) in [
        ("both name the manifest", ours.clone(), prov('e', &[(SUBJECT, "kansas")])),
        ("one names a part", ours.clone(), prov('e', &[(LAYER, "a")])),
        ("one names a part beside a file", ours.clone(), prov('e', &[(LAYER, "a"), (OTHER, "log.txt")])),
        ("one makes another manifest beside it", ours, prov('e', &[(SUBJECT, "a"), (OTHER, "twin")])),
        ("none is about this subject", prov('d', &[(OTHER, "twin")]), prov('e', &[('b', "x")])),
    ] {
        assert_eq!(found(&[signed(one), signed(other)]), [], "{what}");
    }
}

/// Both name the subject, so what was made is not what they differ in.
#[test]
fn only_bytes_of_this_subject_are_renamed() {
    let naming = |document: char, bytes: &[char]| {
        let outputs: Vec<_> = bytes.iter().map(|made| (*made, "soils.pmtiles")).collect();
        signed(placed(document, &[&[(SUBJECT, "out")], outputs.as_slice()].concat()))
    };
    for (one, other, is_clash) in [
        (&[LAYER][..], &[OTHER][..], true),
        (&[OTHER], &[LAYER], true),
        (&[LAYER], &[OTHER, 'b'], true),
        (&[LAYER], &[SECOND], false),
        (&[LAYER], &[SECOND, OTHER], false),
        (&[OTHER], &['b'], false),
        (&[LAYER], &[], false),
    ] {
        let expected = is_clash.then(|| clash(true, &[('d', "/of_out/digest"), ('e', "/of_out/digest")]));
        let both = [naming('d', one), naming('e', other)];
        assert_eq!(found(&both), Vec::from_iter(expected), "{one:?} {other:?}");
    }
    // Digests of different algorithms may be of the same bytes.
    let (ours, mut theirs) = (naming('d', &[LAYER]), naming('e', &[OTHER]));
    theirs.facts.outputs[1].digest = long_digest(OTHER);
    assert_eq!(found(&[ours, theirs]), []);
}

#[test]
fn one_run_may_have_two_spellings() {
    let page = "https://forge.example.org/o/r/actions/runs/4711/attempts/1";
    for (one, is_same) in [
        (&["4711"][..], true),
        (&[page], true),
        (&["run-1", "4711"], true),
        (&[], true),
        // Other steps of the address are no run.
        (&["1"], false),
        (&["forge.example.org"], false),
        (&["runs"], false),
    ] {
        let of = |kind, name, runs: &[&str]| signed(of_run(kind, name, runs));
        let provenance = [of(DocumentKind::Prov, 'd', one), of(DocumentKind::Slsa, 'e', &[page])];
        assert_eq!(found(&provenance).is_empty(), is_same, "{one:?}");
        let run_manifest = [of(DocumentKind::RunManifest, 'd', one), of(DocumentKind::Slsa, 'e', &[page])];
        assert_eq!(found(&run_manifest).is_empty(), is_same, "{one:?}");
    }
}

#[test]
fn what_was_made_and_the_run_are_two_contradictions() {
    let ours = of_run(DocumentKind::Prov, 'd', &["run-1"]);
    let theirs = Document {
        facts: Facts { run_ids: vec![stated("run-2", "/run")], ..prov('e', &[(OTHER, "twin")]).facts },
        ..prov('e', &[])
    };
    let both = [clash(false, &[('d', "/x"), ('e', "/x")]), clash(false, &[('d', "/run"), ('e', "/run")])];
    assert_eq!(found(&[ours, theirs]), both);
}

#[test]
fn a_run_manifest_is_compared_with_all_provenance_and_no_other_run_manifest() {
    let run = of_run(DocumentKind::RunManifest, 'd', &["run-1"]);
    let other_run = of_run(DocumentKind::RunManifest, 'b', &["run-2"]);
    assert_eq!(found(&[signed(run.clone()), signed(other_run)]), []);
    let (prov, slsa) = (of_run(DocumentKind::Prov, 'e', &["run-2"]), of_run(DocumentKind::Slsa, '0', &["run-2"]));
    let told = |is_signed, names: &[char]| (ContradictionKind::RunManifest, is_signed, at(names, "/run"));
    let both_signed = found(&[signed(run.clone()), signed(prov.clone()), signed(slsa.clone())]);
    assert_eq!(both_signed, [told(true, &['d', 'e', '0'])]);
    let mixed = found(&[signed(run.clone()), signed(prov.clone()), slsa.clone()]);
    assert_eq!(mixed, [told(true, &['d', 'e']), told(false, &['d', '0'])]);
    assert_eq!(found(&[run, prov, slsa]), [told(false, &['d', 'e', '0'])]);
}

#[test]
fn the_limit_is_for_unsigned_run_manifests_too_and_not_for_signed_documents() {
    let provenance = signed(of_run(DocumentKind::Prov, 'd', &["run-1"]));
    let crowd = |harmless: Document, number: usize, last: Document| -> Vec<Document> {
        std::iter::once(provenance.clone()).chain(std::iter::repeat_n(harmless, number)).chain([last]).collect()
    };
    let run_manifests = |number| {
        let last = of_run(DocumentKind::RunManifest, '0', &["run-2"]);
        found(&crowd(document(DocumentKind::RunManifest, 'e'), number, last)).len()
    };
    assert_eq!((run_manifests(19), run_manifests(20)), (1, 0));
    let signed_ones = crowd(signed(prov('e', &[])), 30, signed(prov('0', &[(OTHER, "x")])));
    assert_eq!(found(&signed_ones).len(), 1);
}
