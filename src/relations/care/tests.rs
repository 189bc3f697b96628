use serde_json::{Value, json};

use super::super::sources::ClaimHolder;
use super::super::tests::{aside, bundled_settings, claim, digest};
use super::*;
use crate::evidence::Class;

const SIGNED: bool = true;
const ATTACHED: bool = false;

/// What the fields of a block are called in what it lacks, and a word for each other thing that can be said.
const WORDS: [&str; 4] = ["status", "authority_to_control", "reviewer", "approved"];

fn care(value: Value) -> Claim {
    claim(ClaimRole::Care, value)
}

fn label(rank: Option<u8>) -> Claim {
    Claim { rank, ..claim(ClaimRole::Sensitivity, json!("a label")) }
}

fn authority() -> Claim {
    claim(ClaimRole::Authority, json!("the council"))
}

fn complete() -> Value {
    json!({"status": "approved", "authority_to_control": ["the council"], "reviewer": "a reviewer"})
}

/// A complete block with this member.
fn with(member: &str, value: &Value) -> Value {
    let mut block = complete();
    block[member] = value.clone();
    block
}

/// What there is: reasons, what each block lacks, and the statuses that refuse.
#[derive(Debug, PartialEq)]
struct Found {
    reasons: Vec<usize>,
    blocks: Vec<Vec<Vec<&'static str>>>,
    refusals: Vec<Option<String>>,
}

fn found_by(settings: &RelationSettings, claims: &[(Claim, bool)]) -> Found {
    let manifest = digest('f');
    let sourced: Vec<SourcedClaim<'_>> =
        claims.iter().map(|(claim, is_proven)| held(claim, *is_proven, &manifest)).collect();
    let relations = relate(&sourced, settings);
    let words = |fault: &String| WORDS.into_iter().filter(|word| fault.contains(word)).collect::<Vec<_>>();
    Found {
        reasons: relations.reasons,
        blocks: relations.blocks.iter().map(|block| block.faults.iter().map(words).collect()).collect(),
        refusals: relations.refusals.into_iter().map(|refusal| refusal.status).collect(),
    }
}

fn held<'a>(claim: &'a Claim, is_proven: bool, manifest: &'a Digest) -> SourcedClaim<'a> {
    SourcedClaim {
        claim,
        place: Place { document: digest('d'), pointer: claim.pointer.clone() },
        manifest,
        holder: ClaimHolder::Document(Class::Metadata),
        is_proven,
        counts: is_proven,
    }
}

fn found(claims: &[(Claim, bool)]) -> Found {
    found_by(&bundled_settings(), claims)
}

/// The statuses that refuse in one block.
fn refusals(value: &Value, is_proven: bool) -> Vec<Option<String>> {
    found(&[(care(value.clone()), is_proven)]).refusals
}

fn known(status: &str) -> Vec<Option<String>> {
    vec![Some(status.to_owned())]
}

/// A status that nobody knows, which is not named.
fn another() -> Vec<Option<String>> {
    vec![None]
}

#[test]
fn a_block_is_due_where_a_label_is_high_or_an_authority_is_named() {
    for (claims, expected) in [
        (vec![label(Some(2))], vec![]),
        (vec![label(Some(3))], vec![0]),
        (vec![label(Some(4))], vec![0]),
        (vec![label(None)], vec![]),
        (vec![authority()], vec![0]),
        (vec![care(complete())], vec![]),
        // Labels come first.
        (vec![authority(), label(Some(1)), label(Some(3))], vec![2, 0]),
        // A demand is raised by whatever it is said of.
        (vec![aside(label(Some(3)))], vec![0]),
        (vec![aside(authority())], vec![0]),
        (vec![Claim { listed: false, ..label(Some(3)) }], vec![0]),
        // A rank of something else than a label is none.
        (vec![Claim { rank: Some(4), ..claim(ClaimRole::Licence, json!("MIT")) }], vec![]),
    ] {
        for is_proven in [SIGNED, ATTACHED] {
            let sourced: Vec<(Claim, bool)> = claims.iter().map(|claim| (claim.clone(), is_proven)).collect();
            assert_eq!(found(&sourced).reasons, expected, "{claims:?}");
        }
    }
}

#[test]
fn the_rank_and_the_statuses_can_be_set() {
    let mut settings = bundled_settings();
    settings.care.required_rank = 2;
    settings.care.accepted_status = vec!["Approved".to_owned(), "restricted".to_owned()];
    for (status, refusal) in [("restricted", vec![]), ("APPROVED", vec![]), ("denied", known("denied"))] {
        let block = care(with("status", &json!(status)));
        let now = found_by(&settings, &[(label(Some(2)), SIGNED), (block, SIGNED)]);
        assert_eq!((now.reasons, now.refusals), (vec![0], refusal), "{status}");
    }
}

