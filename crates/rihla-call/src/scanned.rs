//! What scans of a sample's reads tell before anything is called: how common errors of one strand are, artifacts,
//! ends of reads that a fold made, and reads of strangers.

use rihla_core::{Interval, RecordArena, Reference};
use rihla_pileup::options::HALO;

use crate::artifact::learn::ArtifactCounts;
use crate::options::CallOptions;
use crate::strangers::StrangerCounts;
use crate::systematic::learn::ErrorCounts;

/// Reads are scanned in blocks of the genome, fixed stretches of a contig, and errors of one strand are looked for in one of so many.
const BLOCK: u32 = 1 << 16;
const ERRORS_IN: u32 = 4;

/// Counts of all that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// Of errors of one strand.
    pub errors: ErrorCounts,
    /// Of artifacts.
    pub artifacts: ArtifactCounts,
    /// Of strangers' reads.
    pub strangers: StrangerCounts,
    /// Reads, supplementary alignments left out.
    pub reads: u64,
    /// Those of them that begin with what a fold made.
    pub folded: u64,
}

impl ScanCounts {
    /// Those of an interval; `records` reach beyond it by [`HALO`].
    #[must_use]
    pub fn of(reference: &Reference, interval: Interval, records: &RecordArena) -> Self {
        let mut counts = Self::default();
        if records.is_empty() {
            return counts;
        }
        let options = CallOptions::default().pileup;
        let length = reference.contigs().get(interval.contig).length;
        for number in interval.start / BLOCK..interval.end.div_ceil(BLOCK) {
            let block = common(interval, number);
            let pileup = rihla_pileup::scan(reference, block, records, &[], &options);
            let around = block.padded(HALO, length);
            let codes = reference.fetch(around.contig, around.start, around.end);
            counts.artifacts.add(&ArtifactCounts::of(block, &pileup, (&codes, around.start)));
            counts.strangers.add(&StrangerCounts::of(block, &pileup, (&codes, around.start)));
            for read in pileup.reads.reads() {
                let counts_here = !read.supplementary && (block.start..block.end).contains(&read.start);
                counts.reads += u64::from(counts_here);
                counts.folded += u64::from(counts_here && read.folded);
            }
            if number % ERRORS_IN == 0 {
                counts.errors.add(&ErrorCounts::of(block, &pileup));
            }
        }
        counts
    }

    /// Adds another part's counts.
    pub fn add(&mut self, other: &Self) {
        self.errors.add(&other.errors);
        self.artifacts.add(&other.artifacts);
        self.strangers.add(&other.strangers);
        self.reads += other.reads;
        self.folded += other.folded;
    }
}

/// What an interval has of a block.
fn common(interval: Interval, number: u32) -> Interval {
    let (start, end) = (number * BLOCK, (number * BLOCK).saturating_add(BLOCK));
    Interval::new(interval.contig, start.max(interval.start), end.min(interval.end))
}
