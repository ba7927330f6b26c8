//! Genome bins: stretches of the contigs, none of which spans two.

use std::ops::Range;

use rihla_core::{Contigs, Interval};

/// The cut of a genome into bins, numbered in genome order. Costs eight bytes a contig, and its name.
#[derive(Debug)]
pub(crate) struct Bins {
    /// First bin of every contig, and the number of bins.
    first: Vec<u32>,
    lengths: Vec<u32>,
    names: Vec<String>,
    bin_bases: u32,
    halo_bases: u32,
}

impl Bins {
    pub(crate) fn new(contigs: &Contigs, bin_bases: u32, halo_bases: u32) -> Self {
        let bin_bases = bin_bases.max(1);
        let lengths: Vec<u32> = contigs.iter().map(|contig| contig.length).collect();
        let mut first = Vec::with_capacity(lengths.len() + 1);
        let mut bins = 0;
        first.push(bins);
        for length in &lengths {
            bins += length.div_ceil(bin_bases);
            first.push(bins);
        }
        let names = contigs.iter().map(|contig| contig.name.clone()).collect();
        Self { first, lengths, names, bin_bases, halo_bases }
    }

    /// Number of bins.
    pub(crate) fn len(&self) -> usize {
        *self.first.last().expect("the list ends with the number of bins") as usize
    }

    /// A position in words, from 1.
    pub(crate) fn place(&self, contig: u32, position: u32) -> String {
        let name = self.names.get(contig as usize).map_or("?", String::as_str);
        format!("{name}:{}", u64::from(position) + 1)
    }

    /// The bases that a bin owns; `None` past the last bin.
    pub(crate) fn interval(&self, bin: usize) -> Option<Interval> {
        if bin >= self.len() {
            return None;
        }
        let bin = bin as u32;
        let contig = self.first.partition_point(|&first| first <= bin) - 1;
        let start = (bin - self.first[contig]) * self.bin_bases;
        let end = start.saturating_add(self.bin_bases).min(self.lengths[contig]);
        Some(Interval::new(contig as u32, start, end))
    }

    /// The bin that owns a position; `None` when there is no such position.
    pub(crate) fn owner(&self, contig: u32, position: u32) -> Option<usize> {
        let length = *self.lengths.get(contig as usize)?;
        (position < length).then(|| (self.first[contig as usize] + position / self.bin_bases) as usize)
    }

    /// The bin of a 5' end, which clips may push off either end of its contig. The contig must have
    /// a base.
    pub(crate) fn of_end(&self, contig: u32, coordinate: i32) -> usize {
        let inside = (coordinate.max(0) as u32).min(self.lengths[contig as usize] - 1);
        (self.first[contig as usize] + inside / self.bin_bases) as usize
    }

    /// The bins of the contig into whose halo `[start, end)` reaches; `start` is on the contig.
    pub(crate) fn reached(&self, contig: u32, start: u32, end: u32) -> Range<usize> {
        let (first, past) = (self.first[contig as usize], self.first[contig as usize + 1]);
        let low = start.saturating_sub(self.halo_bases) / self.bin_bases;
        let high = (u64::from(end) + u64::from(self.halo_bases) - 1) / u64::from(self.bin_bases);
        let high = u64::from(first) + high + 1;
        (first + low) as usize..high.min(u64::from(past)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rihla_core::Contig;

    fn bins(lengths: &[u32], bin_bases: u32, halo_bases: u32) -> Bins {
        let contig = |&length: &u32| Contig { name: String::new(), length, md5: [0; 16] };
        Bins::new(&Contigs::new(lengths.iter().map(contig).collect()), bin_bases, halo_bases)
    }

    #[test]
    fn bins_tile_every_contig() {
        let bins = bins(&[25, 0, 10, 1], 10, 2);
        let intervals: Vec<_> = (0..bins.len()).filter_map(|bin| bins.interval(bin)).collect();
        let expected = [(0, 0, 10), (0, 10, 20), (0, 20, 25), (2, 0, 10), (3, 0, 1)]
            .map(|(c, s, e)| Interval::new(c, s, e));
        assert_eq!(intervals, expected);
        assert_eq!(bins.interval(5), None);
        assert_eq!((bins.owner(0, 24), bins.owner(0, 25)), (Some(2), None));
        assert_eq!((bins.owner(1, 0), bins.owner(4, 0), bins.owner(3, 0)), (None, None, Some(4)));
        assert_eq!((bins.of_end(0, -5), bins.of_end(0, 19), bins.of_end(0, 99)), (0, 1, 2));
    }

    proptest! {
        #[test]
        fn reached_bins_are_those_whose_halo_is_overlapped(
            length in 1u32..300, bin_bases in 1u32..90, halo in 0u32..120, start in 0u32..300, span in 1u32..150,
        ) {
            let bins = bins(&[7, length, 9], bin_bases, halo);
            let start = start % length;
            let expected: Vec<usize> = (0..bins.len())
                .filter(|&bin| {
                    let own = bins.interval(bin).expect("exists");
                    own.contig == 1
                        && own.start.saturating_sub(halo) < start + span
                        && start < own.end + halo
                })
                .collect();
            prop_assert_eq!(bins.reached(1, start, start + span).collect::<Vec<_>>(), expected);
        }
    }
}
