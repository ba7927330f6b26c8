//! VCF in: alleles and genotypes of truth and query sets.

use std::path::Path;

use rihla_core::{Contigs, Interval};

use crate::error::IoError;
use crate::lines::{LineReader, find_contig};

/// A record as far as comparison needs it; of several samples the first.
#[derive(Clone, Debug, PartialEq)]
pub struct VcfRecord {
    /// Contig id in the reference.
    pub contig: u32,
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// REF, upper case.
    pub reference: Vec<u8>,
    /// ALT alleles, letters in upper case; symbolic ones (`<DEL>`) and breakends as they are; empty for
    /// `.`.
    pub alternates: Vec<Vec<u8>>,
    /// QUAL, when given.
    pub quality: Option<f32>,
    /// Whether FILTER is `PASS` or `.`.
    pub is_pass: bool,
    /// GT in its order, `None` for a missing allele (`.`); empty without samples or GT.
    pub genotype: Vec<Option<u8>>,
    /// Whether the genotype is phased (`|`).
    pub is_phased: bool,
}

impl VcfRecord {
    /// The reference bases of REF.
    #[must_use]
    pub fn interval(&self) -> Interval {
        Interval::new(self.contig, self.position, self.position + self.reference.len() as u32)
    }
}

/// Reads all records of a VCF (plain, gzip or BGZF), in file order.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] with the line for what is no VCF, a contig that the reference
/// lacks, a record outside its contig, a malformed field, and damaged compression.
pub fn read_vcf(path: impl AsRef<Path>, contigs: &Contigs) -> Result<Vec<VcfRecord>, IoError> {
    let mut lines = LineReader::open(path.as_ref())?;
    let mut records = Vec::new();
    let mut has_columns = false;
    while let Some(line) = lines.next_line()? {
        let parsed = match line {
            [] => continue,
            [b'#', b'#', ..] => continue,
            [b'#', ..] => {
                has_columns = true;
                continue;
            }
            line if has_columns => parse_record(line, contigs),
            _ => Err("a record before the #CHROM line; this is not a VCF file".into()),
        };
        records.push(parsed.map_err(|problem| lines.problem(problem))?);
    }
    if !has_columns {
        return Err(IoError::data(lines.path(), "has no #CHROM line; it is not a VCF file"));
    }
    Ok(records)
}

fn parse_record(line: &[u8], contigs: &Contigs) -> Result<VcfRecord, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
    let mut columns = line.split('\t');
    let mut next = |name: &str| columns.next().ok_or_else(|| format!("column {name} is missing"));
    let contig = find_contig(next("CHROM")?, contigs)?;
    let position = parse_position(next("POS")?)?;
    next("ID")?;
    let reference = parse_allele(next("REF")?)?;
    let alternates = match next("ALT")? {
        "." => Vec::new(),
        text => text.split(',').map(parse_allele).collect::<Result<_, _>>()?,
    };
    let quality = match next("QUAL")? {
        "." => None,
        text => Some(text.parse().map_err(|_| format!("QUAL {text} is no number"))?),
    };
    let is_pass = ["PASS", "."].contains(&next("FILTER")?);
    next("INFO")?;
    let (genotype, is_phased) = match (columns.next(), columns.next()) {
        (Some(format), Some(sample)) => parse_genotype(format, sample, alternates.len())?,
        _ => (Vec::new(), false),
    };
    let length = u64::from(contigs.get(contig).length);
    if u64::from(position) + reference.len() as u64 > length {
        let name = &contigs.get(contig).name;
        return Err(format!(
            "the record ends behind contig {name}, which has {length} bases in the reference"
        ));
    }
    Ok(VcfRecord { contig, position, reference, alternates, quality, is_pass, genotype, is_phased })
}

fn parse_position(text: &str) -> Result<u32, String> {
    let position: Option<u32> = text.parse().ok();
    position
        .and_then(|one_based| one_based.checked_sub(1))
        .ok_or_else(|| format!("POS {text} is no position from 1"))
}

fn parse_allele(text: &str) -> Result<Vec<u8>, String> {
    if text.is_empty() {
        return Err("an allele is empty".into());
    }
    let is_sequence = text.bytes().all(|letter| letter.is_ascii_alphabetic());
    Ok(if is_sequence { text.to_ascii_uppercase() } else { text.to_owned() }.into_bytes())
}

fn parse_genotype(format: &str, sample: &str, alternates: usize) -> Result<(Vec<Option<u8>>, bool), String> {
    let Some(at) = format.split(':').position(|key| key == "GT") else { return Ok((Vec::new(), false)) };
    let text = sample.split(':').nth(at).unwrap_or(".");
    let allele = |text: &str| match text {
        "." => Ok(None),
        _ => match text.parse::<u8>() {
            Ok(allele) if usize::from(allele) <= alternates => Ok(Some(allele)),
            _ => Err(format!("genotype {sample} names allele {text:?}, but there are {alternates} in ALT")),
        },
    };
    let alleles = text.split(['/', '|']).map(allele).collect::<Result<_, _>>()?;
    Ok((alleles, text.contains('|')))
}
