//! Ignore lists of other tools.

use jiff::civil::Date;

use crate::source::Place;

/// One advisory that another tool is told to pass over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// The id as written: RUSTSEC, CVE or GHSA; or a crate (`name` or `name@version`).
    pub subject: String,
    /// The tool's slug.
    pub tool: String,
    /// Where it stands.
    pub place: Place,
    /// The reason that the entry itself or a comment beside it gives.
    pub reason: Option<String>,
    /// The end that the tool itself honours (not a date in a comment).
    pub until: Option<Date>,
    /// Why the tool never reads it, where it does not ("cargo-audit reads .cargo/audit.toml, not audit.toml").
    pub inert: Option<String>,
}
