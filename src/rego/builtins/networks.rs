//! Networks: which hold which, and what several come to together.

use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use regorus::Value;

use super::{Call, Plain, collection, set, text, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("net.cidr_contains", 2, |call, arguments| {
        contains(text(call, arguments, 0)?, text(call, arguments, 1)?).map(Value::from)
    }),
    ("net.cidr_intersects", 2, intersects),
    ("net.cidr_contains_matches", 2, contains_matches),
    ("net.cidr_merge", 1, merged),
];

fn network(text: &str) -> Result<IpNet, String> {
    let malformed = || format!("invalid CIDR address: {text}");
    // The parser takes what Go refuses: zeros before a number, a sign before the length.
    let has_zero = |part: &str| part.len() > 1 && part.starts_with('0');
    let (address, length) = text.split_once('/').ok_or_else(malformed)?;
    let is_odd = !length.bytes().all(|byte| byte.is_ascii_digit());
    if is_odd || (!address.contains(':') && address.split('.').any(has_zero)) {
        return Err(malformed());
    }
    text.parse::<IpNet>().map(|network| network.trunc()).map_err(|_| malformed())
}

/// Whether a network holds an address or another network.
fn contains(outer: &str, inner: &str) -> Result<bool, String> {
    let outer = network(outer)?;
    Ok(match inner.parse::<IpAddr>() {
        Ok(address) => outer.contains(&address),
        Err(_) => outer.contains(&network(inner)?),
    })
}

fn intersects(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let (left, right) = (network(text(call, arguments, 0)?)?, network(text(call, arguments, 1)?)?);
    Ok(Value::from(left.contains(&right) || right.contains(&left)))
}

fn contains_matches(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let [outer, inner] = arguments else { return Ok(Value::Undefined) };
    let (outer, inner) = (named(call, 1, outer)?, named(call, 2, inner)?);
    let mut pairs = Vec::new();
    for (name, network) in &outer {
        for (other, address) in &inner {
            if contains(network, address)? {
                pairs.push(Value::from(vec![name.clone(), other.clone()]));
            }
        }
    }
    Ok(set(pairs))
}

/// Networks with what a match names them by: their place in a collection, or themselves.
fn named(call: &Call, position: usize, value: &Value) -> Result<Vec<(Value, String)>, String> {
    let address = |value: &Value| match value {
        Value::String(text) => Ok(text.to_string()),
        Value::Array(items) => match items.first() {
            Some(Value::String(text)) => Ok(text.to_string()),
            _ => Err(format!("`{}`: expected strings or arrays that begin with one", call.name)),
        },
        _ => Err(format!("`{}`: expected strings or arrays that begin with one", call.name)),
    };
    match value {
        Value::String(text) => Ok(vec![(value.clone(), text.to_string())]),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| Ok((Value::from(index), address(item)?))).collect()
        }
        Value::Set(items) => items.iter_sorted().map(|item| Ok((item.clone(), address(item)?))).collect(),
        Value::Object(fields) => fields.iter_sorted().map(|(key, item)| Ok((key.clone(), address(item)?))).collect(),
        other => Err(wrong_type(call, position, "a string or a collection", other)),
    }
}

fn merged(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let mut networks = Vec::new();
    for item in collection(call, arguments, 0)? {
        let Value::String(text) = item else { return Err(wrong_type(call, 1, "strings", item)) };
        networks.push(match text.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => {
                // As Go's net.IP.DefaultMask: by the class of the address.
                let length = match address.octets() {
                    [0..=127, ..] => 8,
                    [128..=191, ..] => 16,
                    _ => 24,
                };
                Ipv4Net::new(address, length).map(IpNet::V4).map_err(|error| error.to_string())?
            }
            Ok(IpAddr::V6(_)) => return Err(format!("`{}`: an IPv6 address needs a prefix length", call.name)),
            Err(_) => network(text)?,
        });
    }
    Ok(set(IpNet::aggregate(&networks).into_iter().map(|network| Value::from(network.to_string()))))
}
