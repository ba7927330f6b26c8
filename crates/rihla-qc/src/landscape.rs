//! Reads, bases and heterozygous SNPs in even windows of the genome: the ground on which the copies of a chromosome and
//! runs of homozygosity show.

use std::collections::BTreeMap;

use rihla_core::record::flags;
use rihla_core::{Interval, Pack, Unpack, VariantRecord, base};

use crate::counters::counters;
use crate::facts::Facts;

/// Bases of a window.
pub const LANDSCAPE_WINDOW: u32 = 10_000;
/// Reads of lower mapping quality may lie elsewhere.
const MIN_MAPPING_QUALITY: u8 = 20;
const EXCLUDED: u16 =
    flags::UNMAPPED | flags::SECONDARY | flags::SUPPLEMENTARY | flags::QC_FAIL | flags::DUPLICATE;

counters! {
    /// What is counted in a window.
    pub struct WindowCounts {
        /// Bases of the reference that are known.
        known,
        /// Of these, G and C.
        strong,
        /// Reads whose leftmost base lies here, without duplicates.
        placed,
        /// Of these, reads of a mapping quality of 20 or more.
        reads,
        /// SNPs that pass every filter and of which the sample has two different alleles.
        hets,
    }
}

/// Windows by contig id and number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Landscape {
    windows: BTreeMap<(u32, u32), WindowCounts>,
}

impl Landscape {
    /// The windows in order: contig id, first base, counts.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32, &WindowCounts)> {
        let windows = self.windows.iter();
        windows.map(|(&(contig, number), counts)| (contig, number * LANDSCAPE_WINDOW, counts))
    }

    fn at(&mut self, contig: u32, position: u32) -> &mut WindowCounts {
        self.windows.entry((contig, position / LANDSCAPE_WINDOW)).or_default()
    }

    /// Counts a variant, if it is a heterozygous SNP that passes every filter.
    pub fn add_variant(&mut self, record: &VariantRecord) {
        let genotype = &record.sample.genotype;
        let is_snp = record.reference.len() == 1
            && record.alternates.iter().all(|alternate| alternate.len() == 1 && alternate[..] != *b"*");
        if is_snp && record.is_pass() && genotype.ploidy() == 2 && genotype.is_het() {
            self.at(record.contig, record.position).hets += 1;
        }
    }

    /// Sets what a window holds.
    #[cfg(test)]
    pub(crate) fn insert(&mut self, contig: u32, number: u32, counts: WindowCounts) {
        self.windows.insert((contig, number), counts);
    }

    /// Adds the counts of another bin.
    pub fn merge(&mut self, other: &Self) {
        for (&place, counts) in &other.windows {
            self.windows.entry(place).or_default().merge(counts);
        }
    }
}

impl Pack for Landscape {
    fn pack(&self, out: &mut Vec<u8>) {
        self.windows.len().pack(out);
        for (&place, counts) in &self.windows {
            place.pack(out);
            counts.pack(out);
        }
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let count: usize = from.read()?;
        let windows = (0..count).map(|_| Some((from.read()?, from.read()?))).collect::<Option<_>>()?;
        Some(Self { windows })
    }
}

/// The windows of one bin.
pub(crate) struct Strip {
    contig: u32,
    /// Number of the first window.
    first: u32,
    windows: Vec<WindowCounts>,
}

impl Strip {
    /// The windows that a bin shares a base with, and the bases that it has of them.
    pub fn of(window: Interval, codes: &[u8]) -> Self {
        let first = window.start / LANDSCAPE_WINDOW;
        let count = window.end.div_ceil(LANDSCAPE_WINDOW) - first;
        let mut windows = vec![WindowCounts::default(); count as usize];
        let mut rest = codes;
        for (number, counts) in (first..).zip(&mut windows) {
            let end = ((number + 1) * LANDSCAPE_WINDOW).min(window.end);
            let bases = end - window.start.max(number * LANDSCAPE_WINDOW);
            let (part, behind) = rest.split_at(bases as usize);
            counts.known = part.iter().filter(|&&code| code < base::N).count() as u64;
            counts.strong = part.iter().filter(|&&code| code == 1 || code == 2).count() as u64;
            rest = behind;
        }
        Self { contig: window.contig, first, windows }
    }

    /// Counts a record of the bin.
    pub fn add(&mut self, facts: &Facts<'_>) {
        let Some(position) = facts.record.position().filter(|_| !facts.has(EXCLUDED)) else { return };
        let number = (position / LANDSCAPE_WINDOW).checked_sub(self.first);
        if let Some(counts) = number.and_then(|number| self.windows.get_mut(number as usize)) {
            counts.placed += 1;
            counts.reads += u64::from(facts.record.mapq() >= MIN_MAPPING_QUALITY);
        }
    }

    /// All that was counted.
    pub fn finish(self) -> Landscape {
        let numbered = (self.first..).zip(self.windows);
        Landscape { windows: numbered.map(|(number, counts)| ((self.contig, number), counts)).collect() }
    }
}
