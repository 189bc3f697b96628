//! `sprintf` as OPA has it: Go's `fmt` (pkg.go.dev/fmt), where what does not fit a verb shows in the text
//! (`%!d(string=x)`) and never makes the message, and with it the denial, vanish.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Chars;

use regorus::Value;

use super::Call;
use super::floats::float;
use super::spec::{Spec, number, pad};
use crate::rego::values::{digits, in_order, is_written_as_float};

/// Go's own bound for a width or precision.
const WIDEST: usize = 1_000_000;

/// A value to be formatted, as OPA hands it to Go: whole numbers, other numbers, and text for all else.
#[derive(Debug, Clone, PartialEq)]
enum Argument {
    /// A whole number in decimal.
    Integer(String),
    /// Any other number.
    Float(f64),
    /// A string, or as OPA prints it any other value, booleans among them.
    Text(String),
}

impl Argument {
    fn type_name(&self) -> &'static str {
        match self {
            Argument::Integer(digits) if !is_large(digits) => "int64",
            Argument::Integer(_) => "*big.Int",
            Argument::Float(_) => "float64",
            Argument::Text(_) => "string",
        }
    }

    /// A whole number of more than 64 bits, which Go's `big.Int` prints by itself.
    fn large(&self) -> Option<&str> {
        match self {
            Argument::Integer(digits) if is_large(digits) => Some(digits),
            _ => None,
        }
    }
}

fn is_large(digits: &str) -> bool {
    digits.parse::<i64>().is_err()
}

/// `sprintf`
pub(super) fn formatted(_: &Call, arguments: &[Value]) -> Result<Value, String> {
    match arguments {
        [Value::String(format), Value::Array(arguments)] => {
            let arguments: Vec<Argument> = arguments.iter().map(argument).collect();
            Ok(Value::from(sprintf(format, &arguments)))
        }
        [format, arguments] => Err(format!("`sprintf` expects a string and an array, found {format} and {arguments}")),
        _ => Err("`sprintf` expects a string and an array".to_owned()),
    }
}

fn argument(value: &Value) -> Argument {
    match value {
        // To OPA the spelling decides: `1.0` is no whole number.
        Value::Number(number) if number.is_integer() && !is_written_as_float(value) => {
            Argument::Integer(number.format_decimal())
        }
        Value::Number(_) => value.as_f64().map_or_else(|_| Argument::Text(printed(value)), Argument::Float),
        Value::String(text) => Argument::Text(text.to_string()),
        composite => Argument::Text(printed(composite)),
    }
}

/// As OPA prints a value for a reader: texts without quotes.
pub(crate) fn printed_plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        other => printed(other),
    }
}

/// As OPA prints a term.
fn printed(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(_) => digits(value),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", list(items.iter().map(printed).collect())),
        Value::Set(items) if items.is_empty() => "set()".to_owned(),
        Value::Set(items) => format!("{{{}}}", list(in_order(items).into_iter().map(printed).collect())),
        Value::Object(fields) => {
            let field = |(key, value): (&Value, &Value)| format!("{}: {}", printed(key), printed(value));
            format!("{{{}}}", list(fields.iter_sorted().map(field).collect()))
        }
        Value::Undefined => "<undefined>".to_owned(),
    }
}

/// Formats as Go's `fmt.Sprintf` would.
fn sprintf(format: &str, arguments: &[Argument]) -> String {
    let mut printer = Printer {
        text: String::new(),
        format: format.chars().peekable(),
        arguments,
        next: 0,
        reordered: false,
        good_index: true,
    };
    printer.run();
    printer.text
}

struct Printer<'a> {
    text: String,
    format: Peekable<Chars<'a>>,
    arguments: &'a [Argument],
    next: usize,
    reordered: bool,
    good_index: bool,
}

