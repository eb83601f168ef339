//! The newest release of every supported line: its lockfile and what ships, as they lay at the tag.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::commitment::Policy;
use crate::gather::files::{Files, join, normal};
use crate::gather::git::Repo;
use crate::gather::hits::libraries_alone;
use crate::gather::lockfile::{self, Lockfiles};
use crate::gather::workspace::members_by_manifests;
use crate::observation::advisory::Hit;
use crate::observation::git::Git;
use crate::observation::lockfile::ReleaseLine;
use crate::observation::workspace::Workspace;
use crate::releases::{Release, supported};
use crate::settings::Settings;

/// How many files of one tag are laid out.
const MOST_FILES: usize = 50_000;
/// How many releases are looked at.
const MOST_RELEASES: usize = 64;

/// What is asked: the repository, and what it is known to hold.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Its git, with the tags.
    pub git: &'a Git,
    /// The checked workspace.
    pub workspace: &'a Workspace,
    /// The policy, whose supported rows tell which releases matter.
    pub policy: &'a Policy,
    /// The settings.
    pub settings: &'a Settings,
}

/// What was found at one tag: the hits, and whether what ships there are libraries alone.
type AtTag = Result<(Vec<Hit>, bool), String>;

/// The newest release of each supported line, in the order of the policy's rows. `hits` matches the packages
/// of the lockfiles that were read at a tag against the database.
pub fn release_lines(ask: Ask<'_>, hits: &dyn Fn(&Lockfiles) -> Vec<Hit>) -> Vec<ReleaseLine> {
    let mut seen = BTreeMap::<String, AtTag>::new();
    let mut found = Vec::new();
    for row in supported(Some(ask.git), ask.workspace, ask.policy, None) {
        for Release { version, tag } in row.heads {
            let Some(tag) = tag else { continue };
            if !seen.contains_key(&tag.commit) {
                let at =
                    if seen.len() < MOST_RELEASES { at_tag(ask, &tag.commit, hits) } else { Err(format!("only {MOST_RELEASES} are read")) };
                seen.insert(tag.commit.clone(), at);
            }
            let at = seen.get(&tag.commit).cloned().unwrap_or_else(|| Err("it was not read".into()));
            let (hits, libraries_only) = at.map_or_else(|why| (Err(why), false), |(hits, alone)| (Ok(hits), alone));
            found.push(ReleaseLine {
                rule: row.rule.to_owned(),
                component: row.component.map(str::to_owned),
                tag: tag.name,
                commit: tag.commit,
                version,
                date: tag.date,
                hits,
                libraries_only,
            });
        }
    }
    found
}

fn at_tag(ask: Ask<'_>, commit: &str, hits: &dyn Fn(&Lockfiles) -> Vec<Hit>) -> AtTag {
    let folder = lay_out(ask, commit)?;
    let files = Files::new(folder.path());
    let root = ask.workspace.root.clone();
    let members = members_by_manifests(&files, &root, ask.settings);
    if members.is_empty() {
        return Err("no package could be read from the manifests there".into());
    }
    let libraries_only = libraries_alone(&members);
    let workspace = Workspace { repository: folder.path().to_owned(), root, members, cargo_problem: None };
    let contents = lockfile::contents(&files, None, &workspace.root, ask.settings, None);
    let lockfiles = lockfile::gather(&files, None, &workspace, ask.settings, None, contents);
    match lockfiles.all.iter().find(|lockfile| lockfile.own).map(|lockfile| &lockfile.content) {
        Some(Ok(_)) => Ok((hits(&lockfiles), libraries_only)),
        Some(Err(why)) => Err(why.clone()),
        None => Err("there is no Cargo.lock at the tag".into()),
    }
}

/// The manifests and the workspace's lockfile as they lay at the commit, and empty files for the sources from
/// which cargo discovers targets.
fn lay_out(ask: Ask<'_>, commit: &str) -> Result<TempDir, String> {
    let lock = join(&ask.workspace.root, "Cargo.lock");
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let read = |path: &str| path == lock || name(path) == "Cargo.toml";
    let target = |path: &str| {
        matches!(name(path).as_str(), "lib.rs" | "main.rs" | "build.rs") || (path.ends_with(".rs") && path.contains("src/bin/"))
    };
    let paths = ask.repo.paths_at(commit, &|path| read(path) || target(path))?;
    if paths.len() > MOST_FILES {
        return Err(format!("it holds more than {MOST_FILES} manifests and targets"));
    }
    let folder = TempDir::with_prefix("secpolicy-").map_err(|error| error.to_string())?;
    for path in paths.iter().filter(|path| normal(path).as_ref() == Some(*path)) {
        let content = if read(path) { ask.repo.blob_at(commit, path)?.unwrap_or_default() } else { Vec::new() };
        write(&folder.path().join(path), &content).map_err(|error| format!("{path}: {error}"))?;
    }
    Ok(folder)
}

fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, content)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::commitment::Kind;
    use crate::gather::git::testing::Fixture;
    use crate::testing::World;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\n";

    #[test]
    fn the_newest_release_of_each_supported_line_is_read_as_it_lay_at_its_tag() {
        let fixture = Fixture::new();
        let manifest = |version: &str| format!("[package]\nname = \"app\"\nversion = \"{version}\"\nedition = \"2021\"\n");
        let release = |version: &str, lock: Option<&str>, day: &str| {
            fixture.write("Cargo.toml", manifest(version));
            fixture.write("src/lib.rs", "");
            if let Some(lock) = lock {
                fixture.write("Cargo.lock", lock);
            }
            fixture.commit(day);
            fixture.git(&["tag", &format!("v{version}")]);
        };
        release("0.9.0", None, "2025-01-01");
        release("1.0.0", Some(LOCK), "2025-02-01");
        release("1.0.1", Some(LOCK), "2025-03-01");
        release("1.1.0", Some("not a lockfile"), "2025-04-01");
        fixture.write("src/main.rs", "");
        release("1.2.0", Some(LOCK), "2025-05-01");

        let row = |rule: &str| Kind::SupportedVersions { rule: rule.into(), supported: true, until: None };
        let world = ["1.2.*", "1.0.*", "1.1.*", "0.9.*", "latest", "3.*"]
            .iter()
            .fold(World::new().member("app", "1.2.0"), |w, r| w.promise(row(r)));
        let repo = Repo::discover(&fixture.path).unwrap().unwrap();
        let git = repo.facts(true, &world.settings);
        let ask =
            Ask { repo: &repo, git: &git, workspace: &world.observations.workspace, policy: &world.policy, settings: &world.settings };
        let asked = RefCell::new(0);
        let lines = release_lines(ask, &|lockfiles| {
            *asked.borrow_mut() += 1;
            assert_eq!(lockfiles.members_of("Cargo.lock").len(), 1);
            Vec::new()
        });
        let outline: Vec<_> = lines.iter().map(|l| (l.rule.as_str(), l.tag.as_str(), l.hits.is_ok(), l.libraries_only)).collect();
        assert_eq!(
            outline,
            [
                ("1.2.*", "v1.2.0", true, false),
                ("1.0.*", "v1.0.1", true, true),
                ("1.1.*", "v1.1.0", false, false),
                ("0.9.*", "v0.9.0", false, false),
                ("latest", "v1.2.0", true, false),
            ]
        );
        assert_eq!(*asked.borrow(), 2, "a tag of two rows is read once");
        assert_eq!(lines[3].hits.as_ref().unwrap_err(), "there is no Cargo.lock at the tag");
    }
}
