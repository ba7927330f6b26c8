//! The report of `rihla check`: every lane, and whether its reads are sound. Every key is explained in
//! `docs/check.md`.

use serde::{Deserialize, Serialize};

use crate::report::{LaneReads, Program};

/// Version of the report's layout; grows when a key changes its meaning or goes.
pub const CHECK_VERSION: u32 = 1;

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    /// [`CHECK_VERSION`].
    pub check_version: u32,
    /// What made the report.
    pub program: Program,
    /// In the order in which they were given.
    pub lanes: Vec<CheckedLane>,
}

/// What came of one lane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckedLane {
    /// Its number, from 1.
    pub lane: usize,
    /// Its sample, where a sheet names it.
    pub sample: Option<String>,
    /// Flow cell and lane by the name of the first read, where that tells them.
    pub unit: Option<String>,
    /// Its files.
    pub files: Vec<String>,
    /// In a word.
    pub verdict: Verdict,
    /// Why it is refused.
    pub error: Option<String>,
    /// What is odd about it.
    pub warnings: Vec<String>,
    /// Whether its reads come in pairs.
    pub paired: bool,
    /// The letter of quality 0, as a number: 33 or 64; `None` where that is in doubt.
    pub quality_offset: Option<u8>,
    /// Its reads; `None` where it is refused.
    pub counts: Option<LaneReads>,
}

/// What is thought of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong.
    Ok,
    /// It can be used, but something is odd.
    Warning,
    /// It cannot be used.
    Error,
}

impl Verdict {
    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl CheckReport {
    /// The report as indented JSON with a line end, keys in the order of the declarations.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("plain data with text keys");
        json.push('\n');
        json
    }
}
