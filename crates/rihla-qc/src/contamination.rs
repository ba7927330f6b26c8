//! How much of a sample is of another person.
//!
//! The model is verifyBamID's without genotypes (Jun et al., American Journal of Human Genetics 91:839, 2012): at a common
//! SNP sample and contaminant have genotypes in Hardy-Weinberg shares, a read is of the contaminant with the
//! probability that is sought, and shows another base than it has where it errs. The likeliest share is found by
//! search; reads, not genotypes, are what is explained, so that none need be called. Four things are our own: errors
//! are as frequent as bases that are neither allele say; reads of REF may be more frequent than those of ALT where both
//! are there; one site in a hundred may be out of every order (a copy elsewhere in the genome); and the two people may have more or
//! less in common than strangers. Without the last the share of a relative, or of anybody at sites of few chromosomes, is off.

mod linkage;
mod model;

use rihla_core::{Panel, PanelSite};
use serde::{Deserialize, Serialize};

use crate::site_reads::{PanelCounts, SiteReads};
pub use model::SiteModel;
use model::{Factorials, MixtureModel, SiteLikelihood};

/// Fewer sites with reads say nothing.
pub const LEAST_SITES: usize = 50;
/// Shares that are tried first: 0 to one half, that of two people in equal parts.
const STEPS: usize = 50;
const HIGHEST: f64 = 0.5;
/// By so much the natural logarithm of the likelihood falls at the ends of a range of 95 %: half of chi-squared's 3.84.
const FALL: f64 = 1.92;

/// How often two people have the same genotype beyond what frequencies say: more often relatives, and any two in a stretch of
/// the genome that they happen to have in common.
const SHARINGS: [f64; 9] = [-0.2, -0.15, -0.1, -0.05, 0.1, 0.2, 0.3, 0.4, 0.5];
/// Standard deviation of it among people.
const USUAL_SHARING: f64 = 0.2;

/// An estimate of contamination.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contamination {
    /// Sites of the panel that have reads and count: on autosomes, one of each haplotype block.
    pub sites: u64,
    /// Templates at these that show REF or ALT.
    pub reads: u64,
    /// `reads` by `sites`.
    pub mean_depth: f64,
    /// Share of the reads that are of another person, 0 to 0.5.
    pub fraction: f64,
    /// Lower end of the range of 95 %: outside of it the likelihood is less than a seventh of the highest, or than what
    /// that comes to where neighboring sites say the same.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// How often a base is read as one certain other base.
    pub error_rate: f64,
    /// Share of ALT among the reads of a heterozygous site.
    pub het_balance: f64,
    /// How much more often than a stranger the other person has the sample's genotype: above 0 of relatives, 1 of oneself.
    pub sharing: f64,
    /// Natural logarithms of likelihoods.
    pub log_likelihoods: LogLikelihoods,
}

/// Natural logarithms of the likelihood of all reads.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLikelihoods {
    /// At the share that was found.
    pub found: f64,
    /// Without contamination.
    pub none: f64,
}

impl Contamination {
    /// Estimates.
    ///
    /// # Errors
    /// The number of sites that count, where they are too few: less than [`LEAST_SITES`].
    pub fn estimate(panel: &Panel, counts: &PanelCounts, autosomes: &[bool]) -> Result<Self, usize> {
        let sites = independent(panel, counts, autosomes);
        if sites.len() < LEAST_SITES {
            return Err(sites.len());
        }
        let reads =
            sites.iter().map(|(_, one)| u64::from(one.reference) + u64::from(one.alternate)).sum::<u64>();
        let of_model = SiteModel::of(sites.iter().map(|(_, reads)| *reads));
        let places: Vec<(u32, u32)> = sites.iter().map(|(site, _)| site.place()).collect();
        let factorials = Factorials::new();
        let sites: Vec<(f64, (u32, u32))> = sites
            .iter()
            .map(|(site, reads)| (site.frequency, factorials.thinned(reads.reference, reads.alternate)))
            .collect();
        let at_sites = |share: f64| {
            let model = MixtureModel::new(&of_model, share);
            let at_site = |(frequency, reads): &(f64, _)| model.at_site(*frequency, *reads, &factorials);
            sites.iter().map(at_site).collect::<Vec<_>>()
        };
        let at = |share: f64| likeliest_sharing(&at_sites(share)).1;
        let fraction = likeliest(at);
        let (sharing, _) = likeliest_sharing(&at_sites(fraction));
        let (found, none) = (at(fraction), at(0.0));
        let logarithms =
            |share: f64| -> Vec<f64> { at_sites(share).iter().map(|site| site.logarithm(sharing)).collect() };
        let fall = FALL * linkage::widening(&places, fraction, logarithms);
        let falls = |share: f64| found - at(share) - fall;
        Ok(Self {
            sites: sites.len() as u64,
            reads,
            mean_depth: reads as f64 / sites.len() as f64,
            fraction,
            low: if falls(0.0) > 0.0 { crossing(falls, 0.0, fraction) } else { 0.0 },
            high: if falls(HIGHEST) > 0.0 { crossing(falls, HIGHEST, fraction) } else { HIGHEST },
            error_rate: of_model.error,
            het_balance: of_model.het_balance,
            sharing,
            log_likelihoods: LogLikelihoods { found, none },
        })
    }

