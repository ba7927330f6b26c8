//! A FASTA file that can be read from any place of its text.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use noodles::bgzf::{self, VirtualPosition};

use crate::atomic::STDOUT;
use crate::error::{IoError, Place};
use crate::text::{Storage, check_marker, open_file};

const BUFFER: usize = 1 << 15;
/// Bytes of a BGZF block's header (SAM specification, section 4.1).
const BLOCK_HEADER: usize = 18;
/// Bytes of the length at a block's end.
const BLOCK_LENGTH: usize = 4;

/// A plain or BGZF file.
pub(super) struct Source {
    path: PathBuf,
    /// Bytes of the text.
    length: u64,
    /// Where the blocks begin, in the file and in the text; `None` for plain text.
    ///
    /// The blocks' own headers tell it, quickly enough that no `.gzi` is looked at, which could be wrong.
    blocks: Option<Vec<(u64, u64)>>,
}

impl Source {
    /// Opens a file; `None` for one that can be read from its start only.
    pub fn open(path: &Path) -> Result<Option<Self>, IoError> {
        // A named pipe must be opened once only: whoever writes to it ends with its first reader.
        let is_pipe = |path: &Path| fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir());
        if path == Path::new(STDOUT) || is_pipe(path) {
            return Ok(None);
        }
        let mut file = open_file(path)?;
        let reading = |error| IoError::reading(path, Place::File, error);
        let metadata = file.metadata().map_err(reading)?;
        let mut start = Vec::with_capacity(BLOCK_HEADER);
        file.by_ref().take(BLOCK_HEADER as u64).read_to_end(&mut start).map_err(reading)?;
        let (length, blocks) = match Storage::of(&start) {
            Storage::Gzip => return Ok(None),
            Storage::Plain => (metadata.len(), None),
            Storage::Bgzf => {
                check_marker(path)?;
                let (length, blocks) = find_blocks(&mut file, metadata.len()).map_err(reading)?;
                (length, Some(blocks))
            }
        };
        Ok(Some(Self { path: path.to_owned(), length, blocks }))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes of the text.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The text from a byte on; nothing behind its end.
    pub fn open_at(&self, offset: u64) -> Result<Box<dyn BufRead + Send>, IoError> {
        let mut file = BufReader::with_capacity(BUFFER, open_file(&self.path)?);
        let reading = |error| IoError::reading(&self.path, Place::File, error);
        let offset = offset.min(self.length);
        let Some(blocks) = &self.blocks else {
            file.seek(SeekFrom::Start(offset)).map_err(reading)?;
            return Ok(Box::new(file));
        };
        let block = blocks.partition_point(|&(_, text)| text <= offset).saturating_sub(1);
        let (place, text) = blocks.get(block).copied().unwrap_or_default();
        let position = u16::try_from(offset - text).ok();
        let position = position.and_then(|within| VirtualPosition::try_from((place, within)).ok());
        let position = position.ok_or_else(|| reading(io::ErrorKind::InvalidData.into()))?;
        let mut reader = bgzf::io::Reader::new(file);
        reader.seek(position).map_err(reading)?;
        Ok(Box::new(reader))
    }
}

/// The text's length and the blocks' beginnings, in the file and in the text.
fn find_blocks(file: &mut File, file_length: u64) -> io::Result<(u64, Vec<(u64, u64)>)> {
    let (mut place, mut text, mut blocks) = (0, 0, Vec::new());
    // What ends one block and begins the next is read at once.
    let mut ends = [0; BLOCK_LENGTH + BLOCK_HEADER];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut ends[BLOCK_LENGTH..])?;
    loop {
        let header = &ends[BLOCK_LENGTH..];
        if Storage::of(header) != Storage::Bgzf {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a block has no size"));
        }
        let size = u64::from(u16::from_le_bytes([header[16], header[17]])) + 1;
        let end = place + size;
        if size < (BLOCK_HEADER + BLOCK_LENGTH) as u64 || end > file_length {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a block has a wrong size"));
        }
        file.seek(SeekFrom::Start(end - BLOCK_LENGTH as u64))?;
        let is_last = end == file_length;
        let read = if is_last { BLOCK_LENGTH } else { ends.len() };
        file.read_exact(&mut ends[..read])?;
        let length = u32::from_le_bytes([ends[0], ends[1], ends[2], ends[3]]);
        // An empty block holds no place of the text.
        if length > 0 {
            blocks.push((place, text));
        }
        text += u64::from(length);
        if is_last {
            return Ok((text, blocks));
        }
        place = end;
    }
}
