//! A report built by hand: every outcome, status and sort of finding, and a hostile one.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use cargo_secpolicy::change;
use cargo_secpolicy::commitment::{
    Channel, Commitment, Edition, Hint, HintKind, Kind, Policy, SeverityClass, Stage, Strength, Timeline, Unit, Venue, When, Window,
    name_all,
};
use cargo_secpolicy::error::Error;
use cargo_secpolicy::observation::advisory::{Advisory, AdvisoryKind, Built, Database, Fix, FixReach, Hit, Public, Severity, Since};
use cargo_secpolicy::observation::git::{Git, Incomplete};
use cargo_secpolicy::observation::lockfile::{Counts, Locked, Lockfile, Origin, Package};
use cargo_secpolicy::observation::workspace::{DependencyKind, Member, Ships, Workspace};
use cargo_secpolicy::observation::{At, Reason};
use cargo_secpolicy::replay::figures::Figures;
use cargo_secpolicy::replay::windows::{Judged, Promised};
use cargo_secpolicy::replay::{Exposure, History, Moment, Shipped};
use cargo_secpolicy::report::{Asked, LedgerKind, LedgerLine, LedgerState, Report};
use cargo_secpolicy::source::{Place, Source};
use cargo_secpolicy::verdict::{Finding, Judgement, Outcome, Status, Verdict, Vulnerability, WaiverRef};
use jiff::civil::date;
use jiff::tz::TimeZone;
use semver::Version;

/// The policy of the sample.
pub(crate) const POLICY: &str = "\
# Security policy

| Version | Supported |
| ------- | --------- |
| 0.7.x   | ✅        |
| 0.6.x   | ✅        |
| < 0.6   | ❌        |

We fix critical vulnerabilities within 14 days
of the report, and all others within 90 days.
Every pull request runs cargo-audit, and Snyk watches our dependencies.
We aim to pin our actions to a commit.
Write to security@yourdomain.com, or to security@app.example.net.
We answer within 48 hours and credit you in the release notes.
All dependencies are locked.
";

const WORKFLOW: &str = "on: pull_request\r\njobs:\r\n  audit:\r\n    steps:\r\n      - run: cargo audit || true\r\n";

/// The place of `words` in `source`.
fn place(source: &Arc<Source>, words: &str) -> Place {
    let start = source.text().find(words).unwrap();
    Place::new(source, start..start + words.len())
}

fn commitment(source: &Arc<Source>, words: &str, kind: Kind) -> Commitment {
    Commitment {
        id: String::new(),
        place: place(source, words),
        words: words.split_whitespace().collect::<Vec<_>>().join(" "),
        strength: Strength::Firm,
        placeholder: false,
        component: None,
        kind,
    }
}

fn window(amount: u32, unit: Unit) -> Window {
    Window { amount, unit }
}

/// The promises of [`POLICY`].
pub(crate) fn policy() -> Policy {
    let source = Source::new("SECURITY.md", POLICY);
    let version = |rule: &str, supported| Kind::SupportedVersions { rule: rule.into(), supported, until: None };
    let deadline = |severity, amount| Kind::PatchDeadline { severity, window: window(amount, Unit::Days), scope: None };
    let email = |target: &str| Kind::ReportingChannel { channel: Channel::Email, target: target.into() };
    let mut commitments = vec![
        commitment(&source, "| 0.7.x   | ✅        |", version("0.7.*", true)),
        commitment(&source, "| 0.6.x   | ✅        |", version("0.6.*", true)),
        commitment(&source, "| < 0.6   | ❌        |", version("<0.6", false)),
        commitment(&source, "We fix critical vulnerabilities within 14 days\nof the report", deadline(SeverityClass::Critical, 14)),
        commitment(&source, "all others within 90 days", deadline(SeverityClass::NonCritical, 90)),
        commitment(
            &source,
            "Every pull request runs cargo-audit",
            Kind::Tool { tool: "cargo-audit".into(), when: When::PullRequest, every_change: false },
        ),
        commitment(
            &source,
            "Snyk watches our dependencies",
            Kind::Tool { tool: "snyk".into(), when: When::Unspecified, every_change: false },
        ),
        Commitment { strength: Strength::BestEffort, ..commitment(&source, "We aim to pin our actions to a commit", Kind::PinnedActions) },
        Commitment { placeholder: true, ..commitment(&source, "security@yourdomain.com", email("security@yourdomain.com")) },
        commitment(&source, "security@app.example.net", email("security@app.example.net")),
        commitment(
            &source,
            "We answer within 48 hours",
            Kind::ResponseDeadline { stage: Stage::Acknowledge, window: window(48, Unit::Hours) },
        ),
        commitment(&source, "credit you in the release notes", Kind::Credit),
        commitment(&source, "release notes", Kind::AdvisoryPublication { venue: Venue::ReleaseNotes }),
        commitment(&source, "All dependencies are locked", Kind::LockedDependencies { exact: false }),
    ];
    name_all(&mut commitments);
    let hints = vec![Hint {
        kind: HintKind::Contradiction,
        places: vec![place(&source, "| < 0.6   | ❌        |"), place(&source, "| 0.6.x   | ✅        |")],
        text: "two rows speak of the same versions".into(),
    }];
    Policy { commitments, hints, ..Policy::default() }
}

