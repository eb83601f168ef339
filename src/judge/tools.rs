//! Tools: from the ladder of evidence to a judgement.

use super::Context;
use super::ladder::{Fit, Sighting, blind, by_itself, jobs, phrase, sightings};
use super::patches::unread;
use crate::commitment::{Commitment, Gate, When};
use crate::observation::Reason;
use crate::observation::advisory::{AdvisoryKind, Severity};
use crate::observation::ignore::Ignore;
use crate::observation::pipeline::{CargoUpdates, Occasion, Updater};
use crate::tools::{Tool, catalogue};
use crate::verdict::{Judgement, Outcome, Status, Vulnerability};

/// Judges a named tool.
pub fn tool(context: Context<'_>, commitment: &Commitment, slug: &str, when: When, every_change: bool) -> Judgement {
    let unlisted;
    let listed = catalogue().tool(slug);
    let tool = match listed {
        Some(tool) => tool,
        None => {
            unlisted = Tool::unlisted(slug);
            &unlisted
        }
    };
    if tool.updater
        && let Some(judgement) = updater(context, commitment, tool, when)
    {
        return judgement;
    }
    if let Some(needed) = tool.needs_dependency.as_ref().filter(|needed| !depends_on(context, needed)) {
        return Judgement::unproven(Reason::new(format!("no member depends on `{needed}`, so no run of the tests is seen to use it")));
    }
    let found = sightings(&context.observations.pipelines, tool);
    let fitting: Vec<&Sighting<'_>> =
        found.iter().filter(|sighting| sighting.fit(context, tool, when, every_change) == Fit::Full).collect();
    if fitting.is_empty() { not_then(context, tool, listed.is_some(), when, every_change, &found) } else { runs(tool, &fitting) }
}

fn depends_on(context: Context<'_>, needed: &str) -> bool {
    context.observations.workspace.members.iter().any(|member| member.dependencies.iter().any(|dependency| dependency.name == needed))
}

