//! Haplotypes that differ from the known ones by a unit of a repeat.
//!
//! Where a repeat varies, the second allele is often a unit longer or shorter than the first, and few
//! reads span it: too few to be nominated. And reads in which the sequencer slipped are explained by
//! whatever haplotype comes near when none has their length. So neighbors in length are tried too.

use std::ops::Range;

use crate::events::Event;
use crate::prior::period;
use crate::window::Window;

/// Fewest units of a repeat, by period 1-6, at which slippage is common.
pub const MIN_UNITS: [usize; 6] = [7, 5, 4, 4, 4, 4];
/// A run of one base this long is tried even without a gap candidate in it.
const LONG_RUN: usize = 10;

/// A repeat of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// First position.
    pub position: u32,
    /// Bases of a unit.
    pub period: usize,
    /// Units on the reference.
    pub units: usize,
}

/// Sets of events that put each gap of `known` sets one repeat unit longer or shorter, and the
/// reference's long runs within `span` likewise.
#[must_use]
pub fn neighbors(window: &Window, known: &[Vec<Event>], span: Range<u32>) -> Vec<Vec<Event>> {
    let mut out: Vec<Vec<Event>> = Vec::new();
    let mut seen: Vec<Event> = known.iter().flatten().filter(|event| event.is_gap()).cloned().collect();
    seen.sort();
    seen.dedup();
    let tried = seen.clone();
    let mut add = |base: &[Event], old: Option<&Event>, new: Event, seen: &mut Vec<Event>| {
        if seen.contains(&new) || !window.holds(&new) {
            return;
        }
        seen.push(new.clone());
        let mut set: Vec<Event> = base.iter().filter(|event| Some(*event) != old).cloned().collect();
        set.push(new);
        set.sort();
        if set.windows(2).all(|two| two[0].allows(&two[1])) {
            out.push(set);
        }
    };
    for event in &tried {
        let Some((repeat, steps)) = repeat_of(event, window) else { continue };
        let base = known.iter().find(|set| set.contains(event)).map_or(&[][..], Vec::as_slice);
        for step in [steps - 1, steps + 1].into_iter().filter(|&step| step != 0) {
            if let Some(new) = repeat.slipped(step, window) {
                add(base, Some(event), new, &mut seen);
            }
        }
    }
    for repeat in long_runs(window, span) {
        for step in [-1, 1] {
            if let Some(new) = repeat.slipped(step, window) {
                add(&[], None, new, &mut seen);
            }
        }
    }
    out
}

/// The repeat that a gap lies in, and by how many units the gap changes it.
#[must_use]
pub fn repeat_of(event: &Event, window: &Window) -> Option<(Repeat, i64)> {
    let inserts = event.deleted == 0;
    let moved = if inserts { &event.inserted[..] } else { window.slice(event.position, event.end()) };
    if !inserts && !event.inserted.is_empty() {
        return None;
    }
    let period = period(moved);
    let units = (event.repeat_end(window) - event.position) as usize / period;
    let common = MIN_UNITS.get(period - 1).is_some_and(|&least| units >= least);
    let steps = (moved.len() / period) as i64;
    common
        .then_some((Repeat { position: event.position, period, units }, if inserts { steps } else { -steps }))
}

impl Repeat {
    /// The repeat longer (or shorter, below zero) by some units.
    fn slipped(&self, steps: i64, window: &Window) -> Option<Event> {
        let length = steps.unsigned_abs() as usize * self.period;
        if steps < 0 {
            let fits = length < self.units * self.period;
            let event = Event { position: self.position, deleted: length as u32, inserted: Vec::new() };
            return fits.then_some(event);
        }
        let unit = window.slice(self.position, self.position + self.period as u32);
        let inserted = unit.iter().copied().cycle().take(length).collect();
        Some(Event { position: self.position, deleted: 0, inserted })
    }
}

/// Long runs of one base that touch `span`.
fn long_runs(window: &Window, span: Range<u32>) -> Vec<Repeat> {
    let mut position = window.origin;
    let mut out = Vec::new();
    for run in window.codes.chunk_by(|a, b| a == b) {
        let end = position + run.len() as u32;
        let touches = position <= span.end && end >= span.start;
        if run.len() >= LONG_RUN && touches && run[0] < 4 && position > window.origin {
            out.push(Repeat { position, period: 1, units: run.len() });
        }
        position = end;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(letters: &[u8]) -> Window {
        let mut codes = Vec::new();
        rihla_core::base::encode_into(letters, &mut codes);
        let end = 100 + codes.len() as u32;
        Window { contig: 0, start: 100, end, events: 100..end, origin: 100, codes }
    }

    #[test]
    fn gaps_in_repeats_get_neighbors() {
        let window = window(b"GGTCACACACACACATTGGCC");
        let deletion = Event { position: 103, deleted: 2, inserted: vec![] };
        let found = neighbors(&window, &[vec![deletion]], 103..105);
        assert_eq!(found, [vec![Event { position: 103, deleted: 4, inserted: vec![] }]]);
        let insertion = Event { position: 103, deleted: 0, inserted: vec![1, 0, 1, 0] };
        let lengths: Vec<usize> = neighbors(&window, &[vec![insertion]], 103..105)
            .iter()
            .map(|set| set[0].inserted.len())
            .collect();
        assert_eq!(lengths, [2, 6]);
    }

    #[test]
    fn long_runs_slip_without_candidates() {
        let window = window(b"GGTCAAAAAAAAAAAATTGGCC");
        let found = neighbors(&window, &[], 103..105);
        assert_eq!(found.len(), 2);
        assert!(neighbors(&window, &[], 118..119).is_empty());
    }
}