fn judgement(commitment: &Commitment, workflow: &Arc<Source>, manifest: &Arc<Source>) -> (Judgement, bool) {
    let newest = Reason::at("no supported row holds the newest release, 0.9.2", &Place::line_in(manifest, 3));
    match commitment.id.as_str() {
        "supported-versions/0.7.*" | "supported-versions/<0.6" => (Judgement::broken(newest).cause("newest release"), true),
        "supported-versions/0.6.*" => (
            Judgement::broken(Reason::in_commit(
                "0.6.4, the newest of this row, is older than 0.9.2",
                "0123456789abcdef0123456789abcdef01234567",
            )),
            false,
        ),
        "patch-deadline/critical" => {
            let text = "time 0.1.43 has been overdue since 2026-11-01";
            (Judgement::broken(Reason::at(text, &place(&lock(), "name = \"time\""))), true)
        }
        "patch-deadline/non-critical" => {
            let due = Judgement::new(Outcome::Due, Reason::new("the window for idna 0.5.0 is running"));
            (Judgement { due: Some(date(2026, 11, 26)), ..due }, false)
        }
        "tool/cargo-audit" => {
            let line = place(workflow, "cargo audit || true");
            let kept = Judgement::kept(1, Reason::at("runs on every pull request", &line));
            (kept.warn(Reason::at("runs, but cannot fail the job: `|| true` takes its exit code", &line)), false)
        }
        "tool/snyk" => (
            Judgement::unproven(Reason::new(
                "Snyk can be switched on in its own settings, which no file shows: its check on a pull request would decide it",
            )),
            false,
        ),
        "pinned-actions" => (
            Judgement::new(Outcome::Missed, Reason::at("1 of 1 action is at a tag and not at a commit", &Place::line_in(workflow, 4))),
            false,
        ),
        "reporting-channel/email/security@yourdomain.com" => (
            Judgement::new(Outcome::Placeholder, Reason::at("the value is a template slot that was never filled in", &commitment.place)),
            true,
        ),
        "reporting-channel/email/security@app.example.net" => (Judgement::kept(0, Reason::new("well formed; nobody wrote to it")), false),
        "locked-dependencies" => (Judgement::kept(1, Reason::in_path("the lockfile is tracked by git", "Cargo.lock")), false),
        "credit" => (Judgement::new(Outcome::SignedOff, Reason::new("signed off")), false),
        _ => (Judgement::new(Outcome::Manual, Reason::new("only people can say")), false),
    }
}

fn lock() -> Arc<Source> {
    Source::new(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"time\"\nversion = \"0.1.43\"\n\n[[package]]\nname = \"idna\"\nversion = \"0.5.0\"\n\n\
         [[package]]\nname = \"ansi_term\"\nversion = \"0.12.1\"\n",
    )
}

struct Case {
    id: Option<&'static str>,
    kind: AdvisoryKind,
    package: &'static str,
    version: &'static str,
    title: &'static str,
    status: Status,
    fails: bool,
}

fn advisory(id: &str, package: &str) -> Advisory {
    Advisory {
        id: id.into(),
        aliases: Vec::new(),
        kind: AdvisoryKind::Vulnerability,
        package: package.into(),
        title: String::new(),
        date: date(2026, 9, 1),
        severity: None,
        patched: vec![semver::VersionReq::parse(">=0.2.23").unwrap()],
        unaffected: vec![],
        links: vec![],
        path: format!("crates/{package}/{id}.md"),
    }
}

