//! Waivers, sign-offs and other tools' ignore lists: one ledger. Pure.
//!
//! Before judging, the ledger says what covers a vulnerability; after it, [`settle`] says what stands beside
//! each verdict, and [`lines`] what has become of every entry.

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
