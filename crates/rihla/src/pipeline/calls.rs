//! What the VCF of a run says of itself.

use std::path::Path;

use rihla_core::Reference;
use rihla_io::vcf::{FilterLine, VcfHeader};

use super::provenance::{CommandLine, VERSION};

/// The header of our calls.
#[must_use]
pub fn header(reference: &Reference, fasta: &Path, sample: &str, command: &CommandLine) -> VcfHeader {
    let filters = rihla_call::FILTERS.iter().map(|&(id, description)| FilterLine { id, description });
    VcfHeader {
        contigs: reference.contigs().clone(),
        reference: Some(fasta.display().to_string()),
        filters: filters.collect(),
        lines: vec![
            ("source".to_owned(), format!("rihla {VERSION}")),
            ("rihlaVersion".to_owned(), VERSION.to_owned()),
            ("rihlaCommand".to_owned(), command.text().to_owned()),
        ],
        sample: sample.to_owned(),
    }
}
