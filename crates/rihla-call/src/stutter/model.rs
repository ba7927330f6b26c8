//! How often the reads of a sample slip.

use crate::gap_penalty;
use crate::stutter::counts::{Kind, MAX_UNITS};

/// Classes of repeats: units of one base, of two, of more.
pub const CLASSES: usize = 3;

/// Rates as a table of kinds of repeats, and how places of one kind differ.
#[derive(Clone, Debug, PartialEq)]
pub struct SlipModel {
    /// By how much more often than the table says reads slip (Phred), by class and units.
    shift: [[f64; MAX_UNITS + 1]; CLASSES],
    /// Rates as multiples of the kind's that places have on top of what the pair hidden Markov model allows,
    /// and how common places of each are.
    pub levels: [(f64, f64); 3],
}

impl SlipModel {
    /// By how much (Phred) the pair hidden Markov model makes reads slip less often than the table says: as
    /// in the cleanest of places.
    pub const CLEAN: f64 = 6.0;

    /// What holds when nothing is known of a sample.
    ///
    /// Places of the second and third level are rare in this list, not in libraries: the genotypes that they
    /// compete with, heterozygotes of two near lengths, are rare as well.
    pub const USUAL: Self =
        Self { shift: [[0.0; MAX_UNITS + 1]; CLASSES], levels: [(0.0, 0.967), (0.75, 0.03), (2.0, 0.003)] };

    /// The class of repeats of so many bases a unit.
    #[must_use]
    pub fn class(period: usize) -> usize {
        period.clamp(1, CLASSES) - 1
    }

    /// By how much more often than the table says reads slip (Phred).
    #[must_use]
    pub fn shift(&self, period: usize, units: usize) -> f64 {
        self.shift[Self::class(period)][units.min(MAX_UNITS)]
    }

    /// Sets what [`SlipModel::shift`] gives for kinds of one class and so many units.
    pub fn set_shift(&mut self, class: usize, units: usize, shift: f64) {
        self.shift[class][units.min(MAX_UNITS)] = shift;
    }

    /// The rate at which reads lose (or gain) a unit of a repeat at the level 1.
    #[must_use]
    pub fn rate(&self, period: usize, units: usize) -> f64 {
        table_rate(period, units) * 10f64.powf(self.shift(period, units) / 10.0)
    }

    /// The rate that the pair hidden Markov model allows by itself, as a multiple of the kind's.
    #[must_use]
    pub fn clean_rate() -> f64 {
        10f64.powf(-Self::CLEAN / 10.0)
    }

    /// The mean over all places of a kind of the rate at which reads lose (or gain) a unit.
    #[must_use]
    pub fn mean_rate(&self, period: usize, units: usize) -> f64 {
        let levels: f64 = self.levels.iter().map(|(level, share)| (Self::clean_rate() + level) * share).sum();
        self.rate(period, units) * levels
    }

    /// The share of the reads that lose or gain a base in a run of twelve: long enough to slip, and common enough to be known.
    #[must_use]
    pub fn share_in_runs(&self) -> f64 {
        const RUN: usize = 12;
        2.0 * self.mean_rate(1, RUN)
    }
}

impl Default for SlipModel {
    fn default() -> Self {
        Self::USUAL
    }
}

/// The table's rate at which reads lose (or gain) a unit: that of a gap of a unit at any of the repeat's
/// bases, as the model has it.
#[must_use]
pub fn table_rate(period: usize, units: usize) -> f64 {
    let bases = (period * units) as f64;
    let extend = 1.0 / period as f64;
    let open = gap_penalty::table_open(period, units) / 10.0;
    let extended = extend * (period - 1) as f64;
    bases * 10f64.powf(-open - extended) * (1.0 - 10f64.powf(-extend))
}

impl Kind {
    /// The class of its repeats.
    #[must_use]
    pub fn class(self) -> usize {
        SlipModel::class(usize::from(self.period))
    }
}
