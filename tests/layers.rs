//! The rooms of `src` import each other along the pipeline's arrows and no other way.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room, and the rooms it may know.
const EDGES: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("error", &["source"]),
    ("commitment", &["error", "source"]),
    ("clock", &["commitment", "observation", "source"]),
    ("observation", &["source", "tools"]),
    ("settings", &["error", "observation", "source"]),
    ("verdict", &["commitment", "observation", "source"]),
    ("address", &[]),
    ("releases", &["commitment", "observation", "testing"]),
    // The small world of the tests alone.
    ("testing", &["commitment", "judge", "observation", "settings", "source", "verdict"]),
    ("read", &["commitment", "error", "source"]),
    ("gather", &["address", "clock", "commitment", "error", "observation", "read", "releases", "settings", "source", "testing", "tools"]),
    (
        "judge",
        &["address", "clock", "commitment", "observation", "releases", "settings", "source", "testing", "tools", "verdict", "waivers"],
    ),
    ("waivers", &["commitment", "observation", "report", "settings", "source", "verdict"]),
    ("report", &["commitment", "error", "observation", "settings", "source", "verdict"]),
    ("change", &["clock", "commitment", "read", "source"]),
    ("compare", &["change", "commitment", "error", "observation", "report", "settings", "source", "verdict"]),
    ("render", &["change", "clock", "commitment", "error", "observation", "replay", "report", "settings", "source", "verdict"]),
    ("tools", &["observation", "source"]),
    ("findings", &["commitment", "judge", "observation", "verdict"]),
    (
        "check",
        &[
            "change",
            "clock",
            "commitment",
            "compare",
            "error",
            "findings",
            "gather",
            "judge",
            "observation",
            "read",
            "report",
            "settings",
            "source",
            "waivers",
        ],
    ),
    ("replay", &["clock", "commitment", "error", "observation", "releases", "settings", "source"]),
    ("history", &["check", "error", "gather", "observation", "read", "replay"]),
    (
        "draft",
        &["address", "check", "commitment", "error", "gather", "judge", "observation", "read", "releases", "source", "tools", "verdict"],
    ),
    ("init", &["check", "error", "gather", "observation", "render", "report", "settings", "source"]),
    ("cli", &["commitment", "draft", "observation", "settings"]),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The rooms named after `crate::` in the text, comments left out. `use crate::{a, b}` is not a style of
/// this project, and the test says so.
fn rooms_named(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    assert!(!code.contains("crate::{"), "import each room on a line of its own");
    let after = code.split("crate::").skip(1);
    after.map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
}

fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let relative = file.strip_prefix(&src).expect("below src").components().next().expect("a name");
        let room = relative.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned();
        if room == "main" || room == "lib" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a source file");
        edges.entry(room.clone()).or_default().extend(rooms_named(&text).into_iter().filter(|named| *named != room));
    }
    edges
}

#[test]
fn every_import_follows_an_arrow() {
    let allowed: BTreeMap<_, BTreeSet<_>> = EDGES.iter().map(|(room, may)| (*room, may.iter().copied().collect())).collect();
    for (room, named) in edges() {
        let may = allowed.get(room.as_str()).unwrap_or_else(|| panic!("the room `{room}` has no line in this test"));
        let wrong: Vec<_> = named.iter().filter(|name| !may.contains(name.as_str())).collect();
        assert!(wrong.is_empty(), "`{room}` must not know {wrong:?}");
    }
}

#[test]
fn every_line_of_the_table_is_a_room() {
    let rooms = edges();
    for (room, _) in EDGES {
        assert!(rooms.contains_key(*room), "`{room}` is gone; take its line out");
    }
}

#[test]
fn only_gather_does_io_and_only_main_prints() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for file in files {
        let relative = file.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
        if relative.starts_with("gather") || relative == "main.rs" {
            continue;
        }
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for io in ["std::fs", "std::net", "std::process", "std::env", "std::io", "Timestamp::now", "SystemTime", "gix::"] {
            assert!(!code.contains(io), "{relative} must not use {io}");
        }
    }
}
