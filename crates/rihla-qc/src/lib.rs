//! What a run was like, in numbers.
//!
//! Every stage leaves plain counters, one set a batch or a genome bin. Merging them commutes, so the
//! sums do not show threads or order. [`RunMetrics`] makes the report of them: `SAMPLE.metrics.json`,
//! whose every key is explained in `docs/metrics.md`; [`verdict`] judges it, and [`page`] shows it. [`reconcile`] refuses a run that lost reads.

mod adapters;
mod bin;
mod calls;
mod capture;
mod check;
mod contamination;
mod contigs;
mod copies;
mod counters;
mod cover;
mod depth;
mod facts;
mod fastp;
mod fingerprint;
pub mod forms;
mod gc;
mod ground;
mod groups;
mod homozygosity;
pub mod identity;
mod input;
mod insert;
mod kinds;
mod landscape;
mod manifest;
pub mod page;
mod reads;
mod records;
mod regions;
mod report;
mod sanity;
mod sex;
mod site_reads;
mod spans;
mod tallies;
mod targets;
mod variants;
pub mod verdict;
mod wgs;

pub use bin::{BinMetrics, WrittenMetrics};
pub use calls::{AlleleCounts, CallCounts, CallSums, GenotypeSums};
pub use capture::{CaptureCounts, CaptureSums, TargetGround};
pub use check::{CHECK_VERSION, CheckReport, CheckedLane, Verdict};
pub use contamination::{Contamination, LEAST_SITES, LogLikelihoods, SiteModel};
pub use contigs::{ContigCounts, ContigTable, DepthSpread, PlacedCounts};
pub use copies::{CopyMetrics, CopyState, Karyotype, RegionCopies};
pub use depth::{DEPTH_CAP, DepthCounts};
pub use fastp::{FastpCut, FastpMate, FastpReads, FastpReport};
pub use fingerprint::SiteGenotype;
pub use gc::{GC_BINS, GcCounts, GcSums};
pub use ground::{GC_WINDOW, Ground};
pub use groups::{GroupCounts, GroupError, GroupFinder, reconcile_groups};
pub use homozygosity::{HomozygosityMetrics, HomozygousRun, LONG_RUN, SHORTEST_RUN};
pub use input::InputCounts;
pub use insert::{InsertHistogram, LONGEST_INSERT};
pub use kinds::{KindCounts, Kinds};
pub use landscape::{LANDSCAPE_WINDOW, Landscape, WindowCounts};
pub use manifest::{FileEntry, MANIFEST_VERSION, Manifest, ManifestCounts, ReferenceEntry, RunFacts};
pub use reads::{FacingCounts, LONGEST_SPAN, ReadCounters, ReadSums};
pub use records::RecordCounts;
pub use regions::Places;
pub use report::{
    AlleleShares, CallingMetrics, ContigMetrics, CoverageMetrics, CycleMetrics, CycleSums, ExpectedIdentity,
    GcBiasMetrics, GroupMetrics, IdentityMetrics, IndelLengths, InsertModel, InsertSizeMetrics, LaneReads,
    LengthBins, LibraryMetrics, Program, QualityBins, ReadMetrics, RunCounters, RunMetrics,
    SCHEMA_VERSION as METRICS_VERSION, SCHEMA_VERSION, Stage, TargetMetrics, Timing, UnderCovered,
    VariantMetrics,
};
pub use sanity::{QcError, reconcile};
pub use sex::{ContigLoad, SexEvidence, SexMetrics};
pub use site_reads::{PanelCounts, SiteReads};
pub use spans::{LengthCounts, Orientation, PairSpans};
pub use tallies::{MateTallies, MateTally, ReadTally};
pub use targets::{TARGET_DEPTHS, Target, TargetDepth, TargetDepths, TargetList};
pub use variants::{VariantCounts, VariantSpreads};
pub use wgs::{GOOD_DEPTH_CAP, GoodDepth, LeftOut};
