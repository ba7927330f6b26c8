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
    /// Of a read without a mate.
    pub fn alone() -> Self {
        Self { spans: Vec::new(), alone: true }
    }

    /// Forgets the mate: the read may lie anywhere.
    pub fn clear(&mut self) {
        self.spans.clear();
    }

    /// Takes in the places of the mate.
    pub fn set(&mut self, mate: impl Iterator<Item = FivePrime> + Clone, reach: Reach<'_>) {
        self.clear();
        for way in reach.ways() {
            let spans = mate.clone().map(|here| way.span(here));
            self.spans
                .extend(spans.map(|span| (span.reverse, *span.five_prime.start(), *span.five_prime.end())));
        }
        // Runs, as the places are in order: fast to merge.
        self.spans.sort();
        self.spans.dedup_by(|next, span| {
            let joined = next.0 == span.0 && next.1 <= span.2;
            if joined {
                span.2 = span.2.max(next.2);
            }
            joined
        });
    }

    /// Which candidates of the read, which has so many bases, lie near one of the mate's; they are in order.
    pub fn mark(&self, chains: &[Chain], length: u32, near: &mut Vec<bool>) {
        near.clear();
        let mut behind = 0;
        near.extend(chains.iter().map(|chain| {
            let shift = if chain.reverse { i64::from(length) } else { 0 };
            let (low, high) = (chain.low + shift, chain.high + shift);
            let starts = |&(reverse, from, _): &(bool, i64, i64)| (reverse, from) <= (chain.reverse, high);
            while self.spans.get(behind).is_some_and(starts) {
                behind += 1;
            }
            let last = self.spans[..behind].last();
            last.is_some_and(|&(reverse, _, to)| reverse == chain.reverse && to >= low)
        }));
    }
}
