//! Common SNPs at which a sample is looked at: `--sites`.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use rihla_core::panel::autosomes;
use rihla_core::{Interval, IntervalSet, Panel, PanelSite, RecordArena, Reference};
use rihla_io::digest_bytes;
use rihla_io::sites::{SiteList, read_sites};
use rihla_qc::identity::{Conclusion, Observed, Person};
use rihla_qc::{
    Contamination, ExpectedIdentity, IdentityMetrics, LEAST_SITES, PanelCounts, SiteGenotype, SiteModel,
    SiteReads,
};

use super::people::Sites;
use crate::cli::PanelArgs;
use crate::exit::{Failure, fault};
use crate::progress::{Progress, grouped};

/// By how much one person must be likelier than two, as a logarithm to base 10, to be taken for the expected one.
const SURELY: f64 = 5.0;

/// The panel of a run.
pub struct SitePanel {
    panel: Panel,
    /// By contig id.
    autosomes: Vec<bool>,
    /// SHA-256 of the sites, in hexadecimal.
    digest: String,
    /// Whom the sample should be.
    expected: Option<Expectation>,
}

/// Whom a sample should be.
struct Expectation {
    file: String,
    sites: Sites,
    person: Person,
}

impl SitePanel {
    /// Reads the sites of a file, if there is one; how many are left out, and why, is said.
    ///
    /// # Errors
    /// What is wrong with the file; sites of another reference.
    pub fn read(
        args: &PanelArgs,
        reference: &Reference,
        regions: Option<&IntervalSet>,
        progress: &Progress,
    ) -> Result<Option<Self>> {
        let Some(path) = &args.sites else { return Ok(None) };
        let SiteList { mut panel, unknown, not_snps, constant } = read_sites(path, reference)?;
        let inside =
            |regions: &IntervalSet| panel.retain(|site| regions.contains(site.contig, site.position));
        let outside = regions.map_or(0, inside) as u64;
        let name = path.display();
        for (count, what) in [
            (unknown, "on contigs that the reference lacks"),
            (not_snps, "no SNPs of two alleles"),
            (constant, "of a frequency of 0 or 1, which tell nothing"),
            (outside, "outside of --regions"),
        ] {
            if count > 0 {
                progress.warn(&format!("{name}: {} of its sites are left out: {what}", grouped(count)));
            }
        }
        progress.say(&format!("{name}: {} sites", grouped(panel.sites().len() as u64)));
        let digest = digest(&panel, reference);
        let expected = args.identity_of.as_deref().map(|path| Expectation::read(path, &panel, reference));
        let expected = expected.transpose()?;
        Ok(Some(Self { panel, autosomes: autosomes(reference.contigs()), digest, expected }))
    }

    /// SHA-256 of the sites, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Counts the reads at the sites inside an interval; `records` hold all that overlap it.
    #[must_use]
    pub fn count(&self, interval: Option<Interval>, records: &RecordArena) -> PanelCounts {
        let count = |interval| PanelCounts::of(&self.panel, interval, records);
        interval.map(count).unwrap_or_default()
    }

    /// Contamination; `None` where too few sites have reads, which is said.
    #[must_use]
    pub fn contamination(&self, counts: &PanelCounts, progress: &Progress) -> Option<Contamination> {
        let estimate = Contamination::estimate(&self.panel, counts, &self.autosomes);
        if let Err(sites) = estimate {
            progress.warn(&format!(
                "contamination is not estimated: {sites} independent sites of autosomes have reads, and {LEAST_SITES} are \
                 needed; give more with --sites"
            ));
        }
        estimate.ok()
    }

    /// The genotype at each site.
    #[must_use]
    pub fn genotypes<'a>(&'a self, counts: &PanelCounts) -> Vec<(&'a PanelSite, SiteReads, SiteGenotype)> {
        let sites: Vec<(&PanelSite, SiteReads)> = counts.all(&self.panel).collect();
        let model = SiteModel::of(sites.iter().map(|(_, reads)| *reads));
        sites.into_iter().map(|(site, reads)| (site, reads, SiteGenotype::of(reads, &model))).collect()
    }

    /// Who the sample is, by its genotypes; that it is not whom it should be is said.
    #[must_use]
    pub fn identity(
        &self,
        sample: &str,
        genotypes: &[(&PanelSite, SiteReads, SiteGenotype)],
        progress: &Progress,
    ) -> IdentityMetrics {
        let copies = || genotypes.iter().filter_map(|(_, _, genotype)| genotype.copies);
        let (typed, hets) = (copies().count(), copies().filter(|&copies| copies == 1).count());
        let expected = self.expected.as_ref().map(|expected| expected.compare(sample, genotypes));
        if let Some(found) = expected.as_ref().filter(|found| !found.is_same) {
            let words = match found.conclusion {
                Conclusion::Inconclusive => "may not be of the person of",
                _ => "is not of the person of",
            };
            progress.warn(&format!(
                "{sample} {words} {}: LOD {:.1}, {}",
                found.file, found.lod, found.conclusion
            ));
        }
        IdentityMetrics {
            panel_sha256: self.digest.clone(),
            sites: genotypes.len() as u64,
            typed: typed as u64,
            het_fraction: (typed > 0).then(|| (1e6 * hets as f64 / typed as f64).round() / 1e6),
            expected,
        }
    }
}

impl Expectation {
    fn read(path: &Path, panel: &Panel, reference: &Reference) -> Result<Self> {
        let sites = Sites::new(reference.contigs().clone(), panel.clone(), true);
        let mut people = sites.read(path)?;
        let file = path.display().to_string();
        match (people.pop(), people.len()) {
            (Some(person), 0) => Ok(Self { file, sites, person }),
            (_, more) => {
                let message = format!("{file}: has {} samples; --identity-of needs a file of one", more + 1);
                Err(fault(Failure::Data, message))
            }
        }
    }

    fn compare(&self, sample: &str, genotypes: &[(&PanelSite, SiteReads, SiteGenotype)]) -> ExpectedIdentity {
        let observed = |&(_, reads, genotype): &(&PanelSite, SiteReads, SiteGenotype)| Observed {
            copies: genotype.copies,
            likelihoods: Some(genotype.likelihoods.map(|phred| f64::from(phred) / -10.0)),
            reads: Some(reads),
        };
        let person = self.sites.person(sample.to_owned(), genotypes.iter().map(observed).collect());
        let pair = self.sites.pair(&person, &self.person, SURELY);
        ExpectedIdentity {
            file: self.file.clone(),
            sample: self.person.name.clone(),
            lod: (1e6 * pair.lod).round() / 1e6,
            blocks: pair.blocks,
            conclusion: pair.conclusion,
            likeliest: pair.relation,
            is_same: pair.conclusion == Conclusion::Same,
        }
    }
}

fn digest(panel: &Panel, reference: &Reference) -> String {
    let mut text = String::new();
    for site in panel.sites() {
        let PanelSite { position, reference: first, alternate, frequency, anchor, is_swapped, .. } = site;
        let name = &reference.contigs().get(site.contig).name;
        // A string takes everything.
        let _ =
            writeln!(text, "{name}\t{position}\t{first}\t{alternate}\t{frequency}\t{anchor}\t{is_swapped}");
    }
    digest_bytes(text.as_bytes()).sha256_hex()
}
