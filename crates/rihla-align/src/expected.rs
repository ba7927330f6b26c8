//! Where a read is expected because its mate may lie nearby.

use crate::chain::Chain;
use crate::insert::{FivePrime, Reach};

/// Spans in which a read's 5' end makes a proper pair with one of its mate's candidates; reused.
#[derive(Default)]
pub(crate) struct Expected {
    /// Strand, first and last concatenated offset of the 5' end; disjoint, in order.
    spans: Vec<(bool, i64, i64)>,
    /// Whether the read has no mate.
    pub alone: bool,
}

impl Expected {
    /// Forgets the mate: the read may lie anywhere.
    pub fn clear(&mut self) {
        self.spans.clear();
    }

    /// Takes in the places of the mate.
    pub fn set(&mut self, mate: impl Iterator<Item = FivePrime>, reach: Reach<'_>) {
        self.clear();
        let all = mate.flat_map(|here| reach.spans(here));
        self.spans.extend(all.map(|span| (span.reverse, *span.five_prime.start(), *span.five_prime.end())));
        self.spans.sort_unstable();
        self.spans.dedup_by(|next, span| {
            let joined = next.0 == span.0 && next.1 <= span.2;
            if joined {
                span.2 = span.2.max(next.2);
            }
            joined
        });
    }

    /// Whether a candidate of the read, which has so many bases, lies near one of the mate's.
    pub fn holds(&self, chain: &Chain, length: u32) -> bool {
        let shift = if chain.reverse { i64::from(length) } else { 0 };
        let (low, high) = (chain.low + shift, chain.high + shift);
        let behind =
            self.spans.partition_point(|&(reverse, from, _)| (reverse, from) <= (chain.reverse, high));
        behind > 0 && {
            let (reverse, _, to) = self.spans[behind - 1];
            reverse == chain.reverse && to >= low
        }
    }
}
