//! The sample's truth: variants on two haplotypes of a reference.
//!
//! Rates follow a human genome: one SNV in a thousand bases with Ti/Tv 2.1, one indel to eight SNVs,
//! lengths falling as a power law, half of the indels as copies gained or lost in tandem repeats
//! (Montgomery et al., Genome Research 23:749, 2013), three heterozygous to two homozygous.

use rihla_core::genotype::Genotype;
use rihla_core::normalize::{Allele, normalize};
use rihla_core::variant::{Annotations, SampleCall, VariantRecord};
use rihla_core::{Interval, Reference, base};

use crate::TestkitError;
use crate::options::within;
use crate::repeats::{TandemRun, tandem_runs};
use crate::stream::{Domain, Stream, cumulative};

/// What the sample's variants look like.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantOptions {
    /// SNVs a base (sites, both haplotypes together).
    pub snv_rate: f64,
    /// Indels for each SNV.
    pub indels_per_snv: f64,
    /// Transitions for each transversion.
    pub transition_ratio: f64,
    /// Share of heterozygous sites.
    pub het_share: f64,
    /// Share of sites with two ALT alleles, one on each haplotype.
    pub multiallelic: f64,
    /// Share of the indels that add or remove copies in a tandem repeat.
    pub repeat_share: f64,
    /// Longest indel in bases; 50 and more would be structural.
    pub longest_indel: u32,
    /// Bases of reference between two sites, at least.
    pub spacing: u32,
}

impl Default for VariantOptions {
    fn default() -> Self {
        Self {
            snv_rate: 1e-3,
            indels_per_snv: 0.125,
            transition_ratio: 2.1,
            het_share: 0.6,
            multiallelic: 0.005,
            repeat_share: 0.5,
            longest_indel: 49,
            spacing: 3,
        }
    }
}

impl VariantOptions {
    /// Checks every range.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first option out of its range.
    pub fn validate(&self) -> Result<(), TestkitError> {
        within("SNV rate", self.snv_rate, 0.0..=0.1, "from 0 to 0.1")?;
        within("indels for each SNV", self.indels_per_snv, 0.0..=10.0, "from 0 to 10")?;
        within("transitions for each transversion", self.transition_ratio, 0.0..=100.0, "from 0 to 100")?;
        within("share of heterozygous sites", self.het_share, 0.0..=1.0, "from 0 to 1")?;
        within("share of multi-allelic sites", self.multiallelic, 0.0..=1.0, "from 0 to 1")?;
        within("share of indels in repeats", self.repeat_share, 0.0..=1.0, "from 0 to 1")?;
        within("longest indel", f64::from(self.longest_indel), 1.0..=500.0, "from 1 to 500 bases")
    }
}

/// One true variant, left-aligned and trimmed, with its phased genotype.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthRecord {
    /// Contig id.
    pub contig: u32,
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper-case letters.
    pub reference: Vec<u8>,
    /// ALT alleles, upper-case letters.
    pub alternates: Vec<Vec<u8>>,
    /// Allele numbers of the first and of the second haplotype (0 is REF).
    pub genotype: [u8; 2],
}

impl TruthRecord {
    /// One past the last reference base.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.position + self.reference.len() as u32
    }

    /// Whether every ALT is one base for one base.
    #[must_use]
    pub fn is_snv(&self) -> bool {
        self.reference.len() == 1 && self.alternates.iter().all(|alternate| alternate.len() == 1)
    }

    /// Letters that a haplotype (0 or 1) has in place of `reference`; none where it has REF.
    #[must_use]
    pub fn allele(&self, haplotype: usize) -> Option<&[u8]> {
        let number = usize::from(self.genotype[haplotype]);
        number.checked_sub(1).map(|alternate| self.alternates[alternate].as_slice())
    }

    /// The record as a call would be written: PASS, no annotations; the phase is not kept.
    #[must_use]
    pub fn to_variant(&self) -> VariantRecord {
        let [a, b] = self.genotype;
        VariantRecord {
            contig: self.contig,
            position: self.position,
            reference: self.reference.clone(),
            alternates: self.alternates.clone(),
            quality: 0.0,
            filters: Vec::new(),
            annotations: Annotations::default(),
            sample: SampleCall {
                genotype: Genotype::diploid(a, b),
                allele_depths: Vec::new(),
                depth: 0,
                genotype_quality: 99,
                likelihoods: Vec::new(),
            },
        }
    }
}

