//! Neighboring columns of like confidence make one reference block.

use rihla_core::{Interval, Pack, ReferenceBlock, Unpack};

use crate::reference_confidence::Confidence;

/// Blocks end at multiples of this many bases: GLnexus leaves out, without a word, what is as long as 100,000.
pub const LONGEST: u32 = 1 << 16;

/// Bands of GQ: columns of one band may share a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bands {
    /// First GQ of each band but the lowest, ascending.
    limits: Vec<u8>,
}

impl Default for Bands {
    fn default() -> Self {
        Self { limits: Self::DEFAULT.to_vec() }
    }
}

impl Bands {
    /// The default limits.
    pub const DEFAULT: [u8; 4] = [10, 20, 30, 40];

    /// Bands with these limits.
    ///
    /// # Errors
    /// In words, when they do not ascend between 1 and 99 or there are none.
    pub fn new(limits: Vec<u8>) -> Result<Self, String> {
        let fine = limits.is_sorted_by(|a, b| a < b) && limits.iter().all(|limit| (1..=99).contains(limit));
        match fine && !limits.is_empty() {
            true => Ok(Self { limits }),
            false => Err("limits must ascend and lie between 1 and 99".into()),
        }
    }

    /// The bands as `(lowest GQ, one past the highest)`.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u8)> + '_ {
        let starts = std::iter::once(0).chain(self.limits.iter().copied());
        starts.zip(self.limits.iter().copied().chain([100]))
    }

    /// Number of the band of a GQ; columns that say nothing are apart.
    fn class(&self, quality: u8) -> usize {
        if quality == 0 { 0 } else { 1 + self.limits.partition_point(|&limit| limit <= quality) }
    }
}

/// How many columns have which depth, by depth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Depths(Vec<(u32, u32)>);

impl Depths {
    fn add(&mut self, depth: u32, columns: u32) {
        match self.0.binary_search_by_key(&depth, |&(depth, _)| depth) {
            Ok(at) => self.0[at].1 += columns,
            Err(at) => self.0.insert(at, (depth, columns)),
        }
    }

    /// The middle depth; of two the lower one.
    fn median(&self) -> u32 {
        let all: u64 = self.0.iter().map(|&(_, columns)| u64::from(columns)).sum();
        let mut seen = 0;
        let middle = self.0.iter().find(|&&(_, columns)| {
            seen += u64::from(columns);
            2 * seen >= all
        });
        middle.map_or(0, |&(depth, _)| depth)
    }
}

/// A block that may still grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBlock {
    contig: u32,
    start: u32,
    end: u32,
    class: usize,
    ploidy: u8,
    min_depth: u32,
    depths: Depths,
    likelihoods: [u32; 2],
}

impl OpenBlock {
    /// A block of one column.
    #[must_use]
    pub fn new(contig: u32, position: u32, confidence: Confidence, bands: &Bands) -> Self {
        Self {
            contig,
            start: position,
            end: position + 1,
            class: bands.class(confidence.quality()),
            ploidy: confidence.ploidy,
            min_depth: confidence.depth,
            depths: Depths(vec![(confidence.depth, 1)]),
            likelihoods: confidence.likelihoods,
        }
    }

    /// Adds the next column, where it is of the same band; says whether it is.
    pub fn grow(&mut self, contig: u32, position: u32, confidence: Confidence, bands: &Bands) -> bool {
        let fits = (contig, position) == (self.contig, self.end)
            && !position.is_multiple_of(LONGEST)
            && (bands.class(confidence.quality()), confidence.ploidy) == (self.class, self.ploidy);
        if fits {
            self.end += 1;
            self.min_depth = self.min_depth.min(confidence.depth);
            self.depths.add(confidence.depth, 1);
            self.lower(confidence.likelihoods);
        }
        fits
    }

    /// Adds a block that follows at once, where it is of the same band; gives it back where it is not.
    #[must_use]
    pub fn join(&mut self, next: Self) -> Option<Self> {
        let place = (self.contig, self.end, self.class, self.ploidy);
        let fits = (next.contig, next.start, next.class, next.ploidy) == place;
        if !fits || next.start.is_multiple_of(LONGEST) {
            return Some(next);
        }
        self.end = next.end;
        self.min_depth = self.min_depth.min(next.min_depth);
        next.depths.0.iter().for_each(|&(depth, columns)| self.depths.add(depth, columns));
        self.lower(next.likelihoods);
        None
    }