fn vulnerability(case: &Case) -> Vulnerability {
    let advisory = case.id.map(|id| {
        let aliases = vec!["CVE-2020-26235".into()];
        Arc::new(Advisory { aliases, kind: case.kind, title: case.title.into(), ..advisory(id, case.package) })
    });
    let timed = matches!(case.status, Status::Overdue | Status::Due);
    let due = if case.status == Status::Overdue { date(2026, 11, 1) } else { date(2026, 11, 26) };
    let hit = Hit {
        advisory,
        kind: case.kind,
        package: case.package.into(),
        version: case.version.parse().unwrap(),
        lockfile: "Cargo.lock".into(),
        place: place(&lock(), &format!("name = \"{}\"", case.package)),
        counts: true,
        reach: Some(DependencyKind::Normal),
        paths: vec![vec!["app".into(), "chrono".into(), case.package.into()]],
        built: if case.status == Status::NotBuilt { Built::Never } else { Built::Yes },
        reaches_users: FixReach::NotALibrary,
        public: Some(Public { from_history: true, ..Public::stated(date(2026, 9, 3)) }),
        fix: if case.status == Status::NoFix {
            Fix::None
        } else {
            Fix::Version { version: "0.2.23".into(), published: Some(date(2026, 9, 2)) }
        },
        entered: Since::NotAsked,
    };
    Vulnerability {
        hit,
        severity: (case.status == Status::Overdue).then_some(Severity::Critical),
        status: case.status,
        charged_to: timed
            .then(|| if case.status == Status::Overdue { "patch-deadline/critical" } else { "patch-deadline/non-critical" }.into()),
        clock_started: timed.then_some(date(2026, 10, 18)),
        due: timed.then_some(due),
        at_the_earliest: None,
        reasons: vec![Reason::new("public since 2026-09-03, in the lockfile since 2026-10-18")],
        waiver: None,
        fails: case.fails,
    }
}

fn vulnerabilities() -> Vec<Vulnerability> {
    let case = |id, kind, (package, version), title, status, fails| Case { id, kind, package, version, title, status, fails };
    let all = [
        case(
            Some("RUSTSEC-2021-0139"),
            AdvisoryKind::Unmaintained,
            ("ansi_term", "0.12.1"),
            "ansi_term is unmaintained",
            Status::Informational,
            false,
        ),
        case(
            Some("RUSTSEC-2024-0421"),
            AdvisoryKind::Vulnerability,
            ("idna", "0.5.0"),
            "Punycode labels that stand for ASCII are accepted",
            Status::Due,
            false,
        ),
        case(None, AdvisoryKind::Yanked, ("idna", "0.5.0"), "", Status::Informational, false),
        case(
            Some("RUSTSEC-2020-0071"),
            AdvisoryKind::Vulnerability,
            ("time", "0.1.43"),
            "A segfault through the environment",
            Status::Overdue,
            true,
        ),
        case(
            Some("RUSTSEC-2026-9999"),
            AdvisoryKind::Vulnerability,
            ("time", "0.1.43"),
            "Another one, without a fix",
            Status::NoFix,
            false,
        ),
    ];
    all.iter().map(vulnerability).collect()
}

fn workspace() -> Workspace {
    let member = |name: &str, ships| Member {
        name: name.into(),
        version: "0.9.2".parse().unwrap(),
        inherits_version: false,
        manifest: format!("{name}/Cargo.toml"),
        is_root: false,
        publishable: true,
        repository: None,
        targets: vec![],
        dependencies: vec![],
        ships,
    };
    let members = vec![member("app", Ships::Yes), member("app-fuzz", Ships::No("a helper by its name".into()))];
    Workspace { repository: PathBuf::from("/nowhere"), root: ".".into(), members, cargo_problem: None }
}

