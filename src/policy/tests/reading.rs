//! Policies and data from files and directories.

use std::fs;
use std::path::Path;

use super::*;

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn names(path: &Path) -> Vec<String> {
    let sources = read_directory(path, &Limits::default()).unwrap();
    sources.iter().map(|source| source.path.rsplit('/').next().unwrap().to_owned()).collect()
}

const DENY: &str = "package main\ndeny contains \"x\"";

#[test]
fn policies_are_read_sorted_and_without_tests() {
    let directory = directory(&[
        ("b/c.rego", DENY),
        ("a.rego", DENY),
        ("a_test.rego", DENY),
        ("data.json", "{}"),
        ("data.yaml", "a: 1"),
        ("README.md", "x"),
    ]);
    assert_eq!(names(directory.path()), ["a.rego", "c.rego"]);
    assert_eq!(names(&directory.path().join("a.rego")), ["a.rego"]);
    let tests = read_tests(directory.path(), &Limits::default()).unwrap();
    assert_eq!(tests.len(), 1);
    let error = read_directory(&directory.path().join("a_test.rego"), &Limits::default()).unwrap_err();
    told(&error, "Nothing", &["a_test.rego"]);
    let policies = load(&read_directory(directory.path(), &Limits::default()).unwrap()).unwrap();
    assert_eq!(policies.rules().len(), 1);
}

#[test]
fn a_directory_without_policies_is_a_defect() {
    let empty = directory(&[("data.json", "{}")]);
    told(&read_directory(empty.path(), &Limits::default()).unwrap_err(), "Nothing", &[&empty.path().to_string_lossy()]);
    told(&read_directory(Path::new("/nonexistent/p"), &Limits::default()).unwrap_err(), "Read", &["/nonexistent/p"]);
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out() {
    use std::os::unix::fs::symlink;
    let outside = directory(&[("secret.rego", DENY)]);
    let inside = directory(&[("..2024/a.rego", DENY)]);
    symlink(inside.path().join("..2024"), inside.path().join("..data")).unwrap();
    symlink("..data/a.rego", inside.path().join("a.rego")).unwrap();
    assert_eq!(names(inside.path()), ["a.rego"]);
    symlink(inside.path(), inside.path().join("loop")).unwrap();
    assert_eq!(names(inside.path()), ["a.rego"]);
    // Another name of the same file does not hide it as a test.
    symlink("a.rego", inside.path().join("a_test.rego")).unwrap();
    assert_eq!(names(inside.path()), ["a.rego"]);
    symlink(outside.path().join("secret.rego"), inside.path().join("b.rego")).unwrap();
    told(&read_directory(inside.path(), &Limits::default()).unwrap_err(), "Read", &["/b.rego"]);
    fs::remove_file(inside.path().join("b.rego")).unwrap();
    symlink(outside.path(), inside.path().join("c")).unwrap();
    let link = inside.path().join("c");
    let error = read_directory(inside.path(), &Limits::default()).unwrap_err();
    assert!(matches!(&error, PolicyDefect::Read { path, .. } if Path::new(path) == link), "{error:?}");
}

// A45: a path must not make a request.
#[test]
fn only_local_files_are_read() {
    for path in [
        "https://example.org/p.rego",
        "\\\\host\\share\\p.rego",
        "//host/share",
        "file:///etc/p.rego",
        "git::https://x",
    ] {
        // Without having looked: nothing says what the system has to say of it.
        let not_there = std::io::Error::from(std::io::ErrorKind::NotFound).to_string();
        for error in [
            read_directory(Path::new(path), &Limits::default()).unwrap_err(),
            read_data(Path::new(path), &Limits::default()).unwrap_err(),
        ] {
            told(&error, "Read", &[path]);
            assert!(!error.to_string().contains("os error") && !error.to_string().contains(&not_there), "{error}");
        }
    }
}

#[test]
fn files_are_bounded_text() {
    let directory = directory(&[("a.rego", DENY), ("d.json", "{}"), ("d.txt", "{}")]);
    let limits = Limits { policy_bytes: 10, ..Limits::default() };
    told(&read_directory(directory.path(), &limits).unwrap_err(), "Read", &["a.rego: ", " 10 "]);
    told(&Policies::load(of(&[user("p.rego", DENY)]), &limits).unwrap_err(), "Read", &["p.rego: ", " 10 "]);
    assert!(read_data(&directory.path().join("d.json"), &limits).is_ok());
    told(
        &read_data(&directory.path().join("d.txt"), &limits).unwrap_err(),
        "Read",
        &["d.txt", ".json", ".yaml", ".yml"],
    );
    fs::write(directory.path().join("a.rego"), [0xff, 0xfe]).unwrap();
    told(&read_directory(directory.path(), &Limits::default()).unwrap_err(), "Read", &["a.rego: ", "UTF-8"]);
    told(&read_directory(Path::new("/dev/null"), &Limits::default()).unwrap_err(), "Nothing", &["/dev/null"]);
}
