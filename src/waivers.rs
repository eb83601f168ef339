//! Waivers, sign-offs and other tools' ignore lists: one ledger. Pure.
//!
//! Before judging, the ledger says what covers a vulnerability; after it, [`settle`] says what stands beside
//! each verdict, and [`lines()`] what has become of every entry.

use jiff::civil::Date;
use semver::Version;

use crate::commitment::Commitment;
use crate::observation::ignore::Ignore;
use crate::settings::{Deny, Settings, SignOff, Waiver, WaiverSubject};
use crate::verdict::{Judgement, Outcome, Verdict, WaiverRef};

mod lines;
pub use lines::{Against, lines};

/// All that may cover a vulnerability or settle a verdict.
#[derive(Clone, Copy, Debug)]
pub struct Ledger<'a> {
    settings: &'a Settings,
    ignores: &'a [Ignore],
}

impl<'a> Ledger<'a> {
    /// The ledger of the settings' waivers and of other tools' ignores.
    pub const fn new(settings: &'a Settings, ignores: &'a [Ignore]) -> Self {
        Self { settings, ignores }
    }

    /// What covers the vulnerability with these `ids` (its advisory's id and aliases) in `package` at
    /// `version`: an unexpired waiver, else an effective ignore of another tool that carries a reason.
    pub fn covering(&self, ids: &[&str], package: &str, version: &Version, today: Date) -> Option<WaiverRef> {
        let waiver = self.settings.waivers.iter().find(|w| today <= w.until && waives(w, ids, package));
        let ours = waiver.map(|w| WaiverRef { place: w.place.clone(), reason: w.reason.clone(), until: Some(w.until) });
        ours.or_else(|| self.ignores.iter().find_map(|ignore| reasoned(ignore, ids, package, version, today)))
    }
}

/// Whether the waiver is for the vulnerability with one of these ids in `package`.
pub fn waives(waiver: &Waiver, ids: &[&str], package: &str) -> bool {
    match &waiver.subject {
        WaiverSubject::Advisory { id, package: only } => {
            ids.iter().any(|known| known.eq_ignore_ascii_case(id)) && only.as_deref().is_none_or(|only| only == package)
        }
        WaiverSubject::Verdict(_) => false,
    }
}

/// Whether the ignore is for the vulnerability with one of these ids, or for that version of the package.
pub fn ignores(ignore: &Ignore, ids: &[&str], package: &str, version: &Version) -> bool {
    let (name, only) = ignore.subject.split_once('@').map_or((ignore.subject.as_str(), None), |(name, only)| (name, Some(only)));
    let package_matches = name == package && only.is_none_or(|only| only == version.to_string());
    package_matches || ids.iter().any(|id| id.eq_ignore_ascii_case(&ignore.subject))
}

/// Whether the tool that the ignore belongs to heeds it today.
pub fn in_effect(ignore: &Ignore, today: Date) -> bool {
    ignore.inert.is_none() && ignore.until.is_none_or(|until| today <= until)
}

fn reasoned(ignore: &Ignore, ids: &[&str], package: &str, version: &Version, today: Date) -> Option<WaiverRef> {
    let reason = ignore.reason.as_ref().filter(|reason| !reason.trim().is_empty())?;
    let counts = in_effect(ignore, today) && ignores(ignore, ids, package, version);
    counts.then(|| WaiverRef { place: ignore.place.clone(), reason: reason.clone(), until: ignore.until })
}

/// Sets a judgement against the waivers and sign-offs, and says whether it fails the run.
///
/// A sign-off settles `manual` and `unproven`, never anything else. A waiver leaves the outcome and keeps it
/// from failing the run (spec: "secpolicy.toml").
pub fn settle(commitment: Commitment, mut judgement: Judgement, settings: &Settings, today: Date) -> Verdict {
    let may_be_signed_off = matches!(judgement.outcome, Outcome::Manual | Outcome::Unproven);
    let signed_off = settings.sign_offs.iter().find(|s| may_be_signed_off && s.commitment == commitment.id && signs(s, today));
    if let Some(sign_off) = signed_off {
        judgement.outcome = Outcome::SignedOff;
        let waiver = Some(WaiverRef { place: sign_off.place.clone(), reason: by(sign_off), until: Some(sign_off.until) });
        return Verdict { commitment, judgement, waiver, fails: false };
    }
    let for_it = |w: &&Waiver| w.subject == WaiverSubject::Verdict(commitment.id.clone()) && today <= w.until;
    let waiver = settings.waivers.iter().find(for_it);
    let waiver = waiver.map(|w| WaiverRef { place: w.place.clone(), reason: w.reason.clone(), until: Some(w.until) });
    let waiver = waiver.or_else(|| judgement.waived.clone());
    let fails = waiver.is_none() && outcome_fails(judgement.outcome, settings);
    Verdict { commitment, judgement, waiver, fails }
}

fn signs(sign_off: &SignOff, today: Date) -> bool {
    sign_off.on <= today && today <= sign_off.until
}

fn by(sign_off: &SignOff) -> String {
    match &sign_off.evidence {
        Some(evidence) => format!("{} on {}: {evidence}", sign_off.by, sign_off.on),
        None => format!("{} on {}", sign_off.by, sign_off.on),
    }
}

