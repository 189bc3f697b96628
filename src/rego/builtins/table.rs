//! Which builtin functions there are.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regorus::unstable as library;

use super::{
    Plain, addresses, certificates, containment, deprecated, digests, expressions, from_library, globs, guards, json,
    networks, numbers, operators, ordering, schemas, strict, texts,
};

/// A builtin function.
#[derive(Debug)]
pub struct Builtin {
    /// Its name: `json.marshal`.
    pub(crate) name: &'static str,
    /// How many arguments it takes.
    pub(crate) arity: usize,
    pub(crate) function: Function,
}

/// How a builtin works.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Function {
    /// From its arguments to its result; an error is told as a text.
    Plain(Plain),
    /// As the first, with the value at a key: `key, value in collection`.
    Item,
    /// All pairs of a path and the value there.
    Walk,
}

/// Whether a builtin can be called.
pub(crate) enum Availability {
    Here(&'static Builtin),
    /// It would make a verdict differ from run to run, or tell a policy where it runs.
    Refused,
    /// OPA has it, this engine has not.
    Unsupported,
    Unknown,
}

/// OPA's builtins (1.x, deprecated ones included) that are missing here.
const UNSUPPORTED: &[&str] = &[
    "crypto.hmac.md5",
    "crypto.parse_private_keys",
    "crypto.x509.parse_and_verify_certificates",
    "crypto.x509.parse_and_verify_certificates_with_options",
    "crypto.x509.parse_certificate_request",
    "crypto.x509.parse_keypair",
    "crypto.x509.parse_rsa_private_key",
    "graphql.is_valid",
    "graphql.parse",
    "graphql.parse_and_verify",
    "graphql.parse_query",
    "graphql.parse_schema",
    "graphql.schema_is_valid",
    "io.jwt.decode_verify",
    "io.jwt.encode_sign",
    "io.jwt.encode_sign_raw",
    "io.jwt.verify_eddsa",
    "io.jwt.verify_es256",
    "io.jwt.verify_es384",
    "io.jwt.verify_es512",
    "io.jwt.verify_ps256",
    "io.jwt.verify_ps384",
    "io.jwt.verify_ps512",
    "io.jwt.verify_rs256",
    "io.jwt.verify_rs384",
    "io.jwt.verify_rs512",
    "net.cidr_overlap",
    "net.lookup_ip_addr",
    "providers.aws.sign_req",
    "regex.globs_match",
    "rego.parse_module",
    "strings.render_template",
    "yaml.is_valid",
    "yaml.marshal",
    "yaml.unmarshal",
];

/// Functions that would make a verdict differ from run to run, or tell a policy where it runs.
const REFUSED: &[&str] = &["http.send", "opa.runtime", "rand.intn", "uuid.rfc4122"];

/// The library's builtins that answer as OPA's do.
const LIBRARY: &[&str] = &[
    "array.concat",
    "array.reverse",
    "base64.encode",
    "base64url.decode",
    "base64url.encode",
    "base64url.encode_no_pad",
    "bits.and",
    "bits.negate",
    "bits.or",
    "bits.xor",
    "concat",
    "contains",
    "endswith",
    "graph.reachable",
    "hex.decode",
    "hex.encode",
    "intersection",
    "is_array",
    "is_boolean",
    "is_null",
    "is_number",
    "is_object",
    "is_set",
    "is_string",
    "object.filter",
    "object.get",
    "object.keys",
    "object.remove",
    "object.union",
    "object.union_n",
    "replace",
    "split",
    "startswith",
    "strings.any_prefix_match",
    "strings.any_suffix_match",
    "strings.reverse",
    "trim",
    "trim_left",
    "trim_prefix",
    "trim_right",
    "trim_space",
    "trim_suffix",
    "type_name",
    "union",
];

/// The builtin of this name.
pub(crate) fn find(name: &str) -> Availability {
    match TABLE.get(name) {
        Some(builtin) => Availability::Here(builtin),
        None if REFUSED.contains(&name) => Availability::Refused,
        None if UNSUPPORTED.contains(&name) => Availability::Unsupported,
        None => Availability::Unknown,
    }
}

/// The names of all builtins that can be called, and of those that OPA has besides: `docs/rego.md` lists them.
#[cfg(test)]
pub(crate) fn names() -> (impl Iterator<Item = &'static str>, impl Iterator<Item = &'static str>) {
    let public = TABLE.keys().copied().filter(|name| !name.starts_with("internal."));
    (public, REFUSED.iter().chain(UNSUPPORTED).copied())
}

static TABLE: LazyLock<BTreeMap<&'static str, Builtin>> = LazyLock::new(|| {
    let mut table = BTreeMap::new();
    let mut add = |name: &'static str, arity: usize, function: Function| {
        table.insert(name, Builtin { name, arity, function });
    };
    for name in LIBRARY {
        if let Some((_, arity)) = library::BUILTINS.get(name) {
            add(name, usize::from(*arity), Function::Plain(from_library));
        }
    }
    let own = [
        operators::TABLE,
        numbers::TABLE,
        texts::TABLE,
        globs::TABLE,
        guards::TABLE,
        json::TABLE,
        networks::TABLE,
        addresses::TABLE,
        digests::TABLE,
        certificates::TABLE,
        containment::TABLE,
        deprecated::TABLE,
        expressions::TABLE,
        ordering::TABLE,
        schemas::TABLE,
        strict::TABLE,
    ];
    for (name, arity, plain) in own.into_iter().flatten() {
        add(name, *arity, Function::Plain(*plain));
    }
    add("internal.member_3", 3, Function::Item);
    add("walk", 1, Function::Walk);
    table
});