fn lockfiles() -> Vec<Lockfile> {
    let source = lock();
    let package = |name: &str, version: &str, line| Package {
        name: name.into(),
        version: version.parse().unwrap(),
        origin: Origin::CratesIo,
        line,
        dependencies: vec![],
    };
    let packages = vec![package("time", "0.1.43", 3), package("idna", "0.5.0", 7), package("ansi_term", "0.12.1", 11)];
    let file = |path: &str, counts, own, content| Lockfile { path: path.into(), counts, own, tracked: Some(true), content };
    vec![
        file("Cargo.lock", Counts::Yes, true, Ok(Locked { source, version: 4, packages })),
        file("fuzz/Cargo.lock", Counts::No("lies under a folder named `fuzz`".into()), false, Err("it is cut off in line 7".into())),
    ]
}

fn git() -> Git {
    Git {
        head: Some("89abcdef0123456789abcdef0123456789abcdef".into()),
        incomplete: BTreeSet::from([Incomplete::Shallow]),
        default_branch: Some("main".into()),
        branches: vec!["main".into()],
        remotes: vec![],
        tags: vec![],
        tracked: BTreeSet::new(),
        modified: vec!["SECURITY.md".into()],
    }
}

fn database() -> Database {
    Database {
        source: "https://advisories.example/db".into(),
        commit: Some("fedcba9876543210fedcba9876543210fedcba98".into()),
        updated: Some("2026-11-20T10:00:00Z".parse().unwrap()),
        advisories: 714,
        ids: std::collections::BTreeSet::new(),
        has_history: true,
        unreadable: vec![("crates/x/RUSTSEC-2026-0001.md".into(), "no front matter".into())],
        warnings: vec!["the copy could not be refreshed: no network".into()],
    }
}

/// A report in which everything is seen once.
pub(crate) fn report() -> Report {
    let policy = policy();
    let workflow = Source::new(".github/workflows/ci.yml", WORKFLOW);
    let manifest = Source::new("Cargo.toml", "[package]\nname = \"app\"\nversion = \"0.9.2\"\n");
    let settings = Source::new("secpolicy.toml", "[[sign-off]]\ncommitment = \"credit\"\n[[waiver]]\nadvisory = \"RUSTSEC-2023-0071\"\n");
    let ignores = Source::new(".cargo/audit.toml", "[advisories]\nignore = [\"RUSTSEC-2023-0071\"]\n");
    let verdicts = policy.commitments.into_iter().map(|commitment| {
        let (judgement, fails) = judgement(&commitment, &workflow, &manifest);
        let sign_off = WaiverRef { place: Place::line_in(&settings, 1), reason: "the release team".into(), until: Some(date(2027, 1, 31)) };
        let waived =
            WaiverRef { place: Place::line_in(&settings, 3), reason: "0.6 ends with the year".into(), until: Some(date(2026, 12, 31)) };
        let waiver = match judgement.outcome {
            Outcome::SignedOff => Some(sign_off),
            Outcome::Broken if !fails => Some(waived),
            _ => None,
        };
        Verdict { commitment, judgement, waiver, fails }
    });
    Report {
        as_of: "2026-11-22T00:00:00Z".parse().unwrap(),
        workspace: workspace(),
        git: Some(git()),
        lockfiles: lockfiles(),
        policy: Some("SECURITY.md".into()),
        other_policies: vec!["docs/SECURITY.md".into()],
        database: Some(database()),
        asked: Asked::default(),
        verdicts: verdicts.collect(),
        vulnerabilities: vulnerabilities(),
        findings: vec![
            Finding {
                id: "expired-waiver/secpolicy.toml".into(),
                text: "the waiver ended on 2026-10-01 and still matches something: renew it or mend what it covers".into(),
                places: vec![At::Place(Place::line_in(&settings, 3))],
                fails: true,
            },
            Finding {
                id: "ignore-without-reason/audit.toml".into(),
                text: "RUSTSEC-2023-0071 is ignored without a reason and without an end".into(),
                places: vec![At::Place(place(&ignores, "\"RUSTSEC-2023-0071\""))],
                fails: false,
            },
        ],
        silenced: Vec::new(),
        hints: policy.hints,
        waivers: vec![LedgerLine {
            place: place(&ignores, "\"RUSTSEC-2023-0071\""),
            kind: LedgerKind::Ignore,
            matches: vec![],
            reason: None,
            until: None,
            state: LedgerState::Unused,
        }],
        notes: vec![Reason::in_path(
            "cargo could not be asked: the toolchain that this file names is not installed",
            "rust-toolchain.toml",
        )],
        errors: vec![],
    }
}

