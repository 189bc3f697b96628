//! The host of a registry, in one spelling: what is demanded of a repository must not depend on how it is written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::problem::Problem;

/// Docker Hub, under the names that its clients use (`distribution/reference`, `normalize.go`).
const DOCKER_HUB: &str = "docker.io";
const ALSO_DOCKER_HUB: [&str; 2] = ["index.docker.io", "registry-1.docker.io"];

/// The port that https has by itself (RFC 9110 §4.2.2).
const HTTPS: u16 = 443;

/// The one spelling of a host; the error says what is wrong with it.
pub fn canonical(host: &str) -> Result<String, String> {
    parse(host).map_err(|problem| problem.to_string())
}

/// Reads `host[:port]`, `[IPv6]` in brackets: in lower case, addresses in their usual form (RFC 5952), without the port that https
/// has by itself, Docker Hub under one name.
pub(super) fn parse(host: &str) -> Result<String, Problem> {
    let malformed = || Problem::Host(host.to_owned());
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, rest) = rest.split_once(']').ok_or_else(malformed)?;
            let address: Ipv6Addr = address.parse().map_err(|_| malformed())?;
            match rest.strip_prefix(':') {
                None if !rest.is_empty() => return Err(malformed()),
                port => (format!("[{address}]"), port),
            }
        }
        None => match host.split_once(':') {
            Some((name, port)) => (name.to_ascii_lowercase(), Some(port)),
            None => (host.to_ascii_lowercase(), None),
        },
    };
    if !name.starts_with('[') {
        if port.is_none() && !name.contains('.') && name != "localhost" {
            return Err(Problem::NoHost);
        }
        if !name.split('.').all(is_label) || is_other_address(&name) {
            return Err(malformed());
        }
    }
    let name = if ALSO_DOCKER_HUB.contains(&name.as_str()) { DOCKER_HUB.to_owned() } else { name };
    let Some(port) = port else { return Ok(name) };
    match port.parse::<u16>() {
        // A loopback host is asked in plain http, which has another port by itself.
        Ok(HTTPS) if !is_loopback(&name) => Ok(name),
        Ok(number) if number > 0 && port.bytes().all(|byte| byte.is_ascii_digit()) => Ok(format!("{name}:{number}")),
        _ => Err(Problem::Port(port.to_owned())),
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_')
}

/// An IPv4 address in a form that URLs take for another spelling of it, such as `127.1` or `0x7f.0.0.1` (WHATWG URL, "ends
/// in a number").
fn is_other_address(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    is_number && name.parse::<Ipv4Addr>().is_err()
}

fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_one_spelling() {
        for (text, expected) in [
            ("Registry.Example.org", "registry.example.org"),
            ("registry.example.org:443", "registry.example.org"),
            ("registry.example.org:0443", "registry.example.org"),
            ("registry.example.org:80", "registry.example.org:80"),
            ("index.docker.io", "docker.io"),
            ("registry-1.docker.io:443", "docker.io"),
            ("mirror.docker.io", "mirror.docker.io"),
            ("localhost:443", "localhost:443"),
            ("127.0.0.1:443", "127.0.0.1:443"),
            ("[0:0::0:1]:5000", "[::1]:5000"),
            ("[2001:DB8::0]:443", "[2001:db8::]"),
            ("10.0.0.1:443", "10.0.0.1"),
        ] {
            assert_eq!(parse(text).ok().as_deref(), Some(expected), "{text}");
        }
        for text in ["127.1", "0x7f.0.0.1", "10.0.0.01", "1.2.3.999", "a.0x1", "registry.example.org.", "a..b"] {
            assert_eq!(parse(text), Err(Problem::Host(text.to_owned())), "{text}");
        }
    }
}
