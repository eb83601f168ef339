//! The pipeline: read the policy, gather, judge, settle. Nothing is printed and nothing exits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::change::{self, History};
use crate::clock;
use crate::commitment::{HintKind, Policy};
use crate::compare::{self, Earlier};
use crate::error::{Class, Error, Result};
use crate::findings;
use crate::gather::database::{DEFAULT_URL, From};
use crate::gather::workspace::cargo::Flags;
use crate::gather::{self, Gathered, Site, policy as policies, workspace};
use crate::judge::{self, Context};
use crate::observation::advisory::Database;
use crate::observation::{At, Reason, day};
use crate::read;
use crate::report::{Asked, Report};
use crate::settings::{Deny, Settings};
use crate::source::Source;
use crate::waivers::{self, Against, Ledger};

/// What one `check` is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that it is run in.
    pub start: PathBuf,
    /// The manifest, where it is named.
    pub manifest_path: Option<PathBuf>,
    /// What cargo may do, and whether the network may be used.
    pub flags: Flags,
    /// The policy, where it is named.
    pub policy: Option<PathBuf>,
    /// The settings files, where they are named.
    pub configs: Vec<PathBuf>,
    /// The one lockfile that counts, where it is named.
    pub lockfile: Option<PathBuf>,
    /// The time of judgement.
    pub now: Timestamp,
    /// What adds to what fails, beside the settings' own.
    pub deny: Vec<Deny>,
    /// The folder with the database, where it is named.
    pub db: Option<PathBuf>,
    /// The address that the database is fetched from, where it is named.
    pub db_url: Option<String>,
    /// The age in days past which the database is not trusted, where it is given.
    pub db_max_age: Option<u32>,
    /// The earlier report, where it is named.
    pub baseline: Option<PathBuf>,
    /// The revision to compare with, where it is named.
    pub against: Option<String>,
}

impl Options {
    /// Judges the workspace around `start` at the time `now`, with the cached or fetched default database.
    pub fn new(start: impl Into<PathBuf>, now: Timestamp) -> Self {
        Self {
            start: start.into(),
            manifest_path: None,
            flags: Flags::default(),
            policy: None,
            configs: Vec::new(),
            lockfile: None,
            now,
            deny: Vec::new(),
            db: None,
            db_url: None,
            db_max_age: None,
            baseline: None,
            against: None,
        }
    }

    /// Where the advisory database comes from.
    pub(crate) fn database(&self) -> From {
        match (&self.db, &self.db_url) {
            (Some(folder), _) => From::Folder(self.start.join(folder)),
            (None, url) => {
                From::Url { url: url.clone().unwrap_or_else(|| DEFAULT_URL.to_owned()), offline: self.flags.offline || self.flags.frozen }
            }
        }
    }

    /// The day of judgement, UTC.
    pub(crate) fn today(&self) -> Date {
        day(self.now)
    }
}

/// Judges the workspace; against an earlier report or revision where one is named.
///
/// # Errors
/// What leaves nothing to judge: no workspace, wrong settings, an unknown revision, an unreadable baseline.
/// What only keeps part of it from being judged is in [`Report::errors`].
pub fn run(options: &Options) -> Result<Report> {
    let earlier = match &options.baseline {
        Some(path) => Some(baseline(&options.start.join(path))?),
        None => None,
    };
    let (mut report, site) = judged(options)?;
    if let (Some(database), Some(folder)) = (&mut report.database, &options.db) {
        // The folder as it was named: where it lies on this machine is nobody else's concern.
        database.source = folder.display().to_string();
    }
    let earlier = match &options.against {
        Some(revision) => Some(Earlier::of(&at_revision(options, &site, revision)?)),
        None => earlier,
    };
    if let Some(earlier) = earlier {
        compare::only_new(&mut report, &earlier);
    }
    Ok(report)
}

fn baseline(path: &Path) -> Result<Earlier> {
    let shown = path.display().to_string();
    let text = gather::text(path).map_err(|why| Error::usage(format!("the baseline {shown} could not be read: {why}")))?;
    Earlier::parse(&shown, &text)
}

