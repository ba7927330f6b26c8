//! The genome cut into parts of like work.
//!
//! Every base of the genome is in one part, those that are not called too, so that parts can be checked to be whole; they
//! weigh nothing. What weighs are the bases that are called and known; of a sample whose reads are counted, each as much as there are
//! reads on its contig, and a little more for what is done without any.

use rihla_core::{Contigs, Interval, IntervalSet, Reference};

/// Units of weight of a base without reads.
const BASE: u64 = 16;
/// Units of weight of a base of the mean depth, beside.
const DEPTH: u64 = 240;

/// How much work stretches of the genome are.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Stretches that are called and known, in order, and the weight of each of their bases.
    stretches: Vec<(Interval, u64)>,
}

impl Weights {
    /// Every known base of `called` weighs the same.
    #[must_use]
    pub fn new(reference: &Reference, called: &IntervalSet) -> Self {
        let known = |interval: &Interval| known(reference, *interval);
        Self { stretches: called.as_slice().iter().flat_map(known).map(|stretch| (stretch, 1)).collect() }
    }

    /// A base weighs as much as its contig has reads for it; `amounts` are those of the contigs, in any unit.
    #[must_use]
    pub fn with_reads(mut self, amounts: &[u64]) -> Self {
        let mut bases = vec![0; amounts.len()];
        for (stretch, _) in &self.stretches {
            bases[stretch.contig as usize] += u64::from(stretch.len());
        }
        let here = || bases.iter().zip(amounts).filter(|(bases, _)| **bases > 0);
        let (all_bases, all): (u64, u64) =
            here().fold((0, 0), |(bases, amount), (b, a)| (bases + b, amount + a));
        if all == 0 {
            return self;
        }
        for (stretch, weight) in &mut self.stretches {
            let contig = stretch.contig as usize;
            // Depth of the contig as a multiple of the mean, in units.
            let share = u128::from(DEPTH) * u128::from(amounts[contig]) * u128::from(all_bases);
            let depth = share / (u128::from(bases[contig]) * u128::from(all));
            *weight = BASE + u64::try_from(depth).unwrap_or(u64::MAX / 2);
        }
        self
    }

    fn sum(&self) -> u128 {
        self.stretches.iter().map(|(stretch, weight)| u128::from(stretch.len()) * u128::from(*weight)).sum()
    }

    /// Where the second and further of so many parts begin, in order; `None` when there are too few bases.
    fn cuts(&self, parts: u32) -> Option<Vec<(u32, u32)>> {
        let (sum, parts) = (self.sum(), u128::from(parts));
        let mut cuts: Vec<(u32, u32)> = Vec::new();
        let mut before = 0;
        for &(stretch, weight) in &self.stretches {
            let whole = u128::from(stretch.len()) * u128::from(weight);
            loop {
                let next = (cuts.len() + 1) as u128;
                let wanted = sum * next / parts;
                if next >= parts || wanted >= before + whole {
                    break;
                }
                let bases = wanted.saturating_sub(before) / u128::from(weight);
                cuts.push((stretch.contig, stretch.start + u32::try_from(bases).ok()?));
            }
            before += whole;
        }
        let first = self.stretches.first().map(|(stretch, _)| (stretch.contig, stretch.start))?;
        let ascends = cuts.first().is_none_or(|&cut| cut > first) && cuts.is_sorted_by(|a, b| a < b);
        (ascends && cuts.len() as u128 + 1 == parts).then_some(cuts)
    }
}

/// The genome in so many parts, in order; `None` when there are fewer bases.
#[must_use]
pub fn cut(contigs: &Contigs, weights: &Weights, parts: u32) -> Option<Vec<Vec<Interval>>> {
    let mut cuts = weights.cuts(parts)?.into_iter().peekable();
    let mut all = vec![Vec::new()];
    for (id, contig) in (0..).zip(contigs.iter()) {
        let mut start = 0;
        while let Some((_, at)) = cuts.next_if(|&(contig, _)| contig == id) {
            push(&mut all, Interval::new(id, start, at));
            all.push(Vec::new());
            start = at;
        }
        push(&mut all, Interval::new(id, start, contig.length));
    }
    Some(all)
}

