//! Substitutions side by side on one chromosome copy as one record, where that is wanted (`--max-mnp-distance`).

use std::ops::RangeInclusive;

use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::locus::{self, Allele, Locus};
use crate::phase::Found;

/// Joins runs of called SNPs, neighbors of which are at most `distance` bases apart and lie on the same copies; `judge` judges
/// the locus of a run, of which the events between two positions (the last included) are anchored. Runs whose genotype is another then
/// stay as they are. Whether any was joined.
pub fn join(
    found: &mut Vec<Found>,
    haplotypes: &[Haplotype],
    distance: u32,
    judge: impl Fn(Locus, RangeInclusive<u32>) -> Found,
) -> bool {
    let mut joined = false;
    let mut at = 0;
    while at < found.len() {
        let run = run_from(found, at, distance);
        let events: Vec<Event> = run.iter().filter_map(|&i| called_snp(&found[i])).cloned().collect();
        if let [first, .., last] = &events[..] {
            let span = first.position..=last.position;
            let whole = judge(locus::joined(haplotypes, &span), span);
            if whole.called.is_some() && carries_only(&whole, &events) {
                run.iter().skip(1).rev().for_each(|&i| drop(found.remove(i)));
                found[at] = whole;
                joined = true;
            }
        }
        at += 1;
    }
    joined
}

/// Numbers of the calls that a run from one on consists of.
fn run_from(found: &[Found], first: usize, distance: u32) -> Vec<usize> {
    let mut run = Vec::new();
    for (i, here) in found.iter().enumerate().skip(first) {
        let Some(last) = run.last().map(|&last: &usize| &found[last]) else {
            if called_snp(here).is_none() {
                break;
            }
            run.push(i);
            continue;
        };
        if here.locus.anchor > last.locus.anchor + distance {
            break;
        }
        if here.called.is_some() {
            if called_snp(here).is_none() || !share_copies(last, here) {
                break;
            }
            run.push(i);
        }
    }
    run
}

/// The SNP of a call that has no other allele and was not asked for.
fn called_snp(found: &Found) -> Option<&Event> {
    let site = found.called.as_ref().filter(|site| !site.variant.record.is_forced)?;
    let [0, allele] = site.chosen[..] else { return None };
    found.locus.event_of(allele).filter(|event| !event.is_gap())
}

/// Whether the ALT of two calls lie on the same copies of the chromosome.
fn share_copies(a: &Found, b: &Found) -> bool {
    let of = |found: &Found| found.called.as_ref().map(|site| site.variant.record.sample.clone());
    let (Some(a), Some(b)) = (of(a), of(b)) else { return false };
    match (a.phase, b.phase) {
        (Some(a), Some(b)) => a.first == b.first && a.alleles == b.alleles,
        _ => a.genotype.is_hom_alt() && b.genotype.is_hom_alt(),
    }
}

/// Whether all ALT alleles of a genotype are these events.
fn carries_only(found: &Found, events: &[Event]) -> bool {
    let alleles = found.judgment.genotype.iter().map(|&allele| &found.locus.alleles[allele]);
    let is_whole = |allele: &Allele| matches!(allele, Allele::Events(own) if own == events);
    alleles.filter(|allele| **allele != Allele::Reference).all(is_whole)
}
