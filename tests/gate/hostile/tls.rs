//! Registries behind TLS: whose certificates are believed, who is shown ours, HTTP/2, and tunnels through proxies.

use super::{PROVEN, content::document, full, gap_of, native};
use crate::support::registry::{Auth, Options, Registry, Response};
use crate::support::served::Served;
use crate::support::tls::certificates::{Authority, Issued};
use crate::support::tls::{Clients, Seen, Terminator, proxy};

/// A registry behind TLS, and the program that trusts its authority.
struct Behind {
    served: Served,
    terminator: Terminator,
}

fn behind(served: Served, authority: &Authority, issued: &Issued, http2: bool, clients: Clients) -> Behind {
    let terminator = Terminator::start(&served.registry.host(), issued, http2, clients, authority);
    let ca = served.file("ca.pem", authority.pem());
    let host = terminator.host();
    Behind { served: served.with(&["--https", &host, "--ca-file", &ca]), terminator }
}

impl Behind {
    fn judge(&self) -> crate::support::served::Measured {
        self.served.judge_at(&self.terminator.host(), ":v1")
    }
}

#[test]
fn an_authority_of_ones_own() {
    let authority = Authority::new();
    let behind = behind(native(), &authority, &authority.server(&["localhost"]), false, Clients::Nobody);
    behind.judge().assert("http/1.1", 0, &["PASS", PROVEN]);
    assert!(behind.terminator.seen().iter().all(|seen| !seen.http2));
}

/// Everything goes over one connection.
#[test]
fn http_2() {
    let authority = Authority::new();
    let behind = behind(native(), &authority, &authority.server(&["localhost"]), true, Clients::Nobody);
    behind.judge().assert("h2", 0, &["PASS", PROVEN, "subject requests=19 + cached=0"]);
    assert_eq!(behind.terminator.seen(), [Seen { http2: true, with_certificate: false }]);
}

#[test]
fn trouble_over_http_2() {
    let authority = Authority::new();
    for status in [403, 429, 500] {
        let served = native().answering("/referrers/", Response::new(status));
        let behind = behind(served, &authority, &authority.server(&["localhost"]), true, Clients::Nobody);
        let case = status.to_string();
        behind.judge().assert(&case, 3, &["UNDECIDED", &format!("gap gap.{} {} + {case}", gap_of(status), full().1)]);
    }
}

#[test]
fn certificates_that_are_not_believed() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (case, issued, data) in [
        ("another authority", other.server(&["localhost"]), None),
        ("another name", authority.server(&["registry.example.org"]), Some("registry.example.org")),
        ("expired", authority.expired_server(&["localhost"]), Some("1609459200")),
    ] {
        let behind = behind(native(), &authority, &issued, false, Clients::Nobody);
        let url = format!("https://{}", behind.terminator.host());
        let measured = behind.judge();
        let measured = measured.assert(case, 3, &["UNDECIDED", &format!("unseen gap.connection {url}")]);
        // The name it is for, or the end of its time, is what is wrong with it, or else its signature.
        for datum in ["registry.example.org", "1609459200"] {
            let gap = format!("gap gap.connection {datum}");
            assert_eq!(measured.outcome.has(&gap), data == Some(datum), "{case}: {gap}");
        }
        assert!(behind.served.registry.requests().is_empty(), "{case}");
    }
    // Without --ca-file, only the system's authorities are.
    let served = native();
    let issued = authority.server(&["localhost"]);
    let terminator = Terminator::start(&served.registry.host(), &issued, false, Clients::Nobody, &authority);
    let host = terminator.host();
    let served = served.with(&["--https", &host]);
    served.judge_at(&host, ":v1").assert(
        "no --ca-file",
        3,
        &["UNDECIDED", &format!("unseen gap.connection https://{host} + --ca-file")],
    );
}

#[test]
fn a_server_without_tls() {
    let served = native();
    let host = served.registry.host();
    let served = served.with(&["--https", &host]);
    served.judge(":v1").assert("plain", 3, &["gap gap.connection"]);
}

#[test]
fn a_client_certificate_is_shown_to_the_registry() {
    let authority = Authority::new();
    let required = || behind(native(), &authority, &authority.server(&["localhost"]), false, Clients::Required);
    required().judge().assert("without", 3, &["gap gap.connection"]);

    let with = required();
    let client = authority.client("auditor");
    let certificate = with.served.file("client.pem", client.certificate_pem());
    let key = with.served.file("client.key", client.key_pem());
    let served = with.served.with(&["--client-cert", &certificate, "--client-key", &key]);
    served.judge_at(&with.terminator.host(), ":v1").assert("with", 0, &["PASS"]);
    assert!(with.terminator.seen().iter().all(|seen| seen.with_certificate));
}

