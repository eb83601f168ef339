//! The changelog of the project's line, and the versions that it names.

use std::sync::Arc;

use semver::Version;

use crate::gather::files::{Files, join};
use crate::observation::Observed;
use crate::observation::code::Changelog;
use crate::observation::git::Git;
use crate::observation::workspace::{Member, Workspace};
use crate::releases::leading;
use crate::source::{Place, Source};

/// What changelogs are called, without their ending, in lower case, the likeliest first.
const NAMES: &[&str] = &["changelog", "changes", "release_notes", "release-notes", "releases", "history", "news"];
/// Their endings.
const ENDINGS: &[&str] = &["md", "markdown", "txt", "rst", "adoc", "org", ""];
/// Words that stand before a version.
const BEFORE: &[&str] = &["version", "release", "released"];

/// The changelog of the project's line: beside the workspace, in the repository's root or docs, or in the
/// folder of a package that stands for the project. Those of other members do not count.
pub fn changelog(files: &Files, workspace: &Workspace, git: Option<&Git>) -> Observed<Changelog> {
    let remotes = git.map_or(&[][..], |git| &git.remotes);
    let [root, _, named] = leading(workspace, remotes);
    let own = root.into_iter().chain(named).map(folder);
    let mut folders = vec![workspace.root.clone(), ".".into(), join(&workspace.root, "docs"), "docs".into()];
    folders.extend(own.map(str::to_owned));
    folders.dedup();
    let names: Vec<&str> = workspace.members.iter().map(|member| member.name.as_str()).collect();
    let mut first = None;
    for path in folders.iter().flat_map(|folder| candidates(files, folder)) {
        match files.read(&path) {
            Ok(Some(source)) => {
                let changelog = read(&source, &names);
                if !changelog.versions.is_empty() {
                    return Observed::Seen(changelog);
                }
                first.get_or_insert(Observed::Seen(changelog));
            }
            Ok(None) => {}
            Err(why) => {
                first.get_or_insert(Observed::Unavailable(format!("{path}: {why}")));
            }
        }
    }
    first.unwrap_or_else(|| Observed::Absent(folders.iter().map(|folder| join(folder, "CHANGELOG.md")).collect()))
}

fn folder(member: &Member) -> &str {
    member.manifest.rsplit_once('/').map_or(".", |(folder, _)| folder)
}

/// The files in a folder that are called like a changelog, the likeliest first.
fn candidates(files: &Files, folder: &str) -> Vec<String> {
    let rank = |name: &str| {
        let lower = name.to_lowercase();
        let (stem, ending) = lower.split_once('.').unwrap_or((&lower, ""));
        ENDINGS.contains(&ending).then(|| NAMES.iter().position(|known| *known == stem)).flatten()
    };
    let mut found: Vec<_> = files
        .list(folder)
        .into_iter()
        .filter(|entry| !entry.folder)
        .filter_map(|entry| Some((rank(&entry.name)?, join(folder, &entry.name))))
        .collect();
    found.sort();
    found.into_iter().map(|(_, path)| path).collect()
}

fn read(source: &Arc<Source>, names: &[&str]) -> Changelog {
    let mut versions = Vec::new();
    let mut fenced = false;
    for line in 1..=source.lines() {
        let text = source.line_text(line).trim();
        fenced ^= text.starts_with("```") || text.starts_with("~~~");
        if fenced {
            continue;
        }
        let underline = source.line_text(line + 1).trim();
        let underlined = underline.len() >= 3 && (underline.bytes().all(|b| b == b'=') || underline.bytes().all(|b| b == b'-'));
        let heading = text.starts_with('#') || text.starts_with("<h") || text.starts_with("== ") || underlined;
        let named = if heading { words(text).filter_map(|word| version(word, names)).collect() } else { first_version(text, names) };
        versions.extend(named.into_iter().map(|version| (version, Place::line_in(source, line))));
    }
    let points_elsewhere = if versions.is_empty() { pointer(source) } else { None };
    Changelog { versions, path: source.path().to_owned(), points_elsewhere }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let edge =
        |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | ',' | ':' | '*' | '`' | '|' | '#' | '<' | '>' | '"' | '~');
    text.split(edge).filter(|word| !word.is_empty())
}

/// A line that is no heading names a version where it begins with one ("1.2.3: …", "**v1.2.3**", "Version 1.2.3").
fn first_version(text: &str, names: &[&str]) -> Vec<Version> {
    let before = |word: &&str| {
        let lower = word.to_lowercase();
        BEFORE.contains(&lower.as_str()) || names.contains(word) || matches!(*word, "-" | "+")
    };
    let word = words(text).find(|word| !before(word));
    // A short "1.2" at the start of a line may be anything: there it takes all three numbers.
    word.filter(|word| word.matches('.').count() >= 2).and_then(|word| version(word, names)).into_iter().collect()
}