/// The same, where every text tries to steer the terminal.
pub(crate) fn hostile() -> Report {
    let evil = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}desrever\u{2066}\r\n\tmore\u{200b}";
    let mut report = report();
    let long = format!("{}{evil}{}", "x".repeat(200_000), "é".repeat(200_000));
    let source = Source::new(format!("docs/{evil}.md"), long.as_str());
    for verdict in &mut report.verdicts {
        verdict.commitment.place = place(&source, evil);
        verdict.commitment.id.push_str(evil);
        verdict.commitment.words = long.clone();
        for reason in verdict.judgement.reasons.iter_mut().chain(&mut verdict.judgement.warnings) {
            reason.text = format!("{evil} {}", reason.text);
            reason.at = Some(At::Place(Place::new(&source, 10..source.text().len())));
        }
    }
    for vulnerability in &mut report.vulnerabilities {
        vulnerability.hit.package = evil.into();
        vulnerability.hit.paths = vec![vec![evil.into()]];
    }
    for finding in &mut report.findings {
        finding.text = evil.into();
        finding.places = vec![At::Path(evil.into()), At::Commit(evil.into())];
    }
    report.policy = Some(evil.into());
    report.other_policies = vec![evil.into()];
    report.notes = vec![Reason::in_path(evil, evil)];
    report.errors = vec![Error::unreadable(evil).help(evil).at(place(&source, evil))];
    report
}

/// A history with one exposure that is over and one that is not.
pub(crate) fn history() -> History {
    let at = |day| date(2026, 5, day).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let one = |day, left: Option<i8>| {
        let exposure = Exposure {
            advisory: Arc::new(advisory("RUSTSEC-2026-0001", "parser")),
            public: Public::stated(date(2026, 5, day)),
            lockfile: Some("Cargo.lock".into()),
            versions: [Version::new(1, 0, 0)].into(),
            entered: Moment { commit: "1111111111".into(), at: at(1) },
            cut_off: false,
            left: left.map(|day| Moment { commit: "2222222222".into(), at: at(day) }),
            releases_read: true,
            shipped: left.map(|day| Shipped { tag: "v1.0.1".into(), at: at(day + 1) }),
        };
        let due = date(2026, 5, day + 7);
        let promised = Promised {
            commitment: "patch-deadline/any".into(),
            window: Window { amount: 7, unit: Unit::Days },
            started: date(2026, 5, day),
            due,
            to_release: false,
            kept: left.map(|left| left <= day + 7),
        };
        Judged { exposure, severity: None, promised: Some(promised) }
    };
    let exposures = vec![one(2, Some(6)), one(3, Some(20)), one(10, None)];
    History {
        as_of: at(12),
        branch: Some("main".into()),
        policy: Some("SECURITY.md".into()),
        database: report().database.unwrap(),
        revisions: 12,
        span: Some((at(1), at(20))),
        complete: true,
        figures: Figures::of(exposures.iter()),
        exposures,
        releases: Vec::new(),
        notes: vec!["a note".into()],
        errors: Vec::new(),
    }
}

/// The policy's history: an older text that promised more, cut off before it.
pub(crate) fn promises() -> change::History {
    let source =
        Source::new("docs/SECURITY.md", "We fix critical vulnerabilities within 7 days.\n\nSecurity advisories reach a mailing list.\n");
    let mut old = vec![
        commitment(
            &source,
            "We fix critical vulnerabilities within 7 days",
            Kind::PatchDeadline { severity: SeverityClass::Critical, window: window(7, Unit::Days), scope: None },
        ),
        commitment(&source, "Security advisories reach a mailing list", Kind::AdvisoryPublication { venue: Venue::MailingList }),
    ];
    name_all(&mut old);
    let edition = |commit: &str, day, path: &str, commitments| Edition {
        commit: Some(commit.into()),
        day: Some(day),
        path: path.into(),
        commitments,
        excludes_dependencies: false,
    };
    let editions = vec![
        edition("0123456789abcdef0123456789abcdef01234567", date(2025, 1, 31), "docs/SECURITY.md", old),
        edition("89abcdef0123456789abcdef0123456789abcdef", date(2026, 3, 1), "SECURITY.md", policy().commitments),
    ];
    let gaps = vec!["the history is cut off at 2025-01-31".into()];
    change::history(&Timeline { editions, gaps, cut_off: true })
}
