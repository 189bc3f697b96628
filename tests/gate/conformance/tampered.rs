//! Every field that signed material has, flipped, swapped with another signature's, removed and duplicated: nothing of
//! it is accepted, and the step that refuses is the one that the table names.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocigate::evidence::bundle::Bundle;
use ocigate::evidence::recognise::SignedMaterial;
use ocigate::limits::Limits;
use ocigate::oci::Digest;
use ocigate::trust::{IdentityEntry, Root, SignerEntry, SignerRelaxations, TextCondition, Trust};
use ocigate::verify::{Outcome, VerificationContext, VerificationTarget, verify};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::support::sigstore::identity::GITHUB_ISSUER;
use crate::support::sigstore::{Identity, Key, Kind, Signed, Signing, Sigstore, Version, seconds};

const ARTIFACT: &[u8] = b"soils of the plains";

/// What the material is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Key,
    V1,
    V2,
    Stamped,
}

const MADE: [Made; 4] = [Made::Key, Made::V1, Made::V2, Made::Stamped];

struct World {
    sigstore: Sigstore,
    key: Key,
}

fn workflow() -> Identity {
    Identity::github("kfm/tiles", "release.yml", "refs/heads/main")
}

fn statement() -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "soils", "digest": {"sha256": Digest::sha256(ARTIFACT).hex()}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {},
    })
}

impl World {
    fn new() -> Self {
        World { sigstore: Sigstore::new(seconds("2026-01-15T12:00:00Z")), key: Key::new(Kind::P256) }
    }

    fn signing(&self, made: Made) -> Signing<'_> {
        match made {
            Made::Key => self.sigstore.with_key(&self.key).stamped(),
            Made::V1 => self.sigstore.keyless(&workflow()).stamped(),
            Made::V2 => self.sigstore.keyless(&workflow()).rekor_v2(),
            Made::Stamped => self.sigstore.keyless(&workflow()).unlogged().stamped(),
        }
    }

    fn sign(&self, made: Made, envelope: bool, at: i64) -> Signed {
        let signing = self.signing(made).at(self.sigstore.now + at);
        if envelope { signing.statement(&statement()) } else { signing.message(ARTIFACT) }
    }

    fn trust(&self, made: Made) -> Trust {
        let root = self.sigstore.trusted_root().to_string();
        let root = Root::from_file("own", "root.json", root.as_bytes()).unwrap();
        let exact = |text: &str| TextCondition::Exact(text.to_owned());
        let mut signer = SignerEntry { name: "tiles".to_owned(), root: Some(root), ..SignerEntry::default() };
        match made {
            Made::Key => {
                signer.key = Some(self.sign(made, false, 0).verifier.pem());
                signer.require_log = true;
            }
            _ => {
                signer.identity = Some(IdentityEntry {
                    subject: exact(workflow().name()),
                    issuer: exact(GITHUB_ISSUER),
                    source_repository: None,
                    source_ref: None,
                    workflow: None,
                    runner_environment: None,
                });
                signer.relaxed = SignerRelaxations { log: made == Made::Stamped, ..SignerRelaxations::default() };
            }
        }
        Trust::build(vec![signer], Vec::new()).unwrap()
    }
}

/// `accepted`, `unreadable`, `unchecked`, or the step that refuses.
fn outcome(bundle: &Value, trust: &Trust) -> String {
    let limits = Limits::default();
    let Ok(bundle) = Bundle::read(bundle.clone()) else { return "unreadable".to_owned() };
    let digests = [Digest::sha256(ARTIFACT)];
    let target = VerificationTarget { digests: &digests, bytes: Some(ARTIFACT), repository: None, is_subject: true };
    let now = OffsetDateTime::from_unix_timestamp(seconds("2026-11-24T00:00:00Z")).unwrap();
    match verify(&SignedMaterial::Bundle(bundle), target, VerificationContext { trust, limits: &limits, now }) {
        Outcome::Proven(proofs) => {
            assert!(!proofs.is_empty());
            "accepted".to_owned()
        }
        Outcome::Refused(refusal) => refusal.step.name().to_owned(),
        Outcome::Unchecked(_) => "unchecked".to_owned(),
    }
}

