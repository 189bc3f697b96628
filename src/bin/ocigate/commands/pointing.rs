//! From references and pointers to what is judged. A pointer picks the digest; the repository comes from the
//! command line or the configuration.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ocigate::capsule::FileRole;
use ocigate::limits::Limits;
use ocigate::oci::{LayoutSelector, Reference, Repository};
use ocigate::pointer::Pointer;

use super::super::args::{AccessFlags, Gate};
use super::super::config::LoadedConfig;
use super::super::files::Files;
use super::super::registries;
use super::super::task::Task;
use super::listing::{self, SubjectRequest};

/// Everything to judge, in the order of the command line.
pub fn tasks(
    arguments: &Gate,
    references: &[Reference],
    loaded: &LoadedConfig,
    limits: &Limits,
) -> anyhow::Result<Vec<Task>> {
    let configured = configured(loaded)?;
    let places = registries::evidence_from(&arguments.access, loaded)?;
    let places: Vec<Repository> = places.into_iter().map(|(repository, _)| repository).collect();
    let read = |path: &PathBuf| read(path, &places, limits, &loaded.files);
    match (arguments.pointing.pointers.as_slice(), references) {
        ([], _) => {
            let plain = |SubjectRequest { reference, stands_for, require_digest }| Task {
                reference,
                pointer: None,
                is_refused: false,
                bound_as: stands_for.clone().filter(|own| arguments.access.of_layouts() != Some(own)),
                stands_for,
                require_digest,
            };
            Ok(listing::named(arguments, references)?.into_iter().map(plain).collect())
        }
        (pointers, []) => {
            let expected = expected(arguments.pointing.repository.as_ref(), configured)?;
            pointers.iter().map(|path| named(read(path)?, &expected)).collect()
        }
        ([path], [reference]) => Ok(vec![held_against(read(path)?, reference, &arguments.access)?]),
        _ => bail!(
            "expected one --pointer for one REFERENCE, or pointers alone: which pointer is about which reference is not guessed"
        ),
    }
}

/// The repositories of the configuration.
pub fn configured(loaded: &LoadedConfig) -> anyhow::Result<Vec<Repository>> {
    let read = |text: &String| text.parse().context("the configuration: `pointer.repositories`");
    loaded.config.pointer.repositories.iter().map(read).collect()
}

/// The repositories that pointers may name.
pub fn expected(named: Option<&Repository>, configured: Vec<Repository>) -> anyhow::Result<Vec<Repository>> {
    if let Some(repository) = named {
        return Ok(vec![repository.clone()]);
    }
    if configured.is_empty() {
        bail!(
            "a pointer does not choose what is judged: say which repository it has to name, with --repository HOST/REPOSITORY or `[pointer] repositories` in the configuration"
        );
    }
    Ok(configured)
}

/// Reads a pointer: a file that is not there is an error, one that is bad is judged.
pub fn read(path: &Path, evidence_from: &[Repository], limits: &Limits, files: &Files) -> anyhow::Result<Pointer> {
    let text = files.text(FileRole::Pointer, path, limits.manifest_bytes).context("a pointer")?;
    Ok(Pointer::read(&path.display().to_string(), text.into_bytes(), evidence_from, limits))
}

/// A pointer alone: it picks the digest in a repository that was expected.
fn named(mut pointer: Pointer, expected: &[Repository]) -> anyhow::Result<Task> {
    pointer.expect(expected);
    let target = pointer.target().map(|(repository, digest)| Reference::Registry {
        repository: repository.clone(),
        tag: pointer.tag.as_ref().map(|tag| tag.value.clone()),
        digest: Some(digest.clone()),
    });
    // A tag beside the digest is asked for only if it is one.
    let target = target.map(|reference| match reference.to_string().parse::<Reference>() {
        Ok(reference) => reference,
        Err(_) => without_tag(reference),
    });
    let is_refused = target.is_none();
    let first = expected.first().context("no repository is expected")?;
    let nowhere = Reference::Registry { repository: first.clone(), tag: None, digest: None };
    Ok(Task::by(pointer, target.unwrap_or(nowhere), is_refused, None))
}

fn without_tag(reference: Reference) -> Reference {
    match reference {
        Reference::Registry { repository, digest, .. } => Reference::Registry { repository, tag: None, digest },
        layout => layout,
    }
}

/// A pointer beside a reference: it has to agree. In a layout that is named alone, it picks the digest.
fn held_against(mut pointer: Pointer, reference: &Reference, access: &AccessFlags) -> anyhow::Result<Task> {
    let (expected, reference) = match reference {
        Reference::Registry { repository, .. } => (repository.clone(), reference.clone()),
        Reference::Layout { path, selector } => {
            let expected = access.of(reference).cloned().context(
                "a pointer does not choose what is judged: say which repository the layout stands for, with --as HOST/REPOSITORY",
            )?;
            let picked = pointer.subject.as_ref().map(|subject| LayoutSelector::Digest(subject.value.clone()));
            let selector = selector.clone().or(picked);
            (expected, Reference::Layout { path: path.clone(), selector })
        }
    };
    pointer.expect(std::slice::from_ref(&expected));
    let is_refused = pointer.target().is_none();
    let stands_for = access.of(&reference).cloned();
    Ok(Task::by(pointer, reference, is_refused, stands_for))
}
