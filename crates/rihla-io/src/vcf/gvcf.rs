//! A gVCF and its index, from lines in genome order.

use std::fmt::Write;
use std::path::Path;

use rihla_core::{AlleleReads, GvcfRecord, GvcfVariant, Interval, Reference, ReferenceBlock, base};

use crate::atomic::AtomicSet;
use crate::error::IoError;

use super::record::{Symbolic, sample_keys, write_head, write_info, write_list, write_sample};
use super::{RawVcfWriter, VcfHeader};

/// How the allele that stands for all others is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SymbolicAllele {
    /// `<NON_REF>`, as GATK and DRAGEN write it.
    #[default]
    NonRef,
    /// `<*>`, as DeepVariant and bcftools write it.
    Star,
}

impl SymbolicAllele {
    /// The ALT allele.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::NonRef => "<NON_REF>",
            Self::Star => "<*>",
        }
    }

    fn header_line(self) -> String {
        let id = self.text().trim_matches(['<', '>']);
        format!("<ID={id},Description=\"Any allele that is not listed\">")
    }
}

/// Writes a gVCF; files, their names and their indexes are those of [`RawVcfWriter`].
pub struct GvcfWriter {
    raw: RawVcfWriter,
    header: VcfHeader,
    symbol: SymbolicAllele,
    line: String,
}

/// Header lines of fields that only a gVCF has.
const FIELDS: [(&str, &str); 9] = [
    (
        "INFO",
        "<ID=AS_RAW_BaseQRankSum,Number=1,Type=String,Description=\"By allele: Z of the rank sum test of its against REF base \
         qualities, and the samples that have it\">",
    ),
    (
        "INFO",
        "<ID=AS_RAW_MQ,Number=1,Type=String,Description=\"By allele: sum of the squared mapping qualities of its reads\">",
    ),
    (
        "INFO",
        "<ID=AS_RAW_MQRankSum,Number=1,Type=String,Description=\"By allele: Z of the rank sum test of its against REF mapping \
         qualities, and the samples that have it\">",
    ),
    (
        "INFO",
        "<ID=AS_RAW_ReadPosRankSum,Number=1,Type=String,Description=\"By allele: Z of the rank sum test of its against REF \
         positions in the read, and the samples that have it\">",
    ),
    (
        "INFO",
        "<ID=AS_SB_TABLE,Number=1,Type=String,Description=\"By allele: informative reads, forward and reverse\">",
    ),
    ("INFO", "<ID=END,Number=1,Type=Integer,Description=\"Last position of the block\">"),
    (
        "INFO",
        "<ID=RAW_MQandDP,Number=2,Type=Integer,Description=\"Sum of the squared mapping qualities, and the reads\">",
    ),
    ("FORMAT", "<ID=MIN_DP,Number=1,Type=Integer,Description=\"Lowest depth within the block\">"),
    (
        "FORMAT",
        "<ID=SB,Number=4,Type=Integer,Description=\"Informative reads by strand: REF forward, REF reverse, ALT forward, \
         ALT reverse\">",
    ),
];

impl GvcfWriter {
    /// Creates the file and writes the header: that of the VCF, with the lines that a gVCF adds. `bands` are `(lowest GQ, one
    /// past the highest)` of the blocks.
    ///
    /// # Errors
    /// As [`super::VcfWriter::create`].
    pub fn create(
        path: impl AsRef<Path>,
        header: &VcfHeader,
        symbol: SymbolicAllele,
        bands: impl Iterator<Item = (u8, u8)>,
    ) -> Result<Self, IoError> {
        let mut header = header.clone();
        let mut line = |key: String, value: String| header.lines.push((key, value));
        line("ALT".to_owned(), symbol.header_line());
        for (low, high) in bands {
            let value = format!("minGQ={low}(inclusive),maxGQ={high}(exclusive)");
            line(format!("GVCFBlock{low}-{high}"), value);
        }
        FIELDS.iter().for_each(|&(key, value)| line(key.to_owned(), value.to_owned()));
        let raw = RawVcfWriter::create(path, &header.to_text()?, &header.contigs)?;
        Ok(Self { raw, header, symbol, line: String::new() })
    }

