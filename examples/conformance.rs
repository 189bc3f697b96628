//! The client that sigstore-conformance runs (`docs/cli_protocol.md` there), over the library path of `verify`:
//!
//! ```text
//! verify-bundle [--staging] --bundle FILE
//!     (--certificate-identity IDENTITY --certificate-oidc-issuer URL | --key PEM)
//!     [--trusted-root FILE] FILE_OR_DIGEST
//! ```
//!
//! It ends with 0 only where the bundle is accepted, and with 1 for everything else; it signs nothing.

#![allow(clippy::print_stderr)]

use std::process::ExitCode;

use ocigate::evidence::bundle::Bundle;
use ocigate::evidence::recognise::SignedMaterial;
use ocigate::limits::Limits;
use ocigate::oci::json::parse_strict;
use ocigate::oci::{Algorithm, Digest};
use ocigate::trust::{IdentityEntry, PUBLIC_GOOD, Root, SignerEntry, TextCondition, Trust};
use ocigate::verify::{Outcome, VerificationContext, VerificationTarget, verify};
use sigstore_verify::trust_root::SIGSTORE_STAGING_TRUSTED_ROOT;
use time::OffsetDateTime;

#[derive(Default)]
struct Arguments {
    staging: bool,
    bundle: Option<String>,
    identity: Option<String>,
    issuer: Option<String>,
    key: Option<String>,
    trusted_root: Option<String>,
    artifact: Option<String>,
}

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("refused: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// Accepts or refuses, by the arguments of the protocol.
pub fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let arguments = Arguments::read(arguments)?;
    let trust = arguments.trust()?;
    let limits = Limits::default();
    let text = std::fs::read(arguments.bundle.ok_or("--bundle is missing")?).map_err(|error| error.to_string())?;
    let content = parse_strict(&text, limits.json_depth).map_err(|error| error.to_string())?;
    let material = SignedMaterial::Bundle(Bundle::read(content).map_err(|fault| fault.message)?);
    let artifact = arguments.artifact.ok_or("the artifact is missing")?;
    let bytes = match std::fs::read(&artifact) {
        Ok(bytes) => Some(bytes),
        Err(_) if artifact.starts_with("sha256:") => None,
        Err(error) => return Err(format!("{artifact}: {error}")),
    };
    let digests = match &bytes {
        Some(bytes) => vec![Digest::of(Algorithm::Sha256, bytes), Digest::of(Algorithm::Sha512, bytes)],
        None => vec![artifact.parse::<Digest>().map_err(|error| error.to_string())?],
    };
    let target = VerificationTarget { digests: &digests, bytes: bytes.as_deref(), repository: None, is_subject: true };
    #[allow(clippy::disallowed_methods)]
    let by = VerificationContext { trust: &trust, limits: &limits, now: OffsetDateTime::now_utc() };
    match verify(&material, target, by) {
        Outcome::Proven(proofs) if !proofs.is_empty() => Ok(()),
        Outcome::Proven(_) => Err("no proof".to_owned()),
        Outcome::Refused(refusal) => Err(format!("{}: {}", refusal.step.name(), refusal.reason)),
        Outcome::Unchecked(unchecked) => Err(format!("unchecked: {}", unchecked.reason)),
    }
}

impl Arguments {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        match arguments.next().as_deref() {
            Some("verify-bundle") => {}
            other => return Err(format!("expected verify-bundle, found {other:?}")),
        }
        let mut read = Arguments::default();
        while let Some(argument) = arguments.next() {
            let place = match argument.as_str() {
                "--staging" => {
                    read.staging = true;
                    continue;
                }
                "--bundle" => &mut read.bundle,
                "--certificate-identity" => &mut read.identity,
                "--certificate-oidc-issuer" => &mut read.issuer,
                "--key" => &mut read.key,
                "--trusted-root" => &mut read.trusted_root,
                option if option.starts_with("--") => return Err(format!("{option} is unknown")),
                _ => {
                    read.artifact = Some(argument);
                    continue;
                }
            };
            *place = Some(arguments.next().ok_or_else(|| format!("{argument} has no value"))?);
        }
        Ok(read)
    }

    fn trust(&self) -> Result<Trust, String> {
        let file = |path: &String| {
            let bytes = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
            Root::from_file("given", path, &bytes).map_err(|problem| format!("the trusted root {problem}"))
        };
        let root = match &self.trusted_root {
            Some(path) => file(path)?,
            None if self.staging => Root::from_file("staging", "staging", SIGSTORE_STAGING_TRUSTED_ROOT.as_bytes())?,
            None => Root::embedded(PUBLIC_GOOD).ok_or("the embedded root is missing")?,
        };
        let mut signer = SignerEntry { name: "given".to_owned(), root: Some(root), ..SignerEntry::default() };
        match (&self.key, &self.identity, &self.issuer) {
            (Some(path), None, None) => {
                signer.key = Some(std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?);
                signer.require_log = true;
            }
            (None, Some(subject), Some(issuer)) => {
                signer.identity = Some(IdentityEntry {
                    subject: TextCondition::Exact(subject.clone()),
                    issuer: TextCondition::Exact(issuer.clone()),
                    source_repository: None,
                    source_ref: None,
                    workflow: None,
                    runner_environment: None,
                });
            }
            _ => return Err("expected --key, or --certificate-identity and --certificate-oidc-issuer".to_owned()),
        }
        Trust::build(vec![signer], Vec::new()).map_err(|error| error.to_string())
    }
}
