//! No part of a signature can be changed, swapped or left out.
//!
//! Each row changes one thing in material that is accepted before the change, and names the kind of refusal.

use sigstore_verify::VerificationPolicy;

use super::{ARTIFACT, category, policy, sigstore, statement, verify, workflow};
use crate::support::sigstore::logs::Proof;
use crate::support::sigstore::{Content, Kind, Signed, Signing, Version};

/// Which material a row changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    /// Rekor v1 with everything, and a timestamp.
    V1,
    V2,
    /// A timestamp and no log.
    Stamped,
}

impl Made {
    fn sign(self, signing: Signing<'_>, content: What) -> Signed {
        let signing = match self {
            Made::V1 => signing.stamped(),
            Made::V2 => signing.rekor_v2(),
            Made::Stamped => signing.unlogged().stamped(),
        };
        match content {
            What::Message => signing.message(ARTIFACT),
            What::Statement => signing.statement(&statement()),
        }
    }

    fn policy(self) -> VerificationPolicy {
        match self {
            Made::V1 | Made::V2 => policy(),
            Made::Stamped => policy().skip_tlog_unsafe(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Message,
    Statement,
}

const BOTH: &[What] = &[What::Message, What::Statement];
const LOGGED: &[Made] = &[Made::V1, Made::V2];
const V1: &[Made] = &[Made::V1];
const V2: &[Made] = &[Made::V2];
const ALL: &[Made] = &[Made::V1, Made::V2, Made::Stamped];

/// What is changed, in what, and as what it is refused. The second signature is over the same content, by the same
/// services, for the same workflow.
struct Row(&'static str, &'static [Made], &'static [What], fn(&mut Signed, &mut Signed), &'static str);

fn flip(bytes: &mut [u8], from_end: usize) {
    let place = bytes.len() - 1 - from_end;
    bytes[place] ^= 1;
}

/// Changes a text in a log entry's body, without changing its length.
fn reword(signed: &mut Signed, from: &str, to: &str) {
    let body = String::from_utf8(signed.entry().body.clone()).unwrap();
    assert!(body.contains(from), "{from:?} in {body}");
    signed.entry().body = body.replace(from, to).into_bytes();
}

fn proof(signed: &mut Signed) -> &mut Proof {
    signed.entry().proof.as_mut().unwrap()
}

/// Changes one character of the base64 in a line of the checkpoint.
fn reword_checkpoint(signed: &mut Signed, line: usize) {
    let lines = proof(signed).checkpoint.split('\n').map(str::to_owned);
    let mut lines = lines.collect::<Vec<_>>();
    let place = lines[line].len() - 8;
    let other = if lines[line].as_bytes()[place] == b'A' { "B" } else { "A" };
    lines[line].replace_range(place..=place, other);
    proof(signed).checkpoint = lines.join("\n");
}

/// The line of the checkpoint's root, and that of its signature.
const ROOT: usize = 2;
const SIGNATURE: usize = 4;

#[rustfmt::skip]
const ROWS: &[Row] = &[
    // The signature covers nothing else, so whoever sees it first speaks: the timestamp.
    Row("signature changed", ALL, BOTH, |one, _| flip(&mut one.signature, 0), "timestamp"),
    Row("signature changed, no timestamp", V1, BOTH, |one, _| { one.timestamp = None; flip(&mut one.signature, 0) }, "signature"),
    Row("signature of another key", V1, BOTH, |one, other| { one.timestamp = None; one.signature = other.signature.clone() }, "signature"),
    Row("message changed", ALL, &[What::Message], |one, _| one.content = Content::Message(b"other soils".to_vec(), Kind::P256), "artifact"),
    Row("payload changed", ALL, &[What::Statement], |one, _| match &mut one.content {
        Content::Payload { payload, .. } => *payload = String::from_utf8(payload.clone()).unwrap().replace("buildDefinition", "buildDefinitiom").into_bytes(),
        Content::Message(..) => unreachable!(),
    }, "signature"),
    Row("payload type changed", ALL, &[What::Statement], |one, _| match &mut one.content {
        Content::Payload { payload_type, .. } => *payload_type = "application/json".to_owned(),
        Content::Message(..) => unreachable!(),
    }, "unsupported"),

    Row("certificate's signature changed", ALL, BOTH, |one, _| flip(one.leaf(), 0), "chain"),
    Row("certificate cut short", ALL, BOTH, |one, _| { one.leaf().pop(); }, "malformed certificate"),
    Row("certificate swapped, log and timestamp kept", LOGGED, BOTH, |one, other| *one.leaf() = other.leaf().clone(), "signature"),
    Row("certificate swapped, no log", &[Made::Stamped], BOTH, |one, other| *one.leaf() = other.leaf().clone(), "signature"),

    Row("no log entry", LOGGED, BOTH, |one, _| one.entry = None, "bundle"),
    Row("no proof", LOGGED, BOTH, |one, _| one.entry().proof = None, "bundle"),
    Row("nothing that says when", V2, BOTH, |one, _| one.timestamp = None, "no time"),
    Row("nothing that says when, promise left out", V1, BOTH, |one, _| { one.timestamp = None; one.entry().promise = None }, "no time"),
    Row("log entry of another signature", LOGGED, BOTH, |one, other| one.entry = other.entry.clone(), "log mismatch"),
    Row("body changed", V1, BOTH, |one, _| reword(one, "sha256", "sha255"), "promise"),
    Row("body changed, no promise", V1, BOTH, |one, _| { one.entry().promise = None; reword(one, "sha256", "sha512") }, "proof"),
    Row("body changed", V2, BOTH, |one, _| reword(one, "SHA2_256", "SHA2_512"), "proof"),
    Row("body of another entry", V2, BOTH, |one, other| one.entry().body = other.entry().body.clone(), "proof"),

    Row("promise changed", V1, BOTH, |one, _| flip(one.entry().promise.as_mut().unwrap(), 0), "promise"),
    Row("promise of another entry", V1, BOTH, |one, other| one.entry().promise = other.entry().promise.clone(), "promise"),
    Row("time of the log earlier", V1, BOTH, |one, _| *one.entry().integrated_time.as_mut().unwrap() -= 1, "promise"),
    Row("time of the log left out", V1, BOTH, |one, _| one.entry().integrated_time = None, "promise"),
    Row("index changed", V1, BOTH, |one, _| one.entry().log_index += 1, "promise"),
    Row("log ID changed", V1, BOTH, |one, _| flip(&mut one.entry().log_id, 0), "promise"),

    Row("root changed", V1, BOTH, |one, _| flip(&mut proof(one).root, 0), "bundle"),
    Row("place changed", V1, BOTH, |one, _| proof(one).log_index -= 1, "proof"),
    Row("place changed", V2, BOTH, |one, _| one.entry().log_index -= 1, "proof"),
    Row("place beyond the tree", V2, BOTH, |one, _| one.entry().log_index += 3, "bundle"),
    Row("size changed", V1, BOTH, |one, _| proof(one).tree_size += 4, "proof"),
    Row("path changed", LOGGED, BOTH, |one, _| flip(&mut proof(one).hashes[0], 0), "proof"),
    Row("path cut short", LOGGED, BOTH, |one, _| { proof(one).hashes.pop(); }, "proof"),
    Row("proof of another entry", LOGGED, BOTH, |one, other| one.entry().proof = other.entry().proof.clone(), "proof"),

    Row("checkpoint's root changed", V1, BOTH, |one, _| reword_checkpoint(one, ROOT), "bundle"),
    Row("checkpoint's root changed", V2, BOTH, |one, _| reword_checkpoint(one, ROOT), "proof"),
    Row("checkpoint's signature changed", LOGGED, BOTH, |one, _| reword_checkpoint(one, SIGNATURE), "checkpoint"),
    Row("checkpoint without its signature", LOGGED, BOTH, |one, _| proof(one).checkpoint = proof(one).checkpoint.split('\u{2014}').next().unwrap().to_owned(), "unreadable"),
    Row("no checkpoint", LOGGED, BOTH, |one, _| proof(one).checkpoint.clear(), "bundle"),

    Row("timestamp's signature changed", ALL, BOTH, |one, _| flip(one.timestamp.as_mut().unwrap(), 0), "timestamp"),
    Row("timestamp cut short", ALL, BOTH, |one, _| { one.timestamp.as_mut().unwrap().pop(); }, "timestamp"),
    Row("timestamp of another signature", ALL, BOTH, |one, other| one.timestamp = other.timestamp.clone(), "timestamp"),
    Row("neither log nor timestamp", &[Made::Stamped], BOTH, |one, _| one.timestamp = None, "bundle"),
];

#[test]
fn each_change_is_refused_and_as_what() {
    let sigstore = sigstore();
    let root = sigstore.trusted_root();
    let mut wrong = Vec::new();
    for Row(name, mades, contents, change, expected) in ROWS {
        for (made, content) in mades.iter().flat_map(|made| contents.iter().map(move |content| (*made, *content))) {
            let mut one = made.sign(sigstore.keyless(&workflow()), content);
            let mut other = made.sign(sigstore.keyless(&workflow()), content);
            let case = format!("{name} ({made:?}, {content:?})");
            let unchanged = verify(&root, &one.bundle(Version::V03), &made.policy());
            assert!(unchanged.is_ok(), "{case}: before the change: {unchanged:?}");
            change(&mut one, &mut other);
            match verify(&root, &one.bundle(Version::V03), &made.policy()) {
                Err(error) if category(&error) == *expected => {}
                found => wrong.push(format!("{case}: expected {expected:?}, found {found:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
