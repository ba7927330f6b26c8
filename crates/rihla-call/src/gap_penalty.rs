//! How likely the sequencer slips: gap penalties by repeat period and length.
//!
//! The table is that of DRAGEN-GATK's DragSTR model (GATK documentation; Phred): a gap is the likelier the
//! more units a repeat has. The cleanest places slip a quarter as often, and the model has their
//! penalties; what others add is [`crate::stutter`]'s, and how a sample differs from the table its
//! [`SlipModel`]'s.

use std::ops::Range;

use crate::prior;
use crate::stutter::SlipModel;

/// Gap opening by period (1-8, rows) and number of units (1-20, columns), in quarters of a Phred.
const OPEN: [[u8; 20]; 8] = [
    [190, 190, 190, 190, 190, 186, 166, 142, 126, 110, 98, 94, 91, 91, 91, 87, 87, 87, 87, 87],
    [165, 165, 165, 161, 133, 110, 102, 94, 90, 86, 86, 86, 86, 86, 86, 86, 86, 86, 86, 86],
    [163, 163, 155, 131, 111, 107, 103, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99],
    [152, 152, 128, 112, 112, 112, 108, 104, 104, 104, 100, 96, 96, 93, 85, 85, 85, 85, 85, 85],
    [147, 147, 115, 115, 115, 115, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111],
    [131, 131, 115, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111, 111],
    [124, 124, 104, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100],
    [117, 117, 102, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98, 98],
];

/// Repeats of fewer units slip as the table says, or less often, as those of the sample do that are counted.
const CLEAN_UNITS: usize = 4;

/// Gap opening outside repeats (Phred).
pub const PLAIN_OPEN: u8 = 45;
/// A gap is never likelier to open than this (Phred).
const MIN_OPEN: u8 = 10;
/// Gap extension of a repeat of period 1 and outside repeats (Phred).
pub const PLAIN_EXTEND: u8 = 10;

/// The table's gap opening (Phred) in a repeat of a period of 1-8 bases and so many units.
#[must_use]
pub fn table_open(period: usize, units: usize) -> f64 {
    f64::from(OPEN[period.clamp(1, OPEN.len()) - 1][units.clamp(1, 20) - 1]) / 4.0
}

/// Writes gap opening and extension (Phred) for each base of a sequence.
pub fn penalties_into(bases: &[u8], slips: &SlipModel, open: &mut Vec<u8>, extend: &mut Vec<u8>) {
    open.clear();
    open.resize(bases.len(), PLAIN_OPEN);
    extend.clear();
    extend.resize(bases.len(), PLAIN_EXTEND);
    for period in 1..=OPEN.len() {
        // A run of one base is no repeat of fewer, longer units, of which the table knows less.
        let is_own = |run: &Range<usize>| prior::period(&bases[run.start..][..period]) == period;
        for run in repeats(bases, period).filter(is_own) {
            let units = ((run.end - run.start) / period).min(20);
            let shift = slips.shift(period, units);
            let cleaner = if units >= CLEAN_UNITS { SlipModel::CLEAN - shift } else { -shift.min(0.0) };
            let penalty = (f64::from(OPEN[period - 1][units - 1].div_ceil(4)) + cleaner).round();
            let penalty = penalty.clamp(f64::from(MIN_OPEN), f64::from(PLAIN_OPEN)) as u8;
            for at in run {
                if penalty < open[at] {
                    open[at] = penalty;
                    extend[at] = (PLAIN_EXTEND / period as u8).max(1);
                }
            }
        }
    }
}

/// Maximal stretches of at least two units of a period.
pub(crate) fn repeats(bases: &[u8], period: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = period;
    std::iter::from_fn(move || {
        while at < bases.len() {
            let start = at;
            while at < bases.len() && bases[at] == bases[at - period] && bases[at] < 4 {
                at += 1;
            }
            let matched = at - start;
            at += 1;
            if matched >= period {
                return Some(start - period..start + matched);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(letters: &[u8]) -> Vec<u8> {
        open_where(letters, &SlipModel::USUAL)
    }

    fn open_where(letters: &[u8], slips: &SlipModel) -> Vec<u8> {
        let (mut codes, mut open, mut extend) = (Vec::new(), Vec::new(), Vec::new());
        rihla_core::base::encode_into(letters, &mut codes);
        penalties_into(&codes, slips, &mut open, &mut extend);
        open
    }

    #[test]
    fn long_runs_are_cheap() {
        assert_eq!(open(b"ACGT"), [45; 4]);
        let run = open(b"CAAAAAAAAAAG");
        assert_eq!((run[0], run[1], run[10], run[11]), (45, 34, 34, 45));
        let di = open(b"GCACACACACACACAT");
        assert_eq!((di[0], di[1], di[14], di[15]), (45, 32, 32, 45));
    }

    #[test]
    fn a_run_of_one_base_is_not_one_of_longer_units() {
        let mut clean = SlipModel::USUAL;
        clean.set_shift(0, 16, -12.0);
        assert_eq!(open_where(b"CAAAAAAAAAAAAAAAAG", &clean)[1..17], [40; 16]);
        clean.set_shift(1, 8, -12.0);
        assert_eq!(open_where(b"GCACACACACACACACAT", &clean)[1..17], [42; 16]);
    }

    #[test]
    fn few_units_slip_as_seldom_as_those_that_are_counted() {
        let mut slips = SlipModel::USUAL;
        let twice = |slips: &SlipModel| open_where(b"AGCTTGCTTC", slips)[1..9].to_vec();
        assert_eq!(twice(&slips), [38; 8]);
        slips.set_shift(2, 2, -5.0);
        assert_eq!(twice(&slips), [43; 8]);
        slips.set_shift(2, 2, 5.0);
        assert_eq!(twice(&slips), [38; 8], "no more often than the table says");
    }

    #[test]
    fn repeats_are_maximal() {
        let found: Vec<_> = repeats(&[1, 0, 1, 0, 1, 2, 2, 2], 2).collect();
        assert_eq!(found, vec![0..5]);
        let found: Vec<_> = repeats(&[1, 1, 2, 2, 2, 3], 1).collect();
        assert_eq!(found, [0..2, 2..5]);
    }
}
