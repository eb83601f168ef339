use super::*;

fn run(script: &str, mode: &Mode) -> Vec<Simple> {
    Shell::new().unwrap().commands(script, mode).unwrap()
}

/// The command lines that start with `wanted`, each with why its failure is passed over.
fn fate(script: &str) -> Option<Option<&'static str>> {
    let found = run(script, &Mode::strict());
    found.into_iter().find(|simple| simple.words.starts_with(&["cargo".into(), "audit".into()])).map(|simple| simple.tolerated)
}

fn lines(script: &str) -> Vec<String> {
    run(script, &Mode::strict()).into_iter().map(|simple| simple.words.join(" ")).collect()
}

#[test]
fn what_only_names_a_command_runs_nothing() {
    for script in [
        "echo cargo audit",
        "echo 'cargo audit'",
        "# cargo audit",
        "cat <<EOF\ncargo audit\nEOF",
        "cargo install cargo-audit",
        "audit() { cargo audit; }",
        "exit 0\ncargo audit",
        "case x in y) :;; esac",
        "X='cargo audit'",
    ] {
        assert_eq!(fate(script), None, "{script}");
    }
}

#[test]
fn a_failure_that_reaches_the_job_is_told_from_one_that_does_not() {
    for script in [
        "cargo audit",
        "set -x\ncargo audit --deny warnings\necho done",
        "cd x && cargo audit",
        "cargo audit || exit 1",
        "cargo audit || { echo bad; exit 1; }",
        "if ! cargo audit; then exit 1; fi",
        "cargo \\\n  audit",
        "FOO=1 cargo audit",
        "sudo -u me env A=b timeout 60 cargo audit",
        "nix develop --impure .#ci -c cargo audit",
        "for x in a b; do cargo audit; done",
        "check() { cargo audit; }\ncheck",
        "(cd x; cargo audit)",
        "set +e\ncargo audit\nstatus=$?\nexit $status",
        "set -o pipefail\ncargo audit | tee log",
        "OUT=$(cargo audit)",
    ] {
        assert_eq!(fate(script), Some(None), "{script}");
    }
    for script in [
        "cargo audit || true",
        "cargo audit || :",
        "cargo audit || echo ignored",
        "cargo audit || exit 0",
        "set +e\ncargo audit\nexit 0",
        "cargo audit | tee log",
        "cargo audit &\nwait",
        "! cargo audit",
        "if cargo audit; then echo ok; fi",
        "cargo audit && echo ok\necho done",
        "echo $(cargo audit)",
    ] {
        assert!(matches!(fate(script), Some(Some(_))), "{script}: {:?}", fate(script));
    }
    assert!(run("cargo audit\necho done", &Mode::plain())[0].tolerated.is_some(), "a plain script goes on after a failure");
    assert!(run("cargo audit", &Mode::plain())[0].tolerated.is_none(), "its last command is its status");
}

#[test]
fn conditions_folders_lines_and_expressions_are_kept() {
    let found = run("cd sub\nif [ -n \"$X\" ]; then\n  cargo ${{ matrix.what }} check\nfi\ncd ../..\ncargo x", &Mode::strict());
    let command = found.iter().find(|simple| simple.words[0] == "cargo").unwrap();
    assert_eq!(command.words, ["cargo", "${{ matrix.what }}", "check"]);
    assert_eq!((command.line, command.conditional, command.folder.as_deref()), (2, true, Some("sub")));
    assert_eq!(found.last().unwrap().folder, None, "it has left the repository");
}

#[test]
fn known_arguments_choose_the_case() {
    let script = "case \"$1\" in\n  audit) cargo audit ;;\n  *) cargo test ;;\nesac\nrun() { \"$@\"; }\nrun cargo deny check";
    let with = |arg: &str| {
        let mode = Mode { args: Some(vec![arg.into()]), ..Mode::strict() };
        run(script, &mode).into_iter().map(|simple| simple.words.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(with("audit"), ["cargo audit", "cargo deny check"]);
    assert_eq!(with("x"), ["cargo test", "cargo deny check"]);
    assert_eq!(lines(script), ["cargo audit", "cargo test", "cargo deny check"]);
}

#[test]
fn broken_and_hostile_scripts_end() {
    assert_eq!(lines("if then fi ((( cargo"), lines("if then fi ((( cargo"));
    assert!(lines(&"(".repeat(5_000)).is_empty());
    assert!(run(&format!("f() {{ f; f; }}\nf{}", ""), &Mode::strict()).len() <= MOST);
    assert!(Shell::new().unwrap().commands(&"a\n".repeat(LARGEST), &Mode::plain()).is_err());
}
