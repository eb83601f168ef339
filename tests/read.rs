//! The policy reader: exact on this project's own policies, above a floor on a corpus beside it, and never a panic.
#![expect(clippy::print_stderr, clippy::unwrap_used, reason = "a test that is skipped says so, and one that fails may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_secpolicy::read;
use cargo_secpolicy::render::json::commitment::Commitment;
use cargo_secpolicy::source::Source;
use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies")
}

fn policies() -> BTreeMap<String, String> {
    let entries = fs::read_dir(fixtures()).unwrap().flatten().map(|entry| entry.path());
    let read = |path: PathBuf| Some((path.file_stem()?.to_str()?.to_owned(), fs::read_to_string(&path).ok()?));
    entries.filter(|path| path.extension().is_some_and(|end| end == "md")).filter_map(read).collect()
}

fn commitments(text: &str) -> Vec<Value> {
    let policy = read::policy(&Source::new("SECURITY.md", text));
    policy.commitments.iter().map(|one| serde_json::to_value(Commitment::new(one, Some("SECURITY.md"))).unwrap()).collect()
}

/// Without the words and the id, which follow from the rest.
fn bare(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.remove("id");
        object.remove("text");
        if object.get("placeholder") == Some(&Value::Bool(false)) {
            object.remove("placeholder");
        }
    }
    value
}

#[test]
fn every_policy_is_read_exactly() {
    let policies = policies();
    assert!(policies.len() >= 10, "the policies are in fixtures/policies");
    for (name, text) in policies {
        let expected: Vec<Value> = serde_json::from_str(&fs::read_to_string(fixtures().join(format!("{name}.json"))).unwrap()).unwrap();
        let read: Vec<Value> = commitments(&text).into_iter().map(bare).collect();
        for one in &read {
            assert!(expected.contains(one), "{name}.md: read, but not promised: {one}");
        }
        for one in &expected {
            assert!(read.contains(one), "{name}.md: promised, but not read: {one}");
        }
        assert_eq!(read.len(), expected.len(), "{name}.md: listed twice");
    }
}

#[test]
fn line_ends_do_not_matter() {
    for (name, text) in policies() {
        let windows = text.replace('\n', "\r\n");
        let read = |text: &str| commitments(text).into_iter().map(bare).collect::<Vec<_>>();
        assert_eq!(read(&text), read(&windows), "{name}.md");
    }
}

/// Cut anywhere, torn and spliced: whatever comes in, something comes out.
#[test]
fn no_text_makes_it_panic() {
    let all: Vec<String> = policies().into_values().collect();
    for (index, text) in all.iter().enumerate() {
        let other = all.get((index + 1) % all.len()).unwrap();
        for (at, _) in text.char_indices().step_by(3) {
            let _ = commitments(&text[..at]);
            if at % 5 == 0 {
                let middle = (0..=other.len() * at / text.len()).rev().find(|&end| other.is_char_boundary(end)).unwrap_or(0);
                let _ = commitments(&format!("{}{}", &text[at..], &other[middle..]));
            }
        }
    }
    for hostile in [
        "\u{0}",
        "|",
        "| |\n|-|\n|",
        "<!--",
        "<!-- secpolicy:",
        "[",
        "**",
        "@",
        "a@",
        "…—–",
        "\u{feff}# ü",
        "1.",
        "- - - -",
        "> > >",
        "\r\r\n",
    ] {
        let _ = commitments(&hostile.repeat(500));
    }
}

/// Twice the text is not much more than twice the work: counted in a generous bound, so that a busy machine passes.
#[test]
fn the_cost_is_linear() {
    let unit = "We fix critical issues within 7 days, and run `cargo audit` in CI; report to a@b.dev.\n- item\n\n| 1.0.x | yes |\n\n";
    let time = |copies: usize| {
        let text = unit.repeat(copies);
        let start = std::time::Instant::now();
        let _ = commitments(&text);
        start.elapsed().as_secs_f64()
    };
    let small = time(400).min(time(400)).max(0.001);
    let large = time(3200);
    assert!(large < small * 8.0 * 6.0, "{small:.3} s for one part, {large:.3} s for eight");
}

#[test]
fn a_wrong_annotation_is_an_error_with_its_line() {
    let policy = read::policy(&Source::new("SECURITY.md", "# S\n\nText.\n<!-- secpolicy: patch-dedline amount=7 unit=days -->\n"));
    let [error] = policy.errors.as_slice() else { panic!("one error, not {}", policy.errors.len()) };
    assert_eq!((error.place.as_ref().map(|place| place.line()), error.class.code()), (Some(4), 2));
}

#[test]
fn contradictions_missing_numbers_and_exclusions_are_told() {
    let text = "# S\n\n## Response\n\nWe fix reported issues within 7 days.\n\nWe fix reported issues within 30 days.\n\nEverything else is fixed promptly.\n\n## Out of scope\n\n- Vulnerabilities in third-party dependencies\n";
    let policy = read::policy(&Source::new("SECURITY.md", text));
    let kinds: Vec<_> = policy.hints.iter().map(|hint| format!("{:?}", hint.kind)).collect();
    assert_eq!(kinds, ["Contradiction", "NoNumber"]);
    assert_eq!(policy.excludes_dependencies.map(|place| place.line()), Some(13));
    let pointer = read::policy(&Source::new("SECURITY.md", "# S\n\nSee [our policy](docs/SECURITY.md).\n"));
    assert_eq!(pointer.points_to.as_deref(), Some("docs/SECURITY.md"));
}

