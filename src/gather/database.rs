//! The advisory database: found, fetched, cached, and read advisory by advisory.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::Result;
use crate::observation::advisory::{Advisory, Database};

/// Where the database comes from.
#[derive(Clone, Debug)]
pub enum From {
    /// A folder: plain, or a git checkout (then its commit's tree is read, not the work tree).
    Folder(PathBuf),
    /// A git URL: fetched and cached, unless `offline`; then the cached copy alone.
    Url {
        /// `https:`, `ssh:`, `file:` or scp-like.
        url: String,
        /// Whether the network is out of bounds.
        offline: bool,
    },
}

/// An open database.
#[derive(Debug)]
pub struct Db {
    /// Its provenance.
    pub facts: Database,
}

impl Db {
    /// Opens it, and reads the advisories of `packages` alone (the others are counted, not parsed).
    /// Advisories that are withdrawn, or not yet public at `now`, are left out.
    ///
    /// # Errors
    /// [`crate::error::Class::Unreadable`], with what to do, where there is no usable copy.
    pub fn open(_from: &From, _packages: &BTreeSet<String>, _now: Timestamp) -> Result<Self> {
        Err(crate::error::Error::unreadable("the database cannot be read yet"))
    }

    /// The advisories that were read, sorted by id, for crates of crates.io.
    pub fn advisories(&self) -> &[Advisory] {
        &[]
    }

    /// The day of the first first-parent commit that holds the advisory's file; `None` without a history.
    pub fn first_seen(&self, _advisory: &Advisory) -> Option<Date> {
        None
    }
}
