//! Who imports whom, file by file: what each file names of which other file of the same crate.
//!
//! A module is the file that defines it. A name counts for the file where it is found, and where that file only passes it
//! on (`use`), also for the file that it comes from. What names nothing of another file is no import: `mod x;`, a
//! re-export that the file itself has no use for, and a method of a value.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::tokens::{Token, tokens, without_tests};

/// From each file to the files that it imports, and by which name.
pub type Graph = BTreeMap<String, BTreeMap<String, String>>;

type ModulePath = Vec<String>;

/// One name that a `use` brings into a file.
struct Use {
    name: String,
    path: ModulePath,
    public: bool,
}

/// A file of the crate, read.
struct File {
    relative: String,
    uses: Vec<Use>,
    /// The code without its `use` items.
    rest: Vec<Token>,
}

/// The modules of one crate by their paths; the root has none.
struct Crate(BTreeMap<ModulePath, File>);

/// The graph of the crate whose root is `main` in `folder`.
pub fn graph(root: &Path, folder: &str, main: &str) -> Graph {
    let mut files = BTreeMap::new();
    read(root, &format!("{folder}/{main}"), Vec::new(), &format!("{folder}/"), &mut files);
    let whole = Crate(files);
    whole.0.keys().map(|module| (whole.0[module].relative.clone(), whole.imports(module))).collect()
}

/// Reads a file and the modules that it declares, which are in `folder`.
fn read(root: &Path, relative: &str, module: ModulePath, folder: &str, files: &mut BTreeMap<ModulePath, File>) {
    let text = fs::read_to_string(root.join(relative)).unwrap();
    let tokens = without_tests(&tokens(&text));
    for words in tokens.windows(3).filter(|words| words[0] == "mod") {
        assert!(words[2] == ";", "{relative}: the module {} has no file of its own", words[1]);
        let below = format!("{folder}{}/", words[1]);
        let beside = format!("{folder}{}.rs", words[1]);
        let child = if root.join(&beside).exists() { beside } else { format!("{below}mod.rs") };
        let path = module.iter().chain([&words[1]]).cloned().collect();
        read(root, &child, path, &below, files);
    }
    let (uses, rest) = split(&tokens);
    files.insert(module, File { relative: relative.to_owned(), uses, rest });
}

/// The `use` items of a file, and its other code.
fn split(tokens: &[Token]) -> (Vec<Use>, Vec<Token>) {
    let (mut uses, mut rest, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        // `use<'a>` is a bound of a type and imports nothing.
        if tokens[at] != "use" || tokens[at + 1] == "<" {
            rest.push(tokens[at].clone());
            at += 1;
            continue;
        }
        let public = at > 0 && (tokens[at - 1] == "pub" || tokens[at - 1] == ")");
        let end = at + tokens[at..].iter().position(|token| token == ";").unwrap();
        tree(&tokens[at + 1..end], &[], public, &mut uses);
        at = end + 1;
    }
    (uses, rest)
}

/// The names of a tree of imports: `a::{b, c::{self, d as e}}`.
fn tree(tokens: &[Token], above: &[String], public: bool, uses: &mut Vec<Use>) {
    let mut path = above.to_vec();
    for (at, token) in tokens.iter().enumerate() {
        match token.as_str() {
            "::" => {}
            "{" => {
                for branch in branches(&tokens[at + 1..tokens.len() - 1]) {
                    tree(branch, &path, public, uses);
                }
                return;
            }
            "self" if !path.is_empty() => {}
            "as" => {
                uses.push(Use { name: tokens[at + 1].clone(), path, public });
                return;
            }
            _ => path.push(token.clone()),
        }
    }
    if let Some(name) = path.last().cloned() {
        uses.push(Use { name, path, public });
    }
}

fn branches(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    let commas = |token: &Token| {
        depth += i32::from(token == "{") - i32::from(token == "}");
        depth == 0 && token == ","
    };
    tokens.split(commas).filter(|branch| !branch.is_empty()).collect()
}

