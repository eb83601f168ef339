use super::testing::Fixture;
use super::*;
use crate::observation::git::Signature;

fn open(path: &Path) -> Repo {
    Repo::discover(path).unwrap().unwrap()
}

fn facts(path: &Path) -> Git {
    open(path).facts(true, &Settings::default())
}

/// The steps of `path`'s history as short words: day and content, `!` where the history is cut off.
fn steps(repo: &Repo, path: &str) -> Vec<String> {
    let word = |revision: &Revision| {
        let content = revision.content.as_ref().map_or("-".into(), |content| String::from_utf8(content.clone()).unwrap());
        format!("{} {content}", revision.at.strftime("%m-%d"))
    };
    let step = |step: Step| match step {
        Step::Changed(revision) => word(&revision),
        Step::CutOff(revision) => format!("{} !", word(&revision)),
    };
    repo.revisions(path).map(step).collect()
}

/// Four commits: a lockfile that comes, changes, and stays while something else changes.
fn project() -> Fixture {
    let fixture = Fixture::new();
    fixture.commit_file("2024-01-01", "README.md", "hello");
    fixture.commit_file("2024-01-02", "sub/Cargo.lock", "one");
    fixture.commit_file("2024-01-03", "sub/Cargo.lock", "two");
    fixture.commit_file("2024-01-04", "README.md", "hello again");
    fixture
}

#[test]
fn the_history_of_a_path_is_its_changes_and_ends_where_it_came_in() {
    let project = project();
    let repo = open(&project.path.join("sub"));
    assert_eq!(repo.root(), project.path);
    assert_eq!(steps(&repo, "sub/Cargo.lock"), ["01-03 two", "01-02 one"]);
    assert_eq!(steps(&repo, "README.md"), ["01-04 hello again", "01-01 hello"]);
    assert!(steps(&repo, "nothing/here").is_empty());
    assert!(steps(&repo, "sub").is_empty(), "a folder has no content");
}

#[test]
fn a_path_that_went_and_came_back_shows_the_gap() {
    let project = project();
    std::fs::remove_file(project.path.join("sub/Cargo.lock")).unwrap();
    project.commit("2024-01-05");
    project.commit_file("2024-01-06", "sub/Cargo.lock", "two");
    let repo = open(&project.path);
    assert_eq!(steps(&repo, "sub/Cargo.lock"), ["01-06 two", "01-05 -", "01-03 two", "01-02 one"]);
}

#[test]
fn the_commit_graph_tells_the_same_history() {
    let project = project();
    let before = steps(&open(&project.path), "sub/Cargo.lock");
    project.git(&["commit-graph", "write", "--reachable"]);
    assert!(project.path.join(".git/objects/info/commit-graph").is_file());
    assert_eq!(steps(&open(&project.path), "sub/Cargo.lock"), before);
}

#[test]
fn only_first_parents_count() {
    let project = project();
    project.git(&["checkout", "-q", "-b", "side", "HEAD~1"]);
    project.commit_file("2024-01-05", "sub/Cargo.lock", "three");
    project.git(&["checkout", "-q", "main"]);
    project.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    let repo = open(&project.path);
    // The merge's own time, not the side commit's: the branch had it since then. Git made it on its own day here.
    assert_eq!(steps(&repo, "sub/Cargo.lock"), ["01-01 three", "01-03 two", "01-02 one"]);
}

#[test]
fn a_shallow_clone_says_so_and_where_its_history_ends() {
    let project = project();
    project.git(&["tag", "v1.0.0"]);
    let clone = project.beside("shallow");
    project.git(&["clone", "-q", "--depth", "3", "--no-tags", &project.url(), clone.to_str().unwrap()]);
    let repo = open(&clone);
    assert_eq!(steps(&repo, "sub/Cargo.lock"), ["01-03 two", "01-02 one !"]);
    assert_eq!(steps(&repo, "README.md"), ["01-04 hello again", "01-02 hello !"]);
    let facts = repo.facts(true, &Settings::default());
    assert_eq!(Vec::from_iter(facts.incomplete), [Incomplete::Shallow, Incomplete::NoTags, Incomplete::SingleBranch]);
}

#[test]
fn a_full_clone_is_complete() {
    let project = project();
    project.git(&["tag", "v1.0.0"]);
    let clone = project.beside("full");
    project.git(&["clone", "-q", &project.url(), clone.to_str().unwrap()]);
    let facts = facts(&clone);
    assert!(facts.incomplete.is_empty(), "{:?}", facts.incomplete);
    assert_eq!(facts.default_branch.as_deref(), Some("main"));
    assert_eq!(facts.branches, ["main"]);
    assert_eq!(facts.tags.len(), 1);
    assert!(facts.tracked.contains("sub/Cargo.lock"));
}

