//! `ocigate schema`: the bundled JSON Schemas.

use std::io::Write as _;

use anyhow::anyhow;
use ocigate::schema;
use serde_json::Value;

use super::super::args::pointer::{SchemaAction, SchemaArguments};
use super::super::console::print;
use super::super::exit::Exit;

pub fn run(arguments: &SchemaArguments) -> anyhow::Result<Exit> {
    match &arguments.action {
        SchemaAction::List => {
            let mut listing = Vec::new();
            for name in schema::names() {
                let parsed: Value = serde_json::from_str(schema::text(name).unwrap_or_default())?;
                writeln!(listing, "{name:24}  {}", parsed.get("title").and_then(Value::as_str).unwrap_or_default())?;
            }
            print(&listing)?;
        }
        SchemaAction::Show { name } => print(text(name)?.as_bytes())?,
    }
    Ok(Exit::Pass)
}

/// The text of a schema; the error lists the names.
pub fn text(name: &str) -> anyhow::Result<&'static str> {
    schema::text(name).ok_or_else(|| {
        anyhow!(
            "expected the name of a schema, one of {}; found {name:?}",
            schema::names().collect::<Vec<_>>().join(", ")
        )
    })
}
