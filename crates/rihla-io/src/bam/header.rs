//! The header of a BAM file: contigs, read groups, programs.

use std::io::{self, Read};
use std::path::Path;

use rihla_core::{Contig, Contigs};

use crate::error::IoError;

use super::programs::{free_id, last_id};

const MAGIC: [u8; 4] = *b"BAM\x01";

/// The order of the records in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordOrder {
    /// By contig and position: `SO:coordinate`.
    #[default]
    Coordinate,
    /// That of the reads, those of a template next to each other: `SO:unsorted GO:query`.
    Input,
}

impl RecordOrder {
    /// The `@HD` line.
    const fn line(self) -> &'static str {
        match self {
            Self::Coordinate => "@HD\tVN:1.6\tSO:coordinate\n",
            Self::Input => "@HD\tVN:1.6\tSO:unsorted\tGO:query\n",
        }
    }
}

/// What the header of a BAM that we write says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BamHeader {
    /// `@HD`: the order of the records.
    pub order: RecordOrder,
    /// The reference: `@SQ` with `SN`, `LN` and, when known, `M5`.
    pub contigs: Contigs,
    /// `@RG` lines.
    pub read_groups: Vec<ReadGroup>,
    /// The `@PG` lines of programs before.
    pub programs: Vec<String>,
    /// The `@PG` line of this program.
    pub program: Option<Program>,
}

/// A read group: reads of one sample from one library and lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadGroup {
    /// `ID`, which the `RG` tag of records names.
    pub id: String,
    /// `SM`: the sample.
    pub sample: String,
    /// `LB`: the library; duplicates are looked for inside one.
    pub library: Option<String>,
    /// `PL`: the platform, such as `ILLUMINA`.
    pub platform: Option<String>,
    /// `PU`: flow cell, lane and barcode.
    pub unit: Option<String>,
    /// Its other fields as they stand in the line, such as `CN:LAB`.
    pub other: Vec<String>,
}

/// The program that wrote a file; its `PN` is `rihla`, its `ID` too where that is free.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// `VN`.
    pub version: String,
    /// `CL`: the command line with the values used.
    pub command_line: String,
}

impl BamHeader {
    /// The header in BAM's form, not compressed (SAM specification, section 4.2).
    ///
    /// # Errors
    /// [`IoError::Argument`] when a value is empty or holds a tab or line end, which SAM cannot express.
    pub fn to_bytes(&self) -> Result<Vec<u8>, IoError> {
        let text = self.to_text()?;
        let mut bytes = MAGIC.to_vec();
        push_count(&mut bytes, text.len());
        bytes.extend_from_slice(text.as_bytes());
        push_count(&mut bytes, self.contigs.len());
        for contig in self.contigs.iter() {
            push_count(&mut bytes, contig.name.len() + 1);
            bytes.extend_from_slice(contig.name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(&contig.length.to_le_bytes());
        }
        Ok(bytes)
    }

    /// The header as SAM text.
    ///
    /// # Errors
    /// As [`BamHeader::to_bytes`].
    pub fn to_text(&self) -> Result<String, IoError> {
        let mut text = String::from(self.order.line());
        for contig in self.contigs.iter() {
            let length = contig.length.to_string();
            let digest = (contig.md5 != [0; 16]).then(|| contig.md5_hex());
            let fields = [("SN", Some(&contig.name)), ("LN", Some(&length)), ("M5", digest.as_ref())];
            push_line(&mut text, "@SQ", fields)?;
        }
        for group in &self.read_groups {
            let ReadGroup { id, sample, library, platform, unit, other } = group;
            let fields = [
                ("ID", Some(id)),
                ("SM", Some(sample)),
                ("LB", library.as_ref()),
                ("PL", platform.as_ref()),
                ("PU", unit.as_ref()),
            ];
            push_line(&mut text, "@RG", fields)?;
            // The line's end comes behind the fields that are passed on.
            text.truncate(text.len() - 1);
            other.iter().for_each(|field| text.extend(["\t", field]));
            text.push('\n');
        }
        self.programs.iter().for_each(|line| text.extend([line, "\n"]));
        if let Some(Program { version, command_line }) = &self.program {
            let name = String::from("rihla");
            let id = free_id(&self.programs, &name);
            let before = last_id(&self.programs);
            // A tab in an argument would split the field; white space is all that it can mean there.
            let command_line = command_line.replace(['\t', '\n', '\r'], " ");
            let fields = [
                ("ID", Some(&id)),
                ("PN", Some(&name)),
                ("PP", before.as_ref()),
                ("VN", Some(version)),
                ("CL", Some(&command_line)),
            ];
            push_line(&mut text, "@PG", fields)?;
        }
        Ok(text)
    }
}

fn push_count(bytes: &mut Vec<u8>, count: usize) {
    let count = i32::try_from(count).expect("contigs, names and header text are far below 2 GiB");
    bytes.extend_from_slice(&count.to_le_bytes());
}

fn push_line<const N: usize>(
    text: &mut String,
    kind: &str,
    fields: [(&str, Option<&String>); N],
) -> Result<(), IoError> {
    text.push_str(kind);
    for (tag, value) in fields.into_iter().filter_map(|(tag, value)| Some((tag, value?))) {
        if value.is_empty() || value.contains(|letter: char| letter.is_control()) {
            let problem =
                format!("{kind} {tag} of the BAM header cannot be {value:?}: it must be plain text");
            return Err(IoError::Argument(problem));
        }
        text.push('\t');
        text.push_str(tag);
        text.push(':');
        text.push_str(value);
    }
    text.push('\n');
    Ok(())
}

/// What the header of a BAM or CRAM that we read says, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct InputHeader {
    pub contigs: Contigs,
    pub read_groups: Vec<ReadGroup>,
    /// `@PG` lines.
    pub programs: Vec<String>,
    /// `SO` of `@HD`.
    pub sort_order: Option<String>,
}

