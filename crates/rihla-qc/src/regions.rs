//! Where depth is counted.

use rihla_core::{Interval, IntervalSet, Reference};

use crate::targets::TargetList;

/// Where depth is counted in a window. All lists are sorted and disjoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places<'a> {
    /// Without the reference's ambiguous bases.
    pub known: Vec<Interval>,
    /// In the targets and without ambiguous bases; as `known` where there are no targets.
    pub counted: Vec<Interval>,
    /// In the targets, ambiguous bases too; none where there are no targets.
    pub targets: Vec<Interval>,
    /// All targets, where there are any.
    pub set: Option<&'a IntervalSet>,
    /// Parts of the regions that are looked at one by one, each with the region's number.
    pub listed: Vec<(u32, Interval)>,
}

impl<'a> Places<'a> {
    /// Those of a window, the targets being those that were asked for.
    #[must_use]
    pub fn of(reference: &Reference, window: Interval, targets: Option<&'a IntervalSet>) -> Self {
        let known = counted_regions(reference, window, None);
        let Some(set) = targets else {
            return Self { counted: known.clone(), known, ..Self::default() };
        };
        let within = |target: &Interval| {
            Interval::new(window.contig, target.start.max(window.start), target.end.min(window.end))
        };
        let targets = set.overlapping(&window).iter().map(within).collect();
        let counted = counted_regions(reference, window, Some(set));
        Self { known, counted, targets, set: Some(set), listed: Vec::new() }
    }

    /// Those of records without a place.
    #[must_use]
    pub fn nowhere(targets: Option<&'a IntervalSet>) -> Self {
        Self { set: targets, ..Self::default() }
    }

    /// With regions that are looked at one by one.
    #[must_use]
    pub fn with_listed(self, window: Interval, list: &TargetList) -> Self {
        Self { listed: list.within(window).collect(), ..self }
    }

    /// Every base of a window is known, and counts.
    #[must_use]
    pub fn everywhere(window: Interval) -> Self {
        Self { known: vec![window], counted: vec![window], ..Self::default() }
    }
}

/// The parts of `window` in which depth is counted: inside `targets` where some are given, and
/// without the reference's ambiguous bases (N and the IUPAC letters), to which nothing can align well.
/// Sorted and disjoint; an empty list when nothing is left.
#[must_use]
fn counted_regions(reference: &Reference, window: Interval, targets: Option<&IntervalSet>) -> Vec<Interval> {
    let whole = [window];
    let candidates = targets.map_or(&whole[..], |targets| targets.overlapping(&window));
    let mut regions = Vec::new();
    for candidate in candidates {
        let start = candidate.start.max(window.start);
        let end = candidate.end.min(window.end);
        push_known(reference, Interval::new(window.contig, start, end), &mut regions);
    }
    regions
}

/// Appends the stretches of `interval` between ambiguous runs.
fn push_known(reference: &Reference, interval: Interval, regions: &mut Vec<Interval>) {
    let origin = reference.offset(interval.contig);
    let (mut from, to) = (origin + u64::from(interval.start), origin + u64::from(interval.end));
    let mut push = |from: u64, to: u64| {
        if from < to {
            regions.push(Interval::new(interval.contig, (from - origin) as u32, (to - origin) as u32));
        }
    };
    let runs = reference.ambiguous();
    let first = runs.partition_point(|run| run.end <= from);
    for run in runs[first..].iter().take_while(|run| run.start < to) {
        push(from, run.start);
        from = run.end;
    }
    push(from, to);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::{Contig, Contigs};

    fn reference() -> Reference {
        let letters = [b"ACGTNNACGTRA".to_vec(), b"NACGTN".to_vec(), b"NNNN".to_vec()];
        let contig = |(i, s): (usize, &Vec<u8>)| Contig {
            name: format!("c{i}"),
            length: s.len() as u32,
            md5: [0; 16],
        };
        Reference::from_letters(Contigs::new(letters.iter().enumerate().map(contig).collect()), &letters)
    }

    fn spans(window: Interval, targets: Option<&IntervalSet>) -> Vec<(u32, u32)> {
        let regions = counted_regions(&reference(), window, targets);
        assert!(regions.iter().all(|region| region.contig == window.contig));
        regions.iter().map(|region| (region.start, region.end)).collect()
    }

    #[test]
    fn ambiguous_bases_are_left_out() {
        assert_eq!(spans(Interval::new(0, 0, 12), None), [(0, 4), (6, 10), (11, 12)]);
        assert_eq!(spans(Interval::new(0, 5, 8), None), [(6, 8)]);
        assert_eq!(spans(Interval::new(1, 0, 6), None), [(1, 5)]);
        assert_eq!(spans(Interval::new(2, 0, 4), None), []);
    }

    #[test]
    fn targets_are_cut_to_the_window() {
        let targets =
            IntervalSet::new(vec![Interval::new(0, 1, 3), Interval::new(0, 7, 12), Interval::new(1, 0, 2)]);
        assert_eq!(spans(Interval::new(0, 2, 9), Some(&targets)), [(2, 3), (7, 9)]);
        assert_eq!(spans(Interval::new(1, 0, 6), Some(&targets)), [(1, 2)]);
        assert_eq!(spans(Interval::new(1, 3, 6), Some(&targets)), []);
    }
}
