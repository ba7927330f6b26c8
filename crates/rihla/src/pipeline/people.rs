//! People out of files: what fingerprints, and any other VCF, say at the sites of a panel.

use std::path::Path;

use anyhow::Result;
use rihla_core::panel::autosomes;
use rihla_core::{Contigs, Interval, Panel, PanelSite, base};
use rihla_io::vcf::{EvidenceLine, SampleEvidence, VcfLines};
use rihla_qc::SiteReads;
use rihla_qc::identity::{Blocks, Copies, Observed, Pair, Person};

use super::fingerprint::PANEL_LINE;
use crate::exit::{Failure, fault};

/// A panel to compare people at.
pub struct Sites {
    contigs: Contigs,
    panel: Panel,
    /// Whether REF is known to be REF.
    is_ordered: bool,
    blocks: Blocks,
    autosomes: Vec<bool>,
    places: Vec<Copies>,
}

impl Sites {
    /// The sites of a panel on contigs.
    #[must_use]
    pub fn new(contigs: Contigs, panel: Panel, is_ordered: bool) -> Self {
        let autosomes = autosomes(&contigs);
        let blocks = Blocks::of(&panel, &autosomes);
        let place = |site: &PanelSite| Copies::of(&contigs.get(site.contig).name);
        let places = panel.sites().iter().map(place).collect();
        Self { contigs, panel, is_ordered, blocks, autosomes, places }
    }

    /// Their blocks.
    #[must_use]
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// How many copies people have of each site's chromosome.
    #[must_use]
    pub fn places(&self) -> &[Copies] {
        &self.places
    }

    /// Autosomes that have sites.
    #[must_use]
    pub fn chromosomes(&self) -> usize {
        let mut contigs: Vec<u32> = self.panel.sites().iter().map(|site| site.contig).collect();
        contigs.dedup();
        contigs.iter().filter(|&&contig| self.autosomes[contig as usize]).count()
    }

    /// A person of whom this is observed.
    #[must_use]
    pub fn person(&self, name: String, observed: Vec<Observed>) -> Person {
        Person::new(name, observed, (&self.panel, &self.blocks), &self.autosomes)
    }

    /// Two people side by side.
    #[must_use]
    pub fn pair(&self, a: &Person, b: &Person, surely: f64) -> Pair {
        Pair::of(a, b, &self.blocks, &self.places, surely)
    }

    /// All samples of a VCF, by column.
    ///
    /// # Errors
    /// What is wrong with the file; one without samples, without a site of the panel, and of another reference.
    pub fn read(&self, path: &Path) -> Result<Vec<Person>> {
        let mut lines = VcfLines::open(path)?;
        let names = lines.header().samples.clone();
        if names.is_empty() {
            let message = format!("{}: has no sample; give a VCF with genotypes", path.display());
            return Err(fault(Failure::Data, message));
        }
        let has_reads = lines.header().lines.iter().any(|line| line.starts_with(PANEL_LINE));
        let mut found = Found {
            people: vec![vec![Observed::default(); self.places.len()]; names.len()],
            ..Found::default()
        };
        while let Some(line) = lines.next_line()? {
            let added = self.add(line, has_reads, &mut found);
            added.map_err(|problem| lines.problem(problem))?;
        }
        found.check(path)?;
        let people = names.into_iter().zip(found.people);
        Ok(people.map(|(name, observed)| self.person(name, observed)).collect())
    }

    fn add(&self, line: &[u8], has_reads: bool, found: &mut Found) -> Result<(), String> {
        let line = EvidenceLine::parse(line)?;
        let id = |name: &str| self.contigs.id(name);
        let contig = id(line.contig).or_else(|| id(self.contigs.suggestion(line.contig)?));
        let Some(contig) = contig else { return Ok(()) };
        for number in self.panel.within(Interval::new(contig, line.position, line.end)) {
            let Some(alleles) = self.alleles(&line, &self.panel.sites()[number]) else { continue };
            let Some(alleles) = alleles.fitting() else {
                found.others += 1;
                continue;
            };
            found.sites += 1;
            for (sample, observed) in found.people.iter_mut().enumerate() {
                // Of two records of a site the first that says something counts.
                if observed[number].copies.is_none() {
                    observed[number] = alleles.observe(&line.sample(sample)?, has_reads);
                }
            }
        }
        Ok(())
    }

