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
    /// Haplotype `which` (0 or 1) of `window` and `overhang` bases more. `truth` are the records from the
    /// window's start on, sorted; it may reach further than needed.
    pub(crate) fn build(
        reference: &Reference,
        window: Interval,
        overhang: u32,
        truth: &[TruthRecord],
        which: usize,
        rates: &SlipRates,
    ) -> Self {
        let limit = (window.end + overhang).min(reference.contigs().get(window.contig).length);
        let plain = reference.fetch(window.contig, window.start, limit);
        let mut codes = Vec::with_capacity(plain.len() + 256);
        let mut breaks = vec![(0, window.start)];
        let (mut at, mut owned) = (window.start, None);
        let here = |record: &&TruthRecord| record.contig == window.contig && record.end() <= limit;
        for record in truth.iter().take_while(here) {
            let Some(letters) = record.allele(which) else { continue };
            if record.position >= window.end && owned.is_none() {
                owned = Some(codes.len() as u32 + window.end - at);
            }
            codes.extend_from_slice(
                &plain[(at - window.start) as usize..(record.position - window.start) as usize],
            );
            codes.extend(letters.iter().map(|&letter| base::encode(letter)));
            at = record.end();
            breaks.push((codes.len() as u32, at));
        }
        let owned = owned.unwrap_or(codes.len() as u32 + window.end - at);
        codes.extend_from_slice(&plain[(at - window.start) as usize..]);
        let slips = Slips::new(&codes, rates);
        let unknown = unknown_runs(&codes);
        Self { codes, owned, breaks, slips, unknown }
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
    use crate::stream::Domain;

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