/// A storage that asks who is there learns nothing.
#[test]
fn a_client_certificate_is_not_shown_behind_a_redirect() {
    let authority = Authority::new();
    let issued = authority.server(&["localhost"]);
    let behind_registry = behind(native(), &authority, &issued, false, Clients::Required);
    let storage = Registry::start(Options::default());
    storage.fill(&behind_registry.served.folder.path().join("layout"));
    let storage_tls = Terminator::start(&storage.host(), &issued, false, Clients::Asked, &authority);
    let (artifact, _) = full();
    for digest in artifact.blobs.keys() {
        let location = format!("https://{}/v2/kfm/layers/blobs/{digest}", storage_tls.host());
        let away = Response::new(307).header("Location", location);
        behind_registry.served.registry.fault(&format!("/blobs/{digest}"), usize::MAX, away);
    }
    let client = authority.client("auditor");
    let certificate = behind_registry.served.file("client.pem", client.certificate_pem());
    let key = behind_registry.served.file("client.key", client.key_pem());
    let served = behind_registry.served.with(&["--client-cert", &certificate, "--client-key", &key]);
    served.judge_at(&behind_registry.terminator.host(), ":v1").assert("storage", 0, &["PASS"]);
    assert!(!storage_tls.seen().is_empty() && storage_tls.seen().iter().all(|seen| !seen.with_certificate));
}

#[test]
fn from_https_nothing_leads_to_plain_http() {
    let authority = Authority::new();
    let issued = authority.server(&["localhost"]);
    let storage = Registry::start(Options::default());
    let away = Response::new(307).header("Location", storage.url() + "/x");
    let served = native().answering("/blobs/", away);
    let behind_redirect = behind(served, &authority, &issued, false, Clients::Nobody);
    let measured = behind_redirect.judge();
    let from = format!("https://{}", behind_redirect.terminator.host());
    let layer = document(&full().0, "prov.jsonld");
    measured.assert("redirect", 3, &["UNDECIDED", &format!("gap gap.refused {layer} + {from} + {}", storage.url())]);
    assert!(storage.requests().is_empty());

    // The challenge of the test registry names a token server in plain http.
    let auth = Auth::Bearer { user: None, token: "t0ken" };
    let served = Served::new(&full().0, Options { auth, ..Options::default() });
    let behind_realm = behind(served, &authority, &issued, false, Clients::Nobody);
    behind_realm.judge().assert(
        "realm",
        3,
        &["UNDECIDED", &format!("unseen gap.refused {}", behind_realm.served.registry.url())],
    );
    assert!(behind_realm.served.registry.paths().iter().all(|path| !path.starts_with("/token")));
}

#[test]
fn certificates_of_the_configuration() {
    let authority = Authority::new();
    let issued = authority.server(&["localhost"]);
    let served = native();
    let terminator = Terminator::start(&served.registry.host(), &issued, true, Clients::Required, &authority);
    let client = authority.client("auditor");
    served.file("tls/ca.pem", authority.pem());
    served.file("tls/client.pem", client.certificate_pem());
    served.file("tls/client.key", client.key_pem());
    let config = format!(
        "https = [{:?}]\nca_files = [\"ca.pem\"]\nclient_certificate = \"client.pem\"\nclient_key = \"client.key\"\n",
        terminator.host()
    );
    let config = served.file("tls/ocigate.toml", config);
    served.with(&["--config", &config]).judge_at(&terminator.host(), ":v1").assert("configured", 0, &["PASS"]);
    assert!(terminator.seen().iter().all(|seen| seen.with_certificate && seen.http2));
}

#[test]
fn files_that_are_no_certificates() {
    let authority = Authority::new();
    let key = authority.client("x").key_pem();
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    for (case, flag, content, reason) in [
        ("empty", "--ca-file", String::new(), "x.pem"),
        ("a key", "--ca-file", key.clone(), "x.pem"),
        ("garbage", "--ca-file", garbage, "x.pem"),
        ("not there", "--ca-file", "-".to_owned(), "nowhere.pem"),
        ("no key", "--client-cert", authority.pem(), "--client-key"),
    ] {
        let served = native();
        let path = if content == "-" { "nowhere.pem".to_owned() } else { served.file("x.pem", &content) };
        let served = served.with(&[flag, &path]);
        served.judge(":v1").outcome.assert(case, 2, &[reason]);
        assert!(served.registry.requests().is_empty(), "{case}");
    }
    // A certificate with the key of another.
    let served = native();
    let certificate = served.file("a.pem", authority.client("a").certificate_pem());
    let other = served.file("b.key", &key);
    served.with(&["--client-cert", &certificate, "--client-key", &other]).judge(":v1").outcome.assert(
        "another's key",
        2,
        &[&certificate, &other],
    );
}

/// A registry elsewhere is asked through the proxy that the environment names, and by its own certificate.
#[test]
fn a_tunnel_through_a_proxy() {
    let authority = Authority::new();
    let served = native();
    let issued = authority.server(&["registry.invalid"]);
    let terminator = Terminator::start(&served.registry.host(), &issued, false, Clients::Nobody, &authority);
    let ca = served.file("ca.pem", authority.pem());
    let (url, asked) = proxy(&terminator.address());
    let served = served.with(&["--ca-file", &ca]).environment("HTTPS_PROXY", &url);
    served.judge_at("registry.invalid", ":v1").assert("tunnel", 0, &["PASS"]);
    let asked_first = asked.lock().unwrap()[0].clone();
    assert_eq!(asked_first, "CONNECT registry.invalid:443 HTTP/1.1");
    asked.lock().unwrap().clear();
    let around = served.environment("NO_PROXY", "registry.invalid");
    around.judge_at("registry.invalid", ":v1").assert("around", 3, &["gap gap.connection"]);
    assert!(asked.lock().unwrap().is_empty());
}
