//! The report of a run: `SAMPLE.metrics.json`. Every key is explained in `docs/metrics.md`.

mod calling;
mod contig;
mod cycles;
mod genome;
mod identity;
pub(crate) mod json;
mod lane;
mod lengths;
mod library;
mod reads;
mod targets;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::bin::BinMetrics;
use crate::contamination::Contamination;
use crate::copies::CopyMetrics;
use crate::homozygosity::HomozygosityMetrics;
use crate::input::InputCounts;
use crate::sex::SexMetrics;
use crate::targets::TargetList;
use crate::variants::VariantCounts;
use crate::verdict::SampleVerdict;
pub use calling::CallingMetrics;
pub use contig::ContigMetrics;
pub use cycles::{CycleMetrics, CycleSums};
pub use genome::{AlleleShares, CoverageMetrics, GcBiasMetrics, IndelLengths, QualityBins, VariantMetrics};
pub use identity::{ExpectedIdentity, IdentityMetrics};
pub use lane::{GroupMetrics, LaneReads};
pub use lengths::LengthBins;
pub use library::LibraryMetrics;
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
    /// What the caller learnt; `None` when nothing was to be learnt.
    pub calling: Option<CallingMetrics>,
    /// Variants; `None` when none were called for.
    pub variants: Option<VariantCounts>,
    /// Read groups; `None` when not counted apart.
    pub read_groups: Option<Vec<GroupMetrics>>,
    /// First and second mates by cycle; none when not counted.
    pub cycles: Vec<CycleMetrics>,
    /// Duplicates by library; none when not counted.
    pub libraries: Vec<LibraryMetrics>,
    /// Depth by contig; none when not counted.
    pub contigs: Vec<ContigMetrics>,
    /// Sex; `None` when it cannot show.
    pub sex: Option<SexMetrics>,
    /// Regions that are looked at one by one.
    pub targets: Option<TargetList>,
    /// Copies of chromosomes; `None` when they cannot be told.
    pub ploidy: Option<CopyMetrics>,
    /// Runs of homozygosity; `None` when they cannot be told.
    pub roh: Option<HomozygosityMetrics>,
    /// Contamination; `None` when not looked for, or too little is there to judge.
    pub contamination: Option<Contamination>,
    /// Who the sample is; `None` when not looked for.
    pub identity: Option<IdentityMetrics>,
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
    /// What is thought of the sample; `None` where it was not judged.
    #[serde(default)]
    pub verdict: Option<SampleVerdict>,
    /// Reads and their records.
    pub reads: ReadMetrics,
    /// Reads by read group; `None` when not counted apart.
    pub read_groups: Option<Vec<GroupMetrics>>,
    /// First and second mates by cycle.
    #[serde(default)]
    pub cycles: Vec<CycleMetrics>,
    /// Duplicates by library.
    #[serde(default)]
    pub libraries: Vec<LibraryMetrics>,
    /// Insert sizes.
    pub insert_size: InsertSizeMetrics,
    /// Depth.
    pub coverage: CoverageMetrics,
    /// Depth by contig.
    #[serde(default)]
    pub contigs: Vec<ContigMetrics>,
    /// Depth of regions that are looked at one by one; `None` without any.
    pub targets: Option<TargetMetrics>,
    /// Sex; `None` where the reference has neither X nor Y, or ploidy was given.
    pub sex: Option<SexMetrics>,
    /// Copies of chromosomes; `None` with too few chromosomes or reads.
    pub ploidy: Option<CopyMetrics>,
    /// Coverage by G and C; `None` without a mapped read.
    pub gc_bias: Option<GcBiasMetrics>,
    /// Contamination; `None` when not looked for, or too little is there to judge.
    pub contamination: Option<Contamination>,
    /// Who the sample is; `None` when not looked for.
    pub identity: Option<IdentityMetrics>,
    /// What the caller learnt of the sample; `None` with more than two copies, of which nothing is learnt.
    pub calling: Option<CallingMetrics>,
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
    /// The report of `counters`, without timing and verdict.
    #[must_use]
    pub fn new(sample: &str, program: Program, inputs: Vec<String>, counters: &RunCounters) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            sample: sample.to_owned(),
            program,
            inputs,
            verdict: None,
            reads: ReadMetrics::new(counters),
            read_groups: counters.read_groups.clone(),
            cycles: counters.cycles.clone(),
            libraries: counters.libraries.clone(),
            insert_size: InsertSizeMetrics::new(counters.insert_model, &counters.bins.inserts),
            coverage: CoverageMetrics::new(&counters.bins),
            contigs: counters.contigs.clone(),
            targets: counters.targets.as_ref().map(|list| TargetMetrics::new(list, &counters.bins.targets)),
            sex: counters.sex.clone(),
            ploidy: counters.ploidy.clone(),
            gc_bias: GcBiasMetrics::new(&counters.bins.written.gc),
            contamination: counters.contamination.as_ref().map(Contamination::rounded),
            identity: counters.identity.clone(),
            calling: counters.calling.as_ref().map(CallingMetrics::rounded),
            variants: counters.variants.as_ref().map(VariantMetrics::new),
            roh: counters.roh.clone(),
            timing: None,
        }
    }

    /// Reads a report; keys that came later than it was written are empty.
    ///
    /// # Errors
    /// In words, what is wrong with the text, or that it is of a layout that is not known.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let head = Head::of(text)?;
        if head.is_comparison() {
            return Err("is of rihla compare, not of rihla germline".to_owned());
        }
        let (Some(version), Some(_)) = (head.schema_version, head.sample) else {
            return Err(
                "is JSON, but no metrics of rihla germline: it has no schema_version and sample".to_owned()
            );
        };
        if version != u64::from(SCHEMA_VERSION) {
            return Err(format!("has layout {version}; this version reads {SCHEMA_VERSION}"));
        }
        serde_json::from_str(text).map_err(|error| format!("is no metrics of rihla germline: {error}"))
    }

    /// Whether a text is the other `metrics.json`, that of `rihla compare`.
    #[must_use]
    pub fn is_of_comparison(text: &str) -> bool {
        Head::of(text).is_ok_and(|head| head.is_comparison())
    }

    /// The report as indented JSON with a line end, keys in the order of the declarations, lists of numbers on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::text(self)
    }
}

/// What tells reports from other JSON.
#[derive(Deserialize)]
struct Head {
    schema_version: Option<u64>,
    sample: Option<String>,
    strata: Option<IgnoredAny>,
    counts: Option<IgnoredAny>,
}

impl Head {
    fn of(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| format!("is no metrics of rihla germline: {error}"))
    }

    fn is_comparison(&self) -> bool {
        self.sample.is_none() && self.strata.is_some() && self.counts.is_some()
    }
}

/// A quotient to six decimals; `None` when there is nothing to divide by.
fn ratio(part: u64, whole: u64) -> Option<f64> {
    if whole == 0 { None } else { rounded(part as f64 / whole as f64) }
}

/// Six decimals; `None` for what JSON has no number for.
fn rounded(value: f64) -> Option<f64> {
    value.is_finite().then(|| rounded_to(value, 6))
}

/// So many decimals.
pub(crate) fn rounded_to(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}
