//! What is known of a person at the sites of a panel.

use rihla_core::Panel;

use super::Blocks;
use crate::contamination::{Contamination, SiteModel};
use crate::site_reads::{PanelCounts, SiteReads};

/// How often a genotype that comes without likelihoods is wrong.
const GENOTYPE_ERROR: f64 = 0.01;
/// No site and no block is surer than a thousand to one, as in Picard: a few changes, or reads of another place, do not outweigh the rest.
pub(super) const MOST_SURE: f64 = 3.0;

/// What a file says of one site. Likelihoods are logarithms to base 10.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observed {
    /// Copies of ALT.
    pub copies: Option<u8>,
    /// Likelihoods by copies of ALT.
    pub likelihoods: Option<[f64; 3]>,
    /// Reads, where the file counts all of them.
    pub reads: Option<SiteReads>,
}

/// A sample at the sites of a panel.
#[derive(Clone, Debug)]
pub struct Person {
    /// Its name.
    pub name: String,
    /// Contamination; `None` where reads are not known, or too few.
    pub contamination: Option<Contamination>,
    /// By site of the panel.
    pub(super) observed: Vec<Observed>,
    /// By block: likelihoods by copies of the second haplotype, the highest 1; `None` where nothing is known.
    pub(super) blocks: Vec<Option<[f64; 3]>>,
}

impl Person {
    /// From what is observed at each site of the panel. Where reads are known and another person's are among them, genotypes are
    /// weighed with those in mind.
    #[must_use]
    pub fn new(
        name: String,
        observed: Vec<Observed>,
        (panel, blocks): (&Panel, &Blocks),
        autosomes: &[bool],
    ) -> Self {
        let counted = (0u32..).zip(&observed).filter_map(|(number, one)| Some((number, one.reads?)));
        let counts = PanelCounts::from_sites(counted.collect());
        let contamination = Contamination::estimate(panel, &counts, autosomes).ok();
        let weigh = Weigh::new(contamination.as_ref());
        let of_site = |number: usize| {
            let of_reads = weigh.as_ref().and_then(|weigh| {
                Some(weigh.likelihoods(observed[number].reads?, panel.sites()[number].frequency))
            });
            of_reads.or_else(|| observed[number].known())
        };
        let blocks = blocks.iter().map(|block| of_block(&block.sites, of_site)).collect();
        Self { name, contamination, observed, blocks }
    }

    /// Sites at which a genotype is known, and those of them that are heterozygous.
    #[must_use]
    pub fn typed(&self) -> (u64, u64) {
        let copies = || self.observed.iter().filter_map(|one| one.copies);
        (copies().count() as u64, copies().filter(|&copies| copies == 1).count() as u64)
    }
}

impl Observed {
    fn known(&self) -> Option<[f64; 3]> {
        self.likelihoods.or_else(|| {
            let copies = self.copies?;
            let of = |number| if number == copies { 1.0 - GENOTYPE_ERROR } else { GENOTYPE_ERROR / 2.0 };
            Some([0, 1, 2].map(|number| f64::log10(of(number))))
        })
    }
}

/// Likelihoods of a block, from those of its sites; `None` where they say nothing.
fn of_block(sites: &[(usize, bool)], of_site: impl Fn(usize) -> Option<[f64; 3]>) -> Option<[f64; 3]> {
    let mut sum = [0.0; 3];
    for &(number, is_swapped) in sites {
        let Some(mut likelihoods) = of_site(number) else { continue };
        if is_swapped {
            likelihoods.reverse();
        }
        sum.iter_mut().zip(capped(likelihoods)).for_each(|(sum, one)| *sum += one);
    }
    let likelihoods = capped(sum).map(|one| f64::powf(10.0, one));
    sum.iter().any(|&one| one != sum[0]).then_some(likelihoods)
}

/// Logarithms of likelihoods, the highest 0 and none lower than [`MOST_SURE`] allows.
fn capped(likelihoods: [f64; 3]) -> [f64; 3] {
    let most = likelihoods.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    likelihoods.map(|one| (one - most).max(-MOST_SURE))
}

/// Genotypes of a sample in which reads of another person are.
struct Weigh {
    model: SiteModel,
    share: f64,
}

impl Weigh {
    /// `None` where no contamination is known, or none to speak of.
    fn new(contamination: Option<&Contamination>) -> Option<Self> {
        let found = contamination.filter(|found| found.low > 0.0)?;
        let model = SiteModel { error: found.error_rate.max(1e-3), het_balance: found.het_balance };
        Some(Self { model, share: found.fraction })
    }

    /// Likelihoods by the sample's own copies of ALT, whatever the other's are.
    fn likelihoods(&self, reads: SiteReads, frequency: f64) -> [f64; 3] {
        let shares = [(1.0 - frequency).powi(2), 2.0 * frequency * (1.0 - frequency), frequency.powi(2)];
        [0.0, 1.0, 2.0].map(|own| {
            let terms = [0.0, 1.0, 2.0].map(|other| {
                let shown = self.model.shown(((1.0 - self.share) * own + self.share * other) / 2.0);
                f64::from(reads.alternate) * shown.log10()
                    + f64::from(reads.reference) * (1.0 - shown).log10()
            });
            let most = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 =
                terms.iter().zip(shares).map(|(term, share)| share * f64::powf(10.0, term - most)).sum();
            most + sum.log10()
        })
    }
}
