//! What a maintainer asks of a draft: by flags, or by answers to a few questions.

use std::str::FromStr;

use crate::address::{is_email, is_url};
use crate::commitment::{SeverityClass, Strength, Window};
use crate::releases::Rule;

/// All that was asked for. What is left out is not promised, or said as a best effort without a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Where to report.
    pub contacts: Vec<Contact>,
    /// Within how long a report is acknowledged.
    pub acknowledge: Option<Window>,
    /// Within how long vulnerabilities are fixed.
    pub fixes: Vec<Fix>,
    /// Which versions get fixes.
    pub supported: Vec<Supported>,
    /// Whether the deadlines are worded as aims.
    pub best_effort: bool,
}

impl Wishes {
    /// How strongly the typed deadlines are meant.
    pub const fn strength(&self) -> Strength {
        if self.best_effort { Strength::BestEffort } else { Strength::Firm }
    }

    /// Whether nothing was asked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A question to a person at a terminal.
#[derive(Debug)]
pub struct Question {
    /// What is asked, with an example and what no answer means.
    pub text: &'static str,
    /// Takes the answer; an empty one changes nothing.
    pub answer: fn(&mut Wishes, &str) -> Result<(), String>,
}

/// What a new policy hangs on most.
pub const QUESTIONS: &[Question] = &[
    Question {
        text: "Where are vulnerabilities reported? An e-mail address or a page; nothing for GitHub's private reporting",
        answer: |wishes, answer| given::<Contact>(answer).map(|given| wishes.contacts.extend(given)),
    },
    Question {
        text: "Within which time do you acknowledge a report? Such as `3 days`; nothing to name none",
        answer: |wishes, answer| given(answer).map(|given| wishes.acknowledge = given),
    },
    Question {
        text: "Within which time do you fix one? Such as `60 days`, or `critical=14 days`; nothing to name none",
        answer: |wishes, answer| given::<Fix>(answer).map(|given| wishes.fixes.extend(given)),
    },
    Question {
        text: "Which versions get fixes? Such as `latest-minor` or `1.4.x`; nothing for the latest, as a best effort",
        answer: |wishes, answer| given::<Supported>(answer).map(|given| wishes.supported.extend(given)),
    },
];

fn given<T: FromStr<Err = String>>(answer: &str) -> Result<Option<T>, String> {
    if answer.is_empty() { Ok(None) } else { answer.parse().map(Some) }
}

/// Where to report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// `github`: the repository's own private vulnerability reporting.
    Github,
    /// An e-mail address.
    Email(String),
    /// A web page.
    Url(String),
}

impl FromStr for Contact {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        // What would end a link or a table cell is no part of an address that is printed into Markdown.
        let plain = !text.contains(|c: char| c.is_control() || "<>()[]|\\`*\"".contains(c));
        match text.strip_prefix("mailto:").unwrap_or(text) {
            "github" => Ok(Self::Github),
            address if plain && is_email(address) => Ok(Self::Email(address.to_owned())),
            address if plain && is_url(address) && address.starts_with("https://") => Ok(Self::Url(address.to_owned())),
            _ => Err(format!("`{text}` is neither an e-mail address, nor a page (`https://…`), nor `github`")),
        }
    }
}

/// One deadline for fixes: `critical=14 days`, or `30 days` for any severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Of which severity.
    pub severity: SeverityClass,
    /// Within how long.
    pub window: Window,
}

impl FromStr for Fix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (severity, window) = text.split_once('=').unwrap_or((SeverityClass::Any.word(), text));
        let all = || SeverityClass::ALL.iter().map(|class| class.word()).collect::<Vec<_>>().join(", ");
        let severity = SeverityClass::from_word(severity.trim()).ok_or_else(|| format!("`{severity}` is none of {}", all()))?;
        Ok(Self { severity, window: window.parse()? })
    }
}

/// One rule of supported versions, normalised: `latest-minor`, `1.2.*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supported(pub String);

impl FromStr for Supported {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = normal(text.trim());
        match Rule::parse(&rule) {
            Some(Rule::Older) | None => Err(format!(
                "`{text}` is no rule of versions; write it as `latest`, `latest-minor`, `latest-2-minors`, `1.2.x` or `>=1.2, <2.0`"
            )),
            Some(Rule::Requirement(_) | Rule::Latest { .. } | Rule::Branch(_) | Rule::All) => Ok(Self(rule)),
        }
    }
}

/// As the vocabulary spells it: `1.2.x` and `1.2` are `1.2.*`, `1.2.3` is that one version.
fn normal(text: &str) -> String {
    let text = text.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(text);
    let parts: Vec<&str> = text.split('.').collect();
    let numbers = parts.iter().take_while(|part| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty()).count();
    let wild = |part: &&str| matches!(*part, "x" | "X" | "*");
    match (numbers, parts.get(numbers..).unwrap_or_default()) {
        (3, []) => format!("={text}"),
        (1 | 2, rest) if rest.iter().all(wild) && parts.len() <= 3 => {
            format!("{}.*", parts.get(..numbers).unwrap_or_default().join("."))
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commitment::Unit;

    #[test]
    fn a_contact_is_an_address_a_page_or_github() {
        assert_eq!("github".parse(), Ok(Contact::Github));
        assert_eq!("mailto:security@acme.io".parse(), Ok(Contact::Email("security@acme.io".into())));
        assert_eq!("https://acme.io/Report".parse(), Ok(Contact::Url("https://acme.io/Report".into())));
        for wrong in ["", "acme", "http://acme.io", "acme.io", "a@b", "https://acme.io/)x", "a@acme.io\n# x", "x<y@acme.io"] {
            assert!(wrong.parse::<Contact>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_fix_is_of_a_severity_or_of_any() {
        let days = |amount| Window { amount, unit: Unit::Days };
        assert_eq!("critical=14 days".parse(), Ok(Fix { severity: SeverityClass::Critical, window: days(14) }));
        assert_eq!("30 days".parse(), Ok(Fix { severity: SeverityClass::Any, window: days(30) }));
        for wrong in ["urgent=14 days", "critical", "critical=", "critical=soon"] {
            assert!(wrong.parse::<Fix>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn versions_are_written_any_way() {
        for (text, rule) in [
            ("1.2.x", "1.2.*"),
            ("v1.2", "1.2.*"),
            ("1", "1.*"),
            ("1.x.x", "1.*"),
            ("1.2.3", "=1.2.3"),
            (">=0.4, <1.0", ">=0.4, <1.0"),
            ("latest-2-minors", "latest-2-minors"),
            ("branch:main", "branch:main"),
        ] {
            assert_eq!(text.parse(), Ok(Supported(rule.into())), "{text}");
        }
        for wrong in ["", "x", "older", "newest", "1.2.3.4", "| x |", "latest-0-minors"] {
            assert!(wrong.parse::<Supported>().is_err(), "{wrong}");
        }
    }
}
