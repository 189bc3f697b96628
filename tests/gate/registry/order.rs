//! What limits leave out is the same in every run, whoever was slow.

use std::time::Duration;

use ocigate::graph::children::{Choice, WalkOutcome};
use ocigate::graph::{LayerState, ReferrerGraph};
use ocigate::oci::media_type::IMAGE_MANIFEST;
use ocigate::source::{Gap, GapReason, ResolveError, SearchTarget};

use super::*;
use crate::support::artifact::{Artifact, INDEX, Layer};
use crate::support::registry::{Body, Options, Response};
use crate::support::served::Served;

const REFERRERS: usize = 4;

/// A subject with four referrers, each with a document of 100 bytes; and their digests as they are listed.
fn with_documents() -> (Artifact, Vec<String>) {
    let mut artifact = Artifact::default();
    let subject = artifact.push("v1", Vec::new(), json!({}));
    let mut attach = |number: usize| {
        let document = format!("{{\"n\": {number}, \"padding\": \"{}\"}}", "x".repeat(76));
        artifact.attach(
            &subject,
            "application/vnd.example.v1",
            vec![Layer("", "application/json", document.into_bytes())],
        )
    };
    let referrers = (0..REFERRERS).map(&mut attach).collect();
    (artifact, referrers)
}

fn graphs(host: &str, limits: &Limits) -> Vec<WalkOutcome> {
    let reference = format!("{host}/kfm/layers:v1").parse().unwrap();
    run(ocigate::collect_chosen(&reference, None, Some(&Choice::All), &access(), limits))
}

fn graph(host: &str, limits: &Limits) -> Box<ReferrerGraph> {
    match graphs(host, limits).pop().unwrap() {
        WalkOutcome::Graph(graph) => graph,
        WalkOutcome::Missed(missed) => panic!("{missed:?}"),
    }
}

/// Which documents were read, and what of the rest is told.
fn outcome(graph: &ReferrerGraph) -> (Vec<String>, Vec<Gap>) {
    let read = graph.layers.iter().filter(|(_, state)| matches!(state, LayerState::Read(_)));
    (read.map(|(digest, _)| digest.to_string()).collect(), graph.gaps.clone())
}

#[test]
fn answers_count_in_the_order_of_the_questions() {
    let (artifact, referrers) = with_documents();
    let two_blobs = Limits { blobs: 2, ..limits() };
    // All four manifests fit, and two of the documents.
    let manifests: usize = referrers.iter().map(|digest| artifact.bytes(digest).len()).sum();
    let subject = Served::new(&artifact, Options::default());
    let whole = graph(&subject.registry.host(), &limits());
    assert_eq!(outcome(&whole).0.len(), REFERRERS);
    let own = whole.subject.bytes.len();
    let few_bytes = Limits { total_bytes: (own + manifests + 250) as u64, ..limits() };
    for (limits, what, limit) in [
        (&two_blobs, "evidence blobs of one subject", 2),
        (&few_bytes, "bytes of all that one reference reaches", few_bytes.total_bytes),
    ] {
        let mut outcomes = Vec::new();
        for slow in &referrers {
            let served = Served::new(&artifact, Options::default());
            let late = Body::Late(Duration::from_millis(150), artifact.bytes(slow));
            let late = Response::new(200).content_type(IMAGE_MANIFEST).with(late);
            served.registry.fault(slow, 1, late);
            let found = outcome(&graph(&served.registry.host(), limits));
            assert_eq!(found.0.len(), 2, "{what} {found:?}");
            let expected = GapReason::Limit { what: what.into(), limit };
            let left_out = found.1.iter().filter(|gap| gap.reason == expected).count();
            assert_eq!((left_out, found.1.len()), (2, 2), "{what} {found:?}");
            outcomes.push(found);
        }
        assert!(outcomes.iter().all(|found| *found == outcomes[0]), "{what} {outcomes:#?}");
    }
}

#[test]
fn what_does_not_fit_is_not_asked_for() {
    let (artifact, referrers) = with_documents();
    let served = Served::new(&artifact, Options::default());
    let own = graph(&served.registry.host(), &limits()).subject.bytes.len();
    served.registry.forget_requests();
    // Of the subject and one manifest, and nothing of its document.
    let total_bytes = (own + artifact.bytes(&referrers[0]).len() + 50) as u64;
    let found = outcome(&graph(&served.registry.host(), &Limits { total_bytes, ..limits() }));
    assert_eq!((found.0.len(), found.1.len()), (0, REFERRERS), "{found:?}");
    let asked = served.registry.paths();
    assert!(asked.iter().all(|path| !path.contains("/blobs/")), "{asked:?}");
    assert_eq!(asked.iter().filter(|path| path.contains("/manifests/sha256:")).count(), 1, "{asked:?}");
}

/// One account covers an index and all its children. Which of them it was enough for would be for the network to say.
#[test]
fn children_share_the_account_of_their_index() {
    let mut artifact = Artifact::default();
    let mut children = Vec::new();
    for number in 0..2 {
        let child = artifact.push(&format!("child-{number}"), Vec::new(), json!({"number": number.to_string()}));
        let document =
            Layer("", "application/json", format!("{{\"n{number}\": \"{}\"}}", "x".repeat(5000)).into_bytes());
        artifact.attach(&child, "application/vnd.example.v1", vec![document]);
        let mut entry = artifact.descriptor(&child);
        entry["platform"] = json!({"os": "linux", "architecture": format!("a{number}")});
        children.push(entry);
    }
    let index = artifact.manifest(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": children}));
    artifact.list(index, Some("v1"));
    let served = Served::new(&artifact, Options::default());
    let host = served.registry.host();
    let enough = graphs(&host, &Limits { total_bytes: 20_000, ..limits() });
    assert!(
        enough.iter().all(|child| matches!(child, WalkOutcome::Graph(graph) if graph.gaps.is_empty())),
        "{enough:?}"
    );
    let limit = 9_000;
    for child in graphs(&host, &Limits { total_bytes: limit, ..limits() }) {
        let WalkOutcome::Missed(missed) = child else { panic!("one was reached: {child:?}") };
        let ResolveError::Unseen(Gap { sought: SearchTarget::Subject(name), reason }) = missed.error else {
            panic!("expected a gap of the subject, found {:?}", missed.error)
        };
        assert!(missed.child.is_some_and(|child| child.name() == name));
        assert_eq!(reason, GapReason::Limit { what: "bytes of all that one reference reaches".into(), limit });
    }
}
