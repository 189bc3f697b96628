//! How much is read: every body, list, depth, count and the whole run has a limit, checked before parsing.
//!
//! The defaults follow what registries and producers allow: distribution and zot cap a manifest at 4 MiB,
//! BuildKit caps an attestation at 40 MiB, cosign an attachment at 128 MiB, oras a referrers page at 4 MiB.

use std::time::Duration;

/// The limits of one run over one subject. Sizes are bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Wall time for everything that touches the network, for one subject.
    pub timeout: Duration,
    /// Size of one manifest, index or page of a referrers list.
    pub manifest_bytes: u64,
    /// Size of one evidence blob.
    pub evidence_bytes: u64,
    /// Sum of all manifests and evidence blobs of one reference, of an index with those of its children: charged as they
    /// are stated, before they are asked for.
    pub total_bytes: u64,
    /// What a subject may hold of that while others before it are judged: a manifest, signatures, small documents.
    pub small_bytes: u64,
    /// Size of a token answer or of a registry's error body.
    pub token_bytes: u64,
    /// Referrers of one subject, all levels together.
    pub referrers: usize,
    /// Evidence blobs of one subject.
    pub blobs: usize,
    /// Size of what cosign signs of an image: a digest and a name, some hundred bytes. It may be listed thousands of times.
    pub simple_signing_bytes: usize,
    /// Size of one layer of the subject that is read because it may be a document.
    pub own_document_bytes: u64,
    /// Layers of the subject that are read.
    pub own_documents: usize,
    /// Levels of referrers: 1 means referrers of the subject only.
    pub depth: usize,
    /// Children of one index that are judged.
    pub children: usize,
    /// Pages of one referrers list.
    pub pages: usize,
    /// HTTP requests for one subject, retries, redirects and tokens included.
    pub requests: u64,
    /// Redirects followed for one request.
    pub redirects: usize,
    /// Requests in flight at once.
    pub concurrency: usize,
    /// Requests to one host in flight at once, over all subjects of a run.
    pub connections: usize,
    /// Memory that the documents of one subject take together when they are read. What one alone may take, and what
    /// of it stays in the text: [`crate::oci::json`].
    pub document_memory: u64,
    /// Nesting of arrays and objects in a JSON document.
    pub json_depth: usize,
    /// Size of one policy or data file.
    pub policy_bytes: u64,
    /// Wall time of one evaluation of all policies for one subject.
    pub policy_time: Duration,
}

const MIB: u64 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            timeout: Duration::from_secs(60),
            manifest_bytes: 4 * MIB,
            evidence_bytes: 64 * MIB,
            total_bytes: 144 * MIB,
            small_bytes: 8 * MIB,
            token_bytes: 64 * 1024,
            referrers: 2048,
            blobs: 2048,
            simple_signing_bytes: 64 * 1024,
            own_document_bytes: 4 * MIB,
            own_documents: 64,
            depth: 4,
            children: 128,
            pages: 32,
            requests: 6000,
            redirects: 5,
            concurrency: 16,
            connections: 16,
            document_memory: 104 * MIB,
            json_depth: 64,
            policy_bytes: 4 * MIB,
            policy_time: Duration::from_secs(20),
        }
    }
}

impl Limits {
    /// Bytes that may arrive for one subject, lists, answers of token servers and what is sent again included: what its
    /// account is charged, and as much for the rest.
    pub fn wire_bytes(&self) -> u64 {
        self.total_bytes.saturating_mul(2)
    }
}