/// It runs at the promised moment: kept, with a warning where it cannot fail.
fn runs(tool: &Tool, fitting: &[&Sighting<'_>]) -> Judgement {
    let strength = |sighting: &&&Sighting<'_>| (sighting.cannot_fail().is_some(), !sighting.used.rust, sighting.run.hangs_on.len());
    let Some(best) = fitting.iter().min_by_key(strength) else { return Judgement::unproven(Reason::new("it was not seen")) };
    let mut reasons = best.reasons(&format!("`{}`", tool.slug)).into_iter();
    let mut judgement = Judgement::kept(jobs(fitting), reasons.next().unwrap_or_else(|| Reason::new("it runs")));
    judgement.reasons.extend(reasons);
    if let Some(why) = best.cannot_fail() {
        judgement = judgement.warn(Reason { text: format!("it runs, but cannot fail its job: {}", why.text), at: why.at });
    }
    if !best.used.rust {
        let text = format!("as it is run here, `{}` reads no Rust and no Cargo.lock, so it covers no crate of this workspace", tool.slug);
        judgement = judgement.warn(Reason::at(text, &best.run.place));
    } else if tool.reads_dependencies() && !best.used.advisories && tool.slug == "cargo-deny" {
        judgement = judgement.warn(Reason::at("the checks named here leave `advisories` out", &best.run.place));
    }
    for condition in &best.run.hangs_on {
        judgement = judgement.note(Reason::at(format!("it hangs on a condition: `{}`", fold(&condition.text)), &condition.place));
    }
    let filtered = best.run.at.iter().find(|at| at.paths.is_some() && by_itself(&at.occasion));
    let scheduled = fitting.iter().any(|sighting| sighting.run.at.iter().any(|at| at.occasion == Occasion::Schedule));
    if let Some(filtered) = filtered.filter(|_| best.used.advisories && !scheduled) {
        let text = "it runs only where certain paths change, and on no schedule: a new advisory for an unchanged lockfile is seen late";
        judgement = judgement.note(Reason::at(text, &filtered.place));
    }
    judgement
}

fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// It is not seen at the promised moment.
fn not_then(context: Context<'_>, tool: &Tool, listed: bool, when: When, every_change: bool, found: &[Sighting<'_>]) -> Judgement {
    let pipelines = &context.observations.pipelines;
    let name = format!("`{}`", tool.slug);
    if let Some(sighting) = found.iter().max_by_key(|sighting| sighting.fit(context, tool, when, every_change)) {
        let seen = sighting.reasons(&name);
        let partly = sighting.fit(context, tool, when, every_change) == Fit::Partly;
        let cause = if when == When::Unspecified || partly {
            Some(Reason::new(if partly {
                "whether that is the promised moment is a matter of reading"
            } else {
                "nothing starts it by itself"
            }))
        } else {
            blind(pipelines, Some(tool)).or_else(|| tool.setting.clone().map(Reason::new))
        };
        let first = Reason {
            text: format!("{name} is seen {}, but not {}", phrase(sighting.run), moment(when)),
            ..seen.into_iter().next().unwrap_or_else(|| Reason::new(""))
        };
        return match cause {
            Some(cause) => Judgement::unproven(first).because(cause),
            None => Judgement::broken(first),
        };
    }
    let unseen = format!("{name} is not seen to run in any CI definition");
    let mut judgement = if let Some(setting) = &tool.setting {
        Judgement::unproven(Reason::new(format!("{unseen}; {setting}")))
    } else if !listed {
        Judgement::unproven(Reason::new(format!("{unseen}, and the catalogue does not know how else it would show")))
    } else if let Some(blind) = blind(pipelines, Some(tool)) {
        Judgement::unproven(Reason::new(unseen)).because(blind)
    } else if when == When::Unspecified {
        Judgement::unproven(Reason::new(format!("{unseen}; the promise names no moment, so it may be run by hand")))
    } else {
        let files = pipelines.definitions.len();
        Judgement::broken(Reason::new(format!("{unseen}, and all of them were read ({files})")))
    };
    if let Some(config) = pipelines.configs.iter().find(|config| config.tool == tool.slug) {
        judgement = judgement.because(Reason::in_path("it is configured here, which runs nothing", &config.path));
    }
    if let Some(run) = pipelines.runs.iter().find(|run| tool.installed_by(run)) {
        judgement = judgement.because(Reason::at("it is installed here, and not run", &run.place));
    }
    judgement
}

fn moment(when: When) -> &'static str {
    match when {
        When::PullRequest => "on every pull request",
        When::Ci => "on changes, on pushes to the default branch or on a schedule",
        When::Release => "before or in a release",
        When::Schedule => "on a schedule",
        When::Unspecified => "by itself",
    }
}

/// A service with a configuration in the repository; `None` where there is none.
fn updater(context: Context<'_>, commitment: &Commitment, tool: &Tool, when: When) -> Option<Judgement> {
    let service = context.observations.updaters.services.iter().find(|service| service.tool == tool.slug)?;
    let judgement = match &service.cargo {
        Err(why) => Judgement::unproven(Reason::in_path(format!("its configuration could not be read: {why}"), &service.path)),
        Ok(CargoUpdates::Off { why, place }) => {
            let setting = tool.setting.clone().unwrap_or_default();
            Judgement::unproven(Reason::at(format!("it is configured, but not for Cargo: {why}"), place)).because(Reason::new(setting))
        }
        Ok(CargoUpdates::On { .. }) => {
            let on = configured(service);
            match when {
                When::Unspecified | When::Schedule | When::Ci => on,
                When::PullRequest | When::Release => {
                    let kept = on.reasons.into_iter().next().unwrap_or_else(|| Reason::new("it is configured"));
                    Judgement::unproven(kept).because(Reason::new(
                        "it runs at its own times: whether it holds a change or a release back is a setting of the repository",
                    ))
                }
            }
        }
    };
    let alerts = commitment.words.to_ascii_lowercase().contains("alert");
    Some(if alerts {
        judgement.note(Reason::new("alerts themselves are a setting of the repository, which no file shows"))
    } else {
        judgement
    })
}