impl Printer<'_> {
    fn run(&mut self) {
        while let Some(character) = self.format.next() {
            if character == '%' { self.directive() } else { self.text.push(character) }
        }
        if !self.reordered && self.next < self.arguments.len() {
            self.text.push_str("%!(EXTRA ");
            for (position, argument) in self.arguments.iter().enumerate().skip(self.next) {
                if position > self.next {
                    self.text.push_str(", ");
                }
                self.text.push_str(argument.type_name());
                self.text.push('=');
                self.text.push_str(&value(&Spec::default(), argument));
            }
            self.text.push(')');
        }
    }

    /// Everything after a `%`.
    fn directive(&mut self) {
        self.good_index = true;
        let mut spec = self.flags();
        let mut indexed = self.argument_index();
        if self.format.next_if_eq(&'*').is_some() {
            spec.width = self.star(&mut spec.minus);
            if spec.width.is_none() {
                self.text.push_str("%!(BADWIDTH)");
            }
            indexed = false;
        } else {
            let digits = self.number();
            // "%[3]2d" is an error.
            self.good_index &= !(indexed && digits.is_some());
            spec.width = digits;
        }
        if self.format.next_if_eq(&'.').is_some() {
            self.good_index &= !indexed;
            indexed = self.argument_index();
            if self.format.next_if_eq(&'*').is_some() {
                spec.precision = self.star(&mut false);
                if spec.precision.is_none() {
                    self.text.push_str("%!(BADPREC)");
                }
                indexed = false;
            } else {
                spec.precision = Some(self.number().unwrap_or(0));
            }
        }
        if !indexed {
            self.argument_index();
        }
        match self.format.next() {
            None => self.text.push_str("%!(NOVERB)"),
            Some('%') => self.text.push('%'),
            Some(verb) => self.verb(&spec, verb),
        }
    }

    fn verb(&mut self, spec: &Spec, verb: char) {
        if !self.good_index {
            let _ = write!(self.text, "%!{verb}(BADINDEX)");
            return;
        }
        match self.arguments.get(self.next) {
            None => {
                let _ = write!(self.text, "%!{verb}(MISSING)");
            }
            Some(argument) => {
                self.next += 1;
                let shown = shown(spec, verb, argument);
                self.text.push_str(&shown);
            }
        }
    }

    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        while let Some(flag) = self.format.next_if(|character| "+-# 0".contains(*character)) {
            match flag {
                '+' => spec.plus = true,
                '-' => spec.minus = true,
                '#' => spec.sharp = true,
                ' ' => spec.space = true,
                _ => spec.zero = true,
            }
        }
        spec
    }

    /// Decimal digits, if any; what is wider than Go allows counts as nothing.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.format.peek().and_then(|character| character.to_digit(10)) {
            self.format.next();
            let digit = usize::try_from(digit).unwrap_or(0);
            number = Some(number.unwrap_or(0usize).saturating_mul(10).saturating_add(digit));
        }
        number.filter(|number| *number <= WIDEST)
    }

    /// `[2]`: which argument comes next, from 1.
    fn argument_index(&mut self) -> bool {
        if self.format.next_if_eq(&'[').is_none() {
            return false;
        }
        self.reordered = true;
        let inner: String = std::iter::from_fn(|| self.format.next_if(|character| *character != ']')).collect();
        let closed = self.format.next().is_some();
        match inner.parse::<usize>() {
            Ok(index) if closed && (1..=self.arguments.len()).contains(&index) => {
                self.next = index - 1;
                true
            }
            _ => {
                self.good_index = false;
                closed
            }
        }
    }

    /// A width or precision given as an argument; a negative width means left-justified.
    fn star(&mut self, minus: &mut bool) -> Option<usize> {
        let argument = self.arguments.get(self.next)?;
        self.next += 1;
        let Argument::Integer(digits) = argument else { return None };
        let number = digits.parse::<i64>().ok()?;
        *minus |= number < 0;
        usize::try_from(number.unsigned_abs()).ok().filter(|number| *number <= WIDEST)
    }
}

fn shown(spec: &Spec, verb: char, argument: &Argument) -> String {
    let good = match (verb, argument) {
        ('T', _) => Some(pad(spec, argument.type_name().to_owned())),
        ('v', _) => Some(plain(spec, argument)),
        (_, Argument::Integer(digits)) => integer(spec, verb, digits),
        (_, Argument::Float(number)) => float(spec, verb, *number),
        (_, Argument::Text(text)) => string(spec, verb, text),
    };
    good.unwrap_or_else(|| match argument.large() {
        Some(digits) => format!("%!{verb}(big.Int={digits})"),
        None => format!("%!{verb}({}={})", argument.type_name(), value(spec, argument)),
    })
}

/// The verb `%v`: there the flags `+` and `#` do not mean signs and points; `#` is the syntax of Go.
fn plain(spec: &Spec, argument: &Argument) -> String {
    let bare = Spec { plus: spec.plus && argument.large().is_some(), sharp: false, ..spec.clone() };
    match argument {
        Argument::Text(text) if spec.sharp => string(&bare, 'q', text),
        _ => None,
    }
    .unwrap_or_else(|| value(&bare, argument))
}

