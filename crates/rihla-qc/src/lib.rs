//! What a run was like, in numbers.
//!
//! Every stage leaves plain counters, one set a batch or a genome bin. Merging them commutes, so the
//! sums do not show threads or order. [`RunMetrics`] makes the report of them: `SAMPLE.metrics.json`,
//! whose every key is explained in `docs/metrics.md`. [`reconcile`] refuses a run that lost reads.

mod bin;
mod check;
mod depth;
mod fastp;
mod groups;
mod input;
mod insert;
mod manifest;
mod records;
mod regions;
mod report;
mod sanity;
mod sex;
mod variants;

pub use bin::BinMetrics;
pub use check::{CHECK_VERSION, CheckReport, CheckedLane, Verdict};
pub use depth::{DEPTH_CAP, DepthCounts};
pub use fastp::{FastpCut, FastpMate, FastpReads, FastpReport};
pub use groups::{GroupCounts, GroupError, GroupFinder, reconcile_groups};
pub use input::InputCounts;
pub use insert::{InsertHistogram, LONGEST_INSERT};
pub use manifest::{FileEntry, MANIFEST_VERSION, Manifest, ManifestCounts, ReferenceEntry, RunFacts};
pub use records::RecordCounts;
pub use regions::counted_regions;
pub use report::{
    CoverageMetrics, GroupMetrics, InsertModel, InsertSizeMetrics, LaneReads, Program, ReadMetrics,
    RunCounters, RunMetrics, SCHEMA_VERSION, Stage, Timing, VariantMetrics,
};
pub use sanity::{QcError, reconcile};
pub use sex::{ContigLoad, SexEvidence, SexMetrics};
pub use variants::VariantCounts;
