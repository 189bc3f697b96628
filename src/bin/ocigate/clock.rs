//! The clock.

/// Wall time: read here and nowhere else.
#[allow(clippy::disallowed_methods)]
pub fn wall_time() -> time::OffsetDateTime {
    time::OffsetDateTime::now_utc()
}
