//! Reads a policy: text in, commitments out. Pure.
//!
//! The order is: Markdown to passages (`markdown`), passages to sentences with what their words say
//! (`sentence`, `lexicon`), sentences to promises (one small reader a family of kinds), promises settled
//! against each other and against the policy's annotations (here).

mod address;
mod amount;
mod annotation;
mod channels;
mod date;
mod deadlines;
mod denials;
mod disclosure;
mod found;
mod hints;
mod html;
mod lexicon;
mod markdown;
mod moments;
mod monitoring;
mod names;
mod people;
mod policy_date;
mod practices;
mod process;
mod releases;
mod remediation;
mod sentence;
mod severity;
mod split;
mod support;
mod tools;
mod version;
mod words;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::commitment::{self, Channel, Commitment, Kind, Policy, Silenced, Strength};
use crate::error::Error;
use crate::source::{Place, Source};

use annotation::Annotation;
use found::Found;
use markdown::Document;
use sentence::Text;

/// Reads the policy's text.
pub fn policy(source: &Arc<Source>) -> Policy {
    let document = markdown::document(source.text());
    let text = Text::new(&document);
    let mut found = Vec::new();
    support::read(&text, &mut found);
    deadlines::read(&text, severity::ranks_from_zero(source.text()), &mut found);
    tools::read(&text, &mut found);
    moments::bind(&text, &mut found);
    practices::read(&text, &mut found);
    releases::read(&text, &mut found);
    channels::read(&text, &mut found);
    policy_date::read(&text, &mut found);
    disclosure::read(&text, &mut found);
    people::read(&text, &mut found);
    process::read(&text, &mut found);
    soften_sections(&text, &mut found);

    let mut policy = Policy::default();
    let mut commitments: Vec<_> = found.iter().filter_map(|one| commitment(source, &document, one)).collect();
    annotate(source, &document, &text, &mut commitments, &mut policy);
    let mut commitments: Vec<_> = commitments.into_iter().map(|(commitment, _)| commitment).collect();
    armored_key(source, &document, &mut commitments);
    settle(&mut commitments);
    commitment::name_all(&mut commitments);
    policy.hints = hints::contradictions(source, &text, &commitments);
    policy.hints.extend(hints::slots(&commitments));
    policy.hints.extend(hints::without_number(source, &text));
    policy.excludes_dependencies = hints::excludes_dependencies(source, &text);
    policy.points_to = hints::points_to(&document, &commitments);
    policy.commitments = commitments;
    policy
}

/// A promise with its place; beside it the source range of its sentence.
fn commitment(source: &Arc<Source>, document: &Document, found: &Found) -> Option<(Commitment, Range<usize>)> {
    let passage = document.passages.get(found.passage)?;
    let text = passage.text.get(found.range.clone())?;
    let lead = text.len() - text.trim_start().len();
    let from = passage.source(found.range.start + lead);
    let until = passage.source(found.range.end.saturating_sub(1)) + 1;
    let sentence = passage.source(found.sentence.start)..passage.source(found.sentence.end.saturating_sub(1)) + 1;
    let commitment = Commitment {
        id: String::new(),
        place: Place::new(source, from..until.max(from)),
        words: text.split_whitespace().collect::<Vec<_>>().join(" "),
        strength: found.strength,
        placeholder: found.placeholder,
        component: found.component.clone(),
        kind: found.kind.clone(),
    };
    Some((commitment, sentence))
}