fn push(parts: &mut [Vec<Interval>], interval: Interval) {
    if let Some(last) = parts.last_mut().filter(|_| !interval.is_empty()) {
        last.push(interval);
    }
}

/// The stretches of an interval that hold no ambiguous base.
fn known(reference: &Reference, interval: Interval) -> Vec<Interval> {
    let offset = reference.offset(interval.contig);
    let (start, end) = (offset + u64::from(interval.start), offset + u64::from(interval.end));
    let ranges = reference.ambiguous();
    let first = ranges.partition_point(|range| range.end <= start);
    let mut found = Vec::new();
    let mut from = start;
    for range in ranges[first..].iter().take_while(|range| range.start < end) {
        found.push(from..range.start.max(from));
        from = range.end;
    }
    found.push(from..end.max(from));
    let place = |offset_in: u64| (offset_in - offset) as u32;
    let intervals =
        found.into_iter().map(|range| Interval::new(interval.contig, place(range.start), place(range.end)));
    intervals.filter(|interval| !interval.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;

    fn genome(sequences: &[&[u8]]) -> Reference {
        let contig = |(i, letters): (usize, &&[u8])| Contig {
            name: format!("c{i}"),
            length: letters.len() as u32,
            md5: [0; 16],
        };
        let contigs = Contigs::new(sequences.iter().enumerate().map(contig).collect());
        let letters: Vec<Vec<u8>> = sequences.iter().map(|letters| letters.to_vec()).collect();
        Reference::from_letters(contigs, &letters)
    }

    fn whole(reference: &Reference) -> IntervalSet {
        let contigs = (0..).zip(reference.contigs().iter());
        IntervalSet::new(contigs.map(|(id, contig)| Interval::new(id, 0, contig.length)).collect())
    }

    fn bases(part: &[Interval]) -> u32 {
        part.iter().map(Interval::len).sum()
    }

    #[test]
    fn every_base_is_in_one_part_and_known_ones_are_shared_out() {
        let genome =
            genome(&[&[b'A'; 500], &[[b'N'; 1_000], [b'C'; 1_000]].concat(), &[b'G'; 300], &[b'N'; 9]]);
        let weights = Weights::new(&genome, &whole(&genome));
        for parts in [1, 2, 3, 7, 1_800] {
            let cut = cut(genome.contigs(), &weights, parts).expect("bases enough");
            assert_eq!(cut.len(), parts as usize);
            let flat: Vec<Interval> = cut.iter().flatten().copied().collect();
            assert!(flat.is_sorted() && flat.iter().all(|interval| !interval.is_empty()));
            assert_eq!((bases(&flat), IntervalSet::new(flat)), (2_809, whole(&genome)));
            let known = |part: &Vec<Interval>| {
                part.iter()
                    .flat_map(|interval| known(&genome, *interval))
                    .map(|known| known.len())
                    .sum::<u32>()
            };
            let shares: Vec<u32> = cut.iter().map(known).collect();
            let mean = 1_800 / parts;
            assert!(shares.iter().all(|share| share.abs_diff(mean) <= 1), "{parts}: {shares:?}");
        }
        assert_eq!(cut(genome.contigs(), &weights, 1_801), None);
    }

    #[test]
    fn targets_and_reads_weigh() {
        let genome = genome(&[&[b'A'; 1_000], &[b'C'; 1_000]]);
        let targets = IntervalSet::new(vec![Interval::new(0, 100, 200), Interval::new(1, 900, 1_000)]);
        let found = cut(genome.contigs(), &Weights::new(&genome, &targets), 2).expect("bases enough");
        assert_eq!(found[0], [Interval::new(0, 0, 1_000), Interval::new(1, 0, 900)]);
        // A contig with three times the reads of the other, and one with none.
        let weights = Weights::new(&genome, &whole(&genome));
        let at = |amounts: &[u64]| {
            let found = cut(genome.contigs(), &weights.clone().with_reads(amounts), 2).expect("bases enough");
            found[0].last().map(|interval| (interval.contig, interval.end))
        };
        assert_eq!(at(&[600, 200]), Some((0, 680)));
        assert_eq!(at(&[0, 0]), Some((0, 1_000)));
        assert_eq!(at(&[0, 900]).map(|(contig, _)| contig), Some(1));
    }
}
