//! The haplotypes that a region's reads are compared with: those that reads show, assembly finds, lists ask for, and those a
//! slip away.

use std::ops::Range;

use rihla_core::Reference;
use rihla_core::genotype::Genotypes;
use rihla_pileup::ActiveRegion;

use super::Place;
use super::looks::{MAX_CLIPPED_GAPS, wide_window};
use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::options::CallOptions;
use crate::reads::WindowRead;
use crate::window::Window;
use crate::{clips, mixture, observed, slippage};

/// Gaps below nomination that are tried in a region that is looked at closely anyway.
const MAX_RARE_GAPS: usize = 4;
/// Haplotypes that reads show and no path has.
const MAX_UNEXPLAINED: usize = 4;
/// Sets of haplotypes that are weighed at most: with more copies of the chromosome, fewer haplotypes are.
const MAX_SETS: usize = 20_000;

/// The window in which a region is called: stretched over the gaps near it that are told of, with the repeats that they stand
/// in.
pub(super) fn window(
    reference: &Reference,
    contig: u32,
    region: &ActiveRegion,
    told: &[Vec<Event>],
    options: &CallOptions,
) -> Window {
    let mut span = region.start..region.end;
    if told.is_empty() {
        return Window::around(reference, contig, span, options.padding, options.flank);
    }
    let wide = wide_window(reference, contig, region, options);
    let near = |event: &&Event| {
        event.is_gap()
            && wide.holds(event)
            && event.position < region.end + options.padding
            // It may as well stand anywhere in its repeat.
            && event.repeat_end(&wide) + options.padding > region.start
    };
    let (mut outer, mut deleted) = (span.clone(), 0);
    for event in told.iter().flatten().filter(near) {
        // A read tells a duplication from the reference only beyond its whole length.
        let inserted = event.inserted.len() as u32;
        span = span.start.min(event.position)..span.end.max(event.repeat_end(&wide) + inserted);
        let unclear = event.unclear_stretch(&wide);
        outer = outer.start.min(unclear.start)..outer.end.max(unclear.end + inserted);
        deleted = deleted.max(event.deleted);
    }
    // Reads that lie on the other side of a deletion reach so far beyond a haplotype that has it.
    Window::reaching(reference, contig, (span, outer), options.padding, options.flank + deleted)
}

/// The haplotypes to be compared; the reference is the first. Candidates of neighboring regions
/// that lie in the window take part, so that reads with them find their haplotype.
pub(super) fn haplotypes(
    place: &Place<'_>,
    reads: &[WindowRead],
    window: &Window,
    assembled: Vec<Vec<Event>>,
) -> Vec<Haplotype> {
    let limit = place.options.max_haplotypes / 2;
    let regions = &place.pileup.regions;
    let plain = place.plain;
    let first = regions.partition_point(|region| region.end + 1000 < window.start);
    let mut events: Vec<Event> = regions[first..]
        .iter()
        .take_while(|region| region.start < window.end)
        .filter(|region| !plain || region.is_plain())
        .flat_map(|region| region.candidates.iter().filter_map(Event::from_candidate))
        .filter(|event| window.holds(event) && !(plain && event.is_gap()))
        .collect();
    events.sort();
    let sightings = observed::sightings(&place.pileup.reads, reads, window, &events);
    let mut found = vec![Haplotype::reference(window)];
    let owned = place.region.owned_start..place.region.owned_end;
    for events in place.forced.haplotypes(owned) {
        if events.iter().all(|event| window.holds(event) && !(plain && event.is_gap())) {
            add(&mut found, window, events);
        }
    }
    let combinations = observed::combinations(&events, &sightings, limit);
    if place.is_mixture {
        // Haplotypes of small shares are known by what reads show, and what they have in common with the large ones must
        // stand at one locus: assembly may tell three neighboring SNPs as two gaps.
        combinations.iter().for_each(|set| add(&mut found, window, set.clone()));
    }
    for events in differing_here_first(place.region, window, assembled).into_iter().take(limit) {
        add(&mut found, window, events);
    }
    for set in &combinations {
        add(&mut found, window, set.clone());
    }
    for set in observed::unexplained(&events, &sightings, &combinations, MAX_UNEXPLAINED) {
        add(&mut found, window, set);
    }
    if place.is_mixture
        && let Some(commonest) = combinations.first()
    {
        let room = (2 * place.options.max_haplotypes).saturating_sub(found.len());
        for set in mixture::one_changed(commonest, &events).into_iter().take(room) {
            add(&mut found, window, set);
        }
    }
    if !plain {
        let set = &place.pileup.reads;
        let mut rare = clips::gaps(set, reads, window, MAX_CLIPPED_GAPS);
        rare.extend(observed::rare_gaps(set, reads, window, &events, MAX_RARE_GAPS));
        for set in observed::with_rare(&combinations, rare) {
            add(&mut found, window, set);
        }
        let known: Vec<Vec<Event>> = found.iter().map(|haplotype| haplotype.events.clone()).collect();
        let span = place.region.start..place.region.end;
        let room = place.options.max_haplotypes.saturating_sub(found.len()).max(4);
        for events in slippage::neighbors(window, &known, span).into_iter().take(room) {
            add(&mut found, window, events);
        }
    }
    while Genotypes::count(found.len(), place.ploidy) > MAX_SETS {
        found.pop();
    }
    found
}