/// The place of every value, containers too.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    if !at.is_empty() {
        found.push(at.to_owned());
    }
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(key, value)| places(value, &format!("{at}/{}", key.replace('/', "~1")), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

fn flipped(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) => Some(json!(number.as_i64()? + 1)),
        Value::String(text) if text.parse::<i64>().is_ok() => Some(json!((text.parse::<i64>().ok()? + 1).to_string())),
        Value::String(text) => match STANDARD.decode(text) {
            Ok(mut bytes) if bytes.len() > 8 => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                Some(json!(STANDARD.encode(bytes)))
            }
            _ => Some(json!(format!("{text}x"))),
        },
        _ => None,
    }
}

fn removed(bundle: &Value, place: &str) -> Value {
    let mut bundle = bundle.clone();
    let (parent, key) = place.rsplit_once('/').unwrap();
    match bundle.pointer_mut(parent).unwrap() {
        Value::Object(fields) => {
            fields.remove(&key.replace("~1", "/"));
        }
        Value::Array(items) => {
            items.remove(key.parse().unwrap());
        }
        _ => panic!("{place}"),
    }
    bundle
}

fn with(bundle: &Value, place: &str, value: Value) -> Value {
    let mut bundle = bundle.clone();
    *bundle.pointer_mut(place).unwrap() = value;
    bundle
}

/// Each change of this place, by its name.
fn changes(bundle: &Value, other: &Value, place: &str) -> Vec<(&'static str, Value)> {
    let value = bundle.pointer(place).unwrap();
    let mut changes = vec![("removed", removed(bundle, place))];
    if let Some(flipped) = flipped(value) {
        changes.push(("flipped", with(bundle, place, flipped)));
    }
    if let Some(theirs) = other.pointer(place).filter(|theirs| *theirs != value) {
        changes.push(("swapped", with(bundle, place, theirs.clone())));
    }
    if let Value::Array(items) = value
        && let Some(first) = items.first()
    {
        let twice = [vec![first.clone()], items.clone()].concat();
        changes.push(("duplicated", with(bundle, place, Value::Array(twice))));
        // The other one first: no order makes it good.
        if let Some(theirs) = other.pointer(&format!("{place}/0")).filter(|theirs| *theirs != first) {
            let both = [vec![theirs.clone()], items.clone()].concat();
            changes.push(("joined", with(bundle, place, Value::Array(both))));
        }
    }
    changes
}

/// What may be changed, and why it makes no difference.
const HARMLESS: [(&str, &str); 4] = [
    ("/verificationMaterial/publicKey/hint", "only helps to find the key"),
    ("/verificationMaterial/timestampVerificationData removed", "the log's own clock says when"),
    ("/verificationMaterial/timestampVerificationData/rfc3161Timestamps", "the log's own clock says when"),
    ("/verificationMaterial/tlogEntries/0/inclusionPromise removed", "the proof stands, and a timestamp says when"),
];

/// Each change with its outcomes, and the material that has each: what the file beside this one says.
fn table(world: &World) -> String {
    let mut rows: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
    for made in MADE {
        let trust = world.trust(made);
        for (what, envelope) in [("message", false), ("envelope", true)] {
            let bundle = world.sign(made, envelope, 0).bundle(Version::V03);
            let other = world.sign(made, envelope, 60).bundle(Version::V03);
            for (case, bundle) in [("before any change", &bundle), ("the other one", &other)] {
                assert_eq!(outcome(bundle, &trust), "accepted", "{made:?} {what}: {case}");
            }
            let mut all = Vec::new();
            places(&bundle, "", &mut all);
            for place in all {
                for (change, changed) in changes(&bundle, &other, &place) {
                    let outcomes = rows.entry(format!("{place} {change}")).or_default();
                    outcomes.entry(outcome(&changed, &trust)).or_default().push(format!("{made:?} {what}"));
                }
            }
        }
    }
    let line = |(change, outcomes): (&String, &BTreeMap<String, Vec<String>>)| {
        let outcomes: Vec<String> =
            outcomes.iter().map(|(outcome, material)| format!("{outcome} ({})", material.join(", "))).collect();
        format!("{change}: {}\n", outcomes.join("; "))
    };
    rows.iter().map(line).collect()
}

#[test]
fn each_changed_field_is_refused_at_its_step() {
    let table = table(&World::new());
    for line in table.lines().filter(|line| line.contains("accepted")) {
        assert!(HARMLESS.iter().any(|(place, _)| line.starts_with(place)), "accepted: {line}");
    }
    let expected = include_str!("tampered.txt");
    for (found, expected) in table.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "the whole table:\n{table}");
    }
    assert_eq!(table.lines().count(), expected.lines().count(), "the whole table:\n{table}");
}
