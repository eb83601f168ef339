//! The key for encrypted reports.

use super::super::address;
use super::super::found::{Extent, Found};
use super::super::lexicon::Concept;
use super::super::markdown::{Passage, Role};
use super::super::sentence::{Sentence, Text, Voice};
use super::links::bare_links;
use super::part;
use crate::commitment::{Kind, Strength};

/// One key, however many of its address, fingerprint and file are named (spec: Settled cases).
pub(super) fn keys(text: &Text<'_>, found: &mut Vec<Found>) {
    for sentence in &text.sentences {
        let Some(passage) = text.passage(sentence.passage) else { continue };
        if matches!(passage.role, Role::Heading(_)) {
            continue;
        }
        if let Some((target, slot)) = key(text, sentence, passage) {
            let kind = Kind::EncryptionKey { target };
            found.push(Found::new(text, sentence, 0..1, Extent::Sentence, kind).slot(slot).strength(Strength::Firm));
        }
    }
}

fn key(text: &Text<'_>, sentence: &Sentence, passage: &Passage) -> Option<(String, bool)> {
    let body = part(passage, sentence);
    let hit = sentence.first(Concept::Key);
    let print = address::fingerprint(body);
    let linked = passage
        .links
        .iter()
        .filter(|link| sentence.range.contains(&link.shown.start) && !link.target.starts_with("mailto:"))
        .find(|link| is_key_link(&link.target) || hit.is_some_and(|hit| near(sentence, hit.words.start, link.shown.start)));
    let bare = bare_links(body).map(|(_, link)| link).find(|link| is_key_link(link));
    if hit.is_none() && !(print.is_some() && is_among_keys(text, sentence, passage)) || !is_for_reports(text, sentence) {
        return None;
    }
    let says = |words: &[&str]| sentence.has_word(words);
    let theirs =
        (0..sentence.words.len()).any(|index| sentence.words.word(index) == "your" && !MESSAGE.contains(&sentence.words.word(index + 1)));
    let signing = says(&[
        "verify",
        "signed",
        "signature",
        "signatures",
        "sign",
        "signing",
        "tags",
        "checksum",
        "revocation",
        "rotate",
        "rotation",
        "commits",
    ]) && !says(&["encrypt", "encrypted", "encrypting"]);
    let denied = hit.is_some_and(|hit| sentence.denied(&hit.words));
    let target =
        linked.map(|link| link.target.to_lowercase()).or_else(|| bare.map(str::to_lowercase)).or(print).or_else(|| address::key_id(body));
    let offered = target.is_some()
        || sentence.words.word(sentence.words.len().saturating_sub(1)) == ":"
        || says(&["our", "provided", "available", "following", "below", "request", "key", "keys"])
            && !says(&["exchange", "arrange", "optional"]);
    let names_key = says(&["key", "keys", "fingerprint", "pgp", "gpg", "openpgp", "gnupg"]) || target.is_some();
    if theirs && target.is_none() || signing || denied || !offered || !names_key || matches!(text.voice(sentence.passage), Voice::Others) {
        return None;
    }
    let slot = target.is_none() && says(&["[", "tbd", "todo"]) && says(&["tbd", "todo", "insert", "id"])
        || target.as_deref().is_some_and(address::is_slot);
    Some((target.or_else(|| key_after(text, sentence.passage)).unwrap_or_default(), slot))
}

/// What of a reporter's is encrypted: "your report", and not "your key".
const MESSAGE: &[&str] =
    &["message", "messages", "report", "reports", "mail", "email", "emails", "communication", "vulnerability", "submission", "findings"];

/// Whether the headings, the lead-in or the head of the table speak of keys.
fn is_among_keys(text: &Text<'_>, sentence: &Sentence, passage: &Passage) -> bool {
    let head = match passage.role {
        Role::Row(table) => text.document.tables.get(table).map(Vec::as_slice).unwrap_or_default(),
        Role::Heading(_) | Role::Paragraph | Role::Item(_) => &[],
    };
    head.iter().any(|cell| Sentence::of_text(cell).says(Concept::Key))
        || text.around(sentence.passage).take(2).any(|around| around.says(Concept::Key))
}

/// Whether the key is one for reports: PGP and fingerprints are; an "encryption key" only where reports are spoken of.
fn is_for_reports(text: &Text<'_>, sentence: &Sentence) -> bool {
    const PGP: &[&str] = &["pgp", "gpg", "openpgp", "gnupg", "fingerprint"];
    let strong = sentence.has_word(PGP)
        || address::fingerprint(text.passage(sentence.passage).map(|passage| part(passage, sentence)).unwrap_or_default()).is_some();
    let told = sentence.says(Concept::Report)
        || sentence.says(Concept::Email)
        || sentence.has_word(&["message", "messages", "communication", "sensitive"]);
    strong || text.voice(sentence.passage) != Voice::Scope && (told || text.framed(sentence.passage, Concept::Report))
}

/// The address or fingerprint just after "… the following key:".
fn key_after(text: &Text<'_>, passage: usize) -> Option<String> {
    let ends_open = text
        .sentences_of(passage)
        .last()
        .is_some_and(|last| (0..last.words.len()).any(|index| matches!(last.words.word(index), ":" | "following" | "below")));
    (passage + 1..passage + 4).filter(|_| ends_open).filter_map(|index| text.passage(index)).find_map(|next| {
        next.links
            .iter()
            .map(|link| link.target.as_str())
            .chain(bare_links(&next.text).map(|(_, link)| link))
            .find(|link| is_key_link(link))
            .map(str::to_lowercase)
            .or_else(|| address::fingerprint(&next.text))
    })
}

fn near(sentence: &Sentence, hit: usize, link: usize) -> bool {
    let at = sentence.words.at(link);
    at.abs_diff(hit) <= 10
}

fn is_key_link(target: &str) -> bool {
    let lower = target.to_lowercase();
    [".asc", ".gpg", ".pub", ".pgp", "pgp", "gpg", "keys.openpgp.org", "keyserver", "keybase.io", "/pks/lookup", "openpgpkey"]
        .iter()
        .any(|part| lower.contains(part))
        && !address::is_advisory_form(&lower)
}
