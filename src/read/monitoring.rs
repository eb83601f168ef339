//! Dependencies that are watched and updated, with no tool named in that promise.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::tools::{is_described, is_elsewhere};
use crate::commitment::Kind;

/// "Dependencies are regularly scanned", with no tool named in that promise.
pub(super) fn read(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let updates = sentence.of(Concept::UpdateDependency).map(|hit| &hit.words);
    let watches = sentence.of(Concept::Monitor).map(|hit| &hit.words);
    let mut acts = updates.chain(watches).peekable();
    if acts.peek().is_none() || is_covered(text, sentence) {
        return;
    }
    let topical = is_topical(text, sentence);
    let act = acts.find(|at| {
        is_about_dependencies(text, sentence, at, topical)
            && !names_tool(text, sentence, at)
            && is_ours(text, sentence, at)
            && !is_pinned(sentence, at)
            && !sentence.denied(at)
            && !is_noun_only(sentence, at)
    });
    if let Some(at) = act {
        found.push(Found::new(text, sentence, at.clone(), Extent::Part, Kind::DependencyMonitoring));
    }
}

/// Whether the label, lead-in, heading or sentence before is on dependencies.
fn is_topical(text: &Text<'_>, sentence: &Sentence) -> bool {
    let label =
        text.sentences_of(sentence.passage).first().filter(|first| first.range.start < sentence.range.start && first.words.len() < 6);
    let mut topic = label.into_iter().chain(text.leads(sentence.passage)).chain(text.headings(sentence.passage).take(1)).take(4);
    let all = text.sentences_of(sentence.passage);
    let before = all.partition_point(|other| other.range.start < sentence.range.start).checked_sub(1).and_then(|index| all.get(index));
    topic.any(|around| around.says(Concept::Dependency) || around.says(Concept::DependencySection))
        || before.is_some_and(|before| before.says(Concept::Dependency) && matches!(sentence.words.word(0), "these" | "they" | "this"))
}

/// Whether the words `at` are done to dependencies.
fn is_about_dependencies(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, topical: bool) -> bool {
    let updates = sentence.within(Concept::UpdateDependency, at);
    // "vulnerabilities of dependencies (we track and update them)"
    let pronoun = (at.end..at.end + 4).any(|index| matches!(sentence.words.word(index), "them" | "those" | "these" | "ours"));
    let said = sentence.says(Concept::Dependency);
    sentence.within(Concept::Dependency, &sentence.part(at.start))
        || topical && !sentence.says(Concept::CodeReview) && (sentence.says(Concept::Vulnerability) || lists_dependencies(text, sentence))
        || (topical || said) && updates
        || said && pronoun
}

/// "Pull requests are checked for:", and the list names dependencies.
fn lists_dependencies(text: &Text<'_>, sentence: &Sentence) -> bool {
    sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
        && (sentence.passage + 1..sentence.passage + 5)
            .any(|index| text.sentences_of(index).first().is_some_and(|item| item.says(Concept::Dependency)))
}

/// Whether a tool is named for what the words `at` do; "cargo-deny runs in CI, and we update dependencies" names none for the update.
fn names_tool(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>) -> bool {
    let part = sentence.part(at.start);
    if matches!(text.passage(sentence.passage).map(|passage| passage.role), Some(Role::Row(_))) {
        return !sentence.tools.is_empty();
    }
    let apart = sentence.within(Concept::UpdateDependency, at)
        && !sentence.within_tools(&(at.start.saturating_sub(2)..at.end + 2))
        && sentence.tools.iter().all(|tool| tool.words.end <= at.start)
        && (part.start..at.start).any(|index| sentence.words.word(index) == "and");
    sentence.within_tools(&part) && !apart
}

/// Whether the project does it, rather than a reporter, a user or the software.
fn is_ours(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>) -> bool {
    let we = sentence.of(Concept::We).any(|hit| {
        sentence.words.word(hit.words.start) == "we" && sentence.clause(at.start).contains(&hit.words.start) && hit.words.start < at.start
    });
    // "We recommend keeping your dependencies up to date"
    let advised = sentence.of(Concept::ToOthers).any(|hit| sentence.words.word(hit.words.start) == "we" && hit.words.end <= at.start);
    let planned = text.headings(sentence.passage).take(1).any(|heading| heading.has_word(&["roadmap", "milestones"]));
    if advised || planned {
        return false;
    }
    let scoped = sentence.says(Concept::InScope) || sentence.says(Concept::OutOfScope);
    let outward = sentence.asked(at.start) || sentence.is_request() || sentence.conditional(at.start) && sentence.words.word(0) == "if";
    if (outward || scoped) && !we || is_elsewhere(sentence) {
        return false;
    }
    match text.voice(sentence.passage) {
        Voice::Ours => true,
        Voice::Scope => {
            let section = text.headings(sentence.passage).take(1).any(|heading| heading.says(Concept::DependencySection));
            sentence.says(Concept::We) || sentence.words.word(0) == "these" || section && is_described(text, sentence)
        }
        Voice::Reporters | Voice::Others | Voice::Elsewhere => false,
    }
}

/// Whether the tools around make the promise, or it is one of another kind.
fn is_covered(text: &Text<'_>, sentence: &Sentence) -> bool {
    let nested = (sentence.passage + 1..sentence.passage + 9)
        .take_while(|&index| text.passage(index).is_some_and(|next| next.lead == Some(sentence.passage)))
        .any(|index| text.sentences_of(index).iter().take(8).any(|next| !next.tools.is_empty()));
    let opens_tools = || {
        sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
            && (sentence.passage + 1..sentence.passage + 5)
                .any(|index| text.sentences_of(index).first().is_some_and(|next| !next.tools.is_empty()))
    };
    nested
        || opens_tools()
        || text.leads(sentence.passage).next().is_some_and(|lead| !lead.tools.is_empty())
        || sentence.says(Concept::Remediate)
        || sentence.of(Concept::SuchAs).any(|such| sentence.words.word(such.words.end) == "[")
}

/// "dependencies are pinned and reviewed" is of the lock.
fn is_pinned(sentence: &Sentence, at: &Range<usize>) -> bool {
    let part = sentence.part(at.start);
    sentence.within(Concept::Locked, &part) && !sentence.within(Concept::UpdateDependency, &part)
}

/// "vulnerability in a dependency … review": words such as "audit" that name a thing and no doing of the project.
fn is_noun_only(sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = sentence.words.word(at.start);
    let next = sentence.words.word(at.start + 1);
    let report = sentence.says(Concept::Report) && !sentence.says(Concept::We);
    report
        || word.starts_with("track") && next == "id"
        || word.starts_with("review") && matches!(next, "reports" | "report" | "submissions" | "issues")
        || matches!(word, "reviewer" | "reviewers" | "checklist" | "checksum" | "checksums" | "checkbox" | "tracker")
}