    /// Numbers of a site's alleles in a record; `None` where the record does not speak of the site's base alone.
    fn alleles(&self, line: &EvidenceLine<'_>, site: &PanelSite) -> Option<Alleles> {
        let is_symbol = |allele: &&str| matches!(*allele, "<NON_REF>" | "<*>" | "*");
        let has_only_symbols = line.alternates.iter().all(is_symbol);
        let count = 1 + line.alternates.len();
        let any = line.alternates.iter().position(|allele| matches!(*allele, "<NON_REF>" | "<*>"));
        let any = any.map(|number| number + 1);
        if line.position < site.position {
            // Within a block REF is the reference's, whatever its letter.
            let is_block = has_only_symbols && self.is_ordered;
            return is_block.then_some(Alleles { reference: Some(0), alternate: any, count });
        }
        if line.reference.len() != 1 && !has_only_symbols {
            return None;
        }
        let number = |code: u8| {
            let letter = [base::decode(code)];
            let is_it = |allele: &str| allele.as_bytes().eq_ignore_ascii_case(&letter);
            let listed = line.alternates.iter().position(|allele| is_it(allele)).map(|number| number + 1);
            if is_it(&line.reference[..1]) { Some(0) } else { listed }
        };
        let (reference, alternate) = (number(site.reference), number(site.alternate));
        match (reference, alternate) {
            (Some(0), None) => Some(Alleles { reference, alternate: any, count }),
            (None, Some(0)) => Some(Alleles { reference: any, alternate, count }),
            _ => Some(Alleles { reference, alternate, count }),
        }
    }
}

/// What was found in a file.
#[derive(Default)]
struct Found {
    /// By sample and site.
    people: Vec<Vec<Observed>>,
    /// Records at sites.
    sites: u64,
    /// Records at sites whose REF is neither allele.
    others: u64,
}

impl Found {
    fn check(&self, path: &Path) -> Result<()> {
        let path = path.display();
        let problem = match (self.sites, self.others) {
            (sites, others) if others > sites => format!(
                "{path}: at {others} sites REF is neither allele of the panel, at {sites} it is; the file is of another \
                 reference than the panel"
            ),
            (0, _) => format!("{path}: none of its records is at a site of the panel"),
            _ => return Ok(()),
        };
        Err(fault(Failure::Data, problem))
    }
}

/// Numbers of a site's two alleles among those of a record.
#[derive(Clone, Copy)]
struct Alleles {
    reference: Option<usize>,
    alternate: Option<usize>,
    /// All alleles of the record.
    count: usize,
}

impl Alleles {
    /// Where the record's REF is one of them.
    fn fitting(self) -> Option<Self> {
        (self.reference == Some(0) || self.alternate == Some(0)).then_some(self)
    }

    fn observe(&self, evidence: &SampleEvidence, has_reads: bool) -> Observed {
        Observed {
            copies: self.copies(&evidence.genotype),
            likelihoods: self.likelihoods(&evidence.likelihoods),
            reads: if has_reads { self.reads(evidence) } else { None },
        }
    }

    /// Copies of the site's ALT; `None` with a missing or a third allele.
    fn copies(&self, genotype: &[Option<u8>]) -> Option<u8> {
        let copies = |allele: &Option<u8>| {
            let allele = Some(usize::from((*allele)?));
            let is_alternate = allele == self.alternate;
            (is_alternate || allele == self.reference).then_some(u8::from(is_alternate))
        };
        let copies: Vec<u8> = genotype.iter().map(copies).collect::<Option<_>>()?;
        match copies[..] {
            [one] => Some(2 * one),
            [one, other] => Some(one + other),
            _ => None,
        }
    }

