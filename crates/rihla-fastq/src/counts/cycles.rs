//! Bases of many reads by cycle of the machine, all that is asked of them in one walk.

use rihla_core::ReadRef;
use rihla_core::lanes::LANES;

use super::CycleCounts;
use crate::encoding::QualityRange;

/// Letters that are counted by cycle.
const LETTERS: [u8; 4] = *b"ACGT";

/// What is counted of the bases of many reads.
#[derive(Default)]
pub(super) struct CycleSums {
    columns: Vec<Column>,
    /// Reads since the columns were last emptied.
    reads: u8,
    wide: Vec<CycleCounts>,
    /// Reads by length.
    lengths: Vec<u64>,
    good: u64,
    better: u64,
}

/// What was counted, put together.
pub(super) struct CycleTotals {
    /// Bases by cycle.
    pub cycles: Vec<CycleCounts>,
    /// Bases of quality 20 and more, and of 30 and more.
    pub good: [u64; 2],
    /// Lowest and highest quality.
    pub range: Option<QualityRange>,
}

impl CycleSums {
    pub fn add(&mut self, read: ReadRef<'_>) {
        let length = read.sequence.len();
        if self.lengths.len() <= length {
            self.lengths.resize(length + 1, 0);
            self.wide.resize(length, CycleCounts::default());
            self.columns.resize(length.div_ceil(LANES), Column::default());
        }
        self.lengths[length] += 1;
        if self.reads == u8::MAX {
            self.empty();
        }
        self.reads += 1;
        let (bases, last_bases) = read.sequence.as_chunks();
        let (qualities, last_qualities) = read.qualities.as_chunks();
        let groups = bases.iter().zip(qualities);
        for (column, (bases, qualities)) in self.columns.iter_mut().zip(groups) {
            column.add(bases, qualities, qualities);
        }
        if let (Some(column), false) = (self.columns.get_mut(bases.len()), last_bases.is_empty()) {
            // Filled up with what adds nothing.
            let [bases, high] = [last_bases, last_qualities].map(filled);
            let low = std::array::from_fn(|i| if i < last_bases.len() { high[i] } else { u8::MAX });
            column.add(&bases, &low, &high);
        }
    }

    fn empty(&mut self) {
        for (column, wide) in self.columns.iter_mut().zip(self.wide.chunks_mut(LANES)) {
            for (lane, wide) in wide.iter_mut().enumerate() {
                wide.quality += u64::from(column.quality[lane]);
                wide.letters
                    .iter_mut()
                    .zip(&column.letters)
                    .for_each(|(wide, of)| *wide += u64::from(of[lane]));
            }
            self.good += sum(&column.good);
            self.better += sum(&column.better);
            column.clear();
        }
        self.reads = 0;
    }

    pub fn finish(mut self) -> CycleTotals {
        self.empty();
        let mut longer: u64 = self.lengths.iter().sum();
        for (cycle, &reads) in self.wide.iter_mut().zip(&self.lengths) {
            longer -= reads;
            cycle.bases = longer;
        }
        let lowest = self.columns.iter().flat_map(|column| column.lowest).min();
        let highest = self.columns.iter().flat_map(|column| column.highest).max();
        // Without a base the lowest is above the highest.
        let range = lowest.zip(highest).filter(|(lowest, highest)| lowest <= highest);
        let range = range.map(|(lowest, highest)| QualityRange { lowest, highest });
        CycleTotals { cycles: self.wide, good: [self.good, self.better], range }
    }
}

/// Sixteen cycles, in numbers so small that loops over them go by vectors.
#[derive(Clone, Copy)]
struct Column {
    letters: [[u8; LANES]; 4],
    good: [u8; LANES],
    better: [u8; LANES],
    lowest: [u8; LANES],
    highest: [u8; LANES],
    quality: [u16; LANES],
}

impl Default for Column {
    fn default() -> Self {
        let [none, lowest] = [[0; LANES], [u8::MAX; LANES]];
        let quality = [0; LANES];
        Self { letters: [none; 4], good: none, better: none, lowest, highest: none, quality }
    }
}

