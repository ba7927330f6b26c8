//! The largest subsets of truth and query that spell the same pair of haplotypes.
//!
//! Plainly: choose for every variant whether it is in, and for a heterozygous one which copy has which allele;
//! spell both copies of both sides; accept when the copies are equal in pairs; keep the choice with most
//! variants. That is exponential. The sweep visits the variants by position and keeps, for each partial
//! choice, only what is still open: for each of the two copies how far truth and query are, and the letters by
//! which one is ahead of the other. Choices that disagree die at the first unequal letter, and choices that
//! leave the same open (always so where both sides are level again) merge into the best of them.

use rihla_core::{Reference, base};

use crate::class::Filter;
use crate::cluster::Cluster;
use crate::variant::{Edit, Prepared};

mod places;

/// Partial choices kept after each variant; beyond, those with fewer variants go first. Real clusters stay
/// far below.
const MOST_STATES: usize = 4096;

/// For truth (0) and query (1): the group of each variant of the cluster that matches. Groups spell the same
/// haplotypes each for itself; they are numbered from 0 along the reference.
pub(crate) type Matching = [Vec<Option<u32>>; 2];

/// The best match among the records of a cluster that are compared under `filter`.
pub(crate) fn best_match(reference: &Reference, cluster: &Cluster, filter: Filter) -> Matching {
    let found = match_in_place(reference, cluster, filter);
    places::improve(reference, cluster, filter, found)
}

/// The best match with every indel where it is put.
fn match_in_place(reference: &Reference, cluster: &Cluster, filter: Filter) -> Matching {
    let mut matched = [0, 1].map(|side| vec![None; cluster.sides[side].len()]);
    let events = events(cluster, filter);
    if (0..2).any(|side| events.iter().all(|event| event.side != side)) {
        return matched;
    }
    let is_phased = is_phased(&events);
    if !is_phased && are_twins(&events) {
        // Most loci of a good call set: nothing is to be weighed.
        for event in &events {
            matched[event.side][event.index] = Some(event.number / 2);
        }
        return matched;
    }
    let window = Window::around(reference, &events);
    let start = State::at(events[0].variant.start);
    let mut sweep = Sweep { window, trail: Vec::new(), states: vec![start], is_phased };
    for event in &events {
        sweep.advance(event.variant.start);
        sweep.choose(event);
        sweep.merge();
    }
    sweep.finish();
    let best = sweep.states.iter().max_by_key(|state| (state.score, std::cmp::Reverse(state.trail)));
    let mut at = best.and_then(|state| state.trail);
    while let Some(step) = at {
        let Step { before, event, group } = sweep.trail[step as usize];
        let event = &events[event as usize];
        matched[event.side][event.index] = Some(group);
        at = before;
    }
    matched
}

/// A variant in the order of the sweep.
struct Event<'c> {
    number: u32,
    side: usize,
    index: usize,
    variant: &'c Prepared,
}

fn events(cluster: &Cluster, filter: Filter) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    for (side, variants) in cluster.sides.iter().enumerate() {
        let compared = variants.iter().enumerate().filter(|(_, variant)| variant.is_compared(filter));
        events.extend(compared.map(|(index, variant)| Event { number: 0, side, index, variant }));
    }
    events.sort_by(|a, b| a.variant.sort_key().cmp(&b.variant.sort_key()).then(a.side.cmp(&b.side)));
    for (number, event) in events.iter_mut().enumerate() {
        event.number = number as u32;
    }
    events
}

