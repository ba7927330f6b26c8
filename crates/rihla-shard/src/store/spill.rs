//! The temporary file: blocks compressed by LZ4, each checked by XXH3 when it comes back.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use lz4_flex::block;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::{ShardError, write_failed};

/// One file, made at the first write, without a name where the system can do that: it vanishes when
/// it is dropped or the process ends, however that ends. Written and read from many threads.
#[derive(Debug)]
pub(super) struct SpillFile {
    directory: PathBuf,
    file: OnceLock<File>,
    making: Mutex<()>,
    length: AtomicU64,
}

/// A block in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    offset: u64,
    stored: u32,
    length: u32,
    /// Of the stored bytes.
    hash: u64,
}

impl Piece {
    /// Bytes before compression.
    pub(super) fn length(&self) -> u64 {
        u64::from(self.length)
    }
}

impl SpillFile {
    pub(super) const fn new(directory: PathBuf) -> Self {
        Self { directory, file: OnceLock::new(), making: Mutex::new(()), length: AtomicU64::new(0) }
    }

    /// Bytes in the file.
    pub(super) fn length(&self) -> u64 {
        self.length.load(Ordering::Relaxed)
    }

    /// Compresses blocks and writes them in one go.
    pub(super) fn write(&self, blocks: &[Vec<u8>]) -> Result<Vec<Piece>, ShardError> {
        let file = self.file()?;
        let mut pieces = Vec::with_capacity(blocks.len());
        let mut out = Vec::new();
        for bytes in blocks {
            let start = out.len();
            out.resize(start + block::get_maximum_output_size(bytes.len()), 0);
            let stored = block::compress_into(bytes, &mut out[start..])
                .expect("the output is as long as compression can need");
            out.truncate(start + stored);
            pieces.push(Piece {
                offset: start as u64,
                stored: stored as u32,
                length: bytes.len() as u32,
                hash: xxh3_64(&out[start..]),
            });
        }
        let offset = self.length.fetch_add(out.len() as u64, Ordering::Relaxed);
        write_at(file, &out, offset)
            .map_err(|source| write_failed(&self.directory, offset + out.len() as u64, source))?;
        pieces.iter_mut().for_each(|piece| piece.offset += offset);
        Ok(pieces)
    }

    /// A block as it was before compression.
    pub(super) fn read(&self, piece: &Piece) -> Result<Vec<u8>, ShardError> {
        let mut stored = vec![0; piece.stored as usize];
        read_at(self.file()?, &mut stored, piece.offset)
            .map_err(|source| ShardError::Spill { directory: self.directory.clone(), source })?;
        let corrupt = || ShardError::Corrupt {
            directory: self.directory.clone(),
            offset: piece.offset,
            length: piece.stored,
        };
        if xxh3_64(&stored) != piece.hash {
            return Err(corrupt());
        }
        let mut bytes = vec![0; piece.length as usize];
        match block::decompress_into(&stored, &mut bytes) {
            Ok(length) if length == bytes.len() => Ok(bytes),
            _ => Err(corrupt()),
        }
    }

    fn file(&self) -> Result<&File, ShardError> {
        let _one_makes_it = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let file = tempfile::tempfile_in(&self.directory)
            .map_err(|source| ShardError::TempDir { directory: self.directory.clone(), source })?;
        Ok(self.file.get_or_init(|| file))
    }

    /// Writes over stored bytes, as a bad disk might.
    #[cfg(test)]
    pub(super) fn damage(&self, offset: u64) {
        write_at(self.file().expect("made"), &[0x55; 4], offset).expect("writable");
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        if written == 0 {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
        offset += written as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, bytes, offset)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        bytes = &mut bytes[read..];
        offset += read as u64;
    }
    Ok(())
}
