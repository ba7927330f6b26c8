//! Records of a VCF or BCF as they are, to be written elsewhere without a change.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use rihla_core::{Contig, Contigs, Interval};

use super::RecordHead;
use super::bcf::text::without_number;
use crate::error::{IoError, Place};
use crate::lines::find_contig;
use crate::text::open_text;

/// What a BCF begins with: its name and the version.
const BCF: [u8; 5] = *b"BCF\x02\x02";
/// A header, or a record, longer than this is no sound one.
const LONGEST: u32 = 1 << 30;
/// Bytes of a BCF record before its contig: the lengths of its parts.
const LENGTHS: usize = 8;

/// Reads the records of a VCF (plain, gzip or BGZF) or BCF 2.2, told apart by content; memory is the header and one record.
pub struct WholeRecords {
    path: PathBuf,
    source: Box<dyn BufRead + Send>,
    is_bcf: bool,
    header: Vec<String>,
    contigs: Contigs,
    record: Vec<u8>,
    /// Records and lines of the header so far.
    number: u64,
}

impl WholeRecords {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`IoError::Missing`]; [`IoError::Data`] for what is neither VCF nor BCF, a header without the lengths of its
    /// contigs, and damaged compression.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, IoError> {
        let path = path.as_ref();
        let mut reader = Self {
            path: path.to_owned(),
            source: open_text(path)?,
            is_bcf: false,
            header: Vec::new(),
            contigs: Contigs::default(),
            record: Vec::new(),
            number: 0,
        };
        let start = reader.source.fill_buf();
        let start = start.map_err(|source| IoError::reading(path, Place::File, source))?;
        reader.is_bcf = start.starts_with(&BCF[..3]);
        match reader.is_bcf {
            true => reader.read_bcf_header()?,
            false => reader.read_header()?,
        }
        reader.contigs = contigs_of(&reader.header).map_err(|problem| IoError::data(path, problem))?;
        Ok(reader)
    }

    /// Whether it is a BCF.
    #[must_use]
    pub fn is_bcf(&self) -> bool {
        self.is_bcf
    }

    /// The header's lines, the last with the columns; without the numbers that a BCF adds.
    #[must_use]
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The contigs of the header.
    #[must_use]
    pub fn contigs(&self) -> &Contigs {
        &self.contigs
    }

    /// The next record, a VCF's with its line end: the bases from its POS to the end of its REF, or to its END, and its bytes.
    ///
    /// # Errors
    /// [`IoError::Data`] for a record that is cut or whose place makes no sense, and for damaged compression; [`IoError::Read`].
    pub fn next_record(&mut self) -> Result<Option<(Interval, &[u8])>, IoError> {
        self.number += 1;
        let found = if self.is_bcf { self.read_bcf_record()? } else { self.read_line()? };
        if !found {
            return Ok(None);
        }
        let place = match self.is_bcf {
            true => place_of_bcf(&self.record, &self.contigs),
            false => place_of_line(&self.record, &self.contigs),
        };
        let place = place.map_err(|problem| self.problem(problem))?;
        Ok(Some((place, &self.record)))
    }

    /// An error about the record that was read last.
    #[must_use]
    pub fn problem(&self, problem: impl Into<String>) -> IoError {
        IoError::record(&self.path, self.number, problem)
    }

    fn failed(&self, source: io::Error) -> IoError {
        IoError::reading(&self.path, Place::Line(self.number), source)
    }

    fn read_line(&mut self) -> Result<bool, IoError> {
        self.record.clear();
        let read = self.source.read_until(b'\n', &mut self.record);
        let count = read.map_err(|source| self.failed(source))?;
        if count > 0 && !self.record.ends_with(b"\n") {
            return Err(self.problem("the line has no end; the file is cut off: copy it again"));
        }
        Ok(count > 0)
    }

    fn read_header(&mut self) -> Result<(), IoError> {
        while !self.header.last().is_some_and(|line| line.starts_with("#CHROM\t")) {
            self.number += 1;
            if !self.read_line()? || !self.record.starts_with(b"#") {
                return Err(self.problem("no #CHROM line before it; this is neither VCF nor BCF"));
            }
            let line =
                std::str::from_utf8(&self.record).map_err(|_| self.problem("the line is not UTF-8 text"))?;
            self.header.push(line.trim_end_matches('\n').to_owned());
        }
        Ok(())
    }

    fn read_bcf_header(&mut self) -> Result<(), IoError> {
        let mut start = [0; 9];
        let read = self.source.read_exact(&mut start);
        read.map_err(|source| self.failed(source))?;
        let length = u32::from_le_bytes([start[5], start[6], start[7], start[8]]);
        if start[..5] != BCF || length > LONGEST {
            return Err(IoError::data(&self.path, "is no BCF of version 2.2"));
        }
        self.read_exactly(length as usize)?;
        let text = String::from_utf8(std::mem::take(&mut self.record));
        let text = text.map_err(|_| IoError::data(&self.path, "its header is not UTF-8 text"))?;
        let lines = text.trim_end_matches('\0').lines();
        self.header = lines.map(without_number).collect();
        if !self.header.last().is_some_and(|line| line.starts_with("#CHROM\t")) {
            return Err(IoError::data(&self.path, "its header does not end with the #CHROM line"));
        }
        Ok(())
    }

    fn read_bcf_record(&mut self) -> Result<bool, IoError> {
        let is_end = self.source.fill_buf().map(<[u8]>::is_empty);
        if is_end.map_err(|source| self.failed(source))? {
            return Ok(false);
        }
        self.read_exactly(LENGTHS)?;
        let length = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| self.record[at + i]));
        let rest = length(0).checked_add(length(4)).filter(|&rest| rest <= LONGEST && length(0) >= 24);
        let Some(rest) = rest else { return Err(self.problem("the lengths of the record make no sense")) };
        let mut lengths = std::mem::take(&mut self.record);
        self.read_exactly(rest as usize)?;
        lengths.append(&mut self.record);
        self.record = lengths;
        Ok(true)
    }

    /// Reads so many bytes, without giving memory to more than there are.
    fn read_exactly(&mut self, length: usize) -> Result<(), IoError> {
        self.record.clear();
        let read = self.source.by_ref().take(length as u64).read_to_end(&mut self.record);
        match read.map_err(|source| self.failed(source))? == length {
            true => Ok(()),
            false => Err(self.problem("the record is cut off: copy the file again")),
        }
    }
}

