//! `ocigate trust`: what the configuration trusts, in words, without looking at any artifact.

mod update;

use std::io::Write as _;

use ocigate::oci::{Reference, Repository};
use ocigate::output::sanitize::line;
use ocigate::trust::{
    GITHUB, Needs, PUBLIC_GOOD, RepositoryPermission, Requirement, Root, RootOrigin, SIGN_PREDICATE, Signer,
    SignerRelaxations, Trust,
};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::args::{TrustCommand, TrustExplain, TrustShow};
use super::super::clock::wall_time;
use super::super::config::LoadedConfig;
use super::super::console::print;
use super::super::exit::Exit;
use super::super::files::Files;
use super::super::{setup, trust};

pub fn run(command: &TrustCommand) -> anyhow::Result<Exit> {
    let text = match command {
        TrustCommand::Show(arguments) => show(arguments)?,
        TrustCommand::Explain(arguments) => explain(arguments)?,
        TrustCommand::Update(arguments) => return update::run(arguments),
    };
    print(&text)?;
    Ok(Exit::Pass)
}

/// Roots, signers and requirements.
fn show(arguments: &TrustShow) -> anyhow::Result<Vec<u8>> {
    let loaded = LoadedConfig::read(arguments.trust.config.path.as_deref(), Files::Machine)?;
    let trust = trust::read(&arguments.trust, &loaded)?;
    let mut out = Vec::new();
    let embedded: Vec<Root> = [PUBLIC_GOOD, GITHUB].into_iter().filter_map(Root::embedded).collect();
    let used = trust.roots();
    let unused = embedded.iter().filter(|root| used.iter().all(|known| known.name() != root.name()));
    for root in used.iter().copied().chain(unused) {
        let is_used = used.iter().any(|known| known.name() == root.name());
        write_root(root, is_used, &mut out)?;
    }
    if trust.signers().is_empty() {
        writeln!(out, "no signer: nobody may sign (give --key, --certificate-identity or a [[trust.signer]])")?;
    }
    for signer in trust.signers() {
        writeln!(out, "signer `{}`: {}", line(signer.name()), line(&trust::known_by(signer)))?;
        write_entry(signer, &mut out)?;
    }
    for requirement in trust.requirements(None) {
        write_requirement(requirement, &mut out)?;
    }
    for note in trust::notes(&trust, wall_time()) {
        writeln!(out, "note  {}", line(&note))?;
    }
    Ok(out)
}

fn write_root(root: &Root, is_used: bool, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let origin = match root.origin() {
        RootOrigin::Embedded(date) => format!("embedded, of {date}"),
        RootOrigin::File { path, digest } => format!("{path}, {digest}"),
    };
    let use_note = if is_used { "" } else { " (no signer names it)" };
    writeln!(out, "root `{}`: {}{use_note}", line(root.name()), line(&origin))?;
    writeln!(out, "  certificates need {}", wanted(root.needs()))?;
    let width = root.services().iter().map(|service| service.role.len()).max().unwrap_or_default();
    for service in root.services() {
        let url = if service.url.is_empty() { "no URL" } else { &service.url };
        writeln!(out, "  {:width$}  {}  {}", service.role, line(url), window(service.from, service.until))?;
    }
    writeln!(out)?;
    Ok(())
}

fn wanted(needs: Needs) -> String {
    let mut wanted = vec!["a trusted time"];
    if needs.certificate_timestamp {
        wanted.push("a signed certificate timestamp");
    }
    if needs.log {
        wanted.push("an entry in a transparency log");
    }
    wanted.join(", ")
}

