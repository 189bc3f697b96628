//! `glob.match`, as OPA has it: the library puts a character of its own in the place of delimiters, so with `:` among
//! them `*` runs over `/` too.
//!
//! A pattern (github.com/gobwas/glob): `*` any characters but delimiters, `**` any, `?` one that is no delimiter,
//! `[abc]`, `[a-z]` and `[!…]` one, `{a,b}` one of several patterns, `\` takes the next character as it is.

use regorus::Value;

use super::{Call, Plain, text, wrong_type};

pub(super) const TABLE: &[(&str, usize, Plain)] = &[("glob.match", 3, matches)];

/// Characters of a pattern and of a text, multiplied, that one call may compare.
const MOST_COMPARISONS: usize = 50_000_000;

fn matches(call: &Call, arguments: &[Value]) -> Result<Value, String> {
    let pattern = text(call, arguments, 0)?;
    let delimiters = match arguments.get(1) {
        Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) if items.is_empty() => vec!['.'],
        Some(Value::Array(items)) => items.iter().map(|item| delimiter(call, item)).collect::<Result<_, _>>()?,
        Some(other) => return Err(wrong_type(call, 2, "null or an array", other)),
        None => return Ok(Value::Undefined),
    };
    let subject = text(call, arguments, 2)?;
    if pattern.len().saturating_mul(subject.len()) > MOST_COMPARISONS {
        return call.beyond("the pattern and the text are too long");
    }
    let tokens = parse(pattern).ok_or_else(|| format!("`{}`: malformed pattern {pattern:?}", call.name))?;
    let characters: Vec<char> = subject.chars().collect();
    let ends = run(
        &tokens,
        &characters,
        &delimiters,
        vec![true; 1].into_iter().chain(vec![false; characters.len()]).collect(),
    );
    Ok(Value::from(ends.last().copied().unwrap_or(false)))
}

fn delimiter(call: &Call, item: &Value) -> Result<char, String> {
    let Value::String(text) = item else { return Err(wrong_type(call, 2, "an array of strings", item)) };
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(delimiter), None) => Ok(delimiter),
        _ => Err(format!("`{}`: expected delimiters of one character, found {text:?}", call.name)),
    }
}

enum Token {
    Character(char),
    /// `?`
    One,
    /// `*`
    Some,
    /// `**`
    Any,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    OneOf(Vec<Vec<Token>>),
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn parse(pattern: &str) -> Option<Vec<Token>> {
    let mut characters = pattern.chars().peekable();
    let tokens = sequence(&mut characters, 0)?;
    characters.next().is_none().then_some(tokens)
}

/// Braces inside of braces.
const DEEPEST: usize = 16;

/// Up to the end, or to a `,` or `}` of the braces around it.
fn sequence(characters: &mut Characters<'_>, depth: usize) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    while let Some(character) = characters.peek().copied() {
        if depth > 0 && matches!(character, ',' | '}') {
            break;
        }
        characters.next();
        tokens.push(match character {
            '?' => Token::One,
            '*' if characters.next_if_eq(&'*').is_some() => Token::Any,
            '*' => Token::Some,
            '\\' => Token::Character(characters.next()?),
            '[' => class(characters)?,
            '{' if depth < DEEPEST => {
                let mut options = vec![sequence(characters, depth + 1)?];
                while characters.next_if_eq(&',').is_some() {
                    options.push(sequence(characters, depth + 1)?);
                }
                characters.next_if_eq(&'}')?;
                Token::OneOf(options)
            }
            '{' => return None,
            other => Token::Character(other),
        });
    }
    Some(tokens)
}

/// One range `a-c`, or a list in which `-` is a character like any other.
fn class(characters: &mut Characters<'_>) -> Option<Token> {
    let negated = characters.next_if_eq(&'!').is_some();
    let mut ranges = Vec::new();
    loop {
        let mut next = || match characters.next()? {
            '\\' => characters.next().map(|character| (character, true)),
            character => Some((character, false)),
        };
        let (first, escaped) = next()?;
        if first == ']' && !escaped {
            break;
        }
        if ranges.is_empty() && characters.next_if_eq(&'-').is_some() {
            let last = match characters.next()? {
                '\\' => characters.next()?,
                character => character,
            };
            if last == ']' || last < first {
                return None;
            }
            characters.next_if_eq(&']')?;
            ranges.push((first, last));
            break;
        }
        ranges.push((first, first));
    }
    (!ranges.is_empty()).then_some(Token::Class { negated, ranges })
}

/// Of each position of the text: whether the tokens can end there, if they begin at one of these.
fn run(tokens: &[Token], text: &[char], delimiters: &[char], from: Vec<bool>) -> Vec<bool> {
    let mut current = from;
    for token in tokens {
        let one = |current: &[bool], fits: &dyn Fn(char) -> bool| -> Vec<bool> {
            let moved = current.iter().zip(text).map(|(reached, character)| *reached && fits(*character));
            std::iter::once(false).chain(moved).collect()
        };
        let many = |current: &[bool], fits: &dyn Fn(char) -> bool| -> Vec<bool> {
            let mut reached = false;
            let mut next = Vec::with_capacity(current.len());
            for (position, start) in current.iter().enumerate() {
                let goes_on = position > 0 && text.get(position - 1).is_some_and(|character| fits(*character));
                reached = *start || (reached && goes_on);
                next.push(reached);
            }
            next
        };
        let is_plain = |character: char| !delimiters.contains(&character);
        current = match token {
            Token::Character(expected) => one(&current, &|character| character == *expected),
            Token::One => one(&current, &is_plain),
            Token::Class { negated, ranges } => one(&current, &|character| {
                ranges.iter().any(|(first, last)| (*first..=*last).contains(&character)) != *negated
            }),
            Token::Some => many(&current, &is_plain),
            Token::Any => many(&current, &|_| true),
            Token::OneOf(options) => options.iter().fold(vec![false; current.len()], |all, option| {
                let ends = run(option, text, delimiters, current.clone());
                all.iter().zip(ends).map(|(first, second)| *first || second).collect()
            }),
        };
    }
    current
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(pattern: &str, delimiters: &[&str], subject: &str) -> bool {
        let delimiters: Vec<Value> = delimiters.iter().map(|delimiter| Value::from(*delimiter)).collect();
        let call = Call::new("glob.match", 0);
        let arguments = [Value::from(pattern), Value::from(delimiters), Value::from(subject)];
        matches(&call, &arguments) == Ok(Value::from(true))
    }

    #[test]
    fn stars_stop_at_delimiters() {
        assert!(!answer("registry.example.org/team/*", &["/", ":"], "registry.example.org/team/app:latest"));
        assert!(answer("registry.example.org/team/*", &["/"], "registry.example.org/team/app:latest"));
        assert!(!answer("a/*", &["/"], "a/b/c"));
        assert!(answer("a/**", &["/"], "a/b/c"));
        assert!(!answer("*.com", &[], "a.b.com"));
        assert!(answer("*.b.com", &[], "a.b.com"));
        assert!(answer("{a,b*}x", &["/"], "bcx") && !answer("{a,b*}x", &["/"], "b/x"));
        assert!(answer("[a-c]?[!x]", &["/"], "bzy") && !answer("[a-c]?[!x]", &["/"], "bzx"));
        assert!(answer(r"\*", &["/"], "*") && !answer(r"\*", &["/"], "a"));
    }
}
