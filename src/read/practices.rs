//! Promises about releases, dependencies, CI and code that a repository's own files can show.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::tools::{is_advice, is_described, own};
use super::words::Hit;
use crate::commitment::{Artifact, Kind, UnsafeRule};

/// Reads them all.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        if matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_))) {
            continue;
        }
        unsafe_code(text, sentence, found);
        if matches!(text.voice(sentence.passage), Voice::Reporters | Voice::Others) {
            continue;
        }
        artifacts(text, sentence, found);
        locked(text, sentence, found);
        ci(text, sentence, found);
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
    // "signed commits and releases" are both.
    let commits = |index: usize| matches!(sentence.words.word(index), "commit" | "commits");
    let alone = commits(at.end) && !matches!(sentence.words.word(at.end + 1), "and" | ",");
    let also = |index: usize| {
        matches!(sentence.words.word(index), "and" | ",")
            && (index + 1..index + 3)
                .any(|next| ["release", "artifact", "binar"].iter().any(|stem| sentence.words.word(next).starts_with(stem)))
    };
    let before = at.start.saturating_sub(6)..at.end;
    let of_commits = (alone || before.clone().any(commits) && !before.clone().any(also)) && !near.contains(&"tags")
        || (at.end..at.end + 4).any(|index| sentence.words.word(index).starts_with("attestation"));
    let signs_off = verb == "sign" && sentence.words.word(at.end) == "off";
    let of_others = near.iter().any(|word| word.starts_with("dependenc"));
    released && !of_others && !of_commits && !signs_off && !near.contains(&"up")
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
        || is_advice(text, sentence)
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
