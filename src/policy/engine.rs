//! The Rego engine behind our own words: the only room that names the library.
//!
//! What goes in: policy texts, a data document, an input document, a time. What comes out: our picture of
//! each syntax tree ([`ParsedModule`]) and, rule by rule, a [`RuleValue`] or a [`Failure`]. The library's
//! traps are closed here: builtins that lose denials or read the environment are replaced (`overrides`),
//! every evaluation has a deadline, and a panic is a failure of one rule.

mod overrides;
mod translate;

use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{Builder, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use regorus::utils::limits::ExecutionTimerConfig;
use regorus::{Engine as Library, LimitError, PolicyLengthConfig, Value, unstable as tree};
use serde::{Deserialize as _, Deserializer};
use time::OffsetDateTime;

use super::defect::PolicyDefect;
use super::metadata::{self, Annotations};
use super::syntax::{At, ParsedModule, dotted};
use super::{rewrite, text};
use crate::limits::Limits;

/// Recursion in the library takes up to 12 KiB a step; this holds every depth that the checks let pass.
const STACK: usize = 64 * 1024 * 1024;

/// Runs this where deep recursion is safe. A panic becomes a defect.
pub(crate) fn on_big_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, PolicyDefect> {
    std::thread::scope(|scope| join(start(scope, work)?))
}

/// Does this for each item side by side, each where deep recursion is safe. The results are in the order of the
/// items; of several errors it is the first.
pub(crate) fn side_by_side<I: Send, T: Send>(
    items: impl IntoIterator<Item = I>,
    work: impl Fn(I) -> Result<T, PolicyDefect> + Sync,
) -> Result<Vec<T>, PolicyDefect> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = items.into_iter().map(|item| start(scope, move || work(item))).collect();
        threads.into_iter().map(|thread| join(thread?)?).collect()
    })
}

fn start<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Result<ScopedJoinHandle<'scope, T>, PolicyDefect> {
    let builder = Builder::new().name("policy".to_owned()).stack_size(STACK);
    builder.spawn_scoped(scope, work).map_err(|error| PolicyDefect::Engine { reason: error.to_string() })
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> Result<T, PolicyDefect> {
    thread.join().map_err(|panic| PolicyDefect::Engine { reason: panic_message(panic.as_ref()) })
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("no message"))
}

/// Number of arguments of a builtin, if the engine has it.
pub(crate) fn builtin_arguments(name: &str) -> Option<usize> {
    tree::BUILTINS.get(name).map(|(_, arguments)| usize::from(*arguments)).or(match name {
        // The first two have become their values by the time of evaluation.
        "rego.metadata.rule" | "rego.metadata.chain" | "opa.runtime" => Some(0),
        "http.send" | "uuid.rfc4122" => Some(1),
        _ => None,
    })
}

/// Whether `with` can replace this builtin.
pub(crate) fn is_replaceable(name: &str) -> bool {
    tree::BUILTINS.contains_key(name)
}

/// Takes in modules and data, and becomes a [`Prepared`] engine.
pub(crate) struct Loader {
    library: Library,
    limits: Limits,
}

impl Loader {
    /// An empty engine.
    pub fn new(limits: &Limits) -> Result<Self, PolicyDefect> {
        let mut library = empty(limits);
        overrides::register(&mut library).map_err(|error| PolicyDefect::Engine { reason: error.to_string() })?;
        Ok(Loader { library, limits: limits.clone() })
    }

    /// Parses one module: as Rego v1, or as v0 if it is that.
    pub fn add(&mut self, path: &str, source: &str) -> Result<(ParsedModule, Annotations), PolicyDefect> {
        let comments = text::scan(path, source)?;
        let before = self.library.clone();
        let module = parse(&mut self.library, path, source)?;
        let annotations = metadata::read(&module, &comments)?;
        if let Some(rewritten) = rewrite::rewritten(source, &module, &annotations) {
            self.library = before;
            parse(&mut self.library, path, &rewritten)?;
        }
        // The picture of the original, so that errors name its lines and columns.
        Ok((module, annotations))
    }

