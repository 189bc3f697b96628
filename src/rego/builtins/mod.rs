//! The builtin functions: which there are, and what each does.
//!
//! Most are the library's own, some behind a guard that keeps them from answering otherwise than OPA does, from
//! panicking or from never returning; the others are written here. What OPA has and this engine has not is told by
//! name.

mod addresses;
mod containment;
mod deprecated;
mod digests;
mod expressions;
mod floats;
mod format;
mod globs;
mod guards;
mod json;
mod networks;
mod numbers;
mod operators;
mod ordering;
mod patterns;
mod strict;
mod texts;

#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use regorus::{Value, unstable as library};

pub(crate) use format::printed_plain;
pub(crate) use json::compact as compact_json;

/// A builtin function.
#[derive(Debug)]
pub(crate) struct Builtin {
    /// Its name: `json.marshal`.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: usize,
    pub function: Function,
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

/// Gives the result, or undefined; arguments that it cannot work on are an error.
pub(crate) type Plain = fn(&Call, &[Value]) -> Result<Value, String>;

/// What a builtin may know besides its arguments.
#[derive(Debug)]
pub(crate) struct Call {
    /// The builtin's name.
    pub name: &'static str,
    /// The time as nanoseconds since 1970.
    pub now: i64,
    is_beyond: Cell<bool>,
}

impl Call {
    /// A call of this builtin.
    pub fn new(name: &'static str, now: i64) -> Self {
        Call { name, now, is_beyond: Cell::new(false) }
    }

    /// An error where OPA may have a value: a limit of this engine. Never "undefined".
    fn beyond<T>(&self, what: &str) -> Result<T, String> {
        self.is_beyond.set(true);
        Err(format!("`{}`: {what}", self.name))
    }

    /// Whether its error was of that kind.
    pub fn is_beyond(&self) -> bool {
        self.is_beyond.get()
    }
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
    "crypto.x509.parse_certificates",
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
    "json.match_schema",
    "json.verify_schema",
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
        containment::TABLE,
        deprecated::TABLE,
        expressions::TABLE,
        ordering::TABLE,
        strict::TABLE,
    ];
    for (name, arity, plain) in own.into_iter().flatten() {
        add(name, *arity, Function::Plain(*plain));
    }
    add("internal.member_3", 3, Function::Item);
    add("walk", 1, Function::Walk);
    table
});

/// The library's implementation, as it is.
fn from_library(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    call_library(call.name, arguments)
}

/// The library's implementation of this builtin.
fn call_library(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let Some((function, _)) = library::BUILTINS.get(name) else { return Err(format!("`{name}` does not exist")) };
    let (span, parameters) = (&PLACE.0, PLACE.1.get(..arguments.len()).unwrap_or_default());
    function(span, parameters, arguments, true).map_err(|error| super::parse::bare(&error.to_string()))
}

/// Arguments as the library wants them for its errors: places in a source.
static PLACE: LazyLock<(library::Span, Vec<library::Ref<library::Expr>>)> = LazyLock::new(|| {
    let text = "argument".to_owned();
    // An empty source cannot fail; if it did, a builtin would have one without any text.
    let source = library::Source::from_contents(String::new(), text)
        .or_else(|_| library::Source::from_contents(String::new(), String::new()));
    let Ok(source) = source else { std::process::abort() };
    let span = library::Span { source, line: 1, col: 1, start: 0, end: 8 };
    let expression = || library::Expr::Null { span: span.clone(), value: Value::Null, eidx: 0 };
    let expressions = (0..8).map(|_| library::Ref::new(expression())).collect();
    (span, expressions)
});

/// A set of these.
pub(crate) fn set(items: impl IntoIterator<Item = Value>) -> Value {
    let mut set = regorus::value::Set::default();
    for item in items {
        set.insert(item);
    }
    set.into_value()
}

/// The elements of an array or a set.
pub(super) fn elements(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::Array(items) => Some(items.iter().collect()),
        Value::Set(items) => Some(items.iter_sorted().collect()),
        _ => None,
    }
}

/// The elements of an argument that is an array or a set.
pub(super) fn collection<'v>(call: &Call, arguments: &'v [Value], position: usize) -> Result<Vec<&'v Value>, String> {
    let Some(value) = arguments.get(position) else {
        return Err(format!("`{}`: argument {} is missing", call.name, position + 1));
    };
    elements(value).ok_or_else(|| wrong_type(call, position + 1, "an array or a set", value))
}

/// How OPA names the type of a value.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Set(_) => "set",
        Value::Object(_) => "object",
        Value::Undefined => "undefined",
    }
}

/// What a builtin says of an argument of the wrong type.
pub(super) fn wrong_type(call: &Call, position: usize, expected: &str, found: &Value) -> String {
    format!("`{}`: expected {expected} as argument {position}, found {}", call.name, type_name(found))
}

/// A text argument.
pub(super) fn text<'v>(call: &Call, arguments: &'v [Value], position: usize) -> Result<&'v str, String> {
    match arguments.get(position) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(wrong_type(call, position + 1, "a string", other)),
        None => Err(format!("`{}`: argument {} is missing", call.name, position + 1)),
    }
}
