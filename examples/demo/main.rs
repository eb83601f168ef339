//! `cargo run --example demo`: builds a small project with a git history, and holds it to its policy.
//!
//! The project is `fixtures/projects/demo`, the advisories are `fixtures/advisory-db`, the day is fixed; nothing is
//! fetched, and nothing outside `target/demo` is written.

mod recipe;

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode};

/// The day on which the demo is judged.
const DAY: &str = "2025-09-15";

fn main() -> io::Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = root.join("target/demo");
    if repository.exists() {
        std::fs::remove_dir_all(&repository)?;
    }
    recipe::build(&root.join("fixtures/projects/demo"), &repository)?;

    let mut arguments = vec!["secpolicy", "check", "--manifest-path", "target/demo/Cargo.toml", "--offline"];
    arguments.extend(["--db", "fixtures/advisory-db", "--as-of", DAY]);
    let more: Vec<String> = std::env::args().skip(1).collect();
    arguments.extend(more.iter().map(String::as_str));
    writeln!(io::stderr(), "$ cargo {}\n", arguments.join(" "))?;

    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = Command::new(cargo);
    run.current_dir(root).args(["run", "--quiet", "--bin", "cargo-secpolicy", "--"]).args(arguments);
    let code = run.status()?.code().unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