    /// Appends a line, not before the last one in the genome.
    ///
    /// # Errors
    /// As [`super::VcfWriter::write`].
    pub fn write(&mut self, record: &GvcfRecord, reference: &Reference) -> Result<(), IoError> {
        let place = match record {
            GvcfRecord::Block(block) => Interval::new(block.contig, block.start, block.end),
            GvcfRecord::Variant(variant) => {
                Interval::new(variant.record.contig, variant.record.position, variant.record.end())
            }
        };
        let Some(contig) = self.header.contigs.iter().nth(place.contig as usize) else {
            return Err(self.raw.problem(place.contig, place.start, "the header lacks its contig"));
        };
        self.line.clear();
        let written = match record {
            GvcfRecord::Block(block) => {
                let letter = base::decode_all(&[reference.base(block.contig, block.start)]);
                write_block(block, &contig.name, &letter, self.symbol, &mut self.line)
            }
            GvcfRecord::Variant(variant) => write_variant(variant, &contig.name, self.symbol, &mut self.line),
        };
        written.expect("a string takes everything");
        self.raw.write_line(place, self.line.as_bytes())
    }

    /// Ends the file, writes the index and gives both their names.
    ///
    /// # Errors
    /// As [`RawVcfWriter::finish`].
    pub fn finish(self) -> Result<(), IoError> {
        self.raw.finish()
    }

    /// Ends the file and writes the index; both wait for their names.
    ///
    /// # Errors
    /// As [`RawVcfWriter::seal`].
    pub fn seal(self) -> Result<AtomicSet, IoError> {
        self.raw.seal()
    }
}

fn write_block(
    block: &ReferenceBlock,
    contig: &str,
    letter: &[u8],
    symbol: SymbolicAllele,
    line: &mut String,
) -> std::fmt::Result {
    let (letter, symbol) = (String::from_utf8_lossy(letter), symbol.text());
    let genotype = match (block.is_called(), block.ploidy) {
        (true, 1) => "0",
        (true, _) => "0/0",
        (false, 1) => ".",
        (false, _) => "./.",
    };
    let [one, two] = block.likelihoods;
    write!(line, "{contig}\t{}\t.\t{letter}\t{symbol}\t.\t.\tEND={}", block.start + 1, block.end)?;
    write!(line, "\tGT:DP:GQ:MIN_DP:PL\t{genotype}:{}:{}", block.depth, block.genotype_quality())?;
    match block.ploidy {
        1 => writeln!(line, ":{}:0,{two}", block.min_depth),
        _ => writeln!(line, ":{}:0,{one},{two}", block.min_depth),
    }
}

fn write_variant(
    variant: &GvcfVariant,
    contig: &str,
    symbol: SymbolicAllele,
    line: &mut String,
) -> std::fmt::Result {
    let record = &variant.record;
    write_head(record, contig, Some(symbol.text()), line)?;
    write_info(record, Some(0), line)?;
    write_by_allele(&variant.alleles, line)?;
    write!(line, ";RAW_MQandDP={},{}", variant.squared_mapping_quality, record.annotations.depth)?;
    let symbolic = Some(Symbolic { depth: variant.other_depth, likelihoods: &variant.likelihoods });
    write!(line, "\t{}:SB\t", sample_keys(&record.sample, symbolic))?;
    write_sample(&record.sample, symbolic, line)?;
    line.push(':');
    write_list(line, variant.strands)?;
    line.push('\n');
    Ok(())
}

/// One of the rank sums of an allele.
type RankSum = fn(&AlleleReads) -> Option<f32>;

/// GATK's raw allele-specific annotations: of each allele, `|` between them, the symbolic one the last.
fn write_by_allele(alleles: &[AlleleReads], line: &mut String) -> std::fmt::Result {
    let sums: [(&str, RankSum); 3] = [
        ("AS_RAW_BaseQRankSum", |reads| reads.base_quality_rank_sum),
        ("AS_RAW_MQRankSum", |reads| reads.mapping_quality_rank_sum),
        ("AS_RAW_ReadPosRankSum", |reads| reads.read_position_rank_sum),
    ];
    for (id, sum) in sums {
        // A histogram of one sample; REF has none.
        write!(line, ";{id}=")?;
        for reads in alleles.iter().skip(1) {
            match sum(reads) {
                Some(z) => write!(line, "|{:.1},1", if z.abs() < 0.05 { 0.0 } else { z })?,
                None => line.push_str("|NaN"),
            }
        }
        line.push_str("|NaN");
    }
    line.push_str(";AS_RAW_MQ=");
    alleles.iter().try_for_each(|reads| write!(line, "{}.00|", reads.squared_mapping_quality))?;
    line.push_str("0.00;AS_SB_TABLE=");
    alleles.iter().try_for_each(|AlleleReads { strands: [forward, reverse], .. }| {
        write!(line, "{forward},{reverse}|")
    })?;
    line.push_str("0,0");
    Ok(())
}
