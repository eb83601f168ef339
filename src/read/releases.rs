//! How fixes reach users: backports, patch releases, version numbers that can be relied on, and the record of fixes.

use std::ops::Range;

use super::found::{Extent, Found};
use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::tools::is_own;
use crate::commitment::{Kind, Record, ReleaseChannel, Strength};

/// Reads them all.
pub(super) fn read(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        if matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_))) {
            continue;
        }
        let voice = text.voice(sentence.passage);
        if voice == Voice::Ours {
            backport(text, sentence, found);
        }
        if !matches!(voice, Voice::Reporters | Voice::Others) {
            semver(text, sentence, found);
            patch_release(text, sentence, found);
            changelog(text, sentence, found);
        }
    }
}

/// The first hit of `concept` that is the project's own and not denied.
fn own<'s>(text: &Text<'_>, sentence: &'s Sentence, concept: Concept) -> Option<&'s Range<usize>> {
    sentence.of(concept).map(|hit| &hit.words).find(|at| is_own(text, sentence, at.start) && !sentence.denied(at))
}

fn push(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>, kind: Kind, found: &mut Vec<Found>) {
    found.push(Found::new(text, sentence, at.clone(), Extent::Part, kind));
}

/// "Fixes are backported", "we prepare fixes for all releases under maintenance".
fn backport(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let word = |index: usize| sentence.words.word(index);
    let hit = sentence.of(Concept::Backport).map(|hit| &hit.words).find(|at| {
        let explicit = word(at.start).starts_with("back");
        let considered = sentence.of(Concept::Hedge).any(|hit| word(hit.words.start).starts_with("consider"));
        let exception = word(at.start.saturating_sub(1)) == "unless"
            || sentence.conditional(at.start) && (0..at.start).any(|index| word(index) == "unless");
        // "Distributions backport our fixes", "you can backport it yourself": somebody else does.
        let others = ["users", "you", "distributions", "distributors", "packagers", "vendors", "contributors", "downstream"];
        let theirs = (0..at.start).any(|index| others.contains(&word(index)));
        let asked = sentence.asked(at.start) && !sentence.has_word(&["expect"]);
        let told = (at.end..at.end + 4).any(|index| matches!(word(index), "not" | "only")) && !explicit;
        let refused = explicit && (at.end..at.end + 3).any(|index| word(index) == "not");
        // "back-porting would bring the burden back"
        let imagined = (at.start.saturating_sub(2)..at.end + 4).any(|index| word(index) == "would");
        let sold = sentence.says(Concept::Credit) || sentence.says(Concept::Report) && !explicit;
        let listed = !explicit && (word(sentence.words.len().saturating_sub(1)) == ":" || sentence.has_word(&["following"]));
        !(considered || exception || theirs || asked || told || refused || imagined || sold || listed || sentence.denied(at))
    });
    let Some(at) = hit else { return };
    let mut one = Found::new(text, sentence, at.clone(), Extent::Part, Kind::Backport);
    if sentence.within(Concept::HedgeAfter, &(at.start..at.end + 10)) {
        one.strength = Strength::BestEffort;
    }
    found.push(one);
}

/// Words near "semver" that say it is kept to.
const KEPT: &[&str] = &[
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
    "compl",
    "obey",
    "observ",
    "stick",
    "honor",
    "honour",
    "keep",
    "cover",
    "demand",
    "strict",
];

/// "We follow Semantic Versioning", "patch releases never break the API".
fn semver(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let Some(at) = own(text, sentence, Concept::Semver).filter(|at| !sentence.within_tools(at)) else { return };
    let word = |index: usize| sentence.words.word(index);
    let about =
        sentence.words.len() <= 14 || sentence.says(Concept::Comply) || sentence.says(Concept::Released) || sentence.says(Concept::Firm);
    let of_breaking = (at.start..at.end).any(|index| word(index).starts_with("break"));
    let aside = sentence.has_word(&["ranges", "range", "purposes", "violation", "violations", "msrv"])
        || sentence.has_word(&["breaking"]) && !of_breaking;
    let near = at.start.saturating_sub(10)..at.end + 6;
    let kept = near.clone().any(|index| KEPT.iter().any(|stem| word(index).starts_with(stem)));
    // "semver-compatible" names versions, unless every release is so.
    let compatible = (at.start..at.end + 1).any(|index| word(index) == "semver" && word(index + 1) == "compatible");
    let every = matches!(word(0), "every" | "each" | "all") && sentence.says(Concept::Released);
    // "Versioning: SemVer"
    let label = sentence.words.len() < 8 && word(1) == ":" && word(0).starts_with("version");
    if about
        && !aside
        && (kept && !compatible || compatible && every || label || at.len() > 2 && of_breaking)
        && !sentence.conditional(at.start)
    {
        push(text, sentence, at, Kind::Semver, found);
    }
}

/// "Critical issues lead to an out-of-band release."
fn patch_release(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let about = |one: &Sentence| one.says(Concept::Supports) || one.says(Concept::Vulnerability) || one.says(Concept::Fix);
    let security = || {
        about(sentence)
            || sentence.has_word(&["issue", "issues", "bug", "bugs", "severity", "critical"])
            || text.around(sentence.passage).take(2).any(about)
    };
    let patch = sentence.of(Concept::PatchRelease).map(|hit| &hit.words).find(|at| is_shipped(text, sentence, at));
    if let Some(at) = patch.filter(|_| security()) {
        push(text, sentence, at, Kind::ReleaseChannel { channel: ReleaseChannel::PatchRelease }, found);
    }
}

