//! What words say: the phrases that the readers look for, as data, each with an example.
//!
//! The tables are the reader's whole vocabulary; a test finds every example with its own phrase.

use std::sync::LazyLock;

use super::words::{Hit, Lexicon, Words};

mod answers;
mod people;
mod practices;
mod voices;

macro_rules! concepts {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What a phrase says.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Concept { $($(#[$doc])* $name,)+ }

        /// How many concepts there are; a sentence keeps them as the bits of one number.
        const CONCEPTS: usize = [$(stringify!($name)),+].len();
        const _: () = assert!(CONCEPTS <= 128);
    };
}

concepts! {
    // Modality (voices.rs)
    /// "aim to": what follows is a best effort.
    Hedge,
    /// "where possible": what stands before is a best effort.
    HedgeAfter,
    /// "will": ends a hedge.
    Firm,
    /// "not", "never".
    Not,
    /// "please", "you should": asks somebody else.
    Ask,
    /// "we", "the maintainers".
    We,
    /// "if", "once": a condition.
    If,
    /// "for example".
    Example,
    // Sections and lead-ins (voices.rs)
    /// Speaks to reporters ("What to include", "Please provide").
    ToReporters,
    /// Speaks to users or contributors ("Best practices for deployers").
    ToOthers,
    /// What is in or out of scope, a threat model.
    InScope,
    OutOfScope,
    /// Speaks of what the project does ("Our commitment", "We will:").
    Ours,
    /// Speaks of the past or of other places ("References", "Found by").
    Elsewhere,
    /// What the software does ("the tool checks").
    Feature,
    // Answers to a report (answers.rs)
    Report, Vulnerability, Acknowledge, Assess, Update, Fix, FixSection, ResponseSection, Release, Disclose, DisclosureWindow,
    Earlier, AtLeast, After, Plan,
    Coordinated, Confidential, Publish, Advisory, Notice, Announce,
    VenueGithub, VenueRustsec, VenueCve, VenueList, VenueNotes, VenueWebsite, VenueSocial, VenueSection,
    NoPromise, OtherMatter,
    Credit, LegalAction, SafeHarbor, Bounty, StepTriage, StepSeverity, StepFix, StepRelease, StepAnnounce, StepReview, StepsLead, NoNumber,
    // Practices (practices.rs)
    Dependency, DependencySection, Monitor, UpdateDependency, Remediate, Block, Merge, ReleaseGate, Backport, BackportTarget, Supports, SeriousOnly,
    Released, Signed, Checksum, Sbom, Provenance, Reproducible, TrustedPublishing, Locked, ExactPins, Lockfile, Ci, LeastPrivilege,
    Actions, Pinned, NoUnsafe, LittleUnsafe, Semver, PatchRelease, Changelog, Recorded, Key, KeyId, LastUpdated, Reviewed, ThisPolicy,
    CodeReview, Fuzzing, StaticAnalysis, PenetrationTest, ThirdPartyAudit, InternalAudit, Sanitizers, SecurityTests, ThreatModel,
    SecretScanning, TwoFactor, BranchProtection, SignedCommits, SecretManagement, Training, Comply,
    PullRequest, EveryChange, Push, InCi, Scheduled, AtRelease, Runs, SuchAs,
    // Reporting channels (practices.rs)
    GithubReporting, Maintainers, Email, DirectMessage, ElseContact,
}

/// One row of a table: what is said, the phrase, an example of it.
type Row = (Concept, &'static str, &'static str);

fn rows() -> impl Iterator<Item = &'static Row> {
    [voices::TABLE, answers::TABLE, practices::TABLE, people::TABLE].into_iter().flatten()
}

static LEXICON: LazyLock<Lexicon<Concept>> = LazyLock::new(|| Lexicon::new(rows().map(|&(what, phrase, _)| (what, phrase))));

/// Every phrase of the tables that is found in `words`.
pub(super) fn find(words: &Words) -> Vec<Hit<Concept>> {
    LEXICON.find(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_phrase_finds_its_own_example() {
        let lost: Vec<_> = rows()
            .filter(|&&(what, phrase, example)| Lexicon::new([(what, phrase)]).find(&Words::new(example, 0..example.len())).is_empty())
            .collect();
        assert!(lost.is_empty(), "phrases that do not find their example: {lost:#?}");
    }
}
