//! What a run was like, in numbers.
//!
//! Every stage leaves plain counters, one set a batch or a genome bin. Merging them commutes, so the
//! sums do not show threads or order. [`RunMetrics`] makes the report of them: `SAMPLE.metrics.json`,
//! whose every key is explained in `docs/metrics.md`. [`reconcile`] refuses a run that lost reads.

mod adapters;
mod bin;
mod calls;
mod check;
mod contigs;
mod counters;
mod cover;
mod depth;
mod facts;
mod fastp;
pub mod forms;
mod groups;
mod input;
mod insert;
mod kinds;
mod manifest;
mod reads;
mod records;
mod regions;
mod report;
mod sanity;
mod sex;
mod spans;
mod tallies;
mod variants;
mod wgs;

pub use bin::{BinMetrics, WrittenMetrics};
pub use calls::{AlleleCounts, CallCounts, CallSums, GenotypeSums};
pub use check::{CHECK_VERSION, CheckReport, CheckedLane, Verdict};
pub use contigs::{ContigCounts, ContigTable, DepthSpread, PlacedCounts};
pub use depth::{DEPTH_CAP, DepthCounts};
pub use fastp::{FastpCut, FastpMate, FastpReads, FastpReport};
pub use groups::{GroupCounts, GroupError, GroupFinder, reconcile_groups};
pub use input::InputCounts;
pub use insert::{InsertHistogram, LONGEST_INSERT};
pub use kinds::{KindCounts, Kinds};
pub use manifest::{FileEntry, MANIFEST_VERSION, Manifest, ManifestCounts, ReferenceEntry, RunFacts};
pub use reads::{FacingCounts, LONGEST_SPAN, ReadCounters, ReadSums};
pub use records::RecordCounts;
pub use regions::Places;
pub use report::{
    CoverageMetrics, GroupMetrics, InsertModel, InsertSizeMetrics, LaneReads, Program, ReadMetrics,
    RunCounters, RunMetrics, SCHEMA_VERSION, Stage, Timing, VariantMetrics,
};
pub use sanity::{QcError, reconcile};
pub use sex::{ContigLoad, SexEvidence, SexMetrics};
pub use spans::{LengthCounts, Orientation, PairSpans};
pub use tallies::{MateTallies, MateTally, ReadTally};
pub use variants::VariantCounts;
pub use wgs::{GOOD_DEPTH_CAP, GoodDepth, LeftOut};
