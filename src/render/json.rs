//! The report as JSON: frozen wire structs, apart from the domain's own types, so that a change inside does
//! not change the contract unseen. `docs/report.schema.json` is generated from them.

pub mod commitment;
pub mod history;
pub mod parts;
pub mod vulnerability;

use jiff::civil::Date;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;

use crate::observation::workspace::Ships;
use crate::observation::{advisory, git, lockfile, workspace};
use crate::report;
use crate::settings::Deny;
use crate::verdict::{self, Outcome};

use commitment::{Commitment, Commitments};
use parts::{Finding, Hint, Ledger, Note, Problem, Reason, Waiver};
use vulnerability::Vulnerability;

/// The version of the contract. It changes where a field goes or changes its meaning, not where one is added.
pub const SCHEMA_VERSION: u32 = 1;

/// The report of `check`, indented, with a line end.
///
/// # Errors
/// None that this crate's own values can cause; serde's signature has one.
pub fn render(report: &report::Report) -> serde_json::Result<String> {
    pretty(&Report::from(report))
}

/// The report of `commitments`: the policy read from `path`.
///
/// # Errors
/// As [`render`].
pub fn commitments(path: &str, policy: &crate::commitment::Policy) -> serde_json::Result<String> {
    pretty(&Commitments::new(path, policy))
}

/// The report of `history`.
///
/// # Errors
/// As [`render`].
pub fn history(history: &crate::replay::History) -> serde_json::Result<String> {
    pretty(&history::History::from(history))
}

/// The JSON Schema of [`history()`]'s output.
pub fn history_schema() -> Schema {
    generate::<history::History>()
}

/// The JSON Schema of [`render`]'s output.
pub fn schema() -> Schema {
    generate::<Report>()
}

/// The JSON Schema of [`commitments`]' output.
pub fn commitments_schema() -> Schema {
    generate::<Commitments>()
}

/// The schema of what is written: a field that is left out where it does not apply is no required one.
fn generate<T: JsonSchema>() -> Schema {
    SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<T>()
}

fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string_pretty(value).map(|text| text + "\n")
}

/// What `check --format json` prints.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "The report of cargo secpolicy check")]
pub struct Report {
    /// 1.
    pub schema_version: u32,
    /// The program that made the report.
    pub tool: Tool,
    /// The moment of judgement.
    pub as_of: jiff::Timestamp,
    /// The workspace.
    pub workspace: Workspace,
    /// Git; null where there is none.
    pub git: Option<Git>,
    /// Every lockfile, sorted by path.
    pub lockfiles: Vec<Lockfile>,
    /// The policy.
    pub policy: Policy,
    /// The advisory database; null where it could not be read.
    pub database: Option<Database>,
    /// What the run was told.
    pub settings: Settings,
    /// The verdicts, sorted by place.
    pub verdicts: Vec<Verdict>,
    /// The vulnerabilities, sorted by lockfile, package, version, advisory.
    pub vulnerabilities: Vec<Vulnerability>,
    /// What is worth saying and is no verdict.
    pub findings: Vec<Finding>,
    /// What is worth saying of the policy's text.
    pub hints: Vec<Hint>,
    /// Every waiver, sign-off, stated severity and ignore, sorted by place.
    pub waivers: Vec<Ledger>,
    /// What is to be said of the run as a whole.
    pub notes: Vec<Note>,
    /// What kept the run from judging all.
    pub errors: Vec<Problem>,
    /// How many verdicts have each outcome.
    pub summary: Summary,
    /// The process's exit code.
    pub exit_code: u8,
}

/// The program that made the report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Tool {
    pub name: &'static str,
    pub version: &'static str,
}

/// The workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Workspace {
    /// Where it lies in the repository.
    pub root: String,
    /// Its packages, sorted by name.
    pub packages: Vec<Package>,
}

/// One package of the workspace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether it is part of what the project ships.
    pub ships: bool,
}

/// Git.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Git {
    /// The commit that is checked out.
    pub head: Option<String>,
    /// In what it is incomplete: `shallow`, `partial`, `sparse`, `no-tags`, `single-branch`.
    pub incomplete: Vec<&'static str>,
    /// Whether a file that the report rests on differs from the commit.
    pub modified: bool,
}

/// One lockfile.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Lockfile {
    /// Its path.
    pub path: String,
    /// How many packages it locks; null where it could not be read.
    pub packages: Option<usize>,
    /// Whether it starts clocks and breaks promises.
    pub counts: bool,
}

/// The policy.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Policy {
    /// Its path; null where there is none.
    pub path: Option<String>,
    /// Policies that were found and not taken.
    pub others: Vec<String>,
}

/// The advisory database.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Database {
    /// The folder or address that it was read from.
    pub source: String,
    /// The commit that was read.
    pub commit: Option<String>,
    /// That commit's time; of a plain folder, its newest advisory's date.
    pub updated: Option<jiff::Timestamp>,
    /// How many advisories it holds.
    pub advisories: usize,
    /// Advisories that could not be read.
    pub unreadable: Vec<String>,
}

/// What the run was told.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Settings {
    /// What adds to what fails.
    #[schemars(with = "Vec<String>")]
    pub deny: Vec<Deny>,
    /// The earlier report that only what is new against fails.
    pub baseline: Option<String>,
    /// The revision that only what is new against fails.
    pub against: Option<String>,
}

