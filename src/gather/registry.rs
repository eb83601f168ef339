//! The crates.io index: cargo's local cache of it, and the registry itself where the network may be used.

use std::path::Path;

use jiff::civil::Date;
use semver::Version;

/// What the index says of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The version.
    pub version: Version,
    /// Whether it was withdrawn.
    pub yanked: bool,
    /// The day it was published, where the index tells.
    pub on: Option<Date>,
}

/// The index as far as it can be asked.
#[derive(Debug)]
pub struct Registry {}

impl Registry {
    /// Looks for cargo's home and the cached index. `workspace` is where cargo's configuration is read from;
    /// `offline` puts the network out of bounds.
    pub fn open(_workspace: &Path, _offline: bool) -> Self {
        Self {}
    }

    /// Every version of the crate in cargo's local cache alone, ascending; `None` where it is not cached.
    pub fn cached(&self, _name: &str) -> Option<Vec<Published>> {
        None
    }

    /// Every version of the crate, ascending: from the registry where the network may be used, else from the
    /// cache; `None` where neither has it.
    pub fn versions(&self, _name: &str) -> Option<Vec<Published>> {
        None
    }
}
