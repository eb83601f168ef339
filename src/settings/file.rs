//! The format of secpolicy.toml. Unknown keys are errors with their line.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::{Deny, Settings, SignOff, StatedSeverity, Waiver, WaiverSubject};
use crate::error::{Error, Result};
use crate::observation::advisory::Severity;
use crate::source::{Place, Source};

/// One secpolicy.toml, parsed and checked.
#[derive(Clone, Debug)]
pub struct File {
    source: Arc<Source>,
    raw: Raw,
    waivers: Vec<Waiver>,
    sign_offs: Vec<SignOff>,
    severities: Vec<StatedSeverity>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    extends: Option<Spanned<String>>,
    #[serde(default)]
    settings: RawSettings,
    #[serde(default)]
    lockfiles: RawLockfiles,
    #[serde(default)]
    members: RawMembers,
    #[serde(default)]
    waiver: Vec<Spanned<RawWaiver>>,
    #[serde(default)]
    sign_off: Vec<Spanned<RawSignOff>>,
    #[serde(default)]
    severity: Vec<Spanned<RawSeverity>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSettings {
    db_max_age: Option<u32>,
    due_soon: Option<u32>,
    deny: Option<Vec<Deny>>,
    default_branch: Option<String>,
    backport_after: Option<u32>,
    windows_cover_dependencies: Option<bool>,
    crates_io_mirrors: Option<Vec<String>>,
    policy: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawLockfiles {
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawMembers {
    #[serde(default)]
    ship: Vec<String>,
    #[serde(default)]
    helper: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawWaiver {
    advisory: Option<String>,
    package: Option<String>,
    verdict: Option<String>,
    reason: String,
    until: Day,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSignOff {
    commitment: String,
    by: String,
    on: Day,
    until: Day,
    evidence: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawSeverity {
    advisory: String,
    severity: String,
    reason: String,
}

/// A day, as a TOML date or as a string.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "toml::Value")]
struct Day(Date);

impl TryFrom<toml::Value> for Day {
    type Error = String;

    fn try_from(value: toml::Value) -> std::result::Result<Self, String> {
        let text = match &value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(day) => day.to_string(),
            other => other.to_string(),
        };
        text.parse().map(Day).map_err(|_| format!("`{text}` is no date; write it as 2027-01-31"))
    }
}

impl File {
    /// Parses the text of one secpolicy.toml.
    ///
    /// # Errors
    /// [`crate::error::Class::Usage`] at the line of the first mistake: no TOML, an unknown key, a value of
    /// another type, a waiver that covers nothing or everything, an empty reason.
    pub fn parse(source: &Arc<Source>) -> Result<Self> {
        let raw: Raw = toml::from_str(source.text()).map_err(|error| mistake(source, &error))?;
        let waivers = raw.waiver.iter().map(|entry| waiver(source, entry)).collect::<Result<_>>()?;
        let sign_offs = raw.sign_off.iter().map(|entry| sign_off(source, entry)).collect::<Result<_>>()?;
        let severities = raw.severity.iter().map(|entry| severity(source, entry)).collect::<Result<_>>()?;
        Ok(Self { source: Arc::clone(source), raw, waivers, sign_offs, severities })
    }

    /// The path of the file that this one extends, as written, and where.
    pub fn extends(&self) -> Option<(&str, Place)> {
        let extends = self.raw.extends.as_ref()?;
        Some((extends.get_ref(), Place::new(&self.source, extends.span())))
    }

    /// Lays this file over `settings`: single values replace, lists of lockfiles, members, waivers,
    /// sign-offs and severities are added.
    pub fn apply(&self, settings: &mut Settings) {
        let raw = self.raw.settings.clone();
        replace(&mut settings.db_max_age, raw.db_max_age);
        replace(&mut settings.due_soon, raw.due_soon);
        replace(&mut settings.deny, raw.deny.map(|deny| deny.into_iter().collect()));
        replace(&mut settings.windows_cover_dependencies, raw.windows_cover_dependencies);
        replace(&mut settings.crates_io_mirrors, raw.crates_io_mirrors);
        settings.default_branch = raw.default_branch.or(settings.default_branch.take());
        settings.backport_after = raw.backport_after.or(settings.backport_after.take());
        settings.policy = raw.policy.or(settings.policy.take());
        settings.lockfiles_include.extend_from_slice(&self.raw.lockfiles.include);
        settings.lockfiles_exclude.extend_from_slice(&self.raw.lockfiles.exclude);
        settings.members_ship.extend_from_slice(&self.raw.members.ship);
        settings.members_helper.extend_from_slice(&self.raw.members.helper);
        settings.waivers.extend_from_slice(&self.waivers);
        settings.sign_offs.extend_from_slice(&self.sign_offs);
        settings.severities.extend_from_slice(&self.severities);
    }
}

fn replace<T>(slot: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *slot = value;
    }
}

fn mistake(source: &Arc<Source>, error: &toml::de::Error) -> Error {
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    let place = Place::new(source, error.span().unwrap_or(0..0));
    Error::usage(message).at(place).help("`secpolicy.toml` is described in docs/configuration.md")
}

/// Where an entry is written: its header's line, so that the whole entry is not underlined.
fn place<T>(source: &Arc<Source>, entry: &Spanned<T>) -> Place {
    Place::line_in(source, source.line_of(entry.span().start))
}

fn said(source: &Arc<Source>, at: Place, key: &str, text: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Err(Error::usage(format!("`{key}` is empty in {}; say it in a few words", source.path())).at(at));
    }
    Ok(text.trim().to_owned())
}

fn waiver(source: &Arc<Source>, entry: &Spanned<RawWaiver>) -> Result<Waiver> {
    let (raw, place) = (entry.get_ref(), place(source, entry));
    let subject = match (&raw.advisory, &raw.verdict) {
        (Some(id), None) => WaiverSubject::Advisory { id: id.trim().to_owned(), package: raw.package.clone() },
        (None, Some(id)) if raw.package.is_none() => WaiverSubject::Verdict(id.trim().to_owned()),
        (None, Some(_)) => return Err(Error::usage("`package` goes with `advisory`, not with `verdict`").at(place)),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Error::usage("a waiver names one thing: an `advisory` or a `verdict`").at(place));
        }
    };
    let reason = said(source, place.clone(), "reason", &raw.reason)?;
    Ok(Waiver { subject, reason, until: raw.until.0, place })
}

fn sign_off(source: &Arc<Source>, entry: &Spanned<RawSignOff>) -> Result<SignOff> {
    let (raw, place) = (entry.get_ref(), place(source, entry));
    if raw.until.0 < raw.on.0 {
        return Err(Error::usage("the sign-off ends (`until`) before it begins (`on`)").at(place));
    }
    Ok(SignOff {
        commitment: said(source, place.clone(), "commitment", &raw.commitment)?,
        by: said(source, place.clone(), "by", &raw.by)?,
        on: raw.on.0,
        until: raw.until.0,
        evidence: raw.evidence.clone(),
        place,
    })
}

fn severity(source: &Arc<Source>, entry: &Spanned<RawSeverity>) -> Result<StatedSeverity> {
    let (raw, place) = (entry.get_ref(), place(source, entry));
    let Some(severity) = Severity::from_word(&raw.severity) else {
        return Err(Error::usage(format!("`{}` is no severity; it is critical, high, medium or low", raw.severity)).at(place));
    };
    let reason = said(source, place.clone(), "reason", &raw.reason)?;
    Ok(StatedSeverity { advisory: raw.advisory.trim().to_owned(), severity, reason, place })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn parse(text: &str) -> Result<Settings> {
        let mut settings = Settings::default();
        File::parse(&Source::new("secpolicy.toml", text))?.apply(&mut settings);
        Ok(settings)
    }

    fn error_line(text: &str) -> (u32, String) {
        let error = parse(text).expect_err("a mistake");
        (error.place.as_ref().map_or(0, |place| place.line()), error.message)
    }

    #[test]
    fn every_table_is_read() {
        let settings = parse(
            "[settings]\ndb-max-age = 30\ndeny = [\"missed\"]\n[lockfiles]\nexclude = [\"x/*\"]\n\
             [[waiver]]\nadvisory = \"RUSTSEC-2023-0071\"\nreason = \"no fix\"\nuntil = 2027-01-31\n\
             [[sign-off]]\ncommitment = \"code-review\"\nby = \"lead\"\non = \"2026-01-01\"\nuntil = 2026-12-31\n\
             [[severity]]\nadvisory = \"RUSTSEC-2024-0421\"\nseverity = \"low\"\nreason = \"not reachable\"\n",
        )
        .expect("it parses");
        assert_eq!(settings.db_max_age, 30);
        assert!(settings.denies(Deny::Missed) && !settings.denies(Deny::Due));
        assert_eq!(settings.waivers[0].until, date(2027, 1, 31));
        assert_eq!(settings.waivers[0].place.line(), 6);
        assert_eq!(settings.sign_offs[0].on, date(2026, 1, 1));
        assert_eq!(settings.severities[0].severity, Severity::Low);
    }

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        let (line, message) = error_line("[settings]\ndb-max-age = 3\ndue-son = 7\n");
        assert_eq!(line, 3);
        assert!(message.contains("due-son"), "{message}");
    }

    #[test]
    fn a_waiver_needs_an_end_a_reason_and_one_subject() {
        let entry = |body: &str| error_line(&format!("\n[[waiver]]\n{body}\n"));
        assert!(entry("advisory = \"A\"\nreason = \"r\"").1.contains("until"));
        assert!(entry("advisory = \"A\"\nuntil = 2027-01-01").1.contains("reason"));
        assert_eq!(entry("reason = \"r\"\nuntil = 2027-01-01").0, 2);
        assert!(entry("advisory = \"A\"\nverdict = \"B\"\nreason = \"r\"\nuntil = 2027-01-01").1.contains("one thing"));
        assert!(entry("advisory = \"A\"\nreason = \" \"\nuntil = 2027-01-01").1.contains("empty"));
        assert!(entry("advisory = \"A\"\nreason = \"r\"\nuntil = \"soon\"").1.contains("no date"));
    }

    #[test]
    fn a_sign_off_must_not_end_before_it_begins() {
        let text = "[[sign-off]]\ncommitment = \"credit\"\nby = \"lead\"\non = 2026-02-01\nuntil = 2026-01-31\n";
        assert_eq!(error_line(text).0, 1);
    }
}
