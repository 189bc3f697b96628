//! Who may sign what. There is no default signer and no "anyone".
//!
//! Bad trust material is refused here, when it is built, before any artifact is read.

use aws_lc_rs::signature::{
    self, ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256,
};
use ed25519_dalek::VerifyingKey;
use globset::{GlobBuilder, GlobMatcher};
use sha2::{Digest as _, Sha512};
use spki::der::{Decode, Document, ErrorKind};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::oci::{Digest, Repository};

/// Predicate type of a cosign image signature in a bundle (cosign `pkg/cosign/bundle`).
pub const SIGN_PREDICATE: &str = "https://sigstore.dev/cosign/sign/v1";

/// Who may sign what.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    signers: Vec<Signer>,
    /// The entries of the configuration: what they name stays demanded where `--key` replaces them.
    demanding: Vec<Signer>,
}

/// One entry: a key and what it may sign.
#[derive(Debug, Clone)]
pub struct Signer {
    name: String,
    key: PublicKey,
    repositories: Vec<RepositoryPattern>,
    predicate_types: Vec<String>,
    require_log: bool,
}

/// What a configuration or a flag says of a signer, before it is checked.
#[derive(Debug, Clone, Default)]
pub struct SignerEntry {
    /// Its name in reports.
    pub name: String,
    /// Its public key, PEM.
    pub key: String,
    /// Patterns of the repositories that it may sign; none means all.
    pub repositories: Vec<String>,
    /// Predicate types that it may sign; none means all.
    pub predicate_types: Vec<String>,
    /// Whether its signatures need a transparency-log entry.
    pub require_log: bool,
}

/// Why trust material is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A signer without a name.
    #[error("a signer has no name: give each `[[trust.signer]]` a `name`")]
    NoName,
    /// Two names for one key: distinct signers differ by key.
    #[error(
        "the signers {first:?} and {second:?} have the same key {fingerprint}: one key is one signer, give it one name"
    )]
    SameKey {
        /// The first name.
        first: String,
        /// The second name.
        second: String,
        /// sha256 of the key.
        fingerprint: Digest,
    },
    /// The key is none.
    #[error("the key of signer {signer:?} {problem}")]
    Key {
        /// The signer's name.
        signer: String,
        /// What is wrong with it. Never quotes it: it may be secret.
        problem: KeyProblem,
    },
    /// The pattern is none.
    #[error("the repository pattern {pattern:?} of signer {signer:?} {problem}")]
    Pattern {
        /// The signer's name.
        signer: String,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A predicate type that matches nothing.
    #[error(
        "the predicate type {found:?} of signer {signer:?} matches nothing: give a whole URI (`*` is no pattern here), \
         or leave `predicate_types` out to permit all"
    )]
    PredicateType {
        /// The signer's name.
        signer: String,
        /// The predicate type.
        found: String,
    },
}

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// A private key.
    #[error(
        "is a private key; expected a public one (`cosign public-key --key …` prints it). It was not read further: take it out of reach of CI"
    )]
    Private,
    /// Another kind of PEM.
    #[error("is a PEM block of type {0:?}, expected \"PUBLIC KEY\"")]
    OtherPem(String),
    /// Not PEM.
    #[error("is not a PEM public key, expected a block that begins with `-----BEGIN PUBLIC KEY-----`")]
    NotPem,
    /// Several PEM blocks.
    #[error("has several PEM blocks, expected one public key: list each key as a signer of its own")]
    Several,
    /// Not a SubjectPublicKeyInfo.
    #[error("is not a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)")]
    Malformed,
    /// An algorithm that is not verified here.
    #[error("is of the algorithm {0}, expected ECDSA P-256 or P-384, Ed25519, or RSA of 2048 to 8192 bits")]
    Unsupported(String),
}

/// A public key and the ways in which it verifies.
#[derive(Clone)]
pub struct PublicKey {
    fingerprint: Digest,
    algorithm: &'static str,
    verifiers: Vec<Verifier>,
}

#[derive(Clone)]
enum Verifier {
    Direct(ParsedPublicKey),
    /// Ed25519ph with an empty context (RFC 8032 §5.1). Its signatures and those of pure Ed25519 are apart by
    /// domain separation, so that one key may be tried with both.
    Ed25519Prehashed(VerifyingKey),
}

impl Verifier {
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Verifier::Direct(key) => key.verify_sig(message, signature).is_ok(),
            Verifier::Ed25519Prehashed(key) => ed25519_dalek::Signature::from_slice(signature).is_ok_and(|signature| {
                key.verify_prehashed_strict(Sha512::new_with_prefix(message), None, &signature).is_ok()
            }),
        }
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PublicKey({} {})", self.algorithm, self.fingerprint)
    }
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

