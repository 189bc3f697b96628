use super::key::KeyProblem;
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

fn refusal(signers: Vec<SignerEntry>, requirements: Vec<RequirementEntry>) -> TrustError {
    Trust::build(signers, requirements).unwrap_err()
}

/// Asserts why it is refused: the variant, and the data that it has to name.
#[track_caller]
fn told(error: &TrustError, variant: &str, data: &[&str]) {
    let (shown, text) = (format!("{error:?}"), error.to_string());
    assert_eq!(shown.split([' ', '(']).next(), Some(variant), "{shown}");
    assert!(data.iter().all(|datum| text.contains(datum)), "expected {data:?} in {text}");
}

#[test]
fn bad_material_is_refused_when_trust_is_built() {
    let private =
        "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED SIGSTORE PRIVATE KEY-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (key, problem) in [
        (private, KeyProblem::Private),
        (certificate, KeyProblem::OtherPem("CERTIFICATE".to_owned())),
        ("ssh-ed25519 AAAA", KeyProblem::NotPem),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", KeyProblem::Malformed),
    ] {
        let error = refusal(vec![entry("a", key)], vec![]);
        assert_eq!(error, TrustError::Key { signer: "a".to_owned(), problem });
        assert!(!error.to_string().contains("c2VjcmV0"), "a private key must not be echoed");
    }
    assert_eq!(Trust::build(vec![entry(" ", P256_KEY)], vec![]).unwrap_err(), TrustError::NoName);
}

/// One P-256 key as a compressed and as a hybrid point (SEC 1 §2.3.3), and an RSA key without the parameters NULL.
const OTHER_ENCODINGS: [&str; 3] = [
    "-----BEGIN PUBLIC KEY-----\nMDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADhm2aN3AeEaWC+rh6Uo1yxJTUdlEF\nV6ElpYhtc7vRWLw=\n-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAHhm2aN3AeEaWC+rh6Uo1yxJTUdlEF\nV6ElpYhtc7vRWLxSw8Y+NnU82z0rjk/cxgNoLuzespOvfdYB3nkpwE7Zdw==\n-----END PUBLIC KEY-----\n",
    "-----BEGIN PUBLIC KEY-----\nMIIBIDALBgkqhkiG9w0BAQEDggEPADCCAQoCggEBAKdbICCbqbJKSAI/XYlTosCS\nSviHoIOFlFyHlquTOzi8wKwN843wmml2lPb1HREi9sgWEfKaNk7MIsZWZRzOl5pS\nC97fSvTiAH4Kp9OJgQFHa/xYUXNL7PKdb+pL4ntnZtqXW1A6Knu8OQ2TTRAkPDAO\nbQR/yo20aAz8a5qu/YghM1ZlPnemQVk5uWYd5aE20EaceUf+VQiSpqcoDstbuzL9\ngeZPEpNKRp5YNTs0ui2SHqQC/kDlvy89N3U3mv1wz+VdpbmL28D0gudfCm/3P9UC\nlw2YVCU6hjrGtgqYQq8K0IKB42vvuAWlAqQ8yphkASEGKyFskwaa4BwYLvkzB1UC\nAwEAAQ==\n-----END PUBLIC KEY-----\n",
];

#[test]
fn a_key_has_one_encoding_so_that_it_is_one_signer() {
    let [compressed, hybrid, rsa] = OTHER_ENCODINGS.map(|key| {
        let error = refusal(vec![entry("a", key), entry("b", P256_KEY)], vec![]);
        told(&error, "Key", &["\"a\"", "openssl pkey -pubin"]);
        match error {
            TrustError::Key { problem: KeyProblem::Encoding(expected), .. } => expected,
            other => panic!("{other:?}"),
        }
    });
    // Points have one encoding, parameters another.
    assert!(compressed == hybrid && rsa != hybrid, "{compressed} {hybrid} {rsa}");
}

#[test]
fn an_entry_that_could_never_mean_anything_is_refused() {
    let time = |seconds| time::OffsetDateTime::from_unix_timestamp(seconds).ok();
    let relaxed = SignerRelaxations { log: true, ..SignerRelaxations::default() };
    let mut all = Vec::new();
    for (signer, variant, data) in [
        (SignerEntry { key: Some(P256_KEY.to_owned()), ..person("a", "a@example.org") }, "Means", &[][..]),
        (SignerEntry { name: "a".to_owned(), ..SignerEntry::default() }, "Means", &[]),
        (SignerEntry { root: None, ..person("a", "a@example.org") }, "Useless", &[]),
        (
            SignerEntry { from: time(2), until: time(1), ..entry("a", P256_KEY) },
            "Useless",
            &["`not_after`", "`not_before`"],
        ),
        (SignerEntry { relaxed, require_log: true, ..person("a", "a@example.org") }, "Useless", &[]),
        (SignerEntry { relaxed, ..entry("a", P256_KEY) }, "Useless", &["`relax`"]),
        (SignerEntry { role: Some(" ".to_owned()), ..entry("a", P256_KEY) }, "Useless", &["`role`"]),
        (person("a", ""), "Identity", &["`subject`"]),
    ] {
        let error = refusal(vec![signer], vec![]);
        told(&error, variant, data);
        told(&error, variant, &["\"a\""]);
        // Each has words of its own.
        assert!(!all.contains(&error), "{error}");
        all.push(error);
    }
    let twice = vec![person("a", "a@example.org"), person("b", "a@example.org")];
    told(&refusal(twice, vec![]), "SameIdentity", &["\"a\"", "\"b\"", "a@example.org"]);
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
    for (requirement, variant, data) in [
        (RequirementEntry::default(), "Useless", &["`signers`", "`roles`", "`statement`"][..]),
        (RequirementEntry { signers: Some(0), ..RequirementEntry::default() }, "Useless", &[" 0 ", " 1"]),
        (RequirementEntry { signers: Some(2), ..RequirementEntry::default() }, "Useless", &[" 2 ", " 1"]),
        (roles(&["reviewer"]), "Useless", &["\"reviewer\""]),
        (roles(&["publisher", "publisher"]), "Useless", &[" 2 ", " 1"]),
        (statement(|statement| statement.signers.push("b".to_owned())), "Useless", &["\"b\"", "`[[trust.signer]]`"]),
        (statement(|statement| statement.role = Some("x".to_owned())), "Useless", &["\"x\""]),
        (statement(|statement| statement.predicate_type = "*".to_owned()), "PredicateType", &["\"*\""]),
        (
            RequirementEntry { signers: Some(1), repositories: vec!["x".to_owned()], ..RequirementEntry::default() },
            "Pattern",
            &["\"x\"", "`/`"],
        ),
    ] {
        told(&refusal(signers(), vec![requirement]), variant, data);
    }
    // A pattern may mean many.
    let mut many = person("many", "");
    if let Some(identity) = &mut many.identity {
        identity.subject = TextCondition::Glob("*@acme.example".to_owned());
    }
    let two = RequirementEntry { signers: Some(2), ..RequirementEntry::default() };
    assert_eq!(Trust::build(vec![many], vec![two]).unwrap().requirements(None).count(), 1);
}