/// Whether the events are pairs of a true variant and an equal call, none of which reaches into the next: then all
/// match, each pair for itself.
fn are_twins(events: &[Event<'_>]) -> bool {
    let (pairs, rest) = events.as_chunks::<2>();
    let equal = |[one, two]: &[Event<'_>; 2]| one.side != two.side && one.variant.is_twin(two.variant);
    rest.is_empty()
        && pairs.iter().all(equal)
        && pairs.windows(2).all(|two| two[0][0].variant.end <= two[1][0].variant.start)
}

/// Whether phases restrict the match: on both sides two variants or more are phased.
fn is_phased(events: &[Event<'_>]) -> bool {
    let phased = |side| {
        events.iter().filter(move |event: &&Event<'_>| event.side == side && event.variant.phase.is_some())
    };
    (0..2).all(|side| phased(side).nth(1).is_some())
}

/// Reference letters under the cluster.
struct Window {
    start: u32,
    end: u32,
    letters: Vec<u8>,
}

impl Window {
    fn around(reference: &Reference, events: &[Event<'_>]) -> Self {
        let start = events.iter().map(|event| event.variant.start).min().unwrap_or(0);
        let end = events.iter().map(|event| event.variant.end).max().unwrap_or(start);
        let codes = reference.fetch(events[0].variant.contig, start, end);
        Self { start, end, letters: base::decode_all(&codes) }
    }

    fn slice(&self, start: u32, end: u32) -> &[u8] {
        &self.letters[(start - self.start) as usize..(end - self.start) as usize]
    }
}

/// One chromosome copy: truth (0) against query (1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Lane {
    /// Reference bases used up by each side.
    at: [u32; 2],
    /// The side that is ahead, and the letters by which.
    ahead: usize,
    surplus: Vec<u8>,
}

impl Lane {
    /// Appends letters to a side; false when they disagree with the other side's.
    fn push(&mut self, side: usize, letters: &[u8]) -> bool {
        if self.ahead == side || self.surplus.is_empty() {
            self.surplus.extend_from_slice(letters);
            self.ahead = if self.surplus.is_empty() { 0 } else { side };
            return true;
        }
        let common = self.surplus.len().min(letters.len());
        if self.surplus[..common] != letters[..common] {
            return false;
        }
        self.surplus.drain(..common);
        if self.surplus.is_empty() {
            self.surplus.extend_from_slice(&letters[common..]);
            self.ahead = if self.surplus.is_empty() { 0 } else { side };
        }
        true
    }

    /// Follows the reference up to a position on both sides.
    fn advance(&mut self, position: u32, window: &Window) -> bool {
        if self.is_level() && self.at[0] <= position {
            self.at = [position; 2];
            return true;
        }
        (0..2).all(|side| self.follow(side, position, window))
    }

    fn follow(&mut self, side: usize, position: u32, window: &Window) -> bool {
        let from = self.at[side];
        if from >= position {
            return true;
        }
        self.at[side] = position;
        self.push(side, window.slice(from, position))
    }

    /// Puts an edit into a side; false when it overlaps an edit before or disagrees.
    fn apply(&mut self, side: usize, edit: &Edit, window: &Window) -> bool {
        if edit.start < self.at[side] || !self.follow(side, edit.start, window) {
            return false;
        }
        self.at[side] = edit.end;
        self.push(side, &edit.letters)
    }

    fn is_level(&self) -> bool {
        self.surplus.is_empty() && self.at[0] == self.at[1]
    }
}

/// A partial choice.
#[derive(Clone, Debug)]
struct State {
    lanes: [Lane; 2],
    /// Whether truth and query had a part since both copies were level: one without the other is no match.
    used: [bool; 2],
    /// Of each side the last phase set and the choice made in it; the next of the set must be the same.
    turns: [Option<(u64, usize)>; 2],
    /// Variants that are in: all, and of the query.
    score: (u32, u32),
    /// Times that both sides were level again, with variants between.
    group: u32,
    /// The last variant that is in.
    trail: Option<u32>,
}

/// A variant that was taken.
#[derive(Clone, Copy)]
struct Step {
    /// The step before.
    before: Option<u32>,
    event: u32,
    group: u32,
}

impl State {
    fn at(position: u32) -> Self {
        let lane = Lane { at: [position; 2], ahead: 0, surplus: Vec::new() };
        Self {
            lanes: [lane.clone(), lane],
            used: [false; 2],
            turns: [None; 2],
            score: (0, 0),
            group: 0,
            trail: None,
        }
    }

    fn is_level(&self) -> bool {
        self.lanes.iter().all(Lane::is_level) && self.lanes[0].at == self.lanes[1].at
    }

    fn key(&self) -> impl Ord + '_ {
        (&self.lanes, self.used, self.turns)
    }

    /// Starts anew where both sides are level; false when only one of them had a part.
    fn close(&mut self) -> bool {
        let used = std::mem::take(&mut self.used);
        self.group += u32::from(used[0]);
        used[0] == used[1]
    }
}

struct Sweep {
    window: Window,
    trail: Vec<Step>,
    states: Vec<State>,
    /// Whether the copies have names, and phases count.
    is_phased: bool,
}

impl Sweep {
    /// Brings all states up to a position and drops those that can't match.
    fn advance(&mut self, position: u32) {
        let window = &self.window;
        self.states.retain_mut(|state| {
            if !state.lanes.iter_mut().all(|lane| lane.advance(position, window)) {
                return false;
            }
            !state.is_level() || state.lanes[0].at[0] != position || state.close()
        });
    }

    /// Keeps the states whose copies are equal to the end.
    fn finish(&mut self) {
        self.advance(self.window.end);
        self.states.retain(State::is_level);
    }

    /// Every state goes on with the variant, in each way it can lie, and without it.
    fn choose(&mut self, event: &Event<'_>) {
        let before = std::mem::take(&mut self.states);
        for state in before {
            for choice in 0..event.variant.choices.len() {
                self.take(&state, event, choice);
            }
            self.states.push(state);
        }
    }

    fn take(&mut self, state: &State, event: &Event<'_>, choice: usize) {
        let mut next = state.clone();
        if let Some(set) = event.variant.phase.filter(|_| self.is_phased) {
            let turn = &mut next.turns[event.side];
            if turn.is_some_and(|(last, chosen)| last == set && chosen != choice) {
                return;
            }
            *turn = Some((set, choice));
        }
        for (lane, edit) in next.lanes.iter_mut().zip(&event.variant.choices[choice]) {
            if let Some(edit) = edit
                && !lane.apply(event.side, edit, &self.window)
            {
                return;
            }
        }
        if !self.is_phased {
            // The copies have no names: equal states must look equal.
            next.lanes.sort_unstable();
        }
        next.used[event.side] = true;
        next.score = (state.score.0 + 1, state.score.1 + event.side as u32);
        next.trail = Some(self.trail.len() as u32);
        self.trail.push(Step { before: state.trail, event: event.number, group: state.group });
        self.states.push(next);
    }

    /// Of states that leave the same open, keeps the best; of all, as many as are allowed.
    fn merge(&mut self) {
        self.states.sort_by(|a, b| a.key().cmp(&b.key()).then(b.score.cmp(&a.score)));
        self.states.dedup_by(|later, kept| later.key() == kept.key());
        if self.states.len() > MOST_STATES {
            self.states.sort_by_key(|state| (!state.is_level(), std::cmp::Reverse(state.score)));
            self.states.truncate(MOST_STATES);
        }
    }
}
