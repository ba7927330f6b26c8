//! How calls are judged by the trained model.

use clap::{Args, ValueEnum};
use rihla_call::Scoring;

/// Options of the scores.
#[derive(Args, Clone, Default)]
pub struct ScoreArgs {
    /// Judge calls also by a model that was trained on calls of known truth: it refuses some, and lowers QUAL and GQ of others
    #[arg(long, value_name = "WHETHER", value_enum, default_value_t)]
    pub score: ScoreArg,
}

/// Whether calls are scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ScoreArg {
    /// Calls have a SCORE
    #[default]
    On,
    /// The hard filters alone
    Off,
    /// As off, and calls have the FEATURES by which a model is trained
    Features,
}

impl ScoreArg {
    /// As the command line has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Features => "features",
        }
    }
}

impl From<ScoreArg> for Scoring {
    fn from(score: ScoreArg) -> Self {
        match score {
            ScoreArg::On => Self::On,
            ScoreArg::Off => Self::Off,
            ScoreArg::Features => Self::Features,
        }
    }
}
