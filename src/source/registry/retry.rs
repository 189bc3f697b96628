//! When a GET is sent again: after a broken connection, 408, 429, 500, 502, 503, 504.
//!
//! `Retry-After` is honoured if it ends before the deadline; if not, waiting is pointless and the answer
//! stands at once. An HTTP date is read against the answer's own `Date`, so that no clock is read here and
//! a registry whose clock is wrong is still understood.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::answer::Answer;
use crate::source::seen::GapReason;

/// How often one GET is sent to the registry at most.
pub(super) const ATTEMPTS: u32 = 3;
/// How often to a mirror: after it, there is another place to ask.
pub(super) const ATTEMPTS_AT_MIRROR: u32 = 1;
/// Waits after a broken connection: 50 and 100 ms, so that a registry that is gone is reported quickly.
const CONNECTION_PAUSE: Duration = Duration::from_millis(50);
/// Waits after an answer without `Retry-After`: 200 and 400 ms.
const STATUS_PAUSE: Duration = Duration::from_millis(200);

/// How long to wait before attempt number `attempt + 1`; none if there is to be none.
pub(super) fn pause(attempt: u32, outcome: &Result<Answer, GapReason>, remaining: Duration) -> Option<Duration> {
    let pause = match outcome {
        Err(GapReason::Connection(_)) => CONNECTION_PAUSE * attempt,
        Ok(answer) if matches!(answer.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504) => {
            retry_after(&answer.headers).unwrap_or(STATUS_PAUSE * attempt)
        }
        _ => return None,
    };
    (pause < remaining).then_some(pause)
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = date(headers, RETRY_AFTER)? - date(headers, DATE)?;
    Some(Duration::try_from(wait).unwrap_or_default())
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(headers.get(name)?.to_str().ok()?.trim(), &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        for (after, date, expected) in [
            ("3", None, Some(3)),
            (" 0 ", None, Some(0)),
            ("Wed, 21 Oct 2015 07:28:30 GMT", Some("Wed, 21 Oct 2015 07:28:00 GMT"), Some(30)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", Some("Wed, 21 Oct 2015 07:28:00 GMT"), Some(0)),
            ("Wed, 21 Oct 2015 07:28:30 GMT", None, None),
            ("-1", None, None),
            ("99999999999999999999", None, None),
            ("soon", None, None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, after.parse().unwrap());
            if let Some(date) = date {
                headers.insert(DATE, date.parse().unwrap());
            }
            assert_eq!(retry_after(&headers), expected.map(Duration::from_secs), "{after}");
        }
    }
}
