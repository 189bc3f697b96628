//! DER (X.690), as strictly as Go reads it.

use regorus::Value;
use time::{Date, Month, Time};

use super::fields::Unsure;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Bytes of a number that is read: an RSA key of 16384 bits.
const LONGEST_NUMBER: usize = 2049;

/// One element.
pub(super) struct Element<'d> {
    pub tag: u8,
    pub content: &'d [u8],
    /// With its tag and its length.
    pub raw: &'d [u8],
}

/// Reads elements one behind the other.
#[derive(Clone, Copy)]
pub(super) struct Reader<'d> {
    rest: &'d [u8],
}

impl<'d> Reader<'d> {
    pub fn of(rest: &'d [u8]) -> Self {
        Reader { rest }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next element, whatever it is.
    pub fn any(&mut self) -> Result<Element<'d>, Unsure> {
        let malformed = || "malformed DER".to_owned();
        let [tag, first, behind @ ..] = self.rest else { return Err(malformed()) };
        // Tags of several bytes are in no certificate.
        if tag & 0x1f == 0x1f {
            return Err(malformed());
        }
        let (length, body) = match first {
            0..=0x7f => (usize::from(*first), behind),
            0x81..=0x84 => {
                let (bytes, body) = behind.split_at_checked(usize::from(first & 0x7f)).ok_or_else(malformed)?;
                let length = bytes.iter().fold(0usize, |length, byte| length << 8 | usize::from(*byte));
                // The shortest form is the only one.
                if length < 0x80 || bytes.first() == Some(&0) {
                    return Err(malformed());
                }
                (length, body)
            }
            _ => return Err(malformed()),
        };
        let (content, rest) = body.split_at_checked(length).ok_or_else(malformed)?;
        let raw = self.rest.get(..self.rest.len() - rest.len()).unwrap_or_default();
        self.rest = rest;
        Ok(Element { tag: *tag, content, raw })
    }

    /// The next element, which has to have this tag.
    pub fn expect(&mut self, tag: u8) -> Result<Element<'d>, Unsure> {
        match self.any()? {
            element if element.tag == tag => Ok(element),
            element => Err(format!("expected DER of tag {tag:#04x}, found {:#04x}", element.tag)),
        }
    }

    /// The next element, if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'d>>, Unsure> {
        match self.rest.first() == Some(&tag) {
            true => self.any().map(Some),
            false => Ok(None),
        }
    }
}

/// A boolean.
pub(super) fn boolean(content: &[u8]) -> Result<bool, Unsure> {
    match content {
        [0] => Ok(false),
        [0xff] => Ok(true),
        _ => Err("malformed boolean".to_owned()),
    }
}

/// The bytes of a whole number that is not negative, in its shortest form.
fn magnitude(content: &[u8]) -> Result<&[u8], Unsure> {
    match content {
        [] => Err("malformed number".to_owned()),
        [0] => Ok(content),
        [0, second, ..] if *second < 0x80 => Err("malformed number".to_owned()),
        [0, rest @ ..] => Ok(rest),
        [first, ..] if *first >= 0x80 => Err("a negative number".to_owned()),
        _ => Ok(content),
    }
}

/// A number of any size.
pub(super) fn unsigned(content: &[u8]) -> Result<Value, Unsure> {
    let bytes = magnitude(content)?;
    if bytes.len() > LONGEST_NUMBER {
        return Err("a number of too many digits".to_owned());
    }
    number(bytes)
}

/// The number of bytes, the highest first.
pub(super) fn number(bytes: &[u8]) -> Result<Value, Unsure> {
    // In groups of nine digits, the lowest first.
    let mut groups: Vec<u64> = vec![0];
    for byte in bytes {
        let mut carry = u64::from(*byte);
        for group in &mut groups {
            let total = *group * 256 + carry;
            (*group, carry) = (total % 1_000_000_000, total / 1_000_000_000);
        }
        if carry > 0 {
            groups.push(carry);
        }
    }
    let digits: String = groups.iter().rev().map(|group| format!("{group:09}")).collect();
    let digits = digits.trim_start_matches('0');
    Value::from_numeric_string(if digits.is_empty() { "0" } else { digits }).map_err(|error| error.to_string())
}

/// A number that is not negative and fits 63 bits.
pub(super) fn small(content: &[u8]) -> Result<i64, Unsure> {
    let bytes = magnitude(content)?;
    let number = bytes.iter().try_fold(0i64, |number, byte| number.checked_mul(256)?.checked_add(i64::from(*byte)));
    number.ok_or_else(|| "a number of more than 63 bits".to_owned())
}

/// Bits, and how many of the last byte are none.
pub(super) fn bits(content: &[u8]) -> Result<(&[u8], u8), Unsure> {
    match content {
        [0] => Ok((&[], 0)),
        [unused @ 0..=7, bytes @ .., last] if last.trailing_zeros() >= u32::from(*unused) => {
            let whole = content.get(1..=bytes.len() + 1).unwrap_or_default();
            Ok((whole, *unused))
        }
        _ => Err("malformed bits".to_owned()),
    }
}

/// Bits that are whole bytes.
pub(super) fn whole_bits(content: &[u8]) -> Result<&[u8], Unsure> {
    match bits(content)? {
        (bytes, 0) => Ok(bytes),
        _ => Err("bits that are no whole bytes".to_owned()),
    }
}

/// A time, as RFC 3339 has it.
pub(super) fn time(element: &Element<'_>) -> Result<String, Unsure> {
    let malformed = || "a time in other than the usual form".to_owned();
    let text = std::str::from_utf8(element.content).map_err(|_| malformed())?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = digits.ok_or_else(malformed)?;
    let (year, rest) = match (element.tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i32 = digits.get(..2).and_then(|year| year.parse().ok()).ok_or_else(malformed)?;
            (if year >= 50 { 1900 + year } else { 2000 + year }, digits.get(2..))
        }
        (GENERALIZED_TIME, 14) => {
            (digits.get(..4).and_then(|year| year.parse().ok()).ok_or_else(malformed)?, digits.get(4..))
        }
        _ => return Err(malformed()),
    };
    let part = |from: usize| rest?.get(from..from + 2)?.parse::<u8>().ok();
    let written = || {
        let (month, day, hour, minute, second) = (part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
        Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
        Time::from_hms(hour, minute, second).ok()?;
        Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
    };
    written().ok_or_else(malformed)
}
