//! What a module looks at, seen on its syntax tree: which words it names, which settings it reads, and whether it looks
//! at the input in a way that no list of words can tell.

use std::collections::BTreeSet;

use super::defect::{PolicyDefect, engine};
use super::modules::parse;
use super::{Origin, PolicyFile};
use crate::limits::Limits;
use crate::rego::{Module, Name, RegoVersion, Site, Term, TermKind, Value, each_term, on_big_stack};

/// The settings that users' policies read, seen on their syntax trees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsRead {
    /// Some policy looks at all of them.
    all: bool,
    named: BTreeSet<String>,
}

impl SettingsRead {
    /// What the users' policies among these read.
    pub fn by(sources: &[PolicyFile], version: RegoVersion, limits: &Limits) -> Result<Self, PolicyDefect> {
        let users: Vec<&PolicyFile> = sources.iter().filter(|source| source.origin == Origin::User).collect();
        let modules = on_big_stack(|| parse(&users, version, limits)).map_err(engine)??;
        let reads: Vec<Reads> = modules.iter().map(Reads::of).collect();
        Ok(SettingsRead {
            all: reads.iter().any(|reads| reads.whole_settings),
            named: reads.into_iter().flat_map(|reads| reads.settings).collect(),
        })
    }

    /// Whether `data.config.<section>` is among them.
    pub fn contains(&self, section: &str) -> bool {
        self.all || self.named.contains(section)
    }
}

/// What a module looks at.
#[derive(Debug, Clone, Default)]
pub(super) struct Reads {
    /// Every segment of a reference and every string.
    pub words: BTreeSet<String>,
    /// It looks at the input as a whole (`walk(input)`, `input[name]`), or at all its documents.
    pub whole_input: bool,
    /// The settings that it reads: `signers` of `data.config.signers`.
    pub settings: BTreeSet<String>,
    /// It looks at the settings, or at the data, as a whole.
    pub whole_settings: bool,
}

impl Reads {
    /// Looks through a module.
    pub fn of(module: &Module) -> Self {
        let mut reads = Reads::default();
        for import in &module.imports {
            reads.path(&import.target, Site::Target);
            reads.whole_input |= names_no_document(&import.target);
        }
        each_term(module, &mut |term, site| reads.term(module, term, site));
        reads
    }

    fn term(&mut self, module: &Module, term: &Term, site: Site) {
        let written: Vec<Name> = match &term.kind {
            TermKind::Value(Value::String(text)) => {
                self.word(text);
                return;
            }
            TermKind::Call(call) => {
                call.function.iter().for_each(|segment| self.word(segment));
                // It reaches every name without writing one.
                self.whole_input |= call.function.iter().map(|name| &**name).eq(["walk"]);
                return;
            }
            TermKind::Var(name) => vec![name.clone()],
            TermKind::Ref(terms) => match terms.first().map(|head| &head.kind) {
                Some(TermKind::Var(head)) => {
                    let behind = terms.iter().skip(1).map_while(Term::text);
                    std::iter::once(head.clone()).chain(behind).collect()
                }
                _ => return,
            },
            _ => return,
        };
        let import = written.first().and_then(|first| module.imports.iter().find(|import| import.alias == *first));
        let path = match import {
            Some(import) => import.target.iter().chain(written.iter().skip(1)).cloned().collect(),
            None => written,
        };
        self.path(&path, site);
        self.whole_input |= site == Site::Value && names_no_document(&path);
    }

    fn path(&mut self, path: &[Name], site: Site) {
        path.iter().for_each(|segment| self.word(segment));
        let segments: Vec<&str> = path.iter().map(|segment| &**segment).collect();
        match segments.as_slice() {
            ["data", "config", section, ..] => {
                self.settings.insert((*section).to_owned());
            }
            ["data"] | ["data", "config"] if site == Site::Value => self.whole_settings = true,
            _ => {}
        }
    }

    fn word(&mut self, word: &str) {
        if !self.words.contains(word) {
            self.words.insert(word.to_owned());
        }
    }
}

/// Whether this is the input, or all its documents, and what of it is meant is not written out.
fn names_no_document(path: &[Name]) -> bool {
    match path.iter().map(|segment| &**segment).collect::<Vec<_>>().as_slice() {
        [root] => *root == "input",
        [root, member] => *root == "input" && (*member == "proven" || *member == "attached"),
        _ => false,
    }
}
