use super::*;
use crate::error::Class;
use crate::gather::git::testing::Fixture;

const ADVISORY: &str = "crates/a/RUSTSEC-2024-0001.md";

/// A remote with one commit of one advisory, and a home beside it.
fn remote() -> (Fixture, PathBuf) {
    let remote = Fixture::new();
    remote.commit_file("2024-01-02", ADVISORY, "one");
    let home = remote.beside("home");
    (remote, home)
}

/// Opens the copy, and gives what it says of itself: the commit's day, and the warnings.
fn get(home: &Path, url: &str, offline: bool) -> Result<(String, Vec<String>)> {
    let opened = open(home, url, offline, &mut |_| {})?;
    let Store::Commit(_, commit) = opened.store else { panic!("a URL is a repository") };
    Ok((day(commit.at).to_string(), opened.warnings))
}

fn ok(home: &Path, url: &str, offline: bool) -> String {
    let (day, warnings) = get(home, url, offline).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    day
}

fn stale(home: &Path, url: &str) -> String {
    let (day, warnings) = get(home, url, false).unwrap();
    assert!(warnings[0].contains("could not be refreshed") && warnings[0].contains(&day), "{warnings:?}");
    day
}

#[test]
fn the_first_fetch_clones_and_the_next_ones_refresh() {
    let (remote, home) = remote();
    let error = get(&home, &remote.url(), true).unwrap_err();
    assert_eq!(error.class, Class::Unreadable);
    assert!(error.help.unwrap().contains("--offline") && !home.exists());
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
    remote.commit_file("2024-01-03", ADVISORY, "two");
    assert_eq!(ok(&home, &remote.url(), true), "2024-01-02", "offline, the cached copy alone");
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-03");
    assert_eq!(ok(&home, &remote.url(), true), "2024-01-03");
    assert_eq!(ok(&home, &format!("{}/", remote.url()), true), "2024-01-03", "another spelling of the same URL");
    assert!(get(&home, "file:///somewhere/else", true).is_err(), "the copy of another URL is none of this one");
}

#[test]
fn a_remote_that_is_rewritten_is_followed() {
    let (remote, home) = remote();
    remote.commit_file("2024-01-03", ADVISORY, "two");
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-03");
    remote.git(&["reset", "-q", "--hard", "HEAD~1"]);
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
}

#[test]
fn a_broken_fetch_leaves_the_old_copy_whole() {
    let (remote, home) = remote();
    ok(&home, &remote.url(), false);
    let moved = remote.beside("moved");
    fs::rename(&remote.path, &moved).unwrap();
    assert_eq!(stale(&home, &remote.url()), "2024-01-02");
    // A remote that lacks an object that its newest commit needs.
    fs::rename(&moved, &remote.path).unwrap();
    remote.commit_file("2024-01-03", ADVISORY, "two");
    let blob = remote.git(&["rev-parse", &format!("HEAD:{ADVISORY}")]);
    fs::remove_file(remote.path.join(format!(".git/objects/{}/{}", &blob[..2], &blob[2..]))).unwrap();
    assert_eq!(stale(&home, &remote.url()), "2024-01-02");
    assert_eq!(ok(&home, &remote.url(), true), "2024-01-02");
    remote.commit_file("2024-01-04", ADVISORY, "two");
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-04", "and it recovers");
}

#[test]
fn what_is_no_database_does_not_replace_one() {
    let (remote, home) = remote();
    ok(&home, &remote.url(), false);
    remote.git(&["rm", "-q", "-r", "crates"]);
    remote.commit_file("2024-01-03", "README.md", "moved");
    let (day, warnings) = get(&home, &remote.url(), false).unwrap();
    assert_eq!(day, "2024-01-02");
    assert!(warnings[0].contains("no folder `crates`"), "{warnings:?}");
    assert_eq!(ok(&home, &remote.url(), true), "2024-01-02");

    let error = get(&remote.beside("empty-home"), &remote.url(), false).unwrap_err();
    assert!(error.message.contains("no folder `crates`") && error.help.unwrap().contains("--db"), "{}", error.message);
}

#[test]
fn without_a_copy_a_broken_fetch_is_an_error_that_says_what_to_do() {
    let (remote, home) = remote();
    let error = get(&home, &format!("{}-not-there", remote.url()), false).unwrap_err();
    assert_eq!(error.class, Class::Unreadable);
    assert!(error.message.contains("could not be fetched") && !error.message.contains('\n'), "{}", error.message);
    assert!(error.help.unwrap().contains("--db-url"));
}

#[test]
fn an_interrupted_clone_recovers() {
    let (remote, home) = remote();
    let ours = places(&home, &remote.url()).remove(0).folder;
    for name in ["new", "old"] {
        fs::create_dir_all(ours.with_extension(name).join("objects")).unwrap();
    }
    fs::create_dir_all(ours.join("objects/pack")).unwrap();
    fs::write(ours.join("HEAD"), "ref: refs/heads/main").unwrap();
    assert!(get(&home, &remote.url(), true).is_err(), "half a clone does not read as clean");
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
    assert!(!ours.with_extension("new").exists() && !ours.with_extension("old").exists());
    // Ended between the two renames.
    fs::rename(&ours, ours.with_extension("old")).unwrap();
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
    // Lost objects.
    fs::remove_dir_all(ours.join("objects")).unwrap();
    assert!(get(&home, &remote.url(), true).is_err());
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
}

