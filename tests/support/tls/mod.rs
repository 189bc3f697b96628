//! TLS in front of a registry of this process, as nginx does it: HTTP/1.1 goes on as it is, HTTP/2 is translated. And a
//! proxy that tunnels (CONNECT).

pub mod certificates;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use certificates::{Authority, Issued};

/// Whom the server asks for a certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clients {
    Nobody,
    /// Asks, and goes on without.
    Asked,
    /// Ends the connection without.
    Required,
}

/// What one connection was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub http2: bool,
    pub with_certificate: bool,
}

/// A running server; its thread ends with the process.
pub struct Terminator {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Terminator {
    /// Serves what `upstream` (`host:port`) serves, with this certificate. `clients` are those of `authority`.
    pub fn start(upstream: &str, issued: &Issued, http2: bool, clients: Clients, authority: &Authority) -> Self {
        let config = Arc::new(config(issued, http2, clients, authority));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (upstream, log) = (upstream.to_owned(), Arc::clone(&seen));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(accept(listener, config, upstream, log));
        });
        Terminator { address, seen }
    }

    /// `localhost:port`.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The connections so far on which both sides agreed.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn config(issued: &Issued, http2: bool, clients: Clients, authority: &Authority) -> rustls::ServerConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        rustls::ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.der())).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = match clients {
        Clients::Nobody => builder.unwrap().with_no_client_auth(),
        Clients::Asked => builder.unwrap().with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap()),
        Clients::Required => builder.unwrap().with_client_cert_verifier(verifier.build().unwrap()),
    };
    let key = PrivateKeyDer::try_from(issued.key.clone()).unwrap();
    let mut config = builder.with_single_cert(vec![CertificateDer::from(issued.certificate.clone())], key).unwrap();
    config.alpn_protocols = if http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    config
}

async fn accept(
    listener: TcpListener,
    config: Arc<rustls::ServerConfig>,
    upstream: String,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(config);
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, upstream, seen) = (acceptor.clone(), upstream.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let session = stream.get_ref().1;
            let http2 = session.alpn_protocol() == Some(b"h2");
            let with_certificate = session.peer_certificates().is_some();
            seen.lock().unwrap().push(Seen { http2, with_certificate });
            if http2 {
                translate(stream, &upstream).await;
            } else {
                let mut server = tokio::net::TcpStream::connect(&upstream).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut server).await;
            }
        });
    }
}

type Stream = tokio_rustls::server::TlsStream<tokio::net::TcpStream>;

/// Each request of an HTTP/2 connection becomes one of HTTP/1.1.
async fn translate(stream: Stream, upstream: &str) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        let upstream = upstream.to_owned();
        tokio::spawn(async move {
            let mut text = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri().path_and_query().unwrap());
            for (name, value) in request.headers() {
                text += &format!("{name}: {}\r\n", value.to_str().unwrap());
            }
            let mut server = tokio::net::TcpStream::connect(&upstream).await.unwrap();
            server.write_all((text + "\r\n").as_bytes()).await.unwrap();
            server.shutdown().await.unwrap();
            let mut answer = Vec::new();
            server.read_to_end(&mut answer).await.unwrap();
            let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
            let head = String::from_utf8_lossy(&answer[..end]).into_owned();
            let mut response = http::Response::builder().status(head.split(' ').nth(1).unwrap());
            for (name, value) in head.lines().skip(1).filter_map(|line| line.split_once(": ")) {
                response = response.header(name, value);
            }
            let mut body = respond.send_response(response.body(()).unwrap(), false).unwrap();
            let _ = body.send_data(answer[end + 4..].to_vec().into(), true);
        });
    }
}

/// A proxy that opens a tunnel to `target` for whatever host it is asked for. Gives its URL, and what it was asked.
pub fn proxy(target: &str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (target, log) = (target.to_owned(), Arc::clone(&asked));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let (target, log) = (target.clone(), Arc::clone(&log));
            std::thread::spawn(move || tunnel(client, &target, &log));
        }
    });
    (url, asked)
}

fn tunnel(mut client: TcpStream, target: &str, log: &Mutex<Vec<String>>) {
    let mut reader = BufReader::new(client.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    log.lock().unwrap().push(line.trim().to_owned());
    while reader.read_line(&mut line).unwrap_or(0) > 2 {}
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let server = TcpStream::connect(target).unwrap();
    let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut back_from, &mut back_to);
        let _ = back_to.shutdown(std::net::Shutdown::Both);
    });
    let _ = std::io::copy(&mut reader, &mut &server);
    let _ = server.shutdown(std::net::Shutdown::Both);
}
