//! Reads and bases of the input.

/// Counts of the input reads, as the FASTQ reader (or another source) gives them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputCounts {
    /// Reads (a pair is two).
    pub reads: u64,
    /// Bases, N among them.
    pub bases: u64,
    /// Bases of Phred 20 or more.
    pub q20_bases: u64,
    /// Bases of Phred 30 or more.
    pub q30_bases: u64,
    /// Bases that are G or C.
    pub gc_bases: u64,
    /// Bases that are N.
    pub n_bases: u64,
    /// Bases of the shortest read; `None` without reads.
    pub min_length: Option<u32>,
    /// Bases of the longest read.
    pub max_length: u32,
    /// Lowest and highest quality; `None` without bases.
    pub quality_range: Option<(u8, u8)>,
}

impl InputCounts {
    /// Adds the counts of other reads.
    pub fn merge(&mut self, other: &Self) {
        self.reads += other.reads;
        self.bases += other.bases;
        self.q20_bases += other.q20_bases;
        self.q30_bases += other.q30_bases;
        self.gc_bases += other.gc_bases;
        self.n_bases += other.n_bases;
        self.min_length = joined(self.min_length, other.min_length, u32::min);
        self.max_length = self.max_length.max(other.max_length);
        self.quality_range =
            joined(self.quality_range, other.quality_range, |one, two| (one.0.min(two.0), one.1.max(two.1)));
    }
}

/// Of two values that may be missing the one, the other, or both joined.
fn joined<T>(one: Option<T>, two: Option<T>, join: impl Fn(T, T) -> T) -> Option<T> {
    match (one, two) {
        (Some(one), Some(two)) => Some(join(one, two)),
        (one, two) => one.or(two),
    }
}
