//! How the test registry answers one request.

use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ocigate::oci::media_type;
use serde_json::{Value, json};

use super::{Auth, Body, Options, Referrers, Request, Response, Store};

#[derive(Clone)]
pub(super) struct Handler {
    pub(super) options: Options,
    pub(super) address: SocketAddr,
    pub(super) store: Arc<Mutex<Store>>,
}

impl Handler {
    pub(super) fn serve(&self, mut stream: TcpStream) {
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
