//! What holds of every reading, held against torn and spliced policies from a seeded generator: a bounded number
//! here, as long as `SECPOLICY_FUZZ_SECONDS` says where it is set. `cargo fuzz run read` in `fuzz` goes further.
#![expect(clippy::print_stderr, clippy::unwrap_used, reason = "a test that fails says on what, and may stop")]

#[path = "../fuzz/invariants.rs"]
mod invariants;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How many texts are tried where no time is given.
const TEXTS: u64 = 1500;

/// What policies are made of, and what trips a parser.
const PIECES: &[&str] = &[
    "\n",
    "\n\n",
    " ",
    "\t",
    "# ",
    "## Supported versions\n",
    "- ",
    "  - ",
    "1. ",
    "> ",
    "| ",
    "|\n| --- | --- |\n",
    "```\n",
    "**",
    "`",
    "_",
    "[",
    "](",
    ")",
    "<!-- ",
    " -->",
    "<!-- secpolicy: not-a-commitment -->",
    "<!-- secpolicy: tool tool=x -->",
    "<br>",
    "<td>",
    "</table>",
    "&amp;",
    "\\",
    "---\n",
    "[^1]",
    "[^1]: ",
    ":white_check_mark:",
    "✅",
    "❌",
    "within 14 days",
    "48 hours",
    "we aim to ",
    "we will ",
    "We do not ",
    "fix critical vulnerabilities ",
    "1.0.x",
    "< 1.0",
    "v2 - v3",
    "security@corp.test",
    "security at corp dot test",
    "cargo audit",
    "on every pull request",
    "signed releases",
    "promptly",
    "[48 hours]",
    "XX",
    "until 2025-01-31",
    "Critical",
    "latest",
    "; ",
    ": ",
    ". ",
    "\u{feff}",
    "\u{0}",
    "\u{200b}",
    "\u{301}",
    "👩‍💻",
    "一",
    "İ",
    "ß",
    "ǆ",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----\n",
];

/// A linear congruential generator: the same seed, the same text, on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n.max(1)
    }

    /// A boundary between two characters of `text`.
    fn cut(&mut self, text: &str) -> usize {
        let at = self.below(text.len() + 1);
        (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
    }

    fn span<'t>(&mut self, text: &'t str, longest: usize) -> &'t str {
        let start = self.cut(text);
        let rest = text.get(start..).unwrap();
        let length = self.below(longest.min(rest.len()) + 1);
        let end = (0..=length).rev().find(|&end| rest.is_char_boundary(end)).unwrap_or(0);
        rest.get(..end).unwrap()
    }

    /// A policy, torn, with pieces and stretches of others set in and taken out.
    fn text(&mut self, policies: &[String]) -> String {
        let whole = policies.get(self.below(policies.len())).unwrap();
        let mut text = self.span(whole, 1500).to_owned();
        for _ in 0..=self.below(12) {
            let at = self.cut(&text);
            match self.below(4) {
                0 | 1 => text.insert_str(at, PIECES.get(self.below(PIECES.len())).unwrap()),
                2 => {
                    let other = policies.get(self.below(policies.len())).unwrap();
                    let stretch = self.span(other, 200).to_owned();
                    text.insert_str(at, &stretch);
                }
                _ => {
                    let gone = self.span(text.get(at..).unwrap(), 40).len();
                    let start = text.len() - text.get(at..).unwrap().len();
                    let end = (start + gone..=text.len()).find(|&end| text.is_char_boundary(end)).unwrap_or(start);
                    text.replace_range(start..end, "");
                }
            }
        }
        text
    }
}

/// Says which text failed.
struct Tried<'t>(u64, &'t str);

impl Drop for Tried<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("seed {} fails on {:?}", self.0, self.1);
        }
    }
}

#[test]
fn every_reading_is_one_of_the_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let policies: Vec<_> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    policies.iter().for_each(|text| invariants::hold(text));

    let start = Instant::now();
    let seconds: Option<u64> = std::env::var("SECPOLICY_FUZZ_SECONDS").ok().map(|value| value.parse().unwrap());
    let goes_on = |seed: u64| seconds.map_or(seed < TEXTS, |seconds| start.elapsed() < Duration::from_secs(seconds));
    let mut tried = 0;
    for seed in (0..).take_while(|&seed| goes_on(seed)) {
        let text = Random(seed).text(&policies);
        let _shown = Tried(seed, &text);
        invariants::hold(&text);
        tried = seed + 1;
    }
    eprintln!("{tried} texts in {:.0} s", start.elapsed().as_secs_f64());
    assert!(tried > 0);
}
