//! Common SNPs: by the reads at them contamination and identity are told.

use crate::contig::Contigs;
use crate::interval::Interval;

/// A common SNP of a panel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelSite {
    /// Contig id.
    pub contig: u32,
    /// 0-based position.
    pub position: u32,
    /// Code of REF.
    pub reference: u8,
    /// Code of ALT.
    pub alternate: u8,
    /// Frequency of ALT in the population, above 0 and below 1.
    pub frequency: f64,
    /// Position of the site that its haplotype block is named after; its own where it is inherited alone.
    pub anchor: u32,
    /// Whether ALT lies on the block's first haplotype, that of the more frequent alleles in Picard's haplotype maps.
    pub is_swapped: bool,
}

impl PanelSite {
    /// A site that is inherited alone.
    #[must_use]
    pub fn alone((contig, position): (u32, u32), (reference, alternate): (u8, u8), frequency: f64) -> Self {
        Self { contig, position, reference, alternate, frequency, anchor: position, is_swapped: false }
    }

    /// Where it lies.
    #[must_use]
    pub const fn place(&self) -> (u32, u32) {
        (self.contig, self.position)
    }

    /// Frequency of the allele on the block's second haplotype.
    #[must_use]
    pub fn second_frequency(&self) -> f64 {
        if self.is_swapped { 1.0 - self.frequency } else { self.frequency }
    }
}

/// Sites by contig and position, each place once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panel {
    sites: Vec<PanelSite>,
}

impl Panel {
    /// A panel of sites in any order.
    ///
    /// # Errors
    /// Contig and position of the first place that has two sites.
    pub fn new(mut sites: Vec<PanelSite>) -> Result<Self, (u32, u32)> {
        sites.sort_by_key(PanelSite::place);
        match sites.windows(2).find(|two| two[0].place() == two[1].place()) {
            Some(twice) => Err(twice[0].place()),
            None => Ok(Self { sites }),
        }
    }

    /// The sites.
    #[must_use]
    pub fn sites(&self) -> &[PanelSite] {
        &self.sites
    }

    /// Leaves only sites of which this is true; gives the number of the others.
    pub fn retain(&mut self, is_kept: impl FnMut(&PanelSite) -> bool) -> usize {
        let before = self.sites.len();
        self.sites.retain(is_kept);
        before - self.sites.len()
    }

    /// Numbers of the sites inside an interval.
    #[must_use]
    pub fn within(&self, interval: Interval) -> std::ops::Range<usize> {
        let before = |position| self.sites.partition_point(|site| site.place() < (interval.contig, position));
        before(interval.start)..before(interval.end)
    }
}

/// Whether everybody has two copies of a contig, by its name as UCSC, Ensembl or RefSeq give it: X, Y and the mitochondrion are
/// not such, nor what is not placed, another assembly of a locus or a decoy.
#[must_use]
pub fn is_autosome(name: &str) -> bool {
    // Of GRCh38 and of GRCh37, without the version.
    const BY_ACCESSION: [&str; 3] = ["NC_000023", "NC_000024", "NC_012920"];
    const ELSEWHERE: [&str; 6] = ["chrUn_", "HLA-", "chrEBV", "NC_007605", "hs37d5", "GL000"];
    let short = name.strip_prefix("chr").unwrap_or(name);
    let base = short.split('_').next().unwrap_or(short);
    let is_part = ["_random", "_alt", "_fix", "_decoy"].iter().any(|end| name.ends_with(end));
    let starts = |known: &[&str]| known.iter().any(|start| name.starts_with(start));
    !(matches!(base, "X" | "Y" | "M" | "MT") || is_part || starts(&BY_ACCESSION) || starts(&ELSEWHERE))
}

/// The same by contig id.
#[must_use]
pub fn autosomes(contigs: &Contigs) -> Vec<bool> {
    contigs.iter().map(|contig| is_autosome(&contig.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_sorted_and_each_place_is_there_once() {
        let site = |contig, position| PanelSite::alone((contig, position), (0, 1), 0.3);
        let panel = Panel::new(vec![site(1, 5), site(0, 9), site(0, 2)]).expect("three places");
        assert_eq!(panel.sites().iter().map(PanelSite::place).collect::<Vec<_>>(), [(0, 2), (0, 9), (1, 5)]);
        assert_eq!(panel.within(Interval::new(0, 2, 9)), 0..1);
        assert_eq!(panel.within(Interval::new(0, 3, 10)), 1..2);
        assert_eq!(panel.within(Interval::new(1, 0, 5)), 2..2);
        assert_eq!(Panel::new(vec![site(1, 5), site(0, 9), site(1, 5)]), Err((1, 5)));
    }

    #[test]
    fn frequencies_go_with_the_haplotype() {
        let site = PanelSite::alone((0, 4), (0, 1), 0.3);
        assert_eq!(site.second_frequency(), 0.3);
        assert_eq!(PanelSite { is_swapped: true, ..site }.second_frequency(), 0.7);
    }

    #[test]
    fn autosomes_are_told_by_their_names() {
        for name in ["chr20", "7", "NC_000001.11", "NC_000001.10", "2A", "scaffold_1"] {
            assert!(is_autosome(name), "{name}");
        }
        for name in [
            "chrX",
            "Y",
            "MT",
            "NC_000023.11",
            "chrX_KI270880v1_alt",
            "chr1_KI270706v1_random",
            "chr22_KI270879v1_alt",
            "chrUn_KI270302v1",
            "chrUn_KN707606v1_decoy",
            "HLA-A*01:01:01:01",
            "GL000207.1",
            "hs37d5",
        ] {
            assert!(!is_autosome(name), "{name}");
        }
    }
}
