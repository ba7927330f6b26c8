//! Comparison of calls with truth by haplotype: two call sets agree at a locus when they spell the same
//! pair of sequences, however each one writes the variants.
//!
//! The idea is that of vcfeval (Cleary et al., bioRxiv 023754, 2015): of the truth and of the calls the
//! largest subsets are sought whose two haplotypes are equal. Variants that could touch each other, moved
//! anywhere in their repeats, form a cluster; within it a dynamic program sweeps along the reference
//! (`search.rs`). Genotypes count, and phases where
//! both sides have them, unless [`CompareOptions`] says otherwise.

mod class;
mod cluster;
pub mod curve;
mod cut;
pub mod floor;
mod judge;
pub mod report;
mod search;
pub mod tally;
mod variant;
pub mod wilson;

pub use class::{Call, Decision, Filter, Kind, MatchKind, Outcome, Side, Subtype, Zygosity};
pub use cut::Cutter;
pub use floor::{Floor, FloorError, Shortfall};
pub use report::{Accounting, Fate, Provenance, RegionFile, Report, Stratum};
pub use tally::{Cell, Slice, Tally};
pub use variant::TruthVariant;

use rihla_core::{Interval, IntervalSet, Reference, VariantRecord};

use variant::Prepared;

/// Alleles whose length differs by this many bases or more from REF are structural and left out.
pub const STRUCTURAL: usize = 50;

/// What has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompareOptions {
    /// Whether genotypes have to agree; else one ALT allele of each record does, as if there were one copy.
    pub genotypes: bool,
    /// Whether phases have to agree among the records of a cluster that are phased on both sides.
    pub phase: bool,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { genotypes: true, phase: true }
    }
}

/// What a comparison says of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Judged {
    /// There is nothing to compare, for this reason.
    Unfit(Fate),
    /// It was compared.
    Compared {
        /// As tables count it.
        call: Call,
        /// 0-based start of its cluster on the contig: records that were compared together share it.
        locus: u32,
    },
}

impl Judged {
    /// The record as tables count it.
    #[must_use]
    pub const fn call(&self) -> Option<&Call> {
        match self {
            Self::Unfit(_) => None,
            Self::Compared { call, .. } => Some(call),
        }
    }

    /// What became of it under a filter; none when it was not compared.
    #[must_use]
    pub fn outcome(&self, filter: Filter) -> Option<Outcome> {
        self.call().map(|call| call.outcome[filter as usize])
    }

    /// Where it went.
    #[must_use]
    pub fn fate(&self) -> Fate {
        match self {
            Self::Unfit(fate) => *fate,
            Self::Compared { call, .. } => match call.outcome.map(|outcome| outcome.decision) {
                [Decision::Unknown, _] => Fate::Outside,
                [_, Decision::NotCompared] => Fate::Filtered,
                _ => Fate::Compared,
            },
        }
    }
}

/// The records as they are compared.
#[must_use]
pub fn variants(records: &[VariantRecord]) -> Vec<TruthVariant> {
    records.iter().map(TruthVariant::from).collect()
}

/// All bases of a reference and one behind each contig, so that insertions there are inside: for a comparison
/// without confident regions.
#[must_use]
pub fn everywhere(reference: &Reference) -> IntervalSet {
    let whole = |(id, length): (usize, u32)| Interval::new(id as u32, 0, length.saturating_add(1));
    IntervalSet::new(reference.contigs().iter().map(|contig| contig.length).enumerate().map(whole).collect())
}

/// Compares `query` with `truth`; what is said of each record comes back in the order given.
///
/// All records take part in matching. As in vcfeval, a true variant counts when it is inside `confident`
/// ([`TruthVariant::is_in`]), an unmatched call too, and a matched call when one of the true variants that it was
/// matched with counts. [`Fate`] lists
/// the reasons why there is nothing to compare in a record. The result does not depend on the order of the
/// records.
///
/// # Panics
/// When a record does not lie inside its contig.
#[must_use]
pub fn judge(
    reference: &Reference,
    [truth, query]: [&[TruthVariant]; 2],
    confident: &IntervalSet,
    options: CompareOptions,
) -> [Vec<Judged>; 2] {
    let mut verdicts = [Vec::new(), Vec::new()];
    let mut sides = [truth, query].map(|records| Vec::with_capacity(records.len()));
    for (side, records) in [truth, query].into_iter().enumerate() {
        verdicts[side] = vec![Judged::Unfit(Fate::NoCall); records.len()];
        for (index, record) in records.iter().enumerate() {
            let place = (index, record.is_in(confident));
            let prepared = match side == 0 && !record.is_pass {
                true => Err(Fate::Filtered),
                false => Prepared::new(reference, record, place, options),
            };
            match prepared {
                Ok(variant) => sides[side].push(variant),
                Err(why) => verdicts[side][index] = Judged::Unfit(why),
            }
        }
        // Later sorts are stable: of two ways to write one change the smaller record goes first.
        sides[side].sort_by(|a, b| records[a.index].written().cmp(&records[b.index].written()));
    }
    let [truth_side, query_side] = sides;
    cluster::for_each_locus(truth_side, query_side, |members| {
        judge::judge(reference, members, [truth, query], &mut verdicts);
    });
    verdicts
}

/// A small comparison that is held in memory as a whole, of the records that pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Counts of SNVs and MNVs.
    pub snp: Cell,
    /// Counts of all other records.
    pub indel: Cell,
    /// What is said of each truth record, in the order given.
    pub truth: Vec<Judged>,
    /// What is said of each query record, in the order given.
    pub query: Vec<Judged>,
}

impl Comparison {
    /// Counts of both types together.
    #[must_use]
    pub fn all(&self) -> Cell {
        self.snp + self.indel
    }
}

/// Compares the records that pass, and sums up.
#[must_use]
pub fn compare(
    reference: &Reference,
    truth: &[TruthVariant],
    query: &[TruthVariant],
    confident: &IntervalSet,
) -> Comparison {
    let [truth, query] = judge(reference, [truth, query], confident, CompareOptions::default());
    let mut tally = Tally::new(0);
    truth.iter().chain(&query).filter_map(Judged::call).for_each(|call| tally.add(call, &[]));
    let of = |kind| tally.cell(&Slice::whole(Filter::Pass, kind));
    Comparison { snp: of(Kind::Snp), indel: of(Kind::Indel), truth, query }
}

#[cfg(test)]
mod tests;
