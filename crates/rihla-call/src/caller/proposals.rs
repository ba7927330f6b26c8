//! The haplotypes that a region's reads are compared with: those that reads show, assembly finds, lists ask for, and those a
//! slip away.

use std::ops::Range;

use rihla_core::Reference;
use rihla_core::genotype::Genotypes;
use rihla_pileup::{ActiveRegion, Pileup};

use super::Place;
use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::options::CallOptions;
use crate::reads::{self, WindowRead};
use crate::window::Window;
use crate::{assembly, clips, mixture, observed, slippage};

/// Gaps below nomination that are tried in a region that is looked at closely anyway.
const MAX_RARE_GAPS: usize = 4;
/// The same for gaps that clipped ends tell of.
const MAX_CLIPPED_GAPS: usize = 4;
/// Haplotypes that reads show as a whole.
const MAX_WHOLE: usize = 4;
/// Sets of haplotypes that are weighed at most: with more copies of the chromosome, fewer haplotypes are.
const MAX_SETS: usize = 20_000;

/// Whether some read shows a gap of two bases or more near a region of SNPs, which may be the same gap in others, or a gap in
/// place of SNPs.
pub(super) fn hides_gap(
    reference: &Reference,
    contig: u32,
    region: &ActiveRegion,
    pileup: &Pileup,
    options: &CallOptions,
) -> bool {
    let span = region.start..region.end;
    let window = Window::around(reference, contig, span, options.padding, options);
    let reads = reads::gather(&pileup.reads, &window, options);
    let set = &pileup.reads;
    !observed::rare_gaps(set, &reads, &window, &[], 1).is_empty()
        || reads.iter().any(|read| observed::hides_snp(set, &set.reads()[read.number], &region.candidates))
}

/// Events of the haplotypes that assembly and clipped ends tell of around a region, and the region stretched over the
/// gaps among them that lie near it, with the repeats that they stand in.
pub(super) fn assemble(place: &Place<'_>) -> (Vec<Vec<Event>>, Range<u32>) {
    let region = place.region;
    let mut span = region.start..region.end;
    if place.plain {
        return (Vec::new(), span);
    }
    let (contig, padding) = (place.interval.contig, place.options.assembly_padding);
    let wide = Window::around(place.reference, contig, span.clone(), padding, place.options);
    let reads = reads::gather(&place.pileup.reads, &wide, place.options);
    let set = &place.pileup.reads;
    let clipped = clips::gaps(set, &reads, &wide, MAX_CLIPPED_GAPS).into_iter().map(|gap| vec![gap]);
    let assembled = assembly::assemble(set, &reads, &wide, place.options.max_haplotypes)
        .into_iter()
        .filter_map(|bases| Haplotype::from_bases(&wide, bases))
        .map(|haplotype| haplotype.events);
    let found: Vec<Vec<Event>> = clipped.chain(assembled).collect();
    let near = |event: &&Event| {
        event.is_gap()
            && event.position < region.end + place.options.padding
            && event.end() + place.options.padding > region.start
    };
    for event in found.iter().flatten().filter(near) {
        // A read tells a duplication from the reference only beyond its whole length.
        let reach = event.repeat_end(&wide) + event.inserted.len() as u32;
        span = span.start.min(event.position)..span.end.max(reach);
    }
    (found, span)
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
    for mut events in assembled.into_iter().take(limit) {
        events.retain(|event| window.holds(event));
        add(&mut found, window, events);
    }
    for set in &combinations {
        add(&mut found, window, set.clone());
    }
    for set in observed::seen_whole(&events, &sightings, MAX_WHOLE) {
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
