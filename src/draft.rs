//! A policy for the repository as it is: what it does today, in sentences that the reader reads back.
//!
//! Everything that could be promised is handed to the observers and the judges first, and only what they call
//! kept is written. The text is then read and judged once more, so that no draft promises what `check` would
//! call broken.

mod candidates;
mod page;
pub mod wishes;
mod words;

use std::path::Path;
use std::sync::Arc;

use self::candidates::{Kept, github, github_form};
pub use self::wishes::QUESTIONS;
use self::wishes::{Contact, Wishes};
use self::words::{Facts, Promise, Section};
use crate::check::{self, Options};
use crate::commitment::{Channel, Commitment, Kind, Policy, Scope, Stage, Strength};
use crate::error::{Class, Error, Result};
use crate::gather::database::{DEFAULT_URL, From};
use crate::gather::workspace::cargo::Flags;
use crate::gather::workspace::locate;
use crate::gather::{self, Gathered, Site, files, keys};
use crate::judge::{self, Context};
use crate::read;
use crate::source::Source;
use crate::verdict::Outcome;

/// A repository for which a policy is drafted.
#[derive(Debug)]
pub struct Desk {
    site: Site,
    options: Options,
    existing: Option<(Arc<Source>, Policy)>,
}

/// What was drafted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// The Markdown: a whole policy, or what is to be added to the one that is there. Empty where there is nothing.
    pub text: String,
    /// What the maintainer is to know before it is published, a sentence each.
    pub notes: Vec<String>,
}

/// Finds the repository, and the policy that is there already.
///
/// # Errors
/// Where there is no workspace, or the policy that is named cannot be read.
pub fn open(options: Options) -> Result<Desk> {
    let mut site = gather::site(locate(&options.start, options.manifest_path.as_deref())?, &options.start, &options.configs)?;
    site.settings.db_max_age = options.db_max_age.unwrap_or(site.settings.db_max_age);
    let existing = match check::find_policy(&options, &site, &site.settings) {
        Ok((source, _)) => Some((Arc::clone(&source), read::policy(&source))),
        Err(error) if error.class == Class::NoPolicy => None,
        Err(error) => return Err(error),
    };
    Ok(Desk { site, options, existing })
}

impl Desk {
    /// Whether there is no policy yet.
    pub const fn is_new(&self) -> bool {
        self.existing.is_none()
    }

    /// Drafts; `output` is where the text is to be written, since links in it are relative to its folder.
    ///
    /// # Errors
    /// [`Class::Usage`] where there is nowhere to report to, or what was asked for does not hold today.
    pub fn draft(&self, wishes: &Wishes, output: Option<&Path>) -> Result<Drafted> {
        let path = self.path(output);
        let asked = asked(&keys::offered(&self.site.files).iter().map(|key| link(&path, key)).collect::<Vec<_>>());
        let mut policy = self.existing.as_ref().map(|(_, policy)| policy.clone()).unwrap_or_default();
        policy.commitments.extend(asked.iter().map(|(_, commitment)| commitment.clone()));
        let gathered =
            gather::observe(&self.site, self.site.ask_cargo(self.options.flags), &self.request(&path), &policy, &self.site.settings);
        let kept = candidates::kept(self.context(&gathered, &policy), &asked);
        let (promises, facts, mut notes) = self.chosen(wishes, &gathered, kept, &path)?;
        let text = page::page(&promises, &facts, self.is_new());
        self.read_back(&text, &path, &promises, &gathered)?;
        if text.is_empty() {
            notes.push("there is nothing to add: the policy says what this repository is seen to do".into());
        }
        notes.extend(self.of_existing(gathered));
        Ok(Drafted { text, notes })
    }

    /// The policy's path from the repository's root.
    fn path(&self, output: Option<&Path>) -> String {
        match (&self.existing, output) {
            (Some((source, _)), _) => source.path().to_owned(),
            (None, output) => {
                let inside = output.map(|path| gather::workspace::relative(&self.site.files, &self.options.start.join(path)));
                let inside = inside.filter(|path| Path::new(path).is_relative()).and_then(|path| files::normal(&path));
                inside.unwrap_or_else(|| "SECURITY.md".to_owned())
            }
        }
    }

