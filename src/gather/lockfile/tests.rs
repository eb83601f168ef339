use std::collections::BTreeSet;
use std::fs;

use tempfile::TempDir;

use super::*;

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\n";

/// A repository with a lockfile and a manifest of `name` in each folder; all tracked.
fn repository(packages: &[(&str, &str)]) -> (TempDir, Git) {
    let folder = tempfile::tempdir().unwrap();
    let mut tracked = BTreeSet::new();
    for (path, name) in packages {
        let inner = folder.path().join(path);
        fs::create_dir_all(inner.join("src")).unwrap();
        fs::write(inner.join("Cargo.toml"), format!("[workspace]\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\npublish = false\n"))
            .unwrap();
        fs::write(inner.join("src/lib.rs"), "").unwrap();
        fs::write(inner.join("Cargo.lock"), LOCK).unwrap();
        tracked.insert(join(path, "Cargo.lock"));
    }
    let git = Git {
        head: None,
        incomplete: BTreeSet::new(),
        default_branch: None,
        branches: Vec::new(),
        remotes: Vec::new(),
        tags: Vec::new(),
        tracked,
        modified: Vec::new(),
    };
    (folder, git)
}

fn workspace(folder: &TempDir, root: &str) -> Workspace {
    Workspace { repository: folder.path().to_owned(), root: root.into(), members: Vec::new(), cargo_problem: None }
}

/// Each lockfile's path, and why it does not count.
fn counted(found: &Lockfiles) -> Vec<(String, Option<String>)> {
    let why = |counts: &Counts| match counts {
        Counts::Yes => None,
        Counts::No(why) => Some(why.clone()),
    };
    found.all.iter().map(|lockfile| (lockfile.path.clone(), why(&lockfile.counts))).collect()
}

fn rows(rows: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    rows.iter().map(|(path, why)| ((*path).to_owned(), why.map(str::to_owned))).collect()
}

fn gather(files: &Files, git: Option<&Git>, workspace: &Workspace, settings: &Settings, only: Option<&Path>) -> Lockfiles {
    super::gather(files, git, workspace, settings, only, contents(files, git, &workspace.root, settings, only))
}

#[test]
fn the_own_lockfile_counts_and_of_the_others_what_is_no_data_and_ships() {
    let (folder, git) = repository(&[
        (".", "app"),
        ("desktop", "desktop"),
        ("a/fixtures/b", "b"),
        ("fuzz", "app-fuzz"),
        ("tool", "bench-tool"),
        ("latest", "x"),
    ]);
    let found = gather(&Files::new(folder.path()), Some(&git), &workspace(&folder, "."), &Settings::default(), None);
    let expected = rows(&[
        ("Cargo.lock", None),
        ("a/fixtures/b/Cargo.lock", Some("it lies under a folder named `fixtures`")),
        ("desktop/Cargo.lock", None),
        ("fuzz/Cargo.lock", Some("it lies under a folder named `fuzz`")),
        ("latest/Cargo.lock", None),
        ("tool/Cargo.lock", Some("none of its members ships")),
    ]);
    // The root package of its own workspace is no helper by its name alone.
    let expected: Vec<_> =
        expected.into_iter().map(|(path, why)| if path.starts_with("tool") { (path, None) } else { (path, why) }).collect();
    assert_eq!(counted(&found), expected);
    assert!(found.all.iter().all(|lockfile| lockfile.own == (lockfile.path == "Cargo.lock") && lockfile.tracked == Some(true)));
}

#[test]
fn a_workspace_under_a_data_folder_has_an_own_lockfile_all_the_same() {
    let (folder, git) = repository(&[("examples/app", "app"), ("other", "other")]);
    let found = gather(&Files::new(folder.path()), Some(&git), &workspace(&folder, "examples/app"), &Settings::default(), None);
    assert_eq!(counted(&found), rows(&[("examples/app/Cargo.lock", None), ("other/Cargo.lock", None)]));
}

#[test]
fn the_settings_override_both_ways() {
    let (folder, git) = repository(&[(".", "app"), ("desktop", "desktop"), ("fuzz", "app-fuzz")]);
    let settings =
        Settings { lockfiles_include: vec!["fuzz/**".into()], lockfiles_exclude: vec!["desktop/Cargo.lock".into()], ..Settings::default() };
    let found = gather(&Files::new(folder.path()), Some(&git), &workspace(&folder, "."), &settings, None);
    let expected = [("Cargo.lock", None), ("desktop/Cargo.lock", Some("the settings leave it out")), ("fuzz/Cargo.lock", None)];
    assert_eq!(counted(&found), rows(&expected));
}

#[test]
fn without_git_only_the_own_one_is_read_and_an_untracked_one_is_said_to_be() {
    let (folder, mut git) = repository(&[(".", "app"), ("desktop", "desktop")]);
    let files = Files::new(folder.path());
    let found = gather(&files, None, &workspace(&folder, "."), &Settings::default(), None);
    assert_eq!((counted(&found), found.all[0].tracked), (rows(&[("Cargo.lock", None)]), None));
    git.tracked.clear();
    let found = gather(&files, Some(&git), &workspace(&folder, "."), &Settings::default(), None);
    assert_eq!((found.all.len(), found.all[0].tracked), (1, Some(false)));
}