fn configured(service: &Updater) -> Judgement {
    let Ok(CargoUpdates::On { place, misses, notes }) = &service.cargo else {
        return Judgement::unproven(Reason::in_path("it is not configured for Cargo", &service.path));
    };
    let mut judgement = Judgement::kept(1, Reason::at(format!("`{}` is configured for Cargo", service.tool), place));
    for lockfile in misses {
        judgement = judgement.note(Reason::in_path("no entry of it reaches this lockfile", lockfile));
    }
    for note in notes {
        judgement = judgement.note(Reason::in_path(note.clone(), &service.path));
    }
    judgement
}

/// Judges that dependencies are watched.
pub fn dependency_monitoring(context: Context<'_>) -> Judgement {
    let services = &context.observations.updaters.services;
    if let Some(service) = services.iter().find(|service| matches!(service.cargo, Ok(CargoUpdates::On { .. }))) {
        return configured(service);
    }
    let pipelines = &context.observations.pipelines;
    for tool in catalogue().tools.iter().filter(|tool| tool.reads_dependencies()) {
        let found = sightings(pipelines, tool);
        let running: Vec<&Sighting<'_>> =
            found.iter().filter(|sighting| sighting.used.rust && sighting.run.at.iter().any(|at| by_itself(&at.occasion))).collect();
        if !running.is_empty() {
            return runs(tool, &running);
        }
    }
    let first = Reason::new("no tool or service that watches Cargo dependencies is seen; alerts may be on as a setting of the repository");
    let mut judgement = Judgement::unproven(first);
    for service in services {
        judgement = match &service.cargo {
            Ok(CargoUpdates::Off { why, place }) => {
                judgement.because(Reason::at(format!("`{}` is configured, but {why}", service.tool), place))
            }
            Err(why) => judgement
                .because(Reason::in_path(format!("the configuration of `{}` could not be read: {why}", service.tool), &service.path)),
            Ok(CargoUpdates::On { .. }) => judgement,
        };
    }
    judgement
}

/// Judges that findings must be acted on. `words` are the promise's own: they may let a finding be accepted, or mean
/// those from some severity on alone.
pub fn remediation_required(context: Context<'_>, words: &str, gate: Gate) -> Judgement {
    let least = least_severity(words);
    let live: Vec<&Vulnerability> = context
        .vulnerabilities
        .iter()
        .filter(|hit| hit.hit.kind == AdvisoryKind::Vulnerability && hit.status != Status::Informational)
        .filter(|hit| least.is_none_or(|least| hit.severity.is_none_or(|severity| severity >= least)))
        .collect();
    let silenced: Vec<(&Vulnerability, Reason)> = live
        .iter()
        .flat_map(|hit| context.observations.ignores.iter().filter(|ignore| silences(ignore, hit)).map(move |ignore| (*hit, ignore)))
        .map(|(hit, ignore)| {
            let text = format!("`{}` in {} {} is silenced here with no end in sight", ignore.subject, hit.hit.package, hit.hit.version);
            (hit, Reason::at(text, &ignore.place))
        })
        .collect();
    let meant = |hit: &Vulnerability| least.is_none() || hit.severity.is_some();
    let overdue = live.iter().filter(|hit| hit.status == Status::Overdue && meant(hit)).map(|hit| {
        Reason::at(format!("{} {} has a known vulnerability that is past its window", hit.hit.package, hit.hit.version), &hit.hit.place)
    });
    if let Some(doubt) = doubt(words, silenced.iter().all(|(hit, _)| !meant(hit))).filter(|_| !silenced.is_empty()) {
        return silenced.into_iter().map(|(_, reason)| reason).fold(Judgement::unproven(Reason::new(doubt)), Judgement::because);
    }
    let mut breaches: Vec<Reason> = silenced.into_iter().filter(|(hit, _)| meant(hit)).map(|(_, reason)| reason).chain(overdue).collect();
    breaches.dedup();
    let mut breaches = breaches.into_iter();
    if let Some(first) = breaches.next() {
        let mut judgement = Judgement::broken(first);
        judgement.reasons.extend(breaches);
        return judgement;
    }
    let judgement = gated(context, gate);
    // What could not be matched may hold something that is silenced.
    match unread(context).filter(|_| judgement.outcome == Outcome::Kept) {
        Some(unread) => judgement.reasons.into_iter().fold(Judgement::unproven(unread), Judgement::because),
        None => judgement,
    }
}

