//! What holds of every reading, whatever the text: shared by the fuzz target and by `tests/fuzz.rs`.

use std::collections::BTreeSet;

use cargo_secpolicy::commitment::{Commitment, Policy};
use cargo_secpolicy::read;
use cargo_secpolicy::source::{Place, Source};

/// Reads `text`, and fails where the reading is not one of that text.
pub(crate) fn hold(text: &str) {
    let source = Source::new("SECURITY.md", text);
    let policy = read::policy(&source);
    places_lie_in_the_text(&policy, &source);
    policy.commitments.iter().for_each(words_stand_at_the_place);
    let sorted = policy.commitments.is_sorted_by(|a, b| (&a.place, &a.kind) <= (&b.place, &b.kind));
    assert!(sorted, "sorted by place: {:#?}", facts(&policy));
    let ids: BTreeSet<_> = policy.commitments.iter().map(|one| &one.id).collect();
    assert_eq!(ids.len(), policy.commitments.len(), "each id stands once");
    assert_eq!(facts(&policy), facts(&read::policy(&source)), "the same text is read alike");
    // A code span that runs over a line end is another to the parser with each sort of line end.
    if !text.contains(['\r', '`']) {
        let windows = read::policy(&Source::new("SECURITY.md", text.replace('\n', "\r\n")));
        assert_eq!(facts(&policy), facts(&windows), "line ends do not matter");
    }
}

fn places_lie_in_the_text(policy: &Policy, source: &Source) {
    let places = policy.commitments.iter().map(|one| &one.place);
    let places = places.chain(policy.hints.iter().flat_map(|hint| &hint.places)).chain(&policy.excludes_dependencies);
    for place in places.chain(policy.errors.iter().filter_map(|error| error.place.as_deref())) {
        assert!((1..=source.lines()).contains(&place.line()), "line {} of {}", place.line(), source.lines());
        let span = place.span();
        assert!(span.start <= span.end && span.end <= source.text().len(), "{span:?}");
        assert!(source.text().get(span.clone()).is_some(), "{span:?} cuts a character");
    }
}

/// The letters and digits of the words are those of the lines, in their order. Character references stand for
/// others than are written.
fn words_stand_at_the_place(one: &Commitment) {
    let lines = lines(&one.place);
    if lines.contains('&') {
        return;
    }
    let mut written = lines.chars();
    let missing = one.words.chars().filter(|c| c.is_alphanumeric()).find(|c| !written.any(|other| other == *c));
    assert_eq!(missing, None, "{:?} is not said in {lines:?}", one.words);
}

/// The whole lines that a place touches.
fn lines(place: &Place) -> &str {
    let source = place.source();
    let last = source.line_of(place.span().end.saturating_sub(1).max(place.span().start));
    source.text().get(source.line_span(place.line()).start..source.line_span(last).end).unwrap_or_default()
}

/// All of a reading that does not depend on how lines end.
fn facts(policy: &Policy) -> Vec<String> {
    let promise = |one: &Commitment| {
        format!(
            "{} {:?} {:?} {} {:?} line {} {:?}",
            one.id,
            one.kind,
            one.strength,
            one.placeholder,
            one.component,
            one.place.line(),
            one.words
        )
    };
    let promises = policy.commitments.iter().map(promise);
    let hints = policy
        .hints
        .iter()
        .map(|hint| format!("{:?} {} {:?}", hint.kind, hint.text, hint.places.iter().map(Place::line).collect::<Vec<_>>()));
    let errors = policy.errors.iter().map(|error| format!("{} {:?}", error.message, error.place.as_ref().map(|place| place.line())));
    let rest = format!("{:?} {:?}", policy.excludes_dependencies.as_ref().map(Place::line), policy.points_to);
    promises.chain(hints).chain(errors).chain([rest]).collect()
}
