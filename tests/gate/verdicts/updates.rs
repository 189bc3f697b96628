//! `trust update`, from a TUF repository on loopback.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use ed25519_dalek::{Signer as _, SigningKey};
use ocigate::oci::Digest;
use ocigate::oci::digest::hex;
use serde_json::{Value, json};

use crate::support::gate::{Outcome, ocigate};
use crate::support::rows;
use crate::support::sigstore::{Sigstore, seconds};

const LATER: &str = "2999-01-01T00:00:00Z";

/// The files of a repository with one key in every role (TUF 1.0 §4), and its root.
struct Repository {
    files: BTreeMap<String, Vec<u8>>,
    root: Vec<u8>,
}

fn signed(content: Value, key: &SigningKey, id: &str) -> Vec<u8> {
    // Canonical JSON: the names of a `Value` are in order, and no value here needs an escape.
    let signature = key.sign(content.to_string().as_bytes());
    json!({"signed": content, "signatures": [{"keyid": id, "sig": hex(&signature.to_bytes())}]})
        .to_string()
        .into_bytes()
}

fn pinned(bytes: &[u8]) -> Value {
    json!({"version": 1, "length": bytes.len(), "hashes": {"sha256": Digest::sha256(bytes).hex()}})
}

fn repository(target: &[u8], expires: &str) -> Repository {
    let key = SigningKey::from_bytes(&[7; 32]);
    let public =
        json!({"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": hex(key.verifying_key().as_bytes())}});
    let id = Digest::sha256(public.to_string().as_bytes()).hex().to_owned();
    let content = |kind: &str, expires: &str, rest: Value| {
        let mut content = json!({"_type": kind, "spec_version": "1.0.0", "version": 1, "expires": expires});
        content.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        signed(content, &key, &id)
    };
    let of_target = json!({"length": target.len(), "hashes": {"sha256": Digest::sha256(target).hex()}});
    let targets = content("targets", LATER, json!({"targets": {"trusted_root.json": of_target}}));
    let snapshot = content("snapshot", LATER, json!({"meta": {"targets.json": pinned(&targets)}}));
    let timestamp = content("timestamp", expires, json!({"meta": {"snapshot.json": pinned(&snapshot)}}));
    let role = json!({"keyids": [id], "threshold": 1});
    let roles = json!({"root": role, "timestamp": role, "snapshot": role, "targets": role});
    let root =
        content("root", LATER, json!({"consistent_snapshot": false, "keys": {id.clone(): public}, "roles": roles}));
    let files = [
        ("/timestamp.json", timestamp),
        ("/snapshot.json", snapshot),
        ("/targets.json", targets),
        ("/targets/trusted_root.json", target.to_vec()),
    ];
    Repository { files: files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect(), root }
}

/// Serves the files on loopback until the test ends, and gives the address.
fn serve(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 1024];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut piece) {
                    Ok(length) if length > 0 => request.extend_from_slice(&piece[..length]),
                    _ => break,
                }
            }
            let request = String::from_utf8_lossy(&request).into_owned();
            let path = request.split(' ').nth(1).unwrap_or_default();
            let (status, body) = match files.get(path) {
                Some(bytes) => ("200 OK", bytes.as_slice()),
                None => ("404 Not Found", &b""[..]),
            };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        }
    });
    url
}

fn update(folder: &Path, url: &str, root: &[u8]) -> Outcome {
    std::fs::write(folder.join("root.json"), root).unwrap();
    ocigate(folder, &["trust", "update", "--mirror", url, "--tuf-root", "root.json", "--output", "new.json"])
}

fn trusted_root() -> Vec<u8> {
    Sigstore::new(seconds("2026-01-15T12:00:00Z")).trusted_root().to_string().into_bytes()
}

#[test]
fn a_trusted_root_is_fetched_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let repository = repository(&trusted_root(), LATER);
    let url = serve(repository.files);
    let outcome = update(folder.path(), &url, &repository.root);
    outcome.assert("fetched", 0, &["new.json"]);
    assert!([&outcome.out, &outcome.err].iter().any(|text| rows::holds(text, "5")), "of services: {outcome:?}");
    let shown = ocigate(
        folder.path(),
        &[
            "trust",
            "show",
            "--trusted-root",
            "new.json",
            "--certificate-identity",
            "a@b.example",
            "--certificate-oidc-issuer",
            "https://c.example",
        ],
    );
    shown.assert(
        "used",
        0,
        &[
            "new.json",
            &Digest::sha256(&std::fs::read(folder.path().join("new.json")).unwrap()).to_string(),
            "https://rekor.sigstore.test",
        ],
    );
}

#[test]
fn what_tuf_does_not_verify_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("new.json"), "the old one").unwrap();
    let refuse = |case: &str, repository: Repository, reason: &str| {
        update(folder.path(), &serve(repository.files), &repository.root).assert(case, 3, &[reason]);
        assert_eq!(std::fs::read_to_string(folder.path().join("new.json")).unwrap(), "the old one", "{case}");
    };
    let mut tampered = repository(&trusted_root(), LATER);
    tampered.files.get_mut("/targets/trusted_root.json").unwrap()[40] ^= 1;
    refuse("a changed target", tampered, "trusted_root.json");
    let mut unsigned = repository(&trusted_root(), LATER);
    let timestamp = unsigned.files.get_mut("/timestamp.json").unwrap();
    *timestamp = String::from_utf8(timestamp.clone()).unwrap().replace("\"version\":1", "\"version\":2").into_bytes();
    refuse("a changed timestamp", unsigned, "timestamp");
    refuse("expired", repository(&trusted_root(), "2001-01-01T00:00:00Z"), "2001-01-01T00:00:00Z");
    refuse("no root", repository(b"{}", LATER), "`mediaType`");
    let mut absent = repository(&trusted_root(), LATER);
    absent.files.clear();
    refuse("nothing there", absent, "timestamp.json");
}

#[test]
fn where_trust_begins_has_to_be_said() {
    let run = |arguments: &[&str]| {
        ocigate(Path::new("."), &[&["trust", "update", "--output", "/nowhere/x"], arguments].concat())
    };
    run(&[]).assert("nothing", 2, &["public-good", "github", "--mirror", "--tuf-root"]);
    run(&["--mirror", "http://127.0.0.1:1"]).assert("no root", 2, &["--tuf-root"]);
    run(&["gitlab"]).assert("unknown", 2, &["public-good", "github", "\"gitlab\""]);
    run(&["public-good", "--mirror", "http://127.0.0.1:1"]).assert("not there", 3, &["http://127.0.0.1:1"]);
}
