//! Insert sizes as they were seen: a histogram of template lengths.

use rihla_core::record::flags;
use rihla_core::{Pack, RecordRef, Unpack};

/// Longer templates are counted as this long (bases).
pub const LONGEST_INSERT: usize = 10_000;

/// Number of pairs by template length.
///
/// A pair counts once, by its mate of positive TLEN, when both mates are primary, properly paired and
/// no duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsertHistogram {
    /// Pairs of each length from 0; as long as the longest seen asks.
    pairs: Vec<u64>,
}

impl InsertHistogram {
    /// Counts the pair of a record if the record is the one that stands for it.
    pub fn add(&mut self, record: RecordRef<'_>) {
        const EXCLUDED: u16 = flags::UNMAPPED
            | flags::MATE_UNMAPPED
            | flags::SECONDARY
            | flags::SUPPLEMENTARY
            | flags::QC_FAIL
            | flags::DUPLICATE;
        let length = record.template_length();
        if length <= 0 || !record.has_any(flags::PROPER_PAIR) || record.has_any(EXCLUDED) {
            return;
        }
        let length = (length as usize).min(LONGEST_INSERT);
        if self.pairs.len() <= length {
            self.pairs.resize(length + 1, 0);
        }
        self.pairs[length] += 1;
    }

    /// Adds the pairs of another.
    pub fn merge(&mut self, other: &Self) {
        if self.pairs.len() < other.pairs.len() {
            self.pairs.resize(other.pairs.len(), 0);
        }
        self.pairs.iter_mut().zip(&other.pairs).for_each(|(mine, more)| *mine += more);
    }

    /// Pairs of each length from 0, as far as the longest seen.
    #[must_use]
    pub fn by_length(&self) -> &[u64] {
        &self.pairs
    }

    /// Number of pairs.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.pairs.iter().sum()
    }

    /// Median length: the smallest that at least half of the pairs do not exceed.
    #[must_use]
    pub fn median(&self) -> Option<u32> {
        median(&self.pairs)
    }

    /// Median absolute deviation from the median, by the same definition of a median.
    #[must_use]
    pub fn mad(&self) -> Option<u32> {
        let center = self.median()? as usize;
        let mut deviations = vec![0; self.pairs.len().max(center + 1)];
        for (length, &pairs) in self.pairs.iter().enumerate() {
            deviations[length.abs_diff(center)] += pairs;
        }
        median(&deviations)
    }
}

impl Pack for InsertHistogram {
    fn pack(&self, out: &mut Vec<u8>) {
        self.pairs.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { pairs: from.read()? })
    }
}

/// The smallest index up to which at least half of the counts lie; `None` when all are zero.
pub(crate) fn median(counts: &[u64]) -> Option<u32> {
    let total: u64 = counts.iter().sum();
    let mut below = 0;
    let found = counts.iter().position(|&count| {
        below += count;
        total > 0 && 2 * below >= total
    });
    found.map(|index| index as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_by_hand() {
        let mut histogram = InsertHistogram { pairs: vec![0; 500] };
        for length in [300, 310, 310, 350, 499] {
            histogram.pairs[length] += 1;
        }
        assert_eq!((histogram.pairs(), histogram.median()), (5, Some(310)));
        // Deviations: 10, 0, 0, 40, 189.
        assert_eq!(histogram.mad(), Some(10));
        assert_eq!(InsertHistogram::default().median(), None);
        assert_eq!(InsertHistogram::default().mad(), None);
        assert_eq!(median(&[2, 0, 2]), Some(0));
    }
}
