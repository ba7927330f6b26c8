//! What a gate looks at, out of the metrics of a run.

use super::finding::Finding;
use super::gate::Gate;
use crate::identity::Conclusion;
use crate::report::{RunMetrics, VariantMetrics, rounded_to};

/// What is to be judged.
pub(super) enum Measured {
    /// A number.
    Number {
        /// The number.
        value: f64,
        /// How many things a ratio is of.
        count: Option<u64>,
    },
    /// Two things agree.
    Agrees,
    /// Two things do not agree.
    Differs {
        /// What should be.
        stated: String,
        /// What is.
        found: String,
    },
    /// The sample is not of whom it should be.
    SomebodyElse {
        /// Whom it should be of.
        expected: String,
        /// Whether it is of a relative.
        is_related: bool,
    },
    /// Nothing; and why.
    Missing(Finding),
}

impl Measured {
    pub fn of(gate: Gate, metrics: &RunMetrics) -> Self {
        let RunMetrics { reads, coverage, insert_size, .. } = metrics;
        let number = |value: Option<f64>, missing: Finding| match value {
            Some(value) => Self::Number { value, count: None },
            None => Self::Missing(missing),
        };
        match gate {
            Gate::Yield => {
                let bases = reads.bases.filter(|_| coverage.bases > 0);
                let fold = bases.map(|bases| rounded_to(bases as f64 / coverage.bases as f64, 4));
                number(fold, Finding::NoBases)
            }
            Gate::Q30 => number(reads.q30_fraction, Finding::NoBases),
            Gate::Mapped => number(reads.mapped_fraction, Finding::NoReads),
            Gate::Duplicates => number(reads.duplicate_fraction, Finding::NoReads),
            Gate::InsertSize => number(insert_size.median.map(f64::from), Finding::NoPairs),
            Gate::MeanDepth => number(coverage.mean_depth, Finding::NoDepth),
            Gate::At20x => number(coverage.fraction_20x, Finding::NoDepth),
            Gate::Evenness => number(coverage.evenness, Finding::NoDepth),
            Gate::Contamination => {
                let missing = metrics.identity.as_ref().map_or(Finding::NoSites, |_| Finding::FewSites);
                number(metrics.contamination.map(|found| found.fraction), missing)
            }
            Gate::Sex => Self::of_sex(metrics),
            Gate::Identity => Self::of_identity(metrics),
            Gate::TiTv => Self::of_ratio(metrics, |variants| {
                (variants.ti_tv, variants.transitions + variants.transversions)
            }),
            Gate::HetHom => {
                Self::of_ratio(metrics, |variants| (variants.het_hom_ratio, variants.het + variants.hom_alt))
            }
            Gate::IndelRatio => Self::of_ratio(metrics, |variants| {
                (variants.insertion_deletion_ratio, variants.insertions + variants.deletions)
            }),
        }
    }

    fn of_ratio(metrics: &RunMetrics, ratio: impl Fn(&VariantMetrics) -> (Option<f64>, u64)) -> Self {
        match metrics.variants.as_ref().map(ratio) {
            None => Self::Missing(Finding::NoVariants),
            Some((None, count)) => Self::Missing(Finding::TooFew { count, wanted: count + 1 }),
            Some((Some(value), count)) => Self::Number { value, count: Some(count) },
        }
    }

    fn of_identity(metrics: &RunMetrics) -> Self {
        let expected = metrics.identity.as_ref().and_then(|identity| identity.expected.as_ref());
        let Some(found) = expected else { return Self::Missing(Finding::NothingToCompare) };
        match found.conclusion {
            Conclusion::Same => Self::Agrees,
            Conclusion::Inconclusive => Self::Missing(Finding::IdentityUnclear),
            other => Self::SomebodyElse {
                expected: found.sample.clone(),
                is_related: other == Conclusion::Related,
            },
        }
    }

    fn of_sex(metrics: &RunMetrics) -> Self {
        let Some(sex) = &metrics.sex else { return Self::Missing(Finding::NoSex) };
        match (&sex.stated, &sex.inferred) {
            (Some(stated), Some(found)) if stated != found => {
                Self::Differs { stated: stated.clone(), found: found.clone() }
            }
            (Some(_), Some(_)) => Self::Agrees,
            (Some(_), None) => Self::Missing(Finding::SexUnclear),
            (None, found) => Self::Missing(Finding::SexNotStated { found: found.clone() }),
        }
    }
}
