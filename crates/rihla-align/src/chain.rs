//! Candidates: anchors of one strand on near diagonals of one contig.

use std::ops::Range;

use rihla_core::Reference;

use crate::extend::Site;
use crate::insert::FivePrime;
use crate::options::AlignOptions;
use crate::place::Context;
use crate::query::Query;
use crate::region::Region;
use crate::seed::{Anchor, Seeds};
use crate::syncmer::K;

/// Diagonals of one candidate that are looked at: a tandem repeat has several.
const MOST_DIAGONALS: usize = 4;

/// Sets of seeds whose worth is remembered.
const MEMO: usize = 16;

/// A placement's first diagonal lies so near a candidate's that it belongs to: gaps lie between.
const REACH: i64 = 60;

/// Diagonals of one candidate lie no farther apart, so that an offset takes two bytes.
const MOST_GAP: u32 = u16::MAX as u32;

/// A few diagonals of one candidate, as offsets from its lowest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Diagonals {
    offsets: [u16; MOST_DIAGONALS],
    count: u8,
}

impl Diagonals {
    /// The lowest alone.
    const ONE: Self = Self { offsets: [0; MOST_DIAGONALS], count: 1 };

    /// The diagonals with the most anchors, most first; of the others only those with two or more. Of a tandem
    /// repeat that has one on each, those in the middle: they are rivals. And whether all have as many.
    fn of(anchors: &[Anchor], tandem: bool) -> (Self, bool) {
        let offset = |anchor: &Anchor| (anchor.diagonal() - anchors[0].diagonal()) as u16;
        let mut best = [(0, 0); MOST_DIAGONALS];
        for group in anchors.chunk_by(Anchor::is_in_line) {
            let at = best.partition_point(|&(count, _)| count >= group.len());
            if at < MOST_DIAGONALS && (group.len() > 1 || at == 0) {
                best[at..].rotate_right(1);
                best[at] = (group.len(), offset(&group[0]));
            }
        }
        if tandem && best[0].0 == 1 {
            let first = anchors.len().saturating_sub(MOST_DIAGONALS) / 2;
            let middle = anchors[first..].iter().map(|anchor| (1, offset(anchor)));
            best.iter_mut().zip(middle).for_each(|(slot, one)| *slot = one);
        }
        let offsets = best.map(|(_, offset)| offset);
        let count = best.partition_point(|&(count, _)| count > 0) as u8;
        (Self { offsets, count }, best[0].0 == best[MOST_DIAGONALS - 1].0)
    }

    /// The first few of some that cost the least, the cheapest first.
    fn cheapest(all: impl Iterator<Item = u16>, mut cost: impl FnMut(u16) -> u32) -> Self {
        let (mut offsets, mut count) = ([0; MOST_DIAGONALS], 0);
        let mut costs = [0; MOST_DIAGONALS];
        for offset in all {
            let cost = cost(offset);
            let at = costs[..count].partition_point(|&less| less <= cost);
            if at < MOST_DIAGONALS {
                count = MOST_DIAGONALS.min(count + 1);
                costs[at..].rotate_right(1);
                offsets[at..].rotate_right(1);
                (costs[at], offsets[at]) = (cost, offset);
            }
        }
        Self { offsets, count: count as u8 }
    }

    fn as_slice(&self) -> &[u16] {
        &self.offsets[..usize::from(self.count)]
    }
}

/// A place where the read may lie. A crowded read has hundreds, so that they are kept small.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// Lowest diagonal with an anchor.
    pub low: i64,
    pub contig: u32,
    /// No alignment here scores more.
    pub bound: i32,
    /// Its anchors among the read's, where it is a tandem repeat with as many on each diagonal: which are the best has to
    /// be looked at. Else empty.
    tied: Range<u32>,
    /// Bases from the lowest diagonal with an anchor to the highest.
    spread: u16,
    /// Part of the read, as it lies, from the first anchor to the last.
    start: u16,
    end: u16,
    /// The diagonals with the most anchors, most first.
    diagonals: Diagonals,
    /// Number of seeds that have an anchor here.
    weight: u8,
    pub reverse: bool,
}

/// Less than a line of memory.
const _: () = assert!(size_of::<Chain>() == 48);

/// Which seeds a candidate has, and what follows from that.
#[derive(Clone, Copy)]
struct Worth {
    /// Those of the first 128 that have an anchor there.
    hits: u128,
    weight: u8,
    bound: i32,
}