impl Column {
    /// `low` are the qualities to take the lowest of, `high` the same for all else.
    #[inline]
    fn add(&mut self, bases: &[u8; LANES], low: &[u8; LANES], high: &[u8; LANES]) {
        for (counts, letter) in self.letters.iter_mut().zip(LETTERS) {
            add_passing(counts, bases, |base| base == letter);
        }
        add_passing(&mut self.good, high, |quality| quality >= 20);
        add_passing(&mut self.better, high, |quality| quality >= 30);
        (0..LANES).for_each(|i| self.lowest[i] = self.lowest[i].min(low[i]));
        (0..LANES).for_each(|i| self.highest[i] = self.highest[i].max(high[i]));
        (0..LANES).for_each(|i| self.quality[i] += u16::from(high[i]));
    }

    /// Forgets the sums, but not the lowest and the highest quality.
    fn clear(&mut self) {
        *self = Self { lowest: self.lowest, highest: self.highest, ..Self::default() };
    }
}

#[inline]
fn add_passing(counts: &mut [u8; LANES], bytes: &[u8; LANES], test: impl Fn(u8) -> bool) {
    (0..LANES).for_each(|i| counts[i] += u8::from(test(bytes[i])));
}

/// The bytes, and zeros behind them.
fn filled(bytes: &[u8]) -> [u8; LANES] {
    let mut group = [0; LANES];
    group[..bytes.len()].copy_from_slice(bytes);
    group
}

fn sum(counts: &[u8; LANES]) -> u64 {
    counts.iter().map(|&count| u64::from(count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(sequence: &'a [u8], qualities: &'a [u8]) -> ReadRef<'a> {
        ReadRef { name: b"r", sequence, qualities, is_unfit: false }
    }

    #[test]
    fn cycles_of_reads_of_many_lengths() {
        let mut sums = CycleSums::default();
        for (sequence, qualities) in
            [(&b"AC"[..], &[7, 8][..]), (b"", &[]), (b"TCG", &[1, 2, 3]), (b"N", &[255])]
        {
            sums.add(read(sequence, qualities));
        }
        let cycle = |quality, bases, letters| CycleCounts { quality, bases, letters };
        let expected = [cycle(263, 3, [1, 0, 0, 1]), cycle(10, 2, [0, 2, 0, 0]), cycle(3, 1, [0, 0, 1, 0])];
        let CycleTotals { cycles, good, range } = sums.finish();
        assert_eq!(cycles, expected);
        assert_eq!((good, range), ([1, 1], Some(QualityRange { lowest: 1, highest: 255 })));
    }

    #[test]
    fn many_long_reads_are_what_one_by_one_gives() {
        let (mut sums, mut expected, mut good) = (CycleSums::default(), Vec::new(), [0, 0]);
        for i in 0..700_usize {
            let length = 20 + i * 7 % 60;
            let bases: Vec<u8> = (0..length).map(|at| b"ACGTN"[(i + at * 3) % 5]).collect();
            let qualities: Vec<u8> = (0..length).map(|at| (10 + (i * 5 + at * 11) % 60) as u8).collect();
            sums.add(read(&bases, &qualities));
            expected.resize(expected.len().max(length), CycleCounts::default());
            for (cycle, (base, &quality)) in expected.iter_mut().zip(bases.iter().zip(&qualities)) {
                cycle.bases += 1;
                cycle.quality += u64::from(quality);
                if let Some(letter) = LETTERS.iter().position(|letter| letter == base) {
                    cycle.letters[letter] += 1;
                }
                good = [good[0] + u64::from(quality >= 20), good[1] + u64::from(quality >= 30)];
            }
        }
        let totals = sums.finish();
        assert_eq!(totals.cycles, expected);
        assert_eq!((totals.good, totals.range), (good, Some(QualityRange { lowest: 10, highest: 69 })));
    }
}
