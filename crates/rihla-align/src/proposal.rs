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
        let (mut first, mut apart, mut crowd) = (None::<Anchor>, Apart::default(), 0u32);
        for (i, seed) in seeds.looked_up() {
            match seed.count() {
                0 => apart.add(seed),
                1 => match seed.only_anchor(i, context.table, length) {
                    Some(anchor) if first.is_none_or(|first| first.is_in_line(&anchor)) => {
                        first = Some(anchor);
                        apart.add(seed);
                    }
                    Some(_) => return Self::of_several(seeds, context, length),
                    None => crowd = crowd.saturating_add(1),
                },
                count => crowd = crowd.saturating_add(count),
            }
        }
        let first = first?;
        let (diagonal, apart) = (first.diagonal(), apart.count);
        Some(Self {
            reverse: first.reverse(),
            diagonal,
            low: diagonal,
            high: diagonal,
            apart,
            apart_near: apart,
            crowd,
            alone: crowd == 0 && seeds.is_complete(),
        })
    }

    /// The same where those seeds do not all lie on one diagonal.
    fn of_several(seeds: &Seeds, context: &Context<'_>, length: u32) -> Option<Self> {
        let unique = |(i, seed): (u32, &Seed)| {
            (seed.count() == 1).then(|| seed.only_anchor(i, context.table, length)).flatten()
        };
        let mut places = Places::default();
        for anchor in seeds.looked_up().filter_map(unique) {
            places.add(anchor);
        }
        let mut proposal = places.0[places.best()?].proposal();
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
    ) -> Result<Near, u32> {
        let window = window.start.max(0) as u64..window.end.max(0) as u64;
        let long = seeds.list.iter().filter(|seed| seed.count() > FEW);
        long.for_each(|seed| seed.ask_within(context.table, &window));
        let mut places = Places::default();
        // Which of the first 128 seeds have all their anchors in a place.
        let mut searched = 0;
        let (mut left, mut free_from) = (MOST_ANCHORS, 0);
        for (i, seed) in seeds.list.iter().enumerate() {
            // Long lists are searched for as many seeds as do not overlap.
            if seed.count() > FEW {
                if seed.start() < free_from {
                    continue;
                }
                free_from = seed.start() + K as u32;
            }
            let mut anchors = seed.anchors_within(i as u32, context.table, length, window.clone());
            let all_in_places = anchors.by_ref().take(left + 1).all(|anchor| {
                let Some(anchor) = anchor.filter(|_| left > 0) else { return false };
                left -= 1;
                anchor.reverse() != reverse || places.add(anchor)
            });
            searched |= if all_in_places { bit(i as u32) } else { 0 };
        }
        let best = places.best();
        let mut apart = Apart::default();
        // What each other place lacks, and one where no seed is.
        let mut lacking = [const { Apart { count: 0, free_from: 0 } }; MOST_PLACES + 1];
        for (i, seed) in seeds.list.iter().enumerate() {
            let bit = bit(i as u32);
            if searched & bit != 0 {
                let hits = places.0.iter().map(|place| place.hits).chain([0]);
                lacking
                    .iter_mut()
                    .zip(hits)
                    .filter(|(_, hits)| hits & bit == 0)
                    .for_each(|(lacks, _)| lacks.add(seed));
            }
            let here = best.is_some_and(|best| places.0[best].hits & bit != 0);
            if seed.count() == 0 || (seed.count() == 1 && here) {
                apart.add(seed);
            }
        }
        let others = |i: &usize| Some(*i) != best && (*i == MOST_PLACES || places.0[*i].anchors > 0);
        let apart_near = (0..=MOST_PLACES).filter(others).map(|i| lacking[i].count).min().unwrap_or(0);
        let Some(best) = best else { return Err(apart_near) };
        let mut proposal = places.0[best].proposal();
        (proposal.apart, proposal.apart_near) = (apart.count, apart_near);
        let elsewhere =
            |(i, seed): &(usize, &Seed)| seed.count() > 1 || places.0[best].hits & bit(*i as u32) == 0;
        let counts = seeds.list.iter().enumerate().filter(elsewhere).map(|(_, seed)| seed.count());
        proposal.crowd = counts.fold(0, u32::saturating_add);
        proposal.alone = proposal.crowd == 0 && seeds.is_complete();
        let lacks = std::array::from_fn(|i| lacking[i].count);
        Ok(Near { best: proposal, at: best, places, lacks })
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
    /// Which of the first 128 seeds have an anchor here.
    hits: u128,
}

impl Place {
    fn proposal(&self) -> Proposal {
        let Self { reverse, diagonal, low, high, .. } = *self;
        Proposal { reverse, diagonal, low, high, apart: 0, apart_near: 0, crowd: 0, alone: false }
    }
}

/// The places in a part of the reference that the seeds of a read show.
pub(crate) struct Near {
    /// The one with the most anchors.
    pub best: Proposal,
    /// Which of the places that is.
    at: usize,
    places: Places,
    /// Number of seeds that do not overlap and that each of them lacks.
    lacks: [u32; MOST_PLACES],
}

impl Near {
    /// The others that may score `floor`.
    pub fn others(&self, floor: i32, length: u32, context: &Context<'_>) -> impl Iterator<Item = Proposal> {
        let may = move |i: &usize| {
            *i != self.at && self.places.0[*i].anchors > 0 && bound(self.lacks[*i], length, context) >= floor
        };
        (0..MOST_PLACES).filter(may).map(|i| self.places.0[i].proposal())
    }
}

/// The first few places that the anchors of a read show.
#[derive(Default)]
struct Places([Place; MOST_PLACES]);

impl Places {
    /// Takes in an anchor; whether there was room.
    fn add(&mut self, anchor: Anchor) -> bool {
        let (reverse, diagonal) = (anchor.reverse(), anchor.diagonal());
        let fits = |place: &&mut Place| {
            place.anchors == 0
                || (place.reverse == reverse
                    && (place.low - REACH..=place.high + REACH).contains(&diagonal)
                    && place.high - place.low <= 2 * REACH)
        };
        let Some(place) = self.0.iter_mut().find(fits) else { return false };
        if place.anchors == 0 {
            *place = Place { reverse, low: diagonal, high: diagonal, ..*place };
        }
        place.anchors += 1;
        place.hits |= anchor.bit();
        (place.low, place.high) = (place.low.min(diagonal), place.high.max(diagonal));
        if place.surplus == 0 {
            place.diagonal = diagonal;
        }
        if place.diagonal == diagonal {
            place.surplus += 1;
        } else {
            place.surplus -= 1;
        }
        true
    }

    /// The place with the most anchors, the first of equal ones.
    fn best(&self) -> Option<usize> {
        let anchors = |&i: &usize| self.0[i].anchors;
        (0..MOST_PLACES).rev().max_by_key(anchors).filter(|i| anchors(i) > 0)
    }
}
