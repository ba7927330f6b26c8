//! Small-variant caller for one sample.
//!
//! [`Caller`] takes the sorted records of an interval. The pileup (`rihla-pileup`) finds active
//! regions; for each one [`window`] and [`reads`] lay out reference and reads; [`assembly`], [`clips`],
//! [`observed`] and [`slippage`] propose haplotypes; [`likelihood`] compares reads with them, by the
//! pair hidden Markov model ([`gap_penalty`]) or, where only single bases differ, column by column;
//! [`genotype`] weighs all sets of as many as [`ploidy`] says with their [`prior`] and what [`stutter`] adds in repeats, at rates
//! that are learnt from the sample; [`locus`],
//! [`annotate`], [`artifact`], [`score`], [`filters`] and [`emit`] turn the result into records, [`mnp`] some of them into one. [`forced`] holds the alleles that are judged
//! whatever the reads say. For a gVCF,
//! [`reference_confidence`] judges every other column, [`blocks`] sums columns up, [`site`] keeps what
//! loci say that are no calls, [`symbolic`] adds the allele that stands for all others, and [`gvcf`]
//! puts the lines together.

pub mod annotate;
pub mod artifact;
pub mod assembly;
pub mod blocks;
pub mod caller;
pub mod clips;
pub mod depth;
pub mod emit;
pub mod events;
pub mod filters;
pub mod forced;
pub mod foreign;
pub mod gap_penalty;
pub mod genotype;
pub mod gvcf;
pub mod haplotype;
pub mod likelihood;
pub mod locus;
pub mod mixture;
pub mod mnp;
pub mod observed;
pub mod options;
pub mod phase;
pub mod ploidy;
pub mod prior;
pub mod rank_sum;
pub mod reads;
pub mod reference_confidence;
pub mod scanned;
pub mod score;
pub mod site;
pub mod slippage;
pub mod strand;
pub mod strangers;
pub mod stutter;
pub mod symbolic;
pub mod systematic;
pub mod window;

pub use artifact::learn::ArtifactRates;
pub use blocks::Bands;
pub use caller::{CallCounts, CallOutput, CallScratch, Caller};
pub use depth::UsualDepth;
pub use filters::FILTERS;
pub use forced::ForcedAlleles;
pub use gvcf::{GvcfJoiner, GvcfPart};
pub use options::{CallOptions, Scoring};
pub use ploidy::Ploidies;
pub use scanned::ScanCounts;
pub use stutter::{RepeatCounts, SlipModel};
