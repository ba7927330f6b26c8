//! The truth of a simulation as files: VCF with phased genotypes, BED.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use rihla_core::{Interval, IntervalSet, Reference};
use rihla_io::atomic::write_text;
use rihla_io::vcf::RawVcfWriter;
use rihla_io::{AtomicFile, AtomicSet};
use rihla_testkit::TruthRecord;

use crate::pipeline::provenance::{CommandLine, VERSION};

/// What the headers of the files need.
pub struct TruthFiles<'a> {
    /// The reference.
    pub reference: &'a Reference,
    /// Its file.
    pub fasta: &'a Path,
    /// The command.
    pub command: &'a CommandLine,
}

/// An INFO field and its description, each of one number or a flag.
pub type InfoField = (&'static str, &'static str, &'static str);

const NO_INFO: &[InfoField] = &[];

impl TruthFiles<'_> {
    /// Writes records, phased and in order, as a VCF with its index; both wait for their names.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn vcf(
        &self,
        path: &Path,
        sample: &str,
        records: impl IntoIterator<Item = TruthRecord>,
    ) -> Result<AtomicSet> {
        self.vcf_with((path, sample), NO_INFO, records.into_iter().map(|record| (record, String::from("."))))
    }

    /// Writes records with their INFO.
    ///
    /// # Errors
    /// As [`TruthFiles::vcf`].
    pub fn vcf_with(
        &self,
        (path, sample): (&Path, &str),
        info: &[InfoField],
        records: impl Iterator<Item = (TruthRecord, String)>,
    ) -> Result<AtomicSet> {
        let contigs = self.reference.contigs();
        let mut writer = RawVcfWriter::create(path, &self.header(sample, info), contigs)?;
        let mut line = Vec::new();
        for (record, info) in records {
            line.clear();
            write_line(&record, &contigs.get(record.contig).name, &info, &mut line);
            writer.write_line(Interval::new(record.contig, record.position, record.end()), &line)?;
        }
        Ok(writer.seal()?)
    }

    /// Writes intervals as BED; the file waits for its name.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn bed(&self, path: &Path, intervals: &IntervalSet) -> Result<AtomicFile> {
        let mut text = String::new();
        for interval in intervals.as_slice() {
            let name = &self.reference.contigs().get(interval.contig).name;
            writeln!(text, "{name}\t{}\t{}", interval.start, interval.end)
                .expect("a string takes everything");
        }
        Ok(write_text(path, &text)?)
    }

    fn header(&self, sample: &str, info: &[InfoField]) -> String {
        let mut text = String::from("##fileformat=VCFv4.2\n");
        let mut line = |line: std::fmt::Arguments<'_>| {
            text.write_fmt(line).expect("a string takes everything");
            text.push('\n');
        };
        line(format_args!("##source=rihla {VERSION}"));
        line(format_args!("##rihlaVersion={VERSION}"));
        line(format_args!("##rihlaCommand={}", self.command.text()));
        line(format_args!("##reference={}", self.fasta.display()));
        line(format_args!("##FILTER=<ID=PASS,Description=\"All filters passed\">"));
        for (id, kind, description) in info {
            let number = u8::from(*kind != "Flag");
            line(format_args!("##INFO=<ID={id},Number={number},Type={kind},Description=\"{description}\">"));
        }
        line(format_args!(
            "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype, paternal|maternal haplotype\">"
        ));
        for contig in self.reference.contigs().iter() {
            let digest =
                if contig.md5 == [0; 16] { String::new() } else { format!(",md5={}", contig.md5_hex()) };
            line(format_args!("##contig=<ID={},length={}{digest}>", contig.name, contig.length));
        }
        line(format_args!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{sample}"));
        text
    }
}

fn write_line(record: &TruthRecord, contig: &str, info: &str, line: &mut Vec<u8>) {
    line.extend_from_slice(contig.as_bytes());
    line.extend_from_slice(format!("\t{}\t.\t", u64::from(record.position) + 1).as_bytes());
    line.extend_from_slice(&record.reference);
    line.push(b'\t');
    line.extend_from_slice(&record.alternates.join(&b','));
    line.extend_from_slice(b"\t.\tPASS\t");
    line.extend_from_slice(info.as_bytes());
    line.extend_from_slice(b"\tGT\t");
    let alleles: Vec<String> = record.alleles().map(|allele| allele.to_string()).collect();
    line.extend_from_slice(alleles.join("|").as_bytes());
    line.push(b'\n');
}
