//! Clusters: variants so close that one way of writing them may depend on another.

use crate::variant::{Prepared, settle};

/// Variants whose reaches are further apart than this are judged apart (bases).
pub(crate) const GAP: u32 = 30;

/// Truth (side 0) and query (side 1) of one locus, each sorted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cluster {
    pub(crate) sides: [Vec<Prepared>; 2],
}

/// Cuts both lists, each in the order of its file, into clusters, in genome order.
pub(crate) fn clusters(mut truth: Vec<Prepared>, mut query: Vec<Prepared>) -> Vec<Cluster> {
    settle(&mut truth);
    settle(&mut query);
    let mut all: Vec<(usize, Prepared)> = truth.into_iter().map(|variant| (0, variant)).collect();
    all.extend(query.into_iter().map(|variant| (1, variant)));
    all.sort_by(|(_, a), (_, b)| (a.contig, a.reach, a.sort_key()).cmp(&(b.contig, b.reach, b.sort_key())));
    let mut found: Vec<Cluster> = Vec::new();
    let mut open = None;
    for (side, variant) in all {
        let (start, end) = variant.reach;
        let joins = open.is_some_and(|(contig, reach): (u32, u32)| {
            contig == variant.contig && start <= reach.saturating_add(GAP)
        });
        let before = open.filter(|_| joins).map_or(0, |(_, reach)| reach);
        open = Some((variant.contig, end.max(before)));
        if !joins {
            found.push(Cluster::default());
        }
        if let Some(cluster) = found.last_mut() {
            cluster.sides[side].push(variant);
        }
    }
    for cluster in &mut found {
        for side in &mut cluster.sides {
            side.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        }
    }
    found
}
