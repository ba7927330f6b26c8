//! One of the sample's two chromosomes over a window, with the way back to the reference.

use rihla_core::{Interval, Reference, base};

use crate::diploid::TruthRecord;
use crate::sequencer::slips::{SlipRates, Slips};
use crate::stream::Stream;

/// Sequence of a haplotype from a window's start to some bases behind its end.
pub(crate) struct Haplotype {
    /// Base codes.
    pub(crate) codes: Vec<u8>,
    /// Bases that stand for the window itself; what follows belongs to the next windows.
    pub(crate) owned: u32,
    /// Behind each variant: offset here, position on the reference. The first is the window's start.
    breaks: Vec<(u32, u32)>,
    slips: Slips,
    /// Starts and ends of runs of N.
    unknown: Vec<(u32, u32)>,
}

impl Haplotype {
    /// Haplotype `which` (0 or 1) of `window` and `overhang` bases more. `records` are those that touch
    /// [`Haplotype::reach`], sorted; on the haplotype they do not clash.
    ///
    /// A change belongs to the window that its first changed base lies in; what is left of the window behind
    /// one that began before is the window's.
    pub(crate) fn build(
        reference: &Reference,
        window: Interval,
        overhang: u32,
        records: &[TruthRecord],
        which: usize,
        rates: &SlipRates,
    ) -> Self {
        let reach = Self::reach(reference, window, overhang);
        let plain = reference.fetch(window.contig, window.start, reach.end);
        let plain = |from: u32, to: u32| &plain[(from - window.start) as usize..(to - window.start) as usize];
        let mut codes = Vec::with_capacity((window.len() + overhang) as usize + 256);
        let mut breaks = vec![(0, window.start)];
        let (mut at, mut owned) = (window.start, None);
        for (start, end, letters) in records.iter().filter_map(|record| record.change(which)) {
            if start < window.start {
                at = at.max(end).min(reach.end);
                breaks[0].1 = at;
                continue;
            }
            let full = owned.is_some_and(|owned| codes.len() as u32 >= owned + overhang);
            if start < at || end > reach.end || full {
                break;
            }
            if start >= window.end && owned.is_none() {
                owned = Some(codes.len() as u32 + window.end.saturating_sub(at));
            }
            codes.extend_from_slice(plain(at, start));
            codes.extend(letters.iter().map(|&letter| base::encode(letter)));
            at = end;
            breaks.push((codes.len() as u32, at));
            if at > window.end && owned.is_none() {
                owned = Some(codes.len() as u32);
            }
        }
        let owned = owned.unwrap_or(codes.len() as u32 + window.end.saturating_sub(at));
        codes.extend_from_slice(plain(at, reach.end));
        codes.truncate((owned + overhang) as usize);
        let slips = Slips::new(&codes, rates);
        let unknown = unknown_runs(&codes);
        Self { codes, owned, breaks, slips, unknown }
    }

    /// The stretch of the reference whose variants matter to a window: the base before it, as a change may
    /// begin behind the last base of a record, and enough behind it to make up for deletions.
    pub(crate) fn reach(reference: &Reference, window: Interval, overhang: u32) -> Interval {
        let end = window.end.saturating_add(2 * overhang + 1000);
        let length = reference.contigs().get(window.contig).length;
        Interval::new(window.contig, window.start.saturating_sub(1), end.min(length))
    }

    /// Reference position of an offset; inserted bases give the first reference base behind them.
    pub(crate) fn to_reference(&self, offset: u32) -> u32 {
        let i = self.breaks.partition_point(|&(here, _)| here <= offset) - 1;
        let (here, there) = self.breaks[i];
        let next = self.breaks.get(i + 1).map_or(u32::MAX, |&(_, next)| next);
        (there + (offset - here)).min(next)
    }

    /// Whether `[start, end)` holds no N.
    pub(crate) fn is_known(&self, start: u32, end: u32) -> bool {
        let run = self.unknown.partition_point(|&(_, run_end)| run_end <= start);
        self.unknown.get(run).is_none_or(|&(run_start, _)| run_start >= end)
    }

    /// Copies `[start, end)` into `out`, with a polymerase slip if one is drawn: one copy more or less in
    /// one tandem repeat.
    pub(crate) fn copy_into(&self, start: u32, end: u32, stream: &mut Stream, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&self.codes[start as usize..end as usize]);
        self.slips.apply((start, end), stream, out);
    }
}

