//! What a registry says when it says no, made short enough to report.

use super::answer::Answer;
use super::retry::retry_after;
use super::secrets::Secrets;
use crate::source::seen::GapReason;

/// Longer words are cut.
const WORDS: usize = 200;

/// The gap of a 401 or 403.
pub(super) fn denied(answer: &Answer, hint: String) -> GapReason {
    GapReason::Denied { status: answer.status.as_u16(), message: said(answer), hint: Some(hint) }
}

/// The gap of another status that is no answer.
pub(super) fn status(answer: &Answer) -> GapReason {
    let mut message = said(answer);
    if let Some(wait) = retry_after(&answer.headers) {
        let ask = format!("it asks to wait {} s", wait.as_secs());
        message = Some(message.map_or(ask.clone(), |message| format!("{message} ({ask})")));
    }
    GapReason::Status { status: answer.status.as_u16(), message }
}

/// Its words, without the status that many begin with.
fn said(answer: &Answer) -> Option<String> {
    let words = words(&answer.body.bytes, &answer.sent)?;
    let rest = words.strip_prefix(answer.status.as_str()).and_then(|rest| rest.strip_prefix(' '));
    Some(rest.unwrap_or(&words).to_owned())
}

/// An error's words: of an error document (distribution-spec 1.1, § Error Codes) its first error, of
/// plain text its first line, of a web page its title (so speak proxies). Credentials that were sent are left out.
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
        Err(_) if text.starts_with('<') => title(text)?,
        Err(_) if text.starts_with(['{', '[']) => return None,
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

/// The title of a web page, on one line.
fn title(page: &str) -> Option<String> {
    // As long as the page itself, so that places in one are places in the other.
    let lower = page.to_ascii_lowercase();
    let tag = lower.find("<title")?;
    let begin = tag + lower.get(tag..)?.find('>')? + 1;
    let end = begin + lower.get(begin..)?.find('<')?;
    let words: Vec<_> = page.get(begin..end)?.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
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
            ("<html>\r\n<head><title>No required\r\n certificate</title></head>", Some("No required certificate")),
            ("<!DOCTYPE html><TITLE lang=\"en\">Proxy Error</TITLE>", Some("Proxy Error")),
            ("<title> </title>", None),
            ("<title>cut off", None),
            ("</title><title>", None),
            (r#"{"errors":[]}"#, None),
            (r#"{"errors":[{"co"#, None),
            ("", None),
        ] {
            assert_eq!(words(body.as_bytes(), &Secrets::default()).as_deref(), expected, "{body}");
        }
        assert_eq!(words("ä".repeat(500).as_bytes(), &Secrets::default()).unwrap().chars().count(), WORDS + 1);
    }
}
