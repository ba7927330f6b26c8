//! Repeats in which more reads slip than the tables say.
//!
//! How often the sequencer, or the polymerase before it, loses a unit of a repeat differs between
//! libraries and between places. The gap penalties of the model are those of the cleanest places
//! ([`crate::gap_penalty`]); here a read of a haplotype may also look like one of a haplotype that is a
//! unit longer or shorter, at several levels ([`SlipModel::levels`]). Which level holds at a place is as
//! unknown as the genotype: pairs of haplotypes are weighed at each, and the sums count. How common the
//! levels are, and what rates they are of, is learnt from the sample ([`learn()`]).

pub mod counts;
pub mod learn;
pub mod model;

use crate::events::Event;
use crate::haplotype::Haplotype;
use crate::likelihood::Likelihoods;
use crate::slippage::{Repeat, repeat_of};
use crate::window::Window;

pub use counts::RepeatCounts;
pub use learn::learn;
pub use model::SlipModel;

/// However long the repeat, most reads have its length: highest share that slips one way.
const MAX_RATE: f64 = 0.1;

/// For each haplotype those that its reads may look like, with the model's probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Slips {
    of_haplotype: Vec<Vec<(usize, f64)>>,
}

impl Slips {
    /// Neighbors in length among `haplotypes`; `None` where there are none.
    #[must_use]
    pub fn among(haplotypes: &[Haplotype], window: &Window, model: &SlipModel) -> Option<Self> {
        let of = |i: usize| {
            let slips = haplotypes.iter().enumerate().filter_map(|(j, other)| {
                let repeat = repeat_between(&haplotypes[i].events, &other.events, window)?;
                (j != i).then(|| (j, model.rate(repeat.period, repeat.units)))
            });
            slips.collect()
        };
        let of_haplotype: Vec<Vec<(usize, f64)>> = (0..haplotypes.len()).map(of).collect();
        of_haplotype.iter().any(|slips| !slips.is_empty()).then_some(Self { of_haplotype })
    }

    /// The likelihoods when reads slip at `level` times the rates.
    #[must_use]
    pub fn applied(&self, likelihoods: &Likelihoods, level: f64) -> Likelihoods {
        if level <= 0.0 {
            return likelihoods.clone();
        }
        let mut values = Vec::with_capacity(likelihoods.rows().len() * likelihoods.haplotypes());
        for row in likelihoods.rows() {
            let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let linear: Vec<f64> = row.iter().map(|value| 10f64.powf(value - best)).collect();
            for (own, slips) in linear.iter().zip(&self.of_haplotype) {
                let rate = |&(_, rate): &(usize, f64)| (rate * level).min(MAX_RATE);
                let lost: f64 = slips.iter().map(rate).sum();
                let gained: f64 = slips.iter().map(|slip| rate(slip) * linear[slip.0]).sum();
                values.push(best + (own * (1.0 - lost.min(0.5)) + gained).log10());
            }
        }
        Likelihoods::new(likelihoods.haplotypes(), values)
    }
}

/// The repeat by one unit of which two sets of events differ, where that is all.
fn repeat_between(a: &[Event], b: &[Event], window: &Window) -> Option<Repeat> {
    let lacking = |from: &[Event], other: &[Event]| -> Vec<Event> {
        from.iter().filter(|event| !other.contains(event)).cloned().collect()
    };
    let (only_a, only_b) = (lacking(a, b), lacking(b, a));
    let (repeat, steps) = match (only_a.as_slice(), only_b.as_slice()) {
        ([event], []) | ([], [event]) => repeat_of(event, window)?,
        ([one], [other]) => {
            let (repeat, steps) = repeat_of(one, window)?;
            let (other_repeat, other_steps) = repeat_of(other, window)?;
            let same = (repeat.position, repeat.period) == (other_repeat.position, other_repeat.period);
            if !same {
                return None;
            }
            (repeat, steps - other_steps)
        }
        _ => return None,
    };
    (steps.abs() == 1).then_some(repeat)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genotype::{Diplotypes, EventPriors};

    /// A reference with a run of 14 A, and haplotypes with 14 and 13 of them.
    fn run() -> (Window, Vec<Haplotype>) {
        let mut codes = Vec::new();
        rihla_core::base::encode_into(b"GCTTGCAAAAAAAAAAAAAATGCGTTAG", &mut codes);
        let end = 100 + codes.len() as u32;
        let window = Window { contig: 0, start: 100, end, events: 100..end, origin: 100, codes };
        let shorter = Event { position: 106, deleted: 1, inserted: vec![] };
        let both = vec![Haplotype::reference(&window), Haplotype::from_events(&window, vec![shorter])];
        (window, both)
    }

    #[test]
    fn only_neighbors_in_length_are_taken_for_each_other() {
        let (window, mut haplotypes) = run();
        let slips = Slips::among(&haplotypes, &window, &SlipModel::USUAL).expect("a unit apart");
        let rate = slips.of_haplotype[0][0].1;
        assert_eq!(slips.of_haplotype, [vec![(1, rate)], vec![(0, rate)]]);
        assert!((0.03..0.1).contains(&rate), "{rate}");
        haplotypes[1] = Haplotype::from_events(&window, vec![Event::snp(103, 0)]);
        assert_eq!(Slips::among(&haplotypes, &window, &SlipModel::USUAL), None);
        haplotypes[1] =
            Haplotype::from_events(&window, vec![Event { position: 106, deleted: 2, inserted: vec![] }]);
        assert_eq!(Slips::among(&haplotypes, &window, &SlipModel::USUAL), None);
    }

    /// log10 odds of a heterozygote against the homozygote of the longer length, where so many reads
    /// show each.
    fn odds(longer: usize, shorter: usize) -> f64 {
        let (window, haplotypes) = run();
        let slips = Slips::among(&haplotypes, &window, &SlipModel::USUAL).expect("a unit apart");
        let mut rows = [0.0, -3.0].repeat(longer);
        rows.extend([-3.0, 0.0].repeat(shorter));
        let fragments = Likelihoods::new(2, rows);
        let priors = EventPriors { of_haplotype: vec![vec![], vec![0]], log10: vec![-1.0] };
        let diplotypes = Diplotypes::mixed(SlipModel::USUAL.levels.iter().map(|&(level, share)| {
            (Diplotypes::weigh(&slips.applied(&fragments, level), &priors, 2), share)
        }));
        diplotypes.joint_of(0, 1) - diplotypes.joint_of(0, 0)
    }

    #[test]
    fn few_reads_slip_and_many_are_an_allele() {
        assert!(odds(15, 15) > 5.0);
        assert!(odds(60, 5) < -2.0);
        let (window, haplotypes) = run();
        let slips = Slips::among(&haplotypes, &window, &SlipModel::USUAL).expect("a unit apart");
        let rows = Likelihoods::new(2, vec![0.0, -3.0]);
        assert_eq!(slips.applied(&rows, 0.0), rows);
    }
}
