//! Writes Rego that the library's parser does not know in words that it knows. No line moves, and the columns that do
//! are known.
//!
//! - keywords at the head of a reference: `import data.roles.default`, `default.name`;
//! - template strings: `$"{count(layers)} layers"`;
//! - imports behind rules, which go to the package's line;
//! - functions without a body: `covers("any", _)`, which are true;
//! - blocks under `not`, where `import future.keywords.not` says that they are meant.

use std::collections::BTreeMap;

use super::location::Position;

/// What stands before a keyword that is a name.
pub(super) const NAMED: &str = "keyword__";

/// A text that the library parses.
#[derive(Debug, Default)]
pub(super) struct PreparedText {
    pub text: String,
    /// `not` means that what follows has no solution, whatever in it is undefined.
    pub negates_bodies: bool,
    /// By line: from which column on columns are how much too large.
    shifts: BTreeMap<u32, Vec<(u32, u32)>>,
}

impl PreparedText {
    /// A text as it is.
    pub fn of(text: &str) -> Self {
        PreparedText { text: text.to_owned(), ..PreparedText::default() }
    }

    /// Where something stands in the author's text.
    pub fn original(&self, at: Position) -> Position {
        let shifts = self.shifts.get(&at.line).into_iter().flatten();
        let moved: u32 = shifts.filter(|(from, _)| *from <= at.column).map(|(_, by)| *by).sum();
        Position { line: at.line, column: at.column.saturating_sub(moved).max(1) }
    }
}

const KEYWORDS: [&str; 16] = [
    "as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "package", "some",
    "true", "with", "and",
];

/// Longer words are no keywords.
const LONGEST: usize = 9;

/// The text to parse, if it differs from the author's.
pub(super) fn prepare(text: &str) -> Option<PreparedText> {
    let keywords = Keywords::of(text);
    let has_keyword = text.match_indices('.').any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = before.bytes().rev().take(LONGEST).take_while(is_word).count();
        before.get(at - length..).is_some_and(|word| KEYWORDS.contains(&word))
    });
    let has_late_imports = has_late_import(text);
    if !keywords.has_not
        && !keywords.is_redundant
        && !has_keyword
        && !has_late_imports
        && !text.contains("$\"")
        && !text.contains("$`")
    {
        return None;
    }
    let mut writer = Writer {
        out: PreparedText::default(),
        line: 1,
        column: 1,
        has_blocks: keywords.has_not,
        kept: keywords.is_redundant.then_some(keywords.kept),
        changed: false,
        package: PackageName::NotSeen,
        has_rules: false,
        late_imports: String::new(),
    };
    let mut rest = text;
    writer.code(&mut rest, None)?;
    writer.move_imports();
    writer.out.negates_bodies = keywords.has_not;
    (writer.changed || keywords.has_not).then_some(writer.out)
}

/// The text with the value that a function without a body has, where one begins there.
pub(super) fn with_value(text: &str, line: usize, column: usize) -> Option<String> {
    let before: usize = text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let start = before + text.get(before..)?.char_indices().nth(column.checked_sub(1)?)?.0;
    let head = text.get(start..)?;
    let name = head.find(|character: char| !(character.is_alphanumeric() || matches!(character, '_' | '.')))?;
    let (mut depth, mut quoted, mut escaped) = (0_usize, None, false);
    for (index, character) in head.char_indices().skip_while(|(index, _)| *index < name) {
        match quoted {
            Some(quote) => {
                if character == quote && !escaped {
                    quoted = None;
                }
                escaped = character == '\\' && quote == '"' && !escaped;
            }
            None => match character {
                '"' | '`' => quoted = Some(character),
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.checked_sub(1)?,
                _ => {}
            },
        }
        if depth == 0 {
            let end = start + index + character.len_utf8();
            let (head, rest) = text.split_at_checked(end).filter(|_| character == ')')?;
            return Some(format!("{head} := true{rest}"));
        }
    }
    None
}

/// Keywords that `import future.keywords.…` may name; others are not known here.
pub(super) const FUTURE_KEYWORDS: [&str; 5] = ["contains", "every", "if", "in", "not"];

/// What lines that look like imports name, with their numbers.
pub(super) fn imports(text: &str) -> impl Iterator<Item = (u32, String)> {
    (1..).zip(text.lines()).filter_map(|(number, line)| Some((number, import(line)?)))
}

/// What a line imports: `future.keywords.not`.
fn import(line: &str) -> Option<String> {
    let code = line.trim_start().strip_prefix("import ")?.split(['#', ';']).next()?;
    Some(code.split_whitespace().next()?.replace("[\"", ".").replace("\"]", ""))
}

