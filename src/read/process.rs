//! A described process for a report or incident: at least two of the project's own steps beyond answering.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use crate::commitment::{Kind, Strength};

/// The kinds of step (spec: Settled cases). Severity counts as a step of its own in running text alone.
const STEPS: &[Concept] =
    &[Concept::StepTriage, Concept::StepSeverity, Concept::StepFix, Concept::StepRelease, Concept::StepAnnounce, Concept::StepReview];

/// Reads the first described process.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    let mut at = 0;
    let mut prose = Prose::default();
    while at < text.document.passages.len() {
        let until = end_of_list(text, at);
        if until > at + 1 {
            if let Some(one) = list(text, at, until) {
                found.push(one);
                return;
            }
            at = until;
            continue;
        }
        if let Some(one) = opens_steps(text, at).or_else(|| prose.tell(text, at)) {
            found.push(one);
            return;
        }
        at += 1;
    }
}

/// The passage after the list, table or run of labelled lines that begins at `at`.
fn end_of_list(text: &Text<'_>, at: usize) -> usize {
    let Some(first) = text.passage(at) else { return at + 1 };
    let (Role::Item(_) | Role::Row(_)) = first.role else { return at + 1 };
    let same = |index: usize| {
        text.passage(index).is_some_and(|other| other.role == first.role || other.lead.is_some_and(|lead| lead >= at && lead < index))
    };
    (at + 1..text.document.passages.len()).find(|&index| !same(index)).unwrap_or(text.document.passages.len())
}

/// The kinds of step that the sentence takes, one bit each, by the words that `own` lets through.
fn mask(sentence: &Sentence, own: impl Fn(usize) -> bool) -> u8 {
    let mut steps = 0;
    for (bit, &step) in STEPS.iter().enumerate() {
        if sentence.of(step).any(|hit| own(hit.words.start) && is_taken(sentence, step, &hit.words)) {
            steps |= 1 << bit;
        }
    }
    steps
}

/// Severity and triage are one step.
const fn counted(steps: u8) -> u8 {
    (steps & 0b11_1100) | (steps & 0b11 != 0) as u8
}

/// Whether the words take the step: "after a fix", "if confirmed", "confirm receipt", "fix details" and thanks in an advisory do not.
fn is_taken(sentence: &Sentence, step: Concept, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let receipt = word(at.start).starts_with("confirm") && (at.end..at.end + 4).any(|index| matches!(word(index), "receipt" | "received"));
    let noun =
        matches!(word(at.end), "plan" | "plans" | "details" | "timeline" | "timelines" | "branch" | "branches" | "versions" | "version")
            && (step == Concept::StepFix || matches!(word(at.end), "branch" | "branches"));
    // "release notes", "confirmed issues", "a planned fix": no step but a thing.
    let notes = step == Concept::StepRelease && word(at.end).starts_with("note");
    let adjective = matches!(word(at.start), "confirmed" | "verified" | "validated" | "accepted")
        && ["issue", "vulnerab", "security", "report", "bug"].iter().any(|stem| word(at.end).starts_with(stem));
    let published = step == Concept::StepRelease && word(at.start).starts_with("publish") && sentence.says(Concept::StepAnnounce);
    let things = matches!(word(at.start), "patches" | "fixes")
        && !matches!(
            word(at.end),
            "are" | "will" | "is" | "be" | "prepared" | "released" | "developed" | "and" | "for" | "within" | "" | "."
        );
    let planned = published || things || matches!(word(at.start.saturating_sub(1)), "planned" | "proposed");
    let thanks = step == Concept::StepAnnounce && sentence.says(Concept::Credit);
    let bound = || {
        let condition = sentence.of(Concept::If).map(|hit| hit.words.end).filter(|&end| end <= at.start).last().unwrap_or(0);
        sentence.of(Concept::Firm).any(|firm| firm.words.start >= condition && firm.words.start < at.start)
            || sentence.of(Concept::We).any(|we| we.words.end == at.start)
    };
    let waits = sentence.conditional(at.start) && word(at.start.saturating_sub(1)) != "," && !bound()
        || matches!(word(at.start.saturating_sub(1)), "after" | "before" | "until" | "once" | "if");
    !receipt && !noun && !notes && !adjective && !planned && !thanks && !waits && !sentence.denied(at)
}

/// Whether the sentence is the project's own step: not asked of the reporter, not a bare deadline.
fn is_step(text: &Text<'_>, sentence: &Sentence) -> bool {
    let asked = sentence.of(Concept::Ask).any(|hit| hit.words.start == 0);
    // "No guarantees are made regarding fixes"
    let open = sentence.words.word(0) == "no" || sentence.says(Concept::Hedge) || sentence.has_word(&["depends", "depending", "varies"]);
    text.voice(sentence.passage) == Voice::Ours && !asked && !open && sentence.durations.is_empty() && !sentence.says(Concept::Update)
}

