//! How the reads of a sequencer look, as counted in real ones: qualities, errors, fragments, coverage.
//!
//! A profile is a small JSON file. [`crate::learn::ProfileLearner`] makes it, the simulator reads it. It
//! holds rates and shares only, no reads. What the input could not show is absent (`null`), and the
//! simulator then falls back on what each field's documentation says.

use serde::{Deserialize, Serialize};

use crate::TestkitError;
use crate::gc::GcBias;
use crate::lengths::FragmentLengths;

mod check;
pub(crate) mod errors;
pub(crate) mod qualities;

pub use errors::{ErrorTables, IndelTables, RepeatRates};
pub use qualities::{ClassTables, MateQualities, QualityTables, SHORTEST_TAIL, TAIL_STEPS, TailTables};

/// Version of the JSON layout that is written and read.
pub const SCHEMA_VERSION: u32 = 1;

/// Highest quality that is told apart; higher ones count as this (Phred).
pub const MAX_QUALITY: u8 = 49;

/// Illumina's TruSeq adapters, as they follow the first and the second mate.
pub const TRUSEQ: [&str; 2] = ["AGATCGGAAGAGCACACGTCTGAACTCCAGTCA", "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT"];

/// How reads look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadProfile {
    /// Layout of the file: [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// A short name.
    pub name: String,
    /// Which reads it was learnt from, for people.
    pub source: String,
    /// How much was seen.
    pub evidence: Evidence,
    /// Qualities and N, by class of read, mate and cycle.
    pub qualities: QualityTables,
    /// Substitutions. Without them the errors are those that the qualities promise, in every context alike.
    pub errors: Option<ErrorTables>,
    /// Indel errors. Without them rates usual for PCR-free libraries are taken.
    pub indels: Option<IndelTables>,
    /// Fragment lengths.
    pub fragments: Option<LengthShares>,
    /// Relative coverage by percent of G and C in a fragment: 101 values, the highest 1.
    pub gc_coverage: Option<Vec<f64>>,
    /// What follows a fragment that is shorter than the read.
    pub adapters: Adapters,
    /// Share of the reads that are marked as duplicates.
    pub duplicates: Option<f64>,
    /// Plain figures of the reads learnt from, for comparison with simulated ones: one entry a mate.
    pub observed: Vec<Observed>,
}

/// How much a profile rests on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Reads whose qualities were counted.
    pub reads: u64,
    /// Bases held against a reference or the other mate.
    pub compared_bases: u64,
    /// Of those, how many differed.
    pub mismatches: u64,
    /// Fragments whose length was seen.
    pub fragments: u64,
}

/// Shares of fragment lengths by bins of equal width.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LengthShares {
    /// Shortest length of the first bin, in bases.
    pub first: u32,
    /// Lengths in a bin.
    pub width: u32,
    /// Weight of each bin, on any scale.
    pub shares: Vec<f64>,
}

/// Adapter read-through.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adapters {
    /// What follows the fragment in the first and in the second mate: letters A, C, G, T.
    pub sequences: [String; 2],
    /// Whether the two were seen in the reads; otherwise they are Illumina's TruSeq adapters.
    pub observed: bool,
    /// What is read behind the adapter: G where no signal is G (two colors), else A.
    pub filler: char,
    /// Share of the pairs whose fragment was shorter than the read, where it could be seen.
    pub share: Option<f64>,
}

/// Plain figures of one mate's reads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// Mean quality by cycle (Phred).
    pub mean_quality: Vec<f64>,
    /// Share of the bases with a quality below 20.
    pub below_q20: f64,
    /// Share of the bases that are N.
    pub unknown: f64,
    /// Share of the reads that end in five bases or more with qualities below 20.
    pub tailed_reads: f64,
    /// Mean length of those tails in bases.
    pub tail_length: f64,
    /// Correlation of a quality with the one before it.
    pub autocorrelation: f64,
    /// Share of the compared bases that differ from the reference, or from the other mate.
    pub mismatch_rate: Option<f64>,
}