    /// The positions so far.
    #[must_use]
    pub fn interval(&self) -> Interval {
        Interval::new(self.contig, self.start, self.end)
    }

    /// The block.
    #[must_use]
    pub fn close(self) -> ReferenceBlock {
        ReferenceBlock {
            contig: self.contig,
            start: self.start,
            end: self.end,
            ploidy: self.ploidy,
            depth: self.depths.median(),
            min_depth: self.min_depth,
            likelihoods: self.likelihoods,
        }
    }

    fn lower(&mut self, others: [u32; 2]) {
        self.likelihoods.iter_mut().zip(others).for_each(|(own, other)| *own = (*own).min(other));
    }
}

impl Pack for OpenBlock {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { contig, start, end, class, ploidy, min_depth, depths, likelihoods: [one, two] } = self;
        class.pack(out);
        ploidy.pack(out);
        [contig, start, end, min_depth, one, two].iter().for_each(|value| value.pack(out));
        depths.0.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (class, ploidy) = (from.read()?, from.read()?);
        let (contig, start, end, min_depth) = (from.read()?, from.read()?, from.read()?, from.read()?);
        let likelihoods = [from.read()?, from.read()?];
        Some(Self { contig, start, end, class, ploidy, min_depth, depths: Depths(from.read()?), likelihoods })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confidence(depth: u32, one: u32) -> Confidence {
        Confidence::new(depth, 2, [one, 10 * one])
    }

    #[test]
    fn bands_are_cut_at_their_limits() {
        let bands = Bands::new(vec![10, 20, 99]).expect("ascending");
        assert_eq!(bands.iter().collect::<Vec<_>>(), [(0, 10), (10, 20), (20, 99), (99, 100)]);
        let classes: Vec<usize> = [0, 1, 9, 10, 19, 20, 98, 99].iter().map(|&q| bands.class(q)).collect();
        assert_eq!(classes, [0, 1, 1, 2, 2, 3, 3, 4]);
        assert!(
            [vec![], vec![0, 5], vec![5, 5], vec![9, 3], vec![100]]
                .into_iter()
                .all(|bad| Bands::new(bad).is_err())
        );
    }

    #[test]
    fn a_block_is_the_same_however_it_grew() {
        let bands = Bands::default();
        let columns: Vec<Confidence> =
            (0..40).map(|i| confidence(20 + (i * 7) % 11, 60 + (i * 5) % 13)).collect();
        let grown = |from: usize, to: usize| {
            let mut block = OpenBlock::new(0, from as u32, columns[from], &bands);
            (from + 1..to).for_each(|i| assert!(block.grow(0, i as u32, columns[i], &bands)));
            block
        };
        let whole = grown(0, 40);
        for cut in 1..40 {
            let mut joined = grown(0, cut);
            assert_eq!(joined.join(grown(cut, 40)), None);
            assert_eq!(joined, whole);
        }
        let block = whole.close();
        let mut depths: Vec<u32> = columns.iter().map(|column| column.depth).collect();
        depths.sort_unstable();
        assert_eq!((block.start, block.end, block.min_depth, block.depth), (0, 40, depths[0], depths[19]));
        assert_eq!(block.likelihoods, [60, 600]);
    }

    #[test]
    fn no_block_is_longer_than_joint_callers_take() {
        let bands = Bands::default();
        let (column, last) = (confidence(9, 27), LONGEST - 1);
        let mut block = OpenBlock::new(0, last - 2, column, &bands);
        assert!(block.grow(0, last - 1, column, &bands) && block.grow(0, last, column, &bands));
        assert!(!block.grow(0, LONGEST, column, &bands));
        let next = OpenBlock::new(0, LONGEST, column, &bands);
        assert_eq!(block.join(next.clone()), Some(next), "however it grew");
    }

    #[test]
    fn other_bands_and_gaps_end_a_block() {
        let bands = Bands::default();
        let mut block = OpenBlock::new(0, 5, confidence(9, 27), &bands);
        assert!(!block.grow(0, 6, confidence(9, 30), &bands));
        assert!(!block.grow(0, 6, Confidence::new(9, 1, [9, 27]), &bands), "another ploidy");
        assert!(!block.grow(0, 7, confidence(9, 27), &bands));
        assert!(!block.grow(1, 6, confidence(9, 27), &bands));
        assert!(block.grow(0, 6, confidence(9, 20), &bands));
    }
}