    /// Adds the data document and analyses all modules together.
    pub fn prepare(mut self, data: &serde_json::Value) -> Result<Prepared, PolicyDefect> {
        let data = value(data).map_err(|reason| PolicyDefect::Engine { reason })?;
        self.library.add_data(data).map_err(|error| PolicyDefect::Engine { reason: error.to_string() })?;
        match analyse(&mut self.library) {
            Ok(()) => Ok(Prepared { library: self.library }),
            Err(failure) => {
                let at = failure.at.unwrap_or_else(|| At { path: self.culprits(), line: 1, column: 1 });
                Err(PolicyDefect::Analysis { at, message: failure.message })
            }
        }
    }

    /// The modules that cannot be analysed even alone: one of them poisons the whole engine, and the
    /// library does not always say which.
    fn culprits(&self) -> String {
        let sources = self.library.get_policies().unwrap_or_default();
        let is_bad = |source: &&tree::Source| {
            let mut alone = empty(&self.limits);
            let parsed = parse(&mut alone, source.get_path(), source.get_contents());
            parsed.is_err() || analyse(&mut alone).is_err()
        };
        let bad: Vec<&str> = sources.iter().filter(is_bad).map(|source| source.get_path().as_str()).collect();
        if bad.is_empty() { "the policies together".to_owned() } else { bad.join(", ") }
    }
}

/// Any query makes the library analyse its modules; this one touches no rule.
fn analyse(library: &mut Library) -> Result<(), Failure> {
    library.eval_query("true".to_owned(), false).map(|_| ()).map_err(|error| Failure::from_library(&error.to_string()))
}

fn empty(limits: &Limits) -> Library {
    let mut library = Library::new();
    library.set_strict_builtin_errors(true);
    library.set_gather_prints(true);
    let bytes = usize::try_from(limits.policy_bytes).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MAX);
    library.set_policy_length_config(PolicyLengthConfig {
        // METADATA literals stand on one line, and may be longer than the file.
        max_col: NonZeroU32::MAX,
        max_file_bytes: bytes.saturating_mul(NonZeroUsize::MIN.saturating_add(7)),
        max_lines: bytes,
    });
    library
}

fn parse(library: &mut Library, path: &str, source: &str) -> Result<ParsedModule, PolicyDefect> {
    library.set_rego_v0(false);
    let Err(error) = library.add_policy(path.to_owned(), source.to_owned()) else {
        return newest(library, path);
    };
    let error = error.to_string();
    let defect = || parse_defect(path, &error);
    // Only what Rego v1 forbade and v0 allows: for anything else the v1 error is the better one.
    let may_be_v0 = ["`if` keyword is required", "unexpected keyword", "cannot be shadowed", "shadows previous import"];
    if !may_be_v0.iter().any(|sign| error.contains(sign)) {
        return Err(defect());
    }
    let before = library.clone();
    library.set_rego_v0(true);
    let module = match library.add_policy(path.to_owned(), source.to_owned()) {
        Ok(_) => newest(library, path)?,
        Err(_) => return Err(defect()),
    };
    // v0 reads `deny contains x if { … }` as two rules, one of them named `if`: that is a v1 module.
    let keywords = ["if", "contains", "in", "every"];
    if module.rules.iter().any(|rule| keywords.contains(&rule.name())) {
        *library = before;
        return Err(defect());
    }
    Ok(module)
}

fn newest(library: &mut Library, path: &str) -> Result<ParsedModule, PolicyDefect> {
    let module = library.get_modules().last();
    module
        .map(|module| translate::module(path, module))
        .ok_or_else(|| PolicyDefect::Engine { reason: "a parsed module is missing".to_owned() })
}

fn parse_defect(path: &str, error: &str) -> PolicyDefect {
    let failure = Failure::from_library(error);
    let at = failure.at.unwrap_or(At { path: path.to_owned(), line: 1, column: 1 });
    PolicyDefect::Parse { at, message: failure.message, excerpt: failure.excerpt }
}

