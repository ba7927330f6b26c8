//! Records of a VCF as `bcftools stats` counts them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rihla_core::{VariantRecord, base};

use crate::counters::{add_at, counters};

/// Longer insertions and deletions are counted as if they were so long (bases).
const LONGEST_INDEL: i32 = 60;
/// Depths above are counted together.
pub(crate) const DEEPEST: usize = 500;

/// What an ALT allele is to bcftools.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AlleleKind {
    /// A base for another.
    Snp,
    /// Several bases for as many.
    Mnp,
    /// So many bases more, or fewer.
    Indel(i32),
    /// Something else: a deletion that spans the record.
    Overlap,
    /// Bases and their number change at once.
    Other,
}

impl AlleleKind {
    fn of(reference: &[u8], alternate: &[u8]) -> Self {
        if alternate == b"*" {
            return Self::Overlap;
        }
        let longer = alternate.len() as i32 - reference.len() as i32;
        let alike = reference.iter().zip(alternate).take_while(|(one, two)| one == two).count();
        let (reference, alternate) = (&reference[alike..], &alternate[alike..]);
        if reference.is_empty() || alternate.is_empty() {
            return Self::Indel(longer);
        }
        let ends = reference.iter().rev().zip(alternate.iter().rev());
        // At least one base of each stays.
        let least = reference.len().min(alternate.len()) - 1;
        let alike = ends.take(least).take_while(|(one, two)| one == two).count();
        let (reference, alternate) =
            (&reference[..reference.len() - alike], &alternate[..alternate.len() - alike]);
        let ends_alike = reference.last() == alternate.last();
        match (reference.len(), alternate.len()) {
            (1, 1) => Self::Snp,
            (1, _) | (_, 1) if ends_alike => Self::Indel(longer),
            (one, two) if one == two => Self::Mnp,
            _ => Self::Other,
        }
    }
}

counters! {
    /// SNPs and indels of one kind.
    pub struct AlleleCounts {
        /// ALT alleles that are SNPs.
        snps,
        /// Of these, transitions.
        transitions,
        /// Of these, transversions.
        transversions,
        /// ALT alleles that are insertions or deletions.
        indels,
    }
}

counters! {
    /// Records, by what is in them; one of several kinds counts as each.
    pub struct CallSums {
        /// All.
        records,
        /// Those that have a SNP.
        snps,
        /// Those that have an MNP.
        mnps,
        /// Those that have an insertion or deletion.
        indels,
        /// Those that have something else.
        others,
        /// Those of several ALT alleles.
        multi_allelic,
        /// Those of several ALT alleles, all SNPs.
        multi_allelic_snps,
        /// Transitions that are the first ALT allele.
        first_transitions,
        /// Transversions that are the first ALT allele.
        first_transversions,
    }
}

counters! {
    /// The sample's genotypes.
    pub struct GenotypeSums {
        /// Two copies of REF where the record is of no ALT allele that the sample has.
        hom_ref,
        /// Two copies of a SNP's allele.
        hom_alt,
        /// Two different alleles, one of them a SNP.
        het,
        /// Transitions.
        transitions,
        /// Transversions.
        transversions,
        /// Genotypes with an insertion or deletion.
        indels,
        /// Genotypes with an ALT allele, of two copies.
        carried,
        /// One copy, REF.
        haploid_ref,
        /// One copy, ALT.
        haploid_alt,
        /// No genotype.
        missing,
        /// FORMAT `DP`, added up.
        depth,
    }
}

/// What `bcftools stats` counts, with `-s` for the one sample.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallCounts {
    /// Records.
    pub sums: CallSums,
    /// The sample.
    pub genotypes: GenotypeSums,
    /// Alleles that one copy carries.
    pub singletons: AlleleCounts,
    /// Other alleles by their share of the copies, in percent of 0.99.
    pub by_share: BTreeMap<usize, AlleleCounts>,
    /// First alleles by ten times the quality, plus one.
    pub by_quality: BTreeMap<u32, AlleleCounts>,
    /// Indels by the bases that they add, or take away.
    pub by_length: BTreeMap<i32, u64>,
    /// SNPs by code of REF and of ALT.
    pub substitutions: [[u64; 4]; 4],
    /// Genotypes by FORMAT `DP`.
    pub genotypes_by_depth: Vec<u64>,
    /// Records by INFO `DP`.
    pub sites_by_depth: Vec<u64>,
}

impl CallCounts {
    /// Counts one record.
    pub fn add(&mut self, record: &VariantRecord) {
        let kinds: Vec<AlleleKind> =
            record.alternates.iter().map(|alternate| AlleleKind::of(&record.reference, alternate)).collect();
        let has = |what: fn(&AlleleKind) -> bool| u64::from(kinds.iter().any(what));
        let sums = &mut self.sums;
        sums.records += 1;
        sums.snps += has(|kind| *kind == AlleleKind::Snp);
        sums.mnps += has(|kind| *kind == AlleleKind::Mnp);
        sums.others += has(|kind| *kind == AlleleKind::Other);
        let indels = has(|kind| matches!(kind, AlleleKind::Indel(_)));
        sums.indels += indels;
        if kinds.len() > 1 {
            sums.multi_allelic += 1;
            sums.multi_allelic_snps += u64::from(kinds.iter().all(|kind| *kind == AlleleKind::Snp));
        }
        let quality = quality_bin(record.quality);
        self.by_quality.entry(quality).or_default().indels += indels;
        for (i, kind) in kinds.iter().enumerate() {
            self.add_allele(record, i, *kind, quality);
        }
        self.add_genotype(record, &kinds);
        add_at(&mut self.genotypes_by_depth, (record.sample.depth as usize).min(DEEPEST + 1));
        add_at(&mut self.sites_by_depth, (record.annotations.depth as usize).min(DEEPEST + 1));
    }