#[test]
fn gits_own_lock_of_a_killed_run_is_no_obstacle() {
    let (remote, home) = remote();
    ok(&home, &remote.url(), false);
    let ours = places(&home, &remote.url()).remove(0).folder;
    fs::write(ours.join(format!("{FETCHED}.lock")), "").unwrap();
    remote.commit_file("2024-01-03", ADVISORY, "two");
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-03");

    let audit = audits(&remote, &home);
    remote.commit_file("2024-01-04", ADVISORY, "three");
    let lock = audit.join(format!(".git/{FETCHED}.lock"));
    fs::write(&lock, "").unwrap();
    assert_eq!(stale(&home, &remote.url()), "2024-01-03", "somebody may be at work there");
    let hours_ago = std::time::SystemTime::now() - Duration::from_secs(2 * 60 * 60);
    fs::File::options().write(true).open(&lock).unwrap().set_modified(hours_ago).unwrap();
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-04");
}

/// cargo-audit's checkout of `remote`.
fn audits(remote: &Fixture, home: &Path) -> PathBuf {
    let audit = home.join("advisory-db");
    remote.git(&["clone", "-q", &remote.url(), audit.to_str().unwrap()]);
    audit
}

#[test]
fn cargo_audits_folder_serves_where_it_is_of_the_same_url() {
    let (remote, home) = remote();
    let audit = audits(&remote, &home);
    remote.git(&["rev-parse", "HEAD"]);
    let head = fs::read_to_string(audit.join(".git/refs/heads/main")).unwrap();
    fs::remove_dir_all(audit.join("crates")).unwrap();
    assert_eq!(ok(&home, &remote.url(), true), "2024-01-02", "half a work tree does not matter");
    remote.commit_file("2024-01-03", ADVISORY, "two");
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-03");
    assert!(!home.join("secpolicy").exists());
    assert_eq!(fs::read_to_string(audit.join(".git/refs/heads/main")).unwrap(), head, "its branch is cargo-audit's to move");
    assert!(!audit.join("crates").exists());
}

#[test]
fn cargo_audits_folder_of_another_url_is_left_alone() {
    let (remote, home) = remote();
    let other = Fixture::new();
    other.commit_file("2023-01-01", ADVISORY, "other");
    let audit = audits(&other, &home);
    let before = fs::read(audit.join(".git/packed-refs")).unwrap();
    assert!(get(&home, &remote.url(), true).is_err());
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
    assert_eq!(fs::read(audit.join(".git/packed-refs")).unwrap(), before);
}

#[test]
fn a_second_process_waits_for_the_first() {
    let (remote, home) = remote();
    let path = places(&home, &remote.url()).remove(0).lock;
    let held = lock(&path, Duration::ZERO, &mut |_| {}).unwrap();
    let why = lock(&path, Duration::from_millis(60), &mut |_| {}).err().unwrap();
    assert!(why.contains("another process"), "{why}");
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        drop(held);
    });
    let mut told = Vec::new();
    open(&home, &remote.url(), false, &mut |what| told.push(what.to_owned())).unwrap();
    release.join().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("waiting for another process") && told[1].contains("fetching"), "{told:?}");
}

#[test]
fn a_home_that_cannot_be_written_serves_what_it_holds() {
    let (remote, home) = remote();
    fs::write(&home, "no folder").unwrap();
    let error = get(&home, &remote.url(), false).unwrap_err();
    assert!(error.message.contains("home") && error.help.unwrap().contains("--db"), "{}", error.message);
    fs::remove_file(&home).unwrap();
    ok(&home, &remote.url(), false);
    let lock = places(&home, &remote.url()).remove(0).lock;
    fs::remove_file(&lock).unwrap();
    fs::create_dir(&lock).unwrap();
    assert_eq!(stale(&home, &remote.url()), "2024-01-02");
}

#[test]
fn only_safe_kinds_of_url_are_fetched_and_no_credentials_shown() {
    let home = Path::new("/nonexistent");
    for url in ["http://example.org/db", "git://example.org/db", "ext::sh -c true", ""] {
        assert_eq!(get(home, url, true).unwrap_err().class, Class::Usage, "{url}");
    }
    for url in ["https://u:secret@example.org/db", "ssh://git@example.org/db", "git@example.org:db.git", "file:///db", "/db"] {
        let error = get(home, url, true).unwrap_err();
        assert_eq!(error.class, Class::Unreadable, "{url}");
        assert!(!error.message.contains("secret"));
    }
}

#[test]
fn a_copy_of_many_packs_is_cloned_anew() {
    let (remote, home) = remote();
    ok(&home, &remote.url(), false);
    let ours = places(&home, &remote.url()).remove(0).folder;
    for index in 0..=MOST_PACKS {
        fs::write(ours.join(format!("objects/pack/tmp-{index}.pack")), "").unwrap();
    }
    assert_eq!(ok(&home, &remote.url(), false), "2024-01-02");
    assert!(packs(&ours) < 3);
}
