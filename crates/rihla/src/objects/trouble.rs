//! What goes wrong with objects, as far as it matters to those who run the program again.

use std::error::Error as StdError;
use std::{fmt, io};

use anyhow::Error;

use crate::exit::Failure;

/// Kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The object or its bucket is not there, or not for us.
    Missing,
    /// The object is no longer what it was when it was first looked at.
    Changed,
    /// The store cannot do what is needed.
    Unfit,
    /// The network or the store failed; another try may do.
    Passing,
    /// A signal came.
    Interrupted,
    /// The output cannot be put there.
    Refused,
}

impl Kind {
    const fn failure(self) -> Failure {
        match self {
            Self::Missing | Self::Unfit => Failure::Missing,
            Self::Changed => Failure::Data,
            Self::Passing => Failure::Network,
            Self::Interrupted => Failure::Interrupted,
            Self::Refused => Failure::CannotCreate,
        }
    }
}

/// Trouble with an object; its text names the object once [`Trouble::of`] has been told of it.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Its kind.
    pub kind: Kind,
    text: String,
}

impl Trouble {
    /// Trouble of a kind.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into() }
    }

    /// With what it befell before its text.
    #[must_use]
    pub fn of(self, what: &str) -> Self {
        Self { text: format!("{what}: {}", self.text), ..self }
    }

    /// For something that was to be written: what is missing is then where to.
    #[must_use]
    pub fn of_output(self, what: &str) -> Self {
        let kind = match self.kind {
            Kind::Missing | Kind::Unfit | Kind::Changed => Kind::Refused,
            kind => kind,
        };
        Self { kind, ..self.of(what) }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Trouble {}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        Self::other(trouble)
    }
}

impl From<object_store::Error> for Trouble {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error as E;
        let cause = cause(&error);
        let kind = match &error {
            E::NotFound { .. } => return Self::new(Kind::Missing, "there is no such object or bucket"),
            E::PermissionDenied { .. } | E::Unauthenticated { .. } => {
                let text =
                    format!("access is denied ({cause}); look at the credentials: docs/object-stores.md");
                return Self::new(Kind::Missing, text);
            }
            E::NotSupported { .. } => {
                let text = "the server does not answer requests for ranges; fetch the file and give its path";
                return Self::new(Kind::Unfit, text);
            }
            E::Precondition { .. } | E::NotModified { .. } => {
                return Self::new(Kind::Changed, CHANGED);
            }
            E::Generic { .. } | E::JoinError { .. } if !is_refusal(&cause) => Kind::Passing,
            _ => Kind::Unfit,
        };
        Self::new(kind, cause)
    }
}

/// What is said of an object that is another than at first.
pub const CHANGED: &str = "the object changed while it was read; start again when nobody writes it";

/// Whether the server understood and said no (a status of 4xx but for those that pass), or speaks another language.
fn is_refusal(cause: &str) -> bool {
    let status = cause.split_once("status code: 4");
    let passes = |rest: &str| rest.starts_with("08") || rest.starts_with("29");
    let foreign = ["non-partial", "builder error", "redirect", "status code: 3"];
    status.is_some_and(|(_, rest)| !passes(rest)) || foreign.iter().any(|word| cause.contains(word))
}

/// The last cause of an error: those before it hold addresses with their queries. Bodies of answers are left out,
/// which may hold names of keys.
fn cause(error: &dyn StdError) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    let text = last.to_string();
    let text = text.split('<').next().unwrap_or_default();
    text.lines().next().unwrap_or_default().trim_end_matches([':', ' ']).to_owned()
}

/// The kind of an error that came of an object.
#[must_use]
pub fn failure(error: &Error) -> Option<Failure> {
    error.chain().find_map(|cause| {
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let trouble = cause.downcast_ref::<Trouble>().or_else(|| inner?.downcast_ref::<Trouble>());
        trouble.map(|trouble| trouble.kind.failure())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_survives_wrapping() {
        let trouble = Trouble::new(Kind::Passing, "gone").of("s3://b/k: byte 7");
        assert_eq!(trouble.to_string(), "s3://b/k: byte 7: gone");
        let error = Error::from(io::Error::from(trouble)).context("while reading");
        assert_eq!(failure(&error), Some(Failure::Network));
        assert_eq!(failure(&Error::from(io::Error::other("else"))), None);
        let output = Trouble::new(Kind::Missing, "no bucket").of_output("s3://b/");
        assert_eq!(failure(&Error::from(output)), Some(Failure::CannotCreate));
    }

    #[test]
    fn refusals_are_final_and_overload_passes() {
        let status = |code: &str| is_refusal(&format!("Server returned non-2xx status code: {code}"));
        assert!(status("400 Bad Request") && status("416 Range Not Satisfiable"));
        assert!(
            !status("429 Too Many Requests") && !status("408 Request Timeout") && !status("503 Slow Down")
        );
        assert!(!is_refusal("Connection refused (os error 111)"));
    }
}
