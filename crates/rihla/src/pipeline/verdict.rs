//! By which limits a sample is judged.

use std::path::Path;
use std::{fs, io};

use anyhow::Result;
use rihla_qc::RunMetrics;
use rihla_qc::verdict::{LimitSet, SampleVerdict};

use crate::exit::{Failure, fault};

/// Regions of less than this share of the reference are targets.
const TARGETED: f64 = 0.1;

/// Limits, as far as they are known before a run.
pub enum Chosen {
    /// These.
    Given(LimitSet),
    /// Those that come with the program and fit.
    Fitting,
}

impl Chosen {
    /// What an option says: a set that comes with the program, or a file.
    ///
    /// # Errors
    /// A file that is missing or damaged.
    pub fn of(option: Option<&Path>) -> Result<Self> {
        option.map_or(Ok(Self::Fitting), |path| read(path).map(Self::Given))
    }

    /// The verdict on a sample; `known_bases` are those of the reference that are not ambiguous.
    #[must_use]
    pub fn judge(&self, metrics: &RunMetrics, known_bases: u64) -> SampleVerdict {
        match self {
            Self::Given(limits) => SampleVerdict::of(metrics, limits),
            Self::Fitting => {
                let is_targeted = (metrics.coverage.bases as f64) < TARGETED * known_bases as f64;
                let name = if is_targeted { "targeted" } else { "genome" };
                let limits = LimitSet::built_in(name).expect("comes with the program");
                SampleVerdict::of(metrics, &limits)
            }
        }
    }
}

/// Reads limits: by the name of a set that comes with the program, else from a file.
///
/// # Errors
/// A file that is missing or damaged.
pub fn read(path: &Path) -> Result<LimitSet> {
    if let Some(set) = path.to_str().and_then(LimitSet::built_in) {
        return Ok(set);
    }
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        let kind = if error.kind() == io::ErrorKind::InvalidData { Failure::Data } else { Failure::Missing };
        let known: Vec<&str> = LimitSet::built_in_names().collect();
        fault(
            kind,
            format!("{name}: cannot be read: {error}; give a TOML file, or one of {}", known.join(", ")),
        )
    })?;
    LimitSet::parse(&text).map_err(|error| fault(Failure::Data, format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use rihla_qc::{Program, RunCounters};

    use super::*;

    #[test]
    fn small_regions_are_targets() {
        let program = Program { name: "rihla".to_owned(), version: "0".to_owned() };
        let mut metrics = RunMetrics::new("S", program, Vec::new(), &RunCounters::default());
        for (bases, name) in [(1_000, "genome"), (100, "genome"), (99, "targeted")] {
            metrics.coverage.bases = bases;
            assert_eq!(Chosen::Fitting.judge(&metrics, 1_000).limits, name);
        }
        let given = Chosen::of(Some(Path::new("genome"))).expect("known");
        assert_eq!(given.judge(&metrics, 1_000).limits, "genome");
        assert!(Chosen::of(Some(Path::new("no-such.toml"))).is_err());
    }
}