/// Whether this imports keywords that are known here.
pub(super) fn names_keywords(target: &str) -> bool {
    match target.strip_prefix("future.keywords") {
        Some(rest) => rest.strip_prefix('.').map_or(rest.is_empty(), |word| FUTURE_KEYWORDS.contains(&word)),
        None => target == "rego.v1",
    }
}

/// The imports of keywords that a text has.
#[derive(Default)]
struct Keywords {
    /// The library refuses a keyword that is imported twice; to OPA that is no fault. These are enough.
    kept: Vec<String>,
    /// Some import says again what these say.
    is_redundant: bool,
    /// `not` means that what follows has no solution.
    has_not: bool,
}

impl Keywords {
    fn of(text: &str) -> Self {
        let mut keywords = Keywords::default();
        if !text.contains("future") && !text.contains("rego.v1") {
            return keywords;
        }
        let all: Vec<String> =
            imports(text).map(|(_, target)| target).filter(|target| names_keywords(target)).collect();
        let has = |wanted: &str| all.iter().any(|target| target == wanted);
        keywords.has_not = has("future.keywords") || has("future.keywords.not");
        for target in &all {
            let is_enough = match ["rego.v1", "future.keywords"].into_iter().find(|whole| has(whole)) {
                Some(whole) => target == whole,
                None => true,
            };
            if is_enough && !keywords.kept.contains(target) {
                keywords.kept.push(target.clone());
            } else {
                keywords.is_redundant = true;
            }
        }
        keywords
    }
}

/// Whether some import may stand behind a rule.
fn has_late_import(text: &str) -> bool {
    let is_import = |line: &str| line.trim_start().starts_with("import ");
    let is_before_rules = |line: &str| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#') || line.starts_with("package") || line.starts_with("import")
    };
    let head: usize = text.split_inclusive('\n').take_while(|line| is_before_rules(line)).map(str::len).sum();
    let rules = text.get(head..).unwrap_or_default();
    rules.contains("import ") && rules.lines().any(is_import)
}

/// Where the package is named.
enum PackageName {
    NotSeen,
    /// The text is in its name.
    Open,
    /// The byte behind its name.
    Closed(usize),
}

struct Writer {
    out: PreparedText,
    line: u32,
    column: u32,
    has_blocks: bool,
    /// The imports of keywords that are still to be written; the others are left out. None keeps them all.
    kept: Option<Vec<String>>,
    changed: bool,
    package: PackageName,
    /// Something other than the package and imports was seen.
    has_rules: bool,
    /// Imports that stand behind a rule.
    late_imports: String,
}

/// How deep templates may stand in each other.
const DEEPEST: usize = 16;

