//! As much HTTP/1.1 as a test registry needs: requests with a `Content-Length`, answers of every misbehaviour.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Reads the next request of a connection; none at its end.
    pub fn read(stream: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
        let mut words = line.split_ascii_whitespace();
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut request = Request { method, path, headers: Vec::new(), body: Vec::new() };
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body.resize(length, 0);
        stream.read_exact(&mut request.body).ok()?;
        Some(request)
    }
}

/// What an answer's body does.
#[derive(Debug, Clone)]
pub enum Body {
    Bytes(Vec<u8>),
    /// As `Bytes`, but chunked: no length is announced.
    Chunked(Vec<u8>),
    /// Announces this length and then sends nothing more.
    Announced(u64),
    /// Never ends.
    Endless,
    /// One byte per pause, for ever.
    Drip(Duration),
    /// Announces its length, sends half of it and closes.
    Cut(Vec<u8>),
    /// The bytes, after this time.
    Late(Duration, Vec<u8>),
    /// No answer at all: the connection stays open.
    Hang,
    /// No answer at all: the connection is closed.
    Close,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

impl Response {
    pub fn new(status: u16) -> Self {
        Response { status, headers: Vec::new(), body: Body::Bytes(Vec::new()) }
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = Body::Bytes(body.as_ref().to_vec());
        self
    }

    pub fn with(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn content_type(self, value: &str) -> Self {
        self.header("Content-Type", value)
    }

    /// An OCI error document.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Response::new(status)
            .content_type("application/json")
            .body(format!(r#"{{"errors":[{{"code":"{code}","message":"{message}"}}]}}"#))
    }

    /// A web page.
    pub fn html(status: u16) -> Self {
        Response::new(status).content_type("text/html; charset=utf-8").body("<!doctype html><title>Sign in</title>")
    }

    /// Writes the answer; false if the connection is over.
    pub fn write(&self, stream: &mut TcpStream, is_head: bool) -> bool {
        self.try_write(stream, is_head).unwrap_or(false)
    }

    fn try_write(&self, stream: &mut TcpStream, is_head: bool) -> std::io::Result<bool> {
        let length = match &self.body {
            Body::Hang => {
                // Until the other side gives up.
                let _ = stream.read(&mut [0])?;
                return Ok(false);
            }
            Body::Close => return Ok(false),
            Body::Late(time, bytes) => {
                sleep(*time);
                Some(bytes.len() as u64)
            }
            Body::Bytes(bytes) | Body::Cut(bytes) => Some(bytes.len() as u64),
            Body::Announced(length) => Some(*length),
            Body::Chunked(_) | Body::Endless | Body::Drip(_) => None,
        };
        let mut head = format!("HTTP/1.1 {} X\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &match length {
            Some(length) => format!("Content-Length: {length}\r\n\r\n"),
            None => "Transfer-Encoding: chunked\r\n\r\n".to_owned(),
        };
        let mut message = head.into_bytes();
        if is_head {
            stream.write_all(&message)?;
            return Ok(true);
        }
        // One write for head and body, so that small answers cost one packet.
        match &self.body {
            Body::Bytes(bytes) | Body::Late(_, bytes) => message.extend_from_slice(bytes),
            Body::Cut(bytes) => message.extend_from_slice(&bytes[..bytes.len() / 2]),
            Body::Chunked(bytes) => {
                message.extend_from_slice(format!("{:x}\r\n", bytes.len()).as_bytes());
                message.extend_from_slice(bytes);
                message.extend_from_slice(b"\r\n0\r\n\r\n");
            }
            _ => {}
        }
        stream.write_all(&message)?;
        match &self.body {
            Body::Announced(_) => {
                let _ = stream.read(&mut [0])?;
                Ok(false)
            }
            Body::Endless => loop {
                stream.write_all(b"10000\r\n")?;
                stream.write_all(&[b' '; 0x10000])?;
                stream.write_all(b"\r\n")?;
            },
            Body::Drip(pause) => loop {
                stream.write_all(b"1\r\n \r\n")?;
                sleep(*pause);
            },
            Body::Cut(_) => Ok(false),
            _ => Ok(true),
        }
    }
}
