//! Outcomes, verdicts, vulnerabilities' statuses and findings: what judging ends in.

use jiff::civil::Date;

use crate::commitment::Commitment;
use crate::observation::Reason;
use crate::observation::advisory::{Hit, Severity};
use crate::source::Place;

/// What became of one promise (spec: "Outcomes").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The repository shows that a firm promise does not hold.
    Broken,
    /// The promise's value is a template slot that was never filled in.
    Placeholder,
    /// The repository shows that a best-effort promise does not hold.
    Missed,
    /// A promised window is running.
    Due,
    /// The repository cannot decide it.
    Unproven,
    /// Only people can say, and nobody has.
    Manual,
    /// An unexpired sign-off says so.
    SignedOff,
    /// The repository shows that the promise holds.
    Kept,
}

impl Outcome {
    /// Every outcome, the worst first.
    pub const ALL: [Self; 8] =
        [Self::Broken, Self::Placeholder, Self::Missed, Self::Due, Self::Unproven, Self::Manual, Self::SignedOff, Self::Kept];

    /// The word in JSON and in the terminal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Placeholder => "placeholder",
            Self::Missed => "missed",
            Self::Due => "due",
            Self::Unproven => "unproven",
            Self::Manual => "manual",
            Self::SignedOff => "signed-off",
            Self::Kept => "kept",
        }
    }
}

/// What a judge says of one promise, before it is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The outcome. Judges say `Broken`; that it is `Missed` for a best effort is decided in one place.
    pub outcome: Outcome,
    /// What carries it, the weightiest first.
    pub reasons: Vec<Reason>,
    /// What is worth knowing beside it.
    pub notes: Vec<Reason>,
    /// What nobody may overlook although the outcome is `kept` (a job that cannot fail).
    pub warnings: Vec<Reason>,
    /// How many jobs, tags, vulnerabilities or links a `kept` rests on.
    pub tested: u32,
    /// The day on which it breaks, where a window is running.
    pub due: Option<Date>,
    /// Verdicts with the same cause are one diagnostic on the screen.
    pub cause: Option<String>,
    /// The waiver that covers all that it rests on: it stands beside the outcome and keeps it from failing the run.
    pub waived: Option<WaiverRef>,
    /// Whether it could not be decided because git's history or tags are not all here.
    pub wants_history: bool,
}

impl Judgement {
    /// An outcome with the reason that carries it.
    pub fn new(outcome: Outcome, reason: Reason) -> Self {
        Self {
            outcome,
            reasons: vec![reason],
            notes: Vec::new(),
            warnings: Vec::new(),
            tested: 0,
            due: None,
            cause: None,
            waived: None,
            wants_history: false,
        }
    }

    /// Kept, resting on `tested` things.
    pub fn kept(tested: u32, reason: Reason) -> Self {
        Self { tested, ..Self::new(Outcome::Kept, reason) }
    }

    /// Broken.
    pub fn broken(reason: Reason) -> Self {
        Self::new(Outcome::Broken, reason)
    }

    /// Unproven: the reason says what would decide it.
    pub fn unproven(reason: Reason) -> Self {
        Self::new(Outcome::Unproven, reason)
    }

    /// The same, undecided because git's history or tags are not all here: the report says once what brings them.
    #[must_use]
    pub fn wants_history(mut self, wants: bool) -> Self {
        self.wants_history = wants;
        self
    }

    /// The same, with a further reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reasons.push(reason);
        self
    }

    /// The same, with a note.
    #[must_use]
    pub fn note(mut self, note: Reason) -> Self {
        self.notes.push(note);
        self
    }

    /// The same, with a warning.
    #[must_use]
    pub fn warn(mut self, warning: Reason) -> Self {
        self.warnings.push(warning);
        self
    }

    /// The same, with the cause that it shares with others.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

/// One promise, judged and settled.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The promise.
    pub commitment: Commitment,
    /// What was said of it. After settling, its outcome may be `SignedOff`.
    pub judgement: Judgement,
    /// What settles it or stands beside it.
    pub waiver: Option<WaiverRef>,
    /// Whether it fails the run.
    pub fails: bool,
}

/// A waiver or sign-off that stands beside a verdict or a vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaiverRef {
    /// Where it is written.
    pub place: Place,
    /// Its reason; of a sign-off, who said so.
    pub reason: String,
    /// The last day on which it counts; `None` for another tool's ignore without an end.
    pub until: Option<Date>,
}

/// The status of one live vulnerability (spec: "Vulnerabilities"), in the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Unmaintained, unsound, notice, yanked; a lockfile that does not count; or the fix reaches users by itself.
    Informational,
    /// Nothing that ships reaches it.
    NotShipped,
    /// Cargo never builds it.
    NotBuilt,
    /// An unexpired waiver covers it.
    Waived,
    /// No fixed version is published.
    NoFix,
    /// The policy promises no window for it.
    NoDeadline,
    /// Inside the promised window.
    Due,
    /// Past the promised window.
    Overdue,
}

impl Status {
    /// The word in JSON and in the terminal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::NotShipped => "not-shipped",
            Self::NotBuilt => "not-built",
            Self::Waived => "waived",
            Self::NoFix => "no-fix",
            Self::NoDeadline => "no-deadline",
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }
}

/// One hit with its status and clock.
#[derive(Clone, Debug)]
pub struct Vulnerability {
    /// What was observed.
    pub hit: Hit,
    /// The severity: of the advisory, or of `[[severity]]`.
    pub severity: Option<Severity>,
    /// Its status.
    pub status: Status,
    /// The id of the `patch-deadline` promise whose window it is charged to.
    pub charged_to: Option<String>,
    /// The day the clock started.
    pub clock_started: Option<Date>,
    /// The last day inside the window.
    pub due: Option<Date>,
    /// Why the due date is only "at the earliest", as a half-sentence ("the history is cut off"); `None` where it is certain.
    pub at_the_earliest: Option<String>,
    /// How the date came about, and what the status rests on.
    pub reasons: Vec<Reason>,
    /// The waiver that covers it.
    pub waiver: Option<WaiverRef>,
    /// Whether it fails the run.
    pub fails: bool,
}

/// What is worth saying and is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// `kind/subject`, kebab case.
    pub id: String,
    /// One sentence or two, without a full stop at the end.
    pub text: String,
    /// Where it is seen.
    pub places: Vec<crate::observation::At>,
    /// Whether it fails the run by itself (others fail with `--deny findings`).
    pub fails: bool,
}
