//! What `history --format json` prints, as frozen wire structs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::SCHEMA_VERSION;
use crate::replay;
use crate::replay::figures::{self, Figures};
use crate::replay::windows::Judged;

/// The time that remediation took.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(title = "The report of cargo secpolicy history")]
pub struct History {
    /// 1.
    pub schema_version: u32,
    /// The moment of judgement.
    pub as_of: Timestamp,
    /// The branch that is checked out; null where none is.
    pub branch: Option<String>,
    /// The policy's path; null where there is none.
    pub policy: Option<String>,
    /// The commit of the advisory database; null where it has none.
    pub database: Option<String>,
    /// How many revisions of lockfiles were read.
    pub revisions: usize,
    /// The time of the first of them.
    pub from: Option<Timestamp>,
    /// The time of the last of them.
    pub to: Option<Timestamp>,
    /// Whether the history is whole.
    pub complete: bool,
    /// The exposures, by the moment that their days began.
    pub exposures: Vec<Exposure>,
    /// The figures over all of them.
    pub summary: Summary,
    /// The same by severity.
    pub by_severity: BTreeMap<&'static str, Summary>,
    /// The same by the year in which they began.
    pub by_year: BTreeMap<i16, Summary>,
    /// The releases, the earliest first.
    pub releases: Vec<Release>,
    /// What is to be said of the history itself.
    pub notes: Vec<String>,
}

/// One advisory in one lockfile, without a break.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Exposure {
    /// The advisory's id.
    pub advisory: String,
    /// Its other ids.
    pub aliases: Vec<String>,
    /// The package.
    pub package: String,
    /// The versions that were held, ascending.
    pub versions: Vec<String>,
    /// The lockfile; null of the project's own releases.
    pub lockfile: Option<String>,
    /// `critical`, `high`, `medium`, `low` or `unknown`.
    pub severity: &'static str,
    /// What the advisory is about.
    pub kind: &'static str,
    /// The advisory's own date.
    pub published: Date,
    /// The day it was public: the later of that date and its first commit in the database.
    pub public: Date,
    /// The commit that brought it in.
    pub entered: Moment,
    /// The commit after which it was gone; null while it is there.
    pub left: Option<Moment>,
    /// The first release after that that is free of it; null where there is none.
    pub shipped: Option<Shipped>,
    /// The days from the later of `public` and `entered` until it left; null while it is there.
    pub days: Option<f64>,
    /// The days from the same moment to that release.
    pub days_to_release: Option<f64>,
    /// The promised window in days; null where none was promised then.
    pub window_days: Option<i64>,
    /// The last day inside the window.
    pub due: Option<Date>,
    /// Whether the window was kept; null where none was promised, while it runs, and where it cannot be told.
    pub kept: Option<bool>,
}

/// A commit and its time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Moment {
    pub commit: String,
    pub at: Timestamp,
}

/// A release's tag and its time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Shipped {
    pub tag: String,
    pub at: Timestamp,
}

/// Figures over closed exposures, ascending: the median is element ⌊n/2⌋, the 90th percentile element ⌊0.9·n⌋, from 0.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Summary {
    pub closed: usize,
    pub open: usize,
    pub median_days: Option<f64>,
    pub p90_days: Option<f64>,
    pub max_days: Option<f64>,
    pub median_days_to_release: Option<f64>,
    /// Of those for which a window was promised.
    pub in_time: usize,
    /// Of those for which a window was promised.
    pub late: usize,
}

/// A release, and what was known of its lockfile when it was made.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// Its version.
    pub version: String,
    /// When it was tagged.
    pub at: Timestamp,
    /// The lockfile.
    pub lockfile: String,
    /// The ids of the advisories that hit it and were public then; null where there was no lockfile to read.
    pub known: Option<Vec<String>>,
}

/// One decimal: what a day's tenth adds is noise.
fn tenths(days: f64) -> f64 {
    (days * 10.0).round() / 10.0
}

impl From<&replay::History> for History {
    fn from(history: &replay::History) -> Self {
        let summaries = |(key, figures): (&'static str, Figures)| (key, Summary::from(figures));
        Self {
            schema_version: SCHEMA_VERSION,
            as_of: history.as_of,
            branch: history.branch.clone(),
            policy: history.policy.clone(),
            database: history.database.commit.clone(),
            revisions: history.revisions,
            from: history.span.map(|(from, _)| from),
            to: history.span.map(|(_, to)| to),
            complete: history.complete,
            exposures: history.exposures.iter().map(Exposure::from).collect(),
            summary: history.figures.into(),
            by_severity: figures::by_severity(&history.exposures).into_iter().map(summaries).collect(),
            by_year: figures::by_year(&history.exposures).into_iter().map(|(year, figures)| (year, figures.into())).collect(),
            releases: history.releases.iter().map(Release::from).collect(),
            notes: history.notes.iter().cloned().chain(history.errors.iter().map(|error| error.message.clone())).collect(),
        }
    }
}

impl From<&Judged> for Exposure {
    fn from(one: &Judged) -> Self {
        let exposure = &one.exposure;
        let moment = |moment: &replay::Moment| Moment { commit: moment.commit.clone(), at: moment.at };
        Self {
            advisory: exposure.advisory.id.clone(),
            aliases: exposure.advisory.aliases.clone(),
            package: exposure.advisory.package.clone(),
            versions: exposure.versions.iter().map(ToString::to_string).collect(),
            lockfile: exposure.lockfile.clone(),
            severity: one.severity.map_or("unknown", crate::observation::advisory::Severity::word),
            kind: exposure.advisory.kind.word(),
            published: exposure.advisory.date,
            public: exposure.public.date,
            entered: moment(&exposure.entered),
            left: exposure.left.as_ref().map(moment),
            shipped: exposure.shipped.as_ref().map(|shipped| Shipped { tag: shipped.tag.clone(), at: shipped.at }),
            days: exposure.days().map(tenths),
            days_to_release: exposure.days_to_release().map(tenths),
            window_days: one.promised.as_ref().map(replay::windows::Promised::days),
            due: one.promised.as_ref().map(|promised| promised.due),
            kept: one.kept(),
        }
    }
}

impl From<Figures> for Summary {
    fn from(figures: Figures) -> Self {
        Self {
            closed: figures.closed,
            open: figures.open,
            median_days: figures.median_days.map(tenths),
            p90_days: figures.p90_days.map(tenths),
            max_days: figures.max_days.map(tenths),
            median_days_to_release: figures.median_days_to_release.map(tenths),
            in_time: figures.in_time,
            late: figures.late,
        }
    }
}

impl From<&replay::Release> for Release {
    fn from(release: &replay::Release) -> Self {
        let ids = |known: &Vec<std::sync::Arc<crate::observation::advisory::Advisory>>| {
            known.iter().map(|advisory| advisory.id.clone()).collect()
        };
        Self {
            tag: release.tag.clone(),
            version: release.version.to_string(),
            at: release.at,
            lockfile: release.lockfile.clone(),
            known: release.known.as_ref().map(ids),
        }
    }
}
