//! Small workspaces in temporary folders, with git histories of fixed dates, and the program run on them.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The advisory database of the fixtures.
pub(crate) fn database() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/advisory-db")
}

/// A workspace in a temporary folder.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

/// What one run of the program ended in.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("no JSON ({error}): {}\n{}", self.out, self.err))
    }
}

/// A lockfile of one member, `app`, and the given packages of crates.io, each required by the member.
pub(crate) fn lockfile(packages: &[(&str, &str)]) -> String {
    let names: Vec<_> = packages.iter().map(|(name, _)| format!(" \"{name}\",\n")).collect();
    let mut text = format!("version = 4\n\n[[package]]\nname = \"app\"\nversion = \"1.2.0\"\ndependencies = [\n{}]\n", names.concat());
    for (name, version) in packages {
        text.push_str(&format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\
             source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"00\"\n"
        ));
    }
    text
}

impl Project {
    /// A program `app` 1.2.0 without dependencies, policy or git.
    pub(crate) fn new() -> Self {
        let project = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        project
            .file("Cargo.toml", "[package]\nname = \"app\"\nversion = \"1.2.0\"\nedition = \"2021\"\n")
            .file("src/main.rs", "fn main() {}\n")
            .file("Cargo.lock", &lockfile(&[]));
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, path: &str, text: &str) -> &Self {
        self.bytes(path, text.as_bytes())
    }

    pub(crate) fn bytes(&self, path: &str, bytes: &[u8]) -> &Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self
    }

    pub(crate) fn policy(&self, text: &str) -> &Self {
        self.file("SECURITY.md", text)
    }

    /// Locks these packages of crates.io, and requires them in the manifest.
    pub(crate) fn locks(&self, packages: &[(&str, &str)]) -> &Self {
        let requirements: Vec<_> = packages.iter().map(|(name, version)| format!("{name} = \"{version}\"\n")).collect();
        let manifest = "[package]\nname = \"app\"\nversion = \"1.2.0\"\nedition = \"2021\"\n[dependencies]\n";
        self.file("Cargo.toml", &format!("{manifest}{}", requirements.concat())).file("Cargo.lock", &lockfile(packages))
    }

    /// Runs git, with an identity and no configuration of this machine.
    pub(crate) fn git(&self, day: &str, args: &[&str]) -> String {
        let mut command = Command::new("git");
        command.current_dir(self.path()).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "t").env(format!("GIT_{who}_EMAIL"), "t@example.org");
            command.env(format!("GIT_{who}_DATE"), format!("{day}T12:00:00Z"));
        }
        let out = command.output().expect("git runs");
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).trim().to_owned()
    }

    /// Commits everything on this day; the first time, makes the repository.
    pub(crate) fn commit(&self, day: &str) -> &Self {
        if !self.path().join(".git").exists() {
            self.git(day, &["init", "-q", "-b", "main"]);
        }
        self.git(day, &["add", "-A"]);
        self.git(day, &["commit", "-q", "--allow-empty", "-m", "a change"]);
        self
    }

    pub(crate) fn tag(&self, day: &str, name: &str) -> &Self {
        self.git(day, &["tag", "-a", "-m", name, name]);
        self
    }

    /// Runs the program in the workspace, without the network and without this machine's configuration.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_in("", args, &[])
    }

    pub(crate) fn run_in(&self, folder: &str, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-secpolicy"));
        command.current_dir(self.path().join(folder)).args(args);
        for name in [
            "COLUMNS",
            "NO_COLOR",
            "CARGO_TERM_COLOR",
            "GITHUB_EVENT_PATH",
            "GITHUB_ACTIONS",
            "CI",
            "CI_DEFAULT_BRANCH",
            "RUSTUP_TOOLCHAIN",
        ] {
            command.env_remove(name);
        }
        command.envs(environment.iter().copied());
        let out = command.output().expect("the program runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Run { code: out.status.code().expect("an exit code, not a signal"), out: text(out.stdout), err: text(out.stderr) }
    }

    /// `check` with the fixtures' database on the given day, offline.
    pub(crate) fn check(&self, day: &str, more: &[&str]) -> Run {
        let db = database();
        let mut args = vec!["check", "--offline", "--db", db.to_str().expect("UTF-8"), "--db-max-age", "100000", "--as-of", day];
        args.extend(more);
        self.run(&args)
    }

    /// The same, as JSON.
    pub(crate) fn report(&self, day: &str, more: &[&str]) -> (i32, Value) {
        let mut args = vec!["--format", "json"];
        args.extend(more);
        let run = self.check(day, &args);
        (run.code, run.json())
    }
}

/// The verdict with this id.
pub(crate) fn verdict<'a>(report: &'a Value, id: &str) -> &'a Value {
    let verdicts = report["verdicts"].as_array().expect("verdicts");
    verdicts.iter().find(|verdict| verdict["id"] == id).unwrap_or_else(|| panic!("no verdict {id} in {verdicts:#?}"))
}

/// The outcome of the verdict with this id.
pub(crate) fn outcome<'a>(report: &'a Value, id: &str) -> &'a str {
    verdict(report, id)["outcome"].as_str().expect("an outcome")
}