#[test]
fn the_one_that_is_named_counts_alone_wherever_it_lies() {
    let (folder, git) = repository(&[(".", "app"), ("fuzz", "app-fuzz")]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("other.lock"), LOCK).unwrap();
    let (files, settings) = (Files::new(folder.path()), Settings::default());
    let one = |path: &Path| gather(&files, Some(&git), &workspace(&folder, "."), &settings, Some(path));
    let inside = one(Path::new("fuzz/Cargo.lock"));
    assert_eq!(counted(&inside), rows(&[("fuzz/Cargo.lock", None)]));
    let outside = one(&elsewhere.path().join("other.lock"));
    assert_eq!((outside.all.len(), outside.all[0].content.is_ok(), &outside.all[0].counts), (1, true, &Counts::Yes));
    assert!(one(Path::new("none.lock")).all[0].content.is_err());
}

#[test]
fn what_cannot_be_read_is_kept_with_its_reason() {
    let (folder, git) = repository(&[(".", "app"), ("desktop", "desktop")]);
    fs::write(folder.path().join("Cargo.lock"), "version = 9\n").unwrap();
    fs::remove_file(folder.path().join("desktop/Cargo.lock")).unwrap();
    let found = gather(&Files::new(folder.path()), Some(&git), &workspace(&folder, "."), &Settings::default(), None);
    let why = |index: usize| found.all[index].content.as_ref().unwrap_err().clone();
    assert!(why(0).contains("version 9"), "{}", why(0));
    assert!(why(1).contains("not there"), "{}", why(1));
}

#[test]
fn a_lockfile_in_the_folder_of_another_workspaces_member_is_never_read_by_cargo() {
    let (folder, git) = repository(&[(".", "app"), ("inner", "inner"), ("alone", "alone")]);
    let manifest = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
    manifest("Cargo.toml", "[workspace]\nmembers = [\"inner\"]\nexclude = [\"alone\"]\n");
    manifest("inner/Cargo.toml", "[package]\nname = \"inner\"\nversion = \"0.1.0\"\n");
    manifest("alone/Cargo.toml", "[package]\nname = \"alone\"\nversion = \"0.1.0\"\n");
    let found = gather(&Files::new(folder.path()), Some(&git), &workspace(&folder, "."), &Settings::default(), None);
    let why = "cargo never reads it: its folder is of the workspace in `.`";
    assert_eq!(counted(&found), rows(&[("Cargo.lock", None), ("alone/Cargo.lock", None), ("inner/Cargo.lock", Some(why))]));
    let settings = Settings { lockfiles_include: vec!["inner/Cargo.lock".into()], ..Settings::default() };
    let found = gather(&Files::new(folder.path()), Some(&git), &workspace(&folder, "."), &settings, None);
    assert!(counted(&found).iter().all(|(_, why)| why.is_none()), "a setting goes before it");
}

/// The sentences about the workspace's own lockfile, whose text this is; its members are `app` and `tool`.
fn doubts(text: &str) -> Vec<String> {
    let (folder, git) = repository(&[(".", "app")]);
    fs::write(folder.path().join("Cargo.lock"), text).unwrap();
    fs::create_dir_all(folder.path().join("tool/src")).unwrap();
    fs::write(folder.path().join("tool/src/lib.rs"), "").unwrap();
    let package = |name: &str| format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    fs::write(folder.path().join("Cargo.toml"), package("app") + "[workspace]\nmembers = [\"tool\"]\n").unwrap();
    fs::write(folder.path().join("tool/Cargo.toml"), package("tool") + "[dependencies]\nlocal = { path = \"../local\" }\n").unwrap();
    let files = Files::new(folder.path());
    let members = workspace::members_by_manifests(&files, ".", &Settings::default());
    let workspace = Workspace { members, ..workspace(&folder, ".") };
    let found = gather(&files, Some(&git), &workspace, &Settings::default(), None);
    found.all.iter().flat_map(|lockfile| found.doubts(lockfile, &workspace)).map(|reason| reason.text).collect()
}

#[test]
fn a_lockfile_without_a_member_or_cut_in_its_last_entry_is_doubted() {
    let entry = |name: &str| format!("\n[[package]]\nname = \"{name}\"\nversion = \"0.1.0\"\n");
    let whole = LOCK.to_owned() + &entry("tool");
    assert_eq!(doubts(&whole), Vec::<String>::new());
    assert_eq!(doubts(&(whole.clone() + &entry("local"))), Vec::<String>::new(), "a path that a member names");
    let cut = doubts(&(whole.clone() + &entry("zlib")));
    assert!(cut.len() == 1 && cut[0].contains("`zlib`, has no source"), "{cut:?}");
    let trimmed = doubts(whole.trim_end());
    assert!(trimmed.len() == 1 && trimmed[0].contains("edited by hand, or cut off behind `tool`"), "{trimmed:?}");
    let lacking = doubts(LOCK);
    assert!(lacking.len() == 1 && lacking[0].starts_with("Cargo.lock does not hold `tool` of this workspace"), "{lacking:?}");
}