fn contigs_of(header: &[String]) -> Result<Contigs, String> {
    let lines = header.iter().filter_map(|line| line.strip_prefix("##contig=<"));
    let contig = |fields: &str| {
        let value =
            |key: &str| fields.split([',', '>']).find_map(|field| field.strip_prefix(key)).map(str::to_owned);
        let length = value("length=").and_then(|length| length.parse().ok());
        let (Some(name), Some(length)) = (value("ID="), length) else {
            return Err(format!("its header has a contig without ID or length: {fields}"));
        };
        Ok(Contig { name, length, md5: [0; 16] })
    };
    lines.map(contig).collect::<Result<_, _>>().map(Contigs::new)
}

fn place_of_line(line: &[u8], contigs: &Contigs) -> Result<Interval, String> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let head = RecordHead::scan(line)?;
    let contig = find_contig(head.contig, contigs)?;
    let info = line.split(|&byte| byte == b'\t').nth(7).unwrap_or_default();
    let end = info.split(|&byte| byte == b';').find_map(|field| field.strip_prefix(b"END="));
    let end = match end {
        None => head.end(),
        Some(digits) => {
            let end = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
            end.ok_or_else(|| format!("END {} is no position", digits.escape_ascii()))?
        }
    };
    within(Interval { contig, start: head.position, end }, contigs)
}

fn place_of_bcf(record: &[u8], contigs: &Contigs) -> Result<Interval, String> {
    let number = |i: usize| i32::from_le_bytes([0, 1, 2, 3].map(|byte| record[LENGTHS + 4 * i + byte]));
    let no_place = "its place makes no sense";
    let [contig, start, length] = [number(0), number(1), number(2)].map(u32::try_from);
    let (Ok(contig), Ok(start), Ok(length)) = (contig, start, length) else { return Err(no_place.into()) };
    let end = start.checked_add(length).ok_or(no_place)?;
    if contig as usize >= contigs.len() {
        return Err("the header lacks its contig".into());
    }
    within(Interval { contig, start, end }, contigs)
}

