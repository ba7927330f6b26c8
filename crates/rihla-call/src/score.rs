//! How far a call can be believed, as a model says that was trained on calls whose truth is known.
//!
//! Likelihoods take the reads as they are placed. What they cannot know is told by signs that true and false
//! calls have in different measure: reads with ALT of lower mapping quality than the others, with many more
//! differences, of one strand, near their ends, at twice the usual depth. The model is a sum of small decision
//! trees (gradient boosting, Friedman 2001) over such [`Features`]; it gives the probability that the ALT alleles
//! are there, and that the genotype is right. `docs/model.md` says what it was trained on, and how to train it
//! again.

pub mod features;
pub mod table;
pub mod trees;

pub use features::Features;

use rihla_core::VariantRecord;

use crate::annotate::Means;
use crate::filters;
use crate::options::{CallOptions, Scoring};

use trees::Ensemble;

/// What the model says of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Probability that the sample has the ALT alleles.
    pub alleles: f64,
    /// Probability that the genotype is right, too.
    pub genotype: f64,
}

impl Score {
    /// The compiled model's.
    #[must_use]
    pub fn of(features: &Features) -> Self {
        let of = |ensemble: &Ensemble| ensemble.probability(features.values());
        Self { alleles: of(&table::ALLELES), genotype: of(&table::GENOTYPE) }
    }
}

/// Scores a call: an unlikely one is refused, and QUAL and GQ are lowered to what experience bears out; QD stays.
/// `means` are those of its reads with REF, and of those with ALT; `slip_rate` is that of the repeat in which it changes
/// the number of units, or 0.
pub fn apply(call: &mut VariantRecord, means: [Option<Means>; 2], slip_rate: f64, options: &CallOptions) {
    if options.scoring == Scoring::Off || call.sample.genotype.is_hom_ref() {
        return;
    }
    let features = Features::of(call, means, slip_rate, (&options.slips, options.usual_depth));
    if options.scoring == Scoring::Features {
        call.annotations.features = features.values().to_vec();
        return;
    }
    let score = Score::of(&features);
    if score.alleles < options.filters.min_score {
        call.filters.push(filters::LOW_SCORE);
    }
    call.annotations.score = Some(score.alleles as f32);
    call.quality = lowered(call.quality.into(), score.alleles) as f32;
    call.sample.genotype_quality = lowered(call.sample.genotype_quality.into(), score.genotype) as u8;
}

/// A Phred value, or what a probability bears out where that is less, and less than [`MAX_PHRED`].
fn lowered(value: f64, right: f64) -> f64 {
    let borne_out = -10.0 * (1.0 - right).max(f64::MIN_POSITIVE).log10();
    if borne_out < MAX_PHRED { value.min(borne_out) } else { value }
}

/// Above this doubt is no more than that the model has seen few errors.
const MAX_PHRED: f64 = 30.0;

#[cfg(test)]
mod tests {
    use super::*;

    /// Two good reads of fifteen with one difference from the reference, of a sample whose reads slip so often.
    fn of_two_reads(slips: f32) -> f64 {
        let mut features = [
            1.29, 18.0, 0.133, 2.0, 1.0, 60.0, 60.0, 60.0, 1.0, 0.6, 0.4, 0.0, 0.9, 1.2, 42.0, 50.0, 1.0,
            0.0, 0.0, 1.0, 30.0, 30.0, 60.0, 60.0, 0.0,
        ];
        let at = features::NAMES.iter().position(|&name| name == "run_slips").expect("a known feature");
        features[at] = slips;
        table::ALLELES.probability(&features)
    }

    #[test]
    fn two_reads_are_believed_where_the_library_has_few_errors() {
        let scores = [0.0, 0.004, 0.02, 0.05, 0.13, 0.5].map(of_two_reads);
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        assert!(scores[1] > 0.6 && scores[4] < 0.4, "{scores:?}");
    }

    #[test]
    fn only_doubt_lowers_a_quality() {
        assert!((lowered(500.0, 0.9) - 10.0).abs() < 1e-9);
        assert_eq!(lowered(5.0, 0.9), 5.0);
        assert_eq!(lowered(500.0, 0.999_5), 500.0);
        assert_eq!(lowered(500.0, 1.0), 500.0);
        assert_eq!(lowered(99.0, 0.0), 0.0);
    }
}
