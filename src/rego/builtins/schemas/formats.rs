//! The formats that gojsonschema knows, each by what it takes for one: mostly what a parser of Go's library reads.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::super::addresses;
use super::dates::{is_date, is_date_time, is_time};
use super::failure::{Failure, said, unsure};
use super::keywords::compiled;

/// Whether a text has a format; an unknown one every text has.
pub(super) fn has_format(format: &str, text: &str) -> Result<bool, Failure> {
    Ok(match format {
        "date" => is_date(text),
        "time" => is_time(text),
        "date-time" => is_date_time(text),
        "hostname" => matches(&HOSTNAME, text)? && text.len() < 256,
        "email" | "idn-email" => return is_mail_address(text),
        "ipv4" => text.contains('.') && is_address(text),
        "ipv6" => text.contains(':') && is_address(text),
        "uri" | "iri" => addresses::scheme_of(text).is_some_and(|scheme| !scheme.is_empty()) && !text.contains('\\'),
        "uri-reference" | "iri-reference" => addresses::scheme_of(text).is_some() && !text.contains('\\'),
        "uri-template" => return is_template(text),
        "uuid" => matches(&UUID, text)?,
        "regex" => return is_pattern(text),
        "json-pointer" => matches(&POINTER, text)?,
        "relative-json-pointer" => matches(&RELATIVE_POINTER, text)?,
        _ => true,
    })
}

type Pattern = LazyLock<Result<Regex, regex::Error>>;

static HOSTNAME: Pattern = LazyLock::new(|| {
    let label = "([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])";
    Regex::new(&format!(r"\A{label}(\.{label})*\z"))
});
static UUID: Pattern =
    LazyLock::new(|| Regex::new(r"\A(?i-u:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})\z"));
static POINTER: Pattern = LazyLock::new(|| Regex::new(r"\A(?:/(?:[^~/]|~0|~1)*)*\z"));
static RELATIVE_POINTER: Pattern = LazyLock::new(|| Regex::new(r"\A(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)\z"));

fn matches(pattern: &Pattern, text: &str) -> Result<bool, Failure> {
    match &**pattern {
        Ok(pattern) => Ok(pattern.is_match(text)),
        Err(error) => unsure(error.to_string()),
    }
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || text.parse::<Ipv6Addr>().is_ok()
}

/// Go reads all of RFC 5322, with names and comments; here only addresses that are plain.
fn is_mail_address(text: &str) -> Result<bool, Failure> {
    let Some((local, domain)) = text.split_once('@') else { return Ok(false) };
    let plain = |part: &str, besides: &str| {
        let fits = |character: char| character.is_ascii_alphanumeric() || besides.contains(character);
        part.split('.').all(|label| !label.is_empty() && label.chars().all(fits))
    };
    match plain(local, "_+-") && plain(domain, "-") {
        true => Ok(true),
        false => unsure(format!("whether {text:?} is an address of mail")),
    }
}

fn is_template(text: &str) -> Result<bool, Failure> {
    let Some(scheme) = addresses::scheme_of(text) else { return Ok(false) };
    if text.contains('\\') {
        return Ok(false);
    }
    // Braces in other parts than the path do not count: whoever writes them there is refused.
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (path, behind) = text.split_at_checked(end).unwrap_or((text, ""));
    if behind.contains(['{', '}']) || path.contains('%') || !scheme.is_empty() && path.contains(['{', '}']) {
        return unsure(format!("whether {text:?} is a template of an address"));
    }
    // `([^{]*({[^}]*})?)*`: after each brace that opens, one closes.
    let mut rest = path;
    while let Some((_, inner)) = rest.split_once('{') {
        let Some((_, behind)) = inner.split_once('}') else { return Ok(false) };
        rest = behind;
    }
    Ok(true)
}

fn is_pattern(text: &str) -> Result<bool, Failure> {
    match compiled(text, || said("no pattern")) {
        Ok(_) => Ok(true),
        Err(Failure::Said(_)) => Ok(text.is_empty()),
        Err(unsure) => Err(unsure),
    }
}
