//! Reads policies and data from the places that the user names: files and directories of this machine,
//! bounded, never through a link that leads out of the named directory.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::defect::PolicyDefect;
use super::{DataFile, Origin, PolicyFile};
use crate::limits::Limits;
use crate::oci::Notation;

/// Files that one directory of policies may hold, of any kind.
const MOST_FILES: usize = 10_000;
/// Levels of directories.
const DEEPEST: usize = 32;

const TEST_SUFFIX: &str = "_test.rego";

/// The policies that `--policy` names: one file, or all `*.rego` below a directory without the tests.
pub fn read_directory(path: &Path, limits: &Limits) -> Result<Vec<PolicyFile>, PolicyDefect> {
    let sources = read(path, limits, |name| !name.ends_with(TEST_SUFFIX))?;
    if sources.is_empty() {
        let hint = format!(
            "expected a `*.rego` file or a directory of them (files ending in `{TEST_SUFFIX}` are tests and do not count)"
        );
        return Err(PolicyDefect::Nothing { path: shown(path), expected: "policies", hint });
    }
    Ok(sources)
}

/// The tests (`*_test.rego`) in the file or below the directory.
pub fn read_tests(path: &Path, limits: &Limits) -> Result<Vec<PolicyFile>, PolicyDefect> {
    let sources = read(path, limits, |name| name.ends_with(TEST_SUFFIX))?;
    if sources.is_empty() {
        let hint = format!("expected files ending in `{TEST_SUFFIX}` with rules `test_…`");
        return Err(PolicyDefect::Nothing { path: shown(path), expected: "tests", hint });
    }
    Ok(sources)
}

/// The data file that `--data` names: JSON, or YAML if its name ends in `.yaml` or `.yml`.
pub fn read_data(path: &Path, limits: &Limits) -> Result<DataFile, PolicyDefect> {
    check_local(path)?;
    let known = ["json", "yaml", "yml"];
    if !path.extension().is_some_and(|extension| known.iter().any(|known| extension == *known)) {
        return Err(failed(path, "expected a name ending in .json, .yaml or .yml"));
    }
    let text = read_file(path, limits)?;
    let name = shown(path);
    Ok(DataFile { format: Notation::of(&name), path: name, text, origin: Origin::User })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn failed(path: &Path, reason: impl ToString) -> PolicyDefect {
    PolicyDefect::Read { path: shown(path), reason: reason.to_string() }
}

/// Windows opens a network share, and sends a password's hash there, for a path such as `\\host\share`
/// (CVE-2024-8260); and nothing here fetches a URL.
fn check_local(path: &Path) -> Result<(), PolicyDefect> {
    let text = path.to_string_lossy();
    if text.contains("://") || text.starts_with("\\\\") || text.starts_with("//") {
        return Err(failed(
            path,
            "expected a local file or directory, found a URL or a network path: download it first",
        ));
    }
    Ok(())
}

fn read(path: &Path, limits: &Limits, wanted: impl Fn(&str) -> bool) -> Result<Vec<PolicyFile>, PolicyDefect> {
    check_local(path)?;
    let root = fs::canonicalize(path).map_err(|error| failed(path, error))?;
    let mut found = Found::new();
    if root.is_dir() {
        let mut seen = 0;
        gather(&root, path, 0, &mut seen, &mut found)?;
    } else {
        found.insert(root, vec![path.to_owned()]);
    }
    let wanted = |file: &PathBuf| {
        // `Q.REGO` is a policy too: what looks like one is never passed over.
        let name = file.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        name.ends_with(".rego") && wanted(&name)
    };
    let shortest = |names: Vec<PathBuf>| {
        names.into_iter().filter(wanted).min_by_key(|name| (name.as_os_str().len(), name.clone()))
    };
    let mut files: Vec<PathBuf> = found.into_values().filter_map(shortest).collect();
    files.sort();
    let source = |file: PathBuf| {
        let text = read_file(&file, limits)?;
        Ok(PolicyFile { path: shown(&file), text, origin: Origin::User, root: Some(shown(path)) })
    };
    files.into_iter().map(source).collect()
}

/// All names of each file, by its real place: a file that a link names again is read once, as in a mounted
/// ConfigMap.
type Found = BTreeMap<PathBuf, Vec<PathBuf>>;

fn gather(
    root: &Path,
    directory: &Path,
    depth: usize,
    seen: &mut usize,
    found: &mut Found,
) -> Result<(), PolicyDefect> {
    if depth > DEEPEST {
        return Err(failed(directory, format!("more than {DEEPEST} levels of directories")));
    }
    let entries = fs::read_dir(directory).map_err(|error| failed(directory, error))?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| failed(directory, error))?.path());
        *seen += 1;
        if *seen > MOST_FILES {
            return Err(failed(
                directory,
                format!("more than {MOST_FILES} files: name the directory of the policies itself"),
            ));
        }
    }
    paths.sort();
    for path in paths {
        let kind = fs::symlink_metadata(&path).map_err(|error| failed(&path, error))?.file_type();
        let is_policy = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("rego"));
        if kind.is_symlink() {
            let target = fs::canonicalize(&path);
            if target.as_ref().is_ok_and(|target| target.is_dir()) {
                // What it holds is reached under its own name, or lies outside.
                if target.is_ok_and(|target| !target.starts_with(root)) {
                    return Err(failed(
                        &path,
                        "a link to a directory outside of the directory of policies: name that directory with its own --policy",
                    ));
                }
            } else if is_policy {
                let target = target.map_err(|error| failed(&path, error))?;
                if !target.starts_with(root) {
                    return Err(failed(
                        &path,
                        "a link to a file outside of the directory of policies: name that file with its own --policy",
                    ));
                }
                found.entry(target).or_default().push(path);
            }
        } else if kind.is_dir() {
            gather(root, &path, depth + 1, seen, found)?;
        } else if is_policy {
            let real = fs::canonicalize(&path).map_err(|error| failed(&path, error))?;
            found.entry(real).or_default().push(path);
        }
    }
    Ok(())
}

fn read_file(path: &Path, limits: &Limits) -> Result<String, PolicyDefect> {
    // Before it is opened: opening a pipe would wait for its other end.
    if !fs::metadata(path).map_err(|error| failed(path, error))?.is_file() {
        return Err(failed(path, "expected a regular file"));
    }
    let file = fs::File::open(path).map_err(|error| failed(path, error))?;
    let mut bytes = Vec::new();
    file.take(limits.policy_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| failed(path, error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limits.policy_bytes {
        return Err(failed(path, format!("larger than {} bytes", limits.policy_bytes)));
    }
    String::from_utf8(bytes).map_err(|_| failed(path, "expected UTF-8 text"))
}
