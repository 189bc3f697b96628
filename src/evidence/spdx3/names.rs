//! The names that SPDX 3 gives to elements and relations, in every way in which JSON-LD may write them: as the context
//! of SPDX 3 abbreviates them (`software_Package`), or as an IRI (`https://spdx.org/rdf/3.0.1/terms/Software/Package`).

use crate::evidence::document::reading::{DocumentValue, local_name};

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ElementClass {
    /// `SpdxDocument`.
    Document,
    /// `software_Sbom`, `Bom`.
    Sbom,
    /// `Bundle`.
    Bundle,
    /// A package, also of a model or of data.
    Package,
    /// `software_File`.
    File,
    /// A relationship.
    Relationship,
    /// `ExternalMap`.
    Import,
    /// Another class.
    Other,
    /// Not said.
    None,
}

impl ElementClass {
    /// Whether it is a collection, which stands for its root elements.
    pub fn stands_for_others(self) -> bool {
        matches!(self, ElementClass::Document | ElementClass::Sbom | ElementClass::Bundle)
    }
}

/// The class of an element: of several types the first one that is known.
pub fn class(at: &DocumentValue<'_>) -> ElementClass {
    let stated = ["type", "@type"].iter().filter_map(|key| at.get(key)).flat_map(|at| at.each());
    let classes = stated.filter_map(|at| at.text().map(named));
    classes.reduce(|first, next| if first == ElementClass::Other { next } else { first }).unwrap_or(ElementClass::None)
}

fn named(text: &str) -> ElementClass {
    let local = local_name(text);
    // `software_Package`, `Core_SpdxDocument`: the profile, then the class.
    match local.rsplit('_').next().unwrap_or(local) {
        "SpdxDocument" | "spdxDocument" => ElementClass::Document,
        "Sbom" | "Bom" => ElementClass::Sbom,
        "Bundle" => ElementClass::Bundle,
        "Package" | "AIPackage" | "DatasetPackage" => ElementClass::Package,
        "File" => ElementClass::File,
        "Relationship" | "LifecycleScopedRelationship" => ElementClass::Relationship,
        "ExternalMap" => ElementClass::Import,
        _ => ElementClass::Other,
    }
}

/// The identifier of an element, or the one that names an element.
pub fn id_of<'a>(at: &DocumentValue<'a>) -> Option<&'a str> {
    at.text().or_else(|| at.first_text(&["spdxId", "@id"])).filter(|id| !id.is_empty())
}

/// What a relationship says: `describes`, `hasDeclaredLicense`.
pub fn relates<'a>(relationship: &DocumentValue<'a>) -> Option<&'a str> {
    let stated = relationship.get("relationshipType")?;
    id_of(&stated).map(local_name)
}

/// Whether an identifier is that of nothing, or of what is not asserted (Core, individuals).
pub fn is_nothing(id: &str) -> bool {
    matches!(local_name(id), "NoneElement" | "NoAssertionElement")
}
