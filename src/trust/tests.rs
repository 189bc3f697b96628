use super::*;

const P256_KEY: &str = include_str!("../../fixtures/keys/release.pub");

fn entry(name: &str, key: &str) -> SignerEntry {
    SignerEntry { name: name.to_owned(), key: Some(key.to_owned()), ..SignerEntry::default() }
}

fn person(name: &str, subject: &str) -> SignerEntry {
    let exact = |text: &str| TextCondition::Exact(text.to_owned());
    SignerEntry {
        name: name.to_owned(),
        identity: Some(IdentityEntry {
            subject: exact(subject),
            issuer: exact("https://accounts.example.org"),
            source_repository: None,
            source_ref: None,
            workflow: None,
            runner_environment: None,
        }),
        root: Root::embedded(PUBLIC_GOOD),
        ..SignerEntry::default()
    }
}

fn refusal(signers: Vec<SignerEntry>, requirements: Vec<RequirementEntry>) -> String {
    Trust::build(signers, requirements).unwrap_err().to_string()
}

#[test]
fn bad_material_is_refused_when_trust_is_built() {
    let private =
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (key, reason) in [
        (private, "is a private key; expected a public one"),
        (certificate, "is a PEM block of type \"CERTIFICATE\""),
        ("ssh-ed25519 AAAA", "is not a PEM public key"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "is not a SubjectPublicKeyInfo"),
    ] {
        let error = refusal(vec![entry("a", key)], vec![]);
        assert!(error.contains(reason), "{error}");
        assert!(!error.contains("c2VjcmV0"), "a private key must not be echoed");
    }
    assert_eq!(Trust::build(vec![entry(" ", P256_KEY)], vec![]).unwrap_err(), TrustError::NoName);
}

/// One P-256 key as a compressed and as a hybrid point (SEC 1 §2.3.3), and an RSA key without the parameters NULL.
const OTHER_ENCODINGS: [(&str, &str); 3] = [
    (
        "an uncompressed point",
        "-----BEGIN PUBLIC KEY-----\nMDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADhm2aN3AeEaWC+rh6Uo1yxJTUdlEF\nV6ElpYhtc7vRWLw=\n-----END PUBLIC KEY-----\n",
    ),
    (
        "an uncompressed point",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAHhm2aN3AeEaWC+rh6Uo1yxJTUdlEF\nV6ElpYhtc7vRWLxSw8Y+NnU82z0rjk/cxgNoLuzespOvfdYB3nkpwE7Zdw==\n-----END PUBLIC KEY-----\n",
    ),
    (
        "the parameters NULL",
        "-----BEGIN PUBLIC KEY-----\nMIIBIDALBgkqhkiG9w0BAQEDggEPADCCAQoCggEBAKdbICCbqbJKSAI/XYlTosCS\nSviHoIOFlFyHlquTOzi8wKwN843wmml2lPb1HREi9sgWEfKaNk7MIsZWZRzOl5pS\nC97fSvTiAH4Kp9OJgQFHa/xYUXNL7PKdb+pL4ntnZtqXW1A6Knu8OQ2TTRAkPDAO\nbQR/yo20aAz8a5qu/YghM1ZlPnemQVk5uWYd5aE20EaceUf+VQiSpqcoDstbuzL9\ngeZPEpNKRp5YNTs0ui2SHqQC/kDlvy89N3U3mv1wz+VdpbmL28D0gudfCm/3P9UC\nlw2YVCU6hjrGtgqYQq8K0IKB42vvuAWlAqQ8yphkASEGKyFskwaa4BwYLvkzB1UC\nAwEAAQ==\n-----END PUBLIC KEY-----\n",
    ),
];

#[test]
fn a_key_has_one_encoding_so_that_it_is_one_signer() {
    for (expected, key) in OTHER_ENCODINGS {
        let error = refusal(vec![entry("a", key), entry("b", P256_KEY)], vec![]);
        assert!(error.contains("the key of signer \"a\" is encoded in another way than expected"), "{error}");
        assert!(error.contains(expected) && error.contains("openssl pkey -pubin"), "{error}");
    }
}

#[test]
fn an_entry_that_could_never_mean_anything_is_refused() {
    let time = |seconds| time::OffsetDateTime::from_unix_timestamp(seconds).ok();
    let relaxed = SignerRelaxations { log: true, ..SignerRelaxations::default() };
    for (signer, reason) in [
        (SignerEntry { key: Some(P256_KEY.to_owned()), ..person("a", "a@example.org") }, "has both"),
        (SignerEntry { name: "a".to_owned(), ..SignerEntry::default() }, "has neither"),
        (SignerEntry { root: None, ..person("a", "a@example.org") }, "no trusted root"),
        (SignerEntry { from: time(2), until: time(1), ..entry("a", P256_KEY) }, "`not_after` before its `not_before`"),
        (SignerEntry { relaxed, require_log: true, ..person("a", "a@example.org") }, "leave one of the two out"),
        (SignerEntry { relaxed, ..entry("a", P256_KEY) }, "leave `relax` out"),
        (SignerEntry { role: Some(" ".to_owned()), ..entry("a", P256_KEY) }, "an empty `role`"),
        (person("a", ""), "is empty, which no certificate says"),
    ] {
        let error = refusal(vec![signer], vec![]);
        assert!(error.contains(reason), "{error}");
    }
    let twice = vec![person("a", "a@example.org"), person("b", "a@example.org")];
    assert!(refusal(twice, vec![]).contains("one identity is one signer"));
}

#[test]
fn a_requirement_that_could_never_be_met_is_refused() {
    let signers = || vec![SignerEntry { role: Some("publisher".to_owned()), ..entry("a", P256_KEY) }];
    let statement = |change: fn(&mut StatementEntry)| {
        let mut statement =
            StatementEntry { predicate_type: "https://example.org/p".to_owned(), ..StatementEntry::default() };
        change(&mut statement);
        RequirementEntry { statements: vec![statement], ..RequirementEntry::default() }
    };
    let roles = |roles: &[&str]| RequirementEntry {
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..RequirementEntry::default()
    };
    for (requirement, reason) in [
        (RequirementEntry::default(), "demands nothing"),
        (RequirementEntry { signers: Some(0), ..RequirementEntry::default() }, "demands 0 signers"),
        (
            RequirementEntry { signers: Some(2), ..RequirementEntry::default() },
            "demands 2 distinct signers, and the configuration has 1",
        ),
        (roles(&["reviewer"]), "names the role \"reviewer\", which no signer has"),
        (roles(&["publisher", "publisher"]), "demands 2 distinct signers"),
        (statement(|statement| statement.signers.push("b".to_owned())), "names the signer \"b\""),
        (statement(|statement| statement.role = Some("x".to_owned())), "names the role \"x\""),
        (statement(|statement| statement.predicate_type = "*".to_owned()), "matches nothing"),
        (
            RequirementEntry { signers: Some(1), repositories: vec!["x".to_owned()], ..RequirementEntry::default() },
            "has no `/`",
        ),
    ] {
        let error = refusal(signers(), vec![requirement]);
        assert!(error.contains(reason), "{error}");
    }
    // A pattern may mean many.
    let mut many = person("many", "");
    if let Some(identity) = &mut many.identity {
        identity.subject = TextCondition::Glob("*@acme.example".to_owned());
    }
    let two = RequirementEntry { signers: Some(2), ..RequirementEntry::default() };
    assert_eq!(Trust::build(vec![many], vec![two]).unwrap().requirements(None).count(), 1);
}
