//! Whether an exposure was over within the window that was promised then, by the whole clock (spec: "Clock", "Window").

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Exposure, day};
use crate::clock;
use crate::commitment::{Commitment, Kind, Policy, Window};
use crate::observation::advisory::{Fix, Severity, Since};
use crate::settings::Settings;

/// The policy as it stood since a moment.
#[derive(Clone, Debug)]
pub struct Stood {
    /// Since when.
    pub from: Timestamp,
    /// The commit that wrote it so.
    pub commit: String,
    /// What it promised; nothing where there was none.
    pub policy: Policy,
}

/// Every policy that stood, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Promises {
    /// Each revision that was read.
    pub stood: Vec<Stood>,
    /// Whether older ones could not be read.
    pub cut_off: bool,
}

/// An exposure with what was promised of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The exposure.
    pub exposure: Exposure,
    /// Its severity, where a score or the settings state one.
    pub severity: Option<Severity>,
    /// The window that was promised; `None` where none was.
    pub promised: Option<Promised>,
}

/// A window that was promised, and how it ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The promise's id in the policy of that time.
    pub commitment: String,
    /// The window.
    pub window: Window,
    /// The day on which its clock started.
    pub started: Date,
    /// The last day inside it.
    pub due: Date,
    /// Whether the promise is about a release, rather than a fix on the branch.
    pub to_release: bool,
    /// Whether it was kept; `None` while it runs, and where a date is not known that decides.
    pub kept: Option<bool>,
}

impl Promised {
    /// The window's length in days.
    pub fn days(&self) -> i64 {
        clock::days_between(self.started, self.due)
    }
}

impl Judged {
    /// Whether a promised window was kept; `None` where none was promised or it is not decided.
    pub fn kept(&self) -> Option<bool> {
        self.promised.as_ref().and_then(|promised| promised.kept)
    }
}

/// What an exposure is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Yardstick<'a> {
    /// What was promised when.
    pub promises: &'a Promises,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of judgement.
    pub today: Date,
}

/// Judges one exposure whose fix is `fix`.
pub fn judge(exposure: Exposure, fix: &Fix, by: Yardstick<'_>) -> Judged {
    let severity = by.settings.severity_of(&exposure.advisory);
    let promised = match fix {
        // Without a fixed version no clock runs.
        Fix::None => None,
        Fix::Version { published, .. } => by.promised(&exposure, severity, *published),
    };
    Judged { exposure, severity, promised }
}

impl Yardstick<'_> {
    fn promised(self, exposure: &Exposure, severity: Option<Severity>, fixed: Option<Date>) -> Option<Promised> {
        let until = exposure.left.as_ref().map(|left| left.at);
        let standing = self.promises.stood.iter().filter(|stood| until.is_none_or(|until| stood.from <= until)).count();
        let stood = self.promises.stood.get(..standing)?;
        let policy = &stood.last()?.policy;
        if policy.excludes_dependencies.is_some() || !self.settings.windows_cover_dependencies {
            return None;
        }
        let charge = clock::charged(policy, severity, &|component| component == exposure.advisory.package)?;
        let promised = since(stood, charge.commitment, self.promises.cut_off);
        let entered = entered(exposure);
        let start = clock::start(exposure.public.date, fixed, &entered, &promised, self.today);
        let due = clock::due(start.date, charge.window);
        let to_release = is_about_a_release(&charge.commitment.words);
        let ended = if to_release { exposure.shipped.as_ref().map(|shipped| shipped.at) } else { until }.map(day);
        // What is not known can only have started the clock later.
        let surely = !start.at_the_earliest && fixed.is_some();
        let kept = match ended {
            Some(ended) if ended <= due => Some(true),
            None if self.today <= due => None,
            Some(_) | None => surely.then_some(false),
        };
        Some(Promised { commitment: charge.commitment.id.clone(), window: charge.window, started: start.date, due, to_release, kept })
    }
}

fn entered(exposure: &Exposure) -> Since {
    let date = day(exposure.entered.at);
    if exposure.cut_off { Since::AtEarliest(date) } else { Since::Day { date, commit: exposure.entered.commit.clone() } }
}

/// Since when the promise has stood, looking back from the last of `stood`.
fn since(stood: &[Stood], promise: &Commitment, cut_off: bool) -> Since {
    let run = stood.iter().rev().take_while(|stood| stood.policy.commitments.iter().any(|other| same(other, promise))).count();
    let first = stood.len().checked_sub(run).and_then(|index| stood.get(index));
    match first {
        Some(first) if run == stood.len() && cut_off => Since::AtEarliest(day(first.from)),
        Some(first) => Since::Day { date: day(first.from), commit: first.commit.clone() },
        None => Since::Unknown("the policy's history does not hold the promise".into()),
    }
}

/// Whether two revisions' promises are the same: the words around them, and with these the scope, may differ.
pub fn same(a: &Commitment, b: &Commitment) -> bool {
    let alike = match (&a.kind, &b.kind) {
        (Kind::PatchDeadline { severity: a, window: x, .. }, Kind::PatchDeadline { severity: b, window: y, .. }) => (a, x) == (b, y),
        (a, b) => a == b,
    };
    alike && a.component == b.component && a.placeholder == b.placeholder
}

/// Words that make a promise one of a release: "patched release", "we release a fix", "fixes are shipped".
const OF_A_RELEASE: &[&str] = &["releas", "ship", "publish", "new version", "patched version", "fixed version"];

/// Words by which a window only counts from a release.
const FROM_A_RELEASE: &[&str] =
    &["of the release", "of release", "after release", "after the release", "of publication", "being published"];

/// Whether the words of the promise are about a release.
fn is_about_a_release(words: &str) -> bool {
    let words = words.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    says(OF_A_RELEASE) && !says(FROM_A_RELEASE)
}

#[cfg(test)]
mod tests;
