//! A histogram of lengths in few bins.

use serde::{Deserialize, Serialize};

/// Most bins.
const MOST: usize = 150;
/// Widths that a bin may have.
const WIDTHS: [usize; 8] = [1, 2, 5, 10, 20, 50, 100, 200];
/// One length in so many may lie beyond the last bin.
const BEYOND: u64 = 200;

/// Lengths in bins of equal width, from 0 on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LengthBins {
    /// Width of a bin.
    pub width: usize,
    /// How many lie in each bin.
    pub counts: Vec<u64>,
    /// How many are longer, a two-hundredth of all at most.
    pub beyond: u64,
}

impl LengthBins {
    /// Of how often each length was seen, from 0 on.
    #[must_use]
    pub fn of(by_length: &[u64]) -> Self {
        let all: u64 = by_length.iter().sum();
        let mut inside = 0;
        let last = by_length.iter().position(|count| {
            inside += count;
            all - inside <= all / BEYOND
        });
        let lengths = last.map_or(0, |last| last + 1);
        let fits = |width: &usize| lengths.div_ceil(*width) <= MOST;
        let width = WIDTHS.into_iter().find(fits).unwrap_or(WIDTHS[WIDTHS.len() - 1]);
        let (inside, beyond) = by_length.split_at(by_length.len().min(lengths.div_ceil(width) * width));
        let counts =
            if all == 0 { Vec::new() } else { inside.chunks(width).map(|bin| bin.iter().sum()).collect() };
        Self { width, counts, beyond: beyond.iter().sum() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_cut_and_counted() {
        let mut lengths = vec![0; 3_000];
        (lengths[100], lengths[299], lengths[300], lengths[2_999]) = (300, 500, 198, 2);
        let bins = LengthBins::of(&lengths);
        assert_eq!((bins.width, bins.counts.len(), bins.beyond), (5, 61, 2));
        assert_eq!((bins.counts[20], bins.counts[59], bins.counts[60]), (300, 500, 198));
        assert_eq!(bins.counts.iter().sum::<u64>() + bins.beyond, 1_000);
    }

    #[test]
    fn short_and_empty_lists_keep_their_counts() {
        let short = LengthBins::of(&[0, 2, 1]);
        assert_eq!(short, LengthBins { width: 1, counts: vec![0, 2, 1], beyond: 0 });
        assert_eq!(LengthBins::of(&[]).counts, Vec::<u64>::new());
        assert_eq!(LengthBins::of(&[0, 0]).counts, Vec::<u64>::new());
    }
}