/// Text that is only attached may raise demands: it refuses, unless it says that a review is not done.
#[test]
fn a_status_refuses_in_every_spelling() {
    for (status, signed, attached) in [
        (json!("approved"), vec![], vec![]),
        (json!(" APPROVED "), vec![], vec![]),
        (json!("rejected"), known("rejected"), known("rejected")),
        (json!("Restricted"), known("restricted"), known("restricted")),
        (json!("revision"), known("revision"), known("revision")),
        (json!(" Withdrawn "), known("withdrawn"), known("withdrawn")),
        (json!("not approved"), known("not approved"), known("not approved")),
        // In any vocabulary; an approval is one only in those that are known.
        (json!("x:Denied"), known("denied"), known("denied")),
        (json!("https://example.org/terms#denied"), known("denied"), known("denied")),
        (json!("https://example.org/terms/denied"), known("denied"), known("denied")),
        (json!(" denied. "), known("denied"), known("denied")),
        (json!("\"denied!;,\n"), another(), another()),
        (json!("denied!;,\n"), known("denied"), known("denied")),
        (json!("see the terms:\ndenied"), known("denied"), known("denied")),
        (json!("denied\nsee: the terms"), another(), another()),
        (json!("https://example.org/terms#approved"), another(), another()),
        // What nobody understands may be a refusal.
        (json!("keinesfalls"), another(), another()),
        (json!(5), another(), another()),
        (json!(true), another(), another()),
        (json!({"x": "denied"}), another(), another()),
        (json!({"@value": "withdrawn"}), another(), another()),
        // That a review is not done is known, and no refusal.
        (json!("draft"), another(), vec![]),
        (json!("pending"), another(), vec![]),
        (json!("In_Review"), another(), vec![]),
        (json!("under--review"), another(), vec![]),
        (json!("pending at the council"), another(), another()),
        (json!("TBD"), another(), vec![]),
        (json!("none"), another(), vec![]),
        (json!(" - "), another(), vec![]),
        (json!(null), vec![], vec![]),
        (json!(""), vec![], vec![]),
        (json!("  "), vec![], vec![]),
    ] {
        let block = with("status", &status);
        assert_eq!(refusals(&block, SIGNED), signed, "signed: {status}");
        assert_eq!(refusals(&block, ATTACHED), attached, "attached: {status}");
    }
}

#[test]
fn of_several_statuses_each_is_heard() {
    for (status, signed, attached) in [
        (json!(["approved", "Denied"]), known("denied"), known("denied")),
        (json!(["denied", "x:denied"]), known("denied"), known("denied")),
        (
            json!(["denied", "revoked"]),
            [known("denied"), known("revoked")].concat(),
            [known("denied"), known("revoked")].concat(),
        ),
        (json!(["approved", "draft"]), another(), vec![]),
        (json!(["approved", {"x": "denied"}]), another(), another()),
        // A list that holds nothing else is no status, and none that releases.
        (json!(["approved"]), another(), vec![]),
        (json!([null, "approved"]), another(), vec![]),
        (json!([]), another(), vec![]),
    ] {
        let block = with("status", &status);
        assert_eq!(refusals(&block, SIGNED), signed, "signed: {status}");
        assert_eq!(refusals(&block, ATTACHED), attached, "attached: {status}");
    }
}