/// The sets without what the window does not hold, in their order; but those that are like one before them in all that the region
/// owns, and differ in what its neighbors do, come last.
fn differing_here_first(region: &ActiveRegion, window: &Window, sets: Vec<Vec<Event>>) -> Vec<Vec<Event>> {
    let is_own = |event: &&Event| (region.owned_start..region.owned_end).contains(&event.anchor());
    let mut known: Vec<Vec<Event>> = Vec::new();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for mut set in sets {
        set.retain(|event| window.holds(event));
        let own: Vec<Event> = set.iter().filter(is_own).cloned().collect();
        let is_new = !known.contains(&own);
        if is_new {
            known.push(own);
        }
        if is_new { &mut first } else { &mut last }.push(set);
    }
    first.append(&mut last);
    first
}

/// Adds the haplotype of some events unless its sequence is known.
fn add(found: &mut Vec<Haplotype>, window: &Window, events: Vec<Event>) {
    let haplotype = Haplotype::from_events(window, events);
    if !found.iter().any(|known| known.bases == haplotype.bases) {
        found.push(haplotype);
    }
}

/// The positions at which haplotypes differ, with the repeats of their gaps and a base on both sides:
/// reads that lie elsewhere are equally likely on all.
pub(super) fn varied_stretch(haplotypes: &[Haplotype], window: &Window) -> Range<u32> {
    let events = || haplotypes.iter().flat_map(|haplotype| &haplotype.events);
    let start = events().map(Event::anchor).min().unwrap_or(window.start);
    let end = events().map(|event| event.repeat_end(window) + 1).max().unwrap_or(window.end);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_that_differ_in_what_neighbors_own_come_last() {
        let codes = vec![0; 400];
        let window = Window { contig: 0, start: 0, end: 400, events: 0..400, origin: 0, codes };
        let region =
            ActiveRegion { start: 100, end: 120, owned_start: 90, owned_end: 130, candidates: Vec::new() };
        let (far, near, other) = (Event::snp(50, 1), Event::snp(105, 1), Event::snp(108, 1));
        let sets = vec![
            vec![near.clone()],
            vec![far.clone(), near.clone()],
            vec![far.clone()],
            vec![],
            vec![other.clone()],
        ];
        let ordered = differing_here_first(&region, &window, sets);
        assert_eq!(ordered, [vec![near.clone()], vec![far.clone()], vec![other], vec![far, near], vec![]]);
    }
}