/// Whether an outcome fails the run (spec: "Outcomes").
fn outcome_fails(outcome: Outcome, settings: &Settings) -> bool {
    match outcome {
        Outcome::Broken | Outcome::Placeholder => true,
        Outcome::Missed => settings.denies(Deny::Missed),
        Outcome::Due => settings.denies(Deny::Due),
        Outcome::Unproven => settings.denies(Deny::Unproven),
        Outcome::Manual => settings.denies(Deny::Manual),
        Outcome::SignedOff | Outcome::Kept => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::commitment::{Kind, Strength};
    use crate::observation::Reason;
    use crate::source::{Place, Source};

    const VERSION: Version = Version::new(0, 5, 0);

    fn place() -> Place {
        Place::line_in(&Source::new("secpolicy.toml", "x"), 1)
    }

    fn waiver(subject: WaiverSubject) -> Waiver {
        Waiver { subject, reason: "r".into(), until: date(2026, 1, 31), place: place() }
    }

    fn ignore(subject: &str, reason: Option<&str>) -> Ignore {
        let (until, inert) = (None, None);
        Ignore { subject: subject.into(), tool: "cargo-deny".into(), place: place(), reason: reason.map(Into::into), until, inert }
    }

    fn commitment() -> Commitment {
        let (strength, kind) = (Strength::Firm, Kind::CodeReview);
        Commitment { id: "code-review".into(), place: place(), words: String::new(), strength, placeholder: false, component: None, kind }
    }

    #[test]
    fn a_waiver_covers_by_id_or_alias_in_its_package_to_its_last_day() {
        let advisory = |package: Option<&str>| WaiverSubject::Advisory { id: "cve-2024-1".into(), package: package.map(Into::into) };
        let covers = |subject: WaiverSubject, day: Date| {
            let settings = Settings { waivers: vec![waiver(subject)], ..Settings::default() };
            Ledger::new(&settings, &[]).covering(&["RUSTSEC-2024-0001", "CVE-2024-1"], "idna", &VERSION, day).is_some()
        };
        assert!(covers(advisory(None), date(2026, 1, 31)));
        assert!(!covers(advisory(None), date(2026, 2, 1)), "past its end it counts no more");
        assert!(covers(advisory(Some("idna")), date(2026, 1, 1)));
        assert!(!covers(advisory(Some("url")), date(2026, 1, 1)), "another package's waiver is none");
        assert!(!covers(WaiverSubject::Verdict("RUSTSEC-2024-0001".into()), date(2026, 1, 1)));
    }

    #[test]
    fn another_tools_ignore_covers_only_where_it_is_in_effect_and_says_why() {
        let settings = Settings::default();
        let covers = |ignore: Ignore| {
            Ledger::new(&settings, &[ignore]).covering(&["RUSTSEC-2024-0001"], "idna", &VERSION, date(2026, 1, 1)).is_some()
        };
        assert!(covers(ignore("RUSTSEC-2024-0001", Some("not reachable"))));
        assert!(covers(ignore("idna@0.5.0", Some("not reachable"))));
        assert!(!covers(ignore("idna@0.5.1", Some("not reachable"))), "another version");
        assert!(!covers(ignore("RUSTSEC-2024-0001", None)), "without a reason");
        assert!(!covers(Ignore { inert: Some("not read".into()), ..ignore("RUSTSEC-2024-0001", Some("r")) }));
        assert!(!covers(Ignore { until: Some(date(2025, 12, 31)), ..ignore("RUSTSEC-2024-0001", Some("r")) }));
    }

    #[test]
    fn a_sign_off_settles_manual_and_unproven_and_never_broken_or_due() {
        let (on, until) = (date(2026, 1, 1), date(2026, 1, 31));
        let sign_off = SignOff { commitment: "code-review".into(), by: "lead".into(), on, until, evidence: None, place: place() };
        let settings = Settings { sign_offs: vec![sign_off], ..Settings::default() };
        let outcome = |outcome: Outcome, day: Date| {
            let verdict = settle(commitment(), Judgement::new(outcome, Reason::new("r")), &settings, day);
            (verdict.judgement.outcome, verdict.fails)
        };
        let inside = date(2026, 1, 15);
        assert_eq!(outcome(Outcome::Manual, inside), (Outcome::SignedOff, false));
        assert_eq!(outcome(Outcome::Unproven, inside), (Outcome::SignedOff, false));
        assert_eq!(outcome(Outcome::Broken, inside), (Outcome::Broken, true));
        assert_eq!(outcome(Outcome::Due, inside), (Outcome::Due, false));
        assert_eq!(outcome(Outcome::Placeholder, inside), (Outcome::Placeholder, true));
        assert_eq!(outcome(Outcome::Manual, date(2026, 2, 1)), (Outcome::Manual, false), "it has expired");
        assert_eq!(outcome(Outcome::Manual, date(2025, 12, 31)), (Outcome::Manual, false), "it has not begun");
    }

    #[test]
    fn a_waived_verdict_keeps_its_outcome_and_does_not_fail() {
        let settings = Settings { waivers: vec![waiver(WaiverSubject::Verdict("code-review".into()))], ..Settings::default() };
        let broken = || Judgement::broken(Reason::new("r"));
        let verdict = settle(commitment(), broken(), &settings, date(2026, 1, 15));
        assert_eq!((verdict.judgement.outcome, verdict.fails, verdict.waiver.is_some()), (Outcome::Broken, false, true));
        assert!(settle(commitment(), broken(), &settings, date(2026, 2, 1)).fails);
    }
}
