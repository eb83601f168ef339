//! Whether an exposure was over within the window that was promised then, by the whole clock (spec: "Clock", "Window").

use jiff::civil::Date;

use super::Exposure;
use crate::clock;
use crate::commitment::{Commitment, Edition, Timeline, Window};
use crate::observation::advisory::{Fix, Severity, Since};
use crate::observation::day;
use crate::settings::Settings;

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
    pub promises: &'a Timeline,
    /// Whether every release is known: that all tags are there.
    pub releases_known: bool,
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
        let until = exposure.left.as_ref().map(|left| day(left.at));
        let from = |edition: &Edition| edition.day.unwrap_or(self.today);
        let standing = self.promises.editions.iter().filter(|edition| until.is_none_or(|until| from(edition) <= until)).count();
        let stood = self.promises.editions.get(..standing)?;
        let then = stood.last()?;
        if then.excludes_dependencies || !self.settings.windows_cover_dependencies {
            return None;
        }
        let charge = clock::charged(&then.commitments, severity, &|component| component == exposure.advisory.package)?;
        let promised = since(stood, charge.commitment, self.promises.cut_off);
        let entered = entered(exposure);
        let start = clock::start(exposure.public.date, fixed, &entered, &promised, self.today);
        let due = clock::due(start.date, charge.window);
        let to_release = is_about_a_release(&charge.commitment.words);
        let ended = if to_release { exposure.shipped.as_ref().map(|shipped| day(shipped.at)) } else { until };
        // What is not known can only have started the clock later, and a release that is not known can only be earlier.
        let released = !to_release || self.releases_known && exposure.releases_read;
        let surely = !start.at_the_earliest && fixed.is_some() && released;
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
fn since(stood: &[Edition], promise: &Commitment, cut_off: bool) -> Since {
    let run = stood.iter().rev().take_while(|edition| edition.commitments.iter().any(|other| other.is_same_promise(promise))).count();
    let first = stood.len().checked_sub(run).and_then(|index| stood.get(index));
    match first.map(|first| (first.day, &first.commit)) {
        Some((Some(date), _)) if run == stood.len() && cut_off => Since::AtEarliest(date),
        Some((Some(date), Some(commit))) => Since::Day { date, commit: commit.clone() },
        Some(_) => Since::Today,
        None => Since::Unknown("the policy's history does not hold the promise".into()),
    }
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