/// Why a finding that is silenced may be no breach, by the promise's words; `unknown` says that no severity of what is
/// silenced is known where they mean some alone.
fn doubt(words: &str, unknown: bool) -> Option<&'static str> {
    if accepts(words) {
        return Some("its words let a finding be accepted, and an ignore list may be how: whether these were is for people to say");
    }
    let text = "its words mean some severities alone, and the severity of what is silenced is not known; a [[severity]] in secpolicy.toml states it";
    unknown.then_some(text)
}

/// Whether the promise's own words allow a finding to stand where somebody takes it on.
fn accepts(words: &str) -> bool {
    let words = words.to_lowercase();
    ["acknowledg", "accept", "waive", "justif"].iter().any(|stem| words.contains(stem))
}

/// The lowest severity that the promise's words name ("any high or critical advisory"); `None` where all are meant.
fn least_severity(words: &str) -> Option<Severity> {
    let words = words.to_lowercase();
    let named = words.split(|c: char| !c.is_alphanumeric()).filter_map(|word| match word {
        "moderate" => Some(Severity::Medium),
        word => Severity::from_word(word),
    });
    named.min().filter(|least| *least > Severity::Low)
}

fn silences(ignore: &Ignore, hit: &Vulnerability) -> bool {
    let advisory = hit.hit.advisory.as_ref();
    let names_it = advisory.is_some_and(|advisory| advisory.id == ignore.subject || advisory.aliases.contains(&ignore.subject));
    let (name, version) = ignore.subject.split_once('@').unwrap_or((&ignore.subject, ""));
    let names_package = name == hit.hit.package && (version.is_empty() || version.trim_start_matches('=') == hit.hit.version.to_string());
    ignore.inert.is_none() && ignore.until.is_none() && (names_it || names_package)
}

/// Whether an audit blocks what the promise names.
fn gated(context: Context<'_>, gate: Gate) -> Judgement {
    let whens: &[When] = match gate {
        Gate::Merge => &[When::PullRequest],
        Gate::Release => &[When::Release],
        Gate::Unspecified => &[When::PullRequest, When::Release],
    };
    let pipelines = &context.observations.pipelines;
    let mut toothless = None;
    let mut elsewhere = None;
    for tool in catalogue().tools.iter().filter(|tool| tool.by.is_empty()) {
        for sighting in sightings(pipelines, tool).iter().filter(|sighting| sighting.used.advisories && sighting.used.rust) {
            let best = whens.iter().map(|&when| sighting.fit(context, tool, when, false)).max().unwrap_or(Fit::Other);
            match (best, sighting.cannot_fail()) {
                (Fit::Full, None) => {
                    let judgement = runs(tool, &[sighting]);
                    return judgement.note(Reason::new("whether the job is required to pass is a setting of the repository"));
                }
                (Fit::Full, Some(why)) => {
                    toothless = Some(Reason { text: format!("`{}` cannot fail its job: {}", tool.slug, why.text), at: why.at })
                }
                (Fit::Partly | Fit::Other, _) => elsewhere = Some((best, sighting.reasons(&format!("`{}`", tool.slug)))),
            }
        }
    }
    let what = match gate {
        Gate::Merge => "holds a merge back",
        Gate::Release => "holds a release back",
        Gate::Unspecified => "holds a merge or a release back",
    };
    let none = Reason::new(format!("no audit that reads Cargo.lock is seen that {what}"));
    let partly = matches!(&elsewhere, Some((Fit::Partly, _)));
    let blind = blind(pipelines, None)
        .or_else(|| (partly || gate == Gate::Unspecified).then(|| Reason::new("what the promise names may be held back in another way")));
    let mut judgement = match blind {
        Some(blind) => Judgement::unproven(none).because(blind),
        None => Judgement::broken(none),
    };
    judgement.reasons.extend(toothless);
    judgement.reasons.extend(elsewhere.into_iter().flat_map(|(_, reasons)| reasons).take(1));
    judgement
}