#[test]
fn a_text_in_place_of_a_block_may_refuse() {
    let deep = format!("{}1{}", "[".repeat(DEPTH + 1), "]".repeat(DEPTH + 1));
    for (text, expected) in [
        (" Denied", known("denied")),
        ("revoked", known("revoked")),
        ("x:Denied", known("denied")),
        ("none", vec![]),
        ("TBD", vec![]),
        ("approved", vec![]),
        ("CARE-Compliant", vec![]),
        // A block that cannot be read says something, and nobody knows what.
        (r#"{"status": "denied",}"#, another()),
        (r#" {"status": "#, another()),
        (r#"{"status": "denied", "status": "approved"}"#, another()),
        (r#"["approved"]"#, another()),
        (&deep, another()),
        (&format!(r#"{{"status": "approved", "note": {deep}}}"#), another()),
        // Other values of JSON are texts like any other.
        ("5", vec![]),
        (r#""denied""#, vec![]),
    ] {
        for is_proven in [SIGNED, ATTACHED] {
            assert_eq!(refusals(&json!(text), is_proven), expected, "{text}");
        }
    }
    for value in [json!(["denied"]), json!(5), json!(true), json!(null)] {
        assert_eq!(refusals(&value, SIGNED), [], "{value}");
    }
}

#[test]
fn an_annotation_holds_the_block_as_json_text() {
    let text = |block: Value| care(json!(block.to_string()));
    for is_proven in [SIGNED, ATTACHED] {
        let approved = found(&[(text(complete()), is_proven)]);
        assert_eq!((approved.blocks, approved.refusals), (vec![vec![]], vec![]));
        let withdrawn = found(&[(text(with("status", &json!("withdrawn"))), is_proven)]);
        assert_eq!(
            (withdrawn.blocks, withdrawn.refusals),
            (vec![vec![vec!["status", "approved"]]], known("withdrawn"))
        );
    }
}

#[test]
fn everything_that_a_block_lacks_is_told() {
    let status = || vec![vec!["status"]];
    for (block, expected) in [
        (complete(), vec![]),
        (
            json!({"authority_to_control": "", "reviewer": []}),
            vec![vec!["status"], vec!["authority_to_control"], vec!["reviewer"]],
        ),
        (json!({"status": "approved"}), vec![vec!["authority_to_control"], vec!["reviewer"]]),
        (with("status", &json!(null)), status()),
        (with("status", &json!(" ")), status()),
        (with("status", &json!(5)), status()),
        (with("status", &json!(["approved"])), status()),
        (with("status", &json!("pending at the council")), vec![vec!["status", "approved"]]),
        (with("status", &json!("denied")), vec![vec!["status", "approved"]]),
    ] {
        assert_eq!(found(&[(care(block.clone()), SIGNED)]).blocks, [expected], "{block}");
    }
}

#[test]
fn texts_that_stand_for_nobody_name_nobody() {
    for (value, is_somebody) in [
        (json!(""), false),
        (json!(" "), false),
        (json!([]), false),
        (json!({}), false),
        (json!(5), false),
        (json!(null), false),
        (json!("TBD"), false),
        (json!(" n/a "), false),
        (json!("Unknown"), false),
        (json!(["none", ""]), false),
        (json!([["x"]]), false),
        (json!("x"), true),
        (json!(["x"]), true),
        (json!(["none", "x"]), true),
        (json!({"name": "x"}), true),
    ] {
        for field in ["reviewer", "authority_to_control"] {
            let expected = if is_somebody { vec![] } else { vec![vec![field]] };
            assert_eq!(found(&[(care(with(field, &value)), SIGNED)]).blocks, [expected], "{field}: {value}");
        }
    }
}

/// A signature would not make it one.
#[test]
fn a_text_that_nobody_signed_is_no_block() {
    let whole = vec![vec!["status", "authority_to_control", "reviewer"]];
    for value in [json!("CARE-Compliant"), json!("{"), json!(["approved"]), json!(5), json!(true), json!("[1]")] {
        assert_eq!(found(&[(care(value.clone()), SIGNED)]).blocks, std::slice::from_ref(&whole), "{value}");
        assert_eq!(found(&[(care(value.clone()), ATTACHED)]).blocks.len(), 0, "{value}");
    }
}

#[test]
fn a_block_about_something_else_is_none_and_refuses() {
    for is_proven in [SIGNED, ATTACHED] {
        let elsewhere = found(&[(aside(care(with("status", &json!("denied")))), is_proven)]);
        assert_eq!((elsewhere.blocks.len(), elsewhere.refusals), (0, known("denied")));
        assert_eq!(found(&[(aside(care(complete())), is_proven)]).blocks.len(), 0);
    }
}

#[test]
fn every_block_is_told_with_its_place_and_who_vouches() {
    let (manifest, block) = (digest('f'), care(complete()));
    let refusal = Claim { pointer: "/other".to_owned(), ..care(json!({"status": "rejected"})) };
    let sourced = [held(&block, SIGNED, &manifest), held(&refusal, ATTACHED, &manifest)];
    let relations = relate(&sourced, &bundled_settings());
    let place = |pointer: &str| Place { document: digest('d'), pointer: pointer.to_owned() };
    let told: Vec<_> = relations.blocks.iter().map(|one| (one.place.clone(), one.manifest, one.is_proven)).collect();
    assert_eq!(told, [(place("/care"), &manifest, true), (place("/other"), &manifest, false)]);
    // What others approve does not undo it.
    assert_eq!(relations.refusals, [CareRefusal { status: Some("rejected".to_owned()), place: place("/other") }]);
}

/// A label, an authority or a licence is no block, whatever it says.
#[test]
fn other_claims_refuse_nothing() {
    for role in ClaimRole::ALL.into_iter().filter(|role| *role != ClaimRole::Care) {
        let other = found(&[(claim(role, json!({"status": "denied"})), SIGNED)]);
        assert_eq!((other.blocks.len(), other.refusals.len()), (0, 0), "{role:?}");
    }
}
