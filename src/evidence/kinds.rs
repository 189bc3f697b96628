//! The only list of kinds of documents: one line each. What a kind is stands in the file that the line names.

use super::spec::KindSpec;
use super::{
    Class, croissant, cyclonedx, dcat, openlineage, prov, ro_crate, run_manifest, slsa, spdx, stac, statement, unknown,
    vex, vsa,
};

macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident => $file:ident;)*) => {
        /// A kind of document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DocumentKind {
            $($(#[$about])* $kind,)*
        }

        impl DocumentKind {
            /// All kinds, in the order in which a document of several is named after them.
            pub const ALL: &'static [DocumentKind] = &[$(DocumentKind::$kind),*];

            /// What this kind is.
            pub fn spec(self) -> &'static KindSpec {
                match self {
                    $(DocumentKind::$kind => &$file::KIND,)*
                }
            }
        }
    };
}

kinds! {
    /// SPDX 2.2 or 2.3, JSON; SPDX 3, JSON-LD.
    Spdx => spdx;
    /// What is said of vulnerabilities: OpenVEX, CSAF, CycloneDX.
    Vex => vex;
    /// CycloneDX 1.4 to 1.7, JSON.
    CycloneDx => cyclonedx;
    /// A STAC Item, Collection or Catalog.
    Stac => stac;
    /// SLSA provenance v0.2 or v1: a statement with that predicate.
    Slsa => slsa;
    /// A SLSA verification summary.
    Vsa => vsa;
    /// An OpenLineage event.
    OpenLineage => openlineage;
    /// RO-Crate metadata.
    RoCrate => ro_crate;
    /// Croissant 1.0 or 1.1, JSON-LD.
    Croissant => croissant;
    /// A DCAT 3 record, JSON-LD.
    Dcat => dcat;
    /// A run manifest: what one run read, wrote and was run by.
    RunManifest => run_manifest;
    /// W3C PROV as PROV-O JSON-LD, PROV-JSONLD or PROV-JSON.
    Prov => prov;
    /// An in-toto statement with a predicate that has no kind of its own here.
    Statement => statement;
    /// Anything else.
    Unknown => unknown;
}

impl DocumentKind {
    /// The name in reports and in the policy input.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// What rules look for it as.
    pub fn class(self) -> Class {
        self.spec().class
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}
