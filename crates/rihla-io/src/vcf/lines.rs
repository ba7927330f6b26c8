//! A VCF as a stream of lines behind its header.

use std::path::Path;

use crate::error::IoError;
use crate::lines::LineReader;

/// The columns before FORMAT, as the header names them.
const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";

/// The header of a VCF that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VcfText {
    /// The `##` lines as they are, without line ends.
    pub lines: Vec<String>,
    /// Names of the sample columns.
    pub samples: Vec<String>,
    /// Names of the `##contig` lines, in order.
    pub contigs: Vec<String>,
}

/// Reads a VCF (plain, gzip or BGZF) or BCF (`-` is standard input) line by line; memory is the header and one
/// line.
pub struct VcfLines {
    lines: LineReader,
    header: VcfText,
}

impl VcfLines {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::Data`] for what is no VCF, columns that are not
    /// VCF's, a sample given twice, and damaged compression.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let mut lines = LineReader::open_variants(path.as_ref())?;
        let mut header = VcfText::default();
        while lines.advance()? {
            let read = match lines.line() {
                [] => continue,
                [b'#', b'#', ..] => header.add_line(lines.line()),
                [b'#', ..] => {
                    header.add_columns(lines.line()).map_err(|problem| lines.problem(problem))?;
                    return Ok(Self { lines, header });
                }
                _ => Err("a record before the #CHROM line; this is not a VCF file".into()),
            };
            read.map_err(|problem| lines.problem(problem))?;
        }
        Err(IoError::data(lines.path(), "has no #CHROM line; it is not a VCF file"))
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &VcfText {
        &self.header
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.lines.path()
    }

    /// The next record's line, without its end; empty lines are passed over.
    ///
    /// # Errors
    /// [`IoError::Data`] for a header line among the records and for damaged compression;
    /// [`IoError::Read`].
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, IoError> {
        while self.lines.advance()? {
            match self.lines.line() {
                [] => continue,
                [b'#', ..] => {
                    let problem = "a header line among the records; join files with: bcftools concat";
                    return Err(self.lines.problem(problem));
                }
                _ => return Ok(Some(self.lines.line())),
            }
        }
        Ok(None)
    }

    /// Number of the line that was read last, from 1, header included.
    #[must_use]
    pub fn line_number(&self) -> u64 {
        self.lines.number()
    }

    /// An error about the line that was read last.
    #[must_use]
    pub fn problem(&self, problem: impl Into<String>) -> IoError {
        self.lines.problem(problem)
    }
}

impl VcfText {
    /// The column of a sample among the samples, from 0.
    #[must_use]
    pub fn sample(&self, name: &str) -> Option<usize> {
        self.samples.iter().position(|sample| sample == name)
    }

    fn add_line(&mut self, line: &[u8]) -> Result<(), String> {
        let line = text(line)?;
        if let Some(fields) = line.strip_prefix("##contig=<") {
            let id = fields.split([',', '>']).find_map(|field| field.trim().strip_prefix("ID="));
            self.contigs.extend(id.map(str::to_owned));
        }
        self.lines.push(line.to_owned());
        Ok(())
    }

    fn add_columns(&mut self, line: &[u8]) -> Result<(), String> {
        let line = text(line)?;
        let rest = line.strip_prefix(COLUMNS).ok_or_else(|| {
            format!("the columns are not those of VCF, which are {:?} separated by tabs", COLUMNS)
        })?;
        let mut columns = rest.split('\t');
        match (columns.next(), columns.next()) {
            (Some(""), None | Some("FORMAT")) => {}
            _ => return Err("the column behind INFO is not FORMAT".into()),
        }
        for sample in columns {
            if self.sample(sample).is_some() {
                return Err(format!("sample {sample} has two columns; their names must differ"));
            }
            self.samples.push(sample.to_owned());
        }
        Ok(())
    }
}

fn text(line: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text".into())
}
