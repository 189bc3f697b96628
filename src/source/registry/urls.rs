//! What is asked of a URL, whoever named it.

use url::{Host, Url};

/// Scheme, host and port are equal (RFC 6454 §5).
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// `localhost`, 127.0.0.0/8 and `[::1]`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A URL for a message: without path and query, which may hold a signature or a token.
pub(super) fn show(url: &Url) -> String {
    url.origin().ascii_serialization()
}