/// The report of the tree at `revision`, judged on the same day.
fn at_revision(options: &Options, site: &Site, revision: &str) -> Result<Report> {
    let tree = gather::tree::lay_out(&site.root, revision)?;
    let there = Options {
        start: tree.path().join(&site.workspace),
        manifest_path: None,
        // The database is the same, and was refreshed a moment ago.
        flags: Flags { offline: true, ..options.flags },
        db: options.db.as_ref().map(|folder| options.start.join(folder)),
        ..options.clone()
    };
    judged(&there).map(|(report, _)| report)
}

fn judged(options: &Options) -> Result<(Report, Site)> {
    let located = workspace::locate(&options.start, options.manifest_path.as_deref())?;
    // As early as can be: nothing else takes as long.
    let cargo = workspace::start(&located, options.flags);
    let site = gather::site(located, &options.start, &options.configs)?;
    let mut settings = site.settings.clone();
    settings.deny.extend(options.deny.iter().copied());
    settings.db_max_age = options.db_max_age.unwrap_or(settings.db_max_age);
    let mut errors = Vec::new();
    let found = find_policy(options, &site, &settings);
    // Of a policy that is named and cannot be read, nothing is to be judged; that there is none is a finding.
    if let Err(error) = &found
        && error.class == Class::Usage
    {
        return Err(error.clone());
    }
    let policy = found.as_ref().map_or_else(|_| Policy::default(), |(source, _)| read::policy(source));
    errors.extend(found.as_ref().err().cloned());
    errors.extend(policy.errors.iter().cloned());
    let request = gather::Request {
        database: options.database(),
        lockfile: options.lockfile.as_ref().map(|path| options.start.join(path)),
        now: options.now,
        flags: options.flags,
        policy: found.as_ref().ok().map(|(source, _)| Arc::clone(source)),
    };
    let gathered = gather::observe(&site, cargo, &request, &policy, &settings);
    let (path, others) = found.map_or_else(|_| (None, Vec::new()), |(source, others)| (Some(source.path().to_owned()), others));
    let mut report = settled(options, &settings, &policy, gathered, errors);
    if let Some(target) = &policy.points_to {
        let text = format!("this policy only points to {target}, which is not read; name it with --policy where it lies here");
        report.notes.push(Reason { text, at: path.clone().map(At::Path) });
    }
    Ok((Report { policy: path, other_policies: others, ..report }, site))
}

/// The policy's text, and the policies that were found and not taken.
pub(crate) fn find_policy(options: &Options, site: &Site, settings: &Settings) -> Result<(Arc<Source>, Vec<String>)> {
    if let Some(path) = options.policy.as_ref().map(|path| options.start.join(path)) {
        return Ok((named_policy(site, &path)?, Vec::new()));
    }
    if let Some(path) = settings.policy.as_ref().map(|path| site.root.join(path)) {
        return Ok((named_policy(site, &path)?, Vec::new()));
    }
    let found = policies::find(&site.files, &site.workspace);
    let Some(nearest) = found.readable.first() else {
        return Err(no_policy(&found));
    };
    // Through a link, the text's own file is what has lines and a history.
    let source = match site.files.read(&site.files.resolved(nearest)) {
        Ok(Some(source)) => source,
        Ok(None) => return Err(no_policy(&found)),
        Err(why) => return Err(Error::new(Class::NoPolicy, format!("the policy {nearest} could not be read: {why}"))),
    };
    let others = found.readable.iter().skip(1).chain(&found.unreadable).cloned().collect();
    Ok((source, others))
}

fn named_policy(site: &Site, path: &Path) -> Result<Arc<Source>> {
    let shown = workspace::relative(&site.files, path);
    let text = gather::text(path).map_err(|why| Error::usage(format!("the policy {shown} could not be read: {why}")))?;
    Ok(Source::new(shown, text))
}

fn no_policy(found: &policies::Found) -> Error {
    let message = match found.unreadable.first() {
        Some(path) => format!("no policy to judge: {path} is not Markdown, and only Markdown is read"),
        None => {
            "no policy to judge: there is no SECURITY.md in the workspace's folder, `.github`, `.gitlab` or `docs`, nor above it".into()
        }
    };
    Error::new(Class::NoPolicy, message).help("name one with --policy FILE, or let `cargo secpolicy draft` write one")
}