/// Words by which a heading or lead-in says that what follows is a process.
const TOLD: &[&str] = &[
    "process",
    "processes",
    "steps",
    "response",
    "handling",
    "handle",
    "incident",
    "expect",
    "happens",
    "will",
    "we'll",
    "following",
    "follow",
    "commitment",
    "disclosure",
    "procedure",
    "do",
    "commit",
    "path",
    "reported",
    "received",
    "identified",
    "discovered",
    "confirmed",
];

fn list(text: &Text<'_>, from: usize, until: usize) -> Option<Found> {
    let mut steps = 0;
    let mut items = 0;
    for index in (from..until).take(64) {
        let sentences = text.sentences_of(index).iter().filter(|sentence| is_step(text, sentence) && !sentence.says(Concept::FixSection));
        let item = counted(sentences.fold(0, |item, sentence| item | mask(sentence, |at| !asks_only(sentence, at))));
        items += usize::from(item != 0);
        steps |= item;
    }
    let told = text.around(from).take(2).any(|around| {
        around.has_word(TOLD) || around.says(Concept::Report) && matches!(around.words.word(0), "when" | "once" | "after" | "upon" | "on")
    });
    let head = match text.passage(from)?.role {
        Role::Row(table) => Some(Sentence::of_text(&text.document.tables.get(table).map(|cells| cells.join(" | ")).unwrap_or_default())),
        Role::Heading(_) | Role::Paragraph | Role::Item(_) => None,
    };
    let steady = ["process", "happens", "response", "timeline", "procedure", "incident", "handling", "steps"];
    let bound = head.is_none_or(|head| {
        (text.around(from).take(2).any(|around| around.has_word(&steady)) || head.has_word(&steady))
            && (from..until).take(64).flat_map(|index| text.sentences_of(index)).any(|sentence| sentence.says(Concept::We))
    });
    let tried = text.leads(from).next().is_some_and(|lead| lead.says(Concept::Hedge) && !lead.has_word(&["prefer"]));
    let enough = steps.count_ones() >= 2 && (told || steps & 1 != 0 && steps.count_ones() >= 3);
    if items < 2 || !enough || !bound || tried || !is_process(text, from, until) {
        return None;
    }
    let lead = text.passage(from)?.lead.and_then(|lead| text.sentences_of(lead).last());
    let sentence = lead.filter(|lead| !is_asking(lead) && lead.words.len() <= 60).or_else(|| text.sentences_of(from).first())?;
    Some(Found::new(text, sentence, 0..1, Extent::Sentence, Kind::IncidentResponse).strength(Strength::Firm))
}

/// "Please follow these steps": the steps are the reporter's.
fn is_asking(lead: &Sentence) -> bool {
    lead.is_request()
        || lead.has_word(&["please"])
        || !lead.says(Concept::We) && lead.of(Concept::Ask).any(|ask| !matches!(lead.words.word(ask.words.start), "you" | "your"))
}

/// Practices and timetables hold such words too; a process has a step of fixing or releasing beside the others, and no tools.
fn is_process(text: &Text<'_>, from: usize, until: usize) -> bool {
    let sentences: Vec<_> = (from..until).take(64).flat_map(|index| text.sentences_of(index)).collect();
    let tools = sentences.iter().any(|sentence| {
        sentence.tools.iter().any(|tool| tool.what != "rustsec") || sentence.says(Concept::Sbom) || sentence.says(Concept::Signed)
    });
    let fixes = sentences
        .iter()
        .any(|sentence| is_step(text, sentence) && (sentence.says(Concept::StepFix) || sentence.says(Concept::StepRelease)));
    const OTHER: &[&str] = &[
        "practices",
        "measures",
        "lifecycle",
        "versions",
        "principles",
        "compliance",
        "development",
        "roles",
        "scope",
        "supported",
        "semantic",
        "patterns",
    ];
    let section = text
        .around(from)
        .take(3)
        .any(|around| around.has_word(OTHER) && !around.has_word(&["process", "incident", "handling", "response", "disclosure"]));
    fixes && !tools && !section
}

/// "We ask you to verify our fix": the step is the reporter's.
fn asks_only(sentence: &Sentence, at: usize) -> bool {
    sentence.of(Concept::Ask).any(|hit| {
        let word = sentence.words.word(hit.words.start);
        let others = matches!(word, "allow" | "researchers" | "reporters" | "users");
        hit.words.start < at && !matches!(word, "you" | "your" | "include" | "verify") && (!sentence.says(Concept::We) || others)
    })
}

