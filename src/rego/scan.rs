//! Looks at a policy's text before it is parsed: what would cost the parser too much is refused here, and
//! comments, which the parser drops, are kept.
//!
//! The Rego parser backtracks: it reads what stands first in `[` or `{` twice, so each level of literals
//! nested there doubles its work, and the 32 levels it allows do not stop that. It is also recursive over
//! operators, and a stack that overflows cannot be caught.

use super::defect::Defect;
use super::location::Location;

/// Levels of `(`, `[` and `{` that a policy may nest.
const NESTING: usize = 24;
/// Operators and reference segments in one expression.
const CHAIN: usize = 400;
/// What the parser may have to do, in tokens read, re-reading included: some seconds.
const EFFORT: f64 = 2.0e7;
/// How much more a token costs on each level of literals nested in first place (measured).
const EFFORT_PER_LEVEL: f64 = 2.1;

/// Keywords that Rego v0 has only where they are imported.
const V1_KEYWORDS: [&str; 4] = ["contains", "every", "if", "in"];

/// Keywords after which an expression goes on.
const OTHER_KEYWORDS: [&str; 6] = ["as", "default", "else", "not", "some", "with"];

/// A comment, from its `#` to the end of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Comment<'a> {
    /// Line, from 1.
    pub line: usize,
    /// The text after the `#`.
    pub text: &'a str,
    /// Nothing but blanks stands before it.
    pub alone: bool,
}

/// What was seen of a text.
#[derive(Debug)]
pub(crate) struct ScannedText<'a> {
    /// Its comments.
    pub comments: Vec<Comment<'a>>,
    /// It uses keywords that Rego v0 does not have.
    pub has_v1_keywords: bool,
    /// Bytes of blanks that separate two statements: a `(` on a line of its own begins a new one, which the library
    /// takes for the arguments of what stands before.
    pub separators: Vec<usize>,
}

/// Refuses a text that would cost the parser too much.
pub(crate) fn scan<'a>(path: &'a str, text: &'a str) -> Result<ScannedText<'a>, Defect> {
    let mut scanner = Scanner::new(path, text);
    while let Some(character) = scanner.next() {
        match character {
            '#' => scanner.comment(),
            '"' => scanner.string(),
            '`' => scanner.raw_string(),
            '(' | '[' | '{' => scanner.open(character)?,
            ')' | ']' | '}' => scanner.close(),
            ',' | ';' => scanner.end_of_expression(),
            '\n' => scanner.newline(),
            blank if blank.is_whitespace() => scanner.after_blank = true,
            word if word.is_alphanumeric() || word == '_' => scanner.word(word),
            _ => scanner.operator(character)?,
        }
    }
    scanner.affordable()?;
    Ok(ScannedText {
        comments: scanner.comments,
        has_v1_keywords: scanner.has_v1_keywords,
        separators: scanner.separators,
    })
}

struct Level {
    /// Operators before it, those on the levels outside included.
    chain: usize,
    /// What comes now is read twice.
    twice: bool,
    is_brace: bool,
}

struct Scanner<'a> {
    path: &'a str,
    characters: std::str::Chars<'a>,
    line: usize,
    column: usize,
    /// Something other than blanks was seen on this line.
    line_has_code: bool,
    /// The last token can be followed by more of the same expression only through an operator.
    after_operand: bool,
    /// A new line has begun since the last token.
    fresh_line: bool,
    /// A blank stands before the next token.
    after_blank: bool,
    /// Open brackets, innermost last.
    levels: Vec<Level>,
    /// Operators seen in the expression at hand and in those around it.
    chain: usize,
    /// Open brackets whose content is read twice.
    read_twice: i32,
    effort: f64,
    comments: Vec<Comment<'a>>,
    has_v1_keywords: bool,
    /// The length of the text.
    length: usize,
    /// The last word is a keyword, after which an expression has to come.
    after_keyword: bool,
    separators: Vec<usize>,
}

impl<'a> Scanner<'a> {
    fn new(path: &'a str, text: &'a str) -> Self {
        Scanner {
            path,
            characters: text.chars(),
            line: 1,
            column: 0,
            line_has_code: false,
            after_operand: false,
            fresh_line: true,
            after_blank: false,
            levels: Vec::new(),
            chain: 0,
            read_twice: 0,
            effort: 0.0,
            comments: Vec::new(),
            has_v1_keywords: false,
            length: text.len(),
            after_keyword: false,
            separators: Vec::new(),
        }
    }

