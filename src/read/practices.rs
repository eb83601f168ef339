//! Promises about releases, dependencies, CI and code that a repository's own files can show.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::tools::{is_described, own};
use super::words::Hit;
use crate::commitment::{Artifact, Kind, Record, ReleaseChannel, Strength, UnsafeRule};

/// Reads them all.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        if matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_))) {
            continue;
        }
        unsafe_code(text, sentence, found);
        backport(text, sentence, found);
        if matches!(text.voice(sentence.passage), Voice::Reporters | Voice::Others) {
            continue;
        }
        artifacts(text, sentence, found);
        locked(text, sentence, found);
        ci(text, sentence, found);
        releases(text, sentence, found);
    }
}

fn push(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, kind: Kind, found: &mut Vec<Found>) {
    found.push(Found::new(text, sentence, at.clone(), Extent::Part, kind));
}

/// "Release binaries are signed and ship with SHA-256 checksums and an SBOM."
fn artifacts(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let framed = || text.around(sentence.passage).take(2).any(|around| around.says(Concept::Released) || around.says(Concept::AtRelease));
    let led = text.leads(sentence.passage).next().is_some_and(|lead| lead.says(Concept::Released));
    let of_release = sentence.says(Concept::Released) || framed();
    let advice = sentence.words.word(0) == "verify"
        || sentence.words.word(0) == "download"
        || sentence.says(Concept::Sbom) && sentence.says(Concept::Ask);
    if advice || text.framed(sentence.passage, Concept::ToOthers) && matches!(text.voice(sentence.passage), Voice::Others) {
        return;
    }
    let tables: &[(Concept, Artifact, bool)] = &[
        (Concept::Signed, Artifact::Signature, true),
        (Concept::Checksum, Artifact::Checksum, true),
        (Concept::Sbom, Artifact::Sbom, false),
        (Concept::Provenance, Artifact::Provenance, false),
        (Concept::Reproducible, Artifact::ReproducibleBuild, false),
        (Concept::TrustedPublishing, Artifact::TrustedPublishing, false),
    ];
    for &(concept, artifact, of_release_alone) in tables {
        let Some(at) = own(text, sentence, concept).filter(|at| of_release || !of_release_alone || near_tag(sentence, at)) else {
            continue;
        };
        if artifact == Artifact::Signature && !is_signing(sentence, at, led) || artifact == Artifact::Checksum && is_pin(sentence, at) {
            continue;
        }
        if is_verified(sentence, at) || artifact == Artifact::Provenance && of_dependency(sentence, at) {
            continue;
        }
        // "locked to ensure reproducible builds" is about the lock (spec: Settled cases).
        let purpose = artifact == Artifact::ReproducibleBuild
            && (sentence.words.word(at.start.saturating_sub(1)).starts_with("ensure")
                || sentence.words.word(at.start.saturating_sub(1)) == "for" && sentence.says(Concept::Locked)
                || sentence.words.word(at.start.saturating_sub(1)) == "and"
                || sentence.words.word(at.start) == "deterministic" && sentence.says(Concept::Locked));
        if !purpose {
            push(text, sentence, at, Kind::ReleaseArtifact { artifact }, found);
        }
    }
}

/// "Checksum verification", "verified by SHA-256 checksums": what the software or its build does with files of others.
fn is_verified(sentence: &Sentence, at: &Range<usize>) -> bool {
    let verifies = |index: usize| sentence.words.word(index).starts_with("verif") || sentence.words.word(index).starts_with("validat");
    let by = (at.start.saturating_sub(4)..at.start).any(|index| matches!(sentence.words.word(index), "by" | "using" | "via" | "against"));
    let before = (at.start.saturating_sub(6)..at.start).any(verifies);
    sentence.words.word(at.end).starts_with("verification")
        || by && before
        || (0..sentence.words.len()).any(|index| verifies(index) && sentence.words.word(index + 1) == "of")
}

/// "dependency provenance": of what is built upon.
fn of_dependency(sentence: &Sentence, at: &Range<usize>) -> bool {
    sentence.words.word(at.start.saturating_sub(1)).starts_with("dependenc")
}

fn near_tag(sentence: &Sentence, at: &Range<usize>) -> bool {
    (at.start.saturating_sub(4)..at.end + 4).any(|index| matches!(sentence.words.word(index), "tag" | "tags"))
}

