//! What is judged, and how.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use ocigate::oci::{Digest, Reference, ReferenceError};
use time::OffsetDateTime;

use super::access::AccessFlags;
use super::flags::{Color, PolicyFlags, TrustFlags};
use super::times::parse_time;
use super::{pointer, subjects};

/// What is judged, and how.
#[derive(Debug, Args)]
pub struct Gate {
    /// Subjects: HOST/REPOSITORY:TAG, HOST/REPOSITORY@DIGEST or oci-layout:PATH[:NAME|@DIGEST]; `verify` also takes one
    /// file that `save` wrote: FILE.tar or FILE.tar@DIGEST (./FILE.tar where it looks like a repository)
    #[arg(required_unless_present_any = ["pointers", "from"], value_name = "REFERENCE")]
    pub references: Vec<SubjectArgument>,
    #[command(flatten)]
    pub subjects: subjects::SubjectFlags,
    #[command(flatten)]
    pub pointing: pointer::PointerFlags,
    #[command(flatten)]
    pub access: AccessFlags,
    #[command(flatten)]
    pub trust: TrustFlags,
    #[command(flatten)]
    pub policy: PolicyFlags,
    /// Evidence in a file beside the artifact: bundle, envelope, statement or document; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "Evidence")]
    pub evidence: Vec<PathBuf>,
    /// Fail if a reference does not name a digest
    #[arg(long, help_heading = "Verdict")]
    pub require_digest: bool,
    /// Fail on warnings
    #[arg(long, help_heading = "Verdict")]
    pub fail_on_warn: bool,
    /// Judge at this time instead of the clock's (RFC 3339, for example 2026-11-24T12:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Verdict")]
    pub now: Option<OffsetDateTime>,
    /// Colours in the text report
    #[arg(long, value_enum, default_value_t = Color::Auto, help_heading = "Output")]
    pub color: Color,
}

/// What a command line names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectArgument {
    /// A subject.
    Reference(Reference),
    /// A saved run, and the digest that it has to have.
    Capsule(PathBuf, Option<Digest>),
}

impl FromStr for SubjectArgument {
    type Err = String;

    /// A reference comes first, and so does what only lacks its tag: no file can stand in for one. What ends in `.tar` is
    /// a file where it names no host, or says that it is a path: `./`, `../` or `/` at its begin.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error: ReferenceError = match text.parse() {
            Ok(reference) => return Ok(SubjectArgument::Reference(reference)),
            Err(error) => error,
        };
        let (path, digest) = match text.rsplit_once('@').map(|(path, digest)| (path, digest.parse())) {
            Some((path, Ok(digest))) => (path, Some(digest)),
            _ => (text, None),
        };
        if !path.ends_with(".tar") || path.contains("://") {
            return Err(error.to_string());
        }
        let is_path = ["/", "./", "../"].iter().any(|begin| path.starts_with(begin));
        if is_path || error.names_no_host() {
            return Ok(SubjectArgument::Capsule(PathBuf::from(path), digest));
        }
        Err(format!("{error}; a file of that name is ./{path}"))
    }
}

impl Gate {
    /// The references; a saved run is none.
    pub fn references(&self) -> anyhow::Result<Vec<Reference>> {
        let reference = |named: &SubjectArgument| match named {
            SubjectArgument::Reference(reference) => Ok(reference.clone()),
            SubjectArgument::Capsule(path, _) => anyhow::bail!(
                "{} is a file, expected a reference: a saved run is judged alone, by `ocigate verify {}`; a layout is named `oci-layout:{}`",
                path.display(),
                path.display(),
                path.display()
            ),
        };
        self.references.iter().map(reference).collect()
    }
}
