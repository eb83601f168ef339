//! Repositories for tests, made by the git program with fixed people and dates and nobody's configuration.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A repository in a temporary folder.
pub(crate) struct Fixture {
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

impl Fixture {
    /// A new repository on the branch `main`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("project");
        std::fs::create_dir(&path).unwrap();
        let fixture = Self { path, _folder: folder };
        fixture.git(&["init", "-q", "-b", "main"]);
        fixture
    }

    /// A folder beside the repository.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap().join(name)
    }

    /// Runs git in the repository, and gives what it prints.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        run(&self.path, "2024-01-01T00:00:00Z", arguments)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Commits all that lies in the work tree, at midnight UTC of `day`; gives the commit's hash.
    pub(crate) fn commit(&self, day: &str) -> String {
        run(&self.path, day, &["add", "-A"]);
        run(&self.path, &format!("{day}T00:00:00Z"), &["commit", "-q", "--allow-empty", "-m", day]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Writes one file and commits it.
    pub(crate) fn commit_file(&self, day: &str, path: &str, content: &str) -> String {
        self.write(path, content);
        self.commit(day)
    }

    /// The path as a `file:` URL.
    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.path.display())
    }
}

fn run(folder: &Path, date: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(["-c", "protocol.file.allow=always"]).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        command.env(format!("GIT_{who}_DATE"), date);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
