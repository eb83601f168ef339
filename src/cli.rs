//! The command line: what can be asked, and its help. No logic.

mod history;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum, ValueHint};
use jiff::civil::Date;

pub use self::history::{HistoryArgs, HistoryFormat, KindArg, SeverityArg};
use crate::commitment::Window;
use crate::draft::wishes::{Contact, Fix, Supported};
use crate::settings::Deny;

/// Holds a Rust project to its own SECURITY.md
///
/// Reads the promises that the policy makes in plain prose, looks in the repository for what proves or
/// disproves each, and says which are kept, broken, running out, or not decidable, with the line that
/// promised and the line that shows it.
#[derive(Debug, Parser)]
#[command(name = "cargo-secpolicy", bin_name = "cargo secpolicy", version, propagate_version = true, max_term_width = 100)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge every promise of the policy against the repository
    #[command(after_long_help = CHECK_HELP)]
    Check(Box<CheckArgs>),
    /// Show what was read of a policy: each promise with its line, in plain English
    #[command(after_long_help = COMMITMENTS_HELP)]
    Commitments(CommitmentsArgs),
    /// Write a SECURITY.md that says what the repository does today, or what yours leaves out
    #[command(after_long_help = DRAFT_HELP)]
    Draft(Box<DraftArgs>),
    /// Write a commented secpolicy.toml and, where something fails today, a baseline
    #[command(after_long_help = INIT_HELP)]
    Init(Box<InitArgs>),
    /// Show the time to remediate: how long known vulnerabilities stood in the lockfile, and in what shipped
    #[command(after_long_help = history::HELP)]
    History(Box<HistoryArgs>),
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print a manual page, in roff
    Man {
        /// The subcommand whose page is printed, instead of the main one
        #[arg(value_name = "SUBCOMMAND", value_parser = ["check", "commitments", "history", "draft", "init", "completions", "man"])]
        page: Option<String>,
    },
}

const CHECK_HELP: &str = "\
Exit codes (the same for every format):
  0  nothing failed
  1  something did: a promise is broken, a slot was never filled in, a vulnerability is past its window
  2  wrong usage or configuration
  3  a lockfile that counts or the advisory database could not be read, or the database is too old
  4  there is no policy to judge (vulnerabilities are still listed)

Examples:
  cargo secpolicy check                          the workspace around this folder
  cargo secpolicy check --offline                with the cached database
  cargo secpolicy check --deny due --deny missed stricter
  cargo secpolicy check --against origin/main    in a pull request: only what is new fails
  cargo secpolicy check --format json --output report.json

Settings, waivers and sign-offs stand in secpolicy.toml.";

const COMMITMENTS_HELP: &str = "\
Examples:
  cargo secpolicy commitments                      the policy that `check` would judge
  cargo secpolicy commitments --policy SECURITY.md any Markdown file, outside a workspace too
  cargo secpolicy commitments --format json";

const DRAFT_HELP: &str = "\
Only what holds today is written: each sentence was judged, and is read back. What people alone can say is worded
as a best effort, and no time is named unless you name it. A policy that is there is never changed: what it
leaves out is printed, and which of its promises are broken today.

On a terminal, without any of the options under \"What is promised\", a few questions are asked.

Examples:
  cargo secpolicy draft                              look at it
  cargo secpolicy draft -o SECURITY.md               write it; a file that is there stays as it is
  cargo secpolicy draft --contact security@acme.test --supported latest-minor \\
      --acknowledge '3 days' --fix critical='14 days' --fix high='30 days'
  cargo secpolicy draft --supported 1.4.x --supported 1.3.x";

const INIT_HELP: &str = "\
Writes secpolicy.toml beside the workspace's Cargo.toml: every setting with its default, commented out, and why one
would change it. Where `check` fails today, secpolicy-baseline.json holds what fails, so that CI turns red only
on what is new. No file that is there is changed.

Examples:
  cargo secpolicy init
  cargo secpolicy init --offline --db ../advisory-db";

/// Where the project is, and how it is looked at.
#[derive(Debug, Args)]
pub struct ProjectArgs {
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Manifest Options")]
    pub manifest_path: Option<PathBuf>,
    /// Do not use the network: the cached database and index as they are
    #[arg(long, help_heading = "Manifest Options")]
    pub offline: bool,
    /// Where cargo is asked, assert that Cargo.lock stays unchanged
    #[arg(long, help_heading = "Manifest Options")]
    pub locked: bool,
    /// The same as --locked and --offline
    #[arg(long, help_heading = "Manifest Options")]
    pub frozen: bool,

