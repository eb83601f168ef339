//! Sentences: what they say, how firmly, of whom, and what stands around them.

use std::ops::Range;

use super::amount::{self, Duration};
use super::lexicon::{self, Concept};
use super::markdown::{Document, Passage, Role};
use super::names;
use super::split;
use super::words::{Hit, Words};
use crate::commitment::Strength;

/// Who is spoken to, or of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// The project speaks of itself.
    Ours,
    /// Reporters are told what to do.
    Reporters,
    /// Users, deployers or contributors are told what to do.
    Others,
    /// The software or the scope of the policy is described.
    Scope,
    /// Findings of the past are told, or other places named ("References").
    Elsewhere,
}

/// A set of concepts, one bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Said(u128);

impl Said {
    fn of(hits: &[Hit<Concept>]) -> Self {
        Self(hits.iter().fold(0, |said, hit| said | Self::bit(hit.what)))
    }

    const fn has(self, concept: Concept) -> bool {
        self.0 & Self::bit(concept) != 0
    }

    const fn bit(concept: Concept) -> u128 {
        1 << concept as u32
    }
}

/// One sentence with what was found in it.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub(super) passage: usize,
    /// Its place in the passage's text.
    pub(super) range: Range<usize>,
    pub(super) words: Words,
    pub(super) hits: Vec<Hit<Concept>>,
    /// Which concepts have a hit: most are asked for in vain.
    said: Said,
    pub(super) tools: Vec<Hit<&'static str>>,
    pub(super) durations: Vec<Duration>,
}

impl Sentence {
    fn new(passage: usize, text: &str, range: Range<usize>) -> Self {
        let words = Words::new(text, range.clone());
        let hits = lexicon::find(&words);
        let said = Said::of(&hits);
        let tools = names::tools(&words);
        let durations = amount::durations(&words);
        Self { passage, range, words, hits, said, tools, durations }
    }

    /// The hits of `concept`, by place.
    pub(super) fn of(&self, concept: Concept) -> impl Iterator<Item = &Hit<Concept>> {
        let hits = if self.said.has(concept) { self.hits.as_slice() } else { &[] };
        hits.iter().filter(move |hit| hit.what == concept)
    }

    /// Whether it says `concept`.
    pub(super) fn says(&self, concept: Concept) -> bool {
        self.said.has(concept)
    }

    /// The first hit of `concept`.
    pub(super) fn first(&self, concept: Concept) -> Option<&Hit<Concept>> {
        self.of(concept).next()
    }

    /// Whether any hit of `concept` touches the words `range`.
    pub(super) fn within(&self, concept: Concept, range: &Range<usize>) -> bool {
        self.of(concept).any(|hit| hit.words.start < range.end && hit.words.end > range.start)
    }

    /// The clause that the word `at` stands in: from the `;` or dash before it to the one after.
    pub(super) fn clause(&self, at: usize) -> Range<usize> {
        let ends = |index: usize| matches!(self.words.word(index), ";" | "—");
        let start = (0..at).rev().find(|&index| ends(index)).map_or(0, |index| index + 1);
        let end = (at..self.words.len()).find(|&index| ends(index)).unwrap_or(self.words.len());
        start..end.max(start)
    }