    fn next(&mut self) -> Option<char> {
        let character = self.characters.next()?;
        self.column += 1;
        Some(character)
    }

    /// The next character, if it is such a one; the column stays as it is.
    fn next_if(&mut self, wanted: impl FnOnce(char) -> bool) -> Option<char> {
        let mut ahead = self.characters.clone();
        let character = ahead.next().filter(|character| wanted(*character))?;
        self.characters = ahead;
        Some(character)
    }

    fn at(&self) -> Location {
        Location { path: self.path.to_owned(), line: self.line, column: self.column.max(1) }
    }

    fn newline(&mut self) {
        self.line += 1;
        self.column = 0;
        self.line_has_code = false;
        self.fresh_line = true;
    }

    /// A token that is an operand, or part of one.
    fn operand(&mut self) {
        if self.fresh_line && self.after_operand {
            // An expression goes on over a line's end only through an operator.
            self.chain = self.outer_chain();
        }
        self.token();
        self.after_operand = true;
        self.after_keyword = false;
    }

    fn token(&mut self) {
        self.line_has_code = true;
        self.fresh_line = false;
        self.after_blank = false;
        self.effort += EFFORT_PER_LEVEL.powi(self.read_twice);
    }

    fn comment(&mut self) {
        let rest = self.characters.as_str();
        let (text, after) = rest.split_at_checked(rest.find('\n').unwrap_or(rest.len())).unwrap_or((rest, ""));
        self.characters = after.chars();
        let (line, alone) = (self.line, !self.line_has_code);
        self.comments.push(Comment { line, text: text.trim_end_matches('\r'), alone });
    }

    fn string(&mut self) {
        self.operand();
        while let Some(character) = self.next_if(|character| character != '\n') {
            self.column += 1;
            match character {
                '"' => break,
                '\\' => {
                    self.next_if(|character| character != '\n');
                    self.column += 1;
                }
                _ => {}
            }
        }
    }

    fn raw_string(&mut self) {
        self.operand();
        while let Some(character) = self.next() {
            match character {
                '`' => break,
                '\n' => {
                    self.newline();
                    self.fresh_line = false;
                    self.line_has_code = true;
                }
                _ => {}
            }
        }
    }

    fn word(&mut self, first: char) {
        self.operand();
        let rest = self.characters.as_str();
        let end = rest.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(rest.len());
        let rest = rest.get(..end).unwrap_or_default();
        let is_one_of = |keywords: &[&str]| keywords.iter().any(|keyword| keyword.strip_prefix(first) == Some(rest));
        self.has_v1_keywords |= is_one_of(&V1_KEYWORDS);
        self.after_keyword = is_one_of(&V1_KEYWORDS) || is_one_of(&OTHER_KEYWORDS);
        while self.next_if(|character| character.is_alphanumeric() || character == '_').is_some() {
            self.column += 1;
        }
    }

    fn open(&mut self, bracket: char) -> Result<(), Defect> {
        if bracket == '(' && self.fresh_line && self.after_operand && !self.after_keyword && self.is_in_body() {
            // The byte before the bracket.
            let rest = self.characters.as_str().len() + bracket.len_utf8();
            self.separators.extend(self.length.checked_sub(rest + 1));
        }
        // `f(…)` and `list[…]` are read once.
        let index = bracket == '[' && self.after_operand && !self.after_blank && !self.fresh_line;
        let twice = bracket != '(' && !index;
        self.operand();
        self.levels.push(Level { chain: self.chain, twice, is_brace: bracket == '{' });
        self.after_operand = false;
        self.read_twice += i32::from(twice);
        if self.levels.len() > NESTING {
            return Err(Defect::TooNested { at: self.at(), limit: NESTING });
        }
        self.affordable()
    }

    /// The innermost bracket is `{`.
    fn is_in_body(&self) -> bool {
        self.levels.last().is_some_and(|level| level.is_brace)
    }

    fn affordable(&self) -> Result<(), Defect> {
        if self.effort > EFFORT { Err(Defect::TooCostly { at: self.at() }) } else { Ok(()) }
    }

