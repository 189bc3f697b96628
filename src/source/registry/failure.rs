//! What is told of a connection that failed.

use url::Url;

use super::urls::show;
use crate::source::seen::GapReason;

/// The error at the bottom of the chain: the one that names the cause.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The gap of a connection that was not made, or broke.
pub(super) fn broken(url: &Url, error: &reqwest::Error) -> GapReason {
    let cause = innermost(error);
    // What rustls says of a server that answers a TLS hello in plain text, or hangs up on it.
    let signs = ["InvalidContentType", "corrupt message", "handshake eof"];
    let hint = if signs.iter().any(|sign| cause.contains(sign)) {
        "; does it speak plain http? Then list it as a host for plain http"
    } else if cause.contains("UnknownIssuer") {
        "; is its authority one of your own? Then give that authority's certificate (--ca-file)"
    } else {
        ""
    };
    GapReason::Connection(format!("{}: {cause}{hint}", show(url)))
}
