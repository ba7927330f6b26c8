//! Indel errors: the polymerase slips in tandem repeats and, rarely, elsewhere.

use crate::profile::IndelTables;
use crate::repeats::{MAX_PERIOD, tandem_runs};
use crate::stream::{Stream, cumulative};

/// Copies of a unit beyond which the rate no longer grows.
pub(crate) const MAX_UNITS: usize = 40;

/// How often a read that holds a tandem repeat has a copy of the unit too few or too many.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SlipRates {
    /// By period less one, then by whole copies (up to [`MAX_UNITS`]): one copy too few, one too many.
    rates: Vec<[f64; 2]>,
    /// A base too few or too many outside of repeats, per base.
    pub(crate) background: [f64; 2],
}

impl Default for SlipRates {
    fn default() -> Self {
        Self::from_fn([0.0; 2], usual_rate)
    }
}

/// Rates where nothing was measured: they grow by about 1.75 with each base of a homopolymer, from 2e-5 at
/// four bases to 3 % at most, as in PCR-free Illumina reads; six of ten slips lose a copy.
pub(crate) fn usual_rate(period: u8, units: u32) -> [f64; 2] {
    let both = match period {
        1 => (4e-6 * 1.75f64.powi(units as i32 - 1)).min(0.03),
        _ => (1e-5 * 1.5f64.powi(units as i32 - 1)).min(0.02),
    };
    [0.6 * both, 0.4 * both]
}

impl SlipRates {
    pub(crate) fn from_fn(background: [f64; 2], rate: impl Fn(u8, u32) -> [f64; 2]) -> Self {
        let units = |period| (0..=MAX_UNITS as u32).map(move |units| (period, units));
        let rates = (1..=MAX_PERIOD).flat_map(units).map(|(period, units)| rate(period, units)).collect();
        Self { rates, background }
    }

    /// The rates of a profile (valid); usual ones for periods that it does not list.
    pub(crate) fn measured(tables: &IndelTables) -> Self {
        Self::from_fn(tables.background, |period, units| {
            let listed = tables.repeats.iter().filter(|table| table.period <= period);
            let Some(table) = listed.max_by_key(|table| table.period) else {
                return usual_rate(period, units);
            };
            let at = (units.saturating_sub(table.first_units) as usize).min(table.loss.len() - 1);
            // What strikes any base strikes those of the repeat, too: it is in the rates already.
            let bases = f64::from(u32::from(period) * units);
            let [loss, gain] = tables.background.map(|rate| rate * bases);
            [(table.loss[at] - loss).max(0.0), (table.gain[at] - gain).max(0.0)]
        })
    }

    /// Shares of the reads with one copy too few, and with one too many.
    pub(crate) fn rate(&self, period: u8, units: u32) -> [f64; 2] {
        self.rates[(usize::from(period) - 1) * (MAX_UNITS + 1) + (units as usize).min(MAX_UNITS)]
    }
}

/// Where the polymerase slips on one sequence: the hazards of its tandem repeats, summed up.
pub(crate) struct Slips {
    /// End of the run, its period, and the share of its slips that gain a copy.
    runs: Vec<(u32, u8, f32)>,
    sums: Vec<f64>,
    background: [f64; 2],
}

/// One slip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slip {
    /// Behind the bases that are lost or read twice.
    at: u32,
    /// Bases lost or read twice.
    length: usize,
    gain: bool,
}

impl Slips {
    /// The slips of a sequence of base codes.
    pub(crate) fn new(codes: &[u8], rates: &SlipRates) -> Self {
        let mut found = tandem_runs(codes);
        found.sort_unstable_by_key(|run| (run.end, run.period));
        let rate = |at: usize| rates.rate(found[at].period, found[at].units());
        let runs = found.iter().enumerate().map(|(i, run)| {
            let [loss, gain] = rate(i);
            let share = gain / (loss + gain).max(f64::MIN_POSITIVE);
            (run.end, run.period, share as f32)
        });
        Self {
            runs: runs.collect(),
            sums: cumulative((0..found.len()).map(|i| rate(i).iter().sum())),
            background: rates.background,
        }
    }