/// A JSON document as the library has it. Its own conversion turns an error into "undefined", over which
/// no rule fires.
fn value<'a>(document: impl Deserializer<'a, Error = serde_json::Error>) -> Result<Value, String> {
    Value::deserialize(document).map_err(|error| error.to_string())
}

/// An input document as the library has it.
pub(crate) struct Input(Value);

impl Input {
    /// The document is taken apart meanwhile: two of megabytes each would take twice the memory.
    pub fn of(document: serde_json::Value) -> Result<Self, PolicyDefect> {
        value(document).map(Input).map_err(|reason| PolicyDefect::Engine { reason })
    }
}

/// Modules and data, analysed: evaluated any number of times, from any thread.
pub(crate) struct Prepared {
    library: Library,
}

impl Prepared {
    /// An evaluation over this input at this time.
    pub fn session(&self, input: &Input, now: OffsetDateTime) -> Result<Session, PolicyDefect> {
        let engine = |reason: String| PolicyDefect::Engine { reason };
        let mut library = self.library.clone();
        let nanoseconds =
            i64::try_from(now.unix_timestamp_nanos()).map_err(|_| engine(format!("the time {now} is out of range")))?;
        overrides::register_clock(&mut library, nanoseconds).map_err(|error| engine(error.to_string()))?;
        library.set_input(input.0.clone());
        Ok(Session { fresh: library.clone(), library })
    }
}

/// What a rule came to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RuleValue {
    /// A set; sorted.
    Set(Vec<serde_json::Value>),
    /// Anything else.
    Other(serde_json::Value),
    /// No value at all.
    Undefined,
}

/// Why a rule came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Where, if the library says.
    pub at: Option<At>,
    /// What went wrong.
    pub message: String,
    /// The line.
    pub excerpt: String,
    /// Its time was used up.
    pub timed_out: bool,
}

impl Failure {
    fn of(message: String) -> Self {
        Failure { at: None, message, excerpt: String::new(), timed_out: false }
    }

    /// The library's errors are texts: "\n--> file:line:column\n  |\n3 | code\n  | ^\nerror: reason".
    fn from_library(error: &str) -> Self {
        let at = error.lines().find_map(|line| {
            let mut parts = line.strip_prefix("--> ")?.rsplitn(3, ':');
            let (column, line) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Some(At { path: parts.next()?.to_owned(), line, column })
        });
        let line = at.as_ref().map(|at| format!("{} |", at.line));
        let excerpt =
            line.and_then(|prefix| error.lines().find_map(|line| line.strip_prefix(&prefix))).unwrap_or_default();
        let reason = overrides::bare(error);
        // The library adds its scopes here.
        let reason = reason.split_once(" (path [").map_or(reason.as_str(), |(reason, _)| reason).trim();
        // A limit of the library, which OPA has not.
        let hint = if reason.contains("used before definition") {
            " (if a variable around it has the same name, rename one)"
        } else {
            ""
        };
        // It also tells whole values, and one of them may be a document of megabytes.
        let reason = begin(reason.lines().next().unwrap_or_default(), REASON);
        Failure {
            at,
            message: format!("{reason}{hint}"),
            excerpt: excerpt.trim().chars().take(160).collect(),
            timed_out: false,
        }
    }
}

/// Characters of a reason that are told.
const REASON: usize = 400;

