use std::fs;

use tempfile::TempDir;

use super::*;

/// A folder with these files.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn root_of(folder: &TempDir, start: &str) -> PathBuf {
    let located = locate(&folder.path().join(start), None).unwrap();
    located.root.strip_prefix(folder.path().canonicalize().unwrap()).unwrap().to_owned()
}

const PACKAGE: &str = "[package]\nname = \"x\"\nversion = \"0.1.0\"\n";

#[test]
fn the_workspace_is_found_as_cargo_finds_it() {
    let folder = project(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"apart\", \"crates/out\"]\n"),
        ("crates/a/Cargo.toml", PACKAGE),
        ("crates/a/src/lib.rs", ""),
        ("crates/out/Cargo.toml", PACKAGE),
        ("apart/Cargo.toml", PACKAGE),
        ("apart/deep/Cargo.toml", PACKAGE),
        ("own/Cargo.toml", "[workspace]\n[package]\nname = \"own\"\n"),
        ("far/away/Cargo.toml", "[package]\nname = \"far\"\nworkspace = \"../../own\"\n"),
        ("broken/Cargo.toml", "[package\n"),
    ]);
    for (start, root) in [
        ("", ""),
        ("crates/a/src", ""),
        ("crates/out", "crates/out"),
        ("apart", "apart"),
        ("apart/deep", "apart/deep"),
        ("own", "own"),
        ("far/away", "own"),
        ("broken", "broken"),
    ] {
        assert_eq!(root_of(&folder, start), Path::new(root), "{start}");
    }
}

#[test]
fn what_is_no_manifest_is_wrong_usage() {
    let folder = project(&[("README.md", "")]);
    for path in [None, Some("README.md"), Some("Cargo.toml"), Some(".")] {
        let error = locate(folder.path(), path.map(Path::new)).unwrap_err();
        assert_eq!(error.class, crate::error::Class::Usage, "{path:?}");
        assert!(error.help.is_some());
    }
}

/// A workspace that uses every way of naming members, targets and requirements.
fn many_ways() -> TempDir {
    project(&[
        (
            "Cargo.toml",
            "[workspace]\nmembers = [\"crates/*\", \"tools/ci-lints\"]\nexclude = [\"crates/out\"]\ndefault-members = [\".\"]\nresolver = \"2\"\n\
             [workspace.package]\nversion = \"2.1.0\"\nrepository = \"https://forge.example/o/r\"\npublish = false\n\
             [workspace.dependencies]\nleaf = { path = \"deps/leaf\", version = \"0.3\" }\n\
             [package]\nname = \"app\"\nversion.workspace = true\nedition = \"2021\"\nrepository.workspace = true\n\
             [dependencies]\nleaf.workspace = true\n[target.'cfg(unix)'.build-dependencies]\nleaf.workspace = true\n\
             [dev-dependencies]\nrenamed = { package = \"leaf\", path = \"deps/leaf\" }\n",
        ),
        ("src/main.rs", "fn main() {}"),
        ("src/lib.rs", ""),
        ("src/bin/extra.rs", "fn main() {}"),
        ("src/bin/folder/main.rs", "fn main() {}"),
        ("tests/it.rs", ""),
        ("build.rs", "fn main() {}"),
        (
            "crates/mac/Cargo.toml",
            "[package]\nname = \"mac\"\nversion = \"0.1.0\"\npublish = false\nedition = \"2021\"\n[lib]\nproc-macro = true\n",
        ),
        ("crates/mac/src/lib.rs", ""),
        ("crates/out/Cargo.toml", "[package]\nname = \"out\"\nversion = \"0.1.0\"\n"),
        ("crates/out/src/lib.rs", ""),
        ("crates/README.md", "no package"),
        (
            "tools/ci-lints/Cargo.toml",
            "[package]\nname = \"ci-lints\"\nversion = \"0.1.0\"\npublish.workspace = true\nedition = \"2021\"\nautobins = false\n\
             [[bin]]\nname = \"lints\"\npath = \"src/lints.rs\"\n",
        ),
        ("tools/ci-lints/src/lints.rs", "fn main() {}"),
        ("tools/ci-lints/src/main.rs", "fn main() {}"),
        ("deps/leaf/Cargo.toml", "[package]\nname = \"leaf\"\nversion = \"0.3.1\"\nedition = \"2021\"\npublish = [\"own\"]\n"),
        ("deps/leaf/src/lib.rs", ""),
        ("deps/leaf/examples/show.rs", "fn main() {}"),
    ])
}

/// A member's facts as one comparable text.
fn told(member: &Member) -> String {
    let mut targets: Vec<String> = member.targets.iter().map(|target| format!("{:?} {}", target.kind, target.path)).collect();
    targets.sort();
    let dependency = |d: &Dependency| format!("{} {} {:?} {} {:?}", d.name, d.requirement, d.kind, d.local, d.target);
    let dependencies: Vec<String> = member.dependencies.iter().map(dependency).collect();
    format!(
        "{} {} {} {} {} {} {:?} {:?} {targets:?} {dependencies:?}",
        member.name,
        member.version,
        member.inherits_version,
        member.manifest,
        member.is_root,
        member.publishable,
        member.repository,
        member.ships,
    )
}

#[test]
fn the_manifests_tell_what_cargo_tells() {
    let folder = many_ways();
    let files = Files::new(folder.path());
    let located = locate(folder.path(), None).unwrap();
    let settings = Settings::default();
    let by_cargo = start(&located, cargo::Flags { offline: true, ..cargo::Flags::default() }).join(&files, &settings);
    assert_eq!(by_cargo.cargo_problem, None);
    let by_hand = members_by_manifests(&files, ".", &settings);
    let (cargo, hand): (Vec<_>, Vec<_>) = (by_cargo.members.iter().map(told).collect(), by_hand.iter().map(told).collect());
    assert_eq!(cargo, hand);
    let ships: Vec<(&str, bool)> = by_hand.iter().map(|member| (member.name.as_str(), member.ships == Ships::Yes)).collect();
    assert_eq!(ships, [("app", true), ("ci-lints", false), ("leaf", true), ("mac", false)]);
}

#[test]
fn where_cargo_fails_the_manifests_tell_and_the_problem_is_said() {
    let folder = many_ways();
    fs::write(folder.path().join("crates/mac/Cargo.toml"), "[package]\nname = \"mac\n").unwrap();
    let files = Files::new(folder.path());
    let located = locate(folder.path(), None).unwrap();
    let workspace = start(&located, cargo::Flags::default()).join(&files, &Settings::default());
    let names: Vec<&str> = workspace.members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["app", "ci-lints", "leaf"]);
    let problem = workspace.cargo_problem.unwrap();
    assert!(problem.contains("crates/mac/Cargo.toml"), "{problem}");
}

#[test]
fn hostile_manifests_end() {
    let folder = project(&[
        ("Cargo.toml", "[workspace]\nmembers = [\"**/**/**\", \"../..\", \"/etc\", \"[\"]\n[package]\nname = \"a\"\nversion = \"x\"\n"),
        (
            "b/Cargo.toml",
            "[package]\nname = \"b\"\nversion = \"0.1.0\"\n[dependencies]\na = { path = \"..\" }\nc = { path = \"../../c\" }\n",
        ),
    ]);
    let read = manifests::read(&Files::new(folder.path()), ".");
    let names: Vec<&str> = read.members.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["b"]);
    assert!(read.problems.iter().any(|(path, why)| path == "Cargo.toml" && why.contains("version")), "{:?}", read.problems);
}