    /// How firmly the words `at` are said, by this sentence alone: the last modal before them decides,
    /// then what is added after them in the same clause.
    pub(super) fn strength(&self, at: &Range<usize>) -> Option<Strength> {
        let clause = self.clause(at.start);
        let before = self
            .hits
            .iter()
            .filter(|hit| hit.words.start >= clause.start && hit.words.start < at.end)
            .filter(|hit| matches!(hit.what, Concept::Hedge | Concept::Firm))
            .filter(|hit| !self.is_idle_hedge(hit))
            .max_by_key(|hit| (hit.words.start, hit.what == Concept::Hedge));
        // "… with you (typically 30 days)": the hedge is of the time in the brackets.
        let of_time = |hit: &Hit<Concept>| {
            matches!(self.words.word(hit.words.start), "typically" | "usually" | "generally" | "normally")
                && self.words.word(hit.words.start.saturating_sub(1)) == "("
                && hit.words.start > at.end + 1
        };
        let trails = |hit: &Hit<Concept>| {
            let between = at.end.min(hit.words.start)..hit.words.start.saturating_sub(1);
            clause.contains(&hit.words.start)
                && hit.words.end + 12 > at.start
                && !self.has_comma(between.clone())
                && !(between.start..hit.words.start).any(|index| self.words.word(index) == "|")
                && between.len() < 20
        };
        if self.of(Concept::HedgeAfter).any(|hit| trails(hit) && !of_time(hit) && !self.is_idle_hedge(hit)) {
            return Some(Strength::BestEffort);
        }
        // "Older versions may not receive fixes": the modal after its subject.
        let after = self.hits.iter().find(|hit| {
            matches!(hit.what, Concept::Hedge | Concept::Firm)
                && hit.words.start >= at.end
                && hit.words.start < at.end + 2
                && matches!(self.words.word(hit.words.start), "may" | "might" | "should" | "will" | "must" | "shall")
        });
        if let Some(after) = after {
            return Some(if after.what == Concept::Hedge { Strength::BestEffort } else { Strength::Firm });
        }
        if before.is_none()
            && self.of(Concept::Hedge).any(|hit| {
                hit.words.start >= at.end && hit.words.start < (at.end + 3).min(clause.end) && self.words.word(hit.words.start) == "target"
            })
        {
            return Some(Strength::BestEffort);
        }
        before.map(|hit| if hit.what == Concept::Hedge { Strength::BestEffort } else { Strength::Firm })
    }

