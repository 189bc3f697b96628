//! A registry in this process, as good or as bad as a test wants it: native referrers with paging or none,
//! no authentication, Basic or Bearer, and any answer in place of the right one.
//!
//! It serves one store under every repository name, on a loopback port, and remembers what it was asked.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(missing_docs, reason = "test support; the names say it")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "in tests a panic is the report")]

pub mod http;
pub mod profiles;

use std::collections::{BTreeMap, HashMap};
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocigate::oci::{Digest, media_type};
use ocigate::source::referrers_tag;
use serde_json::{Value, json};

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
        self.store.lock().unwrap().manifests.insert(digest.to_string(), manifest);
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
        let entry = |(digest, (content_type, bytes)): (&String, &(String, Vec<u8>))| {
            let manifest: Value = serde_json::from_slice(bytes).ok()?;
            (manifest["subject"]["digest"] == subject).then(|| {
                let mut entry = json!({"mediaType": content_type, "digest": digest, "size": bytes.len()});
                for field in ["artifactType", "annotations"] {
                    if let Some(value) = manifest.get(field) {
                        entry[field] = value.clone();
                    }
                }
                entry
            })
        };
        self.manifests.iter().filter_map(entry).chain(self.listed.get(subject).into_iter().flatten().cloned()).collect()
    }
}

#[derive(Clone)]
struct Handler {
    options: Options,
    address: SocketAddr,
    store: Arc<Mutex<Store>>,
}

impl Handler {
    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some(request) = Request::read(&mut reader) {
            self.count(|(now, most)| (now + 1, most.max(now + 1)));
            let mut response = self.answer(&request);
            std::thread::sleep(self.options.pause);
            self.count(|(now, most)| (now - 1, most));
            for (name, value) in self.options.headers {
                response = response.header(name, *value);
            }
            if !response.write(&mut stream, request.method == "HEAD") {
                break;
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
    }

    fn count(&self, change: impl Fn((usize, usize)) -> (usize, usize)) {
        let mut store = self.store.lock().unwrap();
        store.under_way = change(store.under_way);
    }

    fn answer(&self, request: &Request) -> Response {
        let mut store = self.store.lock().unwrap();
        store.requests.push(request.clone());
        if let Some(answers) = &mut store.answers {
            if *answers == 0 {
                return Response::new(200).with(Body::Close);
            }
            *answers -= 1;
        }
        let fault = store.faults.iter_mut().find(|fault| fault.times > 0 && request.path.contains(&fault.path));
        if let Some(fault) = fault {
            fault.times -= 1;
            return fault.response.clone();
        }
        // As a proxy, it is asked for a whole URL.
        let asked = request
            .path
            .split_once("://")
            .map_or(request.path.as_str(), |(_, rest)| rest.find('/').map_or("/", |start| &rest[start..]));
        let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
        if path == "/token" {
            return self.token(request);
        }
        if !self.is_allowed(request) {
            return Response::error(401, "UNAUTHORIZED", "authentication required")
                .header("WWW-Authenticate", self.challenge(path));
        }
        let parts: Vec<&str> = path.rsplitn(3, '/').collect();
        let not_found = Response::error(404, "NOT_FOUND", "not known to this registry");
        match parts.as_slice() {
            [name, "manifests", _] => {
                let by_digest = self.options.digest_tags.then(|| name.replacen("sha256-", "sha256:", 1));
                let by_digest = by_digest.unwrap_or_else(|| (*name).to_owned());
                let digest = store.tags.get(*name).unwrap_or(&by_digest);
                let Some((content_type, bytes)) = store.manifests.get(digest) else { return not_found };
                let accepted = request.header("accept").unwrap_or_default();
                if self.options.exact_accept && !accepted.split(", ").any(|accepted| accepted == content_type) {
                    return Response::error(
                        404,
                        "MANIFEST_UNKNOWN",
                        "OCI manifest found, but accept header does not support OCI manifests",
                    );
                }
                let header = self.options.digest_header.clone().unwrap_or_else(|| digest.to_owned());
                Response::new(200).content_type(content_type).header("Docker-Content-Digest", header).body(bytes)
            }
            [digest, "blobs", _] => match (&self.options.blobs_at, store.blobs.get(*digest)) {
                (Some(elsewhere), _) => Response::new(307).header("Location", format!("{elsewhere}{path}")),
                (None, Some(bytes)) => Response::new(200).content_type("application/octet-stream").body(bytes),
                (None, None) => not_found,
            },
            [digest, "referrers", _] => self.list(&store, path, query, digest),
            _ => not_found,
        }
    }

    fn list(&self, store: &Store, path: &str, query: &str, digest: &str) -> Response {
        let (page, absolute) = match &self.options.referrers {
            Referrers::Native { page, absolute_links } => (*page, *absolute_links),
            Referrers::Unsupported(response) => return response.clone(),
        };
        let start: usize = query.strip_prefix("start=").and_then(|start| start.parse().ok()).unwrap_or(0);
        let all = store.referrers(digest);
        let entries: Vec<Value> = all.iter().skip(start).take(page).cloned().collect();
        let next = start + entries.len();
        let index = json!({"schemaVersion": 2, "mediaType": media_type::IMAGE_INDEX, "manifests": entries});
        let mut response = Response::new(200).content_type(media_type::IMAGE_INDEX).body(index.to_string());
        if next < all.len() {
            let origin = if absolute { format!("http://{}", self.address) } else { String::new() };
            response = response.header("Link", format!("<{origin}{path}?start={next}>; rel=\"next\""));
        }
        response
    }

    fn is_allowed(&self, request: &Request) -> bool {
        match &self.options.auth {
            Auth::Anyone => true,
            Auth::Basic { user, password } => is_basic(request, user, password),
            Auth::Bearer { token, .. } => request.header("authorization") == Some(&format!("Bearer {token}")),
        }
    }

    fn challenge(&self, path: &str) -> String {
        let right = match &self.options.auth {
            Auth::Bearer { .. } => {
                let repository = path.trim_start_matches("/v2/").rsplitn(3, '/').nth(2).unwrap_or_default();
                let realm = format!("http://{}/token", self.address);
                format!("Bearer realm=\"{realm}\",service=\"test\",scope=\"repository:{repository}:pull\"")
            }
            _ => "Basic realm=\"test\"".to_owned(),
        };
        self.options.challenge.clone().unwrap_or(right)
    }

    fn token(&self, request: &Request) -> Response {
        let Auth::Bearer { user, token } = &self.options.auth else { return Response::new(404) };
        let allowed = if request.method == "POST" {
            let refresh = self.options.refresh_token.map(|token| format!("refresh_token={token}"));
            refresh.is_some_and(|refresh| String::from_utf8_lossy(&request.body).split('&').any(|pair| pair == refresh))
        } else {
            user.is_none_or(|(user, password)| is_basic(request, user, password))
        };
        if !allowed {
            return Response::new(401).content_type("application/json").body(r#"{"details":"incorrect password"}"#);
        }
        Response::new(200).content_type("application/json").body(json!({"token": token}).to_string())
    }
}

fn is_basic(request: &Request, user: &str, password: &str) -> bool {
    request.header("authorization") == Some(&format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}
