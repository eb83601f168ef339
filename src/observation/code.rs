//! `unsafe` code, changelogs and keys.

use jiff::civil::Date;

use crate::source::Place;

/// `unsafe` in the sources of the members that ship.
#[derive(Clone, Debug, Default)]
pub struct UnsafeCode {
    /// `unsafe` blocks, functions, impls, traits and attributes in lib, bin and proc-macro targets, outside tests.
    pub shipped: Vec<Place>,
    /// The same in tests, benches, examples and build scripts.
    pub elsewhere: Vec<Place>,
    /// For each shipping member, the level of the lint `unsafe_code` in effect there.
    pub lints: Vec<UnsafeLint>,
    /// Sources that could not be parsed or read, with why.
    pub unread: Vec<(String, String)>,
    /// How many source files were read.
    pub files: u32,
}

/// The level of `unsafe_code` in effect for one member.
#[derive(Clone, Debug)]
pub struct UnsafeLint {
    /// The member.
    pub member: String,
    /// The level (`forbid`, `deny`, `warn`, `allow`), where one is stated for all of its targets.
    pub level: Option<String>,
    /// Where it is stated.
    pub place: Option<Place>,
}

/// The changelog of the project's line.
#[derive(Clone, Debug)]
pub struct Changelog {
    /// The headings or lines that name a version, with that version.
    pub versions: Vec<(semver::Version, Place)>,
    /// Its path.
    pub path: String,
    /// Where it says that it has moved elsewhere, if it does.
    pub points_elsewhere: Option<Place>,
}

/// One key that an `encryption-key` promise names.
#[derive(Clone, Debug)]
pub struct Key {
    /// The promise's id.
    pub commitment: String,
    /// What was found of it.
    pub found: KeyFound,
}

/// What was found of a key.
#[derive(Clone, Debug)]
pub enum KeyFound {
    /// It lies elsewhere: a URL or a key server.
    Elsewhere,
    /// The named file is not there.
    Missing(String),
    /// The file or block is there but is no readable key; why.
    Unreadable(String, String),
    /// A key.
    Parsed {
        /// The file it was read from.
        path: String,
        /// Upper-case hexadecimal fingerprint.
        fingerprint: String,
        /// The day on which its encryption key expires, where it does.
        expires: Option<Date>,
        /// The fingerprint that the policy states beside it, upper-case hexadecimal.
        stated: Option<String>,
    },
}
