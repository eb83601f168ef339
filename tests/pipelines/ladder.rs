//! Tools, services and findings.

use cargo_secpolicy::commitment::{Gate, Kind, When};
use cargo_secpolicy::gather::{ci, files::Files, workspace};
use cargo_secpolicy::observation::ignore::Ignore;
use cargo_secpolicy::settings::Settings;
use cargo_secpolicy::source::{Place, Source};
use cargo_secpolicy::verdict::{Outcome, Status};

use crate::project::{Project, RUN, at, audit, tool, vulnerability, workflow};

#[test]
fn a_tool_is_kept_at_the_promised_moment_and_broken_at_others() {
    for (on, when, expected) in [
        ("pull_request:", When::PullRequest, Outcome::Kept),
        ("pull_request: {branches: [main]}", When::PullRequest, Outcome::Kept),
        ("merge_group:", When::PullRequest, Outcome::Kept),
        ("push:", When::PullRequest, Outcome::Kept),
        ("push: {branches: [main]}", When::PullRequest, Outcome::Broken),
        ("push: {branches: [main]}", When::Ci, Outcome::Kept),
        ("push: {branches: [dev]}", When::Ci, Outcome::Broken),
        ("push: {tags: ['v*']}", When::Ci, Outcome::Broken),
        ("push: {tags: ['v*']}", When::Release, Outcome::Kept),
        ("schedule: [{cron: '0 0 * * *'}]", When::Schedule, Outcome::Kept),
        ("schedule: [{cron: '0 0 * * *'}]", When::Ci, Outcome::Kept),
        ("schedule: [{cron: '0 0 * * *'}]", When::PullRequest, Outcome::Broken),
        ("workflow_dispatch:", When::Ci, Outcome::Broken),
        ("workflow_dispatch:", When::Unspecified, Outcome::Unproven),
        ("workflow_call:", When::Ci, Outcome::Broken),
        ("repository_dispatch:", When::Ci, Outcome::Unproven),
        ("pull_request: {types: [labeled]}", When::PullRequest, Outcome::Unproven),
        ("pull_request: {branches: [dev]}", When::PullRequest, Outcome::Unproven),
        ("pull_request: {paths: ['**/Cargo.toml', '**/Cargo.lock']}", When::PullRequest, Outcome::Kept),
        ("pull_request: {paths-ignore: ['docs/**']}", When::PullRequest, Outcome::Kept),
        ("pull_request: {paths: ['src/**']}", When::PullRequest, Outcome::Broken),
        ("pull_request: {paths: ['src/**']}", When::Unspecified, Outcome::Kept),
    ] {
        let judgement = audit(when, &workflow(on, RUN));
        assert_eq!(judgement.outcome, expected, "{on} {when:?}: {:?}", judgement.reasons);
        if judgement.outcome == Outcome::Kept {
            assert_eq!((at(&judgement), judgement.tested), (vec![(".github/workflows/a.yml".into(), 7)], 1), "{on}");
        }
    }
}

#[test]
fn every_change_is_not_met_by_a_schedule_alone() {
    let kind = Kind::Tool { tool: "cargo-audit".into(), when: When::Ci, every_change: true };
    let project = Project::new(&[(".github/workflows/a.yml", &workflow("schedule: [{cron: x}]", RUN))]);
    assert_eq!(project.judge(kind).outcome, Outcome::Broken);
}

