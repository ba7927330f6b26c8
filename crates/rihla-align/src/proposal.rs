//! Where a read seems to lie by its rarest seeds, and how many of them no other place has.

use std::ops::Range;

use crate::place::Context;
use crate::seed::{Anchor, Seed, Seeds, bit};
use crate::syncmer::K;

/// Diagonals that differ by more than this are other places.
const REACH: i64 = 60;
/// Lists of more occurrences than this are long.
const FEW: u32 = 8;
/// Anchors near a mate that are looked at: a place in a tandem array has more.
const MOST_ANCHORS: usize = 96;
/// Places among which the seeds of a read choose.
const MOST_PLACES: usize = 4;

/// A place for a read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proposal {
    pub reverse: bool,
    /// Concatenated reference offset of the read's first base, by most seeds.
    pub diagonal: i64,
    /// The lowest and highest diagonal by some seed.
    pub low: i64,
    pub high: i64,
    /// Number of seeds that do not overlap and that no other placement has.
    pub apart: u32,
    /// Number of seeds that do not overlap and that no other placement near the mate has.
    pub apart_near: u32,
    /// No more placements than this share a seed with the read, of those that were looked up.
    pub crowd: u32,
    /// Whether no other placement shares any of its seeds.
    pub alone: bool,
}

impl Proposal {
    /// The proposal by the unique seeds of a read whose seeds were looked up.
    pub fn of(seeds: &Seeds, context: &Context<'_>, length: u32) -> Option<Self> {
        let unique = |(i, seed): (u32, &Seed)| {
            (seed.count() == 1).then(|| seed.only_anchor(i, context.table, length)).flatten()
        };
        let mut places = Places::default();
        for anchor in seeds.looked_up().filter_map(unique) {
            places.add(anchor);
        }
        let mut proposal = places.best()?;
        let mut apart = Apart::default();
        for (i, seed) in seeds.looked_up() {
            match seed.count() {
                0 => apart.add(seed),
                1 if unique((i, seed)).is_some_and(|anchor| proposal.holds(&anchor)) => apart.add(seed),
                1 => proposal.crowd += 1,
                count => proposal.crowd = proposal.crowd.saturating_add(count),
            }
        }
        (proposal.apart, proposal.apart_near) = (apart.count, apart.count);
        proposal.alone = proposal.crowd == 0 && seeds.is_complete();
        Some(proposal)
    }

    /// The proposal by the seeds that occur in a part of the reference, on one strand; if there are none, the number of
    /// seeds that do not overlap and of which that is known.
    pub fn near(
        seeds: &Seeds,
        context: &Context<'_>,
        length: u32,
        reverse: bool,
        window: Range<i64>,
    ) -> Result<Self, u32> {
        let window = window.start.max(0) as u64..window.end.max(0) as u64;
        let mut found = Found::default();
        let mut free_from = 0;
        for (i, seed) in seeds.list.iter().enumerate() {
            // Long lists are searched for as many seeds as do not overlap.
            if seed.count() > FEW {
                if seed.start() < free_from {
                    continue;
                }
                free_from = seed.start() + K as u32;
            }
            let anchors = seed.anchors_within(i as u32, context.table, length, window.clone()).flatten();
            found.add(i as u32, anchors.filter(|anchor| anchor.reverse() == reverse));
        }
        let mut places = Places::default();
        found.anchors().iter().for_each(|&anchor| places.add(anchor));
        let (mut apart, mut apart_near) = (Apart::default(), Apart::default());
        let Some(mut proposal) = places.best() else {
            let searched =
                seeds.list.iter().enumerate().filter(|(i, _)| found.searched & bit(*i as u32) != 0);
            searched.for_each(|(_, seed)| apart.add(seed));
            return Err(apart.count);
        };
        for (i, seed) in seeds.list.iter().enumerate() {
            let mut here = found.of(i as u32);
            if found.searched & bit(i as u32) != 0 && here.clone().all(|anchor| proposal.holds(anchor)) {
                apart_near.add(seed);
            }
            match seed.count() {
                0 => apart.add(seed),
                1 if here.any(|anchor| proposal.holds(anchor)) => apart.add(seed),
                count => proposal.crowd = proposal.crowd.saturating_add(count),
            }
        }
        (proposal.apart, proposal.apart_near) = (apart.count, apart_near.count);
        proposal.alone = proposal.crowd == 0 && seeds.is_complete();
        Ok(proposal)
    }

