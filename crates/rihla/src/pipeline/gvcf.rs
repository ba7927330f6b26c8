//! The gVCF of a run.

use std::path::Path;

use anyhow::Result;
use rihla_call::{GvcfJoiner, GvcfPart};
use rihla_core::{GvcfRecord, Interval, Reference};
use rihla_io::AtomicSet;
use rihla_io::vcf::{GvcfWriter, VcfHeader};

use super::provenance::CommandLine;
use crate::cli::GvcfArgs;

/// Takes the gVCF of one bin after the other.
pub struct Gvcf<'a> {
    reference: &'a Reference,
    joiner: GvcfJoiner,
    writer: GvcfWriter,
}

impl<'a> Gvcf<'a> {
    /// Creates the file; `header` is that of the VCF.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn create(
        path: &Path,
        header: &VcfHeader,
        args: &GvcfArgs,
        reference: &'a Reference,
    ) -> Result<Self> {
        let bands = &args.gvcf_gq_bands.0;
        let writer = GvcfWriter::create(path, header, args.gvcf_alt.into(), bands.iter())?;
        Ok(Self { reference, joiner: GvcfJoiner::new(bands.clone()), writer })
    }

    /// Appends the next bin's part.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn push(&mut self, part: GvcfPart) -> Result<()> {
        let lines = self.joiner.push(part);
        lines.iter().try_for_each(|line| self.write(line))
    }

    /// Appends the next part's lines that begin where `holds` (contig and position) says.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn push_held(&mut self, part: GvcfPart, holds: impl Fn(u32, u32) -> bool) -> Result<()> {
        let lines = self.joiner.push(part);
        lines.iter().filter(|line| begins_where(line, &holds)).try_for_each(|line| self.write(line))
    }

    /// The block that may still grow.
    #[must_use]
    pub fn open(&self) -> Option<Interval> {
        self.joiner.open()
    }

    /// Ends the open block: what is pushed next does not follow upon it, and may begin before its end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn end_run(&mut self, holds: impl Fn(u32, u32) -> bool) -> Result<()> {
        let line = self.joiner.restart().filter(|line| begins_where(line, &holds));
        line.iter().try_for_each(|line| self.write(line))
    }

    /// Ends the file, which waits for its name.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn seal(mut self) -> Result<AtomicSet> {
        if let Some(line) = self.joiner.finish() {
            self.write(&line)?;
        }
        Ok(self.writer.seal()?)
    }

    fn write(&mut self, line: &GvcfRecord) -> Result<()> {
        Ok(self.writer.write(line, self.reference)?)
    }
}

fn begins_where(line: &GvcfRecord, holds: impl Fn(u32, u32) -> bool) -> bool {
    match line {
        GvcfRecord::Block(block) => holds(block.contig, block.start),
        GvcfRecord::Variant(variant) => holds(variant.record.contig, variant.record.position),
    }
}

/// Adds the options to a command line.
#[must_use]
pub fn describe(command: CommandLine, args: &GvcfArgs) -> CommandLine {
    command.option("gvcf-gq-bands", args.gvcf_gq_bands.to_string()).option("gvcf-alt", args.gvcf_alt.name())
}
