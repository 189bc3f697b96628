//! `ocigate` stands between "published" and "used": it resolves a subject to its digest, fetches what refers to
//! it, verifies what is signed, evaluates policies over what it verified, and reports why.
//!
//! ```text
//! Reference ─resolve→ Subject ─walk→ ReferrerGraph ─recognise→ Evidence ─verify→ Standing ─freeze→ Dossier
//!           ─relate→ Relations ─evaluate→ Finding ─decide→ Report ─render→ text | json | …
//! ```
//!
//! All network I/O ends with the graph ([`collect`]). Everything after it ([`judge`]) is a function of bytes,
//! trust, demands, policies and a given time.

pub mod capsule;
pub mod demands;
pub mod dossier;
pub mod evidence;
pub mod fault;
pub mod finding;
pub mod graph;
pub mod limits;
pub mod oci;
pub mod output;
pub mod pointer;
pub mod policy;
pub mod rego;
pub mod relations;
pub mod report;
pub mod schema;
pub mod source;
pub mod trust;
pub mod verify;

use time::OffsetDateTime;

use crate::demands::Demands;
use crate::dossier::{Dossier, Item, Vocabulary};
use crate::evidence::{Form, document};
use crate::graph::children::{Choice, MissedSubject, WalkOutcome};
use crate::graph::{Link, ReferrerGraph};
use crate::limits::Limits;
use crate::oci::{Digest, Reference, Repository};
use crate::policy::{Policies, PolicyDefect};
use crate::report::SubjectReport;
use crate::source::{Access, Answers, Gap, GapReason, ResolveError, SearchTarget, Statistics};
use crate::trust::Trust;

/// By what graphs are judged, besides the rules; the same for all subjects of a run.
#[derive(Debug)]
pub struct Judgement<'a> {
    /// Who may sign what.
    pub trust: &'a Trust,
    /// What is demanded beyond the rules.
    pub demands: &'a Demands,
    /// The words that documents are read by.
    pub vocabulary: &'a Vocabulary,
    /// How much is read.
    pub limits: &'a Limits,
    /// The time to judge at.
    pub now: OffsetDateTime,
}

/// Why there is no graph, and what it cost to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresolvedReference {
    /// Why.
    pub error: ResolveError,
    /// Requests and bytes until then.
    pub statistics: Statistics,
}

/// Resolves a reference once and fetches everything that refers to it. `stands_for` is the repository that a
/// layout, or what a saved run is about, is judged as.
pub async fn collect(
    reference: &Reference,
    stands_for: Option<&Repository>,
    access: &Access,
    limits: &Limits,
) -> Result<ReferrerGraph, UnresolvedReference> {
    let at_once = |error| UnresolvedReference { error, statistics: Statistics::default() };
    let source = source::open(reference, access, limits).map_err(at_once)?;
    let repository = match (reference, &access.answers) {
        // Which repository a saved run was about is what it says of itself.
        (_, Answers::Replayed(_)) | (Reference::Layout { .. }, _) => stands_for.cloned(),
        (Reference::Registry { repository, .. }, _) => Some(repository.clone()),
    };
    let words = document::words();
    let walked = graph::walk(&source, reference.clone(), repository, access, (limits, &words)).await;
    walked.map_err(|error| UnresolvedReference { error, statistics: source.statistics() })
}

/// The same, and of an index the chosen children in its place.
pub async fn collect_chosen(
    reference: &Reference,
    stands_for: Option<&Repository>,
    choice: Option<&Choice>,
    access: &Access,
    limits: &Limits,
) -> Vec<WalkOutcome> {
    match (collect(reference, stands_for, access, limits).await, choice) {
        (Ok(graph), Some(choice)) if graph.subject.manifest.is_index() => {
            graph::children::walk_children(graph, choice, access, (limits, &document::words())).await
        }
        (Ok(mut graph), choice) => {
            graph.platform_ignored = choice.filter(|choice| **choice != Choice::All).map(Choice::to_string);
            vec![WalkOutcome::Graph(Box::new(graph))]
        }
        (Err(UnresolvedReference { error, statistics }), _) => vec![MissedSubject::of(None, error, statistics)],
    }
}

/// Verifies what is signed in a graph and freezes everything known of its subject.
pub fn compile(graph: ReferrerGraph, by: &Judgement<'_>) -> Dossier {
    let evidence = evidence::recognise(&graph, &by.vocabulary.predicates, by.limits);
    let verify = verify::VerificationContext { trust: by.trust, limits: by.limits, now: by.now };
    let mut dossier = Dossier::compile(graph, evidence, verify, by.demands, by.vocabulary);
    let unread: Vec<Gap> = dossier.items.iter().filter_map(|item| unread(item, &dossier, by)).collect();
    dossier.graph.gaps.extend(unread);
    dossier
}

/// What could not be read and may say something that counts.
fn unread(item: &Item, dossier: &Dossier, by: &Judgement<'_>) -> Option<Gap> {
    let evidence = &item.evidence;
    match &evidence.form {
        Form::TooLarge { .. } => {
            let what = "bytes of memory for the documents of one subject";
            Some(beyond_memory(&evidence.document, &evidence.manifest, what, by))
        }
        // Whoever signed it meant it to say something. Beside it anybody could put what nobody can read.
        Form::Unacceptable { reason, .. }
            if evidence.link == Link::OwnLayer || dossier.vouched.contains(&evidence.manifest) =>
        {
            Some(Gap {
                sought: SearchTarget::Evidence(evidence.document.clone(), evidence.manifest.clone()),
                reason: GapReason::Malformed(reason.clone()),
            })
        }
        _ => None,
    }
}

fn beyond_memory(document: &Digest, manifest: &Digest, what: &'static str, by: &Judgement<'_>) -> Gap {
    Gap {
        sought: SearchTarget::Evidence(document.clone(), manifest.clone()),
        reason: GapReason::Limit { what: what.into(), limit: by.limits.document_memory },
    }
}

/// What the policies see of a dossier. What they would see more than may be read is a gap of the dossier from now on.
pub fn input(dossier: &mut Dossier, policies: &Policies, by: &Judgement<'_>) -> serde_json::Value {
    if policies.look_into_sboms() {
        let left_out = dossier.bound_contents(by.limits.document_memory);
        let what = "bytes of memory for the documents of one subject, of whose SBOMs a policy reads the content";
        let gaps = left_out.iter().map(|(document, manifest)| beyond_memory(document, manifest, what, by));
        dossier.graph.gaps.extend(gaps);
    }
    let relations = relations::relate(dossier, policies.relation_settings());
    policy::input::document(dossier, &relations, by.demands, policies, by.now)
}

/// Evaluates the policies over a dossier and decides.
pub fn judge(dossier: &mut Dossier, policies: &Policies, by: &Judgement<'_>) -> Result<SubjectReport, PolicyDefect> {
    let input = input(dossier, policies, by);
    let evaluation = policies.evaluate(input, by.now)?;
    Ok(report::decide(dossier, evaluation, policies, by.demands))
}
