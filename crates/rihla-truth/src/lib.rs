//! Comparison of calls with truth by haplotype: two call sets agree at a locus when they spell the same
//! pair of sequences, however each one writes the variants.
//!
//! The idea is that of vcfeval (Cleary et al., bioRxiv 023754, 2015): of the truth and of the calls the
//! largest subsets are sought whose two haplotypes are equal. Variants that could touch each other, moved
//! anywhere in their repeats, form a cluster; within it a dynamic program sweeps along the reference
//! (`search.rs`). Genotypes count; phase does not.

mod class;
mod cluster;
mod counts;
mod search;
mod variant;

pub use class::{Call, Decision, Filter, Kind, MatchKind, Outcome, Side, Subtype, Zygosity};
pub use counts::{Comparison, Counts, Verdict};
pub use variant::TruthVariant;

use rihla_core::normalize::{Allele, normalize};
use rihla_core::{Interval, IntervalSet, Reference, VariantRecord, base};

use cluster::Cluster;
use variant::Prepared;

/// Alleles whose length differs by this many bases or more from REF are structural and left out.
pub const STRUCTURAL: usize = 50;

/// The records that passed every filter, as they are compared.
#[must_use]
pub fn passing(records: &[VariantRecord]) -> Vec<TruthVariant> {
    records.iter().filter(|record| record.is_pass()).map(TruthVariant::from).collect()
}

/// All bases of a reference: for a comparison without confident regions.
#[must_use]
pub fn everywhere(reference: &Reference) -> IntervalSet {
    let whole = |(id, length): (usize, u32)| Interval::new(id as u32, 0, length);
    IntervalSet::new(reference.contigs().iter().map(|contig| contig.length).enumerate().map(whole).collect())
}

/// Compares `query` (records that passed, see [`passing`]) with `truth`.
///
/// A record counts when its REF lies wholly inside `confident`. Records without an ALT allele in the
/// genotype, with symbolic or structural alleles ([`STRUCTURAL`]), of other ploidies than one and two, or
/// beyond the reference are left out ([`Verdict::Ignored`]). Truth is counted by the type of the truth record,
/// query by that of the query record: SNP when every allele keeps the length, else indel. The result does not
/// depend on the order of the records.
#[must_use]
pub fn compare(
    reference: &Reference,
    truth: &[TruthVariant],
    query: &[TruthVariant],
    confident: &IntervalSet,
) -> Comparison {
    let mut comparison = Comparison::new(truth.len(), query.len());
    let truth = prepare(reference, truth, confident, &mut comparison.truth);
    let query = prepare(reference, query, confident, &mut comparison.query);
    for cluster in cluster::clusters(truth, query) {
        judge(reference, &cluster, &mut comparison);
    }
    comparison
}

fn prepare(
    reference: &Reference,
    records: &[TruthVariant],
    confident: &IntervalSet,
    verdicts: &mut [Verdict],
) -> Vec<Prepared> {
    let mut prepared = Vec::with_capacity(records.len());
    // Later sorts are stable: of two ways to write one change the smaller record goes first.
    let mut sorted: Vec<(usize, &TruthVariant)> = records.iter().enumerate().collect();
    sorted.sort_by_key(|&(_, record)| record);
    for (index, record) in sorted {
        match Prepared::new(reference, record, index) {
            None => verdicts[index] = Verdict::Ignored,
            Some(_) if !confident.covers(&record.interval()) => verdicts[index] = Verdict::Outside,
            Some(variant) => prepared.push(variant),
        }
    }
    prepared
}

/// Finds the matches of a cluster, and writes verdicts and counts.
fn judge(reference: &Reference, cluster: &Cluster, comparison: &mut Comparison) {
    let matched = search::best_match(reference, cluster);
    let [truth, query] = &cluster.sides;
    let missed_truth = unmatched_alleles(reference, truth, &matched[0]);
    let missed_query = unmatched_alleles(reference, query, &matched[1]);
    for (i, variant) in truth.iter().enumerate() {
        let verdict = match matched[0][i] {
            true => Verdict::TruePositive,
            false if shares_allele(reference, variant, &missed_query) => Verdict::GenotypeError,
            false => Verdict::FalseNegative,
        };
        comparison.truth[variant.index] = verdict;
        comparison.counts_mut(variant.is_snp).add_truth(verdict);
    }
    for (i, variant) in query.iter().enumerate() {
        let verdict = match matched[1][i] {
            true => Verdict::TruePositive,
            false if shares_allele(reference, variant, &missed_truth) => Verdict::GenotypeError,
            false => Verdict::FalsePositive,
        };
        comparison.query[variant.index] = verdict;
        comparison.counts_mut(variant.is_snp).add_query(verdict);
    }
}

/// Normalized alleles of the variants that found no partner.
fn unmatched_alleles(reference: &Reference, variants: &[Prepared], matched: &[bool]) -> Vec<Allele> {
    let unmatched = variants.iter().zip(matched).filter(|(_, matched)| !**matched);
    unmatched.flat_map(|(variant, _)| normalized_alleles(reference, variant)).collect()
}

fn normalized_alleles(reference: &Reference, variant: &Prepared) -> Vec<Allele> {
    let letter = |position| base::decode(reference.base(variant.contig, position));
    let edits = variant.alleles.iter().flatten();
    edits
        .map(|edit| {
            let allele = Allele {
                position: edit.start,
                reference: (edit.start..edit.end).map(letter).collect(),
                alternate: edit.letters.clone(),
            };
            normalize(allele, letter)
        })
        .collect()
}

fn shares_allele(reference: &Reference, variant: &Prepared, others: &[Allele]) -> bool {
    !others.is_empty() && normalized_alleles(reference, variant).iter().any(|allele| others.contains(allele))
}

#[cfg(test)]
mod tests;