/// The report of what was gathered: judged, settled and completed; without the policy's path.
pub(crate) fn settled(options: &Options, settings: &Settings, policy: &Policy, gathered: Gathered, mut errors: Vec<Error>) -> Report {
    let today = options.today();
    let Gathered { observations, errors: unreadable, notes } = gathered;
    let ledger = Ledger::new(settings, &observations.ignores);
    let vulnerabilities = judge::patches::vulnerabilities(&observations, policy, settings, &ledger, today);
    let context = Context { observations: &observations, policy, settings, vulnerabilities: &vulnerabilities, today };
    let verdicts: Vec<_> = policy
        .commitments
        .iter()
        .map(|commitment| waivers::settle(commitment.clone(), judge::judge(context, commitment), settings, today))
        .collect();
    errors.extend(unreadable);
    errors.extend(observations.database.seen().and_then(|database| too_old(database, settings, options.now)));
    let none = BTreeSet::new();
    let known = observations.database.seen().map_or(&none, |database| &database.ids);
    let against = Against { verdicts: &verdicts, vulnerabilities: &vulnerabilities, complete: errors.is_empty(), known, today };
    let (waivers, mut findings) = waivers::lines(settings, &observations.ignores, against);
    findings.extend(findings::of(context));
    findings.iter_mut().for_each(|finding| finding.fails |= settings.denies(Deny::Findings));
    findings.sort();
    Report {
        as_of: options.now,
        git: observations.git.into_seen(),
        workspace: observations.workspace,
        lockfiles: observations.lockfiles,
        policy: None,
        other_policies: Vec::new(),
        database: observations.database.into_seen(),
        asked: Asked {
            deny: settings.deny.iter().copied().collect(),
            baseline: options.baseline.as_ref().map(|path| path.display().to_string()),
            against: options.against.clone(),
        },
        verdicts,
        vulnerabilities,
        findings,
        // A contradiction is a finding and a slot has its verdict: each is said there.
        hints: policy.hints.iter().filter(|hint| hint.kind == HintKind::NoNumber).cloned().collect(),
        silenced: policy.silenced.clone(),
        waivers,
        notes,
        errors,
    }
}

/// The error that the database is older than the settings allow (spec: "Exit codes").
pub(crate) fn too_old(database: &Database, settings: &Settings, now: Timestamp) -> Option<Error> {
    let age = clock::days_between(day(database.updated?), day(now));
    (age > i64::from(settings.db_max_age)).then(|| {
        Error::unreadable(format!("the advisory database is {age} days old, and {} are trusted", settings.db_max_age))
            .help("fetch a newer one (leave --offline out), or allow the age with --db-max-age DAYS")
    })
}

/// A policy that was read outside any judgement.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its path.
    pub path: String,
    /// What was read.
    pub policy: Policy,
    /// Its promises through time, where they were asked for.
    pub history: Option<History>,
}

/// Reads a policy: the one named, which needs no workspace, or the one that [`run`] would judge; through its git
/// history where `history` asks for it.
///
/// # Errors
/// Where there is none, it cannot be read, or it has no git to tell its history.
pub fn commitments(start: &Path, manifest_path: Option<&Path>, policy: Option<&Path>, history: bool) -> Result<Read> {
    let (source, file) = match policy {
        Some(path) => {
            let shown = path.display().to_string();
            let text =
                gather::text(&start.join(path)).map_err(|why| Error::usage(format!("the policy {shown} could not be read: {why}")))?;
            (Source::new(shown, text), start.join(path))
        }
        None => {
            let site = gather::site(workspace::locate(start, manifest_path)?, start, &[])?;
            let options = Options::new(start, Timestamp::UNIX_EPOCH);
            let source = find_policy(&options, &site, &site.settings)?.0;
            let file = site.root.join(source.path());
            (source, file)
        }
    };
    let history = if history {
        let timeline = gather::editions::of_file(&file, source.text(), &read::policy)
            .map_err(|why| Error::usage(format!("{} has no history to tell: {why}", source.path())))?;
        Some(change::history(&timeline))
    } else {
        None
    };
    Ok(Read { path: source.path().to_owned(), policy: read::policy(&source), history })
}
