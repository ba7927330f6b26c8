//! What follows fragments that are shorter than the read.

use rihla_core::base;

use crate::profile::{Adapters, QualityTables, TRUSEQ};

use super::rounded;

/// Bases of an adapter that are looked at.
const LONGEST: usize = 34;
/// Reads that must agree.
const ENOUGH: u64 = 30;
/// Share of the reads that must have the same base.
const AGREED: f64 = 0.6;
/// Bases that must be agreed upon.
const SHORTEST: usize = 12;
/// Alphabets up to this length are those of sequencers with two colors.
const TWO_COLORS: usize = 4;

/// Bases by mate and place behind the fragment.
#[derive(Clone, Debug)]
pub(super) struct AdapterCounts {
    bases: [[[u64; 4]; LONGEST]; 2],
}

impl Default for AdapterCounts {
    fn default() -> Self {
        Self { bases: [[[0; 4]; LONGEST]; 2] }
    }
}

impl AdapterCounts {
    /// Counts the codes that follow a fragment in one mate, in the direction of reading.
    pub(super) fn add(&mut self, mate: usize, behind: &[u8]) {
        for (counts, &code) in self.bases[mate].iter_mut().zip(behind) {
            if let Some(count) = counts.get_mut(usize::from(code)) {
                *count += 1;
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.bases.iter_mut().flatten().zip(other.bases.iter().flatten()) {
            super::add_counts(mine, theirs);
        }
    }

    /// The adapters that the reads agree upon, else the usual ones. `share` is that of the pairs that reach an
    /// adapter.
    pub(super) fn finish(
        &self,
        share: Option<f64>,
        qualities: &QualityTables,
        notes: &mut Vec<String>,
    ) -> Adapters {
        let found = [0, 1].map(|mate| self.agreed(mate));
        let observed = found.iter().all(|letters| letters.len() >= SHORTEST);
        if !observed {
            notes.push(
                "adapters: too few reads run into one; Illumina's TruSeq adapters are taken".to_owned(),
            );
        }
        Adapters {
            sequences: if observed { found } else { TRUSEQ.map(str::to_owned) },
            observed,
            filler: if qualities.alphabet.len() <= TWO_COLORS { 'G' } else { 'A' },
            share: share.map(rounded),
        }
    }

    fn agreed(&self, mate: usize) -> String {
        let best = |counts: &[u64; 4]| {
            let total: u64 = counts.iter().sum();
            let (code, &most) = counts.iter().enumerate().max_by_key(|(_, count)| **count)?;
            let agreed = total >= ENOUGH && most as f64 >= AGREED * total as f64;
            agreed.then(|| char::from(base::decode(code as u8)))
        };
        self.bases[mate].iter().map_while(best).collect()
    }
}
