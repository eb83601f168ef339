//! The time that remediation took: the pipeline of `cargo secpolicy history`. Nothing is printed and nothing exits.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check;
use crate::error::Result;
use crate::gather::past::{self, Past};
use crate::gather::workspace::locate;
use crate::gather::{self, Request};
use crate::observation::advisory::{AdvisoryKind, Fix, Severity};
use crate::observation::day;
use crate::replay::figures::Figures;
use crate::replay::windows::{self, Judged, Yardstick};
use crate::replay::{self, History, Release};

/// What one `history` is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The workspace, the policy, the database and the day, as for a check.
    pub check: check::Options,
    /// Only exposures that began on this day or later.
    pub since: Option<Date>,
    /// Only exposures that began on this day or earlier.
    pub until: Option<Date>,
    /// Only those of these severities; all where there are none. `None` is an unknown one.
    pub severities: Vec<Option<Severity>>,
    /// What the advisories are about; vulnerabilities where there are none.
    pub kinds: Vec<AdvisoryKind>,
}

/// Replays the history of the workspace around the start folder.
///
/// # Errors
/// No workspace, wrong settings, no git, no database.
pub fn run(options: &Options) -> Result<History> {
    let asked = &options.check;
    let site = gather::site(locate(&asked.start, asked.manifest_path.as_deref())?, &asked.start, &asked.configs)?;
    let mut settings = site.settings.clone();
    settings.db_max_age = asked.db_max_age.unwrap_or(settings.db_max_age);
    // Without a policy nothing was promised, and the days are told all the same.
    let policy = check::find_policy(asked, &site, &settings).ok().map(|(source, _)| source);
    let request = Request {
        database: asked.database(),
        lockfile: asked.lockfile.as_ref().map(|path| asked.start.join(path)),
        now: asked.now,
        flags: asked.flags,
        policy: policy.clone(),
    };
    let past = past::past(&site, &request, &settings)?;
    let releases_known = past.tags_incomplete.is_none();
    let by = Yardstick { promises: &past.promises, releases_known, settings: &settings, today: day(asked.now) };
    let mut replayed: Vec<_> = past.histories.iter().map(|history| replay::replay(history, &past.advisories)).collect();
    let own = replay::own::exposures(&past.own, &past.releases);
    let all = replayed.iter_mut().flat_map(|one| std::mem::take(&mut one.exposures)).chain(own);
    let mut exposures: Vec<Judged> = all.map(|exposure| judged(exposure, &past, by)).filter(|one| options.wants(one)).collect();
    exposures.sort_by_key(key);
    let times = || past.histories.iter().flat_map(|history| history.revisions.iter().map(|revision| revision.at));
    Ok(History {
        as_of: asked.now,
        branch: past.branch.clone(),
        policy: policy.map(|source| source.path().to_owned()),
        revisions: times().count(),
        span: times().min().zip(times().max()),
        complete: past.histories.iter().all(|history| history.cut_off.is_none()),
        figures: Figures::of(exposures.iter()),
        exposures,
        releases: replayed.iter_mut().flat_map(|one| std::mem::take(&mut one.releases)).map(|one| options.of_kind(one)).collect(),
        notes: notes(&past, replayed.into_iter().flat_map(|one| one.notes)),
        errors: check::too_old(&past.database, &settings, asked.now).into_iter().collect(),
        database: past.database,
    })
}

fn key(one: &Judged) -> (Timestamp, String, Option<String>) {
    (one.exposure.began(), one.exposure.advisory.id.clone(), one.exposure.lockfile.clone())
}

fn judged(exposure: replay::Exposure, past: &Past, by: Yardstick<'_>) -> Judged {
    let fix = exposure.versions.last().map_or(Fix::None, |version| past.fix(&exposure.advisory, version));
    windows::judge(exposure, &fix, by)
}

fn notes(past: &Past, own: impl Iterator<Item = String>) -> Vec<String> {
    let mut notes: Vec<String> = own.collect();
    if past.histories.is_empty() {
        notes.push("no lockfile that counts is here, so there is nothing to replay".into());
    }
    if past.advisories.iter().any(|(_, public)| !public.from_history) {
        let text = "the database has no history here, so an advisory counts as public since its own date, which is often set back; \
                    a git checkout of it knows better";
        notes.push(text.into());
    }
    if let Some(why) = past.tags_incomplete {
        notes.push(format!("{why}: a release that is free of an advisory may not be known; `git fetch --tags` brings them"));
    }
    notes.extend(past.promises.gaps.iter().map(|gap| format!("of the policy, {gap}")));
    notes.extend(past.database.unreadable.iter().map(|(path, why)| format!("the advisory {path} could not be read: {why}")));
    notes.extend(past.database.warnings.iter().cloned());
    notes
}

impl Options {
    fn wants_kind(&self, kind: AdvisoryKind) -> bool {
        if self.kinds.is_empty() { kind == AdvisoryKind::Vulnerability } else { self.kinds.contains(&kind) }
    }

    /// The release with what was known of the kinds that are asked for.
    fn of_kind(&self, mut release: Release) -> Release {
        if let Some(known) = &mut release.known {
            known.retain(|advisory| self.wants_kind(advisory.kind));
        }
        release
    }

    fn wants(&self, one: &Judged) -> bool {
        let began = day(one.exposure.began());
        self.since.is_none_or(|since| began >= since)
            && self.until.is_none_or(|until| began <= until)
            && (self.severities.is_empty() || self.severities.contains(&one.severity))
            && self.wants_kind(one.exposure.advisory.kind)
    }
}
