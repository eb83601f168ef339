use super::*;

const GIT_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";
const SPARSE_INDEX: &str = "sparse+https://index.crates.io/";

fn read(text: &str) -> Result<Locked, String> {
    parse(&Source::new("Cargo.lock", text), &[])
}

fn entry(name: &str, version: &str, source: Option<&str>, dependencies: &[&str]) -> String {
    let source = source.map(|source| format!("source = \"{source}\"\n")).unwrap_or_default();
    let list: Vec<String> = dependencies.iter().map(|dependency| format!(" \"{dependency}\",\n")).collect();
    let list = if list.is_empty() { String::new() } else { format!("dependencies = [\n{}]\n", list.concat()) };
    format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n{source}{list}\n")
}

fn edges(locked: &Locked) -> Vec<(String, Vec<String>)> {
    let name = |index: &usize| format!("{}@{}", locked.packages[*index].name, locked.packages[*index].version);
    locked.packages.iter().map(|package| (package.name.clone(), package.dependencies.iter().map(name).collect())).collect()
}

/// One workspace as each version of the format writes it.
fn in_every_version() -> Vec<(u32, String)> {
    let full = |name: &str, version: &str| format!("{name} {version} ({GIT_INDEX})");
    let app = |deps: &[&str]| entry("app", "1.0.0", None, deps);
    let rest = |two: &str| {
        entry("one", "0.1.0", Some(GIT_INDEX), &[two])
            + &entry("two", "0.1.0", Some(GIT_INDEX), &[])
            + &entry("two", "0.2.0", Some(GIT_INDEX), &[])
    };
    let checksum = |name: &str, version: &str| format!("\"checksum {name} {version} ({GIT_INDEX})\" = \"{}\"\n", "0".repeat(64));
    let metadata = format!("[metadata]\n{}{}", checksum("one", "0.1.0"), checksum("two", "0.1.0"));
    let short = app(&["one", "two 0.2.0"]) + &rest("two 0.1.0");
    vec![
        (1, app(&[&full("one", "0.1.0"), &full("two", "0.2.0")]) + &rest(&full("two", "0.1.0")) + &metadata),
        (2, short.clone()),
        (3, format!("# generated\nversion = 3\n\n{short}")),
        (4, format!("# generated\nversion = 4\n\n{short}")),
    ]
}

#[test]
fn every_version_of_the_format_tells_the_same() {
    for (version, text) in in_every_version() {
        let locked = read(&text).unwrap();
        assert_eq!(locked.version, version);
        let names: Vec<_> = locked.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["app", "one", "two", "two"], "version {version}");
        let edges = edges(&locked);
        assert_eq!(edges[0].1, ["one@0.1.0", "two@0.2.0"], "version {version}");
        assert_eq!(edges[1].1, ["two@0.1.0"], "version {version}");
        for package in &locked.packages {
            let line = locked.source.line_text(package.line);
            assert_eq!(line, format!("name = \"{}\"", package.name), "version {version}");
        }
    }
}

#[test]
fn the_reading_is_that_of_the_crate_that_parses_lockfiles() {
    for (version, text) in in_every_version() {
        let theirs: rustsec::Lockfile = text.parse().unwrap();
        let ours = read(&text).unwrap();
        let flat = |name: &str, version: &Version, deps: Vec<String>| format!("{name} {version} {deps:?}");
        let theirs: Vec<_> = theirs
            .packages
            .iter()
            .map(|p| flat(p.name.as_str(), &p.version, p.dependencies.iter().map(|d| format!("{}@{}", d.name, d.version)).collect()))
            .collect();
        let edges = edges(&ours);
        let ours: Vec<_> = ours.packages.iter().zip(edges).map(|(p, (_, deps))| flat(&p.name, &p.version, deps)).collect();
        assert_eq!(ours, theirs, "version {version}");
    }
}

#[test]
fn the_oldest_files_hold_their_own_package_apart() {
    let text = format!("[root]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"one 0.1.0 ({GIT_INDEX})\"]\n\n")
        + &entry("one", "0.1.0", Some(GIT_INDEX), &[]);
    let locked = read(&text).unwrap();
    assert_eq!(edges(&locked), [("one".into(), vec![]), ("app".into(), vec!["one@0.1.0".to_owned()])]);
}

