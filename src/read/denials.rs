//! What the project says that it does not do: "we do not sign releases". No promise, but it contradicts one.

use std::ops::Range;
use std::sync::Arc;

use super::lexicon::Concept;
use super::markdown::Role;
use super::sentence::{Sentence, Text, Voice};
use super::words::Hit;
use crate::commitment::{Artifact, Kind, When};
use crate::source::{Place, Source};

/// The most denials that are kept.
const MOST: usize = 256;

/// The artifacts whose making can be denied in plain words.
const ARTIFACTS: [(Concept, Artifact); 4] = [
    (Concept::Signed, Artifact::Signature),
    (Concept::Checksum, Artifact::Checksum),
    (Concept::Sbom, Artifact::Sbom),
    (Concept::Provenance, Artifact::Provenance),
];

/// Each promise that is denied, and where.
pub(super) fn of(source: &Arc<Source>, text: &Text<'_>) -> Vec<(Kind, Place)> {
    let mut found = Vec::new();
    for sentence in text.sentences.iter().filter(|sentence| sentence.says(Concept::Not)) {
        let prose = !matches!(text.passage(sentence.passage).map(|passage| passage.role), None | Some(Role::Heading(_)));
        if !prose || text.voice(sentence.passage) != Voice::Ours || sentence.is_request() || found.len() >= MOST {
            continue;
        }
        let tools = sentence.tools.iter().map(|hit: &Hit<&'static str>| {
            let kind = Kind::Tool { tool: hit.what.to_owned(), when: When::Unspecified, every_change: false };
            (&hit.words, kind, sentence.says(Concept::Runs))
        });
        let artifacts = ARTIFACTS.iter().flat_map(|&(concept, artifact)| {
            // "Binaries are not signed by the platform" is of another signature than the one that releases carry.
            let about = sentence.has_word(&["release", "releases"]);
            sentence.of(concept).map(move |hit| (&hit.words, Kind::ReleaseArtifact { artifact }, about))
        });
        for (at, kind, about) in tools.chain(artifacts) {
            if about
                && is_denied(sentence, at)
                && let Some(place) = place(source, text, sentence)
            {
                found.push((kind, place));
            }
        }
    }
    found
}

/// Whether the words at `at` are denied by the project itself, and wholly: "we do not rely on Dependabot alone" denies
/// nothing, "if we do not …" and "not all …" neither.
fn is_denied(sentence: &Sentence, at: &Range<usize>) -> bool {
    let partly = ["alone", "only", "solely", "just", "merely", "all", "every", "always", "yet", "until", "guarantee", "instead", "rather"];
    let subject = sentence.says(Concept::We) || sentence.words.len() <= 8;
    // "Do not" alone asks of somebody else; after "we" it denies.
    let asks = sentence.of(Concept::Ask).any(|ask| ask.words.start < at.start && sentence.words.word(ask.words.start) != "do");
    subject && sentence.denied(at) && !sentence.conditional(at.start) && !asks && !sentence.has_word(&partly)
}

fn place(source: &Arc<Source>, text: &Text<'_>, sentence: &Sentence) -> Option<Place> {
    let passage = text.passage(sentence.passage)?;
    Some(Place::new(source, passage.source(sentence.range.start)..passage.source(sentence.range.end)))
}
