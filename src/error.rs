//! What can go wrong, said so that a person knows what to do, and the exit codes.

use std::fmt;

use crate::source::Place;

/// The process's exit codes, the same for every output format.
pub mod exit {
    /// Nothing failed.
    pub const OK: u8 = 0;
    /// Something that was judged failed.
    pub const FAILED: u8 = 1;
    /// Wrong usage or configuration, a wrong annotation in the policy included.
    pub const USAGE: u8 = 2;
    /// A lockfile that counts or the advisory database could not be read, or the database is too old.
    pub const UNREADABLE: u8 = 3;
    /// There is no policy to judge.
    pub const NO_POLICY: u8 = 4;
}

/// Which exit code an [`Error`] ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// [`exit::USAGE`]
    Usage,
    /// [`exit::UNREADABLE`]
    Unreadable,
    /// [`exit::NO_POLICY`]
    NoPolicy,
}

impl Class {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Usage => exit::USAGE,
            Self::Unreadable => exit::UNREADABLE,
            Self::NoPolicy => exit::NO_POLICY,
        }
    }
}

/// What was being done, to what, why it failed, and what would help.
#[derive(Clone, Debug)]
pub struct Error {
    /// Which exit code this ends in.
    pub class: Class,
    /// What was being done, to which file, and why that failed: one sentence without a full stop.
    pub message: String,
    /// Where in a text the mistake stands.
    pub place: Option<Box<Place>>,
    /// What to do next.
    pub help: Option<String>,
}

impl Error {
    /// An error without a place or help.
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), place: None, help: None }
    }

    /// Wrong usage or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Class::Usage, message)
    }

    /// Something without which no judgement is to be trusted could not be read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(Class::Unreadable, message)
    }

    /// The same error, at `place`.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The same error, with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:{}: ", place.path(), place.line())?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// A result whose error is [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
