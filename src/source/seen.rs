//! What sources answer: content, lists, and the gaps where something could not be seen.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::oci::{Descriptor, Digest, Manifest, ManifestError};

/// Bytes that hash to the digest they were asked by.
#[derive(Debug, Clone)]
pub struct FetchedContent {
    /// What was asked for. Its size is the true size.
    pub digest: Digest,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Something that could not be seen, and why. Any gap forbids a pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// What was looked for.
    pub sought: SearchTarget,
    /// Why it could not be seen.
    pub reason: GapReason,
}

/// What was looked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "enum Sought")]
pub enum SearchTarget {
    /// The subject itself, as it was named.
    Subject(String),
    /// The list of manifests that refer to this digest.
    Referrers(Digest),
    /// A tag: the referrers fallback or one of cosign's.
    Tag(String),
    /// A manifest.
    Manifest(Digest),
    /// A layer of evidence; the first digest is the layer's, the second its manifest's.
    Evidence(Digest, Digest),
    /// The layout's own files.
    Layout(String),
    /// Evidence in a file beside the artifact: its name, and the place in it.
    File(String),
    /// Something of this in another repository, in which evidence may lie.
    Elsewhere(String, Box<SearchTarget>),
}

impl fmt::Display for SearchTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchTarget::Subject(name) => write!(formatter, "the subject {name}"),
            SearchTarget::Referrers(digest) => write!(formatter, "the referrers of {digest}"),
            SearchTarget::Tag(tag) => write!(formatter, "the tag {tag}"),
            SearchTarget::Manifest(digest) => write!(formatter, "the manifest {digest}"),
            SearchTarget::Evidence(digest, manifest) => write!(formatter, "the layer {digest} of {manifest}"),
            SearchTarget::Layout(file) => write!(formatter, "{file} of the layout"),
            SearchTarget::File(place) => write!(formatter, "the evidence in {place}"),
            SearchTarget::Elsewhere(place, sought) => write!(formatter, "{sought} in {place}"),
        }
    }
}

/// Why something could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// The registry asked for credentials, or refused those it got (401, 403).
    #[error("the registry refused access (HTTP {status}{}){}", detail(.message), .hint.as_deref().map(|hint| format!("; {hint}")).unwrap_or_default())]
    Denied {
        /// The HTTP status.
        status: u16,
        /// The registry's own words, if it gave any.
        message: Option<String>,
        /// Which credentials were used, and where they came from; never their value.
        hint: Option<String>,
    },
    /// Any other answer that is neither yes nor no.
    #[error("the registry answered HTTP {status}{}", detail(.message))]
    Status {
        /// The HTTP status.
        status: u16,
        /// The registry's own words, if it gave any.
        message: Option<String>,
    },
    /// The total deadline passed.
    #[error("no answer within {seconds} s, the deadline of the whole run")]
    Timeout {
        /// The deadline in seconds.
        seconds: u64,
    },
    /// No connection, or it broke.
    #[error("no connection: {0}")]
    Connection(String),
    /// A limit was reached.
    #[error("it is beyond the limit of {limit} {what}")]
    Limit {
        /// What is limited, with its unit: "bytes of one manifest".
        what: Cow<'static, str>,
        /// The limit.
        limit: u64,
    },
    /// The bytes do not hash to the digest that they were asked by.
    #[error("corrupt: its bytes have the digest {found}, expected {expected}")]
    Corrupt {
        /// The digest asked for.
        expected: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// The size is not the one that its descriptor states.
    #[error("corrupt: it has {found} bytes, its descriptor says {expected}")]
    Size {
        /// The descriptor's size.
        expected: u64,
        /// How many bytes there were.
        found: u64,
    },
    /// It is named somewhere, but not there.
    #[error("it is listed but absent")]
    Absent,
    /// A layout has nothing of that name.
    #[error("the layout has nothing of that name; its names are: {known}")]
    NoSuchName {
        /// The names it has, separated by commas.
        known: String,
    },
    /// It is there, but not what it has to be.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A referrer declared to be a document holds nothing that can be read as one.
    #[error("it is declared to be a document ({0}), but has no layer that can be read as a document")]
    NothingReadable(String),
    /// The registry sent this program somewhere that it does not go.
    #[error("refused to follow: {0}")]
    Refused(String),
    /// A saved run has no answer to this question.
    #[error("the capsule has no answer to this: it was not asked when it was saved")]
    NotKept,
    /// Neither the registry nor its mirrors gave it.
    #[error("{reason}; its mirrors did not have it either: {mirrors}")]
    AfterMirrors {
        /// What the registry itself said.
        reason: Box<GapReason>,
        /// What each mirror said that was asked before.
        mirrors: String,
    },
}

