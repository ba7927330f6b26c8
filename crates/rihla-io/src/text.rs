//! Text files as streams of bytes: plain, gzip (any number of members) or BGZF, told apart by content.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use noodles::bgzf;

use crate::atomic::STDOUT;
use crate::bgzf::END_MARKER;
use crate::error::{IoError, Place};

const BUFFER: usize = 1 << 17;
/// Bytes of a BGZF block's header (SAM specification, section 4.1).
const BLOCK_HEADER: usize = 18;
/// The path that means standard input.
const STDIN: &str = STDOUT;

/// How a text file is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Plain,
    /// gzip that is not BGZF: it can be read from its start only.
    Gzip,
    /// gzip in blocks with their sizes.
    Bgzf,
}

impl Storage {
    /// The storage that the first bytes of a file tell; [`BLOCK_HEADER`] of them are enough.
    pub(crate) fn of(start: &[u8]) -> Self {
        let is_gzip = start.starts_with(&[0x1f, 0x8b]);
        let has_blocks = start.get(3).is_some_and(|flags| flags & 4 != 0)
            && start.get(10..16) == Some(&[6, 0, b'B', b'C', 2, 0]);
        match (is_gzip, has_blocks) {
            (false, _) => Self::Plain,
            (true, false) => Self::Gzip,
            (true, true) => Self::Bgzf,
        }
    }
}

/// Opens a text file and takes off its compression; `-` is standard input.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] for a BGZF file that was cut between two blocks. One that
/// cannot be looked at from behind (a pipe) fails at its end instead.
pub(crate) fn open_text(path: &Path) -> Result<Box<dyn BufRead + Send>, IoError> {
    if path == Path::new(STDIN) {
        return decompressed(path, io::stdin()).map(|(_, source)| source);
    }
    let file = open_file(path)?;
    let is_regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
    let (storage, source) = decompressed(path, file)?;
    if storage == Storage::Bgzf && is_regular {
        check_marker(path)?;
    }
    Ok(source)
}

/// Opens a file that is no directory.
///
/// # Errors
/// [`IoError::Missing`].
pub(crate) fn open_file(path: &Path) -> Result<File, IoError> {
    let missing = |source| IoError::open(path, source);
    let file = File::open(path).map_err(missing)?;
    if file.metadata().map_err(missing)?.is_dir() {
        return Err(missing(io::ErrorKind::IsADirectory.into()));
    }
    Ok(file)
}

/// That a BGZF file ends with the marker that ends all of them.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] without the marker.
pub(crate) fn check_marker(path: &Path) -> Result<(), IoError> {
    if ends_with_marker(path).map_err(|source| IoError::open(path, source))? {
        return Ok(());
    }
    let problem =
        "the end marker of the block-compressed data is missing; the file is cut off: copy it again";
    Err(IoError::data(path, problem))
}

/// Whether a file ends with the BGZF end marker.
pub(crate) fn ends_with_marker(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.seek(SeekFrom::End(0))? < END_MARKER.len() as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-(END_MARKER.len() as i64)))?;
    let mut end = [0; END_MARKER.len()];
    file.read_exact(&mut end)?;
    Ok(end == END_MARKER)
}

/// A stream without its compression.
fn decompressed(
    path: &Path,
    mut raw: impl Read + Send + 'static,
) -> Result<(Storage, Box<dyn BufRead + Send>), IoError> {
    let mut start = Vec::with_capacity(BLOCK_HEADER);
    // A pipe may give its first bytes one by one.
    let read = raw.by_ref().take(BLOCK_HEADER as u64).read_to_end(&mut start);
    read.map_err(|source| IoError::reading(path, Place::File, source))?;
    let storage = Storage::of(&start);
    let whole = Cursor::new(start).chain(raw);
    let buffered = |source| BufReader::with_capacity(BUFFER, source);
    let source: Box<dyn BufRead + Send> = match storage {
        Storage::Plain => Box::new(buffered(whole)),
        Storage::Gzip => Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(buffered(whole)))),
        Storage::Bgzf => {
            let ending = MarkedEnd { source: whole, tail: [0; END_MARKER.len()] };
            Box::new(bgzf::io::Reader::new(BufReader::with_capacity(BUFFER, ending)))
        }
    };
    Ok((storage, source))
}

/// Fails at the end of data that do not end with the BGZF end marker: a stream that was cut between two
/// blocks looks whole to a decoder.
struct MarkedEnd<R> {
    source: R,
    /// The last bytes that were read.
    tail: [u8; END_MARKER.len()],
}

impl<R: Read> Read for MarkedEnd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.tail != END_MARKER {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the end marker is missing: they are cut off",
            ));
        }
        let replaced = count.min(self.tail.len());
        self.tail.rotate_left(replaced);
        let kept = self.tail.len() - replaced;
        self.tail[kept..].copy_from_slice(&buffer[count - replaced..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Gives its bytes a few at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn piped_blocks_that_were_cut_are_an_error_at_every_length() {
        let mut writer = bgzf::io::Writer::new(Vec::new());
        for text in [&b"one line\n"[..], b"another\n"] {
            writer.write_all(text).expect("memory");
            writer.flush().expect("memory");
        }
        let whole: &'static [u8] = writer.finish().expect("memory").leak();
        for length in BLOCK_HEADER..=whole.len() {
            for step in [1, 7, 1000] {
                let raw = Drops(&whole[..length], step);
                let (storage, mut source) = decompressed(Path::new("-"), raw).expect("opened");
                assert_eq!(storage, Storage::Bgzf);
                let mut text = Vec::new();
                let read = source.read_to_end(&mut text);
                assert_eq!(read.is_ok(), length == whole.len(), "{length}");
                assert!(read.is_err() || text == b"one line\nanother\n");
            }
        }
    }

    #[test]
    fn storage_is_told_by_content() {
        assert_eq!(Storage::of(b""), Storage::Plain);
        assert_eq!(Storage::of(b">chr1"), Storage::Plain);
        assert_eq!(Storage::of(&[0x1f, 0x8b, 8, 0]), Storage::Gzip);
        assert_eq!(Storage::of(&END_MARKER), Storage::Bgzf);
    }
}
