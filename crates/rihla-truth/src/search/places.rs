//! Indels that fit in several places of their own record, where records remain without a match.
//!
//! `CAAAA>CAAA` beside other records among these bases: which A is gone is for the comparison to choose, as which
//! copy has which allele is. Each such indel is tried at the other end of its stretch, together with its equals on
//! both sides, and stays there when more records match.

use rihla_core::Reference;

use super::{Matching, match_in_place};
use crate::class::Filter;
use crate::cluster::{Cluster, GAP};
use crate::variant::Prepared;

/// Places tried in a cluster, and records of a cluster in which any are: bounds of time. Real clusters are far below.
const MOST_TRIALS: usize = 64;
const MOST_RECORDS: usize = 1024;

/// A match at least as large as the one found.
pub(super) fn improve(reference: &Reference, cluster: &Cluster, filter: Filter, found: Matching) -> Matching {
    let records: usize = cluster.sides.iter().map(Vec::len).sum();
    if records > MOST_RECORDS || cluster.sides.iter().any(Vec::is_empty) {
        return found;
    }
    let trials = trials(cluster, filter, &found);
    let (mut best, mut changed) = (found, None);
    for trial in trials.iter().take(MOST_TRIALS) {
        let mut other = changed.clone().unwrap_or_else(|| cluster.clone());
        trial.iter().for_each(|&(side, index)| other.sides[side][index].flip());
        let next = match_in_place(reference, &other, filter);
        if size(&next) > size(&best) {
            (best, changed) = (next, Some(other));
        }
    }
    best
}

fn size(matching: &Matching) -> usize {
    matching.iter().flatten().flatten().count()
}

/// Sets of records (side, number in it) to move together: those that are equal, then each of them alone; only
/// where a record near has no match.
fn trials(cluster: &Cluster, filter: Filter, found: &Matching) -> Vec<Vec<(usize, usize)>> {
    let unmatched = unmatched(cluster, filter, found);
    let mut sets: Vec<Vec<(usize, usize)>> = Vec::new();
    for (side, variants) in cluster.sides.iter().enumerate() {
        for index in (0..variants.len()).filter(|&index| is_crowded(variants, index, filter)) {
            let one = &variants[index];
            let (start, end) = (one.reach.0.saturating_sub(GAP), one.reach.1.saturating_add(GAP));
            if !unmatched.iter().any(|other| other.0 <= end && start <= other.1) {
                continue;
            }
            let is_same = |set: &&mut Vec<(usize, usize)>| {
                let (side, index) = set[0];
                let other = &cluster.sides[side][index];
                (&other.choices, &other.moved) == (&one.choices, &one.moved)
            };
            match sets.iter_mut().find(is_same) {
                Some(set) => set.push((side, index)),
                None => sets.push(vec![(side, index)]),
            }
        }
    }
    let alone = sets.iter().filter(|set| set.len() > 1).flatten().map(|&place| vec![place]);
    let alone: Vec<_> = alone.collect();
    sets.extend(alone);
    sets
}

/// Where the records are that have no match.
fn unmatched(cluster: &Cluster, filter: Filter, found: &Matching) -> Vec<(u32, u32)> {
    let rows = (0..2).flat_map(|side| cluster.sides[side].iter().zip(&found[side]));
    let missed = rows.filter(|(variant, group)| group.is_none() && variant.is_compared(filter));
    missed.map(|(variant, _)| variant.reach).collect()
}

/// Whether an indel has another place, and another record of its side is in or beside its stretch.
fn is_crowded(variants: &[Prepared], index: usize, filter: Filter) -> bool {
    let Some((start, end)) = variants[index].stretch().filter(|_| variants[index].is_compared(filter)) else {
        return false;
    };
    let mut others =
        variants.iter().enumerate().filter(|&(i, other)| i != index && other.is_compared(filter));
    others.any(|(_, other)| other.start <= end && other.end >= start)
}
