//! Transparency logs: a Merkle tree in which every entry has the same neighbours, its checkpoint, and Rekor v1's promise.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::Seconds;
use super::keys::{Key, Kind};

/// How many entries a tree has, and which of them is the one that is asked for.
const TREE_SIZE: usize = 7;
const PLACE: usize = 4;
/// Rekor v1 counts on from one tree to the next: its global index is this much more than the place in the tree.
const EARLIER_TREES: u64 = 4_163_431;

/// Which protocol a log speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Rekor v1, and certificate logs.
    V1,
    /// Rekor v2: no promise, no time of its own.
    V2,
}

/// A log with its key.
#[derive(Clone)]
pub struct Log {
    name: String,
    key: Key,
    protocol: Protocol,
}

/// What a log says of one entry; each part can be taken out or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: &'static str,
    pub version: &'static str,
    pub body: Vec<u8>,
    pub log_id: Vec<u8>,
    pub log_index: u64,
    /// Rekor v1 only.
    pub integrated_time: Option<Seconds>,
    /// The SignedEntryTimestamp, Rekor v1 only.
    pub promise: Option<Vec<u8>>,
    pub proof: Option<Proof>,
}

/// That the entry is in a tree, and the tree's signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub log_index: u64,
    pub tree_size: u64,
    pub root: Vec<u8>,
    pub hashes: Vec<Vec<u8>>,
    /// The signed note.
    pub checkpoint: String,
}

impl Log {
    /// A log of this name, which is also its host.
    pub fn new(name: &str, protocol: Protocol) -> Self {
        let kind = match protocol {
            Protocol::V1 => Kind::P256,
            Protocol::V2 => Kind::Ed25519,
        };
        Log { name: name.to_owned(), key: Key::new(kind), protocol }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn key(&self) -> &Key {
        &self.key
    }

    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The hash of the key (RFC 6962 §3.2); for Rekor v2 that of a signed note's key, with the name and the
    /// algorithm before it.
    pub fn id(&self) -> Vec<u8> {
        const ED25519: u8 = 1;
        match self.protocol {
            Protocol::V1 => Sha256::digest(self.key.public_der()).to_vec(),
            Protocol::V2 => {
                let named = [self.name.as_bytes(), b"\n", &[ED25519], &self.key.raw()].concat();
                Sha256::digest(named).to_vec()
            }
        }
    }

    /// Takes in a body and says everything that this log says of it.
    pub fn enter(&self, (kind, version): (&'static str, &'static str), body: Vec<u8>, at: Seconds) -> Entry {
        let place = u64::try_from(PLACE).unwrap();
        let proof = Some(self.prove(&body));
        let mut entry = Entry {
            kind,
            version,
            body,
            log_id: self.id(),
            log_index: place,
            integrated_time: None,
            promise: None,
            proof,
        };
        if self.protocol == Protocol::V1 {
            entry.log_index += EARLIER_TREES;
            entry.integrated_time = Some(at);
            entry.promise = Some(self.promise(&entry));
        }
        entry
    }

    /// Rekor v1's promise to take the entry in: over its JSON with sorted names and no space.
    pub fn promise(&self, entry: &Entry) -> Vec<u8> {
        let promised = json!({
            "body": STANDARD.encode(&entry.body),
            "integratedTime": entry.integrated_time.unwrap(),
            "logID": hex(&entry.log_id),
            "logIndex": entry.log_index,
        });
        self.key.sign(promised.to_string().as_bytes())
    }

    fn prove(&self, body: &[u8]) -> Proof {
        let leaf = |index| if index == PLACE { leaf(body) } else { leaf(format!("neighbour {index}").as_bytes()) };
        let leaves = (0..TREE_SIZE).map(leaf).collect::<Vec<_>>();
        let root = head(&leaves);
        Proof {
            log_index: u64::try_from(PLACE).unwrap(),
            tree_size: u64::try_from(TREE_SIZE).unwrap(),
            checkpoint: self.checkpoint(TREE_SIZE, &root),
            hashes: path(&leaves, PLACE),
            root,
        }
    }

    /// A signed note: origin, size and root, and the key's first four bytes with the signature.
    fn checkpoint(&self, size: usize, root: &[u8]) -> String {
        let origin = match self.protocol {
            Protocol::V1 => format!("{} - 1193050959916656506", self.name),
            Protocol::V2 => self.name.clone(),
        };
        let note = format!("{origin}\n{size}\n{}\n", STANDARD.encode(root));
        let signature = [&self.id()[..4], &self.key.sign(note.as_bytes())].concat();
        format!("{note}\n\u{2014} {} {}\n", self.name, STANDARD.encode(signature))
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a leaf (RFC 6962 §2.1).
fn leaf(body: &[u8]) -> Vec<u8> {
    Sha256::digest([&[0], body].concat()).to_vec()
}

fn node(left: &[u8], right: &[u8]) -> Vec<u8> {
    Sha256::digest([&[1], left, right].concat()).to_vec()
}

/// The largest power of two that is smaller than this.
fn split(length: usize) -> usize {
    length.next_power_of_two() / 2
}

fn head(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [only] => only.clone(),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&head(left), &head(right))
        }
    }
}

/// The audit path of a leaf, from below.
fn path(leaves: &[Vec<u8>], index: usize) -> Vec<Vec<u8>> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) =
        if index < middle { (path(left, index), head(right)) } else { (path(right, index - middle), head(left)) };
    path.push(sibling);
    path
}