#[test]
fn missing_objects_cut_the_history_off_and_are_never_fetched() {
    let project = project();
    project.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = project.beside("partial");
    project.git(&["clone", "-q", "--filter=blob:none", &project.url(), clone.to_str().unwrap()]);
    let repo = open(&clone);
    assert_eq!(steps(&repo, "sub/Cargo.lock"), ["01-03 two", "01-03 two !"]);
    assert!(repo.incomplete().contains(&Incomplete::Partial));
    let first = repo.resolve("HEAD~2").unwrap();
    assert!(repo.blob_at(&first, "sub/Cargo.lock").unwrap_err().contains("missing or broken"));
    assert_eq!(repo.blob_at(&first, "not/there").unwrap(), None);
}

#[test]
fn a_sparse_checkout_tracks_what_it_does_not_show() {
    let project = project();
    assert!(!open(&project.path).incomplete().contains(&Incomplete::Sparse));
    project.git(&["sparse-checkout", "set", "--no-cone", "/README.md"]);
    let facts = self::facts(&project.path);
    assert!(facts.incomplete.contains(&Incomplete::Sparse));
    assert!(facts.tracked.contains("sub/Cargo.lock"));
    project.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "elsewhere"]);
    assert!(self::facts(&project.path).tracked.contains("sub/Cargo.lock"), "a sparse index names folders only");
}

#[test]
fn without_an_index_the_commit_tells_what_is_tracked() {
    let project = project();
    std::fs::remove_file(project.path.join(".git/index")).unwrap();
    assert!(facts(&project.path).tracked.contains("sub/Cargo.lock"));
    std::fs::write(project.path.join(".git/index"), "no index").unwrap();
    assert!(facts(&project.path).tracked.contains("sub/Cargo.lock"));
}

#[test]
fn a_linked_worktree_and_a_submodule_are_repositories_of_their_own() {
    let project = project();
    let linked = project.beside("linked");
    project.git(&["worktree", "add", "-q", "-b", "other", linked.to_str().unwrap(), "HEAD~1"]);
    let repo = open(&linked.join("sub"));
    assert_eq!(repo.root(), linked);
    assert_eq!(steps(&repo, "README.md"), ["01-01 hello"]);
    assert_eq!(repo.facts(false, &Settings::default()).branches, ["main", "other"]);

    let outer = Fixture::new();
    outer.commit_file("2024-02-01", "outer.txt", "outer");
    outer.git(&["submodule", "add", "-q", &project.url(), "inner"]);
    outer.commit("2024-02-02");
    let inner = open(&outer.path.join("inner/sub"));
    assert_eq!(inner.root(), outer.path.join("inner"));
    assert_eq!(steps(&inner, "sub/Cargo.lock").len(), 2);
    let tracked = facts(&outer.path).tracked;
    assert_eq!(Vec::from_iter(tracked), [".gitmodules", "outer.txt"]);
}

#[test]
fn no_repository_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Repo::discover(folder.path()).unwrap().is_none());
    std::fs::create_dir(folder.path().join(".git")).unwrap();
    assert!(Repo::discover(folder.path()).unwrap().is_none(), "git passes over an empty .git too");
    assert!(Repo::discover(&folder.path().join("missing")).is_err());
}

#[test]
fn a_bare_or_corrupt_repository_is_an_error_that_says_which() {
    let project = project();
    let bare = project.beside("bare.git");
    project.git(&["clone", "-q", "--bare", &project.url(), bare.to_str().unwrap()]);
    assert!(Repo::discover(&bare).unwrap_err().contains("is bare"));

    for (path, content) in [("HEAD", "nonsense"), ("config", "[core\n"), ("HEAD", "")] {
        let broken = self::project();
        broken.write(&format!(".git/{path}"), content);
        let why = Repo::discover(&broken.path.join("sub")).unwrap_err();
        assert!(why.contains("cannot be opened") && why.contains("project") && !why.contains('\n'), "{path}: {why}");
    }
    let dangling = self::project();
    std::fs::remove_dir_all(dangling.path.join(".git")).unwrap();
    dangling.write(".git", "gitdir: ../nowhere\n");
    assert!(Repo::discover(&dangling.path).unwrap_err().contains("cannot be opened"));
}