/// Reference fetched around a window, so that indels can be moved left.
const MARGIN: u32 = 1000;

/// The variants of one window; none touches its edges, so windows can be made apart.
///
/// `number` names the window's stream. Sorted by position, not overlapping.
pub(crate) fn window_truth(
    reference: &Reference,
    window: Interval,
    options: &VariantOptions,
    seed: u64,
    number: u64,
) -> Vec<TruthRecord> {
    let mut maker = Maker::new(reference, window, options, Stream::new(seed, Domain::Truth, number, 0));
    let mut sites = maker.propose();
    sites.sort_by_key(|site| site[0].position);
    maker.accept(sites)
}

/// ALT alleles at one site: one, or two that are on different haplotypes.
type Site = Vec<Allele>;

struct Maker<'a> {
    window: Interval,
    options: &'a VariantOptions,
    stream: Stream,
    /// Letters from `from` on: the window and its margins.
    letters: Vec<u8>,
    from: u32,
    runs: Vec<TandemRun>,
    run_weights: Vec<f64>,
    lengths: Vec<f64>,
}

impl<'a> Maker<'a> {
    fn new(reference: &Reference, window: Interval, options: &'a VariantOptions, stream: Stream) -> Self {
        let from = window.start.saturating_sub(MARGIN);
        let codes = reference.fetch(window.contig, from, window.end + MARGIN);
        let (start, end) = (window.start - from, window.end - from);
        let inside = |run: &TandemRun| run.start > start && run.end < end;
        let runs: Vec<TandemRun> = tandem_runs(&codes).into_iter().filter(inside).collect();
        // Polymorphism rises steeply with the number of copies.
        let run_weights = cumulative(runs.iter().map(|run| f64::from(run.units().min(20)).powi(3)));
        let lengths = cumulative((1..=options.longest_indel).map(|n| f64::from(n).powf(-1.7)));
        Self { window, options, stream, letters: base::decode_all(&codes), from, runs, run_weights, lengths }
    }

    fn propose(&mut self) -> Vec<Site> {
        let snvs = self.options.snv_rate;
        let indels = snvs * self.options.indels_per_snv;
        let in_repeats = if self.runs.is_empty() { 0.0 } else { indels * self.options.repeat_share };
        let mut sites = Vec::new();
        for position in self.positions(snvs) {
            sites.extend(self.snv(position));
        }
        for position in self.positions(indels - in_repeats) {
            sites.extend(self.two_or_one(|maker| Some(maker.indel(position))));
        }
        for _ in self.positions(in_repeats) {
            let run = self.runs[self.stream.weighted(&self.run_weights)];
            sites.extend(self.two_or_one(|maker| maker.repeat_indel(run)));
        }
        sites
    }

    /// Positions in the window, each base with the same small rate.
    fn positions(&mut self, rate: f64) -> Vec<u32> {
        let mut found = Vec::new();
        if rate <= 0.0 {
            return found;
        }
        let mut at = f64::from(self.window.start) + self.stream.exponential(1.0 / rate);
        while at < f64::from(self.window.end) {
            found.push(at as u32);
            at += self.stream.exponential(1.0 / rate);
        }
        found
    }

    fn letter(&self, position: u32) -> u8 {
        position.checked_sub(self.from).and_then(|at| self.letters.get(at as usize)).copied().unwrap_or(b'N')
    }

    fn snv(&mut self, position: u32) -> Option<Site> {
        let code = base::encode(self.letter(position));
        if code == base::N {
            return None;
        }
        let transition = code ^ 2;
        let ratio = self.options.transition_ratio;
        let mut others: Vec<u8> = (0..4).filter(|&other| other != code && other != transition).collect();
        self.stream.shuffle(&mut others);
        let at = if self.stream.chance(ratio / (1.0 + ratio)) { 0 } else { 1 };
        others.insert(at, transition);
        let count = if self.stream.chance(self.options.multiallelic) { 2 } else { 1 };
        let allele = |&other: &u8| Allele {
            position,
            reference: vec![base::decode(code)],
            alternate: vec![base::decode(other)],
        };
        Some(others[..count].iter().map(allele).collect())
    }