/// "the latest patch version", "before the patch release": names a version or a moment and no way of shipping.
fn is_shipped(text: &Text<'_>, sentence: &Sentence, at: &Range<usize>) -> bool {
    let word = |index: usize| sentence.words.word(index);
    let before = at.start.checked_sub(1).map_or("", word);
    let official = sentence.of(Concept::Hedge).any(|hit| word(hit.words.start).starts_with("consider"));
    let names = matches!(before, "latest" | "current" | "newest" | "each" | "every" | "recent" | "these" | "no")
        || word(at.start) == "emergency" && word(at.end) == "contact"
        || matches!(word(at.end), "level" | "number" | "component" | "numbers");
    // "before or upon the patch release"
    let moment = (at.start.saturating_sub(3)..at.start).any(|index| matches!(word(index), "before" | "upon" | "until" | "since"));
    let compatible = sentence.within(Concept::Semver, at)
        || sentence.says(Concept::Semver) && before == "in"
        || sentence.says(Concept::Not) && matches!(before, "in" | "does" | "support");
    let arrangement = word(at.start) == "out"
        && (sentence.says(Concept::Key)
            || sentence.says(Concept::Email)
            || sentence.has_word(&["key", "keys", "exchange", "exchanged", "bounds", "channel"]));
    let disclosed = sentence.says(Concept::Ask) && sentence.asked(at.start) && !sentence.says(Concept::We);
    let numbered = word(at.start) != "patch"
        || ["rel", "ver", "upd", "lev"].iter().any(|stem| word(at.start + 1).starts_with(stem))
        || super::version::is_clear_version(before);
    let positive = numbered && !(at.end..at.end + 3).any(|index| word(index) == "not");
    // "no exceptions, even for hotfixes"
    let excepted = before == "for" && sentence.has_word(&["even", "except", "exception", "exceptions"]);
    let scope = matches!(text.voice(sentence.passage), Voice::Scope);
    !(official || names || moment || compatible || arrangement || disclosed || excepted || scope) && positive
}

/// An item of a list of where fixes are told, or of what is done about a severity.
fn listed_of_fixes(text: &Text<'_>, sentence: &Sentence) -> bool {
    let lead = text.leads(sentence.passage).next().filter(|_| sentence.words.len() < 12);
    lead.is_some_and(|lead| {
        let fixes = lead.says(Concept::Vulnerability) || lead.says(Concept::Supports) || lead.says(Concept::Advisory);
        fixes && (lead.says(Concept::Announce) || lead.says(Concept::Publish) || lead.has_word(&["available"]))
            || lead.has_word(&["severity"]) && sentence.says(Concept::Recorded)
    })
}

/// "Security fixes are recorded in CHANGELOG.md", "each release's notes list the vulnerabilities fixed".
fn changelog(text: &Text<'_>, sentence: &Sentence, found: &mut Vec<Found>) {
    let word = |index: usize| sentence.words.word(index);
    // Of "release notes and changelog entries" the changelog is the record.
    let records =
        sentence.of(Concept::Changelog).map(|hit| &hit.words).filter(|at| is_own(text, sentence, at.start) && !sentence.denied(at));
    let Some(at) = records.min_by_key(|at| (word(at.start) == "release", at.start)) else { return };
    let notes = word(at.start) == "release";
    // "advisories for releases whose changelog lists fixes"
    let named = at.start.checked_sub(1).is_some_and(|before| matches!(word(before), "whose" | "if"));
    // "The release notes link to the advisory": it is told there, and recorded elsewhere.
    if named || notes && sentence.has_word(&["link", "links"]) {
        return;
    }
    let security = sentence.says(Concept::Vulnerability)
        || sentence.says(Concept::Supports)
        || sentence.has_word(&["fix", "fixes"])
        || (0..sentence.words.len()).any(|index| word(index).starts_with("security"))
        || listed_of_fixes(text, sentence);
    let recorded =
        sentence.of(Concept::Recorded).any(|hit| !(notes && word(hit.words.start).starts_with("publish") && hit.words.end <= at.start));
    // A changelog of security fixes is a record, unless readers are only sent to it.
    let sent = (at.start.saturating_sub(4)..at.start)
        .any(|index| matches!(word(index), "check" | "see" | "read" | "watch" | "consult" | "monitor" | "refer" | "follow" | "review"));
    let kept = if notes { recorded } else { recorded || !sent && !sentence.is_request() };
    // "The notes link to the advisory": there it is announced.
    let links = notes && sentence.says(Concept::Advisory) && sentence.has_word(&["link", "links", "linked"]);
    if !security || !kept || links || sentence.says(Concept::Credit) || sentence.asked(at.start) || matches!(word(0), "report" | "reports")
    {
        return;
    }
    let announced = notes
        && sentence.says(Concept::Announce)
        && !sentence.of(Concept::Recorded).any(|hit| {
            let verb = word(hit.words.start);
            [
                "list",
                "highlight",
                "record",
                "document",
                "describ",
                "includ",
                "contain",
                "summar",
                "mention",
                "flag",
                "mark",
                "not",
                "identif",
                "track",
            ]
            .iter()
            .any(|stem| verb.starts_with(stem))
        });
    let noticed = sentence.says(Concept::Notice) && (notes || sent);
    if !announced && !noticed {
        let record = if notes { Record::ReleaseNotes } else { Record::Changelog };
        push(text, sentence, at, Kind::Changelog { record }, found);
    }
}
