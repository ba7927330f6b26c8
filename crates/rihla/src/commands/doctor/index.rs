//! The index: is it there, of this reference, of this version, whole?

use std::path::{Path, PathBuf};

use rihla_align::index::FORMAT_VERSION;
use rihla_align::{Index, IndexError};

use super::finding::Finding;
use crate::context::Context;
use crate::memory::gigabytes;
use crate::reference::index_path;

const TOPIC: &str = "index";

/// Looks at the index of a FASTA file, every byte of it, and gives it when it can be used.
pub fn check(context: &Context, fasta: &Path, given: Option<&Path>) -> (Vec<Finding>, Option<Index>) {
    let path = path_of(fasta, given);
    if !path.exists() {
        let remedy = format!("rihla index {} --out {}", fasta.display(), path.display());
        return (vec![Finding::fail(TOPIC, format!("{}: is not there", path.display()), remedy)], None);
    }
    match open(context, fasta, &path) {
        Ok(index) => {
            let found = format!(
                "{}: whole, layout {FORMAT_VERSION}, {}, of this reference",
                path.display(),
                gigabytes(index.bytes())
            );
            (vec![Finding::ok(TOPIC, found)], Some(index))
        }
        Err(error) => (vec![Finding { remedy: None, ..Finding::fail(TOPIC, error.to_string(), "") }], None),
    }
}

/// Where the index of a FASTA file is.
pub fn path_of(fasta: &Path, given: Option<&Path>) -> PathBuf {
    given.map_or_else(|| index_path(fasta), Path::to_owned)
}

/// Errors of an index name the remedy.
fn open(context: &Context, fasta: &Path, path: &Path) -> Result<Index, IndexError> {
    let index = context.pool.install(|| Index::open(path))?;
    index.check_source(path, fasta)?;
    context.pool.install(|| index.verify())?;
    Ok(index)
}
