//! Whose DNA is sequenced: donors, and mixtures of them.

use std::sync::Arc;

use rihla_core::Interval;

use crate::diploid::TruthRecord;
use crate::karyotype::Karyotype;
use crate::layout::Layout;
use crate::variants::Variants;

/// A genome to read from: a karyotype and variants, in layers that do not clash on a haplotype (what a tumor
/// inherited, what all its cells have, what one clone has).
#[derive(Clone, Debug)]
pub struct Donor {
    karyotype: Karyotype,
    layers: Vec<Arc<Variants>>,
}

impl Donor {
    /// A donor with these variants.
    #[must_use]
    pub fn new(karyotype: Karyotype, variants: Arc<Variants>) -> Self {
        Self { karyotype, layers: vec![variants] }
    }

    /// The same donor with more variants.
    #[must_use]
    pub fn with(mut self, variants: Arc<Variants>) -> Self {
        self.layers.push(variants);
        self
    }

    /// Sex and mitochondria.
    #[must_use]
    pub const fn karyotype(&self) -> Karyotype {
        self.karyotype
    }

    /// The records of all layers that share a base with an interval, sorted by position.
    #[must_use]
    pub fn overlapping(&self, interval: Interval) -> Vec<TruthRecord> {
        let layers = self.layers.iter().flat_map(|layer| layer.overlapping(interval));
        let mut records: Vec<TruthRecord> = layers.collect();
        if self.layers.len() > 1 {
            records.sort_by_key(|record| record.position);
        }
        records
    }

    /// All records, sorted, made window by window.
    pub fn records<'a>(&'a self, layout: &'a Layout) -> impl Iterator<Item = TruthRecord> + 'a {
        layout.windows().iter().flat_map(|window| {
            let own = |record: &TruthRecord| record.position >= window.start;
            self.overlapping(*window).into_iter().filter(own)
        })
    }
}

/// A part of what is sequenced.
#[derive(Clone, Debug)]
pub struct Component {
    /// Whose DNA.
    pub donor: Donor,
    /// Share of the cells, 0 to 1.
    pub share: f64,
}