impl Chain {
    /// The candidate of one anchor.
    #[inline]
    fn of_one(anchor: &Anchor, Worth { weight, bound, .. }: Worth, contig: u32) -> Self {
        Self {
            low: anchor.diagonal(),
            contig,
            bound,
            tied: 0..0,
            spread: 0,
            start: anchor.query() as u16,
            end: (anchor.query() + K as u32) as u16,
            diagonals: Diagonals::ONE,
            weight,
            reverse: anchor.reverse(),
        }
    }

    /// The candidate of some anchors of a read, `number` of which come before them.
    fn of_many(anchors: &[Anchor], number: u32, Worth { weight, bound, .. }: Worth, contig: u32) -> Self {
        let (first, last) = (anchors[0], anchors[anchors.len() - 1]);
        let (diagonals, tied) = if first.is_in_line(&last) {
            (Diagonals::ONE, false)
        } else {
            let tandem = usize::from(weight) < anchors.len();
            let (diagonals, tied) = Diagonals::of(anchors, tandem);
            (diagonals, tandem && tied)
        };
        let starts = || anchors.iter().map(Anchor::query);
        Self {
            low: first.diagonal(),
            contig,
            bound,
            tied: if tied { number..number + anchors.len() as u32 } else { 0..0 },
            spread: (last.diagonal() - first.diagonal()) as u16,
            start: starts().min().unwrap_or(0) as u16,
            end: starts().max().map_or(0, |start| start + K as u32) as u16,
            diagonals,
            weight,
            reverse: first.reverse(),
        }
    }

    /// Highest diagonal with an anchor.
    #[inline]
    pub fn high(&self) -> i64 {
        self.low + i64::from(self.spread)
    }

    /// Lowest and highest diagonal with an anchor.
    pub fn ends(&self) -> (i64, i64) {
        (self.low, self.high())
    }

    /// Whether all its anchors lie on one diagonal.
    #[inline]
    pub fn is_straight(&self) -> bool {
        self.spread == 0
    }

    /// The diagonal with the most anchors.
    #[inline]
    pub fn diagonal(&self) -> i64 {
        self.low + i64::from(self.diagonals.offsets[0])
    }

    /// The diagonals with the most anchors, most first.
    pub fn diagonals(&self) -> impl Iterator<Item = i64> {
        let low = self.low;
        self.diagonals.as_slice().iter().map(move |&offset| low + i64::from(offset))
    }

    /// Whether its diagonals were chosen among others with as many anchors.
    pub fn is_tied(&self) -> bool {
        !self.tied.is_empty()
    }

    /// Chooses the diagonals again, among all of its anchors: those that cost the least.
    pub fn choose(&mut self, seeds: &Seeds, mut cost: impl FnMut(&Self, i64) -> u32) {
        let tied = std::mem::take(&mut self.tied);
        let anchors = &seeds.anchors[tied.start as usize..tied.end as usize];
        let low = self.low;
        let all = anchors.chunk_by(Anchor::is_in_line).map(|group| (group[0].diagonal() - low) as u16);
        self.diagonals = Diagonals::cheapest(all, |offset| cost(self, low + i64::from(offset)));
    }

    /// The part of the read from the first anchor to the last, as sequenced.
    pub fn sequenced(&self, query: &Query) -> Range<u32> {
        let (start, end) = (u32::from(self.start), u32::from(self.end));
        if self.reverse { query.len() - end..query.len() - start } else { start..end }
    }

    /// Whether a placement lies here.
    pub fn holds(&self, region: &Region) -> bool {
        let diagonal = region.target.start as i64 - i64::from(region.query.start);
        let near = self.low - REACH..=self.high() + REACH;
        self.reverse == region.reverse && self.contig == region.contig && near.contains(&diagonal)
    }

    /// Where the 5' end of a read of so many bases would lie.
    pub fn five_prime(&self, length: u32) -> FivePrime {
        let diagonal = self.diagonal();
        let at = if self.reverse { diagonal + i64::from(length) } else { diagonal };
        FivePrime { at, reverse: self.reverse }
    }

    /// The read on one of its diagonals.
    pub fn site<'a>(&self, context: &Context<'a>, query: &'a Query, diagonal: i64) -> Site<'a> {
        context.site(query, self.reverse, self.contig, diagonal)
    }