/// A value by the verb of its type.
fn value(spec: &Spec, argument: &Argument) -> String {
    match argument {
        Argument::Integer(digits) => integer(spec, 'd', digits),
        Argument::Float(number) => float(spec, 'g', *number),
        Argument::Text(text) => string(spec, 's', text),
    }
    .unwrap_or_default()
}

fn integer(spec: &Spec, verb: char, decimal: &str) -> Option<String> {
    let (negative, magnitude) = decimal.strip_prefix('-').map_or((false, decimal), |magnitude| (true, magnitude));
    let small = !is_large(decimal);
    let (prefix, digits) = match verb {
        'd' => ("", magnitude.to_owned()),
        // Go's large integers are texts too.
        's' if !small => ("", magnitude.to_owned()),
        'b' => (if spec.sharp { "0b" } else { "" }, radix(magnitude, verb)?),
        'o' => (if spec.sharp { "0" } else { "" }, radix(magnitude, verb)?),
        'O' => ("0o", radix(magnitude, verb)?),
        'x' => (if spec.sharp { "0x" } else { "" }, radix(magnitude, verb)?),
        'X' => (if spec.sharp { "0X" } else { "" }, radix(magnitude, verb)?),
        'c' if small => {
            return Some(pad(&Spec { zero: false, ..spec.clone() }, character(negative, magnitude).to_string()));
        }
        'q' if small => {
            let text = character(negative, magnitude).to_string();
            return Some(pad(spec, format!("'{}'", escaped(&text, '\'', spec.plus))));
        }
        'U' if small => return Some(pad(&Spec { zero: false, ..spec.clone() }, code_point(spec, decimal)?)),
        _ => return None,
    };
    let digits = match spec.precision {
        // "precision of 0 and value of 0 means print nothing"
        Some(0) if magnitude == "0" => String::new(),
        Some(precision) => "0".repeat(precision.saturating_sub(digits.len())) + &digits,
        None => digits,
    };
    // A precision switches zero padding off.
    Some(number(&Spec { zero: spec.zero && spec.precision.is_none(), ..spec.clone() }, negative, prefix, &digits))
}

/// The digits of a whole number of any size for a verb.
fn radix(magnitude: &str, verb: char) -> Option<String> {
    let Ok(Value::Number(number)) = Value::from_numeric_string(magnitude) else { return None };
    Some(match verb {
        'b' => number.format_bin(),
        'o' | 'O' => number.format_octal(),
        'X' => number.format_big_hex(),
        _ => number.format_hex(),
    })
}

/// `U+263A`, with the flag `#` also the character.
fn code_point(spec: &Spec, decimal: &str) -> Option<String> {
    // As Go's conversion to an unsigned number.
    let code = decimal.parse::<i64>().ok()?.cast_unsigned();
    let shown = u32::try_from(code).ok().and_then(char::from_u32).filter(|character| is_printable(*character));
    let character = shown.filter(|_| spec.sharp).map(|character| format!(" '{character}'")).unwrap_or_default();
    let digits = spec.precision.unwrap_or(0).max(4);
    Some(format!("U+{code:0digits$X}{character}"))
}

fn character(negative: bool, magnitude: &str) -> char {
    let code = magnitude.parse::<u32>().ok().filter(|_| !negative);
    code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn string(spec: &Spec, verb: char, text: &str) -> Option<String> {
    let shortened: String =
        spec.precision.map_or_else(|| text.to_owned(), |precision| text.chars().take(precision).collect());
    Some(pad(
        spec,
        match verb {
            's' | 'v' => shortened,
            'q' if spec.sharp
                && !text
                    .contains(|character: char| character == '`' || (character.is_control() && character != '\t')) =>
            {
                format!("`{shortened}`")
            }
            'q' => format!("\"{}\"", escaped(&shortened, '"', spec.plus)),
            'x' | 'X' => hexadecimal(spec, verb, text),
            _ => return None,
        },
    ))
}

fn hexadecimal(spec: &Spec, verb: char, text: &str) -> String {
    let bytes = text.bytes().take(spec.precision.unwrap_or(usize::MAX));
    let pieces: Vec<String> =
        bytes.map(|byte| if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") }).collect();
    let prefix = if spec.sharp { format!("0{verb}") } else { String::new() };
    let separator = if spec.space { format!(" {prefix}") } else { String::new() };
    if pieces.is_empty() { String::new() } else { prefix + &pieces.join(&separator) }
}

/// Quotes as Go's `strconv.Quote`; OPA prints strings inside composite values so.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text, '"', false))
}

/// With `ascii`, all that is not ASCII is an escape too.
fn escaped(text: &str, quote: char, ascii: bool) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{7}' => result.push_str("\\a"),
            '\u{8}' => result.push_str("\\b"),
            '\u{c}' => result.push_str("\\f"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\u{b}' => result.push_str("\\v"),
            '\\' => result.push_str("\\\\"),
            same if same == quote => {
                result.push('\\');
                result.push(same);
            }
            printable if is_printable(printable) && (printable.is_ascii() || !ascii) => result.push(printable),
            other => {
                let code = u32::from(other);
                let _ = match code {
                    0..=0x7f => write!(result, "\\x{code:02x}"),
                    0x80..=0xffff => write!(result, "\\u{code:04x}"),
                    _ => write!(result, "\\U{code:08x}"),
                };
            }
        }
    }
    result
}

