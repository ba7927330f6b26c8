//! How long indels are, and which tandem repeats change.

use crate::repeats::TandemRun;
use crate::stream::{Stream, cumulative};

/// Lengths of indels outside repeats fall with this power (Montgomery et al., Genome Research 23:749, 2013).
const LENGTH_POWER: f64 = -1.7;

/// What is assumed of repeats of one period.
struct Period {
    /// How often a run of ten units differs from the reference, against a homopolymer of ten.
    at_ten: f64,
    /// Growth of that with each unit (its logarithm).
    growth: f64,
    /// Units from which on it grows no more.
    cap: u32,
    /// Units at which gains and losses are as frequent; longer runs lose more.
    balance: f64,
    /// Share of the changes that are of one unit.
    single: f64,
}

/// By period, 1 to 6. Mutability grows exponentially with the units, without a threshold (Leclercq, Rivals and
/// Jarne, Genome Biology and Evolution 2:325, 2010); long runs are biased toward losses (Calabrese and
/// Durrett, Molecular Biology and Evolution 20:715, 2003); changes of several units are common in
/// dinucleotides and rare in tetranucleotides, which mutate most (Sun et al., Nature Genetics 44:1161, 2012).
/// The numbers are round ones in the spirit of these, not fits.
const PERIODS: [Period; 6] = [
    Period { at_ten: 1.0, growth: 0.40, cap: 18, balance: 11.0, single: 0.80 },
    Period { at_ten: 1.5, growth: 0.40, cap: 18, balance: 12.0, single: 0.68 },
    Period { at_ten: 1.0, growth: 0.45, cap: 16, balance: 10.0, single: 0.90 },
    Period { at_ten: 4.0, growth: 0.45, cap: 16, balance: 10.0, single: 0.95 },
    Period { at_ten: 2.0, growth: 0.45, cap: 14, balance: 8.0, single: 0.95 },
    Period { at_ten: 1.0, growth: 0.45, cap: 14, balance: 8.0, single: 0.95 },
];

fn period(run: TandemRun) -> &'static Period {
    &PERIODS[usize::from(run.period - 1).min(PERIODS.len() - 1)]
}

/// Running sums of the weights of lengths 1, 2, ... of indels outside repeats.
pub(super) fn length_sums(longest: u32) -> Vec<f64> {
    cumulative((1..=longest).map(|n| f64::from(n).powf(LENGTH_POWER)))
}

/// How likely a run differs from the reference, against others.
pub(super) fn mutability(run: TandemRun) -> f64 {
    let period = period(run);
    period.at_ten * (period.growth * (f64::from(run.units().min(period.cap)) - 10.0)).exp()
}

/// Units by which a run changes; a loss is negative.
pub(super) fn change(run: TandemRun, stream: &mut Stream) -> i64 {
    let period = period(run);
    let size = 1 + i64::from(stream.failures(period.single));
    let loss = 1.0 / (1.0 + ((period.balance - f64::from(run.units())) / 4.0).exp());
    if stream.chance(loss.clamp(0.3, 0.8)) { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::Domain;

    fn run(units: u32, period: u8) -> TandemRun {
        TandemRun { start: 0, end: units * u32::from(period), period }
    }

    #[test]
    fn long_repeats_change_more_and_shrink() {
        for period in 1..=6 {
            assert!(mutability(run(12, period)) > 4.0 * mutability(run(6, period)), "period {period}");
            assert!(mutability(run(12, 4)) >= mutability(run(12, period)));
            let mut stream = Stream::new(3, Domain::Truth, 0, 0);
            let mut losses =
                |units| (0..4000).filter(|_| change(run(units, period), &mut stream) < 0).count();
            let (short, long) = (losses(5), losses(20));
            assert!(short < 1600 && long > 2800, "period {period}: {short} and {long} losses of 4000");
        }
    }

    #[test]
    fn steps_depend_on_the_period() {
        let mut stream = Stream::new(4, Domain::Truth, 0, 0);
        let mut multiple = |period| {
            (0..4000).filter(|_| change(run(12, period), &mut stream).abs() > 1).count() as f64 / 4000.0
        };
        let (two, four) = (multiple(2), multiple(4));
        assert!((0.28..0.36).contains(&two) && four < 0.08, "{two} {four}");
    }
}
