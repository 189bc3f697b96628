//! What a registry says when it says no, made short enough to report.

use super::retry::retry_after;
use super::secrets::Secrets;
use super::transport::Answer;
use crate::source::GapReason;

/// Longer words are cut.
const WORDS: usize = 200;

/// The gap of a 401 or 403.
pub(super) fn denied(answer: &Answer, hint: String) -> GapReason {
    GapReason::Denied {
        status: answer.status.as_u16(),
        message: words(&answer.body.bytes, &answer.sent),
        hint: Some(hint),
    }
}

/// The gap of another status that is no answer.
pub(super) fn status(answer: &Answer) -> GapReason {
    let mut message = words(&answer.body.bytes, &answer.sent);
    if let Some(wait) = retry_after(&answer.headers) {
        let ask = format!("it asks to wait {} s", wait.as_secs());
        message = Some(message.map_or(ask.clone(), |message| format!("{message} ({ask})")));
    }
    GapReason::Status { status: answer.status.as_u16(), message }
}

/// An error's words: of an error document (distribution-spec 1.1, § Error Codes) its first error, of
/// plain text its first line, of a web page nothing. Credentials that were sent are left out.
pub(super) fn words(body: &[u8], sent: &Secrets) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let text = match serde_json::from_str::<serde_json::Value>(text) {
        Ok(document) => {
            let first = document.get("errors").and_then(|errors| errors.get(0)).unwrap_or(&document);
            let part = |name: &str| first.get(name).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty());
            match (part("code").or(part("error")), part("message").or(part("error_description")).or(part("details"))) {
                (Some(code), Some(message)) => format!("{code}: {message}"),
                (Some(text), None) | (None, Some(text)) => text.to_owned(),
                (None, None) => return None,
            }
        }
        Err(_) if text.starts_with(['<', '{', '[']) => return None,
        Err(_) => text.lines().next()?.to_owned(),
    };
    let text = sent.hidden_in(&text);
    let mut short: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    if let Some((end, _)) = short.char_indices().nth(WORDS) {
        short.truncate(end);
        short.push('…');
    }
    Some(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_short_and_plain() {
        for (body, expected) in [
            (r#"{"errors":[{"code":"DENIED","message":"no\u001b[31m"}]}"#, Some("DENIED: no [31m")),
            (r#"{"errors":[{"code":"UNKNOWN"}]}"#, Some("UNKNOWN")),
            (r#"{"details":"incorrect username or password"}"#, Some("incorrect username or password")),
            ("404 page not found\n", Some("404 page not found")),
            ("<html>nothing</html>", None),
            (r#"{"errors":[]}"#, None),
            (r#"{"errors":[{"co"#, None),
            ("", None),
        ] {
            assert_eq!(words(body.as_bytes(), &Secrets::default()).as_deref(), expected, "{body}");
        }
        assert_eq!(words("ä".repeat(500).as_bytes(), &Secrets::default()).unwrap().chars().count(), WORDS + 1);
    }
}
