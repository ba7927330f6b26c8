//! The genotype of a sample at each site of a panel, from the reads that were counted there.

use crate::contamination::SiteModel;
use crate::site_reads::SiteReads;

/// Fewer errors than one base in so many are not believed: reads of other places are among them.
const LEAST_ERROR: f64 = 1e-3;
/// No genotype is surer than so: Phred.
const MOST_SURE: u32 = 999;
/// Highest genotype quality.
const HIGHEST_QUALITY: u32 = 99;

/// A genotype of two copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SiteGenotype {
    /// Copies of ALT; `None` where two genotypes are as likely.
    pub copies: Option<u8>,
    /// Phred-scaled probability that it is another one: the second likeliest.
    pub quality: u32,
    /// Phred-scaled likelihoods by copies of ALT, the smallest 0.
    pub likelihoods: [u32; 3],
}

impl SiteGenotype {
    /// What reads say; `model` is how they are read in this sample.
    #[must_use]
    pub fn of(reads: SiteReads, model: &SiteModel) -> Self {
        let model = SiteModel { error: model.error.max(LEAST_ERROR), ..*model };
        let logarithms = [0.0, 0.5, 1.0].map(|carried| {
            let shown = model.shown(carried);
            (f64::from(reads.alternate) * shown.ln() + f64::from(reads.reference) * (1.0 - shown).ln())
                / std::f64::consts::LN_10
        });
        let most = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let likelihoods =
            logarithms.map(|one| (10.0 * (most - one)).round().clamp(0.0, f64::from(MOST_SURE)) as u32);
        let mut sorted = likelihoods;
        sorted.sort_unstable();
        let best =
            (0u8..).zip(likelihoods).find(|(_, likelihood)| *likelihood == 0).map(|(copies, _)| copies);
        Self { copies: best.filter(|_| sorted[1] > 0), quality: sorted[1].min(HIGHEST_QUALITY), likelihoods }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(reference: u32, alternate: u32) -> SiteGenotype {
        let model = SiteModel { error: 0.0005, het_balance: 0.5 };
        SiteGenotype::of(SiteReads { reference, alternate, other: 3 }, &model)
    }

    #[test]
    fn genotypes_follow_the_reads() {
        assert_eq!(of(0, 0), SiteGenotype::default());
        assert_eq!((of(30, 0).copies, of(14, 16).copies, of(0, 30).copies), (Some(0), Some(1), Some(2)));
        assert_eq!(of(30, 0).likelihoods, [0, 90, 900]);
        assert_eq!((of(2, 0).copies, of(2, 0).quality), (Some(0), 6));
        assert_eq!(of(3_000_000, 3_000_000).likelihoods, [999, 0, 999]);
        // One wrong read does not make a heterozygous site, two of ten do.
        assert_eq!((of(29, 1).copies, of(8, 2).copies), (Some(0), Some(1)));
    }
}
