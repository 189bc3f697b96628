//! Whether two documents name one run.

use std::collections::BTreeSet;

use crate::evidence::StatedText;

/// What stands before the number of a run in the address of its page.
const BEFORE_NUMBERS: [&str; 7] = ["build", "builds", "job", "jobs", "pipelines", "run", "runs"];

/// Characters from which on a step with a digit can name a run by itself.
const LONG: usize = 6;

/// The identities of the run that one document states.
#[derive(Debug, Default)]
pub(super) struct RunIdentities<'a> {
    texts: BTreeSet<&'a str>,
    /// The steps of addresses that can name a run.
    numbers: BTreeSet<&'a str>,
}

impl<'a> RunIdentities<'a> {
    pub(super) fn of(stated: &'a [StatedText]) -> Self {
        let texts: BTreeSet<&str> = stated.iter().map(|run| run.value.as_str()).collect();
        RunIdentities { numbers: texts.iter().flat_map(|text| numbers_in(text)).collect(), texts }
    }

    /// Whether both state identities, and none of one is one of the other: the same text, or the number of the run in the
    /// address of its page.
    pub(super) fn differ_from(&self, other: &Self) -> bool {
        let share = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| !one.is_disjoint(other);
        let agree = || {
            share(&self.texts, &other.texts) || share(&self.texts, &other.numbers) || share(&self.numbers, &other.texts)
        };
        !self.texts.is_empty() && !other.texts.is_empty() && !agree()
    }
}

/// Of `https://host/…/runs/999/attempts/1` the steps that can name a run: what follows `runs` and its like, the last one,
/// unless it is an attempt's, and long ones with a digit.
fn numbers_in(address: &str) -> Vec<&str> {
    let steps: Vec<&str> = path(address).split('/').collect();
    let before = |index: usize| index.checked_sub(1).and_then(|before| steps.get(before)).copied();
    let may_name_a_run = |(index, step): &(usize, &str)| {
        let is_last = index + 1 == steps.len();
        let follows = before(*index);
        step.contains(|character: char| character.is_ascii_digit())
            && (step.chars().count() >= LONG
                || follows.is_some_and(|word| BEFORE_NUMBERS.contains(&word))
                || follows.is_some_and(|word| is_last && word != "attempts"))
    };
    steps.iter().copied().enumerate().filter(may_name_a_run).map(|(_, step)| step).collect()
}

/// An address without its scheme and host (RFC 3986 §3).
fn path(address: &str) -> &str {
    let Some((scheme, rest)) = address.split_once("://") else { return address };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+.-".contains(&byte));
    match (is_scheme, rest.find('/')) {
        (true, Some(start)) => rest.get(start..).unwrap_or_default(),
        (true, None) => "",
        (false, _) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(values: &[&str]) -> Vec<StatedText> {
        values.iter().map(|value| StatedText { value: (*value).to_owned(), pointer: "/run_id".to_owned() }).collect()
    }

    #[test]
    fn a_run_is_known_by_its_text_or_by_its_number_in_an_address() {
        let page = "https://forge.example.org/o/r/actions/runs/812/attempts/2";
        for (one, other, expected) in [
            (vec!["run-7"], vec!["run-7"], false),
            (vec!["run-7"], vec!["run-8"], true),
            (vec!["run-7", "run-8"], vec!["run-8", "run-9"], false),
            // What states no run contradicts none.
            (vec![], vec!["run-8"], false),
            (vec!["run-7"], vec![], false),
            (vec![page], vec!["812"], false),
            (vec!["812"], vec![page], false),
            (vec![page], vec!["2"], true),
            (vec![page], vec!["813"], true),
            (vec!["https://ci.example.org/pipelines/55"], vec!["55"], false),
            (vec!["https://ci.example.org/team/55"], vec!["55"], false),
            (vec!["https://ci.example.org/team/55/log"], vec!["55"], true),
            (vec!["https://ci.example.org/team/run-20261109/log"], vec!["run-20261109"], false),
            // A host is no run.
            (vec!["https://host55.example.org"], vec!["host55.example.org"], true),
        ] {
            let (a, b) = (ids(&one), ids(&other));
            let (a, b) = (RunIdentities::of(&a), RunIdentities::of(&b));
            assert_eq!(a.differ_from(&b), expected, "{one:?} {other:?}");
            assert_eq!(b.differ_from(&a), expected, "{other:?} {one:?}");
        }
    }
}