/// "These practices are applied on a best-effort basis": the whole section is a best effort; "response times are
/// goals": its deadlines are.
fn soften_sections(text: &Text<'_>, found: &mut [Found]) {
    let mut soft = BTreeMap::new();
    for sentence in &text.sentences {
        let times = ["times", "timelines", "timeframes", "deadlines", "targets"];
        let basis =
            sentence.has_word(&["effort", "goals", "targets", "guarantees", "guidelines"]) && sentence.says(lexicon::Concept::Hedge);
        let all = matches!(sentence.words.word(0), "these" | "all" | "this" | "everything") || sentence.words.word(1) == "above";
        let practices = all && sentence.has_word(&["practices", "measures", "commitments", "above", "policy", "goals"]);
        let opens = sentence.words.len() < 24 && (0..6).any(|at| times.contains(&sentence.words.word(at)));
        if basis
            && (practices || opens)
            && let Some(passage) = text.passage(sentence.passage)
        {
            let heading = passage.headings.last().copied();
            *soft.entry(heading).or_insert(false) |= practices;
        }
    }
    for one in found.iter_mut().filter(|_| !soft.is_empty()) {
        let heading = text.passage(one.passage).and_then(|passage| soft.get(&passage.headings.last().copied()));
        let softened = match one.kind {
            Kind::ReportingChannel { .. } | Kind::SupportedVersions { .. } => false,
            Kind::PatchDeadline { .. } | Kind::ResponseDeadline { .. } | Kind::DisclosureDeadline { .. } => heading.is_some(),
            _ => heading == Some(&true),
        };
        if softened {
            one.strength = Strength::BestEffort;
        }
    }
}

/// What an annotation stands in the place of, among what was read from the sentence beside it.
enum Replaces {
    /// All of it; the annotation's own place.
    All(Place),
    /// What is of this kind.
    Kind(&'static str),
}

/// Sets each annotation in the place of what was read from the sentence beside it.
fn annotate(
    source: &Arc<Source>,
    document: &Document,
    text: &Text<'_>,
    commitments: &mut Vec<(Commitment, Range<usize>)>,
    policy: &mut Policy,
) {
    let mut sentences: Vec<(Range<usize>, &str)> = Vec::new();
    if !document.annotations.is_empty() {
        sentences = text
            .sentences
            .iter()
            .filter_map(|sentence| {
                let passage = text.passage(sentence.passage)?;
                let body = passage.text.get(sentence.range.clone())?;
                let lead = body.len() - body.trim_start().len();
                let span = passage.source(sentence.range.start + lead)..passage.source(sentence.range.end.saturating_sub(1)) + 1;
                Some((span, body))
            })
            .collect();
        sentences.sort_by_key(|(span, _)| (span.start, span.end));
    }
    let mut replaced: Vec<(Range<usize>, Replaces)> = Vec::new();
    let mut added = Vec::new();
    for (at, inside) in &document.annotations {
        let place = Place::new(source, *at..at + inside.len() + "secpolicy:".len() + 2);
        let beside = beside(source, &sentences, *at);
        match annotation::parse(inside) {
            Err(message) => policy.errors.push(
                Error::usage(message)
                    .at(place)
                    .help("the kinds and their parameters are those that `cargo secpolicy commitments --format json` prints"),
            ),
            Ok(Annotation::Silence) => replaced.extend(beside.map(|(span, _)| (span, Replaces::All(place)))),
            Ok(Annotation::Promise { kind, strength, component }) => {
                let (span, words) = beside.unwrap_or((*at..*at, ""));
                replaced.push((span.clone(), Replaces::Kind(kind.name())));
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                let place = Place::new(source, span.clone());
                added.push((Commitment { id: String::new(), place, words, strength, placeholder: false, component, kind }, span));
            }
        }
    }
    replaced.sort_by_key(|(span, _)| span.start);
    commitments.retain(|(commitment, sentence)| {
        let from = replaced.partition_point(|(span, _)| span.start < sentence.start);
        let beside = || replaced.iter().skip(from).take_while(|(span, _)| span.start == sentence.start).map(|(_, replaces)| replaces);
        let silenced = beside().find_map(|replaces| match replaces {
            Replaces::All(place) => Some(Silenced { id: commitment.unnumbered_id(), place: place.clone() }),
            Replaces::Kind(_) => None,
        });
        let replaced = beside().any(|replaces| matches!(replaces, Replaces::Kind(kind) if *kind == commitment.kind.name()));
        let stays = silenced.is_none() && !replaced;
        policy.silenced.extend(silenced);
        stays
    });
    commitments.extend(added);
}

/// The sentence that an annotation stands beside: the one that ends before it on its line or the line above, else the next.
fn beside<'t>(source: &Source, sentences: &[(Range<usize>, &'t str)], at: usize) -> Option<(Range<usize>, &'t str)> {
    let after = sentences.partition_point(|(span, _)| span.start < at);
    let before = after.checked_sub(1).and_then(|index| sentences.get(index));
    let line = source.line_of(at);
    let near = before.filter(|(span, _)| source.line_of(span.end.saturating_sub(1)) + 1 >= line || span.end > at);
    near.or_else(|| sentences.get(after)).cloned()
}

