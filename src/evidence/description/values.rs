//! Values as documents write them, and how many of them are kept.

use crate::evidence::document::reading::{DocumentValue, local_name};
use crate::evidence::prov::context::Context;

/// Files, and statements of any other kind, of one document that are kept. One more is read, to know that there is.
pub const MOST: usize = 1000;

/// The value of a JSON-LD value object or of a typed PROV-JSON literal, or the name that a reference has.
pub fn literal<'a>(at: &DocumentValue<'a>) -> DocumentValue<'a> {
    ["@value", "@id", "$"].iter().find_map(|key| at.get(key)).unwrap_or_else(|| at.clone())
}

/// The values of the properties with this local name, under any prefix.
pub fn values<'a>(at: &DocumentValue<'a>, local: &str, context: &Context) -> Vec<DocumentValue<'a>> {
    let own = at.members().filter(|(key, _)| local_name(&context.name(key)) == local);
    own.flat_map(|(_, at)| at.each()).collect()
}
