//! The demo's git history is the same each time, and tells what its recipe says.

#[path = "../examples/demo/recipe.rs"]
mod recipe;

use std::path::Path;
use std::process::Command;

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