/// `1.2.3`, `v1.2.3`, `1.2`, each alone or after a package's name.
fn version(word: &str, names: &[&str]) -> Option<Version> {
    let word = word.trim_end_matches(['.', ';', '!']);
    let word = names.iter().find_map(|name| word.strip_prefix(name)?.strip_prefix(['-', '_', '/', '@'])).unwrap_or(word);
    let word = word.strip_prefix('v').or_else(|| word.strip_prefix('V')).unwrap_or(word);
    let short = || {
        let (major, minor) = word.split_once('.')?;
        Some(Version::new(major.parse().ok()?, minor.parse().ok()?, 0))
    };
    Version::parse(word).ok().or_else(short)
}

/// The line on which a changelog without versions says where the news are.
fn pointer(source: &Arc<Source>) -> Option<Place> {
    let points = |text: &str| {
        let text = text.to_lowercase();
        text.contains("http") && ["release", "changelog", "moved", "see "].iter().any(|word| text.contains(word))
    };
    (1..=source.lines()).find(|line| points(source.line_text(*line))).map(|line| Place::line_in(source, line))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::testing::World;

    fn versions(text: &str) -> Vec<String> {
        let changelog = read(&Source::new("CHANGELOG.md", text), &["app", "app-cli"]);
        changelog.versions.iter().map(|(version, place)| format!("{version}:{}", place.line())).collect()
    }

    #[test]
    fn headings_and_lines_that_begin_with_a_version_name_it() {
        for line in [
            "## 1.2.3",
            "## [1.2.3] - 2026-01-01",
            "## [v1.2.3](https://acme.io/compare/v1.2.2...v1.2.3) (2026-01-01)",
            "# Version 1.2.3 (security)",
            "### app-v1.2.3",
            "## app 1.2.3, \"name\"",
            "1.2.3 (2026-01-01)",
            "**v1.2.3**",
            "Version 1.2.3:",
            "- 1.2.3: fixed",
            "app 1.2.3",
            "[1.2.3]: https://acme.io/compare/v1.2.2...v1.2.3",
            "<h2>1.2.3</h2>",
        ] {
            assert_eq!(versions(line), ["1.2.3:1"], "{line}");
        }
        assert_eq!(versions("1.2.3\n=====\n\n1.2\n---\n"), ["1.2.3:1", "1.2.0:4"]);
        assert_eq!(versions("## 1.3.0-rc.1"), ["1.3.0-rc.1:1"]);
    }

    #[test]
    fn a_version_inside_a_line_is_somebody_elses() {
        for line in ["- Update serde to 1.2.3", "fixed in 1.2.3", "## Unreleased", "2026-01-01", "1.5 times faster", "```\n## 1.2.3\n```"] {
            assert!(versions(line).is_empty(), "{line}");
        }
    }

    fn find(tree: &[(&str, &str)]) -> Observed<Changelog> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in tree {
            fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
            fs::write(folder.path().join(path), text).unwrap();
        }
        let mut world = World::new().member("app", "1.0.0").member("other", "1.0.0").remote("https://acme.io/acme/app");
        world.observations.workspace.members[0].is_root = false;
        world.observations.workspace.members[0].manifest = "app/Cargo.toml".into();
        changelog(&Files::new(folder.path()), &world.observations.workspace, world.observations.git.seen())
    }

    #[test]
    fn the_changelog_of_the_project_is_found_and_that_of_another_member_is_not() {
        let path = |tree: &[(&str, &str)]| find(tree).seen().map(|changelog| changelog.path.clone());
        assert_eq!(path(&[("Changes.txt", "1.0.0"), ("NEWS", "1.0.0")]).as_deref(), Some("Changes.txt"));
        assert_eq!(path(&[("CHANGELOG.md", "see app"), ("app/CHANGELOG.md", "## 1.0.0")]).as_deref(), Some("app/CHANGELOG.md"));
        assert_eq!(path(&[("other/CHANGELOG.md", "## 1.0.0"), ("changelog.toml", "1.0.0")]), None);
    }

    #[test]
    fn one_that_points_elsewhere_says_where() {
        let found = find(&[("CHANGELOG.md", "# Changelog\n\nSee https://acme.io/releases\n")]);
        let changelog = found.seen().unwrap();
        assert_eq!(changelog.points_elsewhere.as_ref().map(Place::line), Some(3));
    }
}