/// "In case of an incident the following process is followed:", and headings tell the steps.
fn opens_steps(text: &Text<'_>, passage: usize) -> Option<Found> {
    let headed = matches!(text.passage(passage + 1)?.role, Role::Heading(_));
    let last = text.sentences_of(passage).last()?;
    let ends = last.words.word(last.words.len().saturating_sub(1)) == ":";
    let told =
        last.has_word(&["process", "steps", "procedure"]) && last.has_word(&["incident", "report", "vulnerability", "issue", "breach"]);
    (headed && ends && told && !is_asking(last))
        .then(|| Found::new(text, last, 0..1, Extent::Sentence, Kind::IncidentResponse).strength(Strength::Firm))
}

/// Running text: the report is looked into and then fixed or announced, firmly, in the paragraphs that follow each other.
#[derive(Default)]
struct Prose<'a> {
    steps: u8,
    first: Option<&'a Sentence>,
    /// Whether a sentence says of the project that it does the steps ("we fix it").
    does: bool,
    /// The headings and the kind of passage that the steps were told in.
    place: Option<(bool, Option<usize>)>,
}

impl<'a> Prose<'a> {
    /// Takes one more passage; the process once it is told.
    fn tell(&mut self, text: &'a Text<'_>, index: usize) -> Option<Found> {
        let passage = text.passage(index)?;
        let paragraph = matches!(passage.role, Role::Paragraph);
        let place = Some((paragraph, passage.headings.last().copied()));
        if self.place != place || !paragraph {
            *self = Self { place, ..Self::default() };
        }
        if matches!(passage.role, Role::Heading(_)) || text.voice(index) != Voice::Ours {
            return None;
        }
        for sentence in text.sentences_of(index).iter().take(64) {
            let own = told_steps(text, sentence);
            if own != 0 {
                self.first = self.first.or(Some(sentence));
                self.does |= does_steps(sentence);
            }
            self.steps |= own;
        }
        let looked_into = self.steps & 0b10_0001 != 0;
        let enough = looked_into && self.steps & 0b1_1100 != 0 || self.does && self.steps & 0b1_1100 == 0b1_1100;
        let sentence = self.first.filter(|_| enough)?;
        let lead = text.leads(sentence.passage).next();
        let lead = lead.filter(|lead| lead.words.word(lead.words.len().saturating_sub(1)) == ":" && !is_asking(lead));
        Some(Found::new(text, lead.unwrap_or(sentence), 0..1, Extent::Sentence, Kind::IncidentResponse).strength(Strength::Firm))
    }
}

/// Whether a "we" stands right before a step.
fn does_steps(sentence: &Sentence) -> bool {
    sentence.of(Concept::We).any(|we| {
        matches!(sentence.words.word(we.words.start), "we" | "i")
            && STEPS.iter().any(|&step| sentence.of(step).any(|hit| hit.words.start == we.words.end))
    })
}

/// "This information will help us triage", "must be reproducible": what a report is to hold, and why.
fn is_wish(sentence: &Sentence) -> bool {
    let helps = matches!(sentence.words.word(0), "this" | "these" | "it" | "that")
        && (0..sentence.words.len()).any(|index| {
            matches!(sentence.words.word(index), "help" | "helps" | "allow" | "allows") && sentence.words.word(index + 1) == "us"
        });
    helps || sentence.has_word(&["reproducible", "reproduced"])
}

/// The steps that a sentence of running text takes firmly.
fn told_steps(text: &Text<'_>, sentence: &Sentence) -> u8 {
    // "Our process: the report is validated, …" binds as "will" does.
    let through = sentence.has_word(&["through"]) && sentence.has_word(&["go", "goes", "pass", "passes"]);
    let process = (through || sentence.has_word(&["process", "handling", "procedure"])) && !sentence.has_word(&["please"]);
    // "I fix it, push a release and file an advisory"
    let does = does_steps(sentence);
    if !is_step(text, sentence)
        || !process && !does && !sentence.says(Concept::Firm)
        || sentence.says(Concept::Ask) && !sentence.says(Concept::We)
        || is_wish(sentence)
    {
        return 0;
    }
    let own = mask(sentence, |at| process || does || sentence.of(Concept::Firm).any(|firm| firm.words.start < at + 3));
    // Publishing an advisory is one step, not a release beside it.
    if own & 0b1_0000 != 0 && !sentence.says(Concept::Fix) { own & !0b1000 } else { own }
}
