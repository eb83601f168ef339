//! The commented secpolicy.toml: a setting is data, its default is that of [`Settings`].

use std::collections::BTreeMap;

use toml::Value;

use crate::render::escape;
use crate::settings::Settings;

/// One setting.
struct Setting {
    key: &'static str,
    why: &'static str,
    /// Its value where nobody states one; `None` where there is no such value.
    value: fn(&Settings) -> Option<Value>,
    /// A value to show, where there is none to state.
    example: &'static str,
}

/// A table of settings.
struct Table {
    name: &'static str,
    settings: &'static [Setting],
}

const TABLES: &[Table] = &[
    Table {
        name: "settings",
        settings: &[
            Setting {
                key: "db-max-age",
                why: "Days past which the advisory database is too old to be trusted (exit code 3)",
                value: |s| Some(i64::from(s.db_max_age).into()),
                example: "",
            },
            Setting {
                key: "due-soon",
                why: "Days before its end from which on a promised window is warned of",
                value: |s| Some(i64::from(s.due_soon).into()),
                example: "",
            },
            Setting {
                key: "deny",
                why: "What else fails the run: missed, due, unproven, manual, no-deadline, informational, findings, all",
                value: |s| Value::try_from(&s.deny).ok(),
                example: "",
            },
            Setting {
                key: "default-branch",
                why: "The default branch, where git does not tell it (as in a clone of one branch)",
                value: |s| s.default_branch.clone().map(Value::String),
                example: "\"main\"",
            },
            Setting {
                key: "backport-after",
                why: "Days after which a fix that a supported version lacks is a breach, where the policy promises no window",
                value: |s| s.backport_after.map(|days| i64::from(days).into()),
                example: "30",
            },
            Setting {
                key: "windows-cover-dependencies",
                why: "Whether the promised windows count for vulnerabilities of dependencies too, or for reports alone",
                value: |s| Some(s.windows_cover_dependencies.into()),
                example: "",
            },
            Setting {
                key: "crates-io-mirrors",
                why: "Index addresses that stand for crates.io, such as sparse+https://mirror.example/index/",
                value: |s| Some(list(&s.crates_io_mirrors)),
                example: "",
            },
            Setting {
                key: "policy",
                why: "The policy, where the nearest SECURITY.md is not the one",
                value: |s| s.policy.clone().map(Value::String),
                example: "\"docs/SECURITY.md\"",
            },
        ],
    },
    Table {
        name: "lockfiles",
        settings: &[
            Setting {
                key: "include",
                why: "Lockfiles that count although they would not, such as fuzz/Cargo.lock",
                value: |s| Some(list(&s.lockfiles_include)),
                example: "",
            },
            Setting {
                key: "exclude",
                why: "Lockfiles that do not count although they would, such as legacy/**",
                value: |s| Some(list(&s.lockfiles_exclude)),
                example: "",
            },
        ],
    },
    Table {
        name: "members",
        settings: &[
            Setting {
                key: "ship",
                why: "Packages that are part of what ships although they are never published",
                value: |s| Some(list(&s.members_ship)),
                example: "",
            },
            Setting {
                key: "helper",
                why: "Packages that are no part of what ships",
                value: |s| Some(list(&s.members_helper)),
                example: "",
            },
        ],
    },
];

const HEAD: &str = "\
# What `cargo secpolicy` is told of this project. Every setting stands here with its default: take the `#` away
# in front of one to change it.

# An organisation's file, which goes before this one:
# extends = \"../security/secpolicy.toml\"
";

const TAIL: &str = "
# A waiver keeps what is known from failing the run until its last day:
# [[waiver]]
# advisory = \"RUSTSEC-2023-0071\"    # or verdict = \"supported-versions/0.7.*\"
# reason = \"signatures are verified only, never made\"
# until = 2027-01-31

# A sign-off says what only people can say:
# [[sign-off]]
# commitment = \"response-deadline/acknowledge\"
# by = \"release team\"
# on = 2026-11-01
# until = 2027-05-01
";

fn list(values: &[String]) -> Value {
    Value::Array(values.iter().cloned().map(Value::String).collect())
}

