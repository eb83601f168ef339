//! One advisory's text into a value.

use jiff::civil::Date;
use rustsec::Collection;
use rustsec::advisory::Informational;

use crate::observation::advisory::{Advisory, AdvisoryKind, Severity};

/// The advisory in `text`, whose file is `crates/<package>/<name>`; `None` where it is withdrawn, about a package
/// of another registry, or later than `today`.
///
/// # Errors
/// A half-sentence where it is no advisory in the database's format.
pub(super) fn advisory(text: &str, package: &str, name: &str, today: Date) -> Result<Option<Advisory>, String> {
    let parsed = parse(text)?;
    let metadata = &parsed.metadata;
    if name.strip_suffix(".md") != Some(metadata.id.as_str()) {
        return Err(format!("it says that its id is {}", metadata.id));
    }
    if metadata.package.as_str() != package {
        return Err(format!("it is about {}, but lies in the folder of {package}", metadata.package));
    }
    if metadata.collection.is_some_and(|collection| collection != Collection::Crates) {
        return Err("it belongs to another collection".into());
    }
    let date: Date = metadata.date.as_str().parse().map_err(|_| format!("its date {} is none", metadata.date))?;
    let elsewhere = metadata.source.as_ref().is_some_and(|source| !source.is_default_registry());
    if metadata.withdrawn.is_some() || date > today || elsewhere {
        return Ok(None);
    }
    let mut aliases: Vec<_> = metadata.aliases.iter().map(ToString::to_string).collect();
    aliases.sort();
    Ok(Some(Advisory {
        id: metadata.id.to_string(),
        aliases,
        kind: kind(metadata.informational.as_ref()),
        package: package.to_owned(),
        title: parsed.title().to_owned(),
        date,
        severity: metadata.cvss.as_ref().and_then(|vector| severity(vector.score())),
        patched: parsed.versions.patched().to_vec(),
        unaffected: parsed.versions.unaffected().to_vec(),
        links: metadata.url.iter().chain(&metadata.references).map(ToString::to_string).collect(),
        path: format!("crates/{package}/{name}"),
    }))
}

/// `rustsec`'s own parser, kept from two texts on which it panics: one whose first bytes are no whole characters,
/// and a version whose patch number has no successor.
fn parse(text: &str) -> Result<rustsec::Advisory, String> {
    if !text.starts_with("```toml") {
        return Err("it does not begin with a TOML block".into());
    }
    if text.contains(&u64::MAX.to_string()) {
        return Err("it names a version that is too large".into());
    }
    let one_line = |error: rustsec::Error| error.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" ");
    text.parse().map_err(one_line)
}

fn kind(informational: Option<&Informational>) -> AdvisoryKind {
    match informational {
        None => AdvisoryKind::Vulnerability,
        Some(Informational::Unmaintained) => AdvisoryKind::Unmaintained,
        Some(Informational::Unsound) => AdvisoryKind::Unsound,
        // A word that `rustsec` does not know is news, and no vulnerability by its own account.
        Some(_) => AdvisoryKind::Notice,
    }
}

/// The severity of a CVSS base score (spec: "Window").
fn severity(score: f64) -> Option<Severity> {
    match score {
        score if score >= 9.0 => Some(Severity::Critical),
        score if score >= 7.0 => Some(Severity::High),
        score if score >= 4.0 => Some(Severity::Medium),
        score if score > 0.0 => Some(Severity::Low),
        _ => None,
    }
}