#[test]
fn a_repository_without_its_objects_is_read_as_far_as_it_goes() {
    let project = project();
    std::fs::remove_dir_all(project.path.join(".git/objects")).unwrap();
    std::fs::create_dir(project.path.join(".git/objects")).unwrap();
    let repo = open(&project.path);
    assert_eq!(steps(&repo, "README.md"), ["01-01 - !"]);
    assert!(repo.differs_from_head("README.md", b"hello again"));
    let facts = repo.facts(true, &Settings::default());
    assert!(facts.tracked.contains("README.md"));
    assert!(facts.incomplete.contains(&Incomplete::Partial));
    assert!(repo.blob_at(&facts.head.unwrap(), "README.md").is_err());
}

#[test]
fn a_repository_without_a_commit_has_no_head() {
    let project = Fixture::new();
    project.write("a", "a");
    project.git(&["add", "a"]);
    let repo = open(&project.path);
    let facts = repo.facts(true, &Settings::default());
    assert_eq!((facts.head, facts.incomplete.len(), facts.tracked.len()), (None, 0, 1));
    assert!(repo.revisions("a").next().is_none());
    assert!(repo.differs_from_head("a", b"a"));
}

#[test]
fn what_differs_from_the_commit() {
    let project = project();
    let repo = open(&project.path);
    assert!(!repo.differs_from_head("sub/Cargo.lock", b"two"));
    assert!(repo.differs_from_head("sub/Cargo.lock", b"two\n"));
    assert!(repo.differs_from_head("new", b"two"));
    project.commit_file("2024-01-05", "text", "a\nb\n");
    assert!(!open(&project.path).differs_from_head("text", b"a\r\nb\r\n"), "git may have turned the line endings");
    assert!(open(&project.path).differs_from_head("text", b"a\rb\n"));
}

#[test]
fn blobs_and_paths_of_a_commit() {
    let project = project();
    let repo = open(&project.path);
    let first = repo.resolve("main~3").unwrap();
    assert_eq!(repo.time_of(&first).unwrap().to_string(), "2024-01-01T00:00:00Z");
    assert_eq!(repo.blob_at(&first, "README.md").unwrap().unwrap(), b"hello");
    assert_eq!(repo.blob_at(&first, "sub/Cargo.lock").unwrap(), None);
    let head = repo.resolve("HEAD").unwrap();
    assert_eq!(repo.paths_at(&head, &|path| path.ends_with("Cargo.lock")).unwrap(), ["sub/Cargo.lock"]);
    assert_eq!(repo.paths_at(&head, &|_| true).unwrap(), ["README.md", "sub/Cargo.lock"]);
    assert!(repo.paths_at("main", &|_| true).unwrap_err().contains("no commit's full hash"));
    assert!(repo.blob_at(&"1".repeat(40), "README.md").is_err());
    assert!(repo.resolve("no-such-branch").is_err());
}

#[test]
fn tags_have_their_commit_time_and_signature() {
    let project = project();
    let head = project.git(&["rev-parse", "HEAD"]);
    project.git(&["tag", "light"]);
    project.git(&["tag", "-a", "-m", "words", "annotated", "HEAD~1"]);
    project.git(&["tag", "-a", "-m", "words", "nested", "annotated"]);
    project.git(&["tag", "blob", "HEAD:README.md"]);
    for (name, armor) in [("pgp", "PGP SIGNATURE"), ("ssh", "SSH SIGNATURE"), ("x509", "SIGNED MESSAGE")] {
        project.write("message", format!("words\n-----BEGIN {armor}-----\n\nabc\n-----END {armor}-----\n"));
        project.git(&["tag", "-a", "--cleanup=verbatim", "-F", "message", name]);
    }
    project.write("message", "it says -----BEGIN PGP SIGNATURE----- in a line");
    project.git(&["tag", "-a", "-F", "message", "near-miss"]);
    let facts = self::facts(&project.path);
    let seen: Vec<_> = facts.tags.iter().map(|tag| (tag.name.as_str(), tag.signature)).collect();
    let none = Signature::None;
    let expected = [("annotated", none), ("light", none), ("near-miss", none), ("nested", none), ("pgp", Signature::Pgp)];
    assert_eq!(seen[..5], expected);
    assert_eq!(seen[5..], [("ssh", Signature::Ssh), ("x509", Signature::X509)]);
    assert_eq!((facts.tags[1].commit.as_str(), facts.tags[1].at.to_string().as_str()), (head.as_str(), "2024-01-04T00:00:00Z"));
    assert_ne!(facts.tags[3].commit, head);
    assert_eq!(facts.tags[0].commit, facts.tags[3].commit);
    assert_eq!(facts.tags[0].at.to_string(), "2024-01-01T00:00:00Z", "the tagger's time");
    project.git(&["pack-refs", "--all"]);
    assert_eq!(self::facts(&project.path).tags, facts.tags);
}

