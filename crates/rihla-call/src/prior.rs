//! How likely a difference is before any read is seen.
//!
//! Indel rates by repeat unit and number are those that Strelka2 estimated from human genomes (Kim
//! et al., Nature Methods 15:591, 2018): a run of ten A varies far more often than plain sequence.

use crate::events::Event;
use crate::window::Window;

/// Probability of a heterozygous indel in a homopolymer of 1-20 bases.
const HOMOPOLYMER: [f64; 20] = [
    1.2e-4, 6.0e-5, 1.2e-4, 2.6e-4, 5.9e-4, 2.4e-3, 7.4e-3, 0.023, 0.047, 0.082, 0.125, 0.150, 0.168, 0.187,
    0.207, 0.226, 0.249, 0.271, 0.335, 0.349,
];
/// The same for repeats of longer units, 1-11 of them.
const LONGER_UNIT: [f64; 11] =
    [1.2e-4, 8.7e-5, 4.8e-4, 2.7e-3, 0.012, 0.032, 0.061, 0.108, 0.164, 0.204, 0.235];
/// Longest unit of a repeat.
const MAX_PERIOD: usize = 8;

/// log10 of the probability that one haplotype has the event and the other has not.
#[must_use]
pub fn log10_prior(event: &Event, window: &Window, snp_heterozygosity: f64) -> f64 {
    if !event.is_gap() {
        return snp_heterozygosity.log10();
    }
    let unit = if event.inserted.is_empty() {
        period(window.slice(event.position, event.end()))
    } else {
        period(&event.inserted)
    };
    let end = event.repeat_end(window);
    let units = ((end - event.position) as usize / unit).max(1);
    let length = event.inserted.len().max(event.deleted as usize);
    let rate = repeat_rate(unit, units);
    // Changes by several units are rarer than by one.
    let steps = if unit > MAX_PERIOD { 0.0 } else { (length / unit) as f64 - 1.0 };
    rate.log10() - 0.3 * steps.min(4.0)
}

/// Probability of a heterozygous indel of a unit in a repeat of so many units, at least one.
#[must_use]
pub fn repeat_rate(period: usize, units: usize) -> f64 {
    if period > MAX_PERIOD {
        return HOMOPOLYMER[0];
    }
    let table: &[f64] = if period == 1 { &HOMOPOLYMER } else { &LONGER_UNIT };
    table[units.clamp(1, table.len()) - 1]
}

/// Smallest period of a sequence that it repeats wholly; its length when it repeats nothing.
#[must_use]
pub fn period(bases: &[u8]) -> usize {
    let n = bases.len();
    (1..n).find(|&p| n.is_multiple_of(p) && (p..n).all(|i| bases[i] == bases[i - p])).unwrap_or(n.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_vary_more() {
        let letters = b"GTCCTAAAAAAAAAAAAGTCATG";
        let mut codes = Vec::new();
        rihla_core::base::encode_into(letters, &mut codes);
        let window = Window { contig: 0, start: 0, end: 23, events: 0..23, origin: 0, codes };
        let slip = Event { position: 5, deleted: 1, inserted: vec![] };
        let plain = Event { position: 18, deleted: 1, inserted: vec![] };
        let of = |event: &Event| log10_prior(event, &window, 1e-3);
        assert!(of(&slip) > -1.0 && of(&plain) < -3.9);
        assert!(of(&Event::snp(3, 0)) > of(&plain));
    }

    #[test]
    fn periods() {
        assert_eq!(period(&[0, 0, 0]), 1);
        assert_eq!(period(&[0, 1, 0, 1]), 2);
        assert_eq!(period(&[0, 1, 0]), 3);
    }
}
