//! A registry in this process, as good or as bad as a test wants it: native referrers with paging or none,
//! no authentication, Basic or Bearer, and any answer in place of the right one.
//!
//! It serves one store under every repository name, on a loopback port, and remembers what it was asked.

mod handler;
pub mod http;
pub mod profiles;

use std::collections::{BTreeMap, HashMap};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use ocigate::oci::{Digest, media_type};
use ocigate::source::referrers_tag;
use serde_json::{Value, json};

use handler::Handler;
pub use http::{Body, Request, Response};

/// How referrers are listed.
#[derive(Debug, Clone)]
pub enum Referrers {
    /// By the API, so many on a page; the link to the next page is relative or absolute.
    Native { page: usize, absolute_links: bool },
    /// Not: this is the answer.
    Unsupported(Response),
}

/// Who may read.
#[derive(Debug, Clone)]
pub enum Auth {
    Anyone,
    Basic {
        user: &'static str,
        password: &'static str,
    },
    /// A token from `/token` of this registry; with a password only for who has it, else for anyone.
    Bearer {
        user: Option<(&'static str, &'static str)>,
        token: &'static str,
    },
}

/// An answer instead of the right one.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Part of the path and query.
    pub path: String,
    /// How often.
    pub times: usize,
    pub response: Response,
}

#[derive(Debug, Clone)]
pub struct Options {
    pub referrers: Referrers,
    pub auth: Auth,
    /// What `WWW-Authenticate` says instead of the right challenge.
    pub challenge: Option<String>,
    /// What the token server takes as a refresh token.
    pub refresh_token: Option<&'static str>,
    /// What `Docker-Content-Digest` says instead of the truth.
    pub digest_header: Option<String>,
    /// Where blobs really are: `http://host:port`.
    pub blobs_at: Option<String>,
    /// A manifest is there only for who names its type in `Accept`.
    pub exact_accept: bool,
    /// The tag `sha256-<hex>`, where nobody made one, is the manifest with that digest.
    pub digest_tags: bool,
    /// Headers of every answer.
    pub headers: &'static [(&'static str, &'static str)],
    /// How long every answer takes.
    pub pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            referrers: Referrers::Native { page: usize::MAX, absolute_links: false },
            auth: Auth::Anyone,
            challenge: None,
            refresh_token: None,
            digest_header: None,
            blobs_at: None,
            exact_accept: false,
            digest_tags: false,
            headers: &[],
            pause: Duration::ZERO,
        }
    }
}

#[derive(Debug, Default)]
struct Store {
    blobs: HashMap<String, Vec<u8>>,
    /// By digest: media type and bytes.
    manifests: BTreeMap<String, (String, Vec<u8>)>,
    /// By the digest that they refer to, and by their own: entries of the list.
    referring: HashMap<String, BTreeMap<String, Value>>,
    /// By tag: the digest.
    tags: HashMap<String, String>,
    /// By subject's digest: entries of the list, whether there is such a manifest or not.
    listed: HashMap<String, Vec<Value>>,
    faults: Vec<Fault>,
    requests: Vec<Request>,
    connections: Vec<TcpStream>,
    /// How many requests are still answered.
    answers: Option<usize>,
    /// How many are under way, and how many there were at most.
    under_way: (usize, usize),
}