/// The hints of a policy, as `kind lines`.
fn hints(text: &str) -> Vec<String> {
    let policy = read::policy(&Source::new("SECURITY.md", format!("# Security\n\n{text}")));
    let lines = |hint: &cargo_secpolicy::commitment::Hint| hint.places.iter().map(|place| place.line()).collect::<Vec<_>>();
    policy.hints.iter().map(|hint| format!("{:?} {:?}", hint.kind, lines(hint))).collect()
}

#[test]
fn what_cannot_both_hold_is_a_contradiction_and_what_can_is_none() {
    let contradictory = [
        "We fix critical issues within 7 days.\n\nCritical issues are fixed within 30 days.\n",
        "We acknowledge reports within 48 hours.\n\nWe acknowledge reports within 5 days.\n",
        "We run `cargo audit` in CI.\n\nWe do not run `cargo audit`.\n",
        "We do not sign our releases.\n\nAll releases are signed.\n",
        "Release binaries ship with checksums.\n\nReleases are not published with checksums.\n",
        "We offer a bug bounty.\n\nWe do not offer a bug bounty.\n",
    ];
    for text in contradictory {
        assert_eq!(hints(text), ["Contradiction [3, 5]"], "{text}");
    }
    let table = "| Version | Supported |\n| --- | --- |\n| 1.0.x | yes |\n| 1.0.x | no |\n";
    assert_eq!(hints(table), ["Contradiction [5, 6]"]);
    let consistent = [
        "We fix critical issues within 7 days.\n\nWe fix all other issues within 30 days.\n",
        "We acknowledge reports within 48 hours.\n\nWe acknowledge every report within 2 days.\n",
        "We acknowledge reports within 48 hours.\n\nWe try to acknowledge reports within 24 hours.\n",
        "We run `cargo audit` in CI.\n\nWe do not rely on `cargo audit` alone.\n",
        "We run `cargo audit` in CI.\n\nWe do not run `cargo deny`.\n",
        "All releases are signed.\n\nWe do not sign commits.\n",
        "| Severity | First response |\n| --- | --- |\n| Critical | 24 hours |\n| Low | 1 week |\n",
        "- Critical: we acknowledge within 24 hours\n- Low: we acknowledge within 1 week\n",
        "All releases are signed.\n\nBinaries are not signed by the platform.\n",
        "All releases are signed.\n\nIf a release is not signed, do not install it.\n",
    ];
    for text in consistent {
        assert_eq!(hints(text), [""; 0], "{text}");
    }
}

#[test]
fn slots_and_deadlines_without_a_number_are_hints() {
    assert_eq!(hints("We acknowledge reports within [48 hours].\n\nWe fix issues promptly.\n"), ["Slot [3]", "NoNumber [5]"]);
    assert_eq!(hints("We fix issues within 7 days.\n\nPlease report promptly.\n"), [""; 0]);
}

#[test]
fn an_unknown_parameter_of_an_annotation_is_an_error_with_its_line() {
    let policy = read::policy(&Source::new("SECURITY.md", "# S\n\nText.\n<!-- secpolicy: credit amount=7 -->\n"));
    let [error] = policy.errors.as_slice() else { panic!("one error, not {}", policy.errors.len()) };
    assert_eq!((error.message.as_str(), error.place.as_ref().map(|place| place.line())), ("`credit` has no parameter `amount`", Some(4)));
}

/// Precision and recall on a labelled corpus, where one lies beside the repository.
#[test]
fn the_corpus_stays_above_its_floor() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(labels) = fs::read_to_string(corpus.join("labels.json")) else {
        eprintln!("skipped: there is no corpus at {}", corpus.display());
        return;
    };
    let labels: BTreeMap<String, Vec<Value>> = serde_json::from_str(&labels).unwrap();
    let (mut hit, mut said, mut wanted) = (0_u32, 0_u32, 0_u32);
    for (name, gold) in &labels {
        let text = fs::read_to_string(corpus.join(format!("{name}.md"))).unwrap();
        let mut left: Vec<_> = gold.iter().map(identity).collect();
        wanted += u32::try_from(left.len()).unwrap();
        for one in commitments(&text) {
            said += 1;
            if let Some(at) = left.iter().position(|label| *label == identity(&one)) {
                left.swap_remove(at);
                hit += 1;
            }
        }
    }
    let (precision, recall) = (f64::from(hit) / f64::from(said), f64::from(hit) / f64::from(wanted));
    assert!(precision >= 0.99 && recall >= 0.99, "precision {precision:.3}, recall {recall:.3}");
}

/// The kind and the parameters that tell one promise from another.
fn identity(one: &Value) -> String {
    let key = one.get("kind").and_then(Value::as_str) == Some("encryption-key");
    let names = [
        "kind",
        "rule",
        "supported",
        "until",
        "severity",
        "amount",
        "unit",
        "tool",
        "artifact",
        "channel",
        "target",
        "date",
        "stage",
        "bound",
        "venue",
        "offered",
        "practice",
        "standard",
    ];
    let shown = names
        .iter()
        .filter(|name| !(key && **name == "target"))
        .filter_map(|name| one.get(name))
        .map(|value| value.to_string().to_lowercase().replace(' ', ""));
    shown
        .map(|value| value.trim_matches('"').trim_end_matches(['/', '.', ',']).to_owned())
        .filter(|value| !value.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
