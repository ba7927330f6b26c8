//! What the reads are like: counts per batch, to be merged over batches in any order.

use rihla_core::{ReadBatch, ReadRef};

use crate::encoding::QualityRange;

/// Letters that are counted by cycle.
const LETTERS: [u8; 4] = *b"ACGT";

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
        for mate in 0..=usize::from(batch.paired) {
            let step = 1 + usize::from(batch.paired);
            let mut cycles = CycleSums::default();
            for i in (mate..batch.len()).step_by(step).filter(|&i| wanted(i)) {
                let read = batch.read(i);
                counts.add(read);
                cycles.add(read);
            }
            counts.cycles[mate] = cycles.finish();
        }
        counts
    }

    fn add(&mut self, read: ReadRef<'_>) {
        let length = read.sequence.len();
        self.reads += 1;
        self.bases += length as u64;
        self.empty_reads += u64::from(length == 0);
        let short = length as u32;
        self.min_length = Some(self.min_length.map_or(short, |least| least.min(short)));
        self.max_length = self.max_length.max(short);
        self.gc_bases += count(read.sequence, |b| (b == b'G') | (b == b'C'));
        self.n_bases += count(read.sequence, |b| b == b'N');
        self.q20_bases += count(read.qualities, |q| q >= 20);
        self.q30_bases += count(read.qualities, |q| q >= 30);
        self.qualities = QualityRange::join(self.qualities, QualityRange::of(read.qualities));
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

/// Sums by cycle, in numbers small enough for the loops to vectorize well.
#[derive(Default)]
struct CycleSums {
    qualities: QualitySums,
    letters: [LetterSums; 4],
    /// Reads by length.
    lengths: Vec<u64>,
}

impl CycleSums {
    fn add(&mut self, read: ReadRef<'_>) {
        let length = read.sequence.len();
        if self.lengths.len() <= length {
            self.lengths.resize(length + 1, 0);
            self.qualities.resize(length);
            self.letters.iter_mut().for_each(|letter| letter.resize(length));
        }
        self.lengths[length] += 1;
        self.qualities.add(read.qualities);
        self.letters.iter_mut().zip(LETTERS).for_each(|(sums, letter)| sums.add(read.sequence, letter));
    }

    fn finish(mut self) -> Vec<CycleCounts> {
        self.qualities.empty_small();
        self.letters.iter_mut().for_each(LetterSums::empty_small);
        let mut longer: u64 = self.lengths.iter().sum();
        let cycles = self.qualities.wide.iter().zip(&self.lengths).enumerate();
        cycles
            .map(|(cycle, (&quality, &reads))| {
                longer -= reads;
                let letters = self.letters.each_ref().map(|sums| sums.wide[cycle]);
                CycleCounts { quality, bases: longer, letters }
            })
            .collect()
    }
}

/// Sums of qualities by cycle.
#[derive(Default)]
struct QualitySums {
    /// Sums of the reads since they were last emptied into `wide`.
    small: Vec<u32>,
    wide: Vec<u64>,
    reads: u32,
}

impl QualitySums {
    /// So many reads of quality 255 at most fit 32 bits.
    const FULL: u32 = 1 << 24;

    fn resize(&mut self, length: usize) {
        self.small.resize(length, 0);
        self.wide.resize(length, 0);
    }

    fn add(&mut self, qualities: &[u8]) {
        self.small.iter_mut().zip(qualities).for_each(|(sum, &quality)| *sum += u32::from(quality));
        self.reads += 1;
        if self.reads == Self::FULL {
            self.empty_small();
        }
    }

    fn empty_small(&mut self) {
        empty_into(&mut self.wide, &mut self.small);
        self.reads = 0;
    }
}

/// How often a letter stands at each cycle.
#[derive(Default)]
struct LetterSums {
    /// Of the reads since they were last emptied into `wide`.
    small: Vec<u8>,
    wide: Vec<u64>,
    reads: u8,
}

impl LetterSums {
    fn resize(&mut self, length: usize) {
        self.small.resize(length, 0);
        self.wide.resize(length, 0);
    }

    fn add(&mut self, sequence: &[u8], letter: u8) {
        self.small.iter_mut().zip(sequence).for_each(|(sum, &base)| *sum += u8::from(base == letter));
        self.reads += 1;
        if self.reads == u8::MAX {
            self.empty_small();
        }
    }

    fn empty_small(&mut self) {
        empty_into(&mut self.wide, &mut self.small);
        self.reads = 0;
    }
}

/// Adds small sums to wide ones, and sets them to zero.
fn empty_into<T: Copy + Default + Into<u64>>(wide: &mut [u64], small: &mut [T]) {
    wide.iter_mut().zip(small).for_each(|(wide, small)| *wide += std::mem::take(small).into());
}

/// How many bytes pass the test. Counting in bytes, 255 at a time, lets the loop vectorize.
fn count(bytes: &[u8], test: impl Fn(u8) -> bool) -> u64 {
    let of = |chunk: &[u8]| chunk.iter().fold(0u8, |sum, &b| sum + u8::from(test(b)));
    bytes.chunks(255).map(|chunk| u64::from(of(chunk))).sum()
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
    }

    #[test]
    fn cycles_of_reads_of_many_lengths() {
        let mut sums = CycleSums::default();
        sums.qualities.reads = QualitySums::FULL - 2;
        for (sequence, qualities) in
            [(&b"AC"[..], &[7, 8][..]), (b"", &[]), (b"TCG", &[1, 2, 3]), (b"N", &[255])]
        {
            sums.add(ReadRef { name: b"r", sequence, qualities, is_unfit: false });
        }
        assert_eq!(sums.qualities.reads, 2, "emptied on the way");
        let cycle = |quality, bases, letters| CycleCounts { quality, bases, letters };
        let expected = [cycle(263, 3, [1, 0, 0, 1]), cycle(10, 2, [0, 2, 0, 0]), cycle(3, 1, [0, 0, 1, 0])];
        assert_eq!(sums.finish(), expected);
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