#[test]
fn only_crates_io_is_crates_io() {
    let mirrors = ["sparse+https://mirror.example/index/".to_owned()];
    for (source, expected) in [
        (Some(GIT_INDEX), Origin::CratesIo),
        (Some(SPARSE_INDEX), Origin::CratesIo),
        (Some("sparse+https://index.crates.io"), Origin::CratesIo),
        (Some("registry+https://github.com/rust-lang/crates.io-index.git"), Origin::CratesIo),
        (Some("sparse+https://mirror.example/index"), Origin::CratesIo),
        (Some("sparse+https://mirror.example/other"), Origin::Registry("https://mirror.example/other".into())),
        (
            Some("registry+https://github.com/rust-lang/crates.io-index-not"),
            Origin::Registry("https://github.com/rust-lang/crates.io-index-not".into()),
        ),
        (
            Some("git+https://github.com/rust-lang/crates.io-index?rev=1#1"),
            Origin::Git("https://github.com/rust-lang/crates.io-index?rev=1#1".into()),
        ),
        (None, Origin::Local),
    ] {
        assert_eq!(origin(source, &mirrors), expected, "{source:?}");
    }
}

#[test]
fn a_dependency_that_names_its_source_is_found_among_namesakes() {
    let git = "git+https://git.example/one?branch=main";
    let text = entry("app", "1.0.0", None, &[&format!("one 0.1.0 ({git})")])
        + &entry("one", "0.1.0", Some(GIT_INDEX), &[])
        + &entry("one", "0.1.0", Some(&format!("{git}#abc")), &[]);
    let locked = read(&text).unwrap();
    assert_eq!(locked.packages[0].dependencies, [2]);
}

#[test]
fn a_version_that_a_merge_left_behind_leads_to_its_namesake() {
    let with = |dependency: &str| entry("app", "1.0.0", None, &[dependency]) + &entry("one", "0.1.1", Some(GIT_INDEX), &[]);
    assert_eq!(read(&with("one 0.1.0")).unwrap().packages[0].dependencies, [1]);
    assert!(read(&with("two 0.1.0")).is_err());
}

#[test]
fn a_future_version_is_said_to_be_one() {
    let error = read("# generated\nversion = 5\n\n[package.one]\nhash = 1\n").unwrap_err();
    assert!(error.contains("version 5") && error.contains("1 to 4"), "{error}");
}

#[test]
fn a_truncated_file_never_reads_as_a_smaller_one() {
    let (_, text) = in_every_version().pop().unwrap();
    // An entry's own end cannot be told from a cut in it; but what it names and is cut off whole is missed.
    let first = text.find("dependencies").unwrap();
    let last = text.find("name = \"two\"").unwrap();
    for end in first + 1..last {
        assert!(read(&text[..end]).is_err(), "cut at {end}");
    }
    let error = read(&text[..text.find("name = \"two\"").unwrap()]).unwrap_err();
    assert!(error.contains("cut off"), "{error}");
}

#[test]
fn a_last_entry_is_whole_without_the_end_of_its_line_and_not_without_its_checksum() {
    let with_checksum = |name: &str| entry(name, "0.1.0", Some(GIT_INDEX), &[]) + "checksum = \"00\"\n";
    let whole = with_checksum("one") + &with_checksum("two");
    assert_eq!(read(whole.trim_end()).unwrap().packages.len(), 2, "trimmed by hand");
    let cut = whole.rfind("checksum").unwrap();
    let error = read(&whole[..cut]).unwrap_err();
    assert!(error.contains("`two`, has no checksum"), "{error}");
    // In the middle of a value, or without its version, nothing is read.
    for end in ["\"00", "sum", "registry+", "0.1"] {
        assert!(read(&whole[..whole.rfind(end).unwrap() + 1]).is_err(), "cut at {end}");
    }
    assert!(read(&whole[..whole.rfind("version").unwrap()]).is_err());
    assert!(read(entry("one", "0.1.0", Some(GIT_INDEX), &[]).trim_end()).is_ok(), "no entry has one");
}

#[test]
fn what_is_no_lockfile_is_said_with_its_line() {
    let error = read("version = 4\n\n<<<<<<< HEAD\n").unwrap_err();
    assert!(error.contains("line 3") && error.contains("merge"), "{error}");
    assert!(read("[[package]]\nname = \"a\"\nversion = \"one\"\n").is_err());
}

#[test]
fn many_packages_are_read_in_linear_time() {
    let names: Vec<String> = (0..5_000).map(|n| format!("package-{n}")).collect();
    let refs: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut text = "version = 4\n\n".to_owned();
    for window in refs.windows(20) {
        text += &entry(window[0], "1.0.0", Some(GIT_INDEX), &window[1..]);
    }
    for name in &refs[refs.len() - 19..] {
        text += &entry(name, "1.0.0", Some(GIT_INDEX), &[]);
    }
    assert_eq!(read(&text).unwrap().packages.len(), 5_000);
}
