//! A child of two donors: recombination and de novo variants.

use std::sync::Arc;

use rihla_core::Interval;

use crate::TestkitError;
use crate::diploid::sites::scattered_sites;
use crate::diploid::{TruthRecord, VariantOptions};
use crate::donor::Donor;
use crate::karyotype::{Karyotype, Sex};
use crate::layout::Layout;
use crate::options::within;
use crate::stream::{Domain, Stream, cumulative};
use crate::variants::Variants;

/// Crossovers a base and meiosis: one centimorgan a megabase.
const CROSSOVERS: f64 = 1e-8;
/// The same in the pseudoautosomal regions of a male: about one in two meioses has one in PAR1.
const CROSSOVERS_IN_PAR: f64 = 2e-7;
/// De novo variants a base of the reference: about 70 in a human genome (Kong et al., Nature 488:471, 2012).
pub const DE_NOVO_RATE: f64 = 2.4e-8;
/// Share of the de novo variants that come from the father (the same).
const PATERNAL: f64 = 0.75;

/// Two parents and what they pass on.
pub struct Family {
    layout: Arc<Layout>,
    /// Father and mother.
    parents: [Donor; 2],
    child: Karyotype,
    gametes: [Gamete; 2],
    seed: u64,
}

/// Which haplotype of a parent a child has: for each contig, from which position on.
type Gamete = Vec<Vec<(u32, Option<usize>)>>;

impl Family {
    /// A child of a father and a mother; a seed draws the crossovers.
    ///
    /// # Errors
    /// [`TestkitError::Option`] when the father is no male or the mother no female.
    pub fn new(
        layout: &Arc<Layout>,
        parents: [Donor; 2],
        child: Karyotype,
        seed: u64,
    ) -> Result<Self, TestkitError> {
        for (parent, sex) in parents.iter().zip([Sex::Male, Sex::Female]) {
            if parent.karyotype().sex != sex {
                let value = parent.karyotype().sex.to_string();
                return Err(TestkitError::Option { option: "sex of a parent", value, expected: "its own" });
            }
        }
        let gametes = [0, 1].map(|parent| gamete(layout, parent, child.sex, seed));
        Ok(Self { layout: layout.clone(), parents, child, gametes, seed })
    }

    /// What the child inherits in one window: sorted records, those of both parents at one position joined.
    #[must_use]
    pub fn window(&self, window: usize) -> Vec<TruthRecord> {
        let interval = self.layout.windows()[window];
        let copies = self.layout.copies(self.child, window);
        let mut inherited: Vec<TruthRecord> = Vec::new();
        for (which, (parent, gamete)) in self.parents.iter().zip(&self.gametes).enumerate() {
            let own = |record: &TruthRecord| record.position >= interval.start;
            for record in parent.overlapping(interval).into_iter().filter(own) {
                let Some(haplotype) = passed_on(gamete, record.contig, record.position) else { continue };
                let mut genotype = [0; 2];
                genotype[which] = record.genotype[haplotype];
                if genotype[which] == TruthRecord::ABSENT {
                    continue;
                }
                if let Some(genotype) = TruthRecord::on_existing(genotype, copies) {
                    inherited.push(TruthRecord { genotype, ..record }.trimmed());
                }
            }
        }
        inherited.sort_by_key(|record| record.position);
        join_positions(inherited)
    }

    /// `count` de novo variants of a child that has `inherited`, sorted, away from those.
    ///
    /// # Errors
    /// [`TestkitError::Option`] when there is no room for so many.
    pub fn de_novo(
        &self,
        inherited: &Donor,
        count: u32,
        options: &VariantOptions,
    ) -> Result<Variants, TestkitError> {
        let windows = 0..self.layout.windows().len();
        let weight = |window: usize| {
            let copies = self.layout.copies(self.child, window);
            let known = self.layout.known_bases(window) as f64;
            if copies == [0.0, 0.0] { 0.0 } else { known }
        };
        let sums = cumulative(windows.clone().map(weight));
        let room = sums.last().copied().unwrap_or(0.0) / 1000.0;
        within(
            "number of de novo variants",
            f64::from(count),
            0.0..=room,
            "at most one in 1000 known bases",
        )?;
        let mut stream = Stream::new(self.seed, Domain::DeNovo, 0, 0);
        let mut counts = vec![0u32; windows.len()];
        (0..count).for_each(|_| counts[stream.weighted(&sums)] += 1);
        let mut variants = Variants::default();
        for (window, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let interval = self.layout.windows()[window];
            let stream = Stream::new(self.seed, Domain::DeNovo, 1, window as u64);
            let near = inherited.overlapping(interval);
            let sites = scattered_sites((self.layout.reference(), interval), options, stream, (count, &near));
            let mut stream = Stream::new(self.seed, Domain::DeNovo, 2, window as u64);
            let copies = self.layout.copies(self.child, window);
            for site in sites {
                let drawn = if stream.chance(PATERNAL) { [1, 0] } else { [0, 1] };
                let either = || TruthRecord::on_existing([drawn[1], drawn[0]], copies);
                let genotype = TruthRecord::on_existing(drawn, copies).or_else(either);
                variants.extend(genotype.map(|genotype| TruthRecord { genotype, ..site }));
            }
        }
        Ok(variants)
    }
}