/// The `date` in an advisory's text, without parsing the rest of it.
pub(super) fn date_of(text: &str) -> Option<Date> {
    let line = text.lines().take_while(|line| *line != "```").find_map(|line| line.strip_prefix("date"))?;
    line.trim_start().strip_prefix('=')?.trim().split('"').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = Date::constant(2026, 1, 1);

    fn text(lines: &str) -> String {
        format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"a\"\ndate = \"2024-01-02\"\n{lines}\n```\n\n# Title\n\nWords.\n"
        )
    }

    fn read(lines: &str) -> Result<Option<Advisory>, String> {
        advisory(&text(lines), "a", "RUSTSEC-2024-0001.md", TODAY)
    }

    const VERSIONS: &str = "\n[versions]\npatched = [\">= 1.0.0\"]";

    #[test]
    fn an_advisory_is_read_whole() {
        let advisory = read(&format!(
            "aliases = [\"GHSA-aaaa-bbbb-cccc\", \"CVE-2024-1\"]\nurl = \"https://example.org/a\"\nreferences = [\"https://example.org/b\"]{VERSIONS}"
        ));
        let advisory = advisory.unwrap().unwrap();
        assert_eq!((advisory.id.as_str(), advisory.title.as_str()), ("RUSTSEC-2024-0001", "Title"));
        assert_eq!(advisory.aliases, ["CVE-2024-1", "GHSA-aaaa-bbbb-cccc"]);
        assert_eq!(advisory.links, ["https://example.org/a", "https://example.org/b"]);
        assert_eq!((advisory.date, advisory.severity), (date(2024, 1, 2), None));
        assert_eq!(advisory.path, "crates/a/RUSTSEC-2024-0001.md");
    }

    #[test]
    fn severity_is_that_of_the_score() {
        let severity = |vector: &str| read(&format!("cvss = \"{vector}\"{VERSIONS}")).unwrap().unwrap().severity;
        assert_eq!(severity("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), Some(Severity::Critical));
        assert_eq!(severity("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"), Some(Severity::High));
        assert_eq!(severity("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:N/A:N"), Some(Severity::Medium));
        assert_eq!(severity("CVSS:3.1/AV:L/AC:H/PR:N/UI:R/S:U/C:N/I:N/A:L"), Some(Severity::Low));
        assert_eq!(severity("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"), None);
        assert_eq!(severity("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), Some(Severity::Critical));
        assert_eq!(severity("CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:L/SC:N/SI:N/SA:N"), Some(Severity::Medium));
    }

    #[test]
    fn what_is_withdrawn_later_or_elsewhere_is_left_out() {
        assert!(read(&format!("withdrawn = \"2024-02-01\"{VERSIONS}")).unwrap().is_none());
        assert!(read(&format!("source = \"registry+https://example.org/index\"{VERSIONS}")).unwrap().is_none());
        let at = |day| advisory(&text(VERSIONS), "a", "RUSTSEC-2024-0001.md", day).unwrap().is_some();
        assert_eq!((at(date(2024, 1, 1)), at(date(2024, 1, 2))), (false, true));
    }

    #[test]
    fn informational_words_are_kinds() {
        let kind = |word: &str| read(&format!("informational = \"{word}\"{VERSIONS}")).unwrap().unwrap().kind;
        assert_eq!(kind("unmaintained"), AdvisoryKind::Unmaintained);
        assert_eq!(kind("unsound"), AdvisoryKind::Unsound);
        assert_eq!(kind("notice"), AdvisoryKind::Notice);
        assert_eq!(kind("gossip"), AdvisoryKind::Notice);
        assert_eq!(read(VERSIONS).unwrap().unwrap().kind, AdvisoryKind::Vulnerability);
    }

    #[test]
    fn a_broken_advisory_is_an_error_and_never_a_panic() {
        let whole = text(VERSIONS);
        for cut in (0..whole.len()).filter(|cut| whole.is_char_boundary(*cut)) {
            let _ = advisory(&whole[..cut], "a", "RUSTSEC-2024-0001.md", TODAY);
        }
        let too_large = format!("\n[versions]\npatched = [\"<= 1.0.{}\"]", u64::MAX);
        for lines in
            ["", &too_large, "\n[versions]\npatched = [\"one\"]", "\n[versions]\npatched = [\">= 1\", \">= 2\"]", "cvss = \"high\""]
        {
            let why = read(lines).unwrap_err();
            assert!(!why.contains('\n') && !why.is_empty(), "{why}");
        }
        assert!(advisory("ääääääääääääääääääää", "a", "x.md", TODAY).is_err());
        assert!(advisory(&whole, "b", "RUSTSEC-2024-0001.md", TODAY).unwrap_err().contains("folder of b"));
        assert!(advisory(&whole, "a", "RUSTSEC-2024-0002.md", TODAY).unwrap_err().contains("its id"));
        assert!(advisory(&whole, "a", "RUSTSEC-2024-0001.toml", TODAY).is_err());
    }

    #[test]
    fn the_date_is_found_without_parsing() {
        assert_eq!(date_of(&text(VERSIONS)), Some(date(2024, 1, 2)));
        assert_eq!(date_of("```toml\ndate=\"2024-01-02\" # day\n```"), Some(date(2024, 1, 2)));
        assert_eq!(date_of("```toml\n```\ndate = \"2024-01-02\""), None);
        assert_eq!(date_of("date = \"soon\""), None);
    }
}
