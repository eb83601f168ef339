//! What people write, sentence by sentence: each case of `fixtures/sentences` is read as it says, and nothing else is.
#![expect(clippy::unwrap_used, reason = "a test that fails may stop")]

use std::fs;
use std::path::Path;

use cargo_secpolicy::read;
use cargo_secpolicy::render::json::commitment::Commitment;
use cargo_secpolicy::source::Source;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A whole small policy.
    policy: String,
    /// All that is read from it, as annotations say it; an unfilled slot ends in ` placeholder`.
    reads: Vec<String>,
    /// What the case is there for, where its words do not say.
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

/// The commitments of a policy, without place and words, sorted.
fn read(text: &str) -> Vec<String> {
    let policy = read::policy(&Source::new("SECURITY.md", text));
    assert!(policy.errors.is_empty(), "{text}: {:?}", policy.errors);
    let mut all: Vec<_> = policy.commitments.iter().map(|one| bare(serde_json::to_value(Commitment::new(one, None)).unwrap())).collect();
    all.sort();
    all
}

fn bare(mut value: Value) -> String {
    let object = value.as_object_mut().unwrap();
    for key in ["id", "text", "line", "path"] {
        object.remove(key);
    }
    // What an annotation leaves out is this.
    if object.get("scope") == Some(&Value::from("any")) {
        object.remove("scope");
    }
    value.to_string()
}

/// What an annotation says, written as [`read`] writes it.
fn said(annotation: &str) -> String {
    let (words, slot) = annotation.strip_suffix(" placeholder").map_or((annotation, false), |words| (words, true));
    let one = read(&format!("<!-- secpolicy: {words} -->\n")).concat();
    if slot { one.replace("\"placeholder\":false", "\"placeholder\":true") } else { one }
}

#[test]
fn every_case_is_read_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sentences");
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let cases: Cases = toml::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        for case in cases.case {
            count += 1;
            let mut expected: Vec<_> = case.reads.iter().map(|one| said(one)).collect();
            expected.sort();
            let read = read(&case.policy);
            if read != expected {
                let name = file.file_name().unwrap().display();
                wrong.push(format!("{name}: {}\n    read:     {}\n    expected: {}", case.policy, read.join(" "), expected.join(" ")));
            }
        }
    }
    assert!(count > 0, "the cases are in fixtures/sentences");
    assert!(wrong.is_empty(), "{} of {count} cases are read wrongly:\n{}", wrong.len(), wrong.join("\n"));
}
