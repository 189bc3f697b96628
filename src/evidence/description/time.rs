//! Instants and periods in the notations of RFC 3339, xsd:dateTime, xsd:date, xsd:gYearMonth and xsd:gYear.
//!
//! A text that is less exact than a second stands for all the seconds that it may mean: two texts contradict each
//! other only if no second is in both.

use ::time::format_description::well_known::Rfc3339;
use ::time::{Date, Month, OffsetDateTime};

use crate::evidence::StatedText;

/// Hours that the local time of a place may differ from UTC, both ways.
const ZONES: i64 = 14 * 3600;

/// The seconds since 1970-01-01T00:00:00Z that a text may mean: first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The first of them.
    pub first: i64,
    /// The last of them.
    pub last: i64,
}

/// What a period is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodKind {
    /// The time that the data are about.
    Data,
    /// The time in which they were made.
    Run,
}

impl PeriodKind {
    /// The name in the policy input.
    pub fn name(self) -> &'static str {
        match self {
            PeriodKind::Data => "data",
            PeriodKind::Run => "run",
        }
    }
}

/// From when to when. An end that is open or not stated is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// What it is of.
    pub of: PeriodKind,
    /// Its beginning.
    pub start: Option<Moment>,
    /// Its end.
    pub end: Option<Moment>,
    /// Whether it is one instant: then it lies within the period that another document states.
    pub is_instant: bool,
    /// Whether it is that of a whole collection, within which the subject lies.
    pub is_of_collection: bool,
    /// As written.
    pub text: String,
    /// Where.
    pub pointer: String,
}

impl Period {
    /// A period between two texts. None if neither is one that is understood.
    pub fn between(of: PeriodKind, start: Option<&StatedText>, end: Option<&StatedText>) -> Option<Self> {
        let moment = |stated: Option<&StatedText>| stated.and_then(|stated| Moment::read(&stated.value));
        let (from, to) = (moment(start), moment(end));
        let pointer = start.filter(|_| from.is_some()).or(end)?.pointer.clone();
        let text = |stated: Option<&StatedText>| stated.map_or("…", |stated| stated.value.as_str()).to_owned();
        (from.is_some() || to.is_some()).then(|| Period {
            of,
            start: from,
            end: to,
            is_instant: false,
            is_of_collection: false,
            text: format!("{} to {}", text(start), text(end)),
            pointer,
        })
    }

    /// One instant.
    pub fn at(of: PeriodKind, stated: &StatedText) -> Option<Self> {
        let moment = Moment::read(&stated.value)?;
        Some(Period {
            of,
            start: Some(moment),
            end: Some(moment),
            is_instant: true,
            is_of_collection: false,
            text: stated.value.clone(),
            pointer: stated.pointer.clone(),
        })
    }
}

impl Moment {
    /// The seconds that a text may mean.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(instant) = OffsetDateTime::parse(text, &Rfc3339) {
            let second = instant.unix_timestamp();
            return Some(Moment { first: second, last: second });
        }
        if text.contains(['T', ' ']) {
            // A time without a zone: any zone's.
            let second = OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339).ok()?.unix_timestamp();
            return Some(Moment { first: second - ZONES, last: second + ZONES });
        }
        Moment::of_date(text)
    }

    /// A year, a month or a day, which begins and ends at other instants in other zones.
    fn of_date(text: &str) -> Option<Self> {
        let text = text.strip_suffix('Z').unwrap_or(text);
        let mut parts = text.split('-');
        let mut number = |digits: usize| match parts.next() {
            None => Some(None),
            Some(part) if part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                part.parse::<u16>().ok().map(Some)
            }
            Some(_) => None,
        };
        let (year, month, day) = (number(4)??, number(2)?, number(2)?);
        if parts.next().is_some() {
            return None;
        }
        let of = |month: u16, day: u16| {
            let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
            Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
        };
        let first = of(month.unwrap_or(1), day.unwrap_or(1))?;
        let last = match (month, day) {
            (_, Some(_)) => first,
            (Some(_), None) => {
                Date::from_calendar_date(i32::from(year), first.month(), first.month().length(i32::from(year))).ok()?
            }
            (None, None) => of(12, 31)?,
        };
        let midnight = |date: Date| date.midnight().assume_utc().unix_timestamp();
        Some(Moment { first: midnight(first) - ZONES, last: midnight(last) + 86_399 + ZONES })
    }
}
