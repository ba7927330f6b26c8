//! Lines of a text file that may be plain, gzip (any number of members) or BGZF, told apart by content.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use rihla_core::Contigs;

use crate::bgzf::END_MARKER;
use crate::error::{IoError, Place};

const BUFFER: usize = 1 << 17;

/// Reads lines and counts them.
pub(crate) struct LineReader {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
}

impl LineReader {
    /// Opens a file.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::Data`] for a BGZF file that was cut between two blocks.
    pub(crate) fn open(path: &Path) -> Result<Self, IoError> {
        let missing = |source| IoError::open(path, source);
        let file = File::open(path).map_err(missing)?;
        let metadata = file.metadata().map_err(missing)?;
        if metadata.is_dir() {
            return Err(missing(io::ErrorKind::IsADirectory.into()));
        }
        let mut plain = BufReader::with_capacity(BUFFER, file);
        let start = plain.fill_buf().map_err(|source| IoError::reading(path, Place::File, source))?;
        let is_gzip = start.starts_with(&[0x1f, 0x8b]);
        let is_bgzf = is_gzip && start.get(12..14) == Some(b"BC") && start[3] & 4 != 0;
        if is_bgzf && metadata.is_file() && !ends_with_marker(path).map_err(missing)? {
            let problem =
                "the end marker of the block-compressed data is missing; the file is cut off: copy it again";
            return Err(IoError::data(path, problem));
        }
        let source: Box<dyn BufRead + Send> = if is_gzip {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        Ok(Self { path: path.to_owned(), source, line: Vec::new(), number: 0 })
    }

    /// The next line without its end (`\n` or `\r\n`), in a buffer that may be changed in place.
    ///
    /// # Errors
    /// [`IoError::Data`] for damaged compressed data, [`IoError::Read`] for a failing device.
    pub(crate) fn next_line(&mut self) -> Result<Option<&mut [u8]>, IoError> {
        self.line.clear();
        let read = self.source.read_until(b'\n', &mut self.line);
        let place = Place::Line(self.number + 1);
        let count = read.map_err(|source| IoError::reading(&self.path, place, source))?;
        if count == 0 {
            return Ok(None);
        }
        self.number += 1;
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let length = text.strip_suffix(b"\r").unwrap_or(text).len();
        Ok(Some(&mut self.line[..length]))
    }

    /// An error about the line that was read last.
    pub(crate) fn problem(&self, problem: impl Into<String>) -> IoError {
        IoError::data_at(&self.path, Place::Line(self.number), problem)
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The id of a contig's name, or what to do about it.
pub(crate) fn find_contig(name: &str, contigs: &Contigs) -> Result<u32, String> {
    contigs.id(name).ok_or_else(|| match contigs.suggestion(name) {
        Some(other) => format!("contig {name} is called {other} in the reference; use the reference's names"),
        None => format!("contig {name} is not in the reference"),
    })
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn read_all(bytes: &[u8]) -> Result<Vec<Vec<u8>>, IoError> {
        let mut file = tempfile::NamedTempFile::new().expect("temporary file");
        file.write_all(bytes).expect("written");
        let mut reader = LineReader::open(file.path())?;
        let mut lines = Vec::new();
        while let Some(line) = reader.next_line()? {
            lines.push(line.to_vec());
        }
        Ok(lines)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn line_ends_and_members() {
        let expected = [b"a".to_vec(), b"".to_vec(), b"b\rc".to_vec()];
        assert_eq!(read_all(b"a\r\n\nb\rc").expect("plain"), expected);
        let members = [gzip(b"a\r\n"), gzip(b"\nb\r"), gzip(b"c\n")].concat();
        assert_eq!(read_all(&members).expect("gzip"), expected);
        assert!(read_all(b"").expect("empty").is_empty());
    }

    #[test]
    fn cut_gzip_is_an_error_at_every_length() {
        let whole = gzip(b"one line\nanother line\n");
        for length in 3..whole.len() {
            let error = read_all(&whole[..length]).expect_err("cut");
            assert_eq!(error.kind(), crate::IoErrorKind::BadData, "{length}: {error}");
        }
    }

    #[test]
    fn cut_between_blocks_is_an_error() {
        let mut writer = noodles_bgzf::io::Writer::new(Vec::new());
        writer.write_all(b"one line\n").expect("memory");
        let whole = writer.finish().expect("memory");
        assert_eq!(read_all(&whole).expect("whole"), [b"one line".to_vec()]);
        let error = read_all(&whole[..whole.len() - END_MARKER.len()]).expect_err("no marker");
        assert!(error.to_string().contains("cut off"), "{error}");
    }
}
