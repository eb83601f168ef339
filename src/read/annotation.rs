//! Annotations: `<!-- secpolicy: patch-deadline severity=critical amount=7 unit=days scope=dependencies -->`.
//!
//! An annotation says what the sentence beside it promises. It wins over the words: what was read from
//! that sentence of the same kind is dropped. `not-a-commitment` drops all that was read from it.

use std::collections::BTreeMap;

use crate::commitment::{
    AccessPractice, Artifact, Bound, Channel, Gate, Kind, Record, ReleaseChannel, Scope, SeverityClass, Stage, Strength, TestPractice,
    Unit, UnsafeRule, Venue, When, Window,
};

/// What one annotation says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Annotation {
    /// `not-a-commitment`
    Silence,
    /// A promise, firm and of no component unless it says so.
    Promise { kind: Kind, strength: Strength, component: Option<String> },
}

/// Reads the inside of an annotation.
///
/// # Errors
/// A sentence on what is wrong, without a full stop.
pub(super) fn parse(inside: &str) -> Result<Annotation, String> {
    // It may run over several lines; a message that quotes it stays on one.
    let inside = &inside.split_whitespace().collect::<Vec<_>>().join(" ");
    let (name, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside.as_str(), ""));
    if name == "not-a-commitment" {
        return if rest.trim().is_empty() { Ok(Annotation::Silence) } else { Err("`not-a-commitment` takes no parameters".into()) };
    }
    let mut parameters = Parameters { of: name.to_owned(), left: pairs(rest)? };
    let strength = match parameters.optional("strength").as_deref() {
        None | Some("firm") => Strength::Firm,
        Some("best-effort") => Strength::BestEffort,
        Some(other) => return Err(format!("`strength={other}` is neither `firm` nor `best-effort`")),
    };
    let component = parameters.optional("component");
    let kind = kind(name, &mut parameters)?;
    match parameters.left.into_keys().next() {
        Some(unknown) => Err(format!("`{name}` has no parameter `{unknown}`")),
        None => Ok(Annotation::Promise { kind, strength, component }),
    }
}

/// `key=value` pairs; a value with spaces stands in double quotes.
fn pairs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or_else(|| format!("`{rest}` is no `parameter=value`"))?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or_else(|| format!("the value of `{key}` has no closing quote"))?,
            None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if found.insert(key.trim().to_owned(), value.to_owned()).is_some() {
            return Err(format!("`{key}` is given twice"));
        }
        rest = next.trim_start();
    }
    Ok(found)
}

struct Parameters {
    of: String,
    left: BTreeMap<String, String>,
}

impl Parameters {
    fn optional(&mut self, name: &str) -> Option<String> {
        self.left.remove(name)
    }

    fn text(&mut self, name: &str) -> Result<String, String> {
        self.optional(name).ok_or_else(|| format!("`{}` needs `{name}=…`", self.of))
    }

    fn word<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>, all: &str) -> Result<T, String> {
        let value = self.text(name)?;
        read(&value).ok_or_else(|| format!("`{name}={value}` is none of {all}"))
    }

    fn optional_word<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>, all: &str) -> Result<Option<T>, String> {
        if self.left.contains_key(name) { self.word(name, read, all).map(Some) } else { Ok(None) }
    }

    fn flag(&mut self, name: &str) -> Result<Option<bool>, String> {
        self.optional_word(name, |value| value.parse::<bool>().ok(), "`true`, `false`")
    }

    fn window(&mut self) -> Result<Window, String> {
        let amount = self.text("amount")?;
        let amount = amount
            .parse::<u32>()
            .ok()
            .filter(|&amount| amount > 0)
            .ok_or_else(|| format!("`amount={amount}` is no whole number above 0"))?;
        Ok(Window { amount, unit: self.word("unit", Unit::from_word, &list(Unit::ALL))? })
    }
}

