//! Where in a document something stands, as far as that matters for what it is worth.

/// Of what a claim is said. The walk knows it; no pointer's text says so, for those may be shortened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// The subject itself.
    Subject,
    /// An input, a link, a parameter, something quoted.
    Quoted,
}

/// Where an object lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Care {
    Outside,
    /// Somewhere in a CARE block.
    Within,
    /// It is a CARE block.
    Block,
}

/// What an object is, where that matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Sbom,
    Nested,
}
