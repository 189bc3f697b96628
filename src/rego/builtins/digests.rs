//! Digests, and the parts of signed tokens.

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use md5::Digest as _;
use regorus::Value;

use super::{Call, Plain, text};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[
    ("crypto.sha1", 1, |call, arguments| hashed(call, arguments, &digest::SHA1_FOR_LEGACY_USE_ONLY)),
    ("crypto.sha256", 1, |call, arguments| hashed(call, arguments, &digest::SHA256)),
    ("crypto.hmac.sha1", 2, |call, arguments| keyed(call, arguments, hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY)),
    ("crypto.hmac.sha256", 2, |call, arguments| keyed(call, arguments, hmac::HMAC_SHA256)),
    ("crypto.hmac.sha512", 2, |call, arguments| keyed(call, arguments, hmac::HMAC_SHA512)),
    ("crypto.hmac.equal", 2, |call, arguments| {
        let (left, right) = (text(call, arguments, 0)?, text(call, arguments, 1)?);
        Ok(Value::from(constant_time::verify_slices_are_equal(left.as_bytes(), right.as_bytes()).is_ok()))
    }),
    ("crypto.md5", 1, |call, arguments| {
        Ok(Value::from(hexadecimal(&md5::Md5::digest(text(call, arguments, 0)?.as_bytes()))))
    }),
    ("io.jwt.verify_hs256", 2, |call, arguments| verified(call, arguments, hmac::HMAC_SHA256)),
    ("io.jwt.verify_hs384", 2, |call, arguments| verified(call, arguments, hmac::HMAC_SHA384)),
    ("io.jwt.verify_hs512", 2, |call, arguments| verified(call, arguments, hmac::HMAC_SHA512)),
    ("io.jwt.decode", 1, |call, arguments| token(call, text(call, arguments, 0)?)),
];

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hashed(call: &Call, arguments: &[Value], algorithm: &'static digest::Algorithm) -> Result<Value, String> {
    let digest = digest::digest(algorithm, text(call, arguments, 0)?.as_bytes());
    Ok(Value::from(hexadecimal(digest.as_ref())))
}

fn keyed(call: &Call, arguments: &[Value], algorithm: hmac::Algorithm) -> Result<Value, String> {
    let key = hmac::Key::new(algorithm, text(call, arguments, 1)?.as_bytes());
    let tag = hmac::sign(&key, text(call, arguments, 0)?.as_bytes());
    Ok(Value::from(hexadecimal(tag.as_ref())))
}

/// Whether a token is signed with this secret.
fn verified(call: &Call, arguments: &[Value], algorithm: hmac::Algorithm) -> Result<Value, String> {
    let (token, secret) = (text(call, arguments, 0)?, text(call, arguments, 1)?);
    let parts = token.rsplit_once('.').filter(|(signed, _)| signed.matches('.').count() == 1);
    let (signed, signature) =
        parts.ok_or_else(|| format!("`{}`: expected three parts separated by dots", call.name))?;
    let key = hmac::Key::new(algorithm, secret.as_bytes());
    let verifies = |tag: Vec<u8>| hmac::verify(&key, signed.as_bytes(), &tag).is_ok();
    Ok(Value::from(URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).is_ok_and(verifies)))
}

/// Header, payload and signature of a JSON Web Token (RFC 7519), of which nothing is verified.
fn token(call: &Call, token: &str) -> Result<Value, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err(format!("`{}`: expected three parts separated by dots, found {}", call.name, parts.len()));
    };
    let bytes = |part: &str| {
        URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).map_err(|error| format!("`{}`: {error}", call.name))
    };
    let json = |part: &str| -> Result<Value, String> {
        let text = String::from_utf8(bytes(part)?).map_err(|error| format!("`{}`: {error}", call.name))?;
        Value::from_json_str(&text).map_err(|error| format!("`{}`: {error}", call.name))
    };
    let header = json(header)?;
    let Value::Object(fields) = &header else { return Err(format!("`{}`: the header is no object", call.name)) };
    if fields.get(&Value::from("enc")).is_some() {
        return Err(format!("`{}`: the token is encrypted", call.name));
    }
    let nested =
        matches!(fields.get(&Value::from("cty")), Some(Value::String(kind)) if kind.eq_ignore_ascii_case("JWT"));
    if nested {
        // The payload is a token itself.
        let inner = String::from_utf8(bytes(payload)?).map_err(|error| format!("`{}`: {error}", call.name))?;
        return self::token(call, inner.trim_matches('"'));
    }
    let signature = hexadecimal(&bytes(signature)?);
    Ok(Value::from(vec![header.clone(), json(payload)?, Value::from(signature)]))
}
