//! The arguments of `history`.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::{ProjectArgs, Written, day};
use crate::observation::advisory::{AdvisoryKind, Severity};

pub(super) const HELP: &str = "\
An exposure is one advisory in one lockfile, from the commit that brought the vulnerable version in to the one
after which it was gone. Its days run from the later of that commit and the day the advisory was public. Whether a
promised window was kept is judged by the clock of `check`; what is fixed on the branch and not released is said.

Examples:
  cargo secpolicy history                          the whole history of the branch that is checked out
  cargo secpolicy history --since 2025-01-01       what began since then
  cargo secpolicy history --severity critical --severity high
  cargo secpolicy history --per-release            what each release shipped with
  cargo secpolicy history --format csv -o days.csv";

/// Arguments of `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArgs,

    /// Only exposures that began on this day or later (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub since: Option<Date>,
    /// Only exposures that began on this day or earlier (YYYY-MM-DD)
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub until: Option<Date>,
    /// Only those of this severity
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub severity: Vec<SeverityArg>,
    /// What the advisories are about [default: vulnerability]
    #[arg(long, value_name = "KIND", value_enum)]
    pub kind: Vec<KindArg>,
    /// Show, release by release, what each shipped with
    #[arg(long)]
    pub per_release: bool,

    /// The format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = HistoryFormat::Terminal, help_heading = "Output Options")]
    pub format: HistoryFormat,
    /// Where and how it is written.
    #[command(flatten)]
    pub output: Written,
}

/// The output formats of `history`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HistoryFormat {
    /// For people
    Terminal,
    /// For programs; its fields are described in docs/history.md
    Json,
    /// For spreadsheets: a row an exposure, or a release
    Csv,
}

/// A severity, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum SeverityArg {
    Critical,
    High,
    Medium,
    Low,
    Unknown,
}

impl SeverityArg {
    /// The severity; `None` for an unknown one.
    pub const fn severity(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::Unknown => None,
        }
    }
}

/// What an advisory is about, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "the names say it")]
pub enum KindArg {
    Vulnerability,
    Unsound,
    Unmaintained,
    Notice,
}

impl KindArg {
    /// The kind.
    pub const fn kind(self) -> AdvisoryKind {
        match self {
            Self::Vulnerability => AdvisoryKind::Vulnerability,
            Self::Unsound => AdvisoryKind::Unsound,
            Self::Unmaintained => AdvisoryKind::Unmaintained,
            Self::Notice => AdvisoryKind::Notice,
        }
    }
}
