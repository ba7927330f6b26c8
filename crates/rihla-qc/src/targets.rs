//! Depth of regions that a laboratory looks at one by one: the exons of a panel, the genes of a disease.

use std::collections::BTreeMap;

use rihla_core::{Interval, Pack, Unpack};

use crate::depth::{DEPTH_CAP, part};

/// Depths of which the bases that reach them are counted.
pub const TARGET_DEPTHS: [u32; 6] = [1, 10, 20, 30, 50, 100];

/// A region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Where it is.
    pub interval: Interval,
    /// What it is called, or what it belongs to; may be empty.
    pub name: String,
}

/// Regions, which may overlap, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetList {
    targets: Vec<Target>,
    /// Bases of the longest.
    longest: u32,
}

impl TargetList {
    /// A list of regions in any order; those of one place stay in theirs.
    #[must_use]
    pub fn new(mut targets: Vec<Target>) -> Self {
        targets.sort_by_key(|target| target.interval);
        let longest = targets.iter().map(|target| target.interval.len()).max().unwrap_or(0);
        Self { targets, longest }
    }

    /// The regions.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Number and part of each region that shares a base with a window.
    pub(crate) fn within(&self, window: Interval) -> impl Iterator<Item = (u32, Interval)> {
        let first = (window.contig, window.start.saturating_sub(self.longest));
        let start_of = |target: &Target| (target.interval.contig, target.interval.start);
        let from = self.targets.partition_point(|target| start_of(target) < first);
        let to = self.targets.partition_point(|target| start_of(target) < (window.contig, window.end));
        let inside = move |(number, target): (usize, &Target)| {
            let (start, end) = (target.interval.start.max(window.start), target.interval.end.min(window.end));
            (start < end).then_some((number as u32, Interval::new(window.contig, start, end)))
        };
        (from..).zip(&self.targets[from..to.max(from)]).filter_map(inside)
    }
}

/// How deep the bases of a region, or of several, are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetDepth {
    /// Bases.
    pub bases: u64,
    /// Sum of their depths.
    pub depth_sum: u64,
    /// The lowest.
    pub lowest: u32,
    /// Bases that reach each of [`TARGET_DEPTHS`].
    pub reached: [u64; TARGET_DEPTHS.len()],
}

impl Default for TargetDepth {
    fn default() -> Self {
        Self { bases: 0, depth_sum: 0, lowest: u32::MAX, reached: [0; TARGET_DEPTHS.len()] }
    }
}

impl TargetDepth {
    fn add(&mut self, depths: &[u32]) {
        self.bases += depths.len() as u64;
        for &depth in depths {
            self.depth_sum += u64::from(depth);
            self.lowest = self.lowest.min(depth);
            for (reached, least) in self.reached.iter_mut().zip(TARGET_DEPTHS) {
                *reached += u64::from(depth >= least);
            }
        }
    }

    /// Adds other bases.
    pub fn merge(&mut self, other: &Self) {
        self.bases += other.bases;
        self.depth_sum += other.depth_sum;
        self.lowest = self.lowest.min(other.lowest);
        self.reached.iter_mut().zip(other.reached).for_each(|(mine, more)| *mine += more);
    }

    /// Mean depth; 0 of no base.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.bases == 0 { 0.0 } else { self.depth_sum as f64 / self.bases as f64 }
    }
}

impl Pack for TargetDepth {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.bases, self.depth_sum).pack(out);
        self.lowest.pack(out);
        self.reached.iter().for_each(|bases| bases.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let mut depth =
            Self { bases: from.read()?, depth_sum: from.read()?, lowest: from.read()?, ..Self::default() };
        for bases in &mut depth.reached {
            *bases = from.read()?;
        }
        Some(depth)
    }
}

/// Depth of the regions of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetDepths {
    /// By number of the region.
    by_target: BTreeMap<u32, TargetDepth>,
    /// All bases by depth, those of [`DEPTH_CAP`] and more together; a base counts as often as there are regions over it.
    histogram: Vec<u64>,
}

impl TargetDepths {
    /// That of regions' parts in a window, by the depths of its bases.
    pub(crate) fn of(window: Interval, parts: &[(u32, Interval)], depths: &[u32]) -> Self {
        let mut counted = Self::default();
        for (number, interval) in parts {
            let depths = part(window, interval, depths);
            counted.by_target.entry(*number).or_default().add(depths);
            counted.histogram.resize(DEPTH_CAP + 1, 0);
            depths.iter().for_each(|&depth| counted.histogram[(depth as usize).min(DEPTH_CAP)] += 1);
        }
        counted
    }