/// A key in the policy itself is offered even where no sentence says so.
fn armored_key(source: &Arc<Source>, document: &Document, commitments: &mut Vec<Commitment>) {
    let known = commitments.iter().any(|commitment| matches!(commitment.kind, Kind::EncryptionKey { .. }));
    if let Some(&at) = document.keys.first().filter(|_| !known) {
        let place = Place::line_in(source, source.line_of(at));
        commitments.push(Commitment {
            id: String::new(),
            words: place.text().to_owned(),
            place,
            strength: Strength::Firm,
            placeholder: false,
            component: None,
            kind: Kind::EncryptionKey { target: String::new() },
        });
    }
}

/// The same promise said again is listed once, at its first line (spec: The commitment vocabulary, Settled cases).
fn settle(commitments: &mut Vec<Commitment>) {
    commitments.sort_by(|a, b| (&a.place, &a.kind).cmp(&(&b.place, &b.kind)));
    let mut kept: Vec<Commitment> = Vec::with_capacity(commitments.len());
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for one in commitments.drain(..) {
        match seen.get(&subject(&one)).copied().and_then(|index| kept.get_mut(index)) {
            Some(first) => merge(first, one),
            None => {
                seen.insert(subject(&one), kept.len());
                kept.push(one);
            }
        }
    }
    *commitments = kept;
}

/// What makes two promises the same.
fn subject(one: &Commitment) -> String {
    let component = one.component.as_deref().unwrap_or_default();
    let what = match &one.kind {
        Kind::SupportedVersions { rule, supported, .. } => format!("{rule} {supported}"),
        Kind::PatchDeadline { severity, window, .. } => format!("{severity} {window}"),
        Kind::ResponseDeadline { stage, window } => format!("{stage} {window}"),
        Kind::DisclosureDeadline { window, bound } => format!("{bound} {window}"),
        Kind::EncryptionKey { .. } => String::new(),
        Kind::ReportingChannel { channel: Channel::GithubAdvisory, .. } => "github".into(),
        Kind::PolicyDate { date, cadence } => format!("{date:?} {cadence:?}"),
        Kind::Bounty { offered } => offered.to_string(),
        Kind::Tool { .. }
        | Kind::DependencyMonitoring
        | Kind::RemediationRequired { .. }
        | Kind::Backport
        | Kind::ReleaseArtifact { .. }
        | Kind::LockedDependencies { .. }
        | Kind::CiLeastPrivilege
        | Kind::PinnedActions
        | Kind::UnsafeCode { .. }
        | Kind::Semver
        | Kind::ReleaseChannel { .. }
        | Kind::Changelog { .. }
        | Kind::ReportingChannel { .. }
        | Kind::CoordinatedDisclosure
        | Kind::AdvisoryPublication { .. }
        | Kind::Credit
        | Kind::SafeHarbor
        | Kind::CodeReview
        | Kind::SecurityTesting { .. }
        | Kind::AccessControl { .. }
        | Kind::Training
        | Kind::IncidentResponse
        | Kind::Compliance { .. } => one.kind.identity().join(" "),
    };
    format!("{} {component} {what}", one.kind.name())
}

/// A later mention adds what the first lacked: a more binding moment, a key's or form's address.
fn merge(first: &mut Commitment, later: Commitment) {
    match (&mut first.kind, later.kind) {
        (Kind::Tool { when, every_change, .. }, Kind::Tool { when: other, every_change: every, .. }) => {
            *when = (*when).min(other);
            *every_change |= every;
        }
        (Kind::EncryptionKey { target }, Kind::EncryptionKey { target: other })
        | (Kind::ReportingChannel { target, .. }, Kind::ReportingChannel { target: other, .. })
            if target.is_empty() =>
        {
            *target = other;
        }
        (Kind::LockedDependencies { exact }, Kind::LockedDependencies { exact: other }) => *exact |= other,
        _ => {}
    }
}