impl PublicKey {
    /// Reads one PEM block `PUBLIC KEY` (RFC 7468 §13).
    pub fn from_pem(pem: &str) -> Result<Self, KeyProblem> {
        let labels: Vec<&str> =
            pem.lines().filter_map(|line| line.trim().strip_prefix("-----BEGIN ")?.strip_suffix("-----")).collect();
        if labels.iter().any(|label| label.contains("PRIVATE KEY")) {
            return Err(KeyProblem::Private);
        }
        match labels.as_slice() {
            ["PUBLIC KEY"] => {}
            [other] => return Err(KeyProblem::OtherPem((*other).to_owned())),
            [] => return Err(KeyProblem::NotPem),
            _ => return Err(KeyProblem::Several),
        }
        // The parser wants nothing before or after the block.
        let start = pem.find("-----BEGIN ").unwrap_or_default();
        let block = pem.get(start..).unwrap_or_default().trim();
        let (_, document) = Document::from_pem(block).map_err(|error| match error.kind() {
            ErrorKind::Pem(_) => KeyProblem::NotPem,
            _ => KeyProblem::Malformed,
        })?;
        Self::from_der(document.as_bytes())
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyProblem> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyProblem::Malformed)?;
        let curve = info.algorithm.parameters_oid().ok();
        // P-384 with SHA-256 is what old cosign and other signers write; cosign 2 and 3 take the curve's hash.
        let (algorithm, ways): (_, &[&'static dyn signature::VerificationAlgorithm]) = match (info.algorithm.oid, curve)
        {
            (EC, Some(P256)) => ("ECDSA P-256", &[&ECDSA_P256_SHA256_ASN1]),
            (EC, Some(P384)) => ("ECDSA P-384", &[&ECDSA_P384_SHA384_ASN1, &ECDSA_P384_SHA256_ASN1]),
            (ED25519_ID, _) => ("Ed25519", &[&ED25519]),
            (RSA, _) => ("RSA", &[&RSA_PKCS1_2048_8192_SHA256]),
            (EC, Some(P521)) => return Err(KeyProblem::Unsupported("ECDSA P-521".to_owned())),
            (EC, Some(other)) => return Err(KeyProblem::Unsupported(format!("ECDSA on the curve {other}"))),
            (other, _) => return Err(KeyProblem::Unsupported(other.to_string())),
        };
        let bits = info.subject_public_key.as_bytes().ok_or(KeyProblem::Malformed)?;
        let mut verifiers = ways
            .iter()
            .map(|way| ParsedPublicKey::new(*way, bits).map(Verifier::Direct))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| KeyProblem::Malformed)?;
        if algorithm == "Ed25519" {
            let key = VerifyingKey::try_from(bits).map_err(|_| KeyProblem::Malformed)?;
            verifiers.push(Verifier::Ed25519Prehashed(key));
        }
        if algorithm == "RSA" && !(2048..=8192).contains(&modulus_bits(bits)) {
            return Err(KeyProblem::Unsupported(format!("RSA of {} bits", modulus_bits(bits))));
        }
        Ok(PublicKey { fingerprint: Digest::sha256(der), algorithm, verifiers })
    }

    /// sha256 of the SubjectPublicKeyInfo.
    pub fn fingerprint(&self) -> &Digest {
        &self.fingerprint
    }

    /// The algorithm's name.
    pub fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Whether the signature over the message is this key's.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.verifiers.iter().any(|verifier| verifier.verifies(message, signature))
    }
}

/// Length of the modulus of an RSAPublicKey (RFC 8017 §A.1.1).
fn modulus_bits(public_key: &[u8]) -> usize {
    use spki::der::{Reader, SliceReader, asn1::UintRef};
    let modulus = SliceReader::new(public_key).and_then(|mut reader| {
        reader.sequence(|inner| {
            let modulus = UintRef::decode(inner)?;
            let _exponent = UintRef::decode(inner)?;
            Ok(modulus.as_bytes().len() * 8
                - modulus.as_bytes().first().map_or(0, |byte| byte.leading_zeros() as usize))
        })
    });
    modulus.unwrap_or_default()
}

/// A pattern of repositories: `*` stays within a path component, `**` crosses them.
#[derive(Debug, Clone)]
struct RepositoryPattern(GlobMatcher);

impl RepositoryPattern {
    fn new(pattern: &str) -> Result<Self, String> {
        if !pattern.contains('/') {
            return Err(
                "has no `/`: expected a host and a repository, such as `registry.example.org/team/*`".to_owned()
            );
        }
        if pattern.split('/').all(|part| part.chars().all(|character| character == '*')) {
            return Err("matches everything: leave `repositories` out if the signer may sign in all of them".to_owned());
        }
        let glob = GlobBuilder::new(pattern).literal_separator(true).backslash_escape(false).build();
        Ok(RepositoryPattern(glob.map_err(|error| format!("is malformed: {}", error.kind()))?.compile_matcher()))
    }
}

/// Whether a signer may sign for a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepositoryPermission {
    /// It may.
    Permitted,
    /// It may sign for others only.
    OtherRepositories,
    /// It is limited to some, and nobody said which repository this is.
    RepositoryUnknown,
}