/// Signing of what is released: not of commits alone, of web tokens, of messages.
fn is_signing(sentence: &Sentence, at: &Range<usize>, led: bool) -> bool {
    let near: Vec<_> = (at.start.saturating_sub(6)..at.end + 6).map(|index| sentence.words.word(index)).collect();
    let released = led
        || near.iter().any(|word| {
            ["release", "artifact", "binar", "tag", "image", "package", "archive", "build", "asset", "installer", "crate", "bundle"]
                .iter()
                .any(|stem| word.starts_with(stem))
        });
    let verb = sentence.words.word(at.start);
    // "commits to release branches are signed" is of commits; "a signed provenance attestation" of that alone.
    let of_commits = near.iter().take(6).any(|word| matches!(*word, "commit" | "commits")) && !near.contains(&"tags")
        || (at.end..at.end + 4).any(|index| sentence.words.word(index).starts_with("attestation"));
    let signs_off = verb == "sign" && sentence.words.word(at.end) == "off";
    released && !of_commits && !signs_off && !near.contains(&"up")
}

fn is_pin(sentence: &Sentence, at: &Range<usize>) -> bool {
    let near = (at.start.saturating_sub(4)..at.end + 4).map(|index| sentence.words.word(index));
    let pinned =
        near.clone().any(|word| word.starts_with("pin") || word == "commit" || word.starts_with("registr") || word.starts_with("action"));
    let managers = (0..sentence.words.len()).any(|index| sentence.words.word(index) == "managers");
    pinned || managers
}

/// "Cargo.lock is committed", "all dependencies are pinned to exact versions".
fn locked(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let Some(at) = own(text, sentence, Concept::Locked) else { return };
    let ranges = (at.start..at.end + 8).any(|index| {
        matches!(
            sentence.words.word(index),
            "semver" | "compatible" | "ranges" | "range" | "memory" | "pages" | "actions" | "action" | "mlock" | "sha"
        )
    });
    let of_dependencies = sentence.within(Concept::Dependency, &(at.start.saturating_sub(3)..at.end + 6))
        || sentence.says(Concept::Lockfile)
        || (0..sentence.words.len()).any(|index| sentence.words.word(index).contains("lock"));
    if !ranges && of_dependencies && !sentence.is_request() {
        let exact = sentence.within(Concept::ExactPins, &(at.start.saturating_sub(2)..at.end + 6)) && !sentence.says(Concept::Lockfile);
        push(text, sentence, at, Kind::LockedDependencies { exact }, found);
    }
}

/// "All workflows run with minimal permissions", "actions are pinned to commit hashes".
fn ci(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let framed = |concept: Concept| sentence.says(concept) || text.around(sentence.passage).take(3).any(|around| around.says(concept));
    if let Some(at) =
        own(text, sentence, Concept::LeastPrivilege).filter(|_| framed(Concept::Ci) && !sentence.says(Concept::SecretManagement))
    {
        let of_ci = sentence.says(Concept::Ci);
        if of_ci || text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::InCi)) {
            push(text, sentence, at, Kind::CiLeastPrivilege, found);
        }
    }
    let pinned = own(text, sentence, Concept::Pinned).filter(|at| {
        let near = at.start.saturating_sub(6)..at.end + 6;
        sentence.within(Concept::Actions, &near)
            && near.clone().any(|index| {
                let word = sentence.words.word(index);
                word.starts_with("action") || word.starts_with("sha") || word.starts_with("commit") || word.starts_with("workflow")
            })
    });
    if let Some(at) = pinned {
        push(text, sentence, at, Kind::PinnedActions, found);
    }
}

/// Semantic Versioning, patch releases, and the record of fixes.
fn releases(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if let Some(at) = own(text, sentence, Concept::Semver).filter(|at| !sentence.within_tools(at)) {
        let about = sentence.words.len() <= 14
            || sentence.says(Concept::Comply)
            || sentence.says(Concept::Released)
            || sentence.says(Concept::Firm);
        let ranges = (0..sentence.words.len()).any(|index| {
            matches!(sentence.words.word(index), "ranges" | "range" | "purposes" | "breaking")
                || sentence.words.word(index) == "semver" && sentence.words.word(index + 1) == "compatible"
        });
        let follows = (at.start.saturating_sub(10)..at.end + 6).any(|index| {
            let word = sentence.words.word(index);
            [
                "follow",
                "adher",
                "use",
                "according",
                "per",
                "conform",
                "respect",
                "verif",
                "check",
                "guarantee",
                "preserv",
                "maintain",
                "commit",
                "policy",
                "not",
                "never",
                "no",
            ]
            .iter()
            .any(|stem| word.starts_with(stem))
        });
        if about && follows && !ranges && !sentence.conditional(at.start) {
            push(text, sentence, at, Kind::Semver, found);
        }
    }
    let security = || {
        sentence.says(Concept::Vulnerability)
            || sentence.says(Concept::Supports)
            || sentence.says(Concept::Fix)
            || text
                .around(sentence.passage)
                .take(2)
                .any(|around| around.says(Concept::Supports) || around.says(Concept::Vulnerability) || around.says(Concept::Fix))
    };
    let patch = sentence.of(Concept::PatchRelease).map(|hit| &hit.words).find(|at| is_shipped(text, sentence, at));
    if let Some(at) = patch.filter(|_| security()) {
        push(text, sentence, at, Kind::ReleaseChannel { channel: ReleaseChannel::PatchRelease }, found);
    }
    changelog(text, sentence, found);
}

