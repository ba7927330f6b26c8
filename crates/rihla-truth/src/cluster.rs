//! Clusters: variants so close that one way of writing them may depend on another.

use crate::variant::{Prepared, settle};

/// Variants whose reaches are further apart than this are judged apart (bases).
pub(crate) const GAP: u32 = 30;

/// Truth (side 0) and query (side 1) of one locus, each sorted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cluster {
    pub(crate) sides: [Vec<Prepared>; 2],
}

impl Cluster {
    /// Puts the members of a locus, which have their sides with them, in order.
    pub(crate) fn new(members: impl Iterator<Item = (usize, Prepared)>) -> Self {
        let mut cluster = Self::default();
        members.for_each(|(side, variant)| cluster.sides[side].push(variant));
        for side in &mut cluster.sides {
            side.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        }
        cluster
    }
}

/// Cuts both lists, each in the order of its file, into the members of clusters, in genome order. `take` may
/// take them out of the list that it is given.
pub(crate) fn for_each_locus(
    mut truth: Vec<Prepared>,
    mut query: Vec<Prepared>,
    mut take: impl FnMut(&mut Vec<(usize, Prepared)>),
) {
    settle(&mut truth);
    settle(&mut query);
    let mut all: Vec<(usize, Prepared)> = Vec::with_capacity(truth.len() + query.len());
    all.extend(truth.into_iter().map(|variant| (0, variant)));
    all.extend(query.into_iter().map(|variant| (1, variant)));
    all.sort_by(|(_, a), (_, b)| (a.contig, a.reach, a.sort_key()).cmp(&(b.contig, b.reach, b.sort_key())));
    let mut members = Vec::new();
    let mut open: (u32, u32) = (0, 0);
    for (side, variant) in all {
        let (start, end) = variant.reach;
        let joins = open.0 == variant.contig && start <= open.1.saturating_add(GAP);
        if !joins && !members.is_empty() {
            take(&mut members);
            members.clear();
        }
        let before = if members.is_empty() { 0 } else { open.1 };
        open = (variant.contig, end.max(before));
        members.push((side, variant));
    }
    if !members.is_empty() {
        take(&mut members);
    }
}
