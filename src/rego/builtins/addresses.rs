//! Addresses, as Go's `net/url` reads them: RFC 3986, a little more lenient.

use std::collections::BTreeMap;

use regorus::Value;
use regorus::value::Object;

use super::{Call, Plain, elements, text, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("uri.parse", 1, |call, arguments| parse(text(call, arguments, 0)?).map(Address::into_value)),
    ("uri.is_valid", 1, |_, arguments| {
        Ok(Value::from(matches!(arguments, [Value::String(text)] if !text.is_empty() && parse(text).is_ok())))
    }),
    ("urlquery.encode", 1, |call, arguments| Ok(Value::from(encoded(text(call, arguments, 0)?)))),
    ("urlquery.decode", 1, |call, arguments| decoded(text(call, arguments, 0)?, true).map(Value::from)),
    ("urlquery.encode_object", 1, encoded_object),
    ("urlquery.decode_object", 1, decoded_object),
];

/// The parts of an address; empty ones are not there.
#[derive(Debug, Default)]
struct Address {
    scheme: String,
    host: String,
    port: String,
    path: String,
    raw_path: String,
    query: String,
    fragment: String,
}

impl Address {
    fn into_value(self) -> Value {
        let mut object = Object::default();
        for (name, part) in [
            ("scheme", self.scheme),
            ("hostname", self.host),
            ("port", self.port),
            ("path", self.path),
            ("raw_path", self.raw_path),
            ("raw_query", self.query),
            ("fragment", self.fragment),
        ] {
            if !part.is_empty() {
                object.insert(Value::from(name), Value::from(part));
            }
        }
        object.into_value()
    }
}

/// The scheme of an address, empty where it has none; nothing for what is no address.
pub(super) fn scheme_of(text: &str) -> Option<String> {
    parse(text).ok().map(|address| address.scheme)
}

fn parse(text: &str) -> Result<Address, String> {
    let malformed = |what: &str| format!("malformed address {text:?}: {what}");
    if text.chars().any(|character| character.is_ascii_control()) {
        return Err(malformed("control character"));
    }
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let fragment = decoded(fragment, false)?;
    let (scheme, rest) = match scheme(rest) {
        Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
        None if rest.starts_with(':') => return Err(malformed("missing scheme")),
        None => (String::new(), rest),
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut address = Address { scheme, query: query.to_owned(), fragment, ..Address::default() };
    let path = match rest.strip_prefix("//") {
        Some(authority) => {
            let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
            let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
            if !user.chars().all(|character| character.is_ascii_alphanumeric() || USER_INFO.contains(character)) {
                return Err(malformed("invalid userinfo"));
            }
            (address.host, address.port) = host_and_port(host).ok_or_else(|| malformed("invalid host or port"))?;
            path
        }
        // `mailto:x`: what stands there is no path.
        None if !address.scheme.is_empty() && !rest.starts_with('/') => return Ok(address),
        None => {
            let first = rest.split('/').next().unwrap_or_default();
            if address.scheme.is_empty() && first.contains(':') {
                return Err(malformed("first path segment cannot contain a colon"));
            }
            rest
        }
    };
    address.path = decoded(path, false)?;
    // Go keeps what was written only where it would write it otherwise.
    address.raw_path = if escaped_path(&address.path) == path { address.path.clone() } else { path.to_owned() };
    Ok(address)
}

/// Characters of user information besides letters and digits (RFC 3986 section 3.2.1, and `@`).
const USER_INFO: &str = "-._:~!$&'()*+,;=%@";

/// A path as Go writes it.
fn escaped_path(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other if b"-_.~$&+,/:;=@".contains(&other) => char::from(other).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// What stands before the first `:`, if that is a scheme.
fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let fits = |(index, character): (usize, char)| {
        character.is_ascii_alphabetic() || (index > 0 && (character.is_ascii_digit() || "+-.".contains(character)))
    };
    (!scheme.is_empty() && scheme.chars().enumerate().all(fits)).then_some((scheme, rest))
}

fn host_and_port(text: &str) -> Option<(String, String)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => {
            let (host, rest) = inner.split_once(']')?;
            (host.to_owned(), rest)
        }
        None => {
            let (host, rest) = text.split_at(text.rfind(':').unwrap_or(text.len()));
            if host.contains(|character: char| " <>\"".contains(character)) {
                return None;
            }
            // Only what is no ASCII may be escaped in a host.
            let escapes_ascii = host.split('%').skip(1).any(|code| code.starts_with(|digit: char| digit < '8'));
            if escapes_ascii {
                return None;
            }
            (decoded(host, false).ok()?, rest)
        }
    };
    let port = match rest.strip_prefix(':') {
        Some(port) => port,
        None if rest.is_empty() => "",
        None => return None,
    };
    port.chars().all(|character| character.is_ascii_digit()).then(|| (host, port.to_owned()))
}

/// `%41` is `A`; in a query `+` is a blank.
fn decoded(text: &str, in_query: bool) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' if in_query => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let code = digit().zip(digit()).and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                code.ok_or_else(|| format!("invalid URL escape in {text:?}"))?
            }
            other => other,
        });
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn encoded(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => result.push(char::from(byte)),
            b' ' => result.push('+'),
            other => result.push_str(&format!("%{other:02X}")),
        }
    }
    result
}

fn encoded_object(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let fields = match arguments.first() {
        Some(Value::Object(fields)) => fields,
        Some(other) => return Err(wrong_type(call, 1, "an object", other)),
        None => return Ok(Value::Undefined),
    };
    let mut pairs = Vec::new();
    for (key, value) in fields.iter_sorted() {
        let Value::String(key) = key else { return Err(wrong_type(call, 1, "an object with strings as keys", key)) };
        for value in elements(value).unwrap_or_else(|| vec![value]) {
            let Value::String(value) = value else { return Err(wrong_type(call, 1, "an object of strings", value)) };
            pairs.push(format!("{}={}", encoded(key), encoded(value)));
        }
    }
    Ok(Value::from(pairs.join("&")))
}

fn decoded_object(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let mut fields: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for pair in text(call, arguments, 0)?.split('&').filter(|pair| !pair.is_empty()) {
        if pair.contains(';') {
            return Err(format!("`{}`: invalid semicolon separator in query", call.name));
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        fields.entry(decoded(key, true)?).or_default().push(Value::from(decoded(value, true)?));
    }
    let mut object = Object::default();
    for (key, values) in fields {
        object.insert(Value::from(key), Value::from(values));
    }
    Ok(object.into_value())
}
