//! What does not belong to the sample goes from the ends of reads: adapters, tails of G, bases of low quality.
//!
//! Only 3' ends are cut, so that what is left of a read is its beginning. No read goes: one of which too little is left
//! stays whole and is marked as unfit to be aligned ([`ReadBatch::is_unfit`]).

mod adapter;
mod counts;
mod near;
mod overlap;
mod tail;

use rihla_core::ReadBatch;

pub use adapter::{LEAST_ADAPTER, find_adapter};
pub use counts::{Cut, TrimCounts};
pub use overlap::Overlapper;
pub use tail::{without_low_quality, without_poly_g};

use crate::counts::ReadCounts;

/// Adapter behind first mates and single reads in Illumina's TruSeq libraries and those like them.
pub const TRUSEQ_R1: &[u8] = b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCA";

/// Adapter behind second mates in these.
pub const TRUSEQ_R2: &[u8] = b"AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT";

/// Adapter behind both mates in Nextera libraries.
pub const NEXTERA: &[u8] = b"CTGTCTCTTATACACATCT";

/// How reads are trimmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrimOptions {
    /// Adapters behind first mates and single reads, and behind second mates, in upper case.
    pub adapters: [Vec<Vec<u8>>; 2],
    /// Whether tails of G go.
    pub poly_g: bool,
    /// Bases go from the end on while the mean quality of the last four is below this.
    pub quality: Option<u8>,
    /// A read that was cut to fewer bases than this is unfit.
    pub min_length: usize,
}

impl TrimOptions {
    /// Default of [`TrimOptions::min_length`].
    pub const MIN_LENGTH: usize = 35;
}

impl Default for TrimOptions {
    fn default() -> Self {
        let adapters = [TRUSEQ_R1, TRUSEQ_R2].map(|truseq| vec![truseq.to_vec(), NEXTERA.to_vec()]);
        Self { adapters, poly_g: false, quality: None, min_length: Self::MIN_LENGTH }
    }
}

/// Whether reads of this name come from an instrument that sees no signal as G: NextSeq, NovaSeq, MiniSeq, iSeq.
///
/// Instruments are named in the first field of Illumina's read names, by letters that tell the model, and digits.
#[must_use]
pub fn is_two_color(name: &[u8]) -> bool {
    const MODELS: [&[u8]; 9] = [b"NB", b"NS", b"NDX", b"MN", b"FS", b"VH", b"VL", b"LH", b"A"];
    let instrument = &name[..memchr::memchr(b':', name).unwrap_or(0)];
    let letters = instrument.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (model, number) = instrument.split_at(letters);
    MODELS.contains(&model) && number.first().is_some_and(u8::is_ascii_digit)
}

/// Trims batches; any thread may.
#[derive(Clone, Debug)]
pub struct Trimmer {
    options: TrimOptions,
}

/// How much of a read is left after each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left {
    whole: usize,
    poly_g: usize,
    quality: usize,
    adapter: usize,
}

impl Trimmer {
    /// A trimmer.
    #[must_use]
    pub fn new(options: TrimOptions) -> Self {
        Self { options }
    }

    /// Trims the reads of a batch, and says what became of them.
    pub fn trim(&self, batch: &mut ReadBatch) -> TrimCounts {
        let mut counts = TrimCounts::default();
        let mut overlapper = Overlapper::default();
        let step = 1 + usize::from(batch.paired);
        for at in (0..batch.len()).step_by(step) {
            let mut left = [0, step - 1].map(|mate| self.tails(batch, at + mate));
            if batch.paired {
                self.cut_pair(batch, at, &mut left, &mut overlapper);
            } else {
                left[0].adapter = self.without_adapter(batch, at, 0, left[0].quality);
            }
            for (mate, left) in left[..step].iter().enumerate() {
                counts.add([left.whole, left.poly_g, left.quality, left.adapter]);
                let is_cut = left.adapter < left.whole;
                if is_cut && left.adapter < self.options.min_length {
                    batch.mark_unfit(at + mate);
                    counts.too_short += 1;
                } else if is_cut {
                    batch.truncate(at + mate, left.adapter);
                }
            }
        }
        counts.after = ReadCounts::of_fit(batch);
        counts
    }

    /// What tails of G and of low quality leave of a read.
    fn tails(&self, batch: &ReadBatch, i: usize) -> Left {
        let read = batch.read(i);
        let whole = read.sequence.len();
        let poly_g = if self.options.poly_g { without_poly_g(read.sequence) } else { whole };
        let qualities = &read.qualities[..poly_g];
        let quality = self.options.quality.map_or(poly_g, |least| without_low_quality(qualities, least));
        Left { whole, poly_g, quality, adapter: quality }
    }

    /// Cuts adapters from two mates: where their overlap tells the insert by that, else by sequence.
    fn cut_pair(&self, batch: &ReadBatch, at: usize, left: &mut [Left; 2], overlapper: &mut Overlapper) {
        let text = |mate: usize| &batch.read(at + mate).sequence[..left[mate].quality];
        match overlapper.insert_length(text(0), text(1)) {
            Some(insert) => left.iter_mut().for_each(|left| left.adapter = left.quality.min(insert)),
            None => {
                for (mate, left) in left.iter_mut().enumerate() {
                    left.adapter = self.without_adapter(batch, at + mate, mate, left.quality);
                }
            }
        }
    }

    /// Length of the first `length` bases of a read without the adapter that comes first in them.
    fn without_adapter(&self, batch: &ReadBatch, i: usize, mate: usize, length: usize) -> usize {
        let sequence = &batch.read(i).sequence[..length];
        let adapters = self.options.adapters[mate].iter();
        adapters.filter_map(|adapter| find_adapter(sequence, adapter)).min().unwrap_or(length)
    }
}

#[cfg(test)]
mod tests;
