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
    /// Something else than an OpenPGP key, recognised by its form.
    Other {
        /// The file it was read from.
        path: String,
        /// What it is ("an age recipient").
        format: &'static str,
        /// Whether a report can be encrypted to it, as far as the form tells.
        encrypts: Option<bool>,
    },
    /// An OpenPGP key; its signatures were read, not verified.
    Parsed {
        /// The file it was read from.
        path: String,
        /// Upper-case hexadecimal fingerprint; `None` of a version whose fingerprint is not computed.
        fingerprint: Option<String>,
        /// The fingerprints of its subkeys.
        subkeys: Vec<String>,
        /// Whether any of its keys may encrypt.
        encrypts: bool,
        /// Whether it carries a revocation of itself.
        revoked: bool,
        /// The last day on which one of its encryption keys can be used, where that ends.
        expires: Option<Date>,
        /// The fingerprints or key ids that the policy states, upper-case hexadecimal.
        stated: Vec<String>,
    },
}
