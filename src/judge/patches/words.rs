//! The sentences that say how a date came about.

use jiff::civil::Date;

use super::status::Running;
use crate::observation::Reason;
use crate::observation::advisory::{AdvisoryKind, Built, Fix, FixReach, Hit, Severity, Since};
use crate::verdict::Vulnerability;

/// Why a date is not known in a shallow or partial clone; how to mend that, the report says once.
pub(super) const CUT_OFF: &str = "the history is cut off";

/// Why a hit is informational.
pub(super) fn informational(hit: &Hit) -> Reason {
    let text = match hit.kind {
        AdvisoryKind::Unmaintained => "nobody maintains it any more",
        AdvisoryKind::Unsound => "it has a soundness hole",
        AdvisoryKind::Notice => "the database has a notice about it",
        AdvisoryKind::Yanked => "this version was withdrawn from the registry",
        AdvisoryKind::Vulnerability if !hit.counts => "this lockfile does not count",
        AdvisoryKind::Vulnerability => {
            let text = format!("the published requirements admit {}, so users of the library get the fix by themselves", fix(hit));
            return Reason::at(text, &hit.place);
        }
    };
    Reason::at(text, &hit.place)
}

/// What reaches a package that nothing that ships reaches.
pub(super) fn not_shipped(hit: &Hit) -> Reason {
    let members: Vec<&str> = hit.paths.iter().filter_map(|path| path.first()).map(String::as_str).collect();
    Reason::at(format!("only what does not ship reaches it: {}", members.join(", ")), &hit.place)
}

fn fix(hit: &Hit) -> String {
    match &hit.fix {
        Fix::None => "a fix".into(),
        Fix::Version { version, .. } => version.clone(),
    }
}

/// How the due date came about: the dates, the due day, and what is not known.
pub(super) fn clock(hit: &Hit, severity: Option<Severity>, running: &Running<'_>, today: Date) -> Vec<Reason> {
    let window = running.charge.window;
    let mut dates: Vec<String> = hit.public.iter().map(|public| format!("public {}", public.date)).collect();
    if let Fix::Version { version, published: Some(day) } = &hit.fix {
        dates.push(format!("fix {version} published {day}"));
    }
    dates.extend(since("in this lockfile since", &hit.entered));
    dates.extend(since("promised since", &running.promised).filter(|_| starts_the_clock(running)));
    let earliest = if running.start.at_the_earliest { " at the earliest" } else { "" };
    let text = format!("{} → due {}{earliest} ({window})", dates.join(", "), running.due);
    let mut reasons = vec![Reason::at(text, &running.charge.commitment.place)];
    if let Some((what, why)) = undecided(hit, running) {
        let lead = if running.due < today { "whether it is past the window cannot be decided" } else { "the due day may be later" };
        reasons.push(Reason::new(format!("{lead}: {what} is not known: {why}")));
    }
    if let Since::Day { commit, .. } = &hit.entered {
        reasons.push(Reason::in_commit("here it entered the lockfile", commit));
    }
    if let Fix::Version { version, published: None } = &hit.fix {
        reasons.push(Reason::new(format!("the day on which {version} was published is not known, and is left out")));
    }
    if hit.public.is_some_and(|public| !public.from_history) {
        reasons.push(Reason::new("the database has no history here, so the advisory's own date stands for the day it was public"));
    }
    if severity.is_none() {
        reasons.push(Reason::new("its severity is not known, so the longest window is charged"));
    }
    reasons
}

/// The promise's own age is only worth words where the clock starts with it.
fn starts_the_clock(running: &Running<'_>) -> bool {
    match &running.promised {
        Since::Day { date, .. } => *date == running.start.date,
        Since::Today => true,
        Since::AtEarliest(_) | Since::NotAsked | Since::Unknown(_) => false,
    }
}

fn since(words: &str, since: &Since) -> Option<String> {
    match since {
        Since::Day { date, .. } => Some(format!("{words} {date}")),
        Since::Today => Some(format!("{words} today, by what is not committed")),
        Since::AtEarliest(date) => Some(format!("{words} {date} or longer")),
        Since::NotAsked | Since::Unknown(_) => None,
    }
}

/// What is not known of a clock that started "at the earliest", and why; `None` where its start is certain.
pub(super) fn undecided(hit: &Hit, running: &Running<'_>) -> Option<(&'static str, String)> {
    let entered = unknown(&hit.entered).map(|why| ("since when the lockfile has held it", why));
    let promised = || unknown(&running.promised).map(|why| ("since when the window has been promised", why));
    entered.or_else(promised).filter(|_| running.start.at_the_earliest)
}

/// Why it cannot be told since when something has been so; `None` where it can.
pub(super) fn unknown(since: &Since) -> Option<String> {
    match since {
        Since::AtEarliest(_) => Some(CUT_OFF.to_owned()),
        Since::Unknown(why) => Some(why.clone()),
        Since::NotAsked => Some("the history was not read".into()),
        Since::Day { .. } | Since::Today => None,
    }
}

/// What else the status rests on.
pub(super) fn asides(hit: &Hit) -> Vec<Reason> {
    let built = match &hit.built {
        Built::Yes | Built::Never => None,
        Built::OtherTargets(targets) => Some(format!("cargo builds it on other targets than this one: {targets}")),
        Built::Unknown(why) => Some(format!("cargo could not be asked whether anything builds it ({why}), so the lockfile decides")),
    };
    let users = match &hit.reaches_users {
        FixReach::NotALibrary | FixReach::Admitted => None,
        FixReach::Excluded => Some(format!("the published requirements exclude {}, so users of the library cannot get the fix", fix(hit))),
        FixReach::Unknown(by) => {
            Some(format!("whether users of the library get {} by themselves depends on {by}, so the lockfile decides", fix(hit)))
        }
    };
    built.into_iter().chain(users).map(Reason::new).collect()
}

/// One vulnerability in the list under a window's verdict.
pub(super) fn listed(vulnerability: &Vulnerability) -> Option<Reason> {
    let (hit, due) = (&vulnerability.hit, vulnerability.due?);
    let id = hit.advisory.as_ref().map_or("yanked", |advisory| advisory.id.as_str());
    let waived = if vulnerability.waiver.is_some() { ", waived" } else { "" };
    Some(Reason::at(format!("{id} hits {} {}, due {due}{waived}", hit.package, hit.version), &hit.place))
}