    /// Whether a comma stands among the words `range`, outside round brackets.
    fn has_comma(&self, range: Range<usize>) -> bool {
        let mut depth = 0_i32;
        // A range that begins inside brackets closes them first.
        let inside =
            range.clone().find(|&index| matches!(self.words.word(index), "(" | ")")).is_some_and(|index| self.words.word(index) == ")");
        depth += i32::from(inside);
        range.into_iter().any(|index| {
            depth += match self.words.word(index) {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            self.words.word(index) == "," && depth <= 0
        })
    }

    /// "You can expect", "release plan", "you may": a hedge that takes nothing back.
    fn is_idle_hedge(&self, hit: &Hit<Concept>) -> bool {
        let before = hit.words.start.checked_sub(1).map_or("", |index| self.words.word(index));
        let word = self.words.word(hit.words.start);
        let noun = matches!(before, "a" | "the" | "mitigation" | "response" | "fix" | "remediation" | "action")
            && matches!(word, "plan" | "plans" | "attempt" | "attempts");
        noun || matches!(word, "expect" | "expects") && matches!(before, "can" | "to" | "you" | "")
            || word == "may" && before == "you"
            || word == "should" && self.words.word(hit.words.start + 1) == "you"
            || word == "would" && self.words.word(hit.words.end).starts_with("thank")
            || word == "often" && before == "as"
            || matches!(self.words.word(hit.words.end), "sooner" | "faster" | "earlier" | "quicker" | "less")
            || word.starts_with("target") && matches!(before, "fuzz" | "fuzzing" | "build" | "all" | "and")
    }

    /// Whether the words `at` are asked of somebody else: an "ask" stands before them in their clause, and no "we will" between.
    pub(super) fn asked(&self, at: usize) -> bool {
        let clause = self.clause(at);
        // "we keep a record", "we do not publish" ask nothing.
        let told = |start: usize| {
            start.checked_sub(1).is_some_and(|before| matches!(self.words.word(before), "we" | "i" | "will" | "maintainers"))
        };
        let asks = |hit: &&Hit<Concept>| hit.words.start >= clause.start && hit.words.start < at && !told(hit.words.start);
        let ask = self.of(Concept::Ask).filter(asks).last();
        ask.is_some_and(|ask| {
            !self.hits.iter().any(|hit| {
                matches!(hit.what, Concept::We)
                    && hit.words.start >= ask.words.end
                    && hit.words.start < at
                    && !self.words.word(hit.words.start).starts_with("us")
                    || hit.what == Concept::Firm && hit.words.start >= ask.words.end && hit.words.start < at
            })
        })
    }

    /// Whether it is in the imperative, to somebody else, from its first word.
    pub(super) fn is_request(&self) -> bool {
        self.of(Concept::Ask).any(|hit| hit.words.start == 0 && self.words.word(0) != "you" && self.words.word(0) != "your")
            || self.is_imperative() && self.has_word(&["your", "you", "yourself"])
    }

    /// Whether it opens with a verb that tells to do something, behind a label or not: "Audits: run it often".
    pub(super) fn is_imperative(&self) -> bool {
        let label = (1..5).find(|&index| self.words.word(index) == ":").map_or(0, |colon| colon + 1);
        IMPERATIVES.contains(&self.words.word(0)) || IMPERATIVES.contains(&self.words.word(label))
    }

    /// Whether the words `at` are denied: a "not" stands shortly before them in the clause.
    pub(super) fn denied(&self, at: &Range<usize>) -> bool {
        let clause = self.clause(at.start);
        let apart = |from: usize| (from..at.start).any(|index| matches!(self.words.word(index), "," | ":" | "but"));
        self.of(Concept::Not).any(|hit| {
            hit.words.start >= clause.start && hit.words.start < at.start && hit.words.end + 6 > at.start && !apart(hit.words.end)
        })
    }

    /// Whether the words `at` are denied from within or behind: "changes are not reviewed", "testing of it is not permitted".
    pub(super) fn denied_after(&self, at: &Range<usize>) -> bool {
        let opens_negative = matches!(self.words.word(at.start), "no" | "not" | "never" | "nobody" | "nothing" | "only");
        let within = self.of(Concept::Not).any(|hit| hit.words.start > at.start && hit.words.end <= at.end);
        let verb = (at.end..at.end + 6)
            .take_while(|&index| !matches!(self.words.word(index), "," | ";" | ":" | "and" | "which" | "" | "—" | "("))
            .find(|&index| matches!(self.words.word(index), "is" | "are" | "was" | "were"));
        within && !opens_negative || verb.is_some_and(|verb| matches!(self.words.word(verb + 1), "not" | "never" | "neither"))
    }

    /// Whether the word `at` stands in round brackets that hold an example: "(e.g. 0.24.19, then 0.24.20)".
    pub(super) fn in_example(&self, at: usize) -> bool {
        let open = (0..at).rev().map(|index| (index, self.words.word(index))).find(|(_, word)| matches!(*word, "(" | ")"));
        open.filter(|(_, word)| *word == "(")
            .is_some_and(|(open, _)| self.of(Concept::Example).any(|hit| hit.words.start > open && hit.words.start < at))
    }

    /// Whether the word `at` is given as an example, in brackets or not: "such as x@y.org".
    pub(super) fn is_given_as_example(&self, at: usize) -> bool {
        self.in_example(at) || self.of(Concept::Example).any(|hit| hit.words.end <= at && at < hit.words.end + 3)
    }

    /// Whether a condition ("if", "once") governs the words `at`: it stands before them with no comma between.
    pub(super) fn conditional(&self, at: usize) -> bool {
        self.of(Concept::If)
            .filter(|hit| hit.words.start < at)
            .last()
            .is_some_and(|hit| !(hit.words.end..at).any(|index| matches!(self.words.word(index), "," | ";" | ")")))
    }
}

/// A document in sentences, with what stands around each.
pub(super) struct Text<'a> {
    pub(super) document: &'a Document,
    pub(super) sentences: Vec<Sentence>,
    /// For each passage the range of its sentences.
    of_passage: Vec<Range<usize>>,
    voices: Vec<Voice>,
}

impl<'a> Text<'a> {
    /// Splits the document into sentences and settles who each passage speaks of.
    pub(super) fn new(document: &'a Document) -> Self {
        let mut sentences = Vec::new();
        let mut of_passage = Vec::with_capacity(document.passages.len());
        for (index, passage) in document.passages.iter().enumerate() {
            let from = sentences.len();
            sentences.extend(split::sentences(passage).into_iter().map(|range| Sentence::new(index, &passage.text, range)));
            of_passage.push(from..sentences.len());
        }
        let mut text = Self { document, sentences, of_passage, voices: Vec::with_capacity(document.passages.len()) };
        for index in 0..document.passages.len() {
            let voice = text.find_voice(index);
            text.voices.push(voice);
        }
        text
    }