    fn close(&mut self) {
        self.token();
        self.first_is_over();
        if let Some(level) = self.levels.pop() {
            self.chain = level.chain;
        }
        self.after_operand = true;
    }

    fn outer_chain(&self) -> usize {
        self.levels.last().map_or(0, |level| level.chain)
    }

    /// Only what stands first in a bracket is read twice.
    fn first_is_over(&mut self) {
        if let Some(level) = self.levels.last_mut().filter(|level| level.twice) {
            level.twice = false;
            self.read_twice -= 1;
        }
    }

    fn end_of_expression(&mut self) {
        self.token();
        self.first_is_over();
        self.chain = self.outer_chain();
        self.after_operand = false;
    }

    fn operator(&mut self, operator: char) -> Result<(), Defect> {
        self.token();
        if operator == '|' {
            self.first_is_over();
        }
        // `:` of an object's field or of `:=` starts a new expression.
        self.chain = if operator == ':' { self.outer_chain() } else { self.chain + 1 };
        self.after_operand = false;
        if self.chain > CHAIN {
            return Err(Defect::TooLong { at: self.at(), limit: CHAIN });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_count_outside_strings_and_comments() {
        let deep = "[".repeat(40);
        for text in [
            format!("x := \"{deep}\""),
            format!("# {deep}\nx := 1"),
            format!("x := `{deep}\n{deep}`"),
            format!("x := \"\\\"{deep}\""),
        ] {
            assert!(scan("p.rego", &text).is_ok(), "{text}");
        }
        let error = scan("p.rego", &format!("package a\nx := {}", "(".repeat(40))).unwrap_err();
        assert_eq!(error.at().to_string(), "p.rego:2:30");
        assert!(matches!(error, Defect::TooNested { limit: 24, .. }), "{error}");
    }

    #[test]
    fn literals_that_the_parser_would_read_for_minutes_are_refused() {
        let literal = format!("x := {}1{}\n", "[".repeat(20), "]".repeat(20));
        let error = scan("p.rego", &literal.repeat(20)).unwrap_err();
        assert!(matches!(error, Defect::TooCostly { .. }), "{error}");
        // What real inputs in tests look like.
        let usual = "x := {\"a\": {\"b\": [{\"c\": {\"d\": [{\"e\": {\"f\": 1}}]}}]}}\n".repeat(500);
        assert!(scan("p.rego", &usual).is_ok());
        let wide = format!("x := {}1{}\n", "[1, ".repeat(20), "]".repeat(20));
        assert!(scan("p.rego", &wide.repeat(2000)).is_ok());
        let index = format!("x := {}1{}\n", "a[".repeat(20), "]".repeat(20));
        assert!(scan("p.rego", &index.repeat(2000)).is_ok());
    }

    #[test]
    fn a_chain_of_operators_is_bounded_and_many_statements_are_not() {
        let error = scan("p.rego", &format!("x := 1{}", " + 1".repeat(500))).unwrap_err();
        assert!(matches!(error, Defect::TooLong { limit: 400, .. }), "{error}");
        assert!(scan("p.rego", &format!("x := 1{}", " +\n 1".repeat(500))).is_err());
        assert!(scan("p.rego", &format!("x := {}1", "-".repeat(500))).is_err());
        assert!(
            scan("p.rego", &format!("x := {}1{}", format!("({}", "1 + ".repeat(100)).repeat(6), ")".repeat(6)))
                .is_err()
        );
        assert!(scan("p.rego", &"x if input.a.b == 1\n".repeat(2000)).is_ok());
        let list = format!("x := [{}1]", "input.a.b + 1,\n".repeat(2000));
        assert!(scan("p.rego", &list).is_ok());
    }

    #[test]
    fn comments_are_kept_with_their_lines() {
        let comments =
            scan("p.rego", "# METADATA\r\n#  title: x\npackage a # trailing\nx := \"# no\"\n").unwrap().comments;
        let seen: Vec<_> = comments.iter().map(|comment| (comment.line, comment.text, comment.alone)).collect();
        assert_eq!(seen, [(1, " METADATA", true), (2, "  title: x", true), (3, " trailing", false)]);
    }
}
