//! Services that update dependencies: Dependabot and Renovate, and what their configuration makes of Cargo.

use std::sync::Arc;

use serde_json::Value;

use super::ci::yaml::{self, Node};
use super::files::Files;
use crate::observation::pattern;
use crate::observation::pipeline::{CargoUpdates, Updater, Updaters};
use crate::source::{Place, Source};

/// Where Renovate looks for its configuration.
const RENOVATE: [&str; 12] = [
    "renovate.json",
    "renovate.json5",
    "renovate.jsonc",
    ".github/renovate.json",
    ".github/renovate.json5",
    ".github/renovate.jsonc",
    ".gitlab/renovate.json",
    ".gitlab/renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    ".renovaterc.json5",
    ".renovaterc.jsonc",
];

/// The services that the repository configures. `lockfiles` are the paths of the Cargo.lock files that count:
/// those that no entry reaches are named.
pub fn updaters(files: &Files, lockfiles: &[String], default_branch: Option<&str>) -> Updaters {
    let mut services = Vec::new();
    let dependabot = [".github/dependabot.yml", ".github/dependabot.yaml"].into_iter().find(|path| files.exists(path));
    if let Some(path) = dependabot {
        let cargo = read(files, path).and_then(|source| dependabot_cargo(&source, lockfiles, default_branch));
        services.push(Updater { tool: "dependabot", path: path.to_owned(), cargo });
    }
    if let Some(path) = RENOVATE.into_iter().find(|path| files.exists(path)) {
        let cargo = read(files, path).and_then(|source| renovate_cargo(&source));
        services.push(Updater { tool: "renovate", path: path.to_owned(), cargo });
    }
    services.sort_by(|a, b| a.path.cmp(&b.path));
    Updaters { services }
}

fn read(files: &Files, path: &str) -> Result<Arc<Source>, String> {
    files.read(path)?.ok_or_else(|| "it is not there".to_owned())
}

fn dependabot_cargo(source: &Arc<Source>, lockfiles: &[String], default_branch: Option<&str>) -> Result<CargoUpdates, String> {
    let node = yaml::parse(source)?.ok_or("it is empty")?;
    let updates = node.get("updates").map(|updates| updates.items()).unwrap_or_default();
    let cargo: Vec<&Arc<Node>> = updates.iter().filter(|update| update.get_text("package-ecosystem") == Some("cargo")).collect();
    let Some(first) = cargo.first() else {
        return Ok(CargoUpdates::Off { why: "it has no entry for `cargo`".into(), place: Place::line_in(source, node.line) });
    };
    let mut off = None;
    let effective: Vec<&Arc<Node>> = cargo
        .iter()
        .copied()
        .filter(|update| match switched_off(update, default_branch) {
            Some(why) => {
                off.get_or_insert((why, update.place(source)));
                false
            }
            None => true,
        })
        .collect();
    let Some(shown) = effective.first() else {
        let (why, place) = off.unwrap_or_else(|| ("it is switched off".into(), first.place(source)));
        return Ok(CargoUpdates::Off { why, place });
    };
    let place = shown.entry("package-ecosystem").map_or_else(|| shown.place(source), |(key, _)| key.place(source));
    let misses = lockfiles.iter().filter(|lockfile| !effective.iter().any(|update| reaches(update, lockfile))).cloned().collect();
    let ignored = effective.iter().filter(|update| update.get("ignore").is_some_and(|ignore| !ignore.items().is_empty()));
    let notes = ignored.map(|update| format!("some dependencies are ignored (line {})", update.line)).collect();
    Ok(CargoUpdates::On { place, misses, notes })
}

/// Why an entry updates nothing.
fn switched_off(update: &Node, default_branch: Option<&str>) -> Option<String> {
    if update.get_text("open-pull-requests-limit") == Some("0") {
        return Some("`open-pull-requests-limit: 0` switches version updates off; security updates are a setting of the repository".into());
    }
    let ignores = update.get("ignore").map(|ignore| ignore.items()).unwrap_or_default();
    let all = |ignore: &Arc<Node>| {
        ignore.get_text("dependency-name") == Some("*") && ignore.get("versions").is_none() && ignore.get("update-types").is_none()
    };
    if ignores.iter().any(all) {
        return Some("its entry for `cargo` ignores every dependency".into());
    }
    let target = update.get_text("target-branch")?;
    let other = default_branch.is_some_and(|branch| branch != target);
    other.then(|| format!("its entry for `cargo` is for the branch `{target}`"))
}

/// Whether an entry's directories hold `lockfile` (a workspace's members share the lockfile above them).
fn reaches(update: &Node, lockfile: &str) -> bool {
    let folder = lockfile.rsplit_once('/').map_or("", |(folder, _)| folder);
    let one = update.get("directory").map(|directory| directory.texts()).unwrap_or_default();
    let many = update.get("directories").map(|directories| directories.texts()).unwrap_or_default();
    one.iter().chain(&many).any(|directory| {
        let directory = directory.trim_start_matches("./").trim_matches('/');
        let directory = if directory == "." { "" } else { directory };
        pattern::path_matches(directory, folder) || folder.is_empty() || directory.starts_with(&format!("{folder}/"))
    })
}

