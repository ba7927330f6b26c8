//! Regions of a comparison, by contig: those that are judged, and strata.

use rihla_core::{Contigs, Interval, IntervalSet};
use rihla_truth::{Stratum, TruthVariant};

/// A named part of the genome.
pub struct NamedRegions {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub regions: IntervalSet,
}

/// Confident regions and strata of each contig, as of contig 0.
pub struct Regions {
    confident: Vec<IntervalSet>,
    strata: Vec<Vec<IntervalSet>>,
    /// Names and sizes.
    pub list: Vec<Stratum>,
}

impl Regions {
    /// Cuts regions by contig; without confident ones everything is.
    #[must_use]
    pub fn new(contigs: &Contigs, confident: Option<&IntervalSet>, strata: &[NamedRegions]) -> Self {
        let confident_bases = confident;
        let whole = |length: u32| IntervalSet::new(vec![Interval::new(0, 0, length.saturating_add(1))]);
        let confident = match confident {
            Some(regions) => by_contig(regions, contigs),
            // One base more, so that an insertion behind the last base is inside.
            None => contigs.iter().map(|contig| whole(contig.length)).collect(),
        };
        let all: u64 = contigs.iter().map(|contig| u64::from(contig.length)).sum();
        let judged = confident_bases.map_or(all, IntervalSet::bases);
        let mut list = vec![Stratum { name: "*".into(), bases: all, confident_bases: judged }];
        let mut cut = vec![Vec::with_capacity(strata.len()); contigs.len()];
        for stratum in strata {
            let parts = by_contig(&stratum.regions, contigs);
            let shared = parts.iter().zip(&confident).map(|(part, confident)| shared_bases(part, confident));
            let (name, bases) = (stratum.name.clone(), stratum.regions.bases());
            list.push(Stratum { name, bases, confident_bases: shared.sum() });
            cut.iter_mut().zip(parts).for_each(|(list, part)| list.push(part));
        }
        Self { confident, strata: cut, list }
    }

    /// Confident regions of a contig.
    #[must_use]
    pub fn confident(&self, contig: u32) -> &IntervalSet {
        &self.confident[contig as usize]
    }

    /// The numbers, from 1, of the strata of a contig that a record counts in, by the rule of the confident
    /// regions.
    #[must_use]
    pub fn strata_of(&self, contig: u32, record: &TruthVariant) -> Vec<u16> {
        let strata = self.strata[contig as usize].iter().enumerate();
        strata.filter(|(_, regions)| record.is_in(regions)).map(|(i, _)| i as u16 + 1).collect()
    }
}

/// One set a contig, as of contig 0.
fn by_contig(regions: &IntervalSet, contigs: &Contigs) -> Vec<IntervalSet> {
    let mut parts = vec![Vec::new(); contigs.len()];
    for interval in regions.as_slice() {
        parts[interval.contig as usize].push(Interval { contig: 0, ..*interval });
    }
    parts.into_iter().map(IntervalSet::new).collect()
}

fn shared_bases(a: &IntervalSet, b: &IntervalSet) -> u64 {
    let overlaps = a.as_slice().iter().flat_map(|one| b.overlapping(one).iter().map(move |two| (one, two)));
    overlaps.map(|(one, two)| u64::from(one.end.min(two.end) - one.start.max(two.start))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::Contig;

    #[test]
    fn strata_are_cut_by_contig() {
        let contig = |name: &str| Contig { name: name.into(), length: 100, md5: [0; 16] };
        let contigs = Contigs::new(vec![contig("a"), contig("b")]);
        let set = |list: &[(u32, u32, u32)]| {
            IntervalSet::new(
                list.iter().map(|&(contig, start, end)| Interval::new(contig, start, end)).collect(),
            )
        };
        let strata = ["x", "y"].map(|name| NamedRegions {
            name: name.into(),
            regions: if name == "x" { set(&[(0, 5, 20), (1, 0, 50)]) } else { set(&[(1, 40, 60)]) },
        });
        let regions = Regions::new(&contigs, Some(&set(&[(0, 10, 30), (1, 45, 55)])), &strata);
        let sizes: Vec<_> =
            regions.list.iter().map(|s| (s.name.as_str(), s.bases, s.confident_bases)).collect();
        assert_eq!(sizes, [("*", 200, 30), ("x", 65, 15), ("y", 20, 10)]);
        let snv = TruthVariant::new(0, 45, b"A", vec![b"C".to_vec()], &[0, 1]);
        assert_eq!(regions.strata_of(1, &snv), [1, 2]);
        assert!(regions.strata_of(0, &snv).is_empty());
        assert!(Regions::new(&contigs, None, &[]).confident(1).covers(&Interval::new(0, 0, 100)));
    }
}
