//! By whose word a saved run is judged.

use super::super::super::args::Gate;

/// By whose word a saved run is judged.
pub(super) enum Authority<'a> {
    /// The command line's.
    Own(&'a Gate),
    /// The capsule's.
    Capsule,
}
