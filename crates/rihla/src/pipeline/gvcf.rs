//! The gVCF of a run.

use std::path::Path;

use anyhow::Result;
use rihla_call::{GvcfJoiner, GvcfPart};
use rihla_core::{GvcfRecord, Reference};
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

/// Adds the options to a command line.
#[must_use]
pub fn describe(command: CommandLine, args: &GvcfArgs) -> CommandLine {
    command.option("gvcf-gq-bands", args.gvcf_gq_bands.to_string()).option("gvcf-alt", args.gvcf_alt.name())
}
