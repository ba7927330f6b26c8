//! Lines of a text file that may be plain, gzip (any number of members) or BGZF, told apart by content.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use rihla_core::Contigs;

use crate::error::{IoError, Place};
use crate::text::open_text;
use crate::vcf::VariantText;

/// Reads lines and counts them.
pub(crate) struct LineReader {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    number: u64,
}

impl LineReader {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::Data`] for a BGZF file that was cut between two blocks.
    pub(crate) fn open(path: &Path) -> Result<Self, IoError> {
        let source = open_text(path)?;
        Ok(Self { path: path.to_owned(), source, line: Vec::new(), number: 0 })
    }

    /// Opens a file of variants, the same but that BCF is taken for the lines of its VCF.
    ///
    /// # Errors
    /// Those of [`LineReader::open`].
    pub(crate) fn open_variants(path: &Path) -> Result<Self, IoError> {
        let lines = Self::open(path)?;
        Ok(Self { source: Box::new(VariantText::Unread(lines.source)), ..lines })
    }

    /// The next line without its end (`\n` or `\r\n`), in a buffer that may be changed in place.
    ///
    /// # Errors
    /// As [`LineReader::advance`].
    pub(crate) fn next_line(&mut self) -> Result<Option<&mut [u8]>, IoError> {
        Ok(if self.advance()? { Some(&mut self.line) } else { None })
    }

    /// Goes on to the next line; `false` at the end of the file.
    ///
    /// # Errors
    /// [`IoError::Data`] for damaged compressed data, [`IoError::Read`] for a failing device.
    pub(crate) fn advance(&mut self) -> Result<bool, IoError> {
        self.line.clear();
        let read = self.source.read_until(b'\n', &mut self.line);
        let place = Place::Line(self.number + 1);
        let count = read.map_err(|source| IoError::reading(&self.path, place, source))?;
        if count == 0 {
            return Ok(false);
        }
        self.number += 1;
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let length = text.strip_suffix(b"\r").unwrap_or(text).len();
        self.line.truncate(length);
        Ok(true)
    }

    /// The line that was read last, without its end.
    pub(crate) fn line(&self) -> &[u8] {
        &self.line
    }

    /// An error about the line that was read last.
    pub(crate) fn problem(&self, problem: impl Into<String>) -> IoError {
        IoError::record(&self.path, self.number, problem)
    }

    /// Number of the line that was read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The id of a contig's name, or what to do about it.
pub fn find_contig(name: &str, contigs: &Contigs) -> Result<u32, String> {
    contigs.id(name).ok_or_else(|| match contigs.suggestion(name) {
        Some(other) => format!("contig {name} is called {other} in the reference; use the reference's names"),
        None => format!("contig {name} is not in the reference"),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;
    use crate::bgzf::END_MARKER;

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