/// One promise, judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Verdict {
    /// The commitment's id.
    pub id: String,
    /// `kept`, `broken`, `missed`, `placeholder`, `due`, `unproven`, `signed-off` or `manual`.
    pub outcome: &'static str,
    /// Whether it fails the run.
    pub fails: bool,
    /// How many jobs, tags, vulnerabilities or links a `kept` rests on; 0 is "not tested yet".
    pub tested: u32,
    /// The promise.
    pub commitment: Commitment,
    /// What carries the outcome, the weightiest first.
    pub reasons: Vec<Reason>,
    /// What is worth knowing beside it.
    pub notes: Vec<Reason>,
    /// What nobody may overlook although the promise is kept.
    pub warnings: Vec<Reason>,
    /// The last day inside a running window.
    pub due: Option<Date>,
    /// What settles it or stands beside it.
    pub waiver: Option<Waiver>,
}

/// How many verdicts have each outcome.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the outcomes' names")]
pub struct Summary {
    pub kept: usize,
    pub broken: usize,
    pub missed: usize,
    pub placeholder: usize,
    pub due: usize,
    pub unproven: usize,
    pub signed_off: usize,
    pub manual: usize,
}

impl From<&report::Report> for Report {
    fn from(report: &report::Report) -> Self {
        let policy = report.policy.as_deref();
        Self {
            schema_version: SCHEMA_VERSION,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            as_of: report.as_of,
            workspace: (&report.workspace).into(),
            git: report.git.as_ref().map(Git::from),
            lockfiles: report.lockfiles.iter().map(Lockfile::from).collect(),
            policy: Policy { path: report.policy.clone(), others: report.other_policies.clone() },
            database: report.database.as_ref().map(Database::from),
            settings: (&report.asked).into(),
            verdicts: report.verdicts.iter().map(|verdict| Verdict::new(verdict, policy)).collect(),
            vulnerabilities: report.vulnerabilities.iter().map(Vulnerability::from).collect(),
            findings: report.findings.iter().map(Finding::from).collect(),
            hints: report.hints.iter().map(Hint::from).collect(),
            waivers: report.waivers.iter().map(Ledger::from).collect(),
            notes: report.notes.iter().map(Note::from).collect(),
            errors: report.errors.iter().map(Problem::from).collect(),
            summary: Summary::new(report),
            exit_code: report.exit_code(),
        }
    }
}

impl From<&workspace::Workspace> for Workspace {
    fn from(workspace: &workspace::Workspace) -> Self {
        let package = |member: &workspace::Member| Package {
            name: member.name.clone(),
            version: member.version.to_string(),
            ships: member.ships == Ships::Yes,
        };
        Self { root: workspace.root.clone(), packages: workspace.members.iter().map(package).collect() }
    }
}

impl From<&git::Git> for Git {
    fn from(git: &git::Git) -> Self {
        Self {
            head: git.head.clone(),
            incomplete: git.incomplete.iter().map(|what| what.word()).collect(),
            modified: !git.modified.is_empty(),
        }
    }
}

impl From<&lockfile::Lockfile> for Lockfile {
    fn from(file: &lockfile::Lockfile) -> Self {
        Self {
            path: file.path.clone(),
            packages: file.content.as_ref().ok().map(|locked| locked.packages.len()),
            counts: file.counts == lockfile::Counts::Yes,
        }
    }
}

impl From<&advisory::Database> for Database {
    fn from(database: &advisory::Database) -> Self {
        Self {
            source: database.source.clone(),
            commit: database.commit.clone(),
            updated: database.updated,
            advisories: database.advisories,
            unreadable: database.unreadable.iter().map(|(path, _)| path.clone()).collect(),
        }
    }
}

impl From<&report::Asked> for Settings {
    fn from(asked: &report::Asked) -> Self {
        let mut deny = asked.deny.clone();
        deny.sort_unstable();
        deny.dedup();
        Self { deny, baseline: asked.baseline.clone(), against: asked.against.clone() }
    }
}

impl Verdict {
    fn new(verdict: &verdict::Verdict, policy: Option<&str>) -> Self {
        let (judgement, place) = (&verdict.judgement, &verdict.commitment.place);
        Self {
            id: verdict.commitment.id.clone(),
            outcome: judgement.outcome.word(),
            fails: verdict.fails,
            tested: judgement.tested,
            commitment: Commitment::new(&verdict.commitment, policy),
            reasons: Reason::list(&judgement.reasons, place),
            notes: Reason::list(&judgement.notes, place),
            warnings: Reason::list(&judgement.warnings, place),
            due: judgement.due,
            waiver: verdict.waiver.as_ref().map(Waiver::from),
        }
    }
}

impl Summary {
    fn new(report: &report::Report) -> Self {
        Self {
            kept: report.count(Outcome::Kept),
            broken: report.count(Outcome::Broken),
            missed: report.count(Outcome::Missed),
            placeholder: report.count(Outcome::Placeholder),
            due: report.count(Outcome::Due),
            unproven: report.count(Outcome::Unproven),
            signed_off: report.count(Outcome::SignedOff),
            manual: report.count(Outcome::Manual),
        }
    }
}