/// Close to Go's `unicode.IsPrint`: no control, format or blank characters other than the space.
fn is_printable(character: char) -> bool {
    character == ' '
        || !(character.is_whitespace() || character.escape_debug().count() > 1 && !"'\"\\".contains(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Argument {
        Argument::Text(value.to_owned())
    }

    fn int(value: i64) -> Argument {
        Argument::Integer(value.to_string())
    }

    #[test]
    fn verbs_as_go_prints_them() {
        let cases: &[(&str, &[Argument], &str)] = &[
            ("%v and %s", &[text("a"), text("b")], "a and b"),
            ("%d", &[text("x")], "%!d(string=x)"),
            ("%s", &[int(5)], "%!s(int64=5)"),
            ("%d", &[Argument::Float(2.5)], "%!d(float64=2.5)"),
            ("%5.2f|%f", &[Argument::Float(1.5), Argument::Float(1.0)], " 1.50|1.000000"),
            ("%5.2f", &[int(5)], "%!f(int64=   05)"),
            (
                "%e %g %G",
                &[Argument::Float(1234.5), Argument::Float(1e-7), Argument::Float(1e-7)],
                "1.234500e+03 1e-07 1E-07",
            ),
            ("%.3g %.1g", &[Argument::Float(1234.5), Argument::Float(0.25)], "1.23e+03 0.2"),
            ("%[2]s %[1]s", &[text("a"), text("b")], "b a"),
            ("%[3]d", &[int(1)], "%!d(BADINDEX)"),
            ("%s %s", &[text("a")], "a %!s(MISSING)"),
            ("%s", &[text("a"), text("b"), int(2)], "a%!(EXTRA string=b, int64=2)"),
            ("100%", &[], "100%!(NOVERB)"),
            ("100%% %d", &[int(3)], "100% 3"),
            ("%z", &[int(3)], "%!z(int64=3)"),
            ("%q %q", &[text("a\"b\n\u{202e}"), int(97)], "\"a\\\"b\\n\\u202e\" 'a'"),
            ("%x %X %x", &[int(255), int(255), text("hi")], "ff FF 6869"),
            ("%#x %#o %b %c %U", &[int(255), int(8), int(5), int(0x263a), int(0x263a)], "0xff 010 101 ☺ U+263A"),
            (
                "%t %v %s %d",
                &[text("true"), text("false"), text("true"), text("true")],
                "%!t(string=true) false true %!d(string=true)",
            ),
            ("%5d|%-5d|%05d|%+d|% d", &[int(42), int(42), int(-42), int(42), int(42)], "   42|42   |-0042|+42| 42"),
            ("%-6s|%6s|%.2s", &[text("ab"), text("ab"), text("äöü")], "ab    |    ab|äö"),
            ("%*d|%-*d|%.*f", &[int(5), int(42), int(5), int(42), int(1), Argument::Float(2.25)], "   42|42   |2.2"),
            ("%T %T %T", &[int(1), text("a"), Argument::Float(1.5)], "int64 string float64"),
            (
                "%v %v %v",
                &[Argument::Float(0.1), Argument::Float(123456789.5), Argument::Float(-2.5)],
                "0.1 1.234567895e+08 -2.5",
            ),
            (
                "%d",
                &[Argument::Integer("123456789012345678901234567890123456789012".to_owned())],
                "123456789012345678901234567890123456789012",
            ),
            ("%1000000000d", &[int(1)], "1"),
            ("%", &[], "%!(NOVERB)"),
            ("%é", &[int(1)], "%!é(int64=1)"),
        ];
        for (format, arguments, expected) in cases {
            assert_eq!(&sprintf(format, arguments), expected, "{format}");
        }
    }
}