    /// Draws whether a read of `[start, end)` slips, and changes `read`, its bases, if it does.
    pub(crate) fn apply(&self, (start, end): (u32, u32), stream: &mut Stream, read: &mut Vec<u8>) {
        let Some(slip) = self.draw(start, end, stream) else { return };
        let at = (slip.at - start) as usize;
        let unit = at.saturating_sub(slip.length)..at;
        if slip.gain {
            let copy: Vec<u8> = read[unit].to_vec();
            read.splice(at..at, copy);
        } else {
            read.drain(unit);
        }
    }

    /// At most one slip a read: two are as rare as the square of a small number.
    fn draw(&self, start: u32, end: u32, stream: &mut Stream) -> Option<Slip> {
        let first = self.runs.partition_point(|&(run_end, ..)| run_end <= start);
        let last = self.runs.partition_point(|&(run_end, ..)| run_end < end);
        let before = first.checked_sub(1).map_or(0.0, |i| self.sums[i]);
        let in_runs = if last > first { self.sums[last - 1] - before } else { 0.0 };
        let [loss, gain] = self.background;
        let elsewhere = f64::from(end - start) * (loss + gain);
        let at = stream.unit();
        if at >= in_runs + elsewhere {
            return None;
        }
        if at < in_runs {
            let found = first + self.sums[first..last].partition_point(|&sum| sum <= before + at);
            // The sums are rounded, so that the last run may be missed by a hair.
            let (at, period, gain) = self.runs[found.min(last - 1)];
            return Some(Slip { at, length: usize::from(period), gain: stream.chance(f64::from(gain)) });
        }
        let at = start + 1 + stream.below(u64::from(end - start)) as u32;
        Some(Slip { at, length: 1, gain: stream.chance(gain / (loss + gain)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Domain;
    use rihla_core::base;

    fn changes(letters: &[u8], rates: &SlipRates) -> (u32, u32, u32) {
        let codes: Vec<u8> = letters.iter().map(|&letter| base::encode(letter)).collect();
        let slips = Slips::new(&codes, rates);
        let mut stream = Stream::new(1, Domain::Pair, 0, 0);
        let (mut lost, mut gained, mut other) = (0, 0, 0);
        for _ in 0..20_000 {
            let mut read = codes.clone();
            slips.apply((0, codes.len() as u32), &mut stream, &mut read);
            let a = read.iter().filter(|&&code| code == 0).count();
            let expected = codes.iter().filter(|&&code| code == 0).count();
            match read.len() as i64 - codes.len() as i64 {
                0 => {}
                _ if a == expected => other += 1,
                -1 => lost += 1,
                _ => gained += 1,
            }
        }
        (lost, gained, other)
    }

    #[test]
    fn rates_are_those_asked_for() {
        let letters = [vec![b'C'], vec![b'A'; 14], vec![b'G'], b"CTCTTCGTCTG".to_vec()].concat();
        let measured = |period: u8, units: u32| match (period, units) {
            (1, 14) => [0.03, 0.01],
            _ => [0.0; 2],
        };
        let (lost, gained, other) = changes(&letters, &SlipRates::from_fn([0.0; 2], measured));
        assert!((540..660).contains(&lost) && (160..240).contains(&gained), "{lost} {gained}");
        assert_eq!(other, 0);
        let (.., other) = changes(b"CTGCTTGCGTCTGTG", &SlipRates::from_fn([1e-3, 0.0], |_, _| [0.0; 2]));
        assert!((230..370).contains(&other), "{other} of 300 expected");
    }

    #[test]
    fn usual_rates_grow_with_the_length() {
        let rates = SlipRates::default();
        let both = |period, units| rates.rate(period, units).iter().sum::<f64>();
        assert!((both(1, 4) - 2.14e-5).abs() < 1e-6 && (both(1, 30) - 0.03).abs() < 1e-9);
        assert!(both(2, 10) > both(2, 5) && both(6, 1000) <= 0.02);
    }
}
