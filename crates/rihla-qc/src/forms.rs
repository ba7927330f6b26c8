//! Numbers in the form of other programs: files that MultiQC, and everybody's scripts, read. `docs/metrics.md` says of
//! each what it is equal to and where it differs.

pub mod alignment_summary;
pub mod bcftools;
pub mod flagstat;
pub mod gc_bias;
pub mod hs;
pub mod idxstats;
pub mod insert_size;
pub mod mosdepth;
mod picard;
pub mod self_sm;
pub mod stats;
pub mod targets;
pub mod wgs;

/// Where the numbers of a file come from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Name and version of what counted.
    pub program: &'a str,
    /// Its command line.
    pub command: &'a str,
    /// Name of the sample; MultiQC takes it from some files' heads.
    pub sample: &'a str,
}