    fn request(&self, path: &str) -> gather::Request {
        let new = || Source::new(path, "");
        // Nothing that a new policy says of what the repository does hangs on an advisory.
        let cached = From::Url { url: DEFAULT_URL.to_owned(), offline: true };
        gather::Request {
            database: if self.is_new() { cached } else { self.options.database() },
            lockfile: self.options.lockfile.as_ref().map(|path| self.options.start.join(path)),
            now: self.options.now,
            flags: Flags { offline: self.options.flags.offline || self.is_new(), ..self.options.flags },
            policy: Some(self.existing.as_ref().map_or_else(new, |(source, _)| Arc::clone(source))),
        }
    }

    fn context<'a>(&'a self, gathered: &'a Gathered, policy: &'a Policy) -> Context<'a> {
        let (observations, settings, today) = (&gathered.observations, &self.site.settings, self.options.today());
        // A window that is promised today has not run out today, so no vulnerability is charged to it.
        Context { observations, policy, settings, vulnerabilities: &[], today }
    }

    /// What is promised, what its sentences name, and what is to be said of it.
    fn chosen(&self, wishes: &Wishes, gathered: &Gathered, kept: Vec<Kept>, path: &str) -> Result<(Vec<Promise>, Facts, Vec<String>)> {
        let form = github_form(&gathered.observations);
        let mut notes = Vec::new();
        let mut promises = self.typed(wishes, form.as_deref())?;
        promises.retain(|promise| match self.said(promise) {
            Some(there) => {
                notes.push(format!("{}:{} speaks of this already: {}", there.place.path(), there.place.line(), there.words));
                false
            }
            None => true,
        });
        let typed_versions = !wishes.supported.is_empty();
        let signs_tags = candidates::signs_tags(&kept);
        let derived = kept.into_iter().map(|one| one.promise).filter(|promise| self.said(promise).is_none());
        promises.extend(derived.filter(|promise| !(typed_versions && promise.section() == Section::Supported)));
        if self.is_new() {
            promises.extend([Kind::CoordinatedDisclosure, Kind::Credit].map(Promise::effort));
            notes.extend(advice(wishes, &promises));
        }
        let changelog = gathered.observations.changelog.seen().map(|changelog| link(path, &changelog.path));
        let written = wishes.contacts.iter().filter_map(|contact| match contact {
            Contact::Github => None,
            Contact::Email(address) | Contact::Url(address) => Some(address.clone()),
        });
        let facts = Facts { changelog, signs_tags, addresses: form.into_iter().chain(written).collect() };
        Ok((promises, facts, notes))
    }

    /// What was asked for, and a way to report.
    fn typed(&self, wishes: &Wishes, form: Option<&str>) -> Result<Vec<Promise>> {
        let none = || Error::usage("the draft needs a way to report in private, and none is known").help(NO_CONTACT);
        let github = || form.map(github).ok_or_else(none);
        let channel = |channel, address: &str| Promise::firm(Kind::ReportingChannel { channel, target: address.to_lowercase() });
        let mut promises = Vec::new();
        for contact in &wishes.contacts {
            promises.push(match contact {
                Contact::Github => github()?,
                Contact::Email(address) => channel(Channel::Email, address),
                Contact::Url(address) => channel(Channel::Url, address),
            });
        }
        if promises.is_empty() && self.is_new() {
            promises.push(github()?);
        }
        let deadline = |kind| Promise { kind, strength: wishes.strength() };
        promises.extend(wishes.acknowledge.map(|window| deadline(Kind::ResponseDeadline { stage: Stage::Acknowledge, window })));
        let scope = Some(Scope::Reported);
        let fixes = wishes.fixes.iter().map(|fix| Kind::PatchDeadline { severity: fix.severity, window: fix.window, scope });
        promises.extend(fixes.map(deadline));
        let row = |rule: &str, supported| Promise::firm(Kind::SupportedVersions { rule: rule.to_owned(), supported, until: None });
        promises.extend(wishes.supported.iter().map(|rule| row(&rule.0, true)));
        if !wishes.supported.is_empty() && wishes.supported.iter().all(|rule| rule.0 != "all") {
            promises.push(row("older", false));
        }
        Ok(promises)
    }

    /// What the policy says of the same subject already.
    fn said(&self, promise: &Promise) -> Option<&Commitment> {
        let one_subject = matches!(
            promise.kind,
            Kind::SupportedVersions { .. } | Kind::ReportingChannel { .. } | Kind::EncryptionKey { .. } | Kind::UnsafeCode { .. }
        );
        let same = |there: &&Commitment| {
            there.kind.name() == promise.kind.name() && (one_subject || there.kind.identity() == promise.kind.identity())
        };
        self.existing.as_ref()?.1.commitments.iter().find(same)
    }

    /// Reads the text that was written: it promises what was meant and no more, and none of it is broken.
    fn read_back(&self, text: &str, path: &str, promises: &[Promise], gathered: &Gathered) -> Result<()> {
        let policy = read::policy(&Source::new(path, text));
        let mut meant: Vec<(&Kind, Strength)> = promises.iter().map(|promise| (&promise.kind, promise.strength)).collect();
        let mut read: Vec<(&Kind, Strength)> = policy.commitments.iter().map(|one| (&one.kind, one.strength)).collect();
        meant.sort();
        read.sort();
        for commitment in &policy.commitments {
            let judgement = judge::judge(self.context(gathered, &policy), commitment);
            if let Some(reason) = judgement.reasons.first().filter(|_| fails(judgement.outcome)) {
                let words = &commitment.words;
                return Err(Error::usage(format!("`{words}` would be {} today: {}", judgement.outcome.word(), reason.text))
                    .help("ask for what holds today; `cargo secpolicy draft --help` tells how it is written"));
            }
        }
        let lost = meant.iter().find(|one| !read.contains(one)).or_else(|| read.iter().find(|one| !meant.contains(one)));
        match lost {
            Some((kind, _)) => Err(Error::usage(format!("no sentence was found that says this and is read back: {}", kind.name()))
                .help("write it by hand, and look at it with `cargo secpolicy commitments`")),
            None => Ok(()),
        }
    }

    /// Which promises of the policy that is there do not hold today.
    fn of_existing(&self, gathered: Gathered) -> Vec<String> {
        let Some((source, policy)) = &self.existing else { return Vec::new() };
        let report = check::settled(&self.options, &self.site.settings, policy, gathered, policy.errors.clone());
        let mut notes = Vec::new();
        if let Some(target) = &policy.points_to {
            notes.push(format!("{} only points to {target}, which is not read", source.path()));
        }
        for verdict in report.verdicts.iter().filter(|verdict| fails(verdict.judgement.outcome) && verdict.waiver.is_none()) {
            let (place, why) = (&verdict.commitment.place, verdict.judgement.reasons.first());
            let why = why.map_or_else(String::new, |reason| format!(": {}", reason.text));
            let said = format!("{}:{}: `{}`", place.path(), place.line(), verdict.commitment.words);
            notes.push(format!("{said} is {} today{why}", verdict.judgement.outcome.word()));
        }
        notes.extend(report.errors.iter().map(|error| format!("not all of the policy could be judged: {error}")));
        notes
    }
}