    /// A site of one indel, or seldom of two that begin at the same base.
    fn two_or_one(&mut self, mut draw: impl FnMut(&mut Self) -> Option<Allele>) -> Option<Site> {
        let drawn = draw(self)?;
        let first = self.normalized(drawn);
        if !self.stream.chance(self.options.multiallelic) {
            return Some(vec![first]);
        }
        let drawn = draw(self)?;
        let second = self.normalized(drawn);
        let differs = second.position == first.position && second != first;
        Some(if differs { vec![first, second] } else { vec![first] })
    }

    fn normalized(&self, allele: Allele) -> Allele {
        normalize(allele, |position| self.letter(position))
    }

    /// An indel anywhere: removed bases, a copy of the bases before, or random ones.
    fn indel(&mut self, position: u32) -> Allele {
        let length = self.stream.weighted(&self.lengths) as u32 + 1;
        if self.stream.chance(0.5) {
            let reference = (position..position + length).map(|at| self.letter(at)).collect();
            return Allele { position, reference, alternate: Vec::new() };
        }
        let alternate = if self.stream.chance(0.5) {
            (position.saturating_sub(length)..position).map(|at| self.letter(at)).collect()
        } else {
            (0..length).map(|_| base::decode(self.stream.base())).collect()
        };
        Allele { position, reference: Vec::new(), alternate }
    }

    /// Copies gained or lost in a tandem repeat; one copy at least stays.
    fn repeat_indel(&mut self, run: TandemRun) -> Option<Allele> {
        let period = u32::from(run.period);
        let copies = 1 + self.stream.failures(0.7);
        let length = copies * period;
        if length > self.options.longest_indel {
            return None;
        }
        let position = self.from + run.start;
        let mut unit = (0..length).map(|at| self.letter(position + at % period)).collect();
        let mut nothing = Vec::new();
        if self.stream.chance(0.5) {
            if copies >= run.units() {
                return None;
            }
            std::mem::swap(&mut unit, &mut nothing);
        }
        Some(Allele { position, reference: nothing, alternate: unit })
    }

    /// Keeps the sites that are known sequence, inside the window and apart from each other.
    fn accept(&mut self, sites: Vec<Site>) -> Vec<TruthRecord> {
        let mut kept: Vec<TruthRecord> = Vec::with_capacity(sites.len());
        let mut free = self.window.start + 1;
        for site in sites {
            let Some(mut record) = self.join(site) else { continue };
            let room = record.end() + self.options.spacing < self.window.end;
            if record.position < free || !room || !self.known(&record) {
                continue;
            }
            record.genotype = self.genotype(record.alternates.len());
            free = record.end() + self.options.spacing;
            kept.push(record);
        }
        kept
    }

    /// One record of the site's alleles, all written over the longest REF.
    fn join(&self, site: Site) -> Option<TruthRecord> {
        let longest = site.iter().max_by_key(|allele| allele.reference.len())?.reference.clone();
        let mut alternates = Vec::with_capacity(site.len());
        for allele in &site {
            if allele.reference == allele.alternate {
                return None;
            }
            let mut alternate = allele.alternate.clone();
            alternate.extend_from_slice(&longest[allele.reference.len()..]);
            alternates.push(alternate);
        }
        Some(TruthRecord {
            contig: self.window.contig,
            position: site[0].position,
            reference: longest,
            alternates,
            genotype: [0; 2],
        })
    }

    /// No N in the record nor at the bases on both sides of it.
    fn known(&self, record: &TruthRecord) -> bool {
        let around = record.position.saturating_sub(1)..=record.end();
        around.into_iter().all(|at| self.letter(at) != b'N')
            && record.alternates.iter().all(|alternate| !alternate.contains(&b'N'))
    }

    fn genotype(&mut self, alternates: usize) -> [u8; 2] {
        let first = self.stream.chance(0.5);
        match alternates {
            2 if first => [1, 2],
            2 => [2, 1],
            _ if !self.stream.chance(self.options.het_share) => [1, 1],
            _ if first => [1, 0],
            _ => [0, 1],
        }
    }
}

#[cfg(test)]
mod tests;