/// Files that come with the program.
const BUILTIN: [(&str, &str); 3] = [
    ("novaseq", include_str!("../profiles/novaseq.json")),
    ("hiseq", include_str!("../profiles/hiseq.json")),
    ("hiseqx", include_str!("../profiles/hiseqx.json")),
];

impl Default for ReadProfile {
    /// The built-in `novaseq`.
    fn default() -> Self {
        Self::builtin(BUILTIN[0].0).expect("the list names it")
    }
}

impl ReadProfile {
    /// Names of the profiles that come with the program.
    pub const BUILTIN: [&str; 3] = [BUILTIN[0].0, BUILTIN[1].0, BUILTIN[2].0];

    /// A profile that comes with the program; `None` for a name that is not in [`Self::BUILTIN`].
    #[must_use]
    pub fn builtin(name: &str) -> Option<Self> {
        let (_, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        Some(Self::from_json(text).expect("a test reads every built-in profile"))
    }

    /// Reads a profile and checks it.
    ///
    /// # Errors
    /// [`TestkitError::Profile`] naming the field that is wrong and what would be right.
    pub fn from_json(text: &str) -> Result<Self, TestkitError> {
        let version: serde_json::Value = serde_json::from_str(text).map_err(|error| no_profile(&error))?;
        let version = version.get("schema_version").and_then(serde_json::Value::as_u64);
        if version != Some(u64::from(SCHEMA_VERSION)) {
            let found = version.map_or("missing".to_owned(), |version| version.to_string());
            let problem = format!(
                "schema_version is {found}, but this program reads version {SCHEMA_VERSION}; \
                 learn the profile again: rihla profile"
            );
            return Err(TestkitError::Profile { problem });
        }
        let profile: Self = serde_json::from_str(text).map_err(|error| no_profile(&error))?;
        profile.validate()?;
        Ok(profile)
    }

    /// The profile as JSON, one line for each table's row group; ends with a line feed.
    ///
    /// # Panics
    /// Never: every number of a profile is finite.
    #[must_use]
    pub fn to_json(&self) -> String {
        let value = serde_json::to_value(self).expect("a profile is plain data");
        let mut text = String::new();
        write_value(&value, 0, &mut text);
        text.push('\n');
        text
    }

    /// The fragment lengths, if they were learnt.
    #[must_use]
    pub fn fragment_lengths(&self) -> Option<FragmentLengths> {
        let LengthShares { first, width, shares } = self.fragments.as_ref()?;
        FragmentLengths::counted(*first, *width, shares).ok()
    }

    /// The coverage by share of G and C, if it was learnt.
    #[must_use]
    pub fn gc_bias(&self) -> Option<GcBias> {
        GcBias::from_curve(self.gc_coverage.as_ref()?).ok()
    }

    /// Cycles of each mate that was learnt from.
    #[must_use]
    pub fn read_lengths(&self) -> Vec<u16> {
        self.qualities.mates.iter().map(|mate| mate.cycles).collect()
    }
}

fn no_profile(error: &serde_json::Error) -> TestkitError {
    TestkitError::Profile { problem: format!("no profile of reads: {error}") }
}

/// Objects over several lines, arrays of numbers on one: small, and differences can be read.
fn write_value(value: &serde_json::Value, depth: usize, out: &mut String) {
    use serde_json::Value;
    let flat = |value: &Value| !value.is_object() && !value.is_array();
    let line = |depth: usize, out: &mut String| {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', depth));
    };
    match value {
        Value::Object(fields) => {
            out.push('{');
            for (number, (name, value)) in fields.iter().enumerate() {
                out.push_str(if number > 0 { "," } else { "" });
                line(depth + 1, out);
                out.push_str(&format!("{}: ", Value::from(name.as_str())));
                write_value(value, depth + 1, out);
            }
            line(depth, out);
            out.push('}');
        }
        Value::Array(items) if !items.iter().all(flat) => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                out.push_str(if number > 0 { "," } else { "" });
                line(depth + 1, out);
                write_value(item, depth + 1, out);
            }
            line(depth, out);
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests;