impl GapReason {
    /// The codes that reports use, as `gap.denied`, and what each means.
    pub const CODES: [(&'static str, &'static str); 12] = [
        ("denied", "the registry refused access"),
        ("status", "the registry gave another answer that is neither yes nor no"),
        ("timeout", "the deadline passed"),
        ("connection", "there was no connection, or it broke"),
        ("limit", "it is beyond a limit"),
        ("corrupt", "its bytes are not those of its digest or size"),
        ("absent", "it is listed and not there"),
        ("no_such_name", "the layout has nothing of that name"),
        ("malformed", "it is not what it has to be"),
        ("nothing_readable", "a document has no layer that can be read"),
        ("refused", "a redirect that is not followed"),
        ("not_kept", "the capsule has no answer to this"),
    ];

    /// The same with other words where somebody else's stand.
    pub fn reworded(self, words: &dyn Fn(&str) -> String) -> Self {
        let optional = |text: Option<String>| text.map(|text| words(&text));
        match self {
            GapReason::Denied { status, message, hint } => {
                GapReason::Denied { status, message: optional(message), hint: optional(hint) }
            }
            GapReason::Status { status, message } => GapReason::Status { status, message: optional(message) },
            GapReason::Connection(text) => GapReason::Connection(words(&text)),
            GapReason::Malformed(text) => GapReason::Malformed(words(&text)),
            GapReason::Refused(text) => GapReason::Refused(words(&text)),
            GapReason::AfterMirrors { reason, mirrors } => {
                GapReason::AfterMirrors { reason: Box::new(reason.reworded(words)), mirrors: words(&mirrors) }
            }
            GapReason::Timeout { .. }
            | GapReason::Limit { .. }
            | GapReason::Corrupt { .. }
            | GapReason::Size { .. }
            | GapReason::Absent
            | GapReason::NoSuchName { .. }
            | GapReason::NothingReadable(_)
            | GapReason::NotKept => self,
        }
    }

    /// Its stable code: one of [`GapReason::CODES`].
    pub fn code(&self) -> &'static str {
        match self {
            GapReason::Denied { .. } => "denied",
            GapReason::Status { .. } => "status",
            GapReason::Timeout { .. } => "timeout",
            GapReason::Connection(_) => "connection",
            GapReason::Limit { .. } => "limit",
            GapReason::Corrupt { .. } | GapReason::Size { .. } => "corrupt",
            GapReason::Absent => "absent",
            GapReason::NoSuchName { .. } => "no_such_name",
            GapReason::Malformed(_) => "malformed",
            GapReason::NothingReadable(_) => "nothing_readable",
            GapReason::Refused(_) => "refused",
            GapReason::NotKept => "not_kept",
            GapReason::AfterMirrors { reason, .. } => reason.code(),
        }
    }
}

fn detail(message: &Option<String>) -> String {
    message.as_deref().map(|message| format!(": {message}")).unwrap_or_default()
}

/// Why a reference did not become a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// It could not be looked at: undecided.
    #[error("cannot see {}: {}", .0.sought, .0.reason)]
    Unseen(Gap),
    /// Its bytes are not its digest: fail.
    #[error("the subject's bytes have the digest {found}, expected {expected}")]
    Corrupt {
        /// The digest asked for.
        expected: Digest,
        /// The digest of the bytes.
        found: Digest,
    },
    /// It is not an acceptable manifest: fail.
    #[error("the subject {digest} is not an acceptable manifest: {error}")]
    Malformed {
        /// Digest of the bytes.
        digest: Digest,
        /// What is wrong with them.
        error: ManifestError,
    },
    /// It is an index, and has no child of the platform that was asked for: fail.
    #[error("the index {index} has no child for `{wanted}`; it has: {found}")]
    NoChild {
        /// Digest of the index.
        index: Digest,
        /// The platform that was asked for.
        wanted: String,
        /// What it has.
        found: String,
    },
    /// It was not acceptable when it was saved, in the words of that run: fail.
    #[error("{0}")]
    Recorded(String),
    /// The reference does not single out one subject, or the layout is none: usage.
    #[error("{0}")]
    Usage(String),
}

