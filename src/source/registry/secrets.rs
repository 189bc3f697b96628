//! Credentials that were sent. A registry, or what stands before it, may say them back where it explains a refusal;
//! reports and saved runs do not repeat them.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use crate::source::question::Answer;
use crate::source::seen::{Gap, Referrers, ResolveError};

/// What stands in their place.
const HIDDEN: &str = "(hidden)";

/// Credentials that were sent, and what they are in an address.
#[derive(Clone, Default)]
pub(super) struct Secrets(BTreeSet<String>);

impl Secrets {
    /// Those of an `Authorization` header: its value and, for Basic, the password.
    pub(super) fn of_header(authorization: Option<&HeaderValue>) -> Self {
        let Some(text) = authorization.and_then(|value| value.to_str().ok()) else { return Secrets::default() };
        let value = text.split_once(' ').map_or(text, |(_, value)| value).to_owned();
        let decoded = STANDARD.decode(&value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.and_then(|text| text.split_once(':').map(|(_, password)| password.to_owned()));
        Secrets::of(std::iter::once(value).chain(password))
    }

    /// Those of a form that was sent to a token server.
    pub(super) fn of_form(form: &str) -> Self {
        let is_secret = |name: &str| matches!(name, "refresh_token" | "password");
        let fields = url::form_urlencoded::parse(form.as_bytes()).filter(|(name, _)| is_secret(name));
        Secrets::of(fields.map(|(_, value)| value.into_owned()))
    }

    fn of(sent: impl Iterator<Item = String>) -> Self {
        let spellings = |secret: String| {
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            [encoded.replace('+', "%20"), encoded, secret]
        };
        Secrets(sent.filter(|secret| !secret.is_empty()).flat_map(spellings).collect())
    }

    /// Takes in what else was sent.
    pub(super) fn add(&mut self, other: Secrets) {
        self.0.extend(other.0);
    }

    /// An answer whose words do not have them, whichever header or body they came from.
    pub(super) fn hidden_in_answer(&self, answer: Answer) -> Answer {
        let gap = |gap: Gap| Gap { reason: gap.reason.reworded(&|text| self.hidden_in(text)), ..gap };
        match answer {
            Answer::Unseen(reason) => Answer::Unseen(reason.reworded(&|text| self.hidden_in(text))),
            Answer::Unresolved(ResolveError::Unseen(unseen)) => Answer::Unresolved(ResolveError::Unseen(gap(unseen))),
            Answer::Listed(found) => {
                Answer::Listed(Referrers { gaps: found.gaps.into_iter().map(gap).collect(), ..found })
            }
            other => other,
        }
    }

    /// The text without them.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        self.0.iter().rev().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_not_repeated() {
        let basic = HeaderValue::from_static("Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let secrets = Secrets::of_header(Some(&basic));
        let said = "no: open sesame, Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==, aladdin";
        assert_eq!(secrets.hidden_in(said), "no: (hidden), Basic (hidden), aladdin");
        let bearer = HeaderValue::from_static("Bearer t0ken");
        assert_eq!(Secrets::of_header(Some(&bearer)).hidden_in("t0ken?"), "(hidden)?");
        assert_eq!(secrets.hidden_in("/v2/open%20sesame/open+sesame"), "/v2/(hidden)/(hidden)");
        let form = "grant_type=refresh_token&refresh_token=r%2Fs&service=x";
        assert_eq!(Secrets::of_form(form).hidden_in("r/s of x"), "(hidden) of x");
        assert_eq!(Secrets::of_header(None).hidden_in("x"), "x");
        assert_eq!(format!("{secrets:?}"), "Secrets(5)");
    }
}
