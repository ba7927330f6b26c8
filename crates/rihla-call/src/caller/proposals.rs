//! The haplotypes that a region's reads are compared with: those that reads show, assembly finds, lists ask for, and those a
//! slip away.

use std::ops::Range;

use rihla_core::genotype::Genotypes;
use rihla_core::{Interval, Reference};
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
/// Gaps that other regions' assembly tells of.
const MAX_LENT_GAPS: usize = 4;
/// Only regions so near, and at most so long, tell of gaps in others (bases).
const LENDING_REACH: u32 = 300;
/// No region, however long, tells of gaps so far from its start (bases).
const LONGEST_REACH: u32 = 1200;
/// Haplotypes that reads show and no path has.
const MAX_UNEXPLAINED: usize = 4;
/// Sets of haplotypes that are weighed at most: with more copies of the chromosome, fewer haplotypes are.
const MAX_SETS: usize = 20_000;

/// Whether some read shows a gap of two bases or more near a region of SNPs, which may be the same gap in others, or a gap in
/// place of SNPs.
fn hides_gap(
    reference: &Reference,
    contig: u32,
    region: &ActiveRegion,
    pileup: &Pileup,
    options: &CallOptions,
) -> bool {
    let span = region.start..region.end;
    let window = Window::around(reference, contig, span, options.padding, options.flank);
    let reads = reads::gather(&pileup.reads, &window, options);
    let set = &pileup.reads;
    !observed::rare_gaps(set, &reads, &window, &[], 1).is_empty()
        || reads.iter().any(|read| observed::hides_snp(set, &set.reads()[read.number], &region.candidates))
}

/// Events of the haplotypes that assembly and clipped ends tell of around a region, each haplotype's together.
fn assemble(
    reference: &Reference,
    contig: u32,
    region: &ActiveRegion,
    pileup: &Pileup,
    options: &CallOptions,
) -> Vec<Vec<Event>> {
    let wide = wide_window(reference, contig, region, options);
    let reads = reads::gather(&pileup.reads, &wide, options);
    let set = &pileup.reads;
    let clipped = clips::gaps(set, &reads, &wide, MAX_CLIPPED_GAPS).into_iter().map(|gap| vec![gap]);
    let assembled = assembly::assemble(set, &reads, &wide, options.max_haplotypes)
        .into_iter()
        .filter_map(|bases| Haplotype::from_bases(&wide, bases))
        .map(|haplotype| haplotype.events);
    clipped.chain(assembled).collect()
}

fn wide_window(reference: &Reference, contig: u32, region: &ActiveRegion, options: &CallOptions) -> Window {
    Window::around(reference, contig, region.start..region.end, options.assembly_padding, options.flank)
}

/// How a region is looked at.
#[derive(Clone, Default)]
pub(super) struct Look {
    /// Whether the columns say all there is to say.
    pub plain: bool,
    /// Where they do not: the events of haplotypes that assembly and clipped ends tell of.
    pub told: Vec<Vec<Event>>,
}

/// How each region that an interval's calls may depend on is to be looked at; for the others nothing is told.
pub(super) fn look(
    reference: &Reference,
    interval: Interval,
    pileup: &Pileup,
    is_mixture: bool,
    options: &CallOptions,
) -> Vec<Look> {
    let Interval { contig, start, end } = interval;
    let matters = |region: &ActiveRegion| {
        region.owned_start < end.saturating_add(LENDING_REACH) && start < region.owned_end + LENDING_REACH
    };
    let look = |region: &ActiveRegion| {
        if !matters(region) {
            return Look::default();
        }
        // Among the thousands of reads of a mixture one always slips.
        let plain =
            region.is_plain() && (is_mixture || !hides_gap(reference, contig, region, pileup, options));
        let told = if plain { Vec::new() } else { assemble(reference, contig, region, pileup, options) };
        Look { plain, told }
    };
    pileup.regions.iter().map(look).collect()
}

/// How a region is looked at when what others tell is known, too.
pub(super) fn among_others(
    (reference, contig): (&Reference, u32),
    pileup: &Pileup,
    looks: &[Look],
    at: usize,
    options: &CallOptions,
) -> Look {
    let look = looks[at].clone();
    let lent = lent(&pileup.regions, looks, at);
    if lent.is_empty() {
        return look;
    }
    let own = match look.plain {
        true => assemble(reference, contig, &pileup.regions[at], pileup, options),
        false => look.told,
    };
    let told = lent.into_iter().map(|gap| vec![gap]).chain(own).collect();
    Look { plain: false, told }
}

