//! Alignments with gaps that were made before.

use crate::region::Region;

/// Alignments that are kept: those of a few dozen reads.
const SLOTS: usize = 256;

/// What decides an alignment with gaps.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Key {
    /// Number of the read, of which no other read of this thread has the same; none has 0.
    pub read: u64,
    pub reverse: bool,
    pub contig: u32,
    /// The band.
    pub low: i64,
    pub high: i64,
}

impl Key {
    fn slot(self) -> usize {
        let mixed = (self.read << 1 | u64::from(self.reverse)).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            ^ (self.low as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93)
            ^ (self.high as u64).wrapping_mul(0xA076_1D64_78BD_642F);
        (mixed >> 56) as usize % SLOTS
    }
}

/// The last alignments with gaps, as several stages may ask for the same.
pub(super) struct Memo {
    slots: Vec<(Key, Option<Region>)>,
}

impl Default for Memo {
    fn default() -> Self {
        Self { slots: vec![(Key::default(), None); SLOTS] }
    }
}

impl Memo {
    /// What came out, if this was made and not forgotten since.
    pub fn get(&self, key: Key) -> Option<Option<Region>> {
        let (kept, region) = &self.slots[key.slot()];
        (*kept == key).then(|| region.clone())
    }

    /// Keeps what came out.
    pub fn set(&mut self, key: Key, region: &Option<Region>) {
        self.slots[key.slot()] = (key, region.clone());
    }
}
