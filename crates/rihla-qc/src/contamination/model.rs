//! What reads at a site are like, of one person and of two.

use crate::site_reads::SiteReads;

/// Bounds of the error rate: nothing is read perfectly, and what errs more often is not read.
const ERRORS: (f64, f64) = (1e-4, 0.02);
/// Bounds of the share of ALT at heterozygous sites.
const BALANCES: (f64, f64) = (0.4, 0.6);
/// Heterozygous sites of which the share is told; fewer say 1/2.
const LEAST_HETS: usize = 30;
/// Templates at a site that may be told to be heterozygous.
const HET_DEPTH: u32 = 10;
/// Shares of ALT that only heterozygous sites have, contaminated or not.
const HET_SHARES: (f64, f64) = (0.3, 0.7);
/// One site in so many is out of every order.
const STRAY_SITES: f64 = 0.01;
/// At deeper sites the share of alleles counts as if so many templates had been seen: what few sites say of a
/// share is not surer than so.
const MOST_READS: u32 = 200;

/// How bases are read at sites, told by all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteModel {
    /// How often a base is read as one certain other base.
    pub error: f64,
    /// Share of ALT among the reads of a heterozygous site.
    pub het_balance: f64,
}

impl SiteModel {
    /// Of the reads at sites. A wrong base is one of three, of which two are seen to be wrong: neither REF nor ALT.
    #[must_use]
    pub fn of(sites: impl Iterator<Item = SiteReads> + Clone) -> Self {
        let (others, all) = sites
            .clone()
            .fold((0, 0), |(others, all), reads| (others + u64::from(reads.other), all + reads.depth()));
        let error = (others as f64 + 1.0) / (2.0 * (all as f64 + 1.0));
        let is_het = |reads: &SiteReads| {
            let depth = reads.reference + reads.alternate;
            let share = f64::from(reads.alternate) / f64::from(depth.max(1));
            depth >= HET_DEPTH && (HET_SHARES.0..=HET_SHARES.1).contains(&share)
        };
        let mut balances: Vec<f64> = sites
            .filter(is_het)
            .map(|reads| f64::from(reads.alternate) / f64::from(reads.reference + reads.alternate))
            .collect();
        balances.sort_by(f64::total_cmp);
        let het_balance = match balances.len() {
            few if few < LEAST_HETS => 0.5,
            // The middle half, whose mean strays less than the median and takes no notice of the ends.
            many => {
                let middle = &balances[many / 4..many - many / 4];
                middle.iter().sum::<f64>() / middle.len() as f64
            }
        };
        Self {
            error: error.clamp(ERRORS.0, ERRORS.1),
            het_balance: het_balance.clamp(BALANCES.0, BALANCES.1),
        }
    }

    /// Probability that a read shows ALT and not REF, where a share of all chromosome copies carries ALT.
    #[must_use]
    pub fn shown(&self, carried: f64) -> f64 {
        let odds = self.het_balance / (1.0 - self.het_balance);
        let read = carried * odds / (carried * odds + 1.0 - carried);
        (read * (1.0 - 3.0 * self.error) + (1.0 - read) * self.error) / (1.0 - 2.0 * self.error)
    }
}

/// The model with a share of contamination.
pub(super) struct MixtureModel {
    /// Natural logarithms of the probability of ALT and of REF, by the ALT alleles of the sample and of the contaminant.
    shown: [[(f64, f64); 3]; 3],
}

impl MixtureModel {
    pub(super) fn new(model: &SiteModel, share: f64) -> Self {
        let of = |own: usize, other: usize| {
            let shown = model.shown(((1.0 - share) * own as f64 + share * other as f64) / 2.0);
            (shown.ln(), (1.0 - shown).ln())
        };
        Self { shown: std::array::from_fn(|own| std::array::from_fn(|other| of(own, other))) }
    }

    /// The likelihood of a site's templates, REF and ALT.
    pub(super) fn at_site(
        &self,
        frequency: f64,
        (reference, alternate): (u32, u32),
        factorials: &Factorials,
    ) -> SiteLikelihood {
        let of_reads = self.shown.map(|row| {
            row.map(|(log_alternate, log_reference)| {
                f64::from(alternate) * log_alternate + f64::from(reference) * log_reference
            })
        });
        let stray = factorials.any_share(reference, alternate);
        let most = of_reads.iter().flatten().copied().fold(stray, f64::max);
        let of_reads = of_reads.map(|row| row.map(|term| (term - most).exp()));
        let shares = [(1.0 - frequency).powi(2), 2.0 * frequency * (1.0 - frequency), frequency.powi(2)];
        let stray = STRAY_SITES * (stray - most).exp();
        let [mut none, mut more, mut less] = [0.0; 3];
        for (own, share) in shares.iter().enumerate() {
            let same = of_reads[own][own];
            let any: f64 = shares.iter().zip(of_reads[own]).map(|(share, term)| share * term).sum();
            let other = (any - share * same) / (1.0 - share).max(f64::MIN_POSITIVE);
            let weight = (1.0 - STRAY_SITES) * share;
            none += weight * any;
            more += weight * (same - any);
            less += weight * share * (same - other);
        }
        SiteLikelihood { most, none: stray + none, more, less }
    }
}

/// The likelihood of a site, whatever the two people have in common. It is linear in the *sharing*: how much more often than a
/// stranger the contaminant has the sample's own genotype (1: always; below 0: less often).
#[derive(Clone, Copy, Debug)]
pub(super) struct SiteLikelihood {
    /// Natural logarithm of what the others are multiples of.
    most: f64,
    /// Of strangers.
    none: f64,
    /// What each unit of sharing above 0 adds.
    more: f64,
    /// The same below 0.
    less: f64,
}

impl SiteLikelihood {
    /// Its natural logarithm.
    pub(super) fn logarithm(&self, sharing: f64) -> f64 {
        let slope = if sharing < 0.0 { self.less } else { self.more };
        self.most + (self.none + sharing * slope).max(f64::MIN_POSITIVE).ln()
    }
}

/// Logarithms of factorials.
pub(super) struct Factorials(Vec<f64>);

impl Factorials {
    pub(super) fn new() -> Self {
        let mut sum = 0.0;
        let next = |number: u32| {
            sum += f64::from(number.max(1)).ln();
            sum
        };
        Self((0..=MOST_READS + 1).map(next).collect())
    }

    /// The reads of a site, no more than [`MOST_READS`] of them.
    pub(super) fn thinned(&self, reference: u32, alternate: u32) -> (u32, u32) {
        let depth = u64::from(reference) + u64::from(alternate);
        if depth <= u64::from(MOST_READS) {
            return (reference, alternate);
        }
        let alternate = (u64::from(alternate) * u64::from(MOST_READS) + depth / 2) / depth;
        (MOST_READS - alternate as u32, alternate as u32)
    }

    /// Natural logarithm of the likelihood of a site's templates where every share of ALT is as likely as the next.
    fn any_share(&self, reference: u32, alternate: u32) -> f64 {
        let of = |number: u32| self.0[number as usize];
        of(reference) + of(alternate) - of(reference + alternate + 1)
    }
}
