//! Dates and times as Go's `time.Parse` reads them: an hour may be of one digit, and seconds may have a fraction.

/// `2006-01-02`
pub(super) fn is_date(text: &str) -> bool {
    after_date(text) == Some("")
}

/// `15:04:05` or `15:04:05Z07:00`
pub(super) fn is_time(text: &str) -> bool {
    after_clock(text).is_some_and(|zone| zone.is_empty() || is_zone(zone))
}

/// A date, a time, or both.
pub(super) fn is_date_time(text: &str) -> bool {
    let both = after_date(text).and_then(|rest| rest.strip_prefix('T')).and_then(after_clock);
    is_date(text) || is_time(text) || both.is_some_and(is_zone)
}

/// A number of so many digits and what comes behind it.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((digits.parse().ok().filter(|_| is_number)?, rest))
}

fn after_date(text: &str) -> Option<&str> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=last).contains(&day).then_some(rest)
}

fn after_clock(text: &str) -> Option<&str> {
    let (hour, rest) = digits(text, 2).or_else(|| digits(text, 1))?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let fraction = rest.strip_prefix(['.', ',']).map(|fraction| {
        let end = fraction.find(|character: char| !character.is_ascii_digit()).unwrap_or(fraction.len());
        (end, fraction.get(end..).unwrap_or_default())
    });
    let rest = match fraction {
        Some((1.., behind)) => behind,
        _ => rest,
    };
    (hour < 24 && minute < 60 && second < 60).then_some(rest)
}

fn is_zone(text: &str) -> bool {
    let offset = || {
        let (hours, rest) = digits(text.strip_prefix(['+', '-'])?, 2)?;
        let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
        Some(hours <= 24 && minutes < 60 && rest.is_empty())
    };
    text == "Z" || offset() == Some(true)
}