impl Writer {
    /// Copies what stands in the author's text too.
    fn copy(&mut self, text: &str) {
        for character in text.chars() {
            self.out.text.push(character);
            if character == '\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
    }

    /// Writes something in the place of what takes so many columns there.
    fn replace(&mut self, text: &str, columns: usize) {
        self.changed = true;
        self.out.text.push_str(text);
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        self.column = self.column.saturating_add(length);
        let by = length.saturating_sub(u32::try_from(columns).unwrap_or(u32::MAX));
        self.out.shifts.entry(self.line).or_default().push((self.column, by));
    }

    /// Code, up to its end or to the bracket that closes a template's expression. None where the text is not
    /// well-formed: the parser says what is wrong with the author's.
    fn code(&mut self, rest: &mut &str, end: Option<usize>) -> Option<()> {
        // Of each open bracket, whether it is a block under `not`.
        let mut open: Vec<bool> = Vec::new();
        let mut before = ' ';
        let mut after_not = false;
        let mut begins_line = true;
        while let Some(character) = rest.chars().next() {
            let is_blank = character.is_whitespace();
            if matches!(self.package, PackageName::Open) && matches!(character, '\n' | '#' | ';') {
                self.package = PackageName::Closed(self.out.text.len());
            }
            match character {
                '#' => {
                    let length = rest.find('\n').unwrap_or(rest.len());
                    self.take(rest, length);
                }
                '"' => self.string(rest)?,
                '`' => {
                    let length = rest.get(1..)?.find('`')? + 2;
                    self.take(rest, length);
                }
                '$' if rest.starts_with("$\"") || rest.starts_with("$`") => self.template(rest, end.unwrap_or(0))?,
                '}' if open.is_empty() && end.is_some() => return Some(()),
                '{' if after_not && self.has_blocks => {
                    open.push(true);
                    *rest = rest.get(1..)?;
                    self.replace("internal.holds([true | ", 1);
                }
                '(' | '[' | '{' => {
                    open.push(false);
                    self.take(rest, 1);
                }
                ')' | ']' | '}' => {
                    if open.pop() == Some(true) {
                        *rest = rest.get(1..)?;
                        // A block ends its statement: what is a difference behind a call is a number of its own here.
                        self.replace(if is_followed_by_minus(rest) { "]);" } else { "])" }, 1);
                    } else {
                        self.take(rest, 1);
                    }
                }
                word if word.is_alphanumeric() || word == '_' => {
                    if end.is_none() && open.is_empty() && begins_line && self.begin(rest) {
                        continue;
                    }
                    let end = rest.find(|character: char| !(character.is_alphanumeric() || character == '_'));
                    let (word, behind) = rest.split_at(end.unwrap_or(rest.len()));
                    if before != '.' && behind.starts_with('.') && KEYWORDS.contains(&word) {
                        self.replace(&format!("{NAMED}{word}"), word.len());
                        *rest = behind;
                    } else {
                        self.take(rest, word.len());
                    }
                    after_not = word == "not" && before != '.';
                    before = 'w';
                    begins_line = false;
                    continue;
                }
                other => self.take(rest, other.len_utf8()),
            }
            after_not = after_not && is_blank;
            before = character;
            begins_line = character == '\n' || begins_line && is_blank;
        }
        Some(())
    }

    /// What begins at this word, outside of all brackets. An import behind a rule is left out here, and so is one that
    /// says again what another says.
    fn begin(&mut self, rest: &mut &str) -> bool {
        if rest.starts_with("package ") {
            self.package = PackageName::Open;
            return false;
        }
        let Some(target) = import(rest.lines().next().unwrap_or_default()) else {
            self.has_rules = true;
            return false;
        };
        let is_redundant = self.is_redundant(&target);
        if !self.has_rules && !is_redundant {
            return false;
        }
        let length = rest.find(['\n', '#', ';']).unwrap_or(rest.len());
        let statement = rest.get(..length).unwrap_or_default().trim_end();
        if !is_redundant {
            self.late_imports.push(' ');
            self.late_imports.push_str(statement);
        }
        self.changed = true;
        *rest = rest.get(statement.len()..).unwrap_or_default();
        true
    }

    fn is_redundant(&mut self, target: &str) -> bool {
        let Some(kept) = self.kept.as_mut().filter(|_| names_keywords(target)) else { return false };
        match kept.iter().position(|kept| kept == target) {
            Some(index) => {
                kept.remove(index);
                false
            }
            None => true,
        }
    }

    /// The library wants imports before the rules; to OPA they are one module's wherever they stand.
    fn move_imports(&mut self) {
        if let PackageName::Closed(end) = self.package {
            self.out.text.insert_str(end, &self.late_imports);
        }
    }

    fn take(&mut self, rest: &mut &str, length: usize) {
        let (taken, behind) = rest.split_at_checked(length).unwrap_or((*rest, ""));
        self.copy(taken);
        *rest = behind;
    }

    fn string(&mut self, rest: &mut &str) -> Option<()> {
        let mut escaped = true;
        let end = rest.char_indices().find(|(_, character)| {
            let ends = *character == '"' && !escaped;
            escaped = *character == '\\' && !escaped;
            ends
        });
        self.take(rest, end?.0 + 1);
        Some(())
    }

    /// `$"text {expression}"`: a call with texts, and sets with the values of the expressions.
    fn template(&mut self, rest: &mut &str, depth: usize) -> Option<()> {
        if depth >= DEEPEST {
            return None;
        }
        let quote = rest.chars().nth(1)?;
        let quoted = quote.to_string();
        self.replace(&format!("internal.template_string([{quoted}"), 2);
        *rest = rest.get(2..)?;
        loop {
            let character = rest.chars().next()?;
            match character {
                '\\' if rest.starts_with("\\{") => {
                    self.replace("{", 2);
                    *rest = rest.get(2..)?;
                }
                '\\' if quote == '"' => {
                    let length = 1 + rest.chars().nth(1)?.len_utf8();
                    self.take(rest, length);
                }
                '{' if literal_number(rest).is_some() => {
                    let (literal, length) = literal_number(rest)?;
                    self.replace(literal, length);
                    *rest = rest.get(length..)?;
                }
                '{' => {
                    *rest = rest.get(1..)?;
                    self.replace(&format!("{quoted}, {{template_value | template_value := "), 1);
                    self.code(rest, Some(depth + 1))?;
                    *rest = rest.strip_prefix('}')?;
                    self.replace(&format!("}}, {quoted}"), 1);
                }
                end if end == quote => {
                    *rest = rest.get(1..)?;
                    self.replace(&format!("{quoted}])"), 1);
                    return Some(());
                }
                '\n' if quote == '"' => return None,
                other => self.take(rest, other.len_utf8()),
            }
        }
    }
}

/// Whether the next statement, on a line of its own, begins with a minus.
fn is_followed_by_minus(rest: &str) -> bool {
    let mut lines = rest.lines();
    let code = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    let is_alone = lines.next().is_some_and(|line| code(line).is_empty());
    is_alone && lines.map(code).find(|line| !line.is_empty()).is_some_and(|line| line.starts_with('-'))
}

/// The number in an expression of a template that is nothing else, and the length of the expression with its brackets:
/// it is shown as it is spelled.
fn literal_number(text: &str) -> Option<(&str, usize)> {
    let (inner, _) = text.strip_prefix('{')?.split_once('}')?;
    let literal = inner.trim_matches(' ');
    let is_number = matches!(serde_json::from_str(literal), Ok(serde_json::Value::Number(_)));
    is_number.then_some((literal, inner.len() + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        prepare(source).map_or_else(|| source.to_owned(), |prepared| prepared.text)
    }

    #[test]
    fn what_the_parser_knows_stays() {
        for source in
            ["x := input.default", "x := \"default.a\" # not.b", "y := `$\"{x}\"`", "z if not { 1 }", "a.in.b"]
        {
            assert_eq!(text(source), source);
        }
    }

    #[test]
    fn keywords_before_a_dot_are_names() {
        assert_eq!(text("x := default.a + f(in.b)"), "x := keyword__default.a + f(keyword__in.b)");
    }

    #[test]
    fn imports_behind_rules_go_to_the_package() {
        assert_eq!(
            text(
                "# x\npackage a # y\nimport data.b\nx := 1\nimport data.c as d # z\n\n  import rego.v1\ny := `\nimport data.e`"
            ),
            "# x\npackage a  import data.c as d import rego.v1# y\nimport data.b\nx := 1\n # z\n\n  \ny := `\nimport data.e`"
        );
    }

    #[test]
    fn keywords_are_imported_once() {
        assert_eq!(
            text(
                "package a\nimport rego.v1\nimport future.keywords.in # x\nimport future.keywords\nimport data.b\nx := 1"
            ),
            "package a\nimport rego.v1\n # x\n\nimport data.b\nx := 1"
        );
        assert_eq!(
            text("package a\nimport future.keywords.in\nimport future.keywords.in\nimport future.keywords.if"),
            "package a\nimport future.keywords.in\n\nimport future.keywords.if"
        );
    }

    #[test]
    fn all_keywords_are_with_not() {
        for line in ["future.keywords", "future.keywords.not # x", "future.keywords[\"not\"]"] {
            assert!(prepare(&format!("package a\nimport {line}\n")).unwrap().negates_bodies, "{line}");
        }
        assert!(prepare("package a\nimport future.keywords.in\n").is_none());
    }

    #[test]
    fn templates_become_calls() {
        assert_eq!(
            text(r#"m := $"a \{ {x["}"]} {$"{y}"}""#),
            concat!(
                r#"m := internal.template_string(["a { ", {template_value | template_value := x["}"]}, " ", "#,
                r#"{template_value | template_value := internal.template_string(["", "#,
                r#"{template_value | template_value := y}, ""])}, ""])"#
            )
        );
    }

    #[test]
    fn blocks_under_not_are_asked_whether_they_hold() {
        let followed = "import future.keywords.not\nx if {\n not { a } # -\n\n -1 == b }";
        assert!(text(followed).contains("internal.holds([true |  a ]); # -\n"), "{}", text(followed));
        let source = "import future.keywords.not\nx if not { a; b[{1}] }";
        let expected = "import future.keywords.not\nx if not internal.holds([true |  a; b[{1}] ])";
        assert_eq!(text(source), expected);
    }

    #[test]
    fn columns_lead_back_to_the_authors_text() {
        let prepared = prepare("x := default.a + b").unwrap();
        let column = u32::try_from(prepared.text.find("+ b").unwrap()).unwrap() + 1;
        assert_eq!(prepared.original(Position { line: 1, column }), Position { line: 1, column: 16 });
        assert_eq!(prepared.original(Position { line: 1, column: 1 }), Position { line: 1, column: 1 });
    }
}
