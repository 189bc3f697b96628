//! `--from`: a list of references, read whole before anything runs.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ocigate::oci::{Reference, Repository};
use ocigate::output::sanitize;
use serde::Deserialize;

use super::super::args::{AccessFlags, Gate};
use super::super::files::read_text;

/// Size of a list: some hundred thousand references.
const LIST_BYTES: u64 = 64 * 1024 * 1024;
/// Faults of a list that are listed at once.
const FAULTS: usize = 20;

/// A subject that was named, and how it is to be judged.
pub struct SubjectRequest {
    /// What to resolve.
    pub reference: Reference,
    /// The repository that a layout stands for.
    pub stands_for: Option<Repository>,
    /// Whether a reference without a digest fails.
    pub require_digest: bool,
}

/// A line with options of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    reference: String,
    #[serde(rename = "as")]
    stands_for: Option<String>,
    #[serde(default)]
    require_digest: bool,
}

/// Every subject of the command line, then those of the list.
pub fn named(arguments: &Gate, references: &[Reference]) -> anyhow::Result<Vec<SubjectRequest>> {
    let plain = |reference: &Reference| SubjectRequest {
        reference: reference.clone(),
        stands_for: arguments.access.of(reference).cloned(),
        require_digest: false,
    };
    let mut named: Vec<SubjectRequest> = references.iter().map(plain).collect();
    if let Some(path) = &arguments.subjects.from {
        let (name, text) = text(path)?;
        named.extend(lines(&name, &text, &arguments.access)?);
    }
    Ok(named)
}

fn text(path: &Path) -> anyhow::Result<(String, String)> {
    if path.as_os_str() != "-" {
        return Ok((path.display().to_string(), read_text(path, LIST_BYTES).context("a list of references")?));
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LIST_BYTES + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > LIST_BYTES {
        bail!("standard input is larger than {LIST_BYTES} bytes: give the references in several runs");
    }
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("standard input is not UTF-8 text"))?;
    Ok(("standard input".to_owned(), text))
}

fn lines(name: &str, text: &str, access: &AccessFlags) -> anyhow::Result<Vec<SubjectRequest>> {
    let (mut named, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line, access) {
            Ok(entry) => named.push(entry),
            Err(fault) => faults.push(format!("{name}:{}: {}", index + 1, sanitize::line(&fault))),
        }
    }
    if faults.is_empty() && named.is_empty() {
        bail!(
            "{name} names no subject: expected one reference a line, for example `registry.example.org/team/layer:v1`"
        );
    }
    if faults.is_empty() {
        return Ok(named);
    }
    let more = faults.len().saturating_sub(FAULTS);
    faults.truncate(FAULTS);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    Err(anyhow!("{}", faults.join("\n")).context("nothing was judged"))
}

fn entry(line: &str, access: &AccessFlags) -> Result<SubjectRequest, String> {
    let line = if line.starts_with('{') {
        serde_json::from_str(line).map_err(|error| {
            format!("expected {{\"reference\": …}}, with \"as\" and \"require_digest\" where they are wanted: {error}")
        })?
    } else {
        Line { reference: line.to_owned(), stands_for: None, require_digest: false }
    };
    let reference: Reference = line.reference.parse().map_err(|error| format!("{error}"))?;
    let own: Option<Repository> =
        line.stands_for.map(|text| text.parse().map_err(|error| format!("`as`: {error}"))).transpose()?;
    let is_layout = matches!(reference, Reference::Layout { .. });
    if !is_layout && (own.is_some() || access.of_layouts().is_some()) {
        return Err(format!(
            "`as` says which repository a layout stands for, and {reference} lies in a registry: leave it out"
        ));
    }
    let stands_for = access.of(&reference).cloned();
    // Whoever writes the list would else choose whose signers are asked for.
    if let Some(own) = own.filter(|own| stands_for.as_ref() != Some(own)) {
        let said = stands_for.map_or_else(|| "nothing".to_owned(), |said| format!("`--as {said}`"));
        let Reference::Layout { path, .. } = &reference else { return Err(format!("{reference} is no layout")) };
        return Err(format!(
            "`as` is {own}, and the command line says {said} of this layout: a list may repeat --as, it cannot choose; \
             if it is right, add --as {own}={}",
            path.display()
        ));
    }
    Ok(SubjectRequest { reference, stands_for, require_digest: line.require_digest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let text = "\u{feff}# services\r\n\r\n registry.example.org/a:v1 \r\n{\"reference\":\"oci-layout:x:v1\",\"as\":\"registry.example.org/x\",\"require_digest\":true}";
        let bound =
            AccessFlags { stands_for: vec!["registry.example.org/x=./x/".parse().unwrap()], ..AccessFlags::default() };
        let named = lines("list", text, &bound).unwrap();
        assert_eq!(named.len(), 2);
        assert!(named[1].require_digest && named[1].stands_for.is_some() && named[0].stands_for.is_none());
        for (text, fault) in [
            ("# nothing\n", "list "),
            ("registry.example.org/a:v1\nubuntu\n", "list:2: "),
            ("{\"reference\":\"registry.example.org/a:v1\",\"key\":1}", "`key`"),
            (
                "{\"reference\":\"registry.example.org/a:v1\",\"as\":\"registry.example.org/b\"}",
                "registry.example.org/a:v1",
            ),
            ("{\"reference\":\"registry.example.org/a:v1\",\"reference\":\"x\"}", "`reference`"),
            (
                "{\"reference\":\"oci-layout:x:v1\",\"as\":\"registry.example.org/nobody\"}",
                "--as registry.example.org/nobody=",
            ),
            ("{\"reference\":\"oci-layout:x/y:v1\",\"as\":\"registry.example.org/x\"}", "--as registry.example.org/x"),
            ("{\"reference\":\"oci-layout:../x:v1\",\"as\":\"registry.example.org/x\"}", "--as registry.example.org/x"),
        ] {
            let error = format!("{:#}", lines("list", text, &bound).err().unwrap());
            assert!(error.contains(fault), "{text}: {error}");
        }
    }
}