#[test]
fn what_cannot_fail_its_job_is_kept_with_a_warning() {
    for steps in [
        "      - run: cargo audit || true",
        "      - run: |\n          set +e\n          cargo audit\n          exit 0",
        "      - run: cargo audit\n        continue-on-error: true",
        "      - {uses: aquasecurity/trivy-action@v1}\n      - run: cargo audit | tee x",
    ] {
        let judgement = audit(When::PullRequest, &workflow("pull_request:", steps));
        assert_eq!((judgement.outcome, judgement.warnings.len()), (Outcome::Kept, 1), "{steps}");
    }
    let job = "on: pull_request\njobs:\n  j:\n    continue-on-error: true\n    steps:\n      - run: cargo audit";
    assert_eq!(audit(When::PullRequest, job).warnings.len(), 1);
    assert!(audit(When::PullRequest, &workflow("pull_request:", RUN)).warnings.is_empty());
    let matrix = "on: pull_request\njobs:\n  j:\n    strategy: {matrix: {c: [advisories, bans]}}\n    continue-on-error: ${{ matrix.c == 'advisories' }}\n    steps:\n      - uses: EmbarkStudios/cargo-deny-action@v2\n        with: {command: 'check ${{ matrix.c }}'}";
    let gate = Project::new(&[(".github/workflows/a.yml", matrix)]).judge(Kind::RemediationRequired { gate: Gate::Merge });
    assert_eq!(gate.outcome, Outcome::Broken, "the one check that gates looks no advisories up: {:?}", gate.reasons);
}

#[test]
fn what_never_runs_is_broken_where_all_could_be_read() {
    for steps in [
        "      - run: cargo audit\n        if: false",
        "      - run: cargo audit\n        if: ${{ github.event_name == 'schedule' }}",
        "      # - run: cargo audit",
        "      - run: cargo install cargo-audit",
        "      - name: cargo audit\n        run: cargo test",
        "      - run: echo cargo audit",
        "      - run: |\n          cat <<EOF\n          cargo audit\n          EOF",
    ] {
        let judgement = audit(When::PullRequest, &workflow("pull_request:", &format!("      - run: cargo test\n{steps}")));
        assert_eq!(judgement.outcome, Outcome::Broken, "{steps}: {:?}", judgement.reasons);
    }
    let disabled =
        Project::new(&[(".github/workflows/a.yml.disabled", &workflow("push:", RUN)), (".github/workflows/b.yml", &workflow("push:", ""))]);
    assert_eq!(disabled.judge(tool("cargo-audit", When::Ci)).outcome, Outcome::Broken);
}

#[test]
fn what_could_not_be_read_never_breaks() {
    let good = workflow("push:", "      - run: cargo test");
    for (path, text) in [
        (".github/workflows/b.yml", "a: [1\nb: }"),
        (".github/workflows/b.yml", ""),
        (".circleci/config.yml", "version: 2"),
        (".github/workflows/b.yml", "on: push\njobs:\n  j:\n    uses: other/repo/.github/workflows/x.yml@v1"),
        (".github/workflows/b.yml", "on: push\njobs:\n  j:\n    steps:\n      - run: cargo run -p xtask -- ci"),
        (".github/workflows/b.yml", "on: push\njobs:\n  j:\n    steps:\n      - run: nix flake check"),
        (".github/workflows/b.yml", "on: push\njobs:\n  j:\n    steps:\n      - uses: ./not-here"),
    ] {
        let project = Project::new(&[(".github/workflows/a.yml", &good), (path, text)]);
        let judgement = project.judge(tool("cargo-audit", When::Ci));
        assert_eq!(judgement.outcome, Outcome::Unproven, "{path} {text}: {:?}", judgement.reasons);
        assert!(judgement.reasons.len() > 1, "it says why");
    }
    assert_eq!(Project::new(&[("a", "")]).judge(tool("cargo-audit", When::Ci)).outcome, Outcome::Unproven, "no CI at all");
    // An unreadable file does not hide what another one shows.
    let project = Project::new(&[(".github/workflows/a.yml", &workflow("push:", RUN)), (".github/workflows/b.yml", "a: [1\nb: }")]);
    assert_eq!(project.judge(tool("cargo-audit", When::Ci)).outcome, Outcome::Kept);
}

#[test]
fn an_anchor_bomb_is_a_file_that_was_not_read() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    let observations =
        Project::new(&[(".github/workflows/a.yml", &bomb), (".github/workflows/b.yml", &workflow("push:", RUN))]).observations();
    let why = observations.pipelines.definitions[0].content.as_ref().unwrap_err();
    assert!(why.contains("aliases expand"), "{why}");
    assert!(observations.pipelines.definitions[1].content.is_ok() && observations.pipelines.runs.len() == 1);
}