/// What a reference stands for, fetched once.
#[derive(Debug, Clone)]
pub struct ResolvedReference {
    /// Descriptor computed from the bytes (media type from the body).
    pub descriptor: Descriptor,
    /// The subject's manifest bytes.
    pub bytes: Vec<u8>,
    /// The bytes, parsed.
    pub manifest: Manifest,
    /// For `repo:tag@digest`: where the tag points now, if that is elsewhere.
    pub tag_moved_to: Option<Digest>,
}

/// Whether a source holds a blob whose content nobody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", expecting = "enum Held")]
pub enum BlobState {
    /// A registry's: it was not read.
    NotRead,
    /// A layout's: its bytes hash to its digest.
    Held,
    /// The layout does not have it.
    NotHeld,
}

impl BlobState {
    /// The name in reports and in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            BlobState::NotRead => "not-read",
            BlobState::Held => "held",
            BlobState::NotHeld => "not-held",
        }
    }
}

/// Answer to "what refers to this digest?".
#[derive(Debug, Clone, Default)]
pub struct Referrers {
    /// What is listed: hints until each manifest was read.
    pub listed: Vec<Descriptor>,
    /// What refers to it and nothing lists: manifests among a layout's blobs.
    pub unlisted: Vec<Descriptor>,
    /// What of the list could not be seen.
    pub gaps: Vec<Gap>,
}

/// One of the tags that cosign derives from a digest (cosign `SIGNATURE_SPEC.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssociatedTag {
    /// `sha256-<hex>.sig`: simple-signing layers.
    Signatures,
    /// `sha256-<hex>.att`: DSSE envelopes.
    Attestations,
    /// `sha256-<hex>.sbom`: an unsigned SBOM.
    Sbom,
}

impl AssociatedTag {
    /// All of them.
    pub const ALL: [AssociatedTag; 3] = [AssociatedTag::Signatures, AssociatedTag::Attestations, AssociatedTag::Sbom];

    /// The ending of the tag.
    pub fn suffix(self) -> &'static str {
        match self {
            AssociatedTag::Signatures => ".sig",
            AssociatedTag::Attestations => ".att",
            AssociatedTag::Sbom => ".sbom",
        }
    }

    /// The tag for this digest; none for other algorithms than sha256, where cosign writes no tags.
    pub fn tag(self, digest: &Digest) -> Option<String> {
        (digest.algorithm() == crate::oci::Algorithm::Sha256)
            .then(|| format!("sha256-{}{}", digest.hex(), self.suffix()))
    }
}

impl AssociatedTag {
    /// The tag and the digest that such a name is made of.
    pub fn parse(name: &str) -> Option<(AssociatedTag, Digest)> {
        let (stem, _) = name.split_once('.')?;
        let digest: Digest = stem.replacen('-', ":", 1).parse().ok()?;
        let tag = AssociatedTag::ALL.into_iter().find(|tag| tag.tag(&digest).as_deref() == Some(name))?;
        Some((tag, digest))
    }
}

/// The fallback tag that lists the referrers of a digest (distribution-spec 1.1, § Referrers Tag Schema):
/// the algorithm cut to 32 characters, a dash, the encoded part cut to 64.
pub fn referrers_tag(digest: &Digest) -> String {
    let hex: String = digest.hex().chars().take(64).collect();
    format!("{}-{hex}", digest.algorithm().name())
}

/// How much was read for one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// HTTP requests sent, tokens, redirects and retries included; 0 for a layout.
    pub requests: u64,
    /// Bytes of bodies read, from the network or the cache (of a layout: of files read, data layers not counted).
    pub bytes: u64,
    /// Manifests and evidence that came from the cache and cost no request.
    pub cached: u64,
}