impl InputHeader {
    /// Reads it from the uncompressed stream; `Ok(None)` when the magic number is another format's.
    pub(crate) fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        if read_bytes(stream, MAGIC.len())? != MAGIC {
            return Ok(None);
        }
        let text_length = read_count(stream)?;
        let text = String::from_utf8_lossy(&read_bytes(stream, text_length)?).into_owned();
        let mut list = Vec::new();
        for _ in 0..read_count(stream)? {
            let name_length = read_count(stream)?;
            let name = read_bytes(stream, name_length)?;
            let name = String::from_utf8_lossy(name.strip_suffix(&[0]).unwrap_or(&name)).into_owned();
            list.push(Contig { name, length: read_count(stream)? as u32, md5: [0; 16] });
        }
        let mut header = Self::default();
        // Text and list give the contigs in one order; where they do not, the list alone is binding.
        let mut described = list.iter_mut();
        for line in text.trim_end_matches('\0').lines() {
            header.add_line(line, &mut described);
        }
        header.contigs = Contigs::new(list);
        Ok(Some(header))
    }

    /// From SAM text, which alone lists the contigs.
    pub(crate) fn from_text(text: &str) -> Self {
        let field = |line: &str, tag: &str| {
            line.split('\t').find_map(|field| field.strip_prefix(tag)).map(str::to_owned)
        };
        let listed = text.lines().filter(|line| line.starts_with("@SQ\t"));
        let mut list: Vec<Contig> = listed
            .map(|line| {
                let length = field(line, "LN:").and_then(|length| length.parse().ok());
                let name = field(line, "SN:").unwrap_or_default();
                Contig { name, length: length.unwrap_or_default(), md5: [0; 16] }
            })
            .collect();
        let mut header = Self::default();
        let mut described = list.iter_mut();
        text.lines().for_each(|line| header.add_line(line, &mut described));
        header.contigs = Contigs::new(list);
        header
    }

    /// Checks that the records may be sorted by coordinate.
    ///
    /// # Errors
    /// [`IoError::Data`] when the header says that they are not.
    pub(crate) fn check_sorted(&self, path: &Path) -> Result<(), IoError> {
        let other = self.sort_order.as_deref().filter(|&order| !["coordinate", "unknown"].contains(&order));
        let Some(order) = other else { return Ok(()) };
        let name = path.display();
        let sorted = path.extension().unwrap_or_default().to_string_lossy();
        let advice = format!("sort by coordinate: samtools sort -o SORTED.{sorted} {name}");
        Err(IoError::data(path, format!("is sorted by {order:?}; {advice}")))
    }

    /// The one sample that all read groups belong to; `None` when no read group names one.
    ///
    /// # Errors
    /// [`IoError::Data`] when they name several.
    pub(crate) fn sample(&self, path: &Path) -> Result<Option<&str>, IoError> {
        let named = self.read_groups.iter().map(|group| group.sample.as_str());
        let mut names = named.filter(|name| !name.is_empty());
        let Some(first) = names.next() else { return Ok(None) };
        match names.find(|&name| name != first) {
            None => Ok(Some(first)),
            Some(other) => {
                let problem =
                    format!("holds reads of several samples ({first}, {other}); split it: samtools split");
                Err(IoError::data(path, problem))
            }
        }
    }

    fn add_line<'a>(&mut self, line: &str, described: &mut impl Iterator<Item = &'a mut Contig>) {
        let mut fields = line.split('\t');
        let kind = fields.next().unwrap_or_default();
        let value = |tag: &str| {
            let mut fields = fields.clone();
            fields.find_map(|field| field.strip_prefix(tag)?.strip_prefix(':')).map(str::to_owned)
        };
        let known = ["ID:", "SM:", "LB:", "PL:", "PU:"];
        let is_other = |field: &&str| !known.iter().any(|tag| field.starts_with(tag));
        match kind {
            "@PG" => self.programs.push(line.to_owned()),
            "@HD" => self.sort_order = value("SO"),
            "@RG" => self.read_groups.push(ReadGroup {
                id: value("ID").unwrap_or_default(),
                sample: value("SM").unwrap_or_default(),
                library: value("LB"),
                platform: value("PL"),
                unit: value("PU"),
                other: fields.clone().filter(is_other).map(str::to_owned).collect(),
            }),
            "@SQ" => {
                let digest = value("M5").and_then(|hex| parse_digest(&hex));
                let contig = described.next().filter(|contig| Some(&contig.name) == value("SN").as_ref());
                if let (Some(digest), Some(contig)) = (digest, contig) {
                    contig.md5 = digest;
                }
            }
            _ => {}
        }
    }
}

fn parse_digest(hex: &str) -> Option<[u8; 16]> {
    let mut digest = [0; 16];
    if hex.len() != 32 || !hex.is_ascii() {
        return None;
    }
    for (i, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(digest)
}

fn read_count(stream: &mut impl Read) -> io::Result<usize> {
    let mut bytes = [0; 4];
    stream.read_exact(&mut bytes)?;
    usize::try_from(i32::from_le_bytes(bytes))
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a negative length in the header"))
}

/// Reads as many bytes, without trusting the number with memory beforehand.
fn read_bytes(stream: &mut impl Read, count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if stream.take(count as u64).read_to_end(&mut bytes)? < count {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}
