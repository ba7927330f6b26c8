//! A read on both strands, as codes and packed, ready to be compared.

use rihla_core::base;
use rihla_core::read::ReadRef;
use rihla_kernels::mismatch;
use xxhash_rust::xxh3::xxh3_64;

/// One read in the forms that the stages need; reused from read to read.
#[derive(Default)]
pub(crate) struct Query {
    /// Base codes as sequenced, and of the reverse complement.
    codes: [Vec<u8>; 2],
    packed: [Vec<u64>; 2],
    /// Whether some base is not A, C, G or T; such bases are packed as A.
    pub has_unknown: bool,
    /// Settles ties, by the name alone, so that the order of input does not.
    pub tie: u64,
}

impl Query {
    /// Takes in a read.
    pub fn load(&mut self, read: ReadRef<'_>) {
        let [forward, backward] = &mut self.codes;
        base::encode_into(read.sequence, forward);
        base::reverse_complement_into(forward, backward);
        for (packed, codes) in self.packed.iter_mut().zip(&self.codes) {
            mismatch::pack(codes, packed);
        }
        self.has_unknown = self.codes[0].iter().any(|&code| code > 3);
        self.tie = xxh3_64(read.name);
    }

    /// Number of bases.
    pub fn len(&self) -> u32 {
        self.codes[0].len() as u32
    }

    /// Base codes as they lie along the reference when on that strand.
    pub fn codes(&self, reverse: bool) -> &[u8] {
        &self.codes[usize::from(reverse)]
    }

    /// The same, two bits a base.
    pub fn packed(&self, reverse: bool) -> &[u64] {
        &self.packed[usize::from(reverse)]
    }
}