    /// The policy to judge, instead of the nearest SECURITY.md
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub policy: Option<PathBuf>,
    /// Settings, instead of secpolicy.toml; of several, the later stands above the earlier
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Vec<PathBuf>,
    /// The one lockfile that counts
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub lockfile: Option<PathBuf>,
    /// Judge as of this day (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<Date>,

    /// A folder with the advisory database: plain, or a git checkout
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Database Options")]
    pub db: Option<PathBuf>,
    /// The git repository that the database is fetched from: a mirror, `file:` and ssh included
    #[arg(long, value_name = "URL", conflicts_with = "db", help_heading = "Database Options")]
    pub db_url: Option<String>,
    /// The age in days past which the database is not trusted (exit code 3) [default: 90]
    #[arg(long, value_name = "DAYS", help_heading = "Database Options")]
    pub db_max_age: Option<u32>,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArgs,

    /// What else fails the run
    #[arg(long, value_name = "WHAT", value_enum, action = ArgAction::Append)]
    pub deny: Vec<Deny>,
    /// Fail only on what this earlier JSON report did not have
    #[arg(long, value_name = "REPORT", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Fail only on what the tree at this revision, judged on the same day, did not have
    #[arg(long, value_name = "REV", conflicts_with = "baseline")]
    pub against: Option<String>,

    /// How the report is written, and how much of it.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `commitments`.
#[derive(Debug, Args)]
pub struct CommitmentsArgs {
    /// Path to Cargo.toml
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "Manifest Options")]
    pub manifest_path: Option<PathBuf>,
    /// The policy to read, any Markdown file; needs no workspace, no cargo and no database
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub policy: Option<PathBuf>,
    /// How the list is written, and how much of it.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `draft`.
#[derive(Debug, Args)]
pub struct DraftArgs {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArgs,

    /// Where to report: an e-mail address, a page (https://…), or `github` [default: GitHub's private reporting]
    #[arg(long, value_name = "ADDRESS", help_heading = PROMISED)]
    pub contact: Vec<Contact>,
    /// Acknowledge reports within this time, such as '3 days' or '2 business days'
    #[arg(long, value_name = "TIME", help_heading = PROMISED)]
    pub acknowledge: Option<Window>,
    /// Fix what is reported within this time, such as critical='14 days', or '60 days' for any severity
    #[arg(long, value_name = "[SEVERITY=]TIME", help_heading = PROMISED)]
    pub fix: Vec<Fix>,
    /// Which versions get fixes: latest, latest-minor, latest-2-minors, 1.4.x, '>=1.2, <2.0', … [default: the latest, as a best effort]
    #[arg(long, value_name = "VERSIONS", help_heading = PROMISED)]
    pub supported: Vec<Supported>,
    /// Word the times as aims: "we aim to …"
    #[arg(long, help_heading = PROMISED)]
    pub best_effort: bool,

    /// Write to this file, which must not be there yet, instead of the standard output
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output Options")]
    pub output: Option<PathBuf>,
}

const PROMISED: &str = "What is promised";

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArgs,
}

/// How something is written.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// The format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Terminal, help_heading = "Output Options")]
    pub format: Format,
    /// Where and how it is written.
    #[command(flatten)]
    pub written: Written,
}

/// Where and how something is written.
#[derive(Debug, Args)]
pub struct Written {
    /// Write to this file instead of the standard output
    #[arg(long, short, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output Options")]
    pub output: Option<PathBuf>,
    /// When to colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, help_heading = "Output Options")]
    pub color: Color,
    /// Print only what fails and the last line
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Output Options")]
    pub quiet: bool,
    /// Print everything: what only people can say, what is kept, where was looked
    #[arg(long, short, action = ArgAction::Count, help_heading = "Output Options")]
    pub verbose: u8,
}

/// The output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Terminal,
    /// For programs; its fields are described in docs/output.md
    Json,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("`{text}` is no day; write it as YYYY-MM-DD, such as 2026-01-31"))
}

/// The arguments as clap is to see them: `cargo secpolicy …` hands the subcommand's own name over first.
pub fn arguments(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.collect();
    if args.get(1).is_some_and(|first| first == "secpolicy") {
        args.remove(1);
    }
    args
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn both_spellings_parse_alike() {
        for args in [&["cargo-secpolicy", "check"][..], &["cargo-secpolicy", "secpolicy", "check"]] {
            let args = arguments(args.iter().map(OsString::from));
            assert!(matches!(Cli::try_parse_from(args).map(|cli| cli.command), Ok(Command::Check(_))));
        }
    }
}
