//! Times and durations on the command line.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|error| format!("expected an RFC 3339 time such as 2026-11-24T12:00:00Z: {error}"))
}

pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let (number, factor) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    match number.parse::<u64>() {
        Ok(count) if count > 0 && count <= 86_400 => Ok(Duration::from_secs(count * factor)),
        _ => Err("expected a positive number of seconds, such as 30, 90s or 2m".to_owned()),
    }
}