/// What CI runs, the repository's other files, and the line that runs the audit.
type IndirectCase = (&'static str, &'static [(&'static str, &'static str)], (&'static str, u32));

#[test]
fn what_calls_itself_without_end_is_stopped_and_said_to() {
    let itself = "      - uses: ./.github/actions/x\n".repeat(20);
    let action = format!("runs:\n  using: composite\n  steps:\n{itself}");
    let files = [(".github/workflows/a.yml", workflow("push:", &itself)), (".github/actions/x/action.yml", action)];
    let project = Project::new(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    assert_eq!(project.observations().pipelines.unread.len(), 1);
    assert_eq!(project.judge(tool("cargo-audit", When::Ci)).outcome, Outcome::Unproven);
}

#[test]
fn indirections_lead_to_the_command_and_name_its_line() {
    let ci = |run: &str| workflow("pull_request:", &format!("      - run: {run}"));
    let cases: &[IndirectCase] = &[
        ("make ci", &[("Makefile", "CARGO ?= cargo\nci: test audit\ntest:\n\tcargo test\naudit:\n\t@$(CARGO) audit\n")], ("Makefile", 6)),
        ("make -C sub", &[("sub/Makefile", "all:\n\tcargo audit\n")], ("sub/Makefile", 2)),
        (
            "just check",
            &[("justfile", "default: check\n\ncheck arg='x': (audit arg)\n    cargo test\n\naudit what:\n    cargo audit\n")],
            ("justfile", 7),
        ),
        (
            "cargo make ci",
            &[
                ("Makefile.toml", "extend = 'b.toml'\n[tasks.ci]\ndependencies = ['a']\n"),
                ("b.toml", "[tasks.a]\ncommand = 'cargo'\nargs = ['audit']\n"),
            ],
            ("b.toml", 2),
        ),
        ("cargo make ci", &[("Makefile.toml", "[tasks.ci]\nscript = '''\ncargo audit\n'''\n")], ("Makefile.toml", 2)),
        ("./ci/run.sh audit", &[("ci/run.sh", "#!/bin/bash -e\ncase $1 in\n  audit) cargo audit ;;\nesac\n")], ("ci/run.sh", 3)),
        ("cd ci && bash run.sh", &[("ci/run.sh", "cargo audit\n")], ("ci/run.sh", 1)),
        ("cargo sec", &[(".cargo/config.toml", "[alias]\nsec = 'audit -D warnings'\n")], (".github/workflows/a.yml", 7)),
        (
            "pre-commit run --all-files",
            &[(".pre-commit-config.yaml", "repos:\n  - repo: local\n    hooks:\n      - id: a\n        entry: cargo audit\n")],
            (".pre-commit-config.yaml", 4),
        ),
        (
            "task ci",
            &[(
                "Taskfile.yml",
                "version: '3'\ntasks:\n  ci:\n    deps: [audit]\n    cmds: [cargo test]\n  audit:\n    cmds:\n      - cargo audit\n",
            )],
            ("Taskfile.yml", 8),
        ),
        ("npm run sec", &[("package.json", "{\n\"scripts\": {\n\"sec\": \"cargo audit\" } }")], ("package.json", 3)),
    ];
    for (run, files, place) in cases {
        let ci = ci(run);
        let mut all = vec![(".github/workflows/a.yml", ci.as_str())];
        all.extend_from_slice(files);
        let judgement = Project::new(&all).judge(tool("cargo-audit", When::PullRequest));
        assert_eq!(judgement.outcome, Outcome::Kept, "{run}: {:?}", judgement.reasons);
        assert_eq!(at(&judgement)[0], (place.0.to_owned(), place.1), "{run}");
        assert!(judgement.warnings.is_empty(), "{run}: {:?}", judgement.warnings);
    }
    // The near miss: a script that no workflow calls, and a target that is not asked for.
    for (run, files) in [
        ("cargo test", ("audit.sh", "cargo audit\n")),
        ("task ci", ("Taskfile.yml", "tasks:\n  ci: cargo test\n  audit: cargo audit\n")),
        ("make test", ("Makefile", "test:\n\tcargo test\naudit:\n\tcargo audit\n")),
    ] {
        let judgement = Project::new(&[(".github/workflows/a.yml", &ci(run)), files]).judge(tool("cargo-audit", When::PullRequest));
        assert_eq!(judgement.outcome, Outcome::Broken, "{run}: {:?}", judgement.reasons);
    }
    let dashed = Project::new(&[(".github/workflows/a.yml", &ci("make")), ("Makefile", "all:\n\t-cargo audit\n")]);
    assert_eq!(dashed.judge(tool("cargo-audit", When::PullRequest)).warnings.len(), 1);
}

#[test]
fn a_program_of_the_repository_that_names_the_tool_is_said_to() {
    let ci = workflow("pull_request:", "      - run: cargo xtask ci");
    let project = Project::new(&[
        (".github/workflows/a.yml", &ci),
        (".cargo/config.toml", "[alias]\nxtask = 'run --package xtask --'\n"),
        ("xtask/src/main.rs", "fn main() {\n    cmd!(sh, \"cargo audit\").run();\n}\n"),
    ]);
    let judgement = project.judge(tool("cargo-audit", When::PullRequest));
    assert_eq!(judgement.outcome, Outcome::Unproven);
    assert!(at(&judgement).contains(&("xtask/src/main.rs".into(), 2)), "{:?}", judgement.reasons);
}

#[test]
fn a_script_in_another_language_hides_only_what_it_may_run() {
    let judged = |script: &str| {
        let ci = workflow("pull_request:", "      - run: python ci/x.py");
        Project::new(&[(".github/workflows/a.yml", &ci), ("ci/x.py", script)]).judge(tool("cargo-audit", When::PullRequest)).outcome
    };
    assert_eq!(judged("print(1)\n"), Outcome::Broken);
    assert_eq!(judged("run(['cargo', 'audit'])\n"), Outcome::Unproven);
    assert_eq!(judged("run(['make', 'ci'])\n"), Outcome::Unproven, "it may lead there");
}

#[test]
fn called_workflows_and_composite_actions_run_when_their_callers_do() {
    let called = workflow(
        "workflow_call: {inputs: {what: {default: test}}}",
        "      - run: cargo ${{ inputs.what }}\n      - uses: ./.github/actions/x",
    );
    let action = "runs:\n  using: composite\n  steps:\n    - run: cargo deny check\n      shell: bash\n";
    let caller = "on: pull_request\njobs:\n  j:\n    uses: ./.github/workflows/called.yml\n    with: {what: audit}\n";
    let project = Project::new(&[
        (".github/workflows/called.yml", &called),
        (".github/workflows/a.yml", caller),
        (".github/actions/x/action.yml", action),
    ]);
    for (slug, path, line) in [("cargo-audit", ".github/workflows/called.yml", 7), ("cargo-deny", ".github/actions/x/action.yml", 4)] {
        let judgement = project.judge(tool(slug, When::PullRequest));
        assert_eq!(judgement.outcome, Outcome::Kept, "{slug}: {:?}", judgement.reasons);
        assert_eq!(at(&judgement), [(path.into(), line), (".github/workflows/a.yml".into(), 4)], "{slug}");
    }
    let uncalled = Project::new(&[(".github/workflows/called.yml", &called), (".github/workflows/b.yml", &workflow("push:", ""))]);
    assert_eq!(uncalled.judge(tool("cargo-audit", When::PullRequest)).outcome, Outcome::Broken);
    let bare = caller.replace("    with: {what: audit}\n", "");
    let other = Project::new(&[
        (".github/workflows/called.yml", &called.replace("      - uses: ./.github/actions/x", "")),
        (".github/workflows/a.yml", &bare),
    ]);
    assert_eq!(other.judge(tool("cargo-audit", When::PullRequest)).outcome, Outcome::Broken, "the default input runs the tests");
}

#[test]
fn services_are_kept_by_their_configuration_and_else_unproven() {
    let dependabot = |ecosystem: &str| format!("version: 2\nupdates:\n  - package-ecosystem: {ecosystem}\n    directory: /\n");
    let ci = (".github/workflows/a.yml", "on: push\njobs: {}\n");
    let judged = |files: &[(&str, &str)], slug: &str, when| Project::new(files).judge(tool(slug, when)).outcome;
    let cargo = dependabot("cargo");
    let files = [(".github/dependabot.yml", cargo.as_str()), ci];
    assert_eq!(judged(&files, "dependabot", When::Unspecified), Outcome::Kept);
    assert_eq!(judged(&files, "dependabot", When::PullRequest), Outcome::Unproven);
    assert_eq!(judged(&[(".github/dependabot.yml", &dependabot("npm")), ci], "dependabot", When::Unspecified), Outcome::Unproven);
    assert_eq!(judged(&[ci], "dependabot", When::Ci), Outcome::Unproven);
    assert_eq!(judged(&[ci], "github-secret-scanning", When::Ci), Outcome::Unproven);
    assert_eq!(judged(&[ci], "some-scanner", When::Ci), Outcome::Unproven);
    assert_eq!(judged(&[ci], "cargo-audit", When::Unspecified), Outcome::Unproven);
    assert_eq!(judged(&[("renovate.json", "{}"), ci], "renovate", When::Unspecified), Outcome::Kept);
    let watched = |files: &[(&str, &str)]| Project::new(files).judge(Kind::DependencyMonitoring).outcome;
    assert_eq!(watched(&files), Outcome::Kept);
    assert_eq!(watched(&[(".github/workflows/a.yml", &workflow("push:", RUN))]), Outcome::Kept);
    assert_eq!(
        watched(&[(".github/workflows/a.yml", &workflow("push:", "      - run: pip-audit"))]),
        Outcome::Unproven,
        "it reads no Rust"
    );
}

#[test]
fn a_tool_that_reads_no_rust_says_so() {
    let codeql = |languages: &str| {
        workflow("push:", &format!("      - uses: github/codeql-action/init@v3\n        with: {{languages: '{languages}'}}"))
    };
    let warnings =
        |languages: &str| Project::new(&[(".github/workflows/a.yml", &codeql(languages))]).judge(tool("codeql", When::Ci)).warnings.len();
    assert_eq!((warnings("rust"), warnings("actions")), (0, 1));
}

#[test]
fn findings_hold_a_merge_back_only_where_an_audit_gates_it() {
    let gate = |steps: &str, on: &str| {
        Project::new(&[(".github/workflows/a.yml", &workflow(on, steps))]).judge(Kind::RemediationRequired { gate: Gate::Merge }).outcome
    };
    assert_eq!(gate(RUN, "pull_request:"), Outcome::Kept);
    assert_eq!(gate("      - run: cargo audit || true", "pull_request:"), Outcome::Broken);
    assert_eq!(gate(RUN, "schedule: [{cron: x}]"), Outcome::Broken);
    assert_eq!(gate("      - run: cargo deny check bans", "pull_request:"), Outcome::Broken);
    assert_eq!(gate("      - uses: ./gone", "pull_request:"), Outcome::Unproven);
}

#[test]
fn a_finding_that_is_silenced_without_an_end_or_overdue_breaks_the_promise() {
    let judged = |status, subject: &str, until: Option<jiff::civil::Date>, inert: bool| {
        let mut project = Project::new(&[(".github/workflows/a.yml", &workflow("pull_request:", RUN))]);
        project.live.push(vulnerability(status));
        project.ignores.push(Ignore {
            subject: subject.into(),
            tool: "cargo-audit".into(),
            place: Place::line_in(&Source::new(".cargo/audit.toml", "a\nb"), 2),
            reason: Some("a reason".into()),
            until,
            inert: inert.then(|| "it is not read".to_owned()),
        });
        project.judge(Kind::RemediationRequired { gate: Gate::Merge })
    };
    let end = Some(jiff::civil::date(2026, 6, 1));
    for subject in ["RUSTSEC-2025-0001", "CVE-2025-1", "bad", "bad@1.0.0"] {
        let judgement = judged(Status::NoDeadline, subject, None, false);
        assert_eq!((judgement.outcome, at(&judgement)), (Outcome::Broken, vec![(".cargo/audit.toml".into(), 2)]), "{subject}");
    }
    assert_eq!(judged(Status::NoDeadline, "RUSTSEC-2025-0001", end, false).outcome, Outcome::Kept, "it has an end");
    assert_eq!(judged(Status::NoDeadline, "RUSTSEC-2025-0001", None, true).outcome, Outcome::Kept, "its tool never reads it");
    assert_eq!(judged(Status::NoDeadline, "bad@2.0.0", None, false).outcome, Outcome::Kept, "another version");
    assert_eq!(judged(Status::Informational, "RUSTSEC-2025-0001", None, false).outcome, Outcome::Kept);
    assert_eq!(judged(Status::Overdue, "RUSTSEC-2000-0001", None, false).outcome, Outcome::Broken);
}

#[test]
fn another_default_branch_and_other_systems_of_the_same_format_are_read() {
    let folder = Project::new(&[(".forgejo/workflows/a.yml", &workflow("push: {branches: [develop-2.x]}", RUN))]);
    let files = Files::new(folder.folder.path());
    let workspace = folder.observations().workspace;
    let occasions = |default| {
        let pipelines = ci::pipelines(&files, &ci::Workflows::read(&files), &workspace, default);
        pipelines.runs[0].at.iter().map(|at| at.occasion.phrase()).collect::<Vec<_>>()
    };
    assert_eq!(occasions(Some("develop-2.x")), ["on pushes to the default branch"]);
    assert_eq!(occasions(None), ["on pushes to the default branch"], "the branch that a filter names");
    assert_eq!(occasions(Some("main")), ["on pushes to `develop-2.x`"]);
}

#[test]
fn what_lies_in_this_repository_is_followed_however_it_is_written() {
    let called = workflow("workflow_call:", RUN);
    let project = |uses: &str| {
        let caller = format!("on: {{pull_request: }}\njobs:\n  j:\n    uses: {uses}\n");
        Project::new(&[(".github/workflows/a.yml", &caller), (".github/workflows/b.yml", &called)])
    };
    for (uses, kept, pinned) in [
        ("./.github/workflows/b.yml", Outcome::Kept, Outcome::Kept),
        ("$/.github/workflows/b.yml", Outcome::Kept, Outcome::Kept),
        ("other/repo/.github/workflows/b.yml@main", Outcome::Unproven, Outcome::Broken),
    ] {
        assert_eq!(project(uses).judge(tool("cargo-audit", When::PullRequest)).outcome, kept, "{uses}");
        assert_eq!(project(uses).judge(Kind::PinnedActions).outcome, pinned, "{uses}");
    }
}

#[test]
fn make_calls_what_it_defines_with_its_arguments() {
    let makefile = "define lane\n\t@set -e; \\\n\tcmd=\"$(2)\"; \\\n\tcase \"$$cmd\" in \\\n\t  clippy) $(CARGO) clippy $(1) ;; \\\n\tesac\nendef\ndefine other\n\tcargo audit\nendef\nlint:\n\t$(call lane,$(X),clippy (dev),y)\n";
    let project =
        Project::new(&[("Makefile", makefile), (".github/workflows/a.yml", &workflow("pull_request:", "      - run: make lint"))]);
    let kept = project.judge(tool("clippy", When::PullRequest));
    assert_eq!((kept.outcome, at(&kept).first().cloned()), (Outcome::Kept, Some(("Makefile".into(), 5))), "{:?}", kept.reasons);
    assert_eq!(project.judge(tool("cargo-audit", When::PullRequest)).outcome, Outcome::Broken, "defined, and called by nothing");
}

#[test]
fn commands_are_known_under_wrappers_variables_and_comments() {
    let outcome = |script: &str, more: &[(&str, &str)]| {
        let text = workflow("pull_request:", &format!("      - run: {script}"));
        let mut files = vec![(".github/workflows/a.yml", text.as_str())];
        files.extend(more);
        Project::new(&files).judge(tool("clippy", When::PullRequest)).outcome
    };
    for script in
        ["cargo hack clippy --workspace", "cargo all-features clippy --fix", "cargo +nightly hack --each-feature clippy", "$CARGO clippy"]
    {
        assert_eq!(outcome(script, &[]), Outcome::Kept, "{script}");
    }
    assert_eq!(outcome("cargo hack test", &[]), Outcome::Broken);
    let lint = "#!/bin/sh\nLINT() {\n\tcargo clippy $1 -- \\\n\t\t`# why` \\\n\t\t-A clippy::all `# and why`\n}\nLINT\n";
    assert_eq!(outcome("./lint.sh", &[("lint.sh", lint)]), Outcome::Kept);
    assert_eq!(outcome("./lint.sh", &[("lint.sh", &lint.replace("}\nLINT", "}"))]), Outcome::Broken, "a function that nothing calls");
    let loader = "#!/bin/bash\nHERE=\"$(cd -- \"$X\" && pwd)\"\nsource \"${HERE}/lib.sh\"\nload \"$@\"\n";
    assert_eq!(outcome("./run.sh", &[("run.sh", loader)]), Outcome::Unproven, "what it sources is named by a variable");
    let home = loader.replace("${HERE}/lib.sh", "$HOME/.cargo/env.sh");
    assert_eq!(outcome("./run.sh", &[("run.sh", &home)]), Outcome::Broken, "a file of the machine runs nothing of the project's");
}

#[test]
fn flags_that_pass_an_advisory_over_are_ignores() {
    let subjects = |on: &str, step: &str| {
        let observations = Project::new(&[(".github/workflows/a.yml", &workflow(on, step))]).observations();
        let found = ci::ignores(&observations.pipelines);
        found.iter().map(|ignore| format!("{} {}:{}", ignore.tool, ignore.subject, ignore.place.line())).collect::<Vec<_>>()
    };
    for (step, expected) in [
        (
            "run: cargo audit --ignore RUSTSEC-2025-0001 --ignore=CVE-2025-1",
            &["cargo-audit CVE-2025-1:7", "cargo-audit RUSTSEC-2025-0001:7"][..],
        ),
        ("run: cargo deny check -A RUSTSEC-2025-0001 -A yanked", &["cargo-deny RUSTSEC-2025-0001:7"]),
        (
            "{uses: rustsec/audit-check@v2, with: {ignore: 'RUSTSEC-2025-0001,RUSTSEC-2025-0002'}}",
            &["cargo-audit RUSTSEC-2025-0001:7", "cargo-audit RUSTSEC-2025-0002:7"],
        ),
        ("run: cargo audit", &[]),
        ("run: mytool --ignore RUSTSEC-2025-0001", &[]),
    ] {
        assert_eq!(subjects("pull_request:", &format!("      - {step}")), expected, "{step}");
    }
    let never = "      - run: cargo audit --ignore RUSTSEC-2025-0001\n        if: false";
    assert!(subjects("pull_request:", never).is_empty(), "it never runs");
}

#[test]
fn a_release_names_the_members_that_it_builds() {
    let named = |on: &str, command: &str| {
        let text = workflow(on, &format!("      - run: {command}"));
        let manifest = "[package]\nname = \"app-bench\"\nversion = \"1.0.0\"\n";
        let project = Project::new(&[(".github/workflows/a.yml", &text), ("Cargo.toml", manifest), ("src/main.rs", "fn main() {}")]);
        let members = workspace::members_by_manifests(&Files::new(project.folder.path()), ".", &Settings::default());
        ci::members_named_by_release(&project.observations().pipelines, &members).into_iter().collect::<Vec<_>>()
    };
    let tag = "push: {tags: ['v*']}";
    for command in ["cargo build --release -p app-bench", "cargo +stable publish --package=app-bench", "cross build --bin app-bench"] {
        assert_eq!(named(tag, command), ["app-bench"], "{command}");
    }
    assert!(named(tag, "cargo build -p app").is_empty(), "another package");
    assert!(named(tag, "cargo run -p app-bench").is_empty(), "a helper that a release runs is not what it ships");
    assert!(named("push:", "cargo build -p app-bench").is_empty(), "every push runs it, releases among them");
}
