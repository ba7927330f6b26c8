//! All records of a VCF at once, for small files.

use std::path::Path;

use rihla_core::{Contigs, Interval};

use crate::error::IoError;
use crate::lines::find_contig;

use super::{RecordHead, VcfLines, VcfSite, parse_site};

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

    /// Reads one line; `sample` is a column among the samples, from 0.
    ///
    /// # Errors
    /// In words: a contig that the reference lacks, a record outside its contig, a malformed field.
    pub fn parse(line: &[u8], sample: Option<usize>, contigs: &Contigs) -> Result<Self, String> {
        let contig = find_contig(RecordHead::scan(line)?.contig, contigs)?;
        let site = parse_site(line, sample)?;
        let (end, contig_length) = (site.end(), contigs.get(contig).length);
        if end > contig_length {
            let name = &contigs.get(contig).name;
            let problem = format!("the record ends behind contig {name}, which has {contig_length} bases");
            return Err(format!("{problem} in the reference"));
        }
        Ok(Self::new(contig, site))
    }

    fn new(contig: u32, site: VcfSite) -> Self {
        Self {
            contig,
            position: site.position,
            reference: site.reference,
            alternates: site.alternates,
            quality: site.quality,
            is_pass: site.is_pass,
            genotype: site.genotype.unwrap_or_default(),
            is_phased: site.is_phased,
        }
    }
}

/// Reads all records of a VCF (plain, gzip or BGZF), in file order.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] with the line for what is no VCF, a contig that the reference
/// lacks, a record outside its contig, a malformed field, and damaged compression.
pub fn read_vcf(path: impl AsRef<Path>, contigs: &Contigs) -> Result<Vec<VcfRecord>, IoError> {
    let mut lines = VcfLines::open(path)?;
    let sample = (!lines.header().samples.is_empty()).then_some(0);
    let mut records = Vec::new();
    while let Some(line) = lines.next_line()? {
        let record = VcfRecord::parse(line, sample, contigs);
        records.push(record.map_err(|problem| lines.problem(problem))?);
    }
    Ok(records)
}