    fn add_allele(&mut self, record: &VariantRecord, i: usize, kind: AlleleKind, quality: u32) {
        let copies = record.sample.genotype.alleles();
        let carried = copies.iter().filter(|&&allele| usize::from(allele) == i + 1).count();
        let by_copies = match carried {
            1 => &mut self.singletons,
            _ => self.by_share.entry(share_bin(carried, copies.len())).or_default(),
        };
        match kind {
            AlleleKind::Snp => {
                let Some((from, to)) = substitution(record, i) else { return };
                let is_transition = from.abs_diff(to) == 2;
                let mut counts = AlleleCounts { snps: 1, ..AlleleCounts::default() };
                counts.transitions = u64::from(is_transition);
                counts.transversions = u64::from(!is_transition);
                by_copies.merge(&counts);
                self.substitutions[from][to] += 1;
                if i == 0 {
                    self.sums.first_transitions += counts.transitions;
                    self.sums.first_transversions += counts.transversions;
                    self.by_quality.entry(quality).or_default().merge(&counts);
                }
            }
            AlleleKind::Indel(longer) => {
                by_copies.indels += 1;
                *self.by_length.entry(longer.clamp(-LONGEST_INDEL, LONGEST_INDEL)).or_default() += 1;
            }
            AlleleKind::Mnp | AlleleKind::Overlap | AlleleKind::Other => {}
        }
    }

    fn add_genotype(&mut self, record: &VariantRecord, kinds: &[AlleleKind]) {
        let (genotype, sums) = (&record.sample.genotype, &mut self.genotypes);
        sums.depth += u64::from(record.sample.depth);
        let is_reference = genotype.is_hom_ref();
        match genotype.ploidy() {
            0 => sums.missing += 1,
            1 if is_reference => sums.haploid_ref += 1,
            1 => sums.haploid_alt += 1,
            _ if is_reference => sums.hom_ref += 1,
            _ => {
                sums.carried += 1;
                let alternates = || genotype.alleles().iter().filter(|allele| **allele > 0);
                let carried = || alternates().filter_map(|&allele| kinds.get(usize::from(allele) - 1));
                sums.indels += u64::from(carried().any(|kind| matches!(kind, AlleleKind::Indel(_))));
                if carried().all(|kind| *kind != AlleleKind::Snp) {
                    return;
                }
                match genotype.is_het() {
                    true => sums.het += 1,
                    false => sums.hom_alt += 1,
                }
                // The change is that of the lesser of two ALT alleles.
                let least = alternates().min().map(|&allele| usize::from(allele) - 1);
                let Some(least) = least.filter(|&least| kinds.get(least) == Some(&AlleleKind::Snp)) else {
                    return;
                };
                match substitution(record, least) {
                    Some((from, to)) if from.abs_diff(to) == 2 => sums.transitions += 1,
                    Some(_) => sums.transversions += 1,
                    None => {}
                }
            }
        }
    }
}

/// Codes of the first letters of REF and of an ALT allele, where both are known and differ.
fn substitution(record: &VariantRecord, i: usize) -> Option<(usize, usize)> {
    let code =
        |letters: &[u8]| letters.first().map(|&letter| base::encode(letter)).filter(|&code| code < base::N);
    let (from, to) = (code(&record.reference)?, code(&record.alternates[i])?);
    match from.cmp(&to) {
        Ordering::Equal => None,
        _ => Some((from.into(), to.into())),
    }
}

/// The bin of a share of copies, divided in single precision as bcftools divides.
fn share_bin(carried: usize, copies: usize) -> usize {
    if copies == 0 { 0 } else { (carried as f32 / copies as f32 * 99.0) as usize }
}

/// The bin of a quality as the VCF has it, of two decimals; 0 for one that it does not have.
fn quality_bin(quality: f32) -> u32 {
    match format!("{quality:.2}").parse::<f32>() {
        Ok(quality) if quality >= 0.0 => 1 + (quality * 10.0) as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alleles_are_what_htslib_takes_them_for() {
        let kind =
            |reference: &str, alternate: &str| AlleleKind::of(reference.as_bytes(), alternate.as_bytes());
        assert_eq!(kind("A", "G"), AlleleKind::Snp);
        assert_eq!(kind("ACA", "AGA"), AlleleKind::Snp, "within other bases");
        assert_eq!(kind("AC", "GT"), AlleleKind::Mnp);
        assert_eq!(kind("A", "ACC"), AlleleKind::Indel(2));
        assert_eq!(kind("ACC", "A"), AlleleKind::Indel(-2));
        assert_eq!(kind("CA", "CGA"), AlleleKind::Indel(1), "of bases in the middle");
        assert_eq!(kind("A", "CCA"), AlleleKind::Indel(2), "before the base");
        assert_eq!(kind("ACC", "GT"), AlleleKind::Other);
        assert_eq!(kind("A", "*"), AlleleKind::Overlap);
    }

    #[test]
    fn qualities_go_by_tenths() {
        assert_eq!(quality_bin(28.849), 289);
        assert_eq!(quality_bin(0.0), 1);
        assert_eq!(quality_bin(f32::NAN), 0);
    }
}
