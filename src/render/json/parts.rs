//! The small values that reports share on the wire.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::commitment::HintKind;
use crate::error::Class;
use crate::observation as seen;
use crate::report::{LedgerKind, LedgerLine, LedgerState};
use crate::source;
use crate::verdict::{self, WaiverRef};

/// A place: `path` and `line`, or `commit`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Place {
    /// The file, relative to the repository's root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The 1-based line; 1 for a file or folder as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The commit, by its full hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

impl From<&source::Place> for Place {
    fn from(place: &source::Place) -> Self {
        Self { path: Some(place.path().to_owned()), line: Some(place.line()), commit: None }
    }
}

impl From<&seen::At> for Place {
    fn from(at: &seen::At) -> Self {
        match at {
            seen::At::Place(place) => place.into(),
            seen::At::Path(path) => Self { path: Some(path.clone()), line: Some(1), commit: None },
            seen::At::Commit(commit) => Self { path: None, line: None, commit: Some(commit.clone()) },
        }
    }
}

/// One sentence that carries a verdict, and where it can be checked.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Reason {
    /// Where it can be checked.
    #[serde(flatten)]
    pub place: Place,
    /// The sentence, without a full stop.
    pub text: String,
}

impl Reason {
    /// The wire form of `reasons`; one without a place of its own stands at `fallback`.
    pub fn list(reasons: &[seen::Reason], fallback: &source::Place) -> Vec<Self> {
        let place = |reason: &seen::Reason| reason.at.as_ref().map_or_else(|| fallback.into(), Place::from);
        reasons.iter().map(|reason| Self { place: place(reason), text: reason.text.clone() }).collect()
    }
}

/// A sentence about the run as a whole; its place where it has one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Note {
    /// Where it can be checked.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// The sentence, without a full stop.
    pub text: String,
}

impl From<&seen::Reason> for Note {
    fn from(reason: &seen::Reason) -> Self {
        Self { place: reason.at.as_ref().map(Place::from), text: reason.text.clone() }
    }
}

/// What stands beside a verdict or a vulnerability, or settles it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Waiver {
    /// The file it is written in.
    pub file: String,
    /// The 1-based line.
    pub line: u32,
    /// Its reason; of a sign-off, who said so.
    pub reason: String,
    /// The last day on which it counts; null where it has no end.
    pub until: Option<Date>,
}

impl From<&WaiverRef> for Waiver {
    fn from(waiver: &WaiverRef) -> Self {
        Self { file: waiver.place.path().to_owned(), line: waiver.place.line(), reason: waiver.reason.clone(), until: waiver.until }
    }
}

/// One line of the ledger.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Ledger {
    /// The file it is written in.
    pub file: String,
    /// The 1-based line.
    pub line: u32,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: LedgerType,
    /// The advisories and verdicts that it matches.
    pub matches: Vec<String>,
    /// Its reason.
    pub reason: Option<String>,
    /// Its last day.
    pub until: Option<Date>,
    /// What has become of it.
    pub state: State,
}

/// What a line of the ledger is.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are those of secpolicy.toml")]
pub enum LedgerType {
    Waiver,
    SignOff,
    Severity,
    Ignore,
}

/// What has become of a line of the ledger.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "documented on the domain's type")]
pub enum State {
    Active,
    Expired,
    Unused,
    Inert,
}

impl From<&LedgerLine> for Ledger {
    fn from(line: &LedgerLine) -> Self {
        let kind = match line.kind {
            LedgerKind::Waiver => LedgerType::Waiver,
            LedgerKind::SignOff => LedgerType::SignOff,
            LedgerKind::Severity => LedgerType::Severity,
            LedgerKind::Ignore => LedgerType::Ignore,
        };
        let state = match line.state {
            LedgerState::Active => State::Active,
            LedgerState::Expired => State::Expired,
            LedgerState::Unused => State::Unused,
            LedgerState::Inert => State::Inert,
        };
        Self {
            file: line.place.path().to_owned(),
            line: line.place.line(),
            kind,
            matches: line.matches.clone(),
            reason: line.reason.clone(),
            until: line.until,
            state,
        }
    }
}

/// What is worth saying and is no verdict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    /// `kind/subject`.
    pub id: String,
    /// One sentence or two.
    pub text: String,
    /// Where it is seen.
    pub places: Vec<Place>,
    /// Whether it fails the run.
    pub fails: bool,
}

impl From<&verdict::Finding> for Finding {
    fn from(finding: &verdict::Finding) -> Self {
        Self {
            id: finding.id.clone(),
            text: finding.text.clone(),
            places: finding.places.iter().map(Place::from).collect(),
            fails: finding.fails,
        }
    }
}

/// What is worth saying of the policy's text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Hint {
    /// What sort of hint.
    pub kind: HintName,
    /// Where it is seen.
    pub places: Vec<Place>,
    /// One sentence.
    pub text: String,
}

/// The sorts of hints.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HintName {
    /// Two firm promises that cannot both hold.
    Contradiction,
    /// A template slot that was never filled in.
    Slot,
    /// A deadline without a number.
    NoNumber,
}

impl From<&crate::commitment::Hint> for Hint {
    fn from(hint: &crate::commitment::Hint) -> Self {
        let kind = match hint.kind {
            HintKind::Contradiction => HintName::Contradiction,
            HintKind::Slot => HintName::Slot,
            HintKind::NoNumber => HintName::NoNumber,
        };
        Self { kind, places: hint.places.iter().map(Place::from).collect(), text: hint.text.clone() }
    }
}

/// What kept the run from judging all.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// The exit code that it ends in.
    pub exit_code: u8,
    /// Where the mistake stands.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// What was being done, to which file, and why that failed.
    pub text: String,
    /// What to do next.
    pub help: Option<String>,
}

impl From<&crate::error::Error> for Problem {
    fn from(error: &crate::error::Error) -> Self {
        Self {
            exit_code: Class::code(error.class),
            place: error.place.as_deref().map(Place::from),
            text: error.message.clone(),
            help: error.help.clone(),
        }
    }
}