    /// Logarithms to base 10 by copies of ALT, of a genotype of two copies; the order is that of VCF 4.2, section 1.4.2.
    fn likelihoods(&self, phred: &[u32]) -> Option<[f64; 3]> {
        let (reference, alternate) = (self.reference?, self.alternate?);
        if phred.len() != self.count * (self.count + 1) / 2 {
            return None;
        }
        let of = |a: usize, b: usize| {
            let (low, high) = (a.min(b), a.max(b));
            f64::from(phred[high * (high + 1) / 2 + low]) / -10.0
        };
        Some([of(reference, reference), of(reference, alternate), of(alternate, alternate)])
    }

    fn reads(&self, evidence: &SampleEvidence) -> Option<SiteReads> {
        let of = |number: Option<usize>| evidence.depths.get(number?).copied();
        let (reference, alternate) = (of(self.reference)?, of(self.alternate)?);
        let shown = reference.saturating_add(alternate);
        let other = evidence.depth.unwrap_or(shown).saturating_sub(shown);
        Some(SiteReads { reference, alternate, other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sites() -> Sites {
        let contig = |name: &str| rihla_core::Contig { name: name.into(), length: u32::MAX, md5: [0; 16] };
        let site = |position| PanelSite::alone((0, position), (0, 2), 0.5);
        let panel = Panel::new([9, 19, 29].map(site).to_vec()).expect("each place once");
        Sites::new(Contigs::new(vec![contig("chr1")]), panel, true)
    }

    /// Copies of ALT and likelihoods at the first site.
    fn read(record: &str) -> Result<Vec<Observed>, String> {
        let sites = sites();
        let mut found = Found { people: vec![vec![Observed::default(); 3]], ..Found::default() };
        sites.add(record.as_bytes(), false, &mut found)?;
        Ok(found.people.remove(0))
    }

    fn first(record: &str) -> (Option<u8>, Option<[f64; 3]>) {
        let observed = read(record).expect("valid")[0];
        (observed.copies, observed.likelihoods)
    }

    #[test]
    fn alleles_are_matched_by_letter() {
        assert_eq!(
            first("chr1\t10\t.\tA\tG\t.\t.\t.\tGT:PL\t0/1:30,0,40"),
            (Some(1), Some([-3.0, 0.0, -4.0]))
        );
        assert_eq!(first("1\t10\t.\tG\tA\t.\t.\t.\tGT:PL\t1/1:90,9,0"), (Some(0), Some([0.0, -0.9, -9.0])));
        assert_eq!(
            first("chr1\t10\t.\tA\tC,G\t.\t.\t.\tGT:PL\t0|2:10,20,30,0,50,60"),
            (Some(1), Some([-1.0, 0.0, -6.0]))
        );
        assert_eq!(first("chr1\t10\t.\tA\tC\t.\t.\t.\tGT:PL\t0/1:30,0,40"), (None, None));
        assert_eq!(first("chr1\t10\t.\tA\t.\t.\t.\t.\tGT\t0/0"), (Some(0), None));
        assert_eq!(first("chr1\t10\t.\tA\tG\t.\t.\t.\tGT\t1"), (Some(2), None));
        assert_eq!(first("chr1\t10\t.\tA\tG\t.\t.\t.\tGT\t./1"), (None, None));
        assert_eq!(first("chr1\t9\t.\tCAT\tC\t.\t.\t.\tGT\t0/1"), (None, None));
        assert_eq!(first("chr2\t10\t.\tA\tG\t.\t.\t.\tGT\t0/1"), (None, None));
    }

    #[test]
    fn blocks_of_the_reference_speak_of_all_their_sites() {
        let observed = read("chr1\t5\t.\tT\t<NON_REF>\t.\t.\tEND=20\tGT:PL\t0/0:0,60,600").expect("valid");
        assert_eq!(observed.iter().map(|one| one.copies).collect::<Vec<_>>(), [Some(0), Some(0), None]);
        assert_eq!(observed[1].likelihoods, Some([0.0, -6.0, -60.0]));
    }

    #[test]
    fn files_of_another_reference_are_told() {
        let found = |sites, others| Found { sites, others, ..Found::default() }.check(Path::new("a.vcf"));
        assert!(found(5, 1).is_ok());
        assert!(found(5, 6).expect_err("a fault").to_string().contains("another reference"));
        assert!(found(0, 0).expect_err("a fault").to_string().contains("none of its records"));
    }
}
