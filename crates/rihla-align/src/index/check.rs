//! Checksums of sections, computed in pieces.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
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
    pub range: Range<u64>,
    pub checksum: u64,
}

/// The sections of an opened file that are checked later.
pub(super) struct Unchecked {
    pub path: PathBuf,
    /// The very file that is mapped, whatever has taken its name since.
    pub file: Mutex<File>,
    pub sections: Vec<Expected>,
}

impl Unchecked {
    /// Reads the sections and compares their checksums.
    pub fn verify(&self) -> Result<(), IndexError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = vec![0; PIECE];
        for section in &self.sections {
            let found = read_section(&mut file, section.range.clone(), &mut buffer)
                .map_err(|source| IndexError::Io { path: self.path.clone(), source })?;
            if found != section.checksum {
                return Err(IndexError::Corrupt { path: self.path.clone(), section: section.name });
            }
        }
        Ok(())
    }
}

fn read_section(file: &mut File, range: Range<u64>, buffer: &mut [u8]) -> io::Result<u64> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut left = range.end - range.start;
    let mut pieces = Vec::new();
    while left > 0 {
        let piece = &mut buffer[..left.min(PIECE as u64) as usize];
        file.read_exact(piece)?;
        pieces.push(xxh3_64(piece));
        left -= piece.len() as u64;
    }
    Ok(of_pieces(&pieces))
}
