//! `ocigate test`: the tests of policies, the bundled ones and the user's.

use std::io::Write as _;

use ocigate::limits::Limits;
use ocigate::output::sanitize::{block, line};
use ocigate::policy::{self, PolicySources, Set, tester};

use super::super::args::Test;
use super::super::clock::wall_time;
use super::super::console::print;
use super::super::exit::Exit;
use super::super::setup;

pub fn run(arguments: &Test) -> anyhow::Result<Exit> {
    let limits = Limits::default();
    let (modules, data) = policy::bundled();
    let bundled = PolicySources { modules, data, ..PolicySources::default() };
    let now = wall_time();
    // The bundled tests are about the bundled settings.
    let mut outcomes = tester::test(&bundled, &policy::bundled_tests(), &limits, now)?;
    for (_, set) in Set::NAMES {
        let mut sources = bundled.clone();
        let (modules, data) = set.sources();
        sources.modules.extend(modules);
        sources.data.extend(data);
        outcomes.extend(tester::test(&sources, &set.tests(), &limits, now)?);
    }
    if !arguments.directories.is_empty() {
        let mut sources = bundled;
        if let Some(name) = &arguments.rego_version {
            sources.version = setup::rego_version(name)?;
        }
        let mut tests = Vec::new();
        for directory in &arguments.directories {
            sources.modules.extend(policy::read_directory(directory, &limits)?);
            tests.extend(policy::read_tests(directory, &limits)?);
        }
        for path in &arguments.data {
            sources.data.push(policy::read_data(path, &limits)?);
        }
        outcomes.extend(tester::test(&sources, &tests, &limits, now)?);
    }
    let mut listing = Vec::new();
    let mut failed = 0;
    for outcome in &outcomes {
        use tester::TestStatus;
        let (word, detail) = match &outcome.status {
            TestStatus::Passed => continue,
            TestStatus::Skipped => ("skipped", String::new()),
            TestStatus::Failed => ("FAILED", String::new()),
            TestStatus::Errored(message) => ("ERROR", format!(": {}", block(message))),
        };
        failed += usize::from(word != "skipped");
        writeln!(listing, "{word}  {}.{}{detail}", line(&outcome.package), line(&outcome.name))?;
    }
    writeln!(listing, "{} tests, {failed} failed", outcomes.len())?;
    print(&listing)?;
    Ok(if failed == 0 && !outcomes.is_empty() { Exit::Pass } else { Exit::Fail })
}
