//! Numbers with a fraction as Go's `fmt` and `strconv` write them.

use super::spec::{Spec, number};

/// Bits of a double's fraction.
const FRACTION_BITS: u32 = 52;
const EXPONENT_BITS: u64 = 0x7ff;
const BIAS: i64 = 1023;

/// A number by a verb; none where the verb is not for it.
pub(super) fn float(spec: &Spec, verb: char, value: f64) -> Option<String> {
    let digits = match verb {
        'e' | 'E' => exponent(&format!("{:.*e}", spec.precision.unwrap_or(6), value.abs())),
        'f' | 'F' => format!("{:.*}", spec.precision.unwrap_or(6), value.abs()),
        'g' | 'G' => general(spec.precision, value.abs()),
        'x' | 'X' => hexadecimal(spec.precision, value),
        'b' => binary(value),
        _ => return None,
    };
    let digits = if spec.sharp && verb != 'b' { sharpened(spec, verb, &digits) } else { digits };
    let digits = if matches!(verb, 'E' | 'G' | 'X') { digits.to_uppercase() } else { digits };
    Some(number(spec, value.is_sign_negative(), "", &digits))
}

/// `1.5e7` as Go writes it: a sign and at least two digits.
fn exponent(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

/// The shortest text, or the one with as many significant digits as `precision` says.
fn general(precision: Option<usize>, value: f64) -> String {
    let scientific = match precision {
        Some(precision) => format!("{value:.*e}", precision.max(1) - 1),
        None => format!("{value:e}"),
    };
    let Some((mantissa, power)) = scientific.split_once('e') else { return scientific };
    let power = power.parse::<i32>().unwrap_or(0);
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let significant = i32::try_from(mantissa.chars().filter(char::is_ascii_digit).count()).unwrap_or(i32::MAX);
    // strconv's `%e` threshold: the precision, and 6 for the shortest form.
    let threshold = precision.map_or(6, |precision| i32::try_from(precision.max(1)).unwrap_or(i32::MAX));
    if power < -4 || power >= threshold {
        return exponent(&format!("{mantissa}e{power}"));
    }
    let decimals = usize::try_from((significant - 1 - power).max(0)).unwrap_or(0);
    format!("{value:.decimals$}")
}

/// A double without its sign: `mantissa * 2^(exponent - 52)`.
fn parts(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    let exponent = i64::try_from(bits >> FRACTION_BITS & EXPONENT_BITS).unwrap_or(0);
    match exponent {
        0 => (fraction, 1 - BIAS),
        _ => (fraction | 1 << FRACTION_BITS, exponent - BIAS),
    }
}

/// `%b`: 2.5 is `5629499534213120p-51`.
fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{:+}", exponent - i64::from(FRACTION_BITS))
}

/// `%x`: 2.5 is `0x1.4p+01`.
fn hexadecimal(precision: Option<usize>, value: f64) -> String {
    // The digit before the point is bit 60, as in strconv.
    const ONE: u64 = 1 << 60;
    let (mantissa, mut exponent) = parts(value);
    let mut mantissa = mantissa << 8;
    if mantissa == 0 {
        exponent = 0;
    }
    while mantissa != 0 && mantissa & ONE == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(digits) = precision.filter(|digits| *digits < 15) {
        let shift = digits * 4;
        let extra = mantissa << shift & (ONE - 1);
        mantissa >>= 60 - shift;
        // Half is rounded to even.
        if extra | (mantissa & 1) > ONE >> 1 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & ONE << 1 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & (ONE - 1));
    let fraction = match precision {
        Some(digits) => format!("{fraction:0<digits$}").chars().take(digits).collect(),
        None => fraction.trim_end_matches('0').to_owned(),
    };
    let point = if fraction.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{}{point}{fraction}p{sign}{:02}", mantissa >> 60 & 1, exponent.unsigned_abs())
}

/// With the flag `#`: always a point, and zeros up to the precision.
fn sharpened(spec: &Spec, verb: char, text: &str) -> String {
    let is_hexadecimal = matches!(verb, 'x' | 'X');
    let tail = text.find(|character| character == 'p' || character == 'e' && !is_hexadecimal).unwrap_or(text.len());
    let (head, tail) = text.split_at(tail);
    let wanted = if matches!(verb, 'g' | 'G' | 'x') { spec.precision.unwrap_or(6) } else { 0 };
    // Go counts the `x` of `0x` among them.
    let significant = head.trim_start_matches(['0', '.']).chars().filter(|character| *character != '.').count();
    let has_point = head.contains('.');
    let shown = if head == "0" { 1 } else { significant };
    let zeros = "0".repeat(wanted.saturating_sub(shown));
    format!("{head}{}{zeros}{tail}", if has_point { "" } else { "." })
}
