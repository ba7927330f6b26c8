//! What the reads are like: counts per batch, to be merged over batches in any order.

use rihla_core::ReadBatch;

use crate::encoding::QualityRange;
use cycles::{CycleSums, CycleTotals};

mod cycles;

/// The bases of one cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CycleCounts {
    /// Sum of Phred values.
    pub quality: u64,
    /// Bases at this cycle.
    pub bases: u64,
    /// Of these, A, C, G and T; the others are N.
    pub letters: [u64; 4],
}

impl CycleCounts {
    /// Mean Phred value; `None` without bases.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.bases > 0).then(|| self.quality as f64 / self.bases as f64)
    }

    fn merge(&mut self, other: &Self) {
        self.quality += other.quality;
        self.bases += other.bases;
        self.letters.iter_mut().zip(other.letters).for_each(|(mine, more)| *mine += more);
    }
}

/// Counts of reads and bases. Merging commutes, so threads do not show in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadCounts {
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
    /// Lowest and highest quality; `None` without bases.
    pub qualities: Option<QualityRange>,
    /// Reads without bases.
    pub empty_reads: u64,
    /// Length of the shortest read in bases; `None` without reads.
    pub min_length: Option<u32>,
    /// Length of the longest read in bases; 0 without reads.
    pub max_length: u32,
    /// Bases by cycle from 0: of first mates and single reads, and of second mates.
    pub cycles: [Vec<CycleCounts>; 2],
}

impl ReadCounts {
    /// Counts one batch.
    #[must_use]
    pub fn of(batch: &ReadBatch) -> Self {
        Self::of_those(batch, |_| true)
    }

    /// Counts the reads of a batch that are fit to be aligned.
    #[must_use]
    pub fn of_fit(batch: &ReadBatch) -> Self {
        Self::of_those(batch, |i| !batch.is_unfit(i))
    }

    fn of_those(batch: &ReadBatch, wanted: impl Fn(usize) -> bool) -> Self {
        let mut counts = Self::default();
        let mut mates: [CycleSums; 2] = Default::default();
        // Mates alternate: in one walk, as a batch is more than caches hold.
        let second = usize::from(batch.paired);
        for i in (0..batch.len()).filter(|&i| wanted(i)) {
            let read = batch.read(i);
            counts.add_length(read.sequence.len());
            mates[i & second].add(read);
        }
        for (mate, cycles) in mates.into_iter().enumerate() {
            counts.add_bases(mate, cycles.finish());
        }
        counts
    }

    fn add_length(&mut self, length: usize) {
        self.reads += 1;
        self.bases += length as u64;
        self.empty_reads += u64::from(length == 0);
        let short = length as u32;
        self.min_length = Some(self.min_length.map_or(short, |least| least.min(short)));
        self.max_length = self.max_length.max(short);
    }

    fn add_bases(&mut self, mate: usize, totals: CycleTotals) {
        let CycleTotals { cycles, good: [q20, q30], range } = totals;
        for CycleCounts { bases, letters: [a, c, g, t], .. } in &cycles {
            self.gc_bases += c + g;
            self.n_bases += bases - (a + c + g + t);
        }
        self.q20_bases += q20;
        self.q30_bases += q30;
        self.qualities = QualityRange::join(self.qualities, range);
        self.cycles[mate] = cycles;
    }

    /// Adds the counts of other reads.
    pub fn merge(&mut self, other: &Self) {
        self.reads += other.reads;
        self.bases += other.bases;
        self.q20_bases += other.q20_bases;
        self.q30_bases += other.q30_bases;
        self.gc_bases += other.gc_bases;
        self.n_bases += other.n_bases;
        self.empty_reads += other.empty_reads;
        self.qualities = QualityRange::join(self.qualities, other.qualities);
        self.min_length = match (self.min_length, other.min_length) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.max_length = self.max_length.max(other.max_length);
        for (mine, theirs) in self.cycles.iter_mut().zip(&other.cycles) {
            if mine.len() < theirs.len() {
                mine.resize(theirs.len(), CycleCounts::default());
            }
            mine.iter_mut().zip(theirs).for_each(|(cycle, more)| cycle.merge(more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(reads: &[(&[u8], &[u8])]) -> ReadBatch {
        let mut batch = ReadBatch::new(0, 0, true);
        reads.iter().for_each(|(sequence, qualities)| batch.push(b"r", sequence, qualities));
        batch
    }

    #[test]
    fn counts_by_hand() {
        let counts = ReadCounts::of(&batch(&[(b"ACGN", &[19, 20, 29, 30]), (b"GG", &[2, 93])]));
        assert_eq!((counts.reads, counts.bases, counts.empty_reads), (2, 6, 0));
        assert_eq!((counts.q20_bases, counts.q30_bases), (4, 2));
        assert_eq!((counts.gc_bases, counts.n_bases), (4, 1));
        assert_eq!(counts.qualities, Some(QualityRange { lowest: 2, highest: 93 }));
        assert_eq!((counts.min_length, counts.max_length), (Some(2), 4));
        assert_eq!(counts.cycles[0][1], CycleCounts { quality: 20, bases: 1, letters: [0, 1, 0, 0] });
        assert_eq!(counts.cycles[0][3], CycleCounts { quality: 30, bases: 1, letters: [0; 4] });
        assert_eq!(counts.cycles[1].len(), 2);
        assert_eq!(counts.cycles[1][1].mean(), Some(93.0));
    }

    #[test]
    fn long_reads_do_not_overflow_the_byte_counts() {
        let (sequence, qualities) = (vec![b'C'; 1000], vec![40; 1000]);
        let counts = ReadCounts::of(&batch(&[(&sequence, &qualities), (b"", b"")]));
        assert_eq!((counts.gc_bases, counts.q30_bases, counts.empty_reads), (1000, 1000, 1));
        let counts = ReadCounts::of(&batch(&vec![(&sequence[..], &qualities[..]); 100]));
        assert_eq!((counts.gc_bases, counts.q20_bases, counts.n_bases), (100_000, 100_000, 0));
        assert_eq!(counts.qualities, Some(QualityRange { lowest: 40, highest: 40 }));
    }

    #[test]
    fn letters_are_counted_beyond_a_byte() {
        let counts = ReadCounts::of(&batch(&vec![(&b"GT"[..], &[30, 30][..]); 1202]));
        assert_eq!(counts.cycles[0][0].letters, [0, 0, 601, 0]);
        assert_eq!(counts.cycles[1][1].letters, [0, 0, 0, 601]);
    }

    #[test]
    fn merging_is_counting_all_at_once() {
        type Read = (&'static [u8], &'static [u8]);
        let (one, two): (Read, Read) = ((b"ACG", &[1, 2, 3]), (b"T", &[40]));
        let whole = ReadCounts::of(&batch(&[one, two, two, one]));
        let (left, right) = (ReadCounts::of(&batch(&[one, two])), ReadCounts::of(&batch(&[two, one])));
        for (a, b) in [(&left, &right), (&right, &left)] {
            let mut merged = ReadCounts::default();
            merged.merge(a);
            merged.merge(b);
            assert_eq!(merged, whole);
        }
    }
}