fn window(from: Option<OffsetDateTime>, until: Option<OffsetDateTime>) -> String {
    let shown = |time: Option<OffsetDateTime>| time.and_then(|time| time.format(&Rfc3339).ok());
    match (shown(from), shown(until)) {
        (None, None) => "always".to_owned(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (Some(from), Some(until)) => format!("from {from} until {until}"),
    }
}

fn write_entry(signer: &Signer, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let listed = |list: &[String], all: &str| if list.is_empty() { all.to_owned() } else { list.join(", ") };
    writeln!(out, "  repositories: {}", line(&listed(&signer.repositories(), "all")))?;
    writeln!(out, "  may sign: {}", line(&listed(signer.predicate_types(), "everything")))?;
    match (signer.key(), signer.root()) {
        (None, Some(root)) => writeln!(out, "  root `{}`: needs {}", line(root.name()), wanted(signer.needs()))?,
        (_, Some(root)) => {
            writeln!(out, "  root `{}`: log entries and timestamps are checked with it", line(root.name()))?
        }
        (_, None) => writeln!(out, "  log entries are not checked: no root")?,
    }
    let (from, until) = signer.window();
    if from.is_some() || until.is_some() {
        writeln!(out, "  signatures count {}", window(from, until))?;
    }
    if let Some(role) = signer.role() {
        writeln!(out, "  role: {}", line(role))?;
    }
    if signer.requires_log() {
        writeln!(out, "  requires an entry in a transparency log")?;
    }
    if signer.relaxed() != SignerRelaxations::default() {
        writeln!(out, "  RELAXED: needs less than its root asks for")?;
    }
    Ok(())
}

fn write_requirement(requirement: &Requirement, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let repositories = requirement.repositories();
    let of = if repositories.is_empty() { "every repository".to_owned() } else { repositories.join(", ") };
    writeln!(out, "required of {}:", line(&of))?;
    if requirement.signers() > 0 {
        let roles = requirement.roles();
        let roles = if roles.is_empty() { String::new() } else { format!(", in the roles {}", roles.join(", ")) };
        writeln!(out, "  signatures by {} distinct signer(s){}", requirement.signers(), line(&roles))?;
    }
    for statement in requirement.statements() {
        let mut by: Vec<String> = statement.signers.iter().map(|name| format!("`{name}`")).collect();
        by.extend(statement.role.iter().map(|role| format!("the role {role}")));
        let by = if by.is_empty() { "any who may".to_owned() } else { by.join(" or ") };
        writeln!(out, "  a signed {} by {}", line(&statement.predicate_type), line(&by))?;
    }
    Ok(())
}

/// Which entries apply to a reference, and who could meet what is demanded.
fn explain(arguments: &TrustExplain) -> anyhow::Result<Vec<u8>> {
    setup::check_stands_for(&arguments.access, std::slice::from_ref(&arguments.reference))?;
    setup::check_layouts(&arguments.access, std::iter::once(&arguments.reference))?;
    let loaded = LoadedConfig::read(arguments.trust.config.path.as_deref(), Files::Machine)?;
    let trust = trust::read(&arguments.trust, &loaded)?;
    let repository = match &arguments.reference {
        Reference::Registry { repository, .. } => Some(repository),
        Reference::Layout { .. } => arguments.access.of(&arguments.reference),
    };
    let mut out = Vec::new();
    let named = repository.map_or_else(|| "a layout that names no repository".to_owned(), ToString::to_string);
    writeln!(out, "{}: judged as {}\n", line(&arguments.reference.to_string()), line(&named))?;
    for signer in trust.signers() {
        let name = line(signer.name());
        match signer.repository_permission(repository) {
            RepositoryPermission::Permitted => {
                writeln!(out, "applies: signer `{name}`, {}", line(&trust::known_by(signer)))?
            }
            RepositoryPermission::OtherRepositories => {
                writeln!(
                    out,
                    "does not apply: signer `{name}` may sign for {} only\n",
                    line(&signer.repositories().join(", "))
                )?;
                continue;
            }
            RepositoryPermission::RepositoryUnknown => {
                writeln!(
                    out,
                    "cannot apply: signer `{name}` is limited to {}, and nobody said which repository this is (--as HOST/REPOSITORY)\n",
                    line(&signer.repositories().join(", "))
                )?;
                continue;
            }
        }
        write_entry(signer, &mut out)?;
        writeln!(out)?;
    }
    write_who_could(&trust, repository, &mut out)?;
    Ok(out)
}

fn write_who_could(trust: &Trust, repository: Option<&Repository>, out: &mut Vec<u8>) -> anyhow::Result<()> {
    let permitted = || {
        let is_permitted =
            |signer: &&Signer| signer.repository_permission(repository) == RepositoryPermission::Permitted;
        trust.signers().iter().filter(is_permitted)
    };
    let names = |signers: &mut dyn Iterator<Item = &Signer>| {
        let mut names: Vec<String> = signers.map(|signer| format!("`{}`", signer.name())).collect();
        names.sort();
        names.dedup();
        if names.is_empty() { "NOBODY".to_owned() } else { names.join(", ") }
    };
    let may_sign = names(&mut permitted().filter(|signer| signer.permits_predicate(SIGN_PREDICATE)));
    writeln!(out, "a signature of the subject: {}", line(&may_sign))?;
    for requirement in trust.requirements(repository) {
        if requirement.signers() > 0 {
            writeln!(out, "required: {} distinct signer(s) of those", requirement.signers())?;
        }
        for role in requirement.roles() {
            let filled = names(
                &mut permitted()
                    .filter(|signer| signer.role() == Some(role) && signer.permits_predicate(SIGN_PREDICATE)),
            );
            writeln!(out, "required, in the role {}: {}", line(role), line(&filled))?;
        }
        for statement in requirement.statements() {
            let signed = names(&mut permitted().filter(|signer| {
                signer.permits_predicate(&statement.predicate_type)
                    && (statement.signers.is_empty() || statement.signers.iter().any(|name| name == signer.name()))
                    && (statement.role.is_none() || signer.role() == statement.role.as_deref())
            }));
            writeln!(out, "required, a signed {}: {}", line(&statement.predicate_type), line(&signed))?;
        }
    }
    for signer in trust.demanding(repository) {
        for predicate in signer.predicate_types().iter().filter(|predicate| *predicate != SIGN_PREDICATE) {
            writeln!(
                out,
                "demanded by the entry of `{}`: documents of the class of {} have to be signed",
                line(signer.name()),
                line(predicate)
            )?;
        }
    }
    Ok(())
}
