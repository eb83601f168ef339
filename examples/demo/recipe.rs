//! Builds a git repository with fixed dates from a folder of fixtures and its `history.toml`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

/// The file that tells how the history came about; no part of the repository that is built.
const RECIPE: &str = "history.toml";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    branch: String,
    author: String,
    commit: Vec<Commit>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Commit {
    at: String,
    message: String,
    version: String,
    tag: Option<String>,
    #[serde(default)]
    without: Vec<String>,
}

/// Builds the repository in `to`, which must not exist yet.
///
/// # Errors
/// Where a file cannot be read or written, the recipe is wrong, or git fails.
pub(crate) fn build(fixture: &Path, to: &Path) -> io::Result<()> {
    let recipe: Recipe = toml::from_str(&fs::read_to_string(fixture.join(RECIPE))?).map_err(io::Error::other)?;
    fs::create_dir_all(to)?;
    git(to, &recipe, "", &["init", "--quiet", "--initial-branch", &recipe.branch])?;
    for commit in &recipe.commit {
        copy(fixture, to)?;
        fs::remove_file(to.join(RECIPE))?;
        at_version(to, commit)?;
        git(to, &recipe, &commit.at, &["add", "--all"])?;
        git(to, &recipe, &commit.at, &["commit", "--quiet", "--message", &commit.message])?;
        if let Some(tag) = &commit.tag {
            git(to, &recipe, &commit.at, &["tag", "--annotate", "--message", tag, tag])?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            // Not `fs::copy`: the mode of the source is of no matter.
            fs::write(&target, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// Sets the package's version and takes out what was not there yet.
fn at_version(root: &Path, commit: &Commit) -> io::Result<()> {
    let (manifest, lockfile) = (root.join("Cargo.toml"), root.join("Cargo.lock"));
    let (toml, lock) = (fs::read_to_string(&manifest)?, fs::read_to_string(&lockfile)?);
    let quoted = |line: &str, key: &str| line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"').map(str::to_owned);
    let value = |key| toml.lines().find_map(|line| quoted(line, key)).ok_or_else(|| io::Error::other(format!("no {key} in Cargo.toml")));
    let (name, version) = (value("name")?, value("version")?);
    let gone = |package: &str| commit.without.iter().any(|other| other == package);

    let toml = toml.replacen(&format!("version = \"{version}\""), &format!("version = \"{}\"", commit.version), 1);
    let toml: String = toml.split_inclusive('\n').filter(|line| !line.split_once(" = ").is_some_and(|(key, _)| gone(key))).collect();
    fs::write(manifest, toml)?;

    let own = format!("name = \"{name}\"\nversion = \"{version}\"");
    let lock = lock.replacen(&own, &format!("name = \"{name}\"\nversion = \"{}\"", commit.version), 1);
    let blocks: Vec<&str> = lock.split("\n\n").collect();
    let named = |block: &str| block.lines().find_map(|line| quoted(line, "name"));
    if let Some(unknown) = commit.without.iter().find(|name| !blocks.iter().any(|block| named(block).as_ref() == Some(name))) {
        return Err(io::Error::other(format!("{unknown} is not in Cargo.lock")));
    }
    let kept: Vec<&str> = blocks.into_iter().filter(|block| !named(block).is_some_and(|name| gone(&name))).collect();
    let kept = kept.join("\n\n");
    let dependency = |line: &str| line.trim().trim_matches(['"', ',']).to_owned();
    let lock: String = kept.split_inclusive('\n').filter(|line| !(line.starts_with(" \"") && gone(&dependency(line)))).collect();
    fs::write(lockfile, lock)
}

/// Runs git, apart from whatever configuration and repository lie around.
fn git(root: &Path, recipe: &Recipe, at: &str, arguments: &[&str]) -> io::Result<()> {
    let (name, mail) = recipe.author.trim_end_matches('>').split_once(" <").unwrap_or((&recipe.author, ""));
    let mut command = Command::new("git");
    for (key, _) in std::env::vars_os().filter(|(key, _)| key.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(key);
    }
    let nothing = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let status = command
        .current_dir(root)
        .args(["-c", "core.autocrlf=false", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", nothing)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", name)
        .env("GIT_AUTHOR_EMAIL", mail)
        .env("GIT_AUTHOR_DATE", at)
        .env("GIT_COMMITTER_NAME", name)
        .env("GIT_COMMITTER_EMAIL", mail)
        .env("GIT_COMMITTER_DATE", at)
        .status()
        .map_err(|error| io::Error::new(error.kind(), format!("git cannot be run: {error}")))?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("git {} failed", arguments.join(" ")))) }
}
