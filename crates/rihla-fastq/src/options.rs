//! How FASTQ is read: the options, their defaults and the fixed limits.

use crate::encoding::QualityOffset;

/// Default of [`ReadOptions::batch_bases`]: 5,000 pairs of 2x150.
pub const DEFAULT_BATCH_BASES: usize = 1_500_000;

/// The longest read that is taken, in bases; the whole chain is made for short reads.
pub const MAX_READ_LENGTH: usize = 65_535;

/// The longest read name that is taken, in bytes: the most that BAM holds.
pub const MAX_NAME_LENGTH: usize = 254;

/// The largest window of a zstd frame that is taken, as a power of two of bytes: 128 MiB, which is also the most
/// that the zstd program takes without being told otherwise.
pub(crate) const MAX_WINDOW_LOG: u32 = 27;

/// What a read of few bases counts towards the size of a batch, so that batches of empty reads end.
pub(crate) const MIN_READ_WEIGHT: usize = 32;

/// Batches stay well below the 4 GiB that a `ReadBatch` can hold: at a read's smallest weight its
/// name, bases and qualities take at most ten times the weight.
const MAX_BATCH_BASES: usize = 1 << 28;

/// How FASTQ is read. Nothing here changes which reads come out, or their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// A batch ends with the first template that brings it to this many bases; from 1 to 2^28.
    pub batch_bases: usize,
    /// Bytes of decompressed text held at once; grows to the size of one record where that is larger.
    pub buffer_bytes: usize,
    /// Whether a BGZF input without its end marker is always an error.
    ///
    /// When false it is an error only where the last block is a full one, as it is in a file that was
    /// cut between two blocks; otherwise it is a [`Warning`](crate::Warning). Illumina's bcl2fastq
    /// writes BGZF without the marker, so that refusing every such file would refuse whole archives.
    pub require_end_marker: bool,
    /// How the qualities are encoded. `None` is Phred+33, refused where the first 40,000 templates look like Phred+64.
    pub quality_offset: Option<QualityOffset>,
    /// Whether the inputs are digested as they are read.
    pub digests: bool,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            batch_bases: DEFAULT_BATCH_BASES,
            buffer_bytes: 1 << 20,
            require_end_marker: false,
            quality_offset: None,
            digests: false,
        }
    }
}

impl ReadOptions {
    pub(crate) fn clamped_batch_bases(&self) -> usize {
        self.batch_bases.clamp(1, MAX_BATCH_BASES)
    }
}