fn unknown_runs(codes: &[u8]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (at, _) in codes.iter().enumerate().filter(|(_, code)| **code == base::N) {
        match runs.last_mut() {
            Some((_, end)) if *end == at as u32 => *end += 1,
            _ => runs.push((at as u32, at as u32 + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::karyotype::Karyotype;
    use crate::layout::Layout;
    use crate::spike::{Genotypes, GivenRecord, Spiker};
    use crate::stream::Domain;
    use proptest::prelude::*;

    fn record(position: u32, reference: &str, alternate: &str, genotype: [u8; 2]) -> TruthRecord {
        TruthRecord {
            contig: 0,
            position,
            reference: reference.into(),
            alternates: vec![alternate.into()],
            genotype,
        }
    }

    #[test]
    fn spells_and_maps_back() {
        let reference = builders::reference(&[("c", b"ACGTACGTACGTNNACGT")]);
        let truth =
            [record(2, "G", "GTT", [1, 0]), record(5, "CGT", "C", [1, 1]), record(9, "C", "A", [0, 1])];
        let window = Interval::new(0, 0, 8);
        let one = Haplotype::build(&reference, window, 100, &truth, 0, &SlipRates::default());
        assert_eq!(base::decode_all(&one.codes), b"ACGTTTACACGTNNACGT");
        assert_eq!(one.owned, 8);
        let places: Vec<u32> = (0..12).map(|offset| one.to_reference(offset)).collect();
        assert_eq!(places, [0, 1, 2, 3, 3, 3, 4, 5, 8, 9, 10, 11]);
        let two = Haplotype::build(&reference, window, 4, &truth, 1, &SlipRates::default());
        assert_eq!((base::decode_all(&two.codes), two.owned), (b"ACGTACAAGT".to_vec(), 6));
        assert!(one.is_known(0, 12) && !one.is_known(0, 13) && one.is_known(14, 18) && !one.is_known(13, 14));
    }

    #[test]
    fn windows_join_into_the_whole() {
        let letters = builders::random_letters(400, 4);
        let reference = builders::reference(&[("c", &letters)]);
        let piece = |from: usize, to: usize| String::from_utf8(letters[from..to].to_vec()).expect("letters");
        let truth = [
            record(40, &piece(40, 120), &piece(40, 41), [1, 0]),
            record(149, &piece(149, 150), &format!("{}GATTACA", piece(149, 150)), [1, 1]),
            record(198, &piece(198, 203), &piece(198, 199), [1, 1]),
            record(250, &piece(250, 252), "N", [0, TruthRecord::ABSENT]),
        ];
        let rates = SlipRates::default();
        for which in 0..2 {
            let whole = Haplotype::build(&reference, Interval::new(0, 0, 400), 50, &truth, which, &rates);
            for width in [50, 64, 400] {
                let mut joined = Vec::new();
                for start in (0..400).step_by(width as usize) {
                    let window = Interval::new(0, start, (start + width).min(400));
                    let reach = Haplotype::reach(&reference, window, 50);
                    let near =
                        |record: &&TruthRecord| record.position < reach.end && record.end() > reach.start;
                    let near: Vec<_> = truth.iter().filter(near).cloned().collect();
                    let part = Haplotype::build(&reference, window, 50, &near, which, &rates);
                    let from = joined.len();
                    joined.extend_from_slice(&part.codes[..part.owned as usize]);
                    let expected = &whole.codes[from..whole.codes.len().min(from + part.codes.len())];
                    assert_eq!(part.codes[..expected.len()], *expected, "{which}, window {window:?}");
                    assert!(part.owned == 0 || part.to_reference(0) == whole.to_reference(from as u32));
                }
                assert_eq!(joined, whole.codes, "haplotype {which}, windows of {width}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        /// Whatever is spiked, the windows spell what replacing letter by letter gives.
        #[test]
        fn spiked_records_are_spelled(
            seed: u64,
            places in prop::collection::vec((0u32..290, 1usize..40, "[ACGT]{1,12}", 0u8..4, any::<bool>()), 0..40),
            width in 20u32..300,
        ) {
            let letters = builders::random_letters(300, seed);
            let reference = builders::reference(&[("c", &letters)]);
            let layout = Layout::new(&reference, None);
            let mut spiker = Spiker::new(&layout, Karyotype::default(), Genotypes::AsGiven, seed, 0);
            let mut places = places;
            places.sort_unstable();
            for (position, length, other, genotype, is_phased) in &places {
                let end = (*position as usize + length).min(letters.len());
                let genotype = [Some(genotype & 1), Some(genotype >> 1)];
                let added = spiker.add(&GivenRecord {
                    contig: 0,
                    position: *position,
                    reference: &letters[*position as usize..end],
                    alternates: &[other.as_bytes().to_vec()],
                    genotype: Some(&genotype),
                    is_phased: *is_phased,
                    is_pass: true,
                });
                prop_assert!(added.is_ok());
            }
            let (variants, counts) = spiker.finish();
            prop_assert_eq!(counts.given(), places.len() as u64);
            for which in 0..2 {
                let mut expected = letters.clone();
                for record in variants.iter().collect::<Vec<_>>().iter().rev() {
                    if let Some((start, end, letters)) = record.change(which) {
                        expected.splice(start as usize..end as usize, letters.iter().copied());
                    }
                }
                let mut joined = Vec::new();
                for start in (0..300).step_by(width as usize) {
                    let window = Interval::new(0, start, (start + width).min(300));
                    let near: Vec<_> = variants.overlapping(Haplotype::reach(&reference, window, 30)).collect();
                    let part = Haplotype::build(&reference, window, 30, &near, which, &SlipRates::default());
                    joined.extend_from_slice(&part.codes[..part.owned as usize]);
                    if window.end == 300 {
                        joined.extend_from_slice(&part.codes[part.owned as usize..]);
                    }
                }
                prop_assert_eq!(base::decode_all(&joined), expected, "haplotype {}", which);
            }
        }
    }

    #[test]
    fn slips_follow_the_length() {
        let letters = [vec![b'C'], vec![b'A'; 14], vec![b'G'], b"CTCATCGTCAG".to_vec()].concat();
        let reference = builders::reference(&[("c", &letters)]);
        let one = Haplotype::build(
            &reference,
            Interval::new(0, 0, letters.len() as u32),
            0,
            &[],
            0,
            &SlipRates::default(),
        );
        let mut stream = Stream::new(1, Domain::Pair, 0, 0);
        let (mut out, mut changed) = (Vec::new(), 0);
        for _ in 0..20_000 {
            one.copy_into(0, letters.len() as u32, &mut stream, &mut out);
            if out.len() != letters.len() {
                changed += 1;
                assert_eq!(out.iter().filter(|&&code| code != 0).count(), letters.len() - 16, "only A slips");
            }
        }
        assert!((60..200).contains(&changed), "{changed} slips in 20000 reads");
    }
}