    /// Most that another placement can score; nothing where no seed would lead there.
    pub fn bound(&self, length: u32, context: &Context<'_>) -> i32 {
        if self.alone { 0 } else { bound(self.apart, length, context) }
    }

    /// Most that another placement near the mate can score.
    pub fn bound_near(&self, length: u32, context: &Context<'_>) -> i32 {
        if self.alone { 0 } else { bound(self.apart_near, length, context) }
    }

    /// Whether an anchor belongs to this place.
    fn holds(&self, anchor: &Anchor) -> bool {
        anchor.reverse() == self.reverse && (self.low..=self.high).contains(&anchor.diagonal())
    }
}

/// Most that a placement without any of so many seeds that do not overlap can score.
pub(crate) fn bound(apart: u32, length: u32, context: &Context<'_>) -> i32 {
    let scoring = &context.options.scoring;
    let edit = (scoring.match_score + scoring.mismatch).min(scoring.gap_open + scoring.gap_extend);
    (length as i32 * scoring.match_score - apart as i32 * edit).max(0)
}

/// The anchors of a read's seeds in a window.
struct Found {
    list: [Anchor; MOST_ANCHORS],
    count: usize,
    /// Which of the first 128 seeds have all their anchors in the list.
    searched: u128,
}

impl Default for Found {
    fn default() -> Self {
        Self { list: [Anchor::default(); MOST_ANCHORS], count: 0, searched: 0 }
    }
}

impl Found {
    fn add(&mut self, seed: u32, anchors: impl Iterator<Item = Anchor>) {
        for anchor in anchors {
            let Some(slot) = self.list.get_mut(self.count) else { return };
            *slot = anchor;
            self.count += 1;
        }
        self.searched |= bit(seed);
    }

    fn anchors(&self) -> &[Anchor] {
        &self.list[..self.count]
    }

    fn of(&self, seed: u32) -> impl Iterator<Item = &Anchor> + Clone {
        self.anchors().iter().filter(move |anchor| anchor.seed == seed)
    }
}

/// Counts seeds that do not overlap, from left to right.
#[derive(Default)]
struct Apart {
    count: u32,
    free_from: u32,
}

impl Apart {
    fn add(&mut self, seed: &Seed) {
        if seed.start() >= self.free_from {
            self.count += 1;
            self.free_from = seed.start() + K as u32;
        }
    }
}

/// Anchors on near diagonals.
#[derive(Clone, Copy, Default)]
struct Place {
    anchors: u32,
    reverse: bool,
    low: i64,
    high: i64,
    /// A diagonal of it, and how many more anchors it has than the others (the majority, if there is
    /// one: Boyer and Moore 1981).
    diagonal: i64,
    surplus: u32,
}

/// The first few places that the anchors of a read show.
#[derive(Default)]
struct Places([Place; MOST_PLACES]);

impl Places {
    fn add(&mut self, anchor: Anchor) {
        let (reverse, diagonal) = (anchor.reverse(), anchor.diagonal());
        let fits = |place: &&mut Place| {
            place.anchors == 0
                || (place.reverse == reverse
                    && (place.low - REACH..=place.high + REACH).contains(&diagonal)
                    && place.high - place.low <= 2 * REACH)
        };
        let Some(place) = self.0.iter_mut().find(fits) else { return };
        if place.anchors == 0 {
            *place = Place { reverse, low: diagonal, high: diagonal, ..*place };
        }
        place.anchors += 1;
        (place.low, place.high) = (place.low.min(diagonal), place.high.max(diagonal));
        if place.surplus == 0 {
            place.diagonal = diagonal;
        }
        if place.diagonal == diagonal {
            place.surplus += 1;
        } else {
            place.surplus -= 1;
        }
    }

    /// The place with the most anchors, the first of equal ones.
    fn best(&self) -> Option<Proposal> {
        let place =
            self.0.iter().rev().max_by_key(|place| place.anchors).filter(|place| place.anchors > 0)?;
        let Place { reverse, diagonal, low, high, .. } = *place;
        Some(Proposal { reverse, diagonal, low, high, apart: 0, apart_near: 0, crowd: 0, alone: false })
    }
}