fn renovate_cargo(source: &Arc<Source>) -> Result<CargoUpdates, String> {
    let plain = without_comments(source.text());
    let config: Value = serde_json::from_str(&plain).map_err(|error| format!("it could not be read as JSON (line {})", error.line()))?;
    let line = |text: &str| Place::line_in(source, source.text().find(text).map_or(1, |at| source.line_of(at)));
    let off = |value: Option<&Value>| value.and_then(|value| value.get("enabled")).and_then(Value::as_bool) == Some(false);
    if off(Some(&config)) {
        return Ok(CargoUpdates::Off { why: "it has `enabled: false`".into(), place: line("enabled") });
    }
    if off(config.get("cargo")) {
        return Ok(CargoUpdates::Off { why: "it switches `cargo` off".into(), place: line("cargo") });
    }
    let managers = config.get("enabledManagers").and_then(Value::as_array);
    if managers.is_some_and(|managers| !managers.iter().any(|manager| manager == "cargo")) {
        return Ok(CargoUpdates::Off { why: "its `enabledManagers` leaves `cargo` out".into(), place: line("enabledManagers") });
    }
    let rules = config.get("packageRules").and_then(Value::as_array).into_iter().flatten();
    let whole = |rule: &&Value| {
        let only_cargo =
            rule.get("matchManagers").and_then(Value::as_array).is_some_and(|managers| managers.iter().any(|manager| manager == "cargo"));
        let narrower = rule.as_object().is_some_and(|rule| rule.keys().any(|key| key.starts_with("match") && key != "matchManagers"));
        off(Some(rule)) && only_cargo && !narrower
    };
    if rules.clone().any(|rule| whole(&rule)) {
        return Ok(CargoUpdates::Off { why: "a rule of it switches `cargo` off".into(), place: line("packageRules") });
    }
    let ignored = config.get("ignoreDeps").and_then(Value::as_array).map_or(0, Vec::len);
    let mut notes = vec!["it takes the Renovate app or a job that runs it, which the repository may not show".to_owned()];
    if ignored > 0 {
        notes.push(format!("{ignored} dependencies are ignored"));
    }
    let shown = if managers.is_some() { "enabledManagers" } else { "{" };
    Ok(CargoUpdates::On { place: line(shown), misses: Vec::new(), notes })
}

/// JSON5's comments and trailing commas taken out, line ends kept; unquoted keys are not understood.
fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_string = false;
    while let Some(char) = chars.next() {
        match char {
            '\\' if in_string => {
                plain.push(char);
                plain.extend(chars.next());
            }
            '"' => {
                in_string = !in_string;
                plain.push(char);
            }
            '/' if !in_string && chars.peek() == Some(&'/') => {
                for skipped in chars.by_ref() {
                    if skipped == '\n' {
                        plain.push('\n');
                        break;
                    }
                }
            }
            '/' if !in_string && chars.peek() == Some(&'*') => {
                let mut before = ' ';
                for skipped in chars.by_ref() {
                    if skipped == '\n' {
                        plain.push('\n');
                    }
                    if before == '*' && skipped == '/' {
                        break;
                    }
                    before = skipped;
                }
            }
            ']' | '}' if !in_string => {
                let kept = plain.trim_end().len();
                if plain.get(..kept).is_some_and(|kept| kept.ends_with(',')) {
                    let tail = plain.split_off(kept);
                    plain.pop();
                    plain.push_str(&tail);
                }
                plain.push(char);
            }
            char => plain.push(char),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cargo(path: &str, text: &str, lockfiles: &[&str]) -> Result<CargoUpdates, String> {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
        let lockfiles: Vec<String> = lockfiles.iter().map(|&path| path.to_owned()).collect();
        updaters(&Files::new(root.path()), &lockfiles, Some("main")).services.remove(0).cargo
    }

    fn dependabot(rest: &str) -> Result<CargoUpdates, String> {
        cargo(".github/dependabot.yml", &format!("version: 2\nupdates:\n  - package-ecosystem: {rest}\n"), &["Cargo.lock", "x/Cargo.lock"])
    }

    #[test]
    fn dependabot_counts_where_its_entry_for_cargo_is_effective() {
        let on = dependabot("cargo\n    directory: /\n").unwrap();
        assert!(matches!(&on, CargoUpdates::On { place, misses, .. } if place.line() == 3 && *misses == ["x/Cargo.lock"]), "{on:?}");
        let on = dependabot("\"cargo\"\n    directories: [\"/\", \"/x\"]\n").unwrap();
        assert!(matches!(&on, CargoUpdates::On { misses, .. } if misses.is_empty()), "{on:?}");
        for rest in [
            "npm\n    directory: /",
            "cargo\n    directory: /\n    open-pull-requests-limit: 0",
            "cargo\n    directory: /\n    ignore:\n      - dependency-name: \"*\"",
            "cargo\n    directory: /\n    target-branch: v1",
        ] {
            assert!(matches!(dependabot(rest), Ok(CargoUpdates::Off { .. })), "{rest}");
        }
        assert!(dependabot("[").is_err());
    }

    #[test]
    fn renovate_counts_where_cargo_is_not_switched_off() {
        let on = |text: &str| matches!(cargo("renovate.json", text, &[]), Ok(CargoUpdates::On { .. }));
        assert!(on("{ \"extends\": [\"config:recommended\"] }"));
        assert!(on("{ // a comment\n \"enabledManagers\": [\"cargo\", \"npm\",],\n}"));
        assert!(on("{ \"packageRules\": [{ \"matchManagers\": [\"cargo\"], \"matchPackageNames\": [\"x\"], \"enabled\": false }] }"));
        for text in [
            "{ \"enabled\": false }",
            "{ \"cargo\": { \"enabled\": false } }",
            "{ \"enabledManagers\": [\"npm\"] }",
            "{ \"packageRules\": [{ \"matchManagers\": [\"cargo\"], \"enabled\": false }] }",
        ] {
            assert!(matches!(cargo("renovate.json", text, &[]), Ok(CargoUpdates::Off { .. })), "{text}");
        }
        assert!(cargo("renovate.json", "{", &[]).is_err());
    }
}