const NO_CONTACT: &str = "give an address with --contact security@your.domain, or a page with --contact https://…";

/// Everything that could be promised, as the observers and judges are asked for it.
fn asked(keys: &[String]) -> Vec<(Promise, Commitment)> {
    let all = candidates::candidates(keys).into_iter().enumerate();
    all.map(|(id, promise)| (promise.clone(), promise.commitment(id))).collect()
}

/// Whether the repository shows that a promise does not hold.
const fn fails(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Broken | Outcome::Placeholder | Outcome::Missed => true,
        Outcome::Due | Outcome::Unproven | Outcome::Manual | Outcome::SignedOff | Outcome::Kept => false,
    }
}

/// What is left to the maintainer of a new policy.
fn advice(wishes: &Wishes, promises: &[Promise]) -> Vec<String> {
    let through_github =
        promises.iter().any(|promise| matches!(promise.kind, Kind::ReportingChannel { channel: Channel::GithubAdvisory, .. }));
    let mut notes = Vec::new();
    if through_github {
        notes.push("switch private vulnerability reporting on in the repository's settings, or name another way with --contact".into());
    }
    if wishes.supported.is_empty() {
        notes.push(
            "which versions get fixes is a best effort here; --supported latest-minor or --supported 1.2.x makes it a promise".into(),
        );
    }
    if wishes.acknowledge.is_none() && wishes.fixes.is_empty() {
        notes.push("no time is promised; --acknowledge '3 days' and --fix critical='14 days' do".into());
    }
    notes
}

/// The way from the policy's folder to `target`, both from the repository's root.
fn link(policy: &str, target: &str) -> String {
    let mut from: Vec<&str> = policy.split('/').collect();
    from.pop();
    let to: Vec<&str> = target.split('/').collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - common);
    up + &to.get(common..).unwrap_or_default().join("/")
}

#[cfg(test)]
mod tests;