impl Crate {
    fn imports(&self, module: &ModulePath) -> BTreeMap<String, String> {
        let file = &self.0[module];
        let mut named: Vec<&[String]> = Vec::new();
        let paths = paths(&file.rest);
        for import in &file.uses {
            let needed = || paths.iter().any(|path| path[0] == import.name);
            if !import.public || needed() {
                named.push(&import.path);
            }
        }
        named.extend(paths.iter().filter(|path| path.len() > 1).map(Vec::as_slice));
        let mut found = BTreeMap::new();
        for path in named {
            for target in self.files_of(module, path) {
                found.entry(target).or_insert_with(|| path.join("::"));
            }
        }
        found.remove(&file.relative);
        found
    }

    /// The files that a path leads through from a module: where its name is found, and where that comes from.
    fn files_of(&self, module: &ModulePath, path: &[String]) -> BTreeSet<String> {
        let (mut found, mut module, mut path) = (BTreeSet::new(), module.clone(), path.to_vec());
        // A name is passed on a few times at most; `use time::time` would go on for ever.
        for _ in 0..8 {
            let (reached, rest) = self.walk(&module, &path);
            let file = &self.0[&reached];
            found.insert(file.relative.clone());
            let Some(passed_on) = file.uses.iter().find(|import| rest.first() == Some(&import.name)) else { break };
            path = passed_on.path.iter().chain(rest.iter().skip(1)).cloned().collect();
            module = reached;
        }
        found
    }

    /// The module that a path leads to, and what is left of the path there; of another crate it stays where it is.
    fn walk(&self, module: &ModulePath, path: &[String]) -> (ModulePath, Vec<String>) {
        let mut reached = module.clone();
        for (at, segment) in path.iter().enumerate() {
            match segment.as_str() {
                "crate" => reached.clear(),
                "super" => drop(reached.pop()),
                "self" => {}
                name => {
                    reached.push(name.to_owned());
                    if !self.0.contains_key(&reached) {
                        reached.pop();
                        return (reached, path[at..].to_vec());
                    }
                }
            }
        }
        (reached, Vec::new())
    }
}

/// The paths in code: `a`, `a::b`, `crate::a::b`. What follows a dot or the word `fn` is no path; nor is it an import to
/// say who may see something, as `pub(in crate::a)` does.
fn paths(tokens: &[Token]) -> Vec<Vec<String>> {
    let is_name = |token: &Token| token.starts_with(|first: char| first.is_alphabetic() || first == '_');
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let follows =
            |words: &[&str]| tokens[..at].iter().rev().zip(words.iter().rev()).all(|(token, word)| token == word);
        let is_no_path = [&["."] as &[&str], &["fn"], &["::"], &["mod"], &["pub", "(", "in"]]
            .iter()
            .any(|words| at > 0 && follows(words));
        let starts = is_name(&tokens[at]) && !is_no_path;
        if !starts {
            at += 1;
            continue;
        }
        let mut path = vec![tokens[at].clone()];
        at += 1;
        while at + 1 < tokens.len() && tokens[at] == "::" && is_name(&tokens[at + 1]) {
            path.push(tokens[at + 1].clone());
            at += 2;
        }
        found.push(path);
    }
    found
}

/// The files of each circle, with the imports that make it.
pub fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|file| (file, reached(graph, file))).collect();
    let mut circles = BTreeSet::new();
    for file in graph.keys().filter(|file| reach[file].contains(file)) {
        let circle: Vec<&String> = reach[file].iter().filter(|other| reach[*other].contains(file)).copied().collect();
        circles.insert(circle);
    }
    let told = |file: &String, circle: &[&String]| {
        let within = graph[file].iter().filter(|(other, _)| circle.contains(other));
        let within: Vec<String> = within.map(|(other, name)| format!("{other} ({name})")).collect();
        format!("{file} -> {}", within.join(", "))
    };
    circles.iter().map(|circle| circle.iter().map(|file| told(file, circle)).collect()).collect()
}

fn reached<'a>(graph: &'a Graph, from: &String) -> BTreeSet<&'a String> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&String> = graph[from].keys().collect();
    while let Some(file) = next.pop() {
        if reached.insert(file) {
            next.extend(graph[file].keys());
        }
    }
    reached
}