/// Anchors of gaps that a region's assembly tells of and no region owns; the first that tells of one has it.
pub(super) fn adopted(regions: &[ActiveRegion], looks: &[Look], at: usize) -> Vec<u32> {
    let is_owned = |anchor: u32| {
        let next = regions.partition_point(|region| region.owned_end <= anchor);
        regions.get(next).is_some_and(|region| region.owned_start <= anchor)
    };
    let told = |i: usize| looks[i].told.iter().flatten().filter(|event| event.is_gap()).map(Event::anchor);
    let first = regions.partition_point(|other| other.start + LONGEST_REACH < regions[at].start);
    let mut anchors: Vec<u32> = told(at).filter(|&anchor| !is_owned(anchor)).collect();
    anchors.sort_unstable();
    anchors.dedup();
    anchors.retain(|anchor| !(first..at).any(|before| told(before).any(|other| other == *anchor)));
    anchors
}

/// Gaps that other regions' assembly tells of and this one owns: those cannot report them.
fn lent(regions: &[ActiveRegion], looks: &[Look], at: usize) -> Vec<Event> {
    let region = &regions[at];
    let owned = region.owned_start..region.owned_end;
    let first = regions.partition_point(|other| other.start + LONGEST_REACH < owned.start);
    let others = regions.iter().zip(looks).enumerate().skip(first);
    let mut gaps: Vec<Event> = others
        .take_while(|(_, (other, _))| other.start < owned.end + LENDING_REACH)
        .filter(|(i, (other, _))| *i != at && other.end - other.start <= LENDING_REACH)
        .flat_map(|(_, (_, look))| look.told.iter().flatten())
        .filter(|event| event.is_gap() && owned.contains(&event.anchor()))
        .cloned()
        .collect();
    gaps.sort();
    gaps.dedup();
    gaps.retain(|gap| !looks[at].told.iter().flatten().any(|known| known == gap));
    gaps.truncate(MAX_LENT_GAPS);
    gaps
}

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

    /// A region that owns ten bases on both sides.
    fn region(start: u32, end: u32) -> ActiveRegion {
        let (owned_start, owned_end) = (start - 10, end + 10);
        ActiveRegion { start, end, owned_start, owned_end, candidates: Vec::new() }
    }

    fn gap(anchor: u32) -> Event {
        Event { position: anchor + 1, deleted: 4, inserted: Vec::new() }
    }

    fn look(gaps: &[u32]) -> Look {
        Look { told: gaps.iter().map(|&anchor| vec![gap(anchor)]).collect(), ..Look::default() }
    }

    #[test]
    fn gaps_go_to_the_region_that_owns_their_place() {
        let regions = [region(100, 120), region(200, 210), region(5000, 5010)];
        let looks = [look(&[205, 110, 205]), look(&[206]), look(&[204])];
        assert_eq!(lent(&regions, &looks, 1), [gap(205)], "once, and none of far regions");
        assert_eq!(lent(&regions, &looks, 0), [], "nothing of the others is its own");
        let knowing = [look(&[205]), look(&[205]), look(&[])];
        assert_eq!(lent(&regions, &knowing, 1), [], "what it knows itself");
        let snp = Look { told: vec![vec![Event::snp(205, 1)]], ..Look::default() };
        assert_eq!(lent(&regions, &[snp, look(&[]), look(&[])], 1), [], "SNPs are in the columns");
    }

    #[test]
    fn gaps_that_no_region_owns_are_the_first_finders() {
        let regions = [region(100, 120), region(200, 210)];
        let looks = [look(&[150, 115]), look(&[150, 160, 160])];
        assert_eq!(adopted(&regions, &looks, 0), [150]);
        assert_eq!(adopted(&regions, &looks, 1), [160], "once, and not what the first has");
    }

    #[test]
    fn sets_that_differ_in_what_neighbors_own_come_last() {
        let codes = vec![0; 400];
        let window = Window { contig: 0, start: 0, end: 400, events: 0..400, origin: 0, codes };
        let (far, near) = (Event::snp(50, 1), gap(105));
        let sets = vec![
            vec![near.clone()],
            vec![far.clone(), near.clone()],
            vec![far.clone()],
            vec![],
            vec![gap(108)],
        ];
        let ordered = differing_here_first(&region(100, 120), &window, sets);
        assert_eq!(ordered, [vec![near.clone()], vec![far.clone()], vec![gap(108)], vec![far, near], vec![]]);
    }
}
