//! Where a read is expected because its mate may lie nearby.

use crate::chain::Chain;
use crate::insert::{FivePrime, MateSpan, Reach};

/// Strand and first concatenated offset of a 5' end, and strand and last one, in one number that sorts as they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Span(u128);

impl Span {
    /// Keeps offsets above zero.
    const BIAS: i64 = 1 << 40;

    fn of(span: &MateSpan) -> Self {
        let end = |at: i64| u128::from(Self::end(span.reverse, at));
        Self(end(*span.five_prime.start()) << 64 | end(*span.five_prime.end()))
    }

    /// Strand and offset.
    fn end(reverse: bool, at: i64) -> u64 {
        u64::from(reverse) << 63 | at.saturating_add(Self::BIAS).max(0) as u64
    }

    fn reverse(self) -> bool {
        self.0 >> 127 == 1
    }

    fn first(self) -> u64 {
        (self.0 >> 64) as u64
    }

    fn last(self) -> u64 {
        self.0 as u64
    }

    /// Both, where the other begins before this one's end, or none of it.
    fn join(&mut self, next: Self) -> bool {
        let joined = next.first() <= self.last();
        if joined {
            self.0 += u128::from(next.last().saturating_sub(self.last()));
        }
        joined
    }
}

/// Spans in which a read's 5' end makes a proper pair with one of its mate's candidates; reused.
#[derive(Default)]
pub(crate) struct Expected {
    /// Disjoint, in order.
    spans: Vec<Span>,
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
            mate.clone().for_each(|here| self.spans.push(Span::of(&way.span(here))));
        }
        // Candidates are in order, and so are most often their spans, but that mates that face each other change strands.
        let turned = self.spans.partition_point(|span| span.reverse());
        self.spans.rotate_left(turned);
        if !self.spans.is_sorted() {
            self.spans.sort();
        }
        self.spans.dedup_by(|next, span| span.join(*next));
    }

    /// Which candidates of the read, which has so many bases, lie near one of the mate's; they are in order.
    pub fn mark(&self, chains: &[Chain], length: u32, near: &mut Vec<bool>) {
        near.clear();
        let mut spans = self.spans.iter();
        let mut first_of = || spans.next().map_or((u64::MAX, 0), |span| (span.first(), span.last()));
        let (mut next, mut last) = (first_of(), 0);
        near.extend(chains.iter().map(|chain| {
            let shift = if chain.reverse { i64::from(length) } else { 0 };
            let [low, high] = [chain.low, chain.high()].map(|at| Span::end(chain.reverse, at + shift));
            while next.0 <= high {
                last = next.1;
                next = first_of();
            }
            last >= low
        }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn spans_sort_and_join_by_strand_and_ends(
            spans in prop::collection::vec((any::<bool>(), -200i64..5_000_000_000, 0i64..1000), 2)
        ) {
            let spans: Vec<_> = spans.into_iter().map(|(reverse, from, length)| (reverse, from, from + length)).collect();
            let of = |&(reverse, from, to): &(bool, i64, i64)| {
                Span(u128::from(Span::end(reverse, from)) << 64 | u128::from(Span::end(reverse, to)))
            };
            let (a, b) = (spans[0].min(spans[1]), spans[0].max(spans[1]));
            prop_assert!(of(&a) <= of(&b));
            prop_assert_eq!(of(&a).reverse(), a.0);
            let mut joined = of(&a);
            let overlap = a.0 == b.0 && b.1 <= a.2;
            prop_assert_eq!(joined.join(of(&b)), overlap);
            prop_assert_eq!(joined, of(&(a.0, a.1, if overlap { a.2.max(b.2) } else { a.2 })));
        }
    }
}