    /// Adds other bases.
    pub fn merge(&mut self, other: &Self) {
        for (&number, depth) in &other.by_target {
            self.by_target.entry(number).or_default().merge(depth);
        }
        crate::counters::add_all(&mut self.histogram, &other.histogram);
    }

    /// Regions of a list, each with its depth.
    pub fn iter<'a>(&'a self, list: &'a TargetList) -> impl Iterator<Item = (&'a Target, &'a TargetDepth)> {
        self.by_target.iter().map(|(&number, depth)| (&list.targets[number as usize], depth))
    }

    /// All together.
    #[must_use]
    pub fn total(&self) -> TargetDepth {
        let mut total = TargetDepth::default();
        self.by_target.values().for_each(|depth| total.merge(depth));
        total
    }

    /// By name, those of several regions together; without those that have none.
    #[must_use]
    pub fn by_name<'a>(&'a self, list: &'a TargetList) -> BTreeMap<&'a str, (usize, TargetDepth)> {
        let mut names: BTreeMap<&str, (usize, TargetDepth)> = BTreeMap::new();
        for (target, depth) in self.iter(list).filter(|(target, _)| !target.name.is_empty()) {
            let (regions, sum) = names.entry(&target.name).or_default();
            *regions += 1;
            sum.merge(depth);
        }
        names
    }

    /// Bases by depth.
    #[must_use]
    pub fn histogram(&self) -> &[u64] {
        &self.histogram
    }
}

impl Pack for TargetDepths {
    fn pack(&self, out: &mut Vec<u8>) {
        self.by_target.len().pack(out);
        for (number, depth) in &self.by_target {
            number.pack(out);
            depth.pack(out);
        }
        self.histogram.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let count: usize = from.read()?;
        let by_target = (0..count).map(|_| Some((from.read()?, from.read()?))).collect::<Option<_>>()?;
        Some(Self { by_target, histogram: from.read()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> TargetList {
        let target =
            |start, end, name: &str| Target { interval: Interval::new(0, start, end), name: name.to_owned() };
        TargetList::new(vec![
            target(50, 60, "B"),
            target(0, 100, "A"),
            target(20, 30, "B"),
            target(20, 30, ""),
        ])
    }

    #[test]
    fn regions_may_overlap_and_be_cut() {
        let list = list();
        let depths: Vec<u32> = (0..100).collect();
        let whole = |cuts: &[(u32, u32)]| {
            let mut sum = TargetDepths::default();
            for &(start, end) in cuts {
                let window = Interval::new(0, start, end);
                let parts: Vec<_> = list.within(window).collect();
                sum.merge(&TargetDepths::of(window, &parts, &depths[start as usize..end as usize]));
            }
            sum
        };
        let counted = whole(&[(0, 100)]);
        assert_eq!(counted, whole(&[(0, 25), (25, 55), (55, 58), (58, 100)]));
        let mut bytes = Vec::new();
        counted.pack(&mut bytes);
        assert_eq!(TargetDepths::of_bytes(&bytes), Some(counted.clone()));

        let found: Vec<_> = counted
            .iter(&list)
            .map(|(target, depth)| {
                (target.name.as_str(), depth.bases, depth.lowest, depth.mean(), depth.reached[2])
            })
            .collect();
        assert_eq!(
            found,
            [
                ("A", 100, 0, 49.5, 80),
                ("B", 10, 20, 24.5, 10),
                ("", 10, 20, 24.5, 10),
                ("B", 10, 50, 54.5, 10)
            ]
        );
        let names = counted.by_name(&list);
        assert_eq!(names.keys().copied().collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!((names["B"].0, names["B"].1.bases, names["B"].1.mean()), (2, 20, 39.5));
        assert_eq!((counted.total().bases, counted.histogram().iter().sum::<u64>()), (130, 130));
    }

    #[test]
    fn windows_beside_have_none() {
        let list = list();
        assert_eq!(list.within(Interval::new(0, 100, 200)).count(), 0);
        assert_eq!(list.within(Interval::new(1, 0, 200)).count(), 0);
        assert_eq!(
            list.within(Interval::new(0, 59, 200)).map(|(number, _)| number).collect::<Vec<_>>(),
            [0, 3]
        );
        assert_eq!(TargetDepth::default().mean(), 0.0);
    }
}
