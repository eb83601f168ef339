//! Every sentence of a draft is read back as the promise it stands for, in the strength that is meant.

use std::collections::BTreeSet;

use super::candidates::{candidates, github};
use super::page::page;
use super::words::{Facts, Promise, TOOLS, sentence, template};
use super::*;
use crate::commitment::{Artifact, SeverityClass, Unit, Window};

const FORM: &str = "https://github.com/Acme/App/security/advisories/new";

fn facts() -> Facts {
    Facts {
        changelog: Some("CHANGELOG.md".into()),
        signs_tags: false,
        addresses: vec![FORM.into(), "Security@Acme.io".into(), "https://acme.io/Report".into()],
    }
}

/// What a text makes of promises, each with its strength, in the order of the vocabulary.
fn read(text: &str) -> Vec<(Kind, Strength)> {
    let policy = read::policy(&Source::new("SECURITY.md", text));
    assert!(policy.errors.is_empty() && policy.hints.is_empty(), "{text}{:?}", policy.hints);
    let mut read: Vec<_> = policy.commitments.into_iter().map(|one| (one.kind, one.strength)).collect();
    read.sort();
    read
}

fn meant(promises: &[Promise]) -> Vec<(Kind, Strength)> {
    let mut meant: Vec<_> = promises.iter().map(|one| (one.kind.clone(), one.strength)).collect();
    meant.sort();
    meant
}

fn rule(rule: &str, supported: bool) -> Kind {
    Kind::SupportedVersions { rule: rule.into(), supported, until: None }
}

/// Every promise that a draft may make, with every sort of parameter.
fn every() -> Vec<Promise> {
    let mut all = candidates(&["docs/security.asc".into()]);
    let rules = ["latest", "latest-minor", "latest-major", "all", "branch:main", "1.2.*", "1.*", "=1.2.3", ">=0.4, <1.0", "<1.0"];
    all.extend(rules.iter().map(|text| Promise::firm(rule(text, true))));
    let counted = ["minors", "majors", "releases"].iter().flat_map(|of| (2..=6).map(move |count| format!("latest-{count}-{of}")));
    all.extend(counted.map(|text| Promise::firm(rule(&text, true))));
    all.push(Promise::firm(rule("older", false)));
    all.push(github(FORM));
    let channel = |channel, target: &str| Promise::firm(Kind::ReportingChannel { channel, target: target.into() });
    all.extend([channel(Channel::Email, "security@acme.io"), channel(Channel::Url, "https://acme.io/report")]);
    for strength in [Strength::Firm, Strength::BestEffort] {
        for window in Unit::ALL.iter().flat_map(|unit| [1, 2, 14].map(|amount| Window { amount, unit: *unit })) {
            all.push(Promise { kind: Kind::ResponseDeadline { stage: Stage::Acknowledge, window }, strength });
            let fix = |severity: &SeverityClass| Kind::PatchDeadline { severity: *severity, window, scope: Some(Scope::Reported) };
            all.extend(SeverityClass::ALL.iter().map(fix).map(|kind| Promise { kind, strength }));
        }
    }
    all.extend([Kind::CoordinatedDisclosure, Kind::Credit].map(Promise::effort));
    all
}

#[test]
fn every_sentence_is_read_back_as_the_one_promise_that_it_stands_for() {
    let mut wrong = Vec::new();
    for promise in every() {
        for facts in [facts(), Facts { signs_tags: true, ..facts() }] {
            let text = page(std::slice::from_ref(&promise), &facts, false);
            if read(&text) != meant(std::slice::from_ref(&promise)) {
                wrong.push(format!("{promise:?}\n{text}{:?}\n", read(&text)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_template_is_among_them() {
    let source = include_str!("words.rs");
    let table = source.split("fn template(").nth(1).and_then(|rest| rest.split("/// The sentence or table row").next()).unwrap();
    let written: BTreeSet<&str> =
        table.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once("\",")).map(|(words, _)| words).collect();
    let both = [facts(), Facts { signs_tags: true, ..facts() }];
    let used: BTreeSet<&str> = every().iter().flat_map(|promise| both.each_ref().map(|facts| template(promise, facts).unwrap())).collect();
    assert_eq!(written, used);
}

#[test]
fn tools_of_one_moment_share_a_sentence() {
    let tool = |when| move |slug: &str| Promise::firm(Kind::Tool { tool: slug.into(), when, every_change: false });
    for when in super::words::MOMENTS {
        let all: Vec<Promise> = TOOLS.iter().map(|(slug, _)| tool(*when)(slug)).collect();
        let text = page(&all, &facts(), false);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert_eq!(read(&text), meant(&all), "{text}");
    }
    let both: Vec<Promise> = super::words::UPDATERS.iter().map(|(slug, _)| tool(crate::commitment::When::Unspecified)(slug)).collect();
    assert_eq!(read(&page(&both, &facts(), false)), meant(&both));
}

#[test]
fn a_whole_policy_is_read_back_as_all_that_it_promises() {
    let whole = [
        Promise::firm(rule("latest-minor", true)),
        Promise::firm(rule("older", false)),
        github(FORM),
        Promise::firm(Kind::ReportingChannel { channel: Channel::Email, target: "security@acme.io".into() }),
        Promise::firm(Kind::EncryptionKey { target: "docs/security.asc".into() }),
        Promise::firm(Kind::ResponseDeadline { stage: Stage::Acknowledge, window: Window { amount: 3, unit: Unit::Days } }),
        Promise::effort(Kind::CoordinatedDisclosure),
        Promise::effort(Kind::Credit),
        Promise::firm(Kind::Tool { tool: "cargo-deny".into(), when: crate::commitment::When::PullRequest, every_change: false }),
        Promise::firm(Kind::Tool { tool: "dependabot".into(), when: crate::commitment::When::Unspecified, every_change: false }),
        Promise::firm(Kind::LockedDependencies { exact: false }),
        Promise::firm(Kind::PinnedActions),
        Promise::firm(Kind::ReleaseArtifact { artifact: Artifact::Signature }),
        Promise::firm(Kind::Changelog { record: crate::commitment::Record::Changelog }),
    ];
    let text = page(&whole, &facts(), true);
    assert_eq!(read(&text), meant(&whole), "{text}");
    assert!(text.contains("| Latest minor version | ✅ |\n| Older versions | ❌ |\n"), "{text}");
    assert!(text.contains("<Security@Acme.io>") && text.contains(FORM), "addresses keep their letters: {text}");
    assert_eq!(page(&[], &facts(), false), "");
}

#[test]
fn what_nobody_asked_for_has_no_sentence() {
    let firm = [Kind::CoordinatedDisclosure, Kind::Credit, Kind::CodeReview, Kind::Backport, Kind::SafeHarbor];
    for kind in firm {
        assert_eq!(sentence(&Promise::firm(kind.clone()), &facts()), None, "{kind:?}");
    }
    let strange = Kind::Tool { tool: "my-scanner".into(), when: crate::commitment::When::Ci, every_change: false };
    assert_eq!(sentence(&Promise::firm(strange), &facts()), None);
}

#[test]
fn a_link_leads_from_the_policys_folder() {
    for (policy, target, link) in [
        ("SECURITY.md", "CHANGELOG.md", "CHANGELOG.md"),
        (".github/SECURITY.md", "CHANGELOG.md", "../CHANGELOG.md"),
        ("docs/SECURITY.md", "docs/security.asc", "security.asc"),
        ("a/b/SECURITY.md", "a/c/x", "../c/x"),
    ] {
        assert_eq!(super::link(policy, target), link);
    }
}