impl Signer {
    fn build(entry: SignerEntry) -> Result<Self, TrustError> {
        if entry.name.trim().is_empty() {
            return Err(TrustError::NoName);
        }
        let key = PublicKey::from_pem(&entry.key)
            .map_err(|problem| TrustError::Key { signer: entry.name.clone(), problem })?;
        let repositories = entry
            .repositories
            .iter()
            .map(|pattern| {
                RepositoryPattern::new(pattern.strip_prefix("oci://").unwrap_or(pattern)).map_err(|problem| {
                    TrustError::Pattern { signer: entry.name.clone(), pattern: pattern.clone(), problem }
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let is_none = |predicate: &&String| predicate.trim().is_empty() || predicate.contains('*');
        if let Some(found) = entry.predicate_types.iter().find(is_none).cloned() {
            return Err(TrustError::PredicateType { signer: entry.name, found });
        }
        Ok(Signer {
            name: entry.name,
            key,
            repositories,
            predicate_types: entry.predicate_types,
            require_log: entry.require_log,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The predicate types that it is limited to; none means all.
    pub fn predicate_types(&self) -> &[String] {
        &self.predicate_types
    }

    /// Whether its signatures need a transparency-log entry.
    pub fn requires_log(&self) -> bool {
        self.require_log
    }

    /// Whether it may sign for this repository.
    pub fn repository_permission(&self, repository: Option<&Repository>) -> RepositoryPermission {
        match repository {
            _ if self.repositories.is_empty() => RepositoryPermission::Permitted,
            None => RepositoryPermission::RepositoryUnknown,
            Some(repository) if self.repositories.iter().any(|pattern| pattern.0.is_match(repository.to_string())) => {
                RepositoryPermission::Permitted
            }
            Some(_) => RepositoryPermission::OtherRepositories,
        }
    }

    /// Whether it may sign statements of this predicate type.
    pub fn permits_predicate(&self, predicate_type: &str) -> bool {
        self.predicate_types.is_empty() || self.predicate_types.iter().any(|permitted| permitted == predicate_type)
    }
}

impl Trust {
    /// Checks all entries. Several entries of one name and one key unite.
    pub fn build(entries: Vec<SignerEntry>) -> Result<Self, TrustError> {
        let signers = entries.into_iter().map(Signer::build).collect::<Result<Vec<_>, _>>()?;
        for (index, first) in signers.iter().enumerate() {
            let clash = signers
                .iter()
                .skip(index + 1)
                .find(|second| second.name != first.name && second.key.fingerprint == first.key.fingerprint);
            if let Some(second) = clash {
                return Err(TrustError::SameKey {
                    first: first.name.clone(),
                    second: second.name.clone(),
                    fingerprint: first.key.fingerprint.clone(),
                });
            }
        }
        Ok(Trust { demanding: signers.clone(), signers })
    }

    /// Takes other signers in place of the configured ones; what those demand stays demanded.
    pub fn replace_signers(self, entries: Vec<SignerEntry>) -> Result<Self, TrustError> {
        Ok(Trust { signers: Trust::build(entries)?.signers, demanding: self.demanding })
    }

    /// The entries whose predicate types are demanded for this repository.
    pub fn demanding(&self, repository: Option<&Repository>) -> impl Iterator<Item = &Signer> {
        self.demanding
            .iter()
            .filter(move |signer| signer.repository_permission(repository) != RepositoryPermission::OtherRepositories)
    }

    /// All signers.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// Whether any signer may sign for this repository.
    pub fn is_applicable(&self, repository: Option<&Repository>) -> bool {
        self.signers
            .iter()
            .any(|signer| signer.repository_permission(repository) != RepositoryPermission::OtherRepositories)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P256_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEfPdyMhPkqBCFQx6XX0wkRXGU9a1w\n\
        IqLBp6rqGSLtwhVHM9FIPJaS3Y8VFJbMvjfgk4EUEOSKVKBdA9yGBYPYLg==\n\
        -----END PUBLIC KEY-----\n";

    fn entry(name: &str, key: &str) -> SignerEntry {
        SignerEntry { name: name.to_owned(), key: key.to_owned(), ..SignerEntry::default() }
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
            let error = Trust::build(vec![entry("a", key)]).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
            assert!(!error.contains("c2VjcmV0"), "a private key must not be echoed");
        }
        assert_eq!(Trust::build(vec![entry(" ", P256_KEY)]).unwrap_err(), TrustError::NoName);
    }

    #[test]
    fn a_pattern_stays_within_its_component() {
        let pattern = |text: &str| RepositoryPattern::new(text).map(|pattern| pattern.0);
        for (text, repository, expected) in [
            ("reg.example.org/kfm/*", "reg.example.org/kfm/layers", true),
            ("reg.example.org/kfm/*", "reg.example.org/kfm/layers/deep", false),
            ("reg.example.org/kfm/**", "reg.example.org/kfm/layers/deep", true),
            ("reg.example.org/*", "reg.example.org/kfm/layers", false),
            ("*.example.org/kfm/layers", "evil.org/x.example.org/kfm/layers", false),
            ("reg.example.org/kfm/layers", "reg.example.org/kfm/layers2", false),
        ] {
            assert_eq!(pattern(text).unwrap().is_match(repository), expected, "{text} {repository}");
        }
        assert!(pattern("**/*").unwrap_err().contains("matches everything"));
        assert!(pattern("kfm").unwrap_err().contains("has no `/`"));
    }
}
