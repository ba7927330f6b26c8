//! Checksums of sections, computed in pieces.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;
use rihla_kernels::mmap::MappedFile;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::IndexError;

/// Bytes of a piece, whole entries of six, seven or eight bytes.
pub(super) const PIECE: usize = 6 * 7 * 8 * (1 << 15);

/// The checksum of a section: xxh3 over the xxh3 of its pieces.
pub(super) fn of_section(section: &[u8]) -> u64 {
    of_pieces(&section.par_chunks(PIECE).map(xxh3_64).collect::<Vec<u64>>())
}

/// The checksum of a section from those of its pieces.
pub(super) fn of_pieces(pieces: &[u64]) -> u64 {
    xxh3_64(bytemuck::cast_slice(pieces))
}

/// A section of a file with the checksum that it should have.
pub(super) struct Expected {
    pub name: &'static str,
    pub range: Range<usize>,
    pub checksum: u64,
}

/// The sections of a mapped file that are checked later.
pub(super) struct Unchecked {
    pub path: PathBuf,
    pub file: Arc<MappedFile>,
    pub sections: Vec<Expected>,
}

impl Unchecked {
    /// Compares the checksums of the sections with what lies there.
    pub fn verify(&self) -> Result<(), IndexError> {
        for section in &self.sections {
            // On this thread alone: the others have reads to align.
            let pieces = self.file.bytes()[section.range.clone()].chunks(PIECE).map(xxh3_64);
            if of_pieces(&pieces.collect::<Vec<u64>>()) != section.checksum {
                return Err(IndexError::Corrupt { path: self.path.clone(), section: section.name });
            }
        }
        Ok(())
    }
}