    pub(super) fn passage(&self, index: usize) -> Option<&'a Passage> {
        self.document.passages.get(index)
    }

    /// The sentences of the passage `index`.
    pub(super) fn sentences_of(&self, index: usize) -> &[Sentence] {
        self.of_passage.get(index).and_then(|range| self.sentences.get(range.clone())).unwrap_or_default()
    }

    /// Who the passage speaks of.
    pub(super) fn voice(&self, passage: usize) -> Voice {
        self.voices.get(passage).copied().unwrap_or(Voice::Ours)
    }

    /// The words that introduce the passage: the last sentence of its lead, then of that one's lead, at most eight.
    pub(super) fn leads(&self, passage: usize) -> impl Iterator<Item = &Sentence> {
        let mut at = self.passage(passage).and_then(|passage| passage.lead);
        let next = move || {
            let index = at?;
            at = self.passage(index).and_then(|passage| passage.lead).filter(|&lead| lead < index);
            Some(index)
        };
        std::iter::from_fn(next).take(8).filter_map(|index| self.sentences_of(index).last())
    }

    /// The headings above the passage, the innermost first.
    pub(super) fn headings(&self, passage: usize) -> impl Iterator<Item = &Sentence> {
        let above = self.passage(passage).map(|passage| passage.headings.as_slice()).unwrap_or_default();
        above.iter().rev().take(6).filter_map(|&index| self.sentences_of(index).first())
    }

    /// What stands around the passage, the nearest first: its leads, then its headings.
    pub(super) fn around(&self, passage: usize) -> impl Iterator<Item = &Sentence> {
        self.leads(passage).chain(self.headings(passage))
    }

    /// Whether anything around the passage says `concept`.
    pub(super) fn framed(&self, passage: usize, concept: Concept) -> bool {
        self.around(passage).any(|sentence| sentence.says(concept))
    }

    /// How firmly the words `at` are said, with the lead-in and the headings where the sentence itself is silent.
    pub(super) fn strength(&self, sentence: &Sentence, at: &Range<usize>) -> Strength {
        if let Some(strength) = sentence.strength(at) {
            return strength;
        }
        if let Some(label) =
            self.sentences_of(sentence.passage).first().filter(|first| first.range.start < sentence.range.start && first.words.len() < 6)
            && label.says(Concept::Hedge)
        {
            return Strength::BestEffort;
        }
        for lead in self.leads(sentence.passage) {
            let end = lead.words.len();
            if let Some(strength) = lead.strength(&(end.saturating_sub(1)..end)) {
                return strength;
            }
        }
        let target = |heading: &Sentence| {
            heading.of(Concept::Hedge).any(|hit| {
                let word = heading.words.word(hit.words.start);
                ["target", "planned", "roadmap", "upcoming", "future"].iter().any(|stem| word.starts_with(stem))
            })
        };
        if self.headings(sentence.passage).any(target) { Strength::BestEffort } else { Strength::Firm }
    }

    /// The nearest of the leads and headings that says whom it speaks to decides.
    fn find_voice(&self, index: usize) -> Voice {
        let Some(passage) = self.passage(index) else { return Voice::Ours };
        if matches!(passage.role, Role::Heading(_)) {
            return Voice::Ours;
        }
        if self.is_record(index, passage.role) {
            return Voice::Elsewhere;
        }
        if let Some(lead) = passage.lead
            && let Some(sentence) = self.sentences_of(lead).last()
        {
            if let Some(voice) = lead_voice(sentence) {
                return voice;
            }
            return self.voice(lead);
        }
        let above = passage.headings.iter().rev().take(6);
        above
            .filter_map(|&heading| self.opened_voice(heading).or_else(|| heading_voice(self.sentences_of(heading).first()?)))
            .next()
            .unwrap_or(Voice::Ours)
    }

    /// "Found by: a fuzzer", and rows of tables on past findings or on what others' libraries are like.
    fn is_record(&self, index: usize, role: Role) -> bool {
        let opens = |sentence: &Sentence| sentence.of(Concept::Elsewhere).any(|hit| hit.words.start == 0);
        let header = match role {
            Role::Row(table) => self.document.tables.get(table).map(Vec::as_slice).unwrap_or_default(),
            Role::Heading(_) | Role::Paragraph | Role::Item(_) => &[],
        };
        let others = |cell: &String| matches!(cell.trim().to_lowercase().as_str(), "library" | "dependency" | "package" | "third-party");
        let past = |cell: &String| {
            let cell = cell.trim().to_lowercase();
            ["found", "discovered", "fixed in", "cve"].iter().any(|start| cell.starts_with(start))
        };
        header.first().is_some_and(others)
            || header.iter().take(16).any(past)
            || self.sentences_of(index).first().is_some_and(|first| opens(first) && matches!(role, Role::Row(_)))
    }

    /// "When using the crate in production:" between a heading and its sub-headings: all of them speak to users.
    fn opened_voice(&self, heading: usize) -> Option<Voice> {
        let opens =
            matches!(self.passage(heading + 1)?.role, Role::Paragraph) && matches!(self.passage(heading + 2)?.role, Role::Heading(_));
        let lead = self.sentences_of(heading + 1).last()?;
        let complete = lead.words.word(lead.words.len().saturating_sub(1)) == ":";
        lead_voice(lead).filter(|voice| opens && complete && matches!(voice, Voice::Others | Voice::Reporters))
    }
}

