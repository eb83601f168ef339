//! The report: everything that was found, sorted, with its provenance. The exit code is computed here only.

use jiff::Timestamp;

use crate::commitment::{Hint, Silenced};
use crate::error::Error;
use crate::observation::Reason;
use crate::observation::advisory::Database;
use crate::observation::git::Git;
use crate::observation::lockfile::Lockfile;
use crate::observation::workspace::Workspace;
use crate::settings::Deny;
use crate::source::Place;
use crate::verdict::{Finding, Outcome, Verdict, Vulnerability};

/// All that one `check` found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The `now` of the run.
    pub as_of: Timestamp,
    /// The workspace.
    pub workspace: Workspace,
    /// Git, where there is one.
    pub git: Option<Git>,
    /// Every lockfile, sorted by path.
    pub lockfiles: Vec<Lockfile>,
    /// The policy's path; `None` where there is no policy.
    pub policy: Option<String>,
    /// Policies that were found and not taken, nearest first.
    pub other_policies: Vec<String>,
    /// The database, where it could be read.
    pub database: Option<Database>,
    /// What the run was told.
    pub asked: Asked,
    /// The verdicts, sorted by place.
    pub verdicts: Vec<Verdict>,
    /// The vulnerabilities, sorted by lockfile, package, version, advisory.
    pub vulnerabilities: Vec<Vulnerability>,
    /// Findings, those that are named first at the head, then by id.
    pub findings: Vec<Finding>,
    /// Hints of the policy's text.
    pub hints: Vec<Hint>,
    /// Promises that an annotation of the policy silences.
    pub silenced: Vec<Silenced>,
    /// Every waiver, sign-off, stated severity and ignore, sorted by place.
    pub waivers: Vec<LedgerLine>,
    /// What is to be said of the run as a whole (cargo could not run, git is cut off, …).
    pub notes: Vec<Reason>,
    /// What kept the run from judging all: each decides over the exit code.
    pub errors: Vec<Error>,
}

/// What the run was told and that is part of the report.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What adds to what fails.
    pub deny: Vec<Deny>,
    /// The earlier report that only what is new against fails.
    pub baseline: Option<String>,
    /// The revision that only what is new against fails.
    pub against: Option<String>,
}

/// One line of the ledger of waivers.
#[derive(Clone, Debug)]
pub struct LedgerLine {
    /// Where it is written.
    pub place: Place,
    /// What it is.
    pub kind: LedgerKind,
    /// The vulnerabilities and verdicts that it matches: advisory ids or verdict ids, sorted.
    pub matches: Vec<String>,
    /// Its reason.
    pub reason: Option<String>,
    /// Its last day.
    pub until: Option<jiff::civil::Date>,
    /// What has become of it.
    pub state: LedgerState,
}

/// What a line of the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerKind {
    /// `[[waiver]]`
    Waiver,
    /// `[[sign-off]]`
    SignOff,
    /// `[[severity]]`
    Severity,
    /// Another tool's ignore.
    Ignore,
}

/// What has become of a line of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerState {
    /// It counts and matches something.
    Active,
    /// It is past its end.
    Expired,
    /// It matches nothing.
    Unused,
    /// Its tool never reads it.
    Inert,
}

impl Report {
    /// The process's exit code: an error that is [`crate::error::Class::Usage`] before one that is
    /// unreadable, before 4 for want of a policy, before 1 where something fails.
    pub fn exit_code(&self) -> u8 {
        use crate::error::{Class, exit};
        let has = |class: Class| self.errors.iter().any(|error| error.class == class);
        for class in [Class::Usage, Class::Unreadable, Class::NoPolicy] {
            if has(class) {
                return class.code();
            }
        }
        let failed =
            self.verdicts.iter().any(|v| v.fails) || self.vulnerabilities.iter().any(|v| v.fails) || self.findings.iter().any(|f| f.fails);
        if failed { exit::FAILED } else { exit::OK }
    }

    /// How many verdicts have the outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.judgement.outcome == outcome).count()
    }
}
