//! The fingerprint of a sample: `SAMPLE.fingerprint.vcf.gz`.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use rihla_core::{Contigs, Interval, PanelSite, base};
use rihla_io::AtomicSet;
use rihla_io::vcf::RawVcfWriter;
use rihla_qc::{SiteGenotype, SiteReads};

use super::provenance::{CommandLine, VERSION};

/// How a fingerprint names its panel; files that have it count all reads at its sites.
pub const PANEL_LINE: &str = "##rihlaPanel=sha256:";

const FIELDS: &str = "##FILTER=<ID=PASS,Description=\"All filters passed\">
##INFO=<ID=AF,Number=A,Type=Float,Description=\"Frequency of ALT in the population, as the panel has it\">
##INFO=<ID=BLOCK,Number=1,Type=Integer,Description=\"POS of the site that the haplotype block is named after\">
##INFO=<ID=FIRST,Number=1,Type=Integer,Description=\"Allele on the first haplotype of the block\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype of two copies, by the reads of this site alone\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Templates of MAPQ and base quality 20 or more that show each allele\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Such templates, whatever they show\">
##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Phred-scaled probability that the genotype is wrong\">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Phred-scaled genotype likelihoods, the smallest 0\">
";

/// What a fingerprint is of.
pub struct Source<'a> {
    /// The FASTA file.
    pub reference: &'a Path,
    /// What it holds.
    pub contigs: &'a Contigs,
    /// The sample's name.
    pub sample: &'a str,
    /// The command line.
    pub command: &'a CommandLine,
    /// SHA-256 of the panel, in hexadecimal.
    pub digest: &'a str,
}

/// Writes one; it and its index wait for their names.
///
/// # Errors
/// When it cannot be written.
pub fn write<'a>(
    path: &Path,
    source: &Source<'_>,
    sites: impl Iterator<Item = (&'a PanelSite, SiteReads, SiteGenotype)>,
) -> Result<AtomicSet> {
    let mut writer = RawVcfWriter::create(path, &header(source), source.contigs)?;
    let mut line = String::new();
    for (site, reads, genotype) in sites {
        line.clear();
        push_line(&mut line, source.contigs, site, reads, &genotype);
        writer.write_line(Interval::new(site.contig, site.position, site.position + 1), line.as_bytes())?;
    }
    Ok(writer.seal()?)
}

fn header(source: &Source<'_>) -> String {
    let mut text = format!(
        "##fileformat=VCFv4.2\n##source=rihla {VERSION}\n##rihlaCommand={}\n{PANEL_LINE}{}\n##reference={}\n{FIELDS}",
        source.command.text(),
        source.digest,
        source.reference.display()
    );
    for contig in source.contigs.iter() {
        text.push_str(&format!("##contig=<ID={},length={}>\n", contig.name, contig.length));
    }
    text.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t");
    text.push_str(source.sample);
    text.push('\n');
    text
}

fn push_line(
    line: &mut String,
    contigs: &Contigs,
    site: &PanelSite,
    reads: SiteReads,
    genotype: &SiteGenotype,
) {
    let letter = |code| char::from(base::decode(code));
    let gt = match genotype.copies {
        Some(0) => "0/0",
        Some(1) => "0/1",
        Some(_) => "1/1",
        None => "./.",
    };
    let [none, one, two] = genotype.likelihoods;
    // A string takes everything.
    let _ = writeln!(
        line,
        "{}\t{}\t.\t{}\t{}\t.\t.\tAF={};BLOCK={};FIRST={}\tGT:AD:DP:GQ:PL\t{gt}:{},{}:{}:{}:{none},{one},{two}",
        contigs.get(site.contig).name,
        site.position + 1,
        letter(site.reference),
        letter(site.alternate),
        site.frequency,
        site.anchor + 1,
        u8::from(site.is_swapped),
        reads.reference,
        reads.alternate,
        reads.depth(),
        genotype.quality,
    );
}
