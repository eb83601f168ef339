//! Running cargo: which one, where, within which bounds.

use std::env;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::super::files::{decode, read_bounded};

/// The most that is taken of what cargo prints.
const MOST_OUTPUT: u64 = 256 * 1024 * 1024;
/// The largest toolchain file that is read.
const LARGEST_TOOLCHAIN_FILE: u64 = 64 * 1024;

/// What cargo is told, as cargo's own flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--offline`
    pub offline: bool,
    /// `--locked`
    pub locked: bool,
    /// `--frozen`
    pub frozen: bool,
}

impl Flags {
    fn args(self) -> impl Iterator<Item = &'static str> {
        [(self.offline, "--offline"), (self.locked, "--locked"), (self.frozen, "--frozen")]
            .into_iter()
            .filter_map(|(set, flag)| set.then_some(flag))
    }
}

/// Runs `cargo <args>` in `folder` and gives what it printed.
///
/// The repository's own programs are never run: not by a toolchain file that names a path, and not as a
/// compiler or a wrapper of one that cargo's configuration names.
///
/// # Errors
/// What failed, as a half-sentence.
pub fn run(folder: &Path, args: &[&str], flags: Flags, limit: Duration) -> Result<String, String> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let cargo = set("CARGO");
    if cargo.is_none()
        && set("RUSTUP_TOOLCHAIN").is_none()
        && let Some(file) = toolchain_by_path(folder)
    {
        return Err(format!("{} names a toolchain by its path, which is not run; set RUSTUP_TOOLCHAIN to one of yours", file.display()));
    }
    let mut command = Command::new(cargo.unwrap_or_else(|| "cargo".into()));
    command
        .args(args)
        .args(flags.args())
        .current_dir(folder)
        .env("RUSTUP_AUTO_INSTALL", "0")
        .env("CARGO_TERM_COLOR", "never")
        .env("RUST_BACKTRACE", "0")
        .env("RUSTC", set("RUSTC").unwrap_or_else(|| "rustc".into()))
        .env("RUSTC_WRAPPER", "")
        .env("RUSTC_WORKSPACE_WRAPPER", "")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| format!("cargo could not be started: {error}"))?;
    output(child, limit)
}

/// The nearest toolchain file at or above `folder`, where it names a toolchain by a path.
fn toolchain_by_path(folder: &Path) -> Option<PathBuf> {
    let candidates = folder.ancestors().flat_map(|folder| ["rust-toolchain", "rust-toolchain.toml"].map(|name| folder.join(name)));
    let nearest = candidates.into_iter().find(|path| path.is_file())?;
    let text = decode(read_bounded(&nearest, LARGEST_TOOLCHAIN_FILE).ok()?).ok()?;
    let table = text.parse::<toml::Table>().ok()?;
    table.get("toolchain")?.get("path")?;
    Some(nearest)
}

/// Reads one of the process's streams to its end on a thread of its own.
fn drain(stream: Option<impl Read + Send + 'static>) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            // What was read before an error is still worth showing; a cut-off answer does not parse.
            let _ = stream.take(MOST_OUTPUT).read_to_end(&mut bytes);
        }
        let _ = send.send(bytes);
    });
    receive
}

fn output(mut child: Child, limit: Duration) -> Result<String, String> {
    let end = Instant::now() + limit;
    let left = || end.saturating_duration_since(Instant::now());
    let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let printed = out.recv_timeout(left()).ok().zip(err.recv_timeout(left()).ok());
    let Some((out, err)) = printed else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(format!("cargo did not answer within {} seconds", limit.as_secs()));
    };
    let status = child.wait().map_err(|error| format!("cargo's end could not be seen: {error}"))?;
    if status.success() {
        String::from_utf8(out).map_err(|_| "cargo printed what is not UTF-8".into())
    } else {
        Err(meaningful(&String::from_utf8_lossy(&err)).unwrap_or_else(|| format!("cargo ended with {status}")))
    }
}

/// The first lines of cargo's complaint that say something, in one line.
fn meaningful(stderr: &str) -> Option<String> {
    let noise = |line: &&str| {
        !line.is_empty() && !["Caused by:", "warning:", "note:", "Updating ", "Blocking "].iter().any(|start| line.starts_with(start))
    };
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(noise).take(3).collect();
    let text = lines.join("; ");
    let text = text.strip_prefix("error: ").unwrap_or(&text).to_owned();
    (!text.is_empty()).then(|| text.chars().take(400).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_complaint_is_told_by_its_first_lines() {
        let stderr = "error: failed to parse manifest at `/x/Cargo.toml`\n\nCaused by:\n  no targets specified\n";
        assert_eq!(meaningful(stderr).as_deref(), Some("failed to parse manifest at `/x/Cargo.toml`; no targets specified"));
        assert_eq!(meaningful("\n"), None);
    }

    #[test]
    fn only_the_nearest_toolchain_file_decides() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::write(root.path().join("rust-toolchain.toml"), "[toolchain]\npath = \"evil\"\n").unwrap();
        assert_eq!(toolchain_by_path(&inner), Some(root.path().join("rust-toolchain.toml")));
        fs::write(root.path().join("a/rust-toolchain"), "[toolchain]\nchannel = \"1.88\"\n").unwrap();
        assert_eq!(toolchain_by_path(&inner), None);
        fs::write(root.path().join("a/rust-toolchain"), "stable\n").unwrap();
        assert_eq!(toolchain_by_path(&inner), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_process_that_hangs_is_ended() {
        let child = Command::new("sleep").arg("60").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let began = Instant::now();
        let error = output(child, Duration::from_millis(50)).unwrap_err();
        assert!(error.contains("did not answer") && began.elapsed() < Duration::from_secs(20), "{error}");
    }
}
