//! How regions are looked at: by their columns, or closely; and what the assembly of each tells the others.
//!
//! Clips stand at the end of a repeat and the gap that they tell of at its beginning, which may be another region's, or none's.

use rihla_core::{Interval, Reference};
use rihla_pileup::{ActiveRegion, Pileup};

use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::options::CallOptions;
use crate::window::Window;
use crate::{assembly, clips, observed, reads};

/// Gaps that clipped ends tell of.
pub(super) const MAX_CLIPPED_GAPS: usize = 4;
/// Gaps that other regions' assembly tells of.
const MAX_LENT_GAPS: usize = 4;
/// Only regions so near, and at most so long, tell of gaps in others (bases).
const LENDING_REACH: u32 = 300;
/// No region, however long, tells of gaps so far from its start (bases).
const LONGEST_REACH: u32 = 1200;

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

/// A region with room for whole repeats around it.
pub(super) fn wide_window(
    reference: &Reference,
    contig: u32,
    region: &ActiveRegion,
    options: &CallOptions,
) -> Window {
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
}
