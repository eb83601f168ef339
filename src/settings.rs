//! secpolicy.toml and the flags that stand above it, as one value.

pub mod file;

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::observation::advisory::{Advisory, Severity};
use crate::source::Place;

/// What adds to what fails (`--deny`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deny {
    /// Best-effort promises that do not hold
    Missed,
    /// Windows that are running
    Due,
    /// What the repository cannot decide
    Unproven,
    /// What only people can say and nobody has
    Manual,
    /// Vulnerabilities for which the policy promises no window
    NoDeadline,
    /// Unmaintained, unsound, notice and yanked
    Informational,
    /// Findings: inert or unused waivers, contradictions, …
    Findings,
    /// All of these
    All,
}

/// The settings of one run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The age in days past which the database is not trusted.
    pub db_max_age: u32,
    /// How many days before its end a window is warned of.
    pub due_soon: u32,
    /// What adds to what fails.
    pub deny: BTreeSet<Deny>,
    /// The default branch, where it is stated.
    pub default_branch: Option<String>,
    /// After how many days a fix that a supported line lacks is a breach, where no window is promised.
    pub backport_after: Option<u32>,
    /// Whether the promised windows are the yardstick for dependencies too.
    pub windows_cover_dependencies: bool,
    /// Index addresses that are mirrors of crates.io.
    pub crates_io_mirrors: Vec<String>,
    /// The policy's path, where it is stated.
    pub policy: Option<String>,
    /// Lockfiles that count although they would not, as glob patterns of paths.
    pub lockfiles_include: Vec<String>,
    /// Lockfiles that do not count although they would.
    pub lockfiles_exclude: Vec<String>,
    /// Members that ship although they would not, by name.
    pub members_ship: Vec<String>,
    /// Members that do not ship although they would.
    pub members_helper: Vec<String>,
    /// The waivers, in the files' order.
    pub waivers: Vec<Waiver>,
    /// The sign-offs.
    pub sign_offs: Vec<SignOff>,
    /// Stated severities.
    pub severities: Vec<StatedSeverity>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            db_max_age: 90,
            due_soon: 7,
            deny: BTreeSet::new(),
            default_branch: None,
            backport_after: None,
            windows_cover_dependencies: true,
            crates_io_mirrors: Vec::new(),
            policy: None,
            lockfiles_include: Vec::new(),
            lockfiles_exclude: Vec::new(),
            members_ship: Vec::new(),
            members_helper: Vec::new(),
            waivers: Vec::new(),
            sign_offs: Vec::new(),
            severities: Vec::new(),
        }
    }
}

impl Settings {
    /// The advisory's severity: its own, else the one that `[[severity]]` states (spec: "Window").
    pub fn severity_of(&self, advisory: &Advisory) -> Option<Severity> {
        let names = |stated: &&StatedSeverity| advisory.ids().iter().any(|id| id.eq_ignore_ascii_case(&stated.advisory));
        advisory.severity.or_else(|| self.severities.iter().find(names).map(|stated| stated.severity))
    }

    /// Whether `what` fails the run.
    pub fn denies(&self, what: Deny) -> bool {
        self.deny.contains(&what) || self.deny.contains(&Deny::All)
    }
}

/// One `[[waiver]]`.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// What it covers.
    pub subject: WaiverSubject,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Date,
    /// Where it is written.
    pub place: Place,
}

/// What a waiver covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaiverSubject {
    /// An advisory, by id or alias, in one package or in any.
    Advisory {
        /// The id.
        id: String,
        /// The package.
        package: Option<String>,
    },
    /// A verdict, by its id.
    Verdict(String),
}

/// One `[[sign-off]]`.
#[derive(Clone, Debug)]
pub struct SignOff {
    /// The commitment's id.
    pub commitment: String,
    /// Who says so: a role or a name.
    pub by: String,
    /// Since when.
    pub on: Date,
    /// The last day on which it counts.
    pub until: Date,
    /// What shows it.
    pub evidence: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// One `[[severity]]`.
#[derive(Clone, Debug)]
pub struct StatedSeverity {
    /// The advisory's id or alias.
    pub advisory: String,
    /// The severity.
    pub severity: Severity,
    /// Why.
    pub reason: String,
    /// Where it is written.
    pub place: Place,
}
