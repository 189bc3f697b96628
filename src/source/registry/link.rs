//! The `Link` header (RFC 8288 §3), of which only `rel="next"` matters (distribution-spec 1.1, § Listing
//! Referrers).
//!
//! A header that cannot be read is an error: it may be the only word of a further page.

use reqwest::header::{HeaderMap, LINK};

/// The target of the first link whose relation is `next`.
pub(super) fn next(headers: &HeaderMap) -> Result<Option<String>, String> {
    for value in headers.get_all(LINK) {
        let text = value.to_str().map_err(|_| "the Link header is not ASCII".to_owned())?;
        let mut rest = text.trim_matches([' ', '\t', ',']);
        while !rest.is_empty() {
            let (target, relation, after) = link(rest)
                .ok_or_else(|| format!("the Link header {text:?} cannot be read: expected `<URL>; rel=\"next\"`"))?;
            if relation.split_ascii_whitespace().any(|relation| relation.eq_ignore_ascii_case("next")) {
                return Ok(Some(target.to_owned()));
            }
            rest = after.trim_start_matches([' ', '\t', ',']);
        }
    }
    Ok(None)
}

/// One `<target>; name=value; …`: its target, its relation (empty if it states none) and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (target, mut rest) = text.strip_prefix('<')?.split_once('>')?;
    let mut relation = None;
    loop {
        rest = rest.trim_start();
        let Some(parameter) = rest.strip_prefix(';') else { break };
        let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
        let (name, after) = parameter.split_at(end);
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after.trim_start())?,
            None => ("", after),
        };
        if name.trim().eq_ignore_ascii_case("rel") {
            // RFC 8288 §3.3: only the first counts.
            relation.get_or_insert(value);
        }
        rest = after;
    }
    (rest.is_empty() || rest.starts_with(',')).then_some((target, relation.unwrap_or_default(), rest))
}

/// A token or a quoted string, and what follows it. Escapes stay: no relation has any.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        return Some(text.split_at(text.find([';', ',', ' ']).unwrap_or(text.len())));
    };
    let mut escaped = false;
    let end = quoted.char_indices().find_map(|(index, character)| {
        let closes = character == '"' && !escaped;
        escaped = character == '\\' && !escaped;
        closes.then_some(index)
    })?;
    Some((quoted.get(..end)?, quoted.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_other_links() {
        for (header, expected) in [
            (r#"</v2/a/referrers/x?n=2>; rel="next""#, Ok(Some("/v2/a/referrers/x?n=2"))),
            ("<?a=1,2;3>;rel=next", Ok(Some("?a=1,2;3"))),
            (r#"<a>; rel="prev", <b>; title="x, rel=next; \" y"; REL="last Next""#, Ok(Some("b"))),
            (r#"<a>; rel="prev"; rel="next""#, Ok(None)),
            (r#"<a>; title="next""#, Ok(None)),
            ("<a>", Ok(None)),
            ("", Ok(None)),
            ("a; rel=next", Err(())),
            ("<a; rel=next", Err(())),
            (r#"<a>; rel="next"#, Err(())),
            (r#"<a> junk; rel="next""#, Err(())),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, header.parse().unwrap());
            let found = next(&headers);
            assert_eq!(found.as_ref().map(Option::as_deref).map_err(|_| ()), expected, "{header}");
        }
    }
}