/// "the latest patch version", "pin a patch version": names a version and no way of shipping.
fn is_shipped(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let before = at.start.checked_sub(1).map_or("", word);
    let official = sentence.of(Concept::Hedge).any(|hit| word(hit.words.start).starts_with("consider"));
    let names = matches!(before, "latest" | "current" | "newest" | "each" | "every" | "recent" | "these" | "no")
        || word(at.start) == "emergency" && word(at.end) == "contact";
    let compatible =
        sentence.says(Concept::Semver) && before == "in" || sentence.says(Concept::Not) && matches!(before, "in" | "does" | "support");
    let arrangement = word(at.start) == "out"
        && (sentence.says(Concept::Key)
            || sentence.says(Concept::Email)
            || (0..sentence.words.len()).any(|index| matches!(word(index), "key" | "exchange" | "bounds")));
    let disclosed = sentence.says(Concept::Ask) && sentence.asked(at.start) && !sentence.says(Concept::We);
    let numbered = word(at.start) != "patch"
        || word(at.start + 1).starts_with("rel")
        || word(at.start + 1).starts_with("ver")
        || word(at.start + 1).starts_with("upd")
        || super::version::is_clear_version(before);
    let positive = numbered && !(at.end..at.end + 3).any(|index| word(index) == "not");
    !official && !names && !compatible && !arrangement && !disclosed && positive && !matches!(text.voice(sentence.passage), Voice::Scope)
}

/// "Security fixes are recorded in CHANGELOG.md", "each release's notes list the vulnerabilities fixed".
fn changelog(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let Some(at) = own(text, sentence, Concept::Changelog) else { return };
    let notes = sentence.words.word(at.start) == "release";
    let security = sentence.says(Concept::Vulnerability)
        || sentence.says(Concept::Supports)
        || (0..sentence.words.len()).any(|index| sentence.words.word(index).starts_with("security"));
    let recorded = sentence
        .of(Concept::Recorded)
        .any(|hit| !(notes && sentence.words.word(hit.words.start).starts_with("publish") && hit.words.end <= at.start))
        || !notes && sentence.says(Concept::Announce);
    if !security || !recorded || sentence.says(Concept::Credit) || sentence.asked(at.start) {
        return;
    }
    let announced = notes
        && sentence.says(Concept::Announce)
        && !sentence.of(Concept::Recorded).any(|hit| {
            let word = sentence.words.word(hit.words.start);
            ["list", "highlight", "record", "document", "describ", "includ", "contain", "summar", "mention", "flag", "mark", "not"]
                .iter()
                .any(|stem| word.starts_with(stem))
        });
    if !announced && !sentence.says(Concept::Notice) {
        let record = if notes { Record::ReleaseNotes } else { Record::Changelog };
        push(text, sentence, at, Kind::Changelog { record }, found);
    }
}

