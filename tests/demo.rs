//! The demo's git history is the same each time, and tells what its recipe says.

#[path = "../examples/demo/recipe.rs"]
mod recipe;

use std::path::Path;
use std::process::Command;

/// The README's sample is cut out of what the demo really shows: between two `…` lines, the lines are the demo's own.
#[test]
fn the_sample_of_the_readme_is_the_demos_output() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir()?;
    let demo = folder.path().join("demo");
    recipe::build(&root.join("fixtures/projects/demo"), &demo)?;
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-secpolicy"))
        .current_dir(root)
        .env("LC_ALL", "C.UTF-8")
        .args(["secpolicy", "check", "--offline", "--db", "fixtures/advisory-db", "--as-of", "2025-09-15", "--manifest-path"])
        .arg(demo.join("Cargo.toml"))
        .output()?;
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let readme = std::fs::read_to_string(root.join("README.md"))?;
    let sample = readme.split("<!-- sample: the output of `cargo run --example demo` -->\n```text\n").nth(1);
    let sample = sample.and_then(|rest| rest.split_once("```\n")).map(|(sample, _)| sample).unwrap_or_default();
    let mut rest = output.as_str();
    let parts: Vec<&str> = sample.split("…\n").map(|part| part.trim_matches('\n')).filter(|part| !part.is_empty()).collect();
    assert!(!parts.is_empty());
    for part in parts {
        let Some(at) = rest.find(part) else { panic!("the demo does not show, in this order:\n{part}\n\nbut:\n{output}") };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    Ok(())
}

#[test]
fn the_recipe_builds_the_same_repository_each_time() -> std::io::Result<()> {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects/demo");
    let git = |root: &Path, arguments: &[&str]| -> std::io::Result<String> {
        let output = Command::new("git").current_dir(root).args(arguments).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let folder = tempfile::tempdir()?;
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    recipe::build(&fixture, &one)?;
    recipe::build(&fixture, &two)?;
    let head = git(&one, &["rev-parse", "HEAD"])?;
    assert_eq!(head.trim().len(), 40);
    assert_eq!(head, git(&two, &["rev-parse", "HEAD"])?);
    assert_eq!(git(&one, &["tag", "--list"])?, "v0.6.0\nv0.7.0\nv0.8.0\nv0.9.0\nv0.9.2\n");
    assert_eq!(git(&one, &["status", "--porcelain"])?, "");
    assert!(git(&one, &["show", "v0.9.2:Cargo.lock"])?.contains("name = \"idna\""));
    let before = git(&one, &["show", "v0.7.0:Cargo.lock"])?;
    assert!(!before.contains("\"idna\"") && !before.contains("\"url\"") && before.contains("name = \"smallvec\""));
    assert!(git(&one, &["show", "v0.7.0:Cargo.toml"])?.contains("version = \"0.7.0\""));
    assert!(!git(&one, &["ls-files"])?.contains("history.toml"));
    Ok(())
}