#[test]
fn remotes_show_no_credentials() {
    let plain = |url: &str| facts::without_credentials(url.into());
    assert_eq!(plain("https://ada:secret@example.org/a/b.git"), "https://example.org/a/b.git");
    assert_eq!(plain("https://token@example.org:8443/a?private_token=x"), "https://example.org:8443/a");
    assert_eq!(plain("ssh://git:secret@example.org/a"), "ssh://git@example.org/a");
    assert_eq!(plain("git@example.org:a/b.git"), "git@example.org:a/b.git");
    assert_eq!(plain("https://example.org"), "https://example.org");

    let project = project();
    project.git(&["remote", "add", "upstream", "https://x:y@example.org/up.git"]);
    project.git(&["remote", "add", "origin", "https://u:p@example.org/a.git"]);
    project.git(&["config", "--add", "remote.origin.tagOpt", "--no-tags"]);
    project.git(&["config", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"]);
    let facts = self::facts(&project.path);
    let remotes: Vec<_> = facts.remotes.iter().map(|remote| (remote.name.as_str(), remote.url.as_str())).collect();
    assert_eq!(remotes, [("origin", "https://example.org/a.git"), ("upstream", "https://example.org/up.git")]);
    assert_eq!(Vec::from_iter(facts.incomplete), [Incomplete::NoTags, Incomplete::SingleBranch]);
}

#[test]
fn the_default_branch_is_the_setting_the_remotes_head_or_the_events() {
    let project = project();
    assert_eq!(facts(&project.path).default_branch, None);
    let event = project.beside("event.json");
    std::fs::write(&event, r#"{"repository": {"default_branch": "trunk"}}"#).unwrap();
    let github = |name: &str| (name == "GITHUB_EVENT_PATH").then(|| event.display().to_string());
    let gitlab = |name: &str| (name == "CI_DEFAULT_BRANCH").then(|| "develop".to_owned());
    assert_eq!(default_branch_of_event(&github).as_deref(), Some("trunk"));
    assert_eq!(default_branch_of_event(&gitlab).as_deref(), Some("develop"));
    assert_eq!(default_branch_of_event(&|_| None), None);
    std::fs::write(&event, "{").unwrap();
    assert_eq!(default_branch_of_event(&github), None);

    let branch = |settings: &Settings| open(&project.path).with_event_branch(Some("trunk".into())).facts(false, settings).default_branch;
    assert_eq!(branch(&Settings::default()).as_deref(), Some("trunk"));
    project.git(&["remote", "add", "origin", "https://example.org/a.git"]);
    project.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/release/1"]);
    assert_eq!(branch(&Settings::default()).as_deref(), Some("release/1"));
    let stated = Settings { default_branch: Some("stated".into()), ..Settings::default() };
    assert_eq!(branch(&stated).as_deref(), Some("stated"));
}

/// Set for the run of another test below, so that it does not start itself again.
const INNER: &str = "SECPOLICY_TEST_INNER";

#[test]
fn gits_variables_lead_nowhere_else() {
    if std::env::var_os(INNER).is_some() {
        return;
    }
    let other = project();
    let path = |name: &str| other.path.join(name).display().to_string();
    // A namespace is one of the program that serves a `file:` remote, too.
    for (tests, namespace) in [("gather::git::", Some("elsewhere")), ("gather::database::fetch::", None)] {
        let mut inner = std::process::Command::new(std::env::current_exe().unwrap());
        inner.arg(tests).env(INNER, "1").envs(namespace.map(|name| ("GIT_NAMESPACE", name)));
        inner.env("GIT_DIR", path(".git")).env("GIT_WORK_TREE", path("sub")).env("GIT_INDEX_FILE", path(".git/index"));
        inner.env("GIT_OBJECT_DIRECTORY", path("objects")).env("GIT_SHALLOW_FILE", path("README.md")).env("GIT_CEILING_DIRECTORIES", "/");
        let output = inner.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        assert!(!String::from_utf8_lossy(&output.stdout).contains("running 0 tests"));
    }
}

#[test]
fn a_repository_can_be_handed_to_another_thread() {
    fn sends<T: Send>() {}
    sends::<Repo>();
    sends::<crate::gather::database::Db>();
}
