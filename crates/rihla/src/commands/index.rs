//! `rihla index`: the index of a reference, built or checked.

use anyhow::Result;

use crate::cli::IndexArgs;
use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::{paths, reference};

/// Builds and writes the index, or checks the one that is there.
///
/// # Errors
/// The FASTA missing or damaged; the index not writable; with `--check`, missing, foreign, damaged or stale.
pub fn run(args: &IndexArgs) -> Result<()> {
    let context = Context::new(&args.run)?;
    if !args.reference.is_file() {
        let message = format!("{}: no such reference file", args.reference.display());
        return Err(fault(Failure::Missing, message));
    }
    let path = args.out.clone().unwrap_or_else(|| reference::index_path(&args.reference));
    paths::differ(&path, &args.reference)?;
    if args.check {
        return reference::check(&context, &args.reference, &path);
    }
    reference::build(&context, &args.reference, &path)
}
