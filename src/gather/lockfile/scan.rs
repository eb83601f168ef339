//! One package's versions out of a lockfile's text, without parsing it: for walks through long histories.

use semver::Version;

use super::parse::origin;
use crate::observation::lockfile::Origin;

/// The versions of the crates.io package `name` that the text of a lockfile locks, in the file's order.
///
/// Cargo writes every entry as lines of their own, the name first; what is written otherwise is not found.
pub fn versions_of(text: &str, name: &str, mirrors: &[String]) -> Vec<Version> {
    let wanted = format!("name = \"{name}\"");
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&wanted) {
        let before = text.get(..at).unwrap_or_default();
        let heading = before.trim_end().rsplit(['\n', '\r']).next().unwrap_or_default();
        if heading.trim() != "[[package]]" {
            continue;
        }
        let entry = text.get(at..).unwrap_or_default();
        let lines = || entry.lines().skip(1).take_while(|line| !line.trim_start().starts_with('['));
        let value = |key: &str| lines().find_map(|line| quoted(line.trim(), key));
        let version = value("version").and_then(|text| Version::parse(text).ok());
        if let Some(version) = version.filter(|_| origin(value("source"), mirrors) == Origin::CratesIo) {
            found.push(version);
        }
    }
    found
}

fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim().strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "version = 4\r\n\r\n[[package]]\r\nname = \"idna\"\r\nversion = \"0.5.0\"\r\n\
                        source = \"registry+https://github.com/rust-lang/crates.io-index\"\r\n\
                        dependencies = [\r\n \"x\",\r\n]\r\n\r\n\
                        [[package]]\nname = \"idna\"\nversion = \"1.0.0\"\nsource = \"sparse+https://index.crates.io/\"\n\n\
                        [[package]]\nname = \"idna\"\nversion = \"2.0.0\"\n\n\
                        [[package]]\nname = \"idna\"\nversion = \"3.0.0\"\nsource = \"git+https://git.example/idna#1\"\n\n\
                        [[package]]\nname = \"idna_adapter\"\nversion = \"4.0.0\"\n\
                        source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\n\
                        [[patch.unused]]\nname = \"idna\"\nversion = \"5.0.0\"\n\
                        source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";

    #[test]
    fn only_entries_of_that_name_from_crates_io_are_found() {
        let found: Vec<String> = versions_of(TEXT, "idna", &[]).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["0.5.0", "1.0.0"]);
    }
}