    /// Number of seeds that have an anchor here.
    pub fn weight(&self) -> u32 {
        self.weight.into()
    }
}

/// Groups the anchors of a read into `chains`, by strand and place.
pub(crate) fn build(
    seeds: &Seeds,
    reference: &Reference,
    query: &Query,
    options: &AlignOptions,
    chains: &mut Vec<Chain>,
) {
    chains.clear();
    let scoring = options.scoring;
    let edit = (scoring.match_score + scoring.mismatch).min(scoring.gap_open + scoring.gap_extend);
    let worth = |hits: u128| {
        let lost = missing(hits | seeds.passed_over, &seeds.behind);
        let bound = query.len() as i32 * scoring.match_score - lost * edit;
        Worth { hits, weight: hits.count_ones() as u8, bound }
    };
    // Most candidates of a crowd have one seed or two, and the same ones as the next.
    let mut known = [worth(0); MEMO];
    let mut contig = Contig::default();
    let max_gap = options.max_gap.min(MOST_GAP);
    let mut at = 0;
    while let Some(&first) = seeds.anchors.get(at) {
        if !contig.span.contains(&first.position()) {
            contig = Contig::of(reference, first.position());
        }
        let rest = &seeds.anchors[at..];
        let group = first_group(rest, &contig.span, max_gap);
        let anchors = &rest[..group];
        let hits = anchors.iter().fold(0, |hits, anchor| hits | anchor.bit());
        let slot = &mut known[hits.trailing_zeros() as usize % MEMO];
        if slot.hits != hits {
            *slot = worth(hits);
        }
        if let [anchor] = anchors {
            chains.push(Chain::of_one(anchor, *slot, contig.number));
        } else {
            chains.push(Chain::of_many(anchors, at as u32, *slot, contig.number));
        }
        at += group;
    }
}

/// A contig and its concatenated offsets.
#[derive(Default)]
struct Contig {
    number: u32,
    span: Range<u64>,
}

impl Contig {
    fn of(reference: &Reference, position: u64) -> Self {
        let (number, _) = reference.locate(position);
        let start = reference.offset(number);
        Self { number, span: start..start + u64::from(reference.contigs().get(number).length) }
    }
}

/// Number of anchors from the first on that form one candidate on its contig.
#[inline]
fn first_group(anchors: &[Anchor], contig: &Range<u64>, max_gap: u32) -> usize {
    let Some((first, others)) = anchors.split_first() else { return 0 };
    let fits = |anchor: &&Anchor| anchor.is_near(first, max_gap) && contig.contains(&anchor.position());
    1 + others.iter().take_while(fits).count()
}

/// Size of the largest disjoint set of seeds that a place lacks. By the pigeonhole principle each
/// costs it at least one edit, of which a mismatch is the cheapest (a clip costs a whole seed's
/// matches). `behind` holds for each seed the first one that starts behind its end.
fn missing(hits: u128, behind: &[u8]) -> i32 {
    let all = u128::MAX.checked_shr(128 - behind.len() as u32).unwrap_or(0);
    let mut left = all & !hits;
    let mut count = 0;
    while left != 0 {
        count += 1;
        let next = behind[left.trailing_zeros() as usize];
        left &= u128::MAX.checked_shl(next.into()).unwrap_or(0);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_seeds_are_counted_once_where_they_overlap() {
        // Seeds at 0, 5, 20, 24, 44.
        let behind = [2, 3, 4, 4, 5];
        assert_eq!(missing(0, &behind), 3);
        assert_eq!(missing(0b11111, &behind), 0);
        assert_eq!(missing(0b00101, &behind), 3);
        assert_eq!(missing(0b11100, &behind), 1);
        assert_eq!(missing(0, &[]), 0);
    }

    #[test]
    fn of_many_diagonals_the_cheapest_are_kept() {
        let of = |costs: &[u32]| Diagonals::cheapest(0..costs.len() as u16, |at| costs[usize::from(at)]);
        assert_eq!(of(&[5, 4, 3, 2, 1, 0]).as_slice(), [5, 4, 3, 2]);
        assert_eq!(of(&[1, 0, 1, 0, 1, 0]).as_slice(), [1, 3, 5, 0]);
        assert_eq!(of(&[u32::MAX; 6]).as_slice(), [0, 1, 2, 3]);
        assert_eq!(of(&[7, 2]).as_slice(), [1, 0]);
    }
}
