//! Regions whose depth is reported one by one.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_core::{Contigs, Reference};
use rihla_io::AtomicSet;
use rihla_io::atomic::write_text;
use rihla_io::bed::read_named_bed;
use rihla_qc::forms::targets;
use rihla_qc::{Target, TargetDepths, TargetList};

use crate::paths::with_extension_behind;

/// Reads the regions of a BED file, with their names.
///
/// # Errors
/// What is wrong with the file; contigs that the reference does not have.
pub fn read(path: Option<&Path>, reference: &Reference) -> Result<Option<TargetList>> {
    let Some(path) = path else { return Ok(None) };
    let named = read_named_bed(path, reference.contigs())?;
    let target = |one: rihla_io::bed::NamedInterval| Target { interval: one.interval, name: one.name };
    Ok(Some(TargetList::new(named.into_iter().map(target).collect())))
}

/// The tables.
#[derive(Clone, Debug)]
pub struct TargetPaths {
    regions: PathBuf,
    names: PathBuf,
}

impl TargetPaths {
    /// Those of a sample: `prefix` is `FOLDER/SAMPLE`.
    #[must_use]
    pub fn of(prefix: &Path) -> Self {
        Self {
            regions: with_extension_behind(prefix, "coverage_regions.tsv"),
            names: with_extension_behind(prefix, "coverage_names.tsv"),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &PathBuf> {
        [&self.regions, &self.names].into_iter()
    }

    /// Writes them; they wait for their names.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn write(&self, list: &TargetList, depths: &TargetDepths, contigs: &Contigs) -> Result<AtomicSet> {
        let mut files = AtomicSet::new();
        files.push(write_text(&self.regions, &targets::regions(list, depths, contigs))?);
        files.push(write_text(&self.names, &targets::names(list, depths))?);
        Ok(files)
    }
}
