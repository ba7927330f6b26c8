//! The report of a run: `SAMPLE.metrics.json`. Every key is explained in `docs/metrics.md`.

mod genome;
mod lane;
mod reads;
mod targets;

use serde::{Deserialize, Serialize};

use crate::bin::BinMetrics;
use crate::copies::CopyMetrics;
use crate::homozygosity::HomozygosityMetrics;
use crate::input::InputCounts;
use crate::sex::SexMetrics;
use crate::targets::TargetList;
use crate::variants::VariantCounts;
pub use genome::{CoverageMetrics, GcBiasMetrics, VariantMetrics};
pub use lane::{GroupMetrics, LaneReads};
pub use reads::{InsertSizeMetrics, ReadMetrics};
pub use targets::{TargetMetrics, UnderCovered};

/// Version of the report's layout; grows when a key changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// What a run counted.
#[derive(Clone, Debug, Default)]
pub struct RunCounters {
    /// The input reads; `None` when a run starts from alignments.
    pub input: Option<InputCounts>,
    /// All bins, merged.
    pub bins: BinMetrics,
    /// Pairs whose duplicates are optical; `None` when not looked for.
    pub optical_duplicate_pairs: Option<u64>,
    /// The aligner's model of insert sizes.
    pub insert_model: Option<InsertModel>,
    /// Variants; `None` when none were called for.
    pub variants: Option<VariantCounts>,
    /// Read groups; `None` when not counted apart.
    pub read_groups: Option<Vec<GroupMetrics>>,
    /// Sex; `None` when it cannot show.
    pub sex: Option<SexMetrics>,
    /// Regions that are looked at one by one.
    pub targets: Option<TargetList>,
    /// Copies of chromosomes; `None` when they cannot be told.
    pub ploidy: Option<CopyMetrics>,
    /// Runs of homozygosity; `None` when they cannot be told.
    pub roh: Option<HomozygosityMetrics>,
}

/// The aligner's model of insert sizes, in bases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InsertModel {
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub sd: f64,
}

/// The whole report. All but [`RunMetrics::timing`] follows from the inputs and options alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunMetrics {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Name of the sample.
    pub sample: String,
    /// What made the report.
    pub program: Program,
    /// The inputs as they were given.
    pub inputs: Vec<String>,
    /// Reads and their records.
    pub reads: ReadMetrics,
    /// Reads by read group; `None` when not counted apart.
    pub read_groups: Option<Vec<GroupMetrics>>,
    /// Insert sizes.
    pub insert_size: InsertSizeMetrics,
    /// Depth.
    pub coverage: CoverageMetrics,
    /// Depth of regions that are looked at one by one; `None` without any.
    pub targets: Option<TargetMetrics>,
    /// Sex; `None` where the reference has neither X nor Y, or ploidy was given.
    pub sex: Option<SexMetrics>,
    /// Copies of chromosomes; `None` with too few chromosomes or reads.
    pub ploidy: Option<CopyMetrics>,
    /// Coverage by G and C; `None` without a mapped read.
    pub gc_bias: Option<GcBiasMetrics>,
    /// Variants; `None` when none were called for.
    pub variants: Option<VariantMetrics>,
    /// Runs of homozygosity; `None` with too few windows, or where only regions were called.
    pub roh: Option<HomozygosityMetrics>,
    /// What the run took; differs from run to run.
    pub timing: Option<Timing>,
}

/// Name and version of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

/// What the run took.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Threads used.
    pub threads: usize,
    /// Seconds from start to end.
    pub wall_seconds: f64,
    /// Seconds of processor time, of all threads.
    pub cpu_seconds: Option<f64>,
    /// Highest resident memory in bytes.
    pub peak_memory_bytes: Option<u64>,
    /// The stages in order.
    pub stages: Vec<Stage>,
}

/// What one stage took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Name.
    pub name: String,
    /// Seconds from its start to its end.
    pub wall_seconds: f64,
    /// Seconds of processor time, of all threads.
    pub cpu_seconds: Option<f64>,
}

impl RunMetrics {
    /// The report of `counters`, without timing.
    #[must_use]
    pub fn new(sample: &str, program: Program, inputs: Vec<String>, counters: &RunCounters) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            sample: sample.to_owned(),
            program,
            inputs,
            reads: ReadMetrics::new(counters),
            read_groups: counters.read_groups.clone(),
            insert_size: InsertSizeMetrics::new(counters.insert_model, &counters.bins.inserts),
            coverage: CoverageMetrics::new(&counters.bins.depth),
            targets: counters.targets.as_ref().map(|list| TargetMetrics::new(list, &counters.bins.targets)),
            sex: counters.sex.clone(),
            ploidy: counters.ploidy.clone(),
            gc_bias: GcBiasMetrics::new(&counters.bins.written.gc),
            variants: counters.variants.as_ref().map(VariantMetrics::new),
            roh: counters.roh.clone(),
            timing: None,
        }
    }

    /// The report as indented JSON with a line end, keys in the order of the declarations.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("plain data with text keys");
        json.push('\n');
        json
    }
}

/// A quotient to six decimals; `None` when there is nothing to divide by.
fn ratio(part: u64, whole: u64) -> Option<f64> {
    if whole == 0 { None } else { rounded(part as f64 / whole as f64) }
}

/// Six decimals; `None` for what JSON has no number for.
fn rounded(value: f64) -> Option<f64> {
    value.is_finite().then(|| (value * 1e6).round() / 1e6)
}
