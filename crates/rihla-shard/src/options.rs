//! How records are sharded and duplicates are found.

use std::path::PathBuf;

/// Options of a [`ShardWriter`](crate::ShardWriter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShardOptions {
    /// Bytes that records and keys may hold in memory before they are spilled.
    pub memory_bytes: usize,
    /// Directory of the spill file, which is made at the first spill and vanishes with the process.
    pub temp_dir: PathBuf,
    /// Length of a genome bin in bases. A contig shorter than that is one bin; no bin spans contigs.
    pub bin_bases: u32,
    /// A bin of more bytes of records than this is cut into parts of about as much, each given out as a bin of its own.
    pub part_bytes: u64,
    /// Bases on both sides of a bin from which a bin also gets its neighbors' records.
    pub halo_bases: u32,
    /// Number of libraries; duplicates are looked for inside each.
    pub libraries: u16,
    /// Greatest difference in x and in y at which two duplicates on one tile are optical. 100 suits
    /// flow cells without pattern; patterned ones want 2,500.
    pub optical_pixels: u32,
}

impl ShardOptions {
    /// Default of [`memory_bytes`](Self::memory_bytes): 2 GiB.
    pub const MEMORY_BYTES: usize = 2 << 30;
    /// Default of [`bin_bases`](Self::bin_bases): a quarter of a megabase, so that the bins that all the
    /// threads of a large server have in hand stay small (20 MB each at 30x) and small targets still
    /// spread over the threads. The halo's copies cost under one percent.
    pub const BIN_BASES: u32 = 1 << 18;
    /// Default of [`part_bytes`](Self::part_bytes): three times a bin at 30x.
    pub const PART_BYTES: u64 = 64 << 20;
    /// Default of [`halo_bases`](Self::halo_bases).
    pub const HALO_BASES: u32 = 1000;
    /// Default of [`optical_pixels`](Self::optical_pixels), Picard's.
    pub const OPTICAL_PIXELS: u32 = 100;
}

impl Default for ShardOptions {
    fn default() -> Self {
        Self {
            memory_bytes: Self::MEMORY_BYTES,
            temp_dir: std::env::temp_dir(),
            bin_bases: Self::BIN_BASES,
            part_bytes: Self::PART_BYTES,
            halo_bases: Self::HALO_BASES,
            libraries: 1,
            optical_pixels: Self::OPTICAL_PIXELS,
        }
    }
}