/// Whom a lead-in speaks to; `None` where it does not say.
fn lead_voice(lead: &Sentence) -> Option<Voice> {
    use Concept::{Ask, InScope, Ours, OutOfScope, ToOthers, ToReporters, We};
    let asks = |words: &Range<usize>| lead.within(Ask, words) || lead.within(ToOthers, words);
    let opens = lead.of(Ours).any(|hit| hit.words.start <= 2 && hit.words.len() > 1) && !lead.says(Ask);
    let wills = lead.words.len().checked_sub(2).is_some_and(|last| matches!(lead.words.word(last), "will" | "shall"));
    if opens && !lead.says(ToOthers) || wills && lead.says(We) {
        return Some(Voice::Ours);
    }
    // "For more, see the following documents:"
    let documents = lead.has_word(&["documents", "documentation", "guides"]) && lead.has_word(&["refer", "see", "consult"]);
    if documents && lead.words.word(lead.words.len().saturating_sub(1)) == ":" {
        return Some(Voice::Elsewhere);
    }
    // "Do not use it in production without:"
    if matches!(lead.words.word(lead.words.len().saturating_sub(2)), "without" | "lacks" | "lacking") {
        return Some(Voice::Others);
    }
    let last_we = lead.of(Ours).filter(|hit| hit.words.len() > 1 && !asks(&hit.words)).map(|hit| hit.words.end).max();
    let last_ask = lead.hits.iter().filter(|hit| matches!(hit.what, ToReporters | ToOthers | Ask)).map(|hit| hit.words.start).max();
    if lead.says(OutOfScope) || lead.says(InScope) {
        return Some(Voice::Scope);
    }
    let ours = lead.of(We).any(|hit| matches!(lead.words.word(hit.words.start), "we" | "our" | "us" | "team" | "maintainers"));
    // "Please do the following:"
    let told = lead.is_request() && lead.has_word(&["following", "steps", "not"]) && !lead.says(ToOthers);
    match (last_we, last_ask) {
        _ if told => Some(Voice::Reporters),
        (Some(we), Some(ask)) if we > ask => Some(Voice::Ours),
        (_, Some(_)) if lead.says(ToOthers) && !ours => Some(Voice::Others),
        (_, Some(_)) if lead.says(ToReporters) => Some(Voice::Reporters),
        (Some(_), _) => Some(Voice::Ours),
        (None, Some(_) | None) => None,
    }
}

/// Whom a heading speaks to; `None` where it does not say.
fn heading_voice(heading: &Sentence) -> Option<Voice> {
    use Concept::{Elsewhere, InScope, Ours, OutOfScope, ToOthers, ToReporters};
    let says = |concept| heading.says(concept);
    if says(Elsewhere) {
        Some(Voice::Elsewhere)
    } else if says(OutOfScope) {
        Some(Voice::Scope)
    } else if says(ToOthers) {
        Some(Voice::Others)
    } else if says(Ours) && !says(ToReporters) && !says(InScope) {
        Some(Voice::Ours)
    } else if says(ToReporters) {
        Some(Voice::Reporters)
    } else if says(InScope) {
        Some(Voice::Scope)
    } else {
        None
    }
}

/// Verbs that open a request to somebody else where "your" follows.
const IMPERATIVES: &[&str] = &[
    "add", "audit", "avoid", "check", "enable", "ensure", "give", "keep", "limit", "make", "monitor", "pin", "prefer", "protect",
    "restrict", "review", "rotate", "run", "scan", "set", "store", "update", "upgrade", "use", "verify",
];

impl Sentence {
    /// A text of its own, such as a table's header cell.
    pub(super) fn of_text(text: &str) -> Self {
        Self::new(usize::MAX, text, 0..text.len())
    }
}