/// A running registry; it stops when it is dropped.
#[derive(Debug)]
pub struct Registry {
    address: SocketAddr,
    store: Arc<Mutex<Store>>,
    stopped: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Registry {
    pub fn start(options: Options) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (store, stopped) = (Arc::new(Mutex::new(Store::default())), Arc::new(AtomicBool::new(false)));
        let handler = Handler { options, address, store: Arc::clone(&store) };
        let stop = Arc::clone(&stopped);
        let listener = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), handler) = (stream, handler.clone()) else { continue };
                let _ = stream.set_nodelay(true);
                handler.store.lock().unwrap().connections.push(stream.try_clone().unwrap());
                std::thread::spawn(move || handler.serve(stream));
            }
        });
        Registry { address, store, stopped, listener: Some(listener) }
    }

    /// `127.0.0.1:port`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes everything; later connections are refused.
    pub fn stop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
        for connection in self.store.lock().unwrap().connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub fn put_blob(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::sha256(bytes);
        self.store.lock().unwrap().blobs.insert(digest.to_string(), bytes.to_vec());
        digest
    }

    pub fn put_manifest(&self, tag: Option<&str>, bytes: &[u8], content_type: &str) -> Digest {
        let digest = Digest::sha256(bytes);
        self.put_manifest_as(&digest, bytes, content_type);
        if let Some(tag) = tag {
            self.store.lock().unwrap().tags.insert(tag.to_owned(), digest.to_string());
        }
        digest
    }

    /// Also under a digest that is not its own.
    pub fn put_manifest_as(&self, digest: &Digest, bytes: &[u8], content_type: &str) {
        let manifest = (content_type.to_owned(), bytes.to_vec());
        let mut store = self.store.lock().unwrap();
        if store.manifests.insert(digest.to_string(), manifest).is_some() {
            store.referring.values_mut().for_each(|entries| drop(entries.remove(&digest.to_string())));
        }
        if let Some((subject, entry)) = entry(digest, bytes, content_type) {
            store.referring.entry(subject).or_default().insert(digest.to_string(), entry);
        }
    }

    /// Also an entry whose manifest is not there.
    pub fn list(&self, subject: &Digest, entry: Value) {
        self.store.lock().unwrap().listed.entry(subject.to_string()).or_default().push(entry);
    }

    /// Writes the fallback tag as clients do where there is no referrers API.
    pub fn write_fallback_tag(&self, subject: &Digest) -> String {
        let entries = self.store.lock().unwrap().referrers(&subject.to_string());
        let index = json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": entries});
        let tag = referrers_tag(subject);
        self.put_manifest(Some(&tag), index.to_string().as_bytes(), media_type::IMAGE_INDEX);
        tag
    }

    /// Takes over an OCI layout folder: its blobs, its manifests and its names as tags.
    pub fn fill(&self, layout: &Path) {
        for algorithm in std::fs::read_dir(layout.join("blobs")).unwrap() {
            for blob in std::fs::read_dir(algorithm.unwrap().path()).unwrap() {
                let bytes = std::fs::read(blob.unwrap().path()).unwrap();
                let document: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                if document.get("layers").or(document.get("manifests")).is_some() {
                    let default = if document.get("layers").is_some() {
                        media_type::IMAGE_MANIFEST
                    } else {
                        media_type::IMAGE_INDEX
                    };
                    let stated = document.get("mediaType").and_then(Value::as_str).unwrap_or(default);
                    self.put_manifest(None, &bytes, stated);
                }
                self.put_blob(&bytes);
            }
        }
        let index: Value = serde_json::from_slice(&std::fs::read(layout.join("index.json")).unwrap()).unwrap();
        for entry in index["manifests"].as_array().into_iter().flatten() {
            if let Some(name) = entry["annotations"]["org.opencontainers.image.ref.name"].as_str() {
                let digest = entry["digest"].as_str().unwrap_or_default().to_owned();
                self.store.lock().unwrap().tags.insert(name.to_owned(), digest);
            }
        }
    }

    /// Answers so instead, from now on.
    pub fn fault(&self, path: &str, times: usize, response: Response) {
        self.store.lock().unwrap().faults.push(Fault { path: path.to_owned(), times, response });
    }

    /// Answers so many requests, and closes the connection of every later one.
    pub fn stop_after(&self, answers: usize) {
        self.store.lock().unwrap().answers = Some(answers);
    }

    /// How many requests it had at once at most.
    pub fn most_at_once(&self) -> usize {
        self.store.lock().unwrap().under_way.1
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.store.lock().unwrap().requests.clone()
    }

    /// The paths it was asked for so far.
    pub fn paths(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.path).collect()
    }

    pub fn forget_requests(&self) {
        self.store.lock().unwrap().requests.clear();
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Store {
    fn referrers(&self, subject: &str) -> Vec<Value> {
        let referring = self.referring.get(subject).into_iter().flat_map(BTreeMap::values);
        referring.chain(self.listed.get(subject).into_iter().flatten()).cloned().collect()
    }
}

/// What a manifest refers to, and its entry in the list of that.
fn entry(digest: &Digest, bytes: &[u8], content_type: &str) -> Option<(String, Value)> {
    let manifest: Value = serde_json::from_slice(bytes).ok()?;
    let subject = manifest["subject"]["digest"].as_str()?.to_owned();
    let mut entry = json!({"mediaType": content_type, "digest": digest.to_string(), "size": bytes.len()});
    for field in ["artifactType", "annotations"] {
        if let Some(value) = manifest.get(field) {
            entry[field] = value.clone();
        }
    }
    Some((subject, entry))
}
