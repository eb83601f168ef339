//! What ships (spec: "What ships").

use std::collections::BTreeSet;

use crate::observation::workspace::{Member, Ships, TargetKind};
use crate::settings::Settings;

/// Words that, as a part of a package's name or of a folder's, mark a helper.
const HELPER_WORDS: [&str; 25] = [
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "ci",
    "demo",
    "demos",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "fuzz",
    "fuzzing",
    "mock",
    "mocks",
    "sample",
    "samples",
    "test",
    "testdata",
    "testing",
    "tests",
    "testsuite",
    "testutils",
    "xtask",
];

/// What is known beside the members themselves.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The manifests of the default members, where these are narrower than the members.
    pub narrower_defaults: Option<BTreeSet<String>>,
    /// The manifests of members that a distribution's configuration names; `None` where there is none.
    pub distributed: Option<BTreeSet<String>>,
}

/// Adds the members that a release step names, where the settings do not say otherwise.
///
/// What CI runs is known only once the members are, so this comes after [`decide`].
pub fn add_named(members: &mut [Member], named_by_release: &BTreeSet<String>, settings: &Settings) {
    for member in members.iter_mut().filter(|member| named_by_release.contains(&member.name)) {
        if !settings.members_helper.contains(&member.name) {
            member.ships = Ships::Yes;
        }
    }
}

/// Decides it for every member.
pub fn decide(members: &mut [Member], known: &Known, settings: &Settings) {
    let any_publishable = members.iter().any(|member| member.publishable);
    for member in members {
        member.ships = if settings.members_ship.contains(&member.name) {
            Ships::Yes
        } else if settings.members_helper.contains(&member.name) {
            Ships::No("the settings say that it is a helper".into())
        } else if any_publishable {
            among_publishable(member, known)
        } else {
            helper_word(member).map_or(Ships::Yes, |word| Ships::No(format!("`{word}` marks a helper")))
        };
    }
}

fn among_publishable(member: &Member, known: &Known) -> Ships {
    let in_set = |set: &Option<BTreeSet<String>>| set.as_ref().is_some_and(|set| set.contains(&member.manifest));
    if member.publishable || member.is_root || in_set(&known.distributed) {
        return Ships::Yes;
    }
    let has_program = member.targets.iter().any(|target| target.kind == TargetKind::Bin);
    match helper_word(member) {
        None if has_program || in_set(&known.narrower_defaults) => Ships::Yes,
        Some(word) if has_program => Ships::No(format!("it is not published, and `{word}` marks a helper")),
        Some(_) | None => Ships::No("it is not published and has no program".into()),
    }
}

/// The word in the member's name or in a folder of its own that marks a helper. The root package is none.
fn helper_word(member: &Member) -> Option<&str> {
    if member.is_root {
        return None;
    }
    let folder = member.manifest.strip_suffix("Cargo.toml").unwrap_or_default();
    let words = member.name.split(['-', '_']).chain(folder.split(['/', '-', '_', '.']));
    words.filter(|word| !word.is_empty()).find(|word| HELPER_WORDS.contains(&word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use semver::Version;

    use super::*;
    use crate::observation::workspace::Target;

    fn member(manifest: &str, publishable: bool, program: bool) -> Member {
        let name = manifest.trim_end_matches("/Cargo.toml").rsplit('/').next().unwrap_or_default().to_owned();
        let kind = if program { TargetKind::Bin } else { TargetKind::Lib };
        Member {
            targets: vec![Target { name: name.clone(), kind, path: "src/x.rs".into() }],
            name,
            version: Version::new(1, 0, 0),
            inherits_version: false,
            manifest: manifest.into(),
            is_root: manifest == "Cargo.toml",
            publishable,
            repository: None,
            dependencies: Vec::new(),
            ships: Ships::Yes,
        }
    }

    fn shipping(members: &[Member], known: &Known, settings: &Settings) -> Vec<String> {
        let mut members = members.to_vec();
        decide(&mut members, known, settings);
        members.into_iter().filter(|member| member.ships == Ships::Yes).map(|member| member.name).collect()
    }

    #[test]
    fn beside_publishable_members_an_unpublished_one_needs_a_sign() {
        let members = [
            member("core/Cargo.toml", true, false),
            member("glue/Cargo.toml", false, false),
            member("server/Cargo.toml", false, true),
            member("bench-runner/Cargo.toml", false, true),
            member("ci/lints/Cargo.toml", false, true),
            member("citadel/Cargo.toml", false, true),
        ];
        let (known, settings) = (Known::default(), Settings::default());
        assert_eq!(shipping(&members, &known, &settings), ["core", "server", "citadel"]);
        let defaults = BTreeSet::from(["glue/Cargo.toml".to_owned(), "bench-runner/Cargo.toml".to_owned()]);
        let known = Known { narrower_defaults: Some(defaults), ..Known::default() };
        assert_eq!(shipping(&members, &known, &settings), ["core", "glue", "server", "citadel"], "helpers excepted");
        let (mut named, bench) = (members.to_vec(), BTreeSet::from(["bench-runner".to_owned()]));
        decide(&mut named, &Known::default(), &settings);
        add_named(&mut named, &bench, &settings);
        let ship = |members: &[Member]| members.iter().any(|member| member.name == "bench-runner" && member.ships == Ships::Yes);
        assert!(ship(&named), "a release names it");
        let helper = Settings { members_helper: vec!["bench-runner".into()], ..Settings::default() };
        decide(&mut named, &Known::default(), &helper);
        add_named(&mut named, &bench, &helper);
        assert!(!ship(&named), "the settings go before it");
    }

    #[test]
    fn where_none_is_publishable_all_but_helpers_ship() {
        let members =
            [member("app/Cargo.toml", false, false), member("xtask/Cargo.toml", false, true), member("app-tests/Cargo.toml", false, false)];
        assert_eq!(shipping(&members, &Known::default(), &Settings::default()), ["app"]);
    }

    #[test]
    fn the_settings_override_it() {
        let members = [member("core/Cargo.toml", true, false), member("xtask/Cargo.toml", false, true)];
        let settings = Settings { members_ship: vec!["xtask".into()], members_helper: vec!["core".into()], ..Settings::default() };
        assert_eq!(shipping(&members, &Known::default(), &settings), ["xtask"]);
    }
}
