//! Lays the tree of another revision out in a folder of its own, for `--against`.
//!
//! The folder is a repository that borrows the objects of the original, with its references, remotes and
//! shallow boundary, so that everything else looks at it as at any other checkout.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::error::{Error, Result};

/// The largest file that is laid out, in bytes; a larger one is left out.
const LARGEST: usize = 64 * 1024 * 1024;

/// Lays out the tree at `revision` of the repository whose work tree is `root`. The folder is deleted when
/// the value is dropped.
///
/// # Errors
/// [`crate::error::Class::Usage`] where the revision is unknown, or the tree could not be laid out.
pub fn lay_out(root: &Path, revision: &str) -> Result<TempDir> {
    let unknown = |why: &dyn std::fmt::Display| {
        Error::usage(format!("the revision `{revision}` cannot be read: {why}"))
            .help("fetch it first; in CI, check the whole history out (`fetch-depth: 0`)")
    };
    let repo = gix::open_opts(root, gix::open::Options::isolated()).map_err(|error| unknown(&error))?;
    let id = repo.rev_parse_single(revision).map_err(|error| unknown(&error))?;
    let commit = id.object().map_err(|error| unknown(&error))?.peel_to_commit().map_err(|error| unknown(&error))?;
    let folder = TempDir::with_prefix("secpolicy-").map_err(|error| unknown(&error))?;
    borrow(&repo, &commit, folder.path()).map_err(|error| unknown(&error))?;
    check_out(&commit, folder.path()).map_err(|error| unknown(&error))?;
    Ok(folder)
}

type Outcome = std::result::Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Makes `folder` a repository with the objects, references and remotes of `repo`, at `commit`.
fn borrow(repo: &gix::Repository, commit: &gix::Commit<'_>, folder: &Path) -> Outcome {
    gix::init(folder)?;
    let git = folder.join(".git");
    let objects = repo.common_dir().join("objects").canonicalize()?;
    fs::create_dir_all(git.join("objects/info"))?;
    fs::write(git.join("objects/info/alternates"), format!("{}\n", objects.display()))?;
    let mut config = fs::read(git.join("config"))?;
    let kept =
        |section: &gix::config::file::SectionRef<'_>| matches!(section.header().name().to_vec().as_slice(), b"remote" | b"extensions");
    repo.config_snapshot().plumbing().write_to_filter(&mut config, kept)?;
    fs::write(git.join("config"), config)?;
    if let Ok(shallow) = repo.shallow_file().map(fs::read) {
        shallow.and_then(|boundary| fs::write(git.join("shallow"), boundary)).or_else(missing_is_fine)?;
    }
    references(repo, &git)?;
    fs::write(git.join("HEAD"), format!("{}\n", commit.id))?;
    Ok(())
}

fn missing_is_fine(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn references(repo: &gix::Repository, git: &Path) -> Outcome {
    let mut packed = String::new();
    for reference in repo.references()?.all()?.flatten() {
        let name = reference.name().as_bstr().to_string();
        match reference.target() {
            gix::refs::TargetRef::Object(id) => packed.push_str(&format!("{id} {name}\n")),
            gix::refs::TargetRef::Symbolic(target) => {
                let path = git.join(&name);
                fs::create_dir_all(path.parent().unwrap_or(git))?;
                fs::write(path, format!("ref: {}\n", target.as_bstr()))?;
            }
        }
    }
    fs::write(git.join("packed-refs"), packed)?;
    Ok(())
}

/// Writes the files of the commit's tree, and the index that goes with them. Submodules and links are left
/// out: nothing that is judged is read through one that leaves the repository.
fn check_out(commit: &gix::Commit<'_>, folder: &Path) -> Outcome {
    let repo = gix::open_opts(folder, gix::open::Options::isolated())?;
    let tree = commit.tree_id()?;
    let mut index = repo.index_from_tree(&tree)?;
    for entry in index.entries() {
        use gix::index::entry::Mode;
        if entry.mode != Mode::FILE && entry.mode != Mode::FILE_EXECUTABLE {
            continue;
        }
        let header = repo.find_header(entry.id)?;
        if header.size() > LARGEST as u64 {
            continue;
        }
        let path = folder.join(gix::path::from_bstr(entry.path(&index))?);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, repo.find_blob(entry.id)?.data.as_slice())?;
    }
    index.write(gix::index::write::Options::default())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn git(folder: &Path, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(folder).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for (key, value) in [("NAME", "t"), ("EMAIL", "t@example.org"), ("DATE", "2024-01-01T00:00:00Z")] {
            command.env(format!("GIT_AUTHOR_{key}"), value).env(format!("GIT_COMMITTER_{key}"), value);
        }
        let out = command.output().expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    #[test]
    fn the_tree_of_an_earlier_revision_is_a_checkout_of_its_own() {
        let root = tempfile::tempdir().expect("a temporary folder");
        git(root.path(), &["init", "-q", "-b", "main"]);
        fs::create_dir(root.path().join("a")).expect("a folder");
        fs::write(root.path().join("a/file"), "old").expect("a file");
        git(root.path(), &["add", "."]);
        git(root.path(), &["commit", "-qm", "old"]);
        git(root.path(), &["tag", "v1"]);
        fs::write(root.path().join("a/file"), "new").expect("a file");
        git(root.path(), &["commit", "-qam", "new"]);

        let tree = lay_out(root.path(), "HEAD~1").expect("a tree");
        assert_eq!(fs::read_to_string(tree.path().join("a/file")).expect("the file"), "old");
        assert_eq!(git(tree.path(), &["status", "--porcelain"]), "");
        assert_eq!(git(tree.path(), &["rev-parse", "HEAD"]), git(root.path(), &["rev-parse", "v1"]));
        assert_eq!(git(tree.path(), &["tag"]), "v1");
        assert!(lay_out(root.path(), "nowhere").is_err());
    }
}