fn list<T: std::fmt::Display>(all: &[T]) -> String {
    all.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

fn kind(name: &str, from: &mut Parameters) -> Result<Kind, String> {
    Ok(match name {
        "supported-versions" => Kind::SupportedVersions {
            rule: from.text("rule")?,
            supported: from.flag("supported")?.unwrap_or(true),
            until: from.optional_word("until", |value| value.parse().ok(), "the dates written YYYY-MM-DD")?,
        },
        "patch-deadline" => Kind::PatchDeadline {
            severity: from.optional_word("severity", SeverityClass::from_word, &list(SeverityClass::ALL))?.unwrap_or(SeverityClass::Any),
            window: from.window()?,
            scope: from.optional_word("scope", Scope::from_word, &list(Scope::ALL))?,
        },
        "tool" => Kind::Tool {
            tool: from.text("tool")?,
            when: from.optional_word("when", When::from_word, &list(When::ALL))?.unwrap_or(When::Unspecified),
            every_change: from.flag("every-change")?.unwrap_or(false),
        },
        "dependency-monitoring" => Kind::DependencyMonitoring,
        "remediation-required" => {
            Kind::RemediationRequired { gate: from.optional_word("gate", Gate::from_word, &list(Gate::ALL))?.unwrap_or(Gate::Unspecified) }
        }
        "backport" => Kind::Backport,
        "release-artifact" => Kind::ReleaseArtifact { artifact: from.word("artifact", Artifact::from_word, &list(Artifact::ALL))? },
        "locked-dependencies" => Kind::LockedDependencies { exact: from.flag("exact")?.unwrap_or(false) },
        "ci-least-privilege" => Kind::CiLeastPrivilege,
        "pinned-actions" => Kind::PinnedActions,
        "unsafe-code" => Kind::UnsafeCode { rule: from.word("rule", UnsafeRule::from_word, &list(UnsafeRule::ALL))? },
        "semver" => Kind::Semver,
        "release-channel" => Kind::ReleaseChannel {
            channel: from
                .optional_word("channel", ReleaseChannel::from_word, &list(ReleaseChannel::ALL))?
                .unwrap_or(ReleaseChannel::PatchRelease),
        },
        "changelog" => {
            Kind::Changelog { record: from.optional_word("record", Record::from_word, &list(Record::ALL))?.unwrap_or(Record::Changelog) }
        }
        "encryption-key" => Kind::EncryptionKey { target: from.optional("target").unwrap_or_default() },
        "reporting-channel" => Kind::ReportingChannel {
            channel: from.word("channel", Channel::from_word, &list(Channel::ALL))?,
            target: from.optional("target").unwrap_or_default().to_lowercase(),
        },
        "policy-date" => policy_date(from)?,
        _ => attested(name, from)?,
    })
}

fn policy_date(from: &mut Parameters) -> Result<Kind, String> {
    let date = from.optional_word("date", |value| value.parse().ok(), "the dates written YYYY-MM-DD")?;
    let cadence = if date.is_none() || from.left.contains_key("amount") { Some(from.window()?) } else { None };
    Ok(Kind::PolicyDate { date, cadence })
}

fn attested(name: &str, from: &mut Parameters) -> Result<Kind, String> {
    Ok(match name {
        "response-deadline" => {
            Kind::ResponseDeadline { stage: from.word("stage", Stage::from_word, &list(Stage::ALL))?, window: from.window()? }
        }
        "disclosure-deadline" => {
            Kind::DisclosureDeadline { bound: from.word("bound", Bound::from_word, &list(Bound::ALL))?, window: from.window()? }
        }
        "coordinated-disclosure" => Kind::CoordinatedDisclosure,
        "advisory-publication" => Kind::AdvisoryPublication { venue: from.word("venue", Venue::from_word, &list(Venue::ALL))? },
        "credit" => Kind::Credit,
        "safe-harbor" => Kind::SafeHarbor,
        "bounty" => Kind::Bounty { offered: from.flag("offered")?.unwrap_or(true) },
        "code-review" => Kind::CodeReview,
        "security-testing" => Kind::SecurityTesting { practice: from.word("practice", TestPractice::from_word, &list(TestPractice::ALL))? },
        "access-control" => Kind::AccessControl { practice: from.word("practice", AccessPractice::from_word, &list(AccessPractice::ALL))? },
        "training" => Kind::Training,
        "incident-response" => Kind::IncidentResponse,
        "compliance" => Kind::Compliance { standard: from.text("standard")? },
        other => return Err(format!("`{other}` is no kind of commitment")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_a_silence_and_every_mistake() {
        let window = Window { amount: 7, unit: Unit::Days };
        let kind = Kind::PatchDeadline { severity: SeverityClass::Critical, window, scope: Some(Scope::Dependencies) };
        assert_eq!(
            parse("patch-deadline severity=critical amount=7 unit=days scope=dependencies"),
            Ok(Annotation::Promise { kind, strength: Strength::Firm, component: None })
        );
        assert_eq!(parse("not-a-commitment"), Ok(Annotation::Silence));
        assert!(
            matches!(parse("credit strength=best-effort component=\"my crate\""), Ok(Annotation::Promise { strength: Strength::BestEffort, component: Some(name), .. }) if name == "my crate")
        );
        for (wrong, says) in [
            ("patch-dedline amount=7 unit=days", "`patch-dedline` is no kind of commitment"),
            ("patch-deadline amount=7 unit=days sevrity=low", "`patch-deadline` has no parameter `sevrity`"),
            ("patch-deadline unit=days", "`patch-deadline` needs `amount=…`"),
            ("patch-deadline amount=0 unit=days", "`amount=0` is no whole number above 0"),
            ("patch-deadline amount=7 unit=moons", "`unit=moons` is none of `hours`, `days`, `business-days`, `weeks`, `months`"),
            ("tool tool", "`tool` is no `parameter=value`"),
            ("credit strength=weak", "`strength=weak` is neither `firm` nor `best-effort`"),
            ("not-a-commitment x=y", "`not-a-commitment` takes no parameters"),
        ] {
            assert_eq!(parse(wrong), Err(says.to_owned()), "{wrong}");
        }
    }

    fn all<T: Copy>(values: &[T], kind: impl Fn(T) -> Kind) -> Vec<Kind> {
        values.iter().map(|value| kind(*value)).collect()
    }

    /// Every kind, with every value of every closed parameter.
    fn every_kind() -> Vec<Kind> {
        let date = Some(jiff::civil::date(2027, 1, 31));
        let window = |unit| Window { amount: 14, unit };
        let (flags, text) = ([true, false], || "a b".to_owned());
        let mut kinds = vec![
            Kind::DependencyMonitoring,
            Kind::Backport,
            Kind::CiLeastPrivilege,
            Kind::PinnedActions,
            Kind::Semver,
            Kind::CoordinatedDisclosure,
            Kind::Credit,
            Kind::SafeHarbor,
            Kind::CodeReview,
            Kind::Training,
            Kind::IncidentResponse,
            Kind::EncryptionKey { target: text() },
            Kind::Compliance { standard: text() },
            Kind::SupportedVersions { rule: ">=0.4, <1.0".into(), supported: true, until: date },
            Kind::PolicyDate { date, cadence: None },
            Kind::PolicyDate { date: None, cadence: Some(window(Unit::Months)) },
            Kind::PolicyDate { date, cadence: Some(window(Unit::Months)) },
        ];
        kinds.extend(all(&flags, |supported| Kind::SupportedVersions { rule: text(), supported, until: None }));
        kinds.extend(all(SeverityClass::ALL, |severity| Kind::PatchDeadline { severity, window: window(Unit::Days), scope: None }));
        kinds.extend(all(Unit::ALL, |unit| Kind::PatchDeadline { severity: SeverityClass::Any, window: window(unit), scope: None }));
        kinds.extend(all(Scope::ALL, |scope| Kind::PatchDeadline {
            severity: SeverityClass::Low,
            window: window(Unit::Weeks),
            scope: Some(scope),
        }));
        kinds.extend(all(When::ALL, |when| Kind::Tool { tool: text(), when, every_change: false }));
        kinds.extend(all(&flags, |every_change| Kind::Tool { tool: text(), when: When::Ci, every_change }));
        kinds.extend(all(Gate::ALL, |gate| Kind::RemediationRequired { gate }));
        kinds.extend(all(Artifact::ALL, |artifact| Kind::ReleaseArtifact { artifact }));
        kinds.extend(all(&flags, |exact| Kind::LockedDependencies { exact }));
        kinds.extend(all(UnsafeRule::ALL, |rule| Kind::UnsafeCode { rule }));
        kinds.extend(all(ReleaseChannel::ALL, |channel| Kind::ReleaseChannel { channel }));
        kinds.extend(all(Record::ALL, |record| Kind::Changelog { record }));
        kinds.extend(all(Channel::ALL, |channel| Kind::ReportingChannel { channel, target: text() }));
        kinds.extend(all(Stage::ALL, |stage| Kind::ResponseDeadline { stage, window: window(Unit::Hours) }));
        kinds.extend(all(Bound::ALL, |bound| Kind::DisclosureDeadline { bound, window: window(Unit::BusinessDays) }));
        kinds.extend(all(Venue::ALL, |venue| Kind::AdvisoryPublication { venue }));
        kinds.extend(all(&flags, |offered| Kind::Bounty { offered }));
        kinds.extend(all(TestPractice::ALL, |practice| Kind::SecurityTesting { practice }));
        kinds.extend(all(AccessPractice::ALL, |practice| Kind::AccessControl { practice }));
        kinds
    }

    /// The annotation that says `kind`: its JSON, written as `parameter=value`.
    fn written(kind: &Kind) -> String {
        let json = serde_json::to_value(kind).unwrap();
        let said = |(name, value): (&String, &serde_json::Value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            if value.contains(' ') { format!(" {name}=\"{value}\"") } else { format!(" {name}={value}") }
        };
        let parameters: String = json.as_object().unwrap().iter().filter(|(name, _)| *name != "kind").map(said).collect();
        format!("{}{parameters}", kind.name())
    }

    #[test]
    fn every_kind_and_parameter_can_be_written_and_is_read_back() {
        let kinds = every_kind();
        for kind in &kinds {
            for (more, strength, component) in
                [("", Strength::Firm, None), (" strength=best-effort component=core", Strength::BestEffort, Some("core".to_owned()))]
            {
                let text = written(kind) + more;
                assert_eq!(parse(&text), Ok(Annotation::Promise { kind: kind.clone(), strength, component }), "{text}");
            }
        }
        // The schema names every kind of the enum: one that this list lacks is seen here.
        let schema = serde_json::to_string(&schemars::schema_for!(Kind)).unwrap();
        let named: std::collections::BTreeSet<_> = kinds.iter().map(Kind::name).collect();
        assert_eq!(named.len(), schema.matches("\"kind\":{").count(), "{named:?}");
        assert!(named.iter().all(|name| schema.contains(&format!("\"{name}\""))));
    }
}