/// The begin of a text, of at most so many characters: what it tells may be a document of megabytes.
pub(super) fn begin(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// One evaluation.
pub(crate) struct Session {
    library: Library,
    /// As it was before the first rule; a panic may leave the other half-way.
    fresh: Library,
}

impl Session {
    /// The values of several rules, each helper evaluated once for all of them. After a failure of any rule
    /// nothing is known of the others: evaluate them one by one.
    pub fn rules<'a>(
        &mut self,
        paths: impl Iterator<Item = &'a [String]>,
        time: Duration,
    ) -> Result<Vec<RuleValue>, Failure> {
        let paths: Vec<String> = paths.map(below_data).collect();
        match self.query(format!("[{}]", paths.join(", ")), time)? {
            Some(Value::Array(values)) if values.len() == paths.len() => {
                values.iter().map(|value| rule_value(Some(value))).collect()
            }
            _ => Err(Failure::of("a rule has no value".to_owned())),
        }
    }

    /// The value of `data.<path>`; `time` is what is left for it.
    pub fn rule(&mut self, path: &[String], time: Duration) -> Result<RuleValue, Failure> {
        self.query(below_data(path), time).and_then(|value| rule_value(value.as_ref()))
    }

    fn query(&mut self, query: String, time: Duration) -> Result<Option<Value>, Failure> {
        let too_long = || Failure { timed_out: true, ..Failure::of("its time is used up".to_owned()) };
        if time.is_zero() {
            return Err(too_long());
        }
        let started = Instant::now();
        let check_interval = NonZeroU32::MIN.saturating_add(255);
        self.library.set_execution_timer_config(ExecutionTimerConfig { limit: time, check_interval });
        match catch_unwind(AssertUnwindSafe(|| self.library.eval_query(query, false))) {
            Ok(Ok(results)) => {
                let result = results.result.into_iter().next().and_then(|result| result.expressions.into_iter().next());
                Ok(result.map(|expression| expression.value))
            }
            Ok(Err(error)) => {
                let timed_out = started.elapsed() >= time
                    || matches!(error.downcast_ref(), Some(LimitError::TimeLimitExceeded { .. }));
                Err(if timed_out { too_long() } else { Failure::from_library(&error.to_string()) })
            }
            Err(panic) => {
                self.library = self.fresh.clone();
                Err(Failure::of(panic_message(panic.as_ref())))
            }
        }
    }

    /// What the rules printed, as "file:line: text".
    pub fn prints(&mut self) -> Vec<String> {
        self.library.take_prints().unwrap_or_default()
    }
}

fn below_data(path: &[String]) -> String {
    dotted(&[&["data".to_owned()], path].concat())
}

fn rule_value(value: Option<&Value>) -> Result<RuleValue, Failure> {
    let json = |value: &Value| serde_json::to_value(value).map_err(|error| Failure::of(error.to_string()));
    match value {
        None | Some(Value::Undefined) => Ok(RuleValue::Undefined),
        Some(Value::Set(items)) => Ok(RuleValue::Set(items.iter().map(json).collect::<Result<_, _>>()?)),
        Some(other) => Ok(RuleValue::Other(json(other)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(text: &str) -> Session {
        let mut loader = Loader::new(&Limits::default()).unwrap();
        loader.add("p.rego", text).unwrap();
        let prepared = loader.prepare(&serde_json::json!({})).unwrap();
        prepared.session(&Input::of(serde_json::json!({})).unwrap(), OffsetDateTime::UNIX_EPOCH).unwrap()
    }

    fn path(rule: &str) -> Vec<String> {
        vec!["main".to_owned(), rule.to_owned()]
    }

    #[test]
    fn a_rule_that_is_not_there_is_no_empty_set() {
        let mut session = session("package main\ndeny contains \"x\" if false\nwarn contains \"y\"");
        let time = Duration::from_secs(5);
        assert_eq!(session.rule(&path("deny"), time), Ok(RuleValue::Set(vec![])));
        assert_eq!(session.rule(&path("warn"), time), Ok(RuleValue::Set(vec!["y".into()])));
        assert_eq!(session.rule(&path("gone"), time), Ok(RuleValue::Undefined));
        let all = [path("deny"), path("gone"), path("warn")];
        let failure = session.rules(all.iter().map(Vec::as_slice), time).unwrap_err();
        assert_eq!(failure.message, "a rule has no value");
    }

    #[test]
    fn a_library_error_is_taken_apart() {
        let error = "\n--> dir/a:b.rego:12:7\n   |\n12 |   x := 1\n   |   ^\nerror: something is wrong";
        let failure = Failure::from_library(error);
        let at = failure.at.unwrap();
        assert_eq!((at.path.as_str(), at.line, at.column), ("dir/a:b.rego", 12, 7));
        assert_eq!((failure.message.as_str(), failure.excerpt.as_str()), ("something is wrong", "x := 1"));
        assert_eq!(Failure::from_library("plain").message, "plain");
    }
}
