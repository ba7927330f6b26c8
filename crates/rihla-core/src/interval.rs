//! Intervals on contigs, 0-based and half-open, and sorted sets of them.

use std::ops::Range;

/// A stretch `[start, end)` of a contig.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// Contig id.
    pub contig: u32,
    /// First base, 0-based.
    pub start: u32,
    /// One past the last base.
    pub end: u32,
}

impl Interval {
    /// An interval; an `end` before `start` makes it empty.
    #[must_use]
    pub fn new(contig: u32, start: u32, end: u32) -> Self {
        Self { contig, start, end: end.max(start) }
    }

    /// Number of bases.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.end - self.start
    }

    /// Whether it holds no base.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end == self.start
    }

    /// Whether the position is inside.
    #[must_use]
    pub fn contains(&self, contig: u32, position: u32) -> bool {
        contig == self.contig && (self.start..self.end).contains(&position)
    }

    /// Whether the two share a base.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contig == other.contig && self.start < other.end && other.start < self.end
    }

    /// Grown by `by` bases on both sides, inside a contig of `length` bases.
    #[must_use]
    pub fn padded(&self, by: u32, length: u32) -> Self {
        Self {
            contig: self.contig,
            start: self.start.saturating_sub(by),
            end: self.end.saturating_add(by).min(length),
        }
    }
}

/// Sorted, merged intervals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntervalSet {
    sorted: Vec<Interval>,
}

impl IntervalSet {
    /// Sorts and merges (touching ones too); empty intervals vanish.
    #[must_use]
    pub fn new(mut intervals: Vec<Interval>) -> Self {
        intervals.retain(|interval| !interval.is_empty());
        intervals.sort_unstable();
        let mut sorted: Vec<Interval> = Vec::with_capacity(intervals.len());
        for interval in intervals {
            match sorted.last_mut() {
                Some(last) if last.contig == interval.contig && interval.start <= last.end => {
                    last.end = last.end.max(interval.end);
                }
                _ => sorted.push(interval),
            }
        }
        Self { sorted }
    }

    /// The intervals in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Interval] {
        &self.sorted
    }

    /// Whether there is no interval.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Sum of the lengths in bases.
    #[must_use]
    pub fn bases(&self) -> u64 {
        self.sorted.iter().map(|interval| u64::from(interval.len())).sum()
    }

    /// Whether the position is inside one of them.
    #[must_use]
    pub fn contains(&self, contig: u32, position: u32) -> bool {
        self.overlaps(&Interval::new(contig, position, position + 1))
    }

    /// Whether the interval lies wholly inside one of them.
    #[must_use]
    pub fn covers(&self, interval: &Interval) -> bool {
        self.first_ending_after(interval)
            .is_some_and(|found| found.start <= interval.start && interval.end <= found.end)
    }

    /// Whether the interval shares a base with one of them.
    #[must_use]
    pub fn overlaps(&self, interval: &Interval) -> bool {
        self.first_ending_after(interval).is_some_and(|found| found.overlaps(interval))
    }

    /// The intervals that share a base with this one, in order.
    #[must_use]
    pub fn overlapping(&self, interval: &Interval) -> &[Interval] {
        &self.sorted[self.numbers_of_overlapping(interval)]
    }

    /// The numbers of the intervals that share a base with this one.
    #[must_use]
    pub fn numbers_of_overlapping(&self, interval: &Interval) -> Range<usize> {
        let first = self
            .sorted
            .partition_point(|known| (known.contig, known.end) <= (interval.contig, interval.start));
        let behind = &self.sorted[first..];
        let count =
            behind.partition_point(|known| (known.contig, known.start) < (interval.contig, interval.end));
        if interval.is_empty() { first..first } else { first..first + count }
    }

    fn first_ending_after(&self, interval: &Interval) -> Option<&Interval> {
        let at = self
            .sorted
            .partition_point(|known| (known.contig, known.end) <= (interval.contig, interval.start));
        self.sorted.get(at).filter(|found| found.contig == interval.contig)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_and_finds() {
        let set = IntervalSet::new(vec![
            Interval::new(1, 5, 9),
            Interval::new(0, 10, 20),
            Interval::new(0, 20, 30),
            Interval::new(0, 40, 40),
        ]);
        assert_eq!(set.as_slice(), [Interval::new(0, 10, 30), Interval::new(1, 5, 9)]);
        assert_eq!(set.bases(), 24);
        assert!(set.contains(0, 29) && !set.contains(0, 30) && !set.contains(0, 9));
        assert!(set.covers(&Interval::new(0, 12, 30)) && !set.covers(&Interval::new(0, 12, 31)));
        assert_eq!(set.overlapping(&Interval::new(0, 29, 99)), [Interval::new(0, 10, 30)]);
        assert_eq!(set.overlapping(&Interval::new(0, 30, 99)), []);
        assert_eq!(set.overlapping(&Interval::new(0, 0, 10)), []);
        assert!(set.overlaps(&Interval::new(1, 0, 6)) && !set.overlaps(&Interval::new(1, 9, 12)));
    }
}