    /// The same with numbers of six decimals, as reports have them.
    #[must_use]
    pub fn rounded(&self) -> Self {
        let six = |value: f64| (1e6 * value).round() / 1e6;
        let LogLikelihoods { found, none } = self.log_likelihoods;
        Self {
            sites: self.sites,
            reads: self.reads,
            mean_depth: six(self.mean_depth),
            fraction: six(self.fraction),
            low: six(self.low),
            high: six(self.high),
            error_rate: six(self.error_rate),
            het_balance: six(self.het_balance),
            sharing: six(self.sharing),
            log_likelihoods: LogLikelihoods { found: six(found), none: six(none) },
        }
    }
}

/// Sites that are evidence of their own: with reads, on autosomes, of a block the deepest.
fn independent<'a>(
    panel: &'a Panel,
    counts: &PanelCounts,
    autosomes: &[bool],
) -> Vec<(&'a PanelSite, SiteReads)> {
    let is_autosome = |site: &PanelSite| autosomes.get(site.contig as usize).copied().unwrap_or(false);
    let mut sites: Vec<(&PanelSite, SiteReads)> = panel
        .sites()
        .iter()
        .zip(counts.all(panel).map(|(_, reads)| reads))
        .filter(|(site, reads)| is_autosome(site) && reads.reference + reads.alternate > 0)
        .collect();
    sites.sort_by_key(|(site, reads)| {
        (site.contig, site.anchor, std::cmp::Reverse(reads.depth()), site.position)
    });
    sites.dedup_by_key(|(site, _)| (site.contig, site.anchor));
    sites.sort_by_key(|(site, _)| site.place());
    sites
}

/// The likeliest sharing, and the logarithm of the likelihood with it.
fn likeliest_sharing(sites: &[SiteLikelihood]) -> (f64, f64) {
    let at = |sharing: f64| {
        let unusual = (sharing / USUAL_SHARING).powi(2) / 2.0;
        sites.iter().map(|site| site.logarithm(sharing)).sum::<f64>() - unusual
    };
    // Strangers first, so that they stand where nothing tells otherwise.
    SHARINGS.iter().fold((0.0, at(0.0)), |best, &sharing| {
        let found = at(sharing);
        if found > best.1 { (sharing, found) } else { best }
    })
}

/// The share at which a likelihood is highest: the best of some, then closer and closer around it.
fn likeliest(at: impl Fn(f64) -> f64) -> f64 {
    let step = HIGHEST / STEPS as f64;
    let tried: Vec<f64> = (0..=STEPS).map(|i| at(step * i as f64)).collect();
    let best = (1..tried.len()).fold(0, |best, i| if tried[i] > tried[best] { i } else { best });
    let middle = step * best as f64;
    let (mut low, mut high) = ((middle - step).max(0.0), (middle + step).min(HIGHEST));
    while high - low > 1e-5 {
        let (a, b) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
        if at(a) < at(b) { low = a } else { high = b }
    }
    // Next to the end of the range the end itself is meant.
    if at(0.0) >= at((low + high) / 2.0) { 0.0 } else { (low + high) / 2.0 }
}

/// Where a function crosses 0 between a place where it is above and one where it is below.
fn crossing(of: impl Fn(f64) -> f64, mut above: f64, mut below: f64) -> f64 {
    for _ in 0..20 {
        let middle = (above + below) / 2.0;
        if of(middle) > 0.0 { above = middle } else { below = middle }
    }
    (above + below) / 2.0
}

#[cfg(test)]
mod tests;
