//! The VCF of a run.

use std::path::Path;

use anyhow::Result;
use rihla_core::Reference;
use rihla_io::vcf::{FilterLine, VcfHeader, VcfWriter};

use super::provenance::{CommandLine, VERSION};

/// Creates a VCF with the header of our calls.
///
/// # Errors
/// The file cannot be created.
pub fn create(
    path: &Path,
    reference: &Reference,
    fasta: &Path,
    sample: &str,
    command: &CommandLine,
) -> Result<VcfWriter> {
    let filters = rihla_call::FILTERS.iter().map(|&(id, description)| FilterLine { id, description });
    let header = VcfHeader {
        contigs: reference.contigs().clone(),
        reference: Some(fasta.display().to_string()),
        filters: filters.collect(),
        lines: vec![
            ("source".to_owned(), format!("rihla {VERSION}")),
            ("rihlaVersion".to_owned(), VERSION.to_owned()),
            ("rihlaCommand".to_owned(), command.text().to_owned()),
        ],
        sample: sample.to_owned(),
    };
    Ok(VcfWriter::create(path, &header)?)
}