fn within(place: Interval, contigs: &Contigs) -> Result<Interval, String> {
    match place.start < place.end && place.end <= contigs.get(place.contig).length {
        true => Ok(place),
        false => Err("the record ends before it begins, or behind its contig".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IoErrorKind;
    use crate::bgzf::{END_MARKER, compress};
    use crate::vcf::{RawVcfWriter, VcfHeader};

    const LINES: [&str; 3] = [
        "chr1\t5\t.\tA\tC\t9.00\tPASS\tDP=3\tGT\t0/1\n",
        "chr1\t7\t.\tACG\tA\t9.00\tPASS\tDP=3\tGT\t1/1\n",
        "chr2\t1\t.\tA\t<NON_REF>\t.\t.\tDP=7;END=90\tGT\t0/0\n",
    ];

    fn write(path: &Path) -> String {
        let contig = |name: &str| Contig { name: name.into(), length: 100, md5: [7; 16] };
        let lines =
            vec![("INFO".to_owned(), "<ID=END,Number=1,Type=Integer,Description=\"End\">".to_owned())];
        let contigs = Contigs::new(vec![contig("chr1"), contig("chr2")]);
        let header = VcfHeader { contigs, lines, sample: "S".into(), ..VcfHeader::default() };
        let text = header.to_text().expect("plain text");
        let mut writer = RawVcfWriter::create(path, &text, &header.contigs).expect("created");
        for line in LINES {
            let place = place_of_line(line.as_bytes(), &header.contigs).expect("a place");
            writer.write_line(place, line.as_bytes()).expect("written");
        }
        writer.finish().expect("written");
        text
    }

    fn read(path: &Path) -> Result<(Vec<Interval>, Vec<Vec<u8>>), IoError> {
        let mut reader = WholeRecords::open(path)?;
        let (mut places, mut records) = (Vec::new(), Vec::new());
        while let Some((place, record)) = reader.next_record()? {
            places.push(place);
            records.push(record.to_vec());
        }
        Ok((places, records))
    }

    #[test]
    fn records_and_headers_are_as_they_were_written() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let places =
            [(0, 4, 5), (0, 6, 9), (1, 0, 90)].map(|(contig, start, end)| Interval { contig, start, end });
        for name in ["a.vcf", "a.vcf.gz", "a.bcf"] {
            let path = directory.path().join(name);
            let text = write(&path);
            let reader = WholeRecords::open(&path).expect("sound");
            assert_eq!(reader.header().join("\n") + "\n", text, "{name}");
            assert_eq!(reader.is_bcf(), name == "a.bcf");
            let (found, records) = read(&path).expect("sound");
            assert_eq!(found, places, "{name}");
            assert!(reader.is_bcf() || records == LINES.map(|line| line.as_bytes().to_vec()));
            // The same records in another file are the same file.
            let copy = directory.path().join(format!("copy-{name}"));
            let mut writer = RawVcfWriter::create(&copy, &text, reader.contigs()).expect("created");
            for (place, record) in found.iter().zip(&records) {
                let written = match reader.is_bcf() {
                    true => writer.write_bcf_record(*place, record),
                    false => writer.write_line(*place, record),
                };
                written.expect("written");
            }
            writer.finish().expect("written");
            assert_eq!(std::fs::read(&copy).expect("read"), std::fs::read(&path).expect("read"), "{name}");
        }
    }

    #[test]
    fn what_is_cut_or_makes_no_sense_is_an_error() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("a.bcf");
        write(&path);
        let (mut text, mut source) = (Vec::new(), open_text(&path).expect("opened"));
        source.read_to_end(&mut text).expect("sound");
        let whole = read(&path).expect("sound").1;
        let ends: Vec<usize> = (0..=whole.len())
            .map(|left| text.len() - whole[whole.len() - left..].iter().map(Vec::len).sum::<usize>())
            .collect();
        for length in (0..text.len()).filter(|length| !ends.contains(length)) {
            let mut cut = compress(&text[..length], 1);
            cut.extend(END_MARKER);
            std::fs::write(&path, cut).expect("written");
            let error = read(&path).err().unwrap_or_else(|| panic!("{length} bytes are no whole BCF"));
            assert_eq!(error.kind(), IoErrorKind::BadData, "{length}: {error}");
        }
        let path = directory.path().join("a.vcf");
        let header = "##contig=<ID=chr1,length=100>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
        for (line, words) in [
            ("chr1\t100\t.\tAC\tA\t.\t.\tDP=1\n", "behind its contig"),
            ("chr3\t1\t.\tA\tC\t.\t.\tDP=1\n", "chr3"),
            ("chr1\t9\t.\tA\tC\t.\t.\tEND=x\n", "END x"),
            ("chr1\t9\t.\tA\t<*>\t.\t.\tEND=3\n", "before it begins"),
            ("chr1\t9\t.\tA\tC\t.\t.\tDP=1", "cut off"),
        ] {
            std::fs::write(&path, format!("{header}{line}")).expect("written");
            let error = read(&path).expect_err("a fault").to_string();
            assert!(error.contains("line 3") && error.contains(words), "{error}");
        }
        for text in ["", "BAM\u{1}", "chr1\t1\n", "##contig=<ID=chr1>\n#CHROM\tPOS\n"] {
            std::fs::write(&path, text).expect("written");
            assert_eq!(read(&path).expect_err("no VCF").kind(), IoErrorKind::BadData, "{text:?}");
        }
    }
}