/// "`#![forbid(unsafe_code)]`", "unsafe is minimised and documented".
fn unsafe_code(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let passage = text.passage(sentence.passage);
    let marked = sentence.says(Concept::NoUnsafe)
        && passage.is_some_and(|passage| {
            passage.code.iter().any(|code| {
                passage
                    .text
                    .get(code.clone())
                    .is_some_and(|code| code.contains("forbid(unsafe") || code.contains("deny(unsafe") || code.contains("unsafe_code"))
            })
        });
    if matches!(text.voice(sentence.passage), Voice::Reporters | Voice::Others)
        || sentence.is_request()
        || text.voice(sentence.passage) == Voice::Scope
            && !marked
            && !(sentence.says(Concept::We) || sentence.says(Concept::NoUnsafe) || is_described(text, sentence))
            && text.framed(sentence.passage, Concept::InScope)
            && text.leads(sentence.passage).next().is_some()
    {
        return;
    }
    let little = sentence.first(Concept::LittleUnsafe);
    let none = sentence.first(Concept::NoUnsafe);
    // "except in vetted dependencies" takes nothing back from the project's own code.
    let of_others = sentence.says(Concept::Dependency)
        && little.is_some_and(|hit| sentence.within(Concept::Dependency, &(hit.words.end..hit.words.end + 4)));
    let excepts = |hit: &Hit<Concept>| {
        let last = sentence.words.word(hit.words.end.saturating_sub(1));
        matches!(
            last,
            "without" | "except" | "unless" | "outside" | "apart" | "beyond" | "core" | "most" | "critical" | "public" | "main" | "hot"
        )
    };
    let avoids = |hit: &Hit<Concept>| sentence.words.word(hit.words.start).starts_with("avoid");
    let exception = !of_others && sentence.of(Concept::LittleUnsafe).any(|hit| excepts(hit) || avoids(hit) && !marked)
        || (0..sentence.words.len()).any(|index| matches!(sentence.words.word(index), "minimise" | "minimize"));
    let (hit, rule) = match (none, little) {
        (Some(hit), _) if !exception => (hit, UnsafeRule::Forbid),
        (_, Some(hit)) => (hit, UnsafeRule::Restrict),
        (Some(hit), None) => (hit, UnsafeRule::Restrict),
        (None, None) => return,
    };
    let scope_words = (0..sentence.words.len())
        .any(|index| matches!(sentence.words.word(index), "violated" | "issues" | "exploitable" | "bugs" | "calling"));
    if scope_words {
        return;
    }
    let mut one = Found::new(text, sentence, hit.words.clone(), Extent::Part, Kind::UnsafeCode { rule });
    one.component = passage.and_then(|passage| sole_crate(&passage.text, &passage.code, &sentence.range));
    found.push(one);
}

/// "`core` is `#![forbid(unsafe_code)]`": the one crate that the sentence opens with.
fn sole_crate(text: &str, code: &[Range<usize>], sentence: &Range<usize>) -> Option<String> {
    let first = code.iter().find(|range| range.start >= sentence.start)?;
    let opens = text.get(sentence.start..first.start)?.trim().is_empty();
    let name = text.get(first.clone())?;
    let is_name =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) && !name.starts_with("unsafe");
    let after = text.get(first.end..)?.trim_start();
    (opens && is_name && ["is ", "has ", "contains ", "uses ", "forbids ", "denies "].iter().any(|verb| after.starts_with(verb)))
        .then(|| name.to_owned())
}

/// "Fixes are backported to all supported versions."
fn backport(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    if !matches!(text.voice(sentence.passage), Voice::Ours) {
        return;
    }
    let explicit = |at: &Range<usize>| {
        let word = sentence.words.word(at.start);
        word.starts_with("back") || word == "propagated"
    };
    let hit = sentence.of(Concept::Backport).map(|hit| &hit.words).find(|at| {
        let considered = sentence.of(Concept::Hedge).any(|hit| sentence.words.word(hit.words.start).starts_with("consider"));
        let newest = (at.end..at.end + 6).any(|index| matches!(sentence.words.word(index), "only"))
            || sentence.words.word(at.start.saturating_sub(1)) == "unless";
        let advice = sentence.asked(at.start) && !explicit(at);
        let exception = sentence.conditional(at.start) && (0..at.start).any(|index| sentence.words.word(index) == "unless");
        let sold = sentence.says(Concept::Credit) || sentence.says(Concept::Report) && !explicit(at);
        (explicit(at) || is_to_all(sentence, at))
            && !sold
            && !sentence.denied(at)
            && !considered
            && !exception
            && !advice
            && (!newest || explicit(at))
    });
    let Some(at) = hit else { return };
    let mut one = Found::new(text, sentence, at.clone(), Extent::Part, Kind::Backport);
    if sentence.within(Concept::HedgeAfter, &(at.start..at.end + 10)) {
        one.strength = Strength::BestEffort;
    }
    found.push(one);
}

/// "fixes for all supported releases" is a promise of backports; "fixes for supported versions" in a table's lead-in is not.
fn is_to_all(sentence: &Sentence, at: &Range<usize>) -> bool {
    let fixed = (at.start.saturating_sub(3)..at.end).any(|index| {
        let word = sentence.words.word(index);
        word.starts_with("fix")
            || word.starts_with("patch")
            || word.starts_with("appl")
            || word.starts_with("merge")
            || word.starts_with("prepare")
            || word.starts_with("releases")
    });
    let every = (at.start..at.end).any(|index| matches!(sentence.words.word(index), "all" | "each" | "every" | "still"));
    let table = sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
        || (0..sentence.words.len()).any(|index| sentence.words.word(index) == "following");
    fixed && every && !table
}