/// The file's text. `found` is what stands for the defaults here; `unstated` are the advisories (id and title) that
/// state no severity.
pub(super) fn settings(found: &Settings, unstated: &BTreeMap<String, String>) -> String {
    let mut text = HEAD.to_owned();
    for table in TABLES {
        text.push_str(&format!("\n[{}]\n", table.name));
        for setting in table.settings {
            let line = match (setting.value)(found) {
                Some(value) => format!("#{} = {value}", setting.key),
                None => format!("# No default. {} = {}", setting.key, setting.example),
            };
            text.push_str(&format!("# {}.\n{line}\n", setting.why));
        }
    }
    text + TAIL + &severities(unstated)
}

/// A place for the severity of each advisory that states none: which window is promised may hang on it.
fn severities(unstated: &BTreeMap<String, String>) -> String {
    if unstated.is_empty() {
        return "\n# The severity of an advisory that states none:\n# [[severity]]\n# advisory = \"RUSTSEC-2024-0421\"\n\
                # severity = \"medium\"    # critical, high, medium or low\n# reason = \"host names are compared after normalising only\"\n"
            .to_owned();
    }
    let mut text =
        "\n# These advisories hit this project and state no severity. Say what you judge it to be: critical, high, medium or low.\n"
            .to_owned();
    for (id, title) in unstated {
        let (id, title) = (escape::short(id), escape::short(title));
        text.push_str(&format!("\n# {title}\n# [[severity]]\n# advisory = \"{id}\"\n# severity = \"\"\n# reason = \"\"\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;
    use crate::settings::file::File;
    use crate::source::Source;

    /// With the `#` in front of every setting taken away.
    fn uncommented(text: &str) -> String {
        let line = |line: &str| line.strip_prefix('#').filter(|rest| !rest.is_empty() && !rest.starts_with(' ')).unwrap_or(line).to_owned();
        text.lines().map(|text| line(text) + "\n").collect()
    }

    fn parse(text: &str) -> Result<Settings> {
        let mut settings = Settings::default();
        File::parse(&Source::new("secpolicy.toml", text))?.apply(&mut settings);
        Ok(settings)
    }

    fn found() -> Settings {
        Settings { default_branch: Some("trunk".into()), policy: Some("docs/SECURITY.md".into()), ..Settings::default() }
    }

    #[test]
    fn as_it_is_written_it_changes_nothing() {
        let settings = parse(&super::settings(&found(), &BTreeMap::new())).unwrap();
        assert_eq!(format!("{settings:?}"), format!("{:?}", Settings::default()));
    }

    #[test]
    fn every_setting_uncommented_is_the_default() {
        for found in [Settings::default(), found()] {
            let text = uncommented(&super::settings(&found, &BTreeMap::new()));
            assert!(text.contains("\ndb-max-age = 90\n"), "{text}");
            assert_eq!(format!("{:?}", parse(&text).unwrap()), format!("{found:?}"));
        }
    }

    #[test]
    fn every_key_of_the_format_is_there() {
        let text = super::settings(&Settings::default(), &BTreeMap::new());
        let mut seen = 0;
        for table in ["", "[settings]\n", "[lockfiles]\n", "[members]\n", "[[waiver]]\n", "[[sign-off]]\n", "[[severity]]\n"] {
            let message = parse(&format!("{table}no-such-key = 1\n")).expect_err("an unknown key").message;
            let keys: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
            for key in &keys {
                let optional = ["package", "verdict", "evidence"].contains(key);
                let here = text.lines().any(|line| line.contains(&format!("{key} = ")) || line.contains(&format!("[{key}]")));
                assert!(optional || here, "{key} of {table}: {message}");
            }
            seen += keys.len();
        }
        assert!(seen >= 20, "{seen}");
    }

    #[test]
    fn an_advisory_without_a_severity_gets_a_place_for_one_and_cannot_leave_its_comment() {
        let unstated = BTreeMap::from([("RUSTSEC-2026-0001".to_owned(), "holey: a title\n[[waiver]]".to_owned())]);
        let text = super::settings(&Settings::default(), &unstated);
        assert!(text.contains("# holey: a title [[waiver]]\n# [[severity]]\n# advisory = \"RUSTSEC-2026-0001\"\n"), "{text}");
        assert!(parse(&text).is_ok());
        let (before, entry) = text.split_once("# [[severity]]").unwrap();
        let stated = format!("{before}[[severity]]{}", entry.replace("# advisory", "advisory"));
        let stated = stated.replace("# severity = \"\"", "severity = \"low\"").replace("# reason = \"\"", "reason = \"r\"");
        assert_eq!(parse(&stated).unwrap().severities.len(), 1);
        assert!(parse(&stated.replace("low", "")).is_err(), "a severity that is left empty is an error");
    }
}