/// Draws what a parent (0 the father) passes on to a child.
fn gamete(layout: &Layout, parent: usize, child: Sex, seed: u64) -> Gamete {
    let chromosomes = layout.chromosomes();
    let contigs = layout.reference().contigs();
    let of_contig = |contig: u32| {
        let length = contigs.get(contig).length;
        let mut stream = Stream::new(seed, Domain::Meiosis, u64::from(contig), parent as u64);
        let id = Some(contig);
        match parent {
            _ if id == chromosomes.mitochondrion() => vec![(0, (parent == 1).then_some(1))],
            0 if id == chromosomes.y() => vec![(0, (child == Sex::Male).then_some(0))],
            0 if id == chromosomes.x() => {
                // A daughter has his X, a son his Y; either carries the neighboring ends.
                let linked = usize::from(child == Sex::Female);
                fathers_x(layout, (contig, length), linked, &mut stream)
            }
            1 if id == chromosomes.y() => vec![(0, None)],
            _ => {
                let first = stream.index(2);
                let ends = crossovers(0..length, CROSSOVERS, &mut stream);
                alternating(0, &ends, first)
            }
        }
    };
    (0..contigs.len() as u32).map(of_contig).collect()
}

/// Positions of crossovers in a stretch, ascending.
fn crossovers(stretch: std::ops::Range<u32>, rate: f64, stream: &mut Stream) -> Vec<u32> {
    let mut found = Vec::new();
    let mut at = f64::from(stretch.start) + stream.exponential(1.0 / rate);
    while at < f64::from(stretch.end) {
        found.push(at as u32);
        at += stream.exponential(1.0 / rate);
    }
    found
}

/// Haplotypes taken in turn from `start` on.
fn alternating(start: u32, ends: &[u32], first: usize) -> Vec<(u32, Option<usize>)> {
    let starts = std::iter::once(start).chain(ends.iter().copied());
    starts.enumerate().map(|(number, at)| (at, Some((first + number) % 2))).collect()
}

/// What of a father's X goes to a child: outside the pseudoautosomal regions haplotype 1, his X, if that is
/// `linked`; inside, what is linked to it at their inner end, with crossovers on the way to the outer end.
fn fathers_x(
    layout: &Layout,
    (contig, length): (u32, u32),
    linked: usize,
    stream: &mut Stream,
) -> Vec<(u32, Option<usize>)> {
    let body = (linked == 1).then_some(1);
    let mut segments = vec![(0, body)];
    let regions = layout.chromosomes().par().as_slice();
    for region in regions.iter().filter(|region| region.contig == contig) {
        let ends = crossovers(region.start..region.end, CROSSOVERS_IN_PAR, stream);
        let is_left = region.start / 2 + region.end / 2 < length / 2;
        let first = if is_left { (linked + ends.len()) % 2 } else { linked };
        segments.retain(|&(start, _)| start < region.start);
        segments.extend(alternating(region.start, &ends, first));
        segments.push((region.end, body));
    }
    segments
}

fn passed_on(gamete: &Gamete, contig: u32, position: u32) -> Option<usize> {
    let segments = &gamete[contig as usize];
    let behind = segments.partition_point(|&(start, _)| start <= position);
    segments[..behind].last().and_then(|&(_, haplotype)| haplotype)
}

/// Joins the records of father and mother at one position into one.
fn join_positions(records: Vec<TruthRecord>) -> Vec<TruthRecord> {
    let mut joined: Vec<TruthRecord> = Vec::with_capacity(records.len());
    for record in records {
        match joined.last_mut() {
            Some(last) if last.position == record.position && apart(last, &record) => join(last, record),
            _ => joined.push(record),
        }
    }
    joined
}

fn apart(one: &TruthRecord, other: &TruthRecord) -> bool {
    (0..2).all(|which| one.allele(which).is_none() || other.allele(which).is_none())
}

/// Adds the alleles of another record at the same position, on the other haplotype; both are written over the
/// longer REF.
fn join(into: &mut TruthRecord, mut other: TruthRecord) {
    if other.reference.len() > into.reference.len() {
        std::mem::swap(into, &mut other);
    }
    let tail = &into.reference[other.reference.len()..];
    for which in 0..2 {
        let Some(letters) = other.allele(which) else { continue };
        let letters = [letters, tail].concat();
        let known = into.alternates.iter().position(|alternate| *alternate == letters);
        let number = known.unwrap_or_else(|| {
            into.alternates.push(letters);
            into.alternates.len() - 1
        });
        into.genotype[which] = number as u8 + 1;
    }
}

/// The usual number of de novo variants in a reference of so many known bases.
#[must_use]
pub fn usual_de_novo(layout: &Layout) -> u32 {
    (layout.known().as_slice().iter().map(Interval::len).map(f64::from).sum::<f64>() * DE_NOVO_RATE).round()
        as u32
}

#[cfg(test)]
mod tests;
