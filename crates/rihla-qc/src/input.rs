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
    /// Bases of the longest read.
    pub max_length: u32,
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
        self.max_length = self.max_length.max(other.max_length);
    }
}
