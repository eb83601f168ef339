//! A stand-in that reads one policy and prints its commitments as JSON.

use std::io::Write as _;
use std::process::ExitCode;

use cargo_secpolicy::render::commitment::CommitmentJson;
use cargo_secpolicy::{gather, read, source::Source};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let path = args.iter().position(|arg| arg == "--policy").and_then(|at| args.get(at + 1));
    let Some(path) = path else { return ExitCode::from(2) };
    let text = std::fs::read(path).map_err(|error| error.to_string()).and_then(gather::files::decode);
    let Ok(text) = text else { return ExitCode::from(3) };
    let policy = read::policy(&Source::new(path, text));
    let commitments: Vec<_> = policy.commitments.iter().map(|commitment| CommitmentJson::new(commitment, path)).collect();
    let value = serde_json::json!({"schema_version": 1, "policy": path, "commitments": commitments});
    let mut out = std::io::stdout().lock();
    for error in &policy.errors {
        let _ = writeln!(std::io::stderr(), "{error}");
    }
    for hint in &policy.hints {
        let _ = writeln!(std::io::stderr(), "hint: {}: {}", hint.places.first().map_or(0, cargo_secpolicy::source::Place::line), hint.text);
    }
    if let (Some(at), true) = (&policy.excludes_dependencies, args.iter().any(|arg| arg == "-v")) {
        let _ = writeln!(std::io::stderr(), "excludes dependencies: {}", at.line());
    }
    let _ = writeln!(out, "{value:#}");
    ExitCode::from(if policy.errors.is_empty() { 0 } else { 2 })
}
