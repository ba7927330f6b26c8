//! What was said before of two samples.

use std::fmt;

use super::Conclusion;

/// What two samples should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Of one person.
    Same,
    /// Of two people, relatives or not.
    Different,
}

impl Expected {
    /// Whether the conclusion bears it out; one that leaves it open does not.
    #[must_use]
    pub fn is_met(self, conclusion: Conclusion) -> bool {
        match self {
            Self::Same => conclusion == Conclusion::Same,
            Self::Different => matches!(conclusion, Conclusion::Related | Conclusion::Different),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "same",
            Self::Different => "different",
        })
    }
}
