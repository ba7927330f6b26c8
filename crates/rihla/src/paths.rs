//! Outputs must not stand where inputs do: the last rename would destroy them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::cli::ReferenceArgs;
use crate::exit::{Failure, fault};
use crate::reference::index_path;

/// A path with an extension behind its own.
#[must_use]
pub fn with_extension_behind(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// A file's name as far as its first dot.
#[must_use]
pub fn first_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

/// Checks that no output is the reference, its index or one of the inputs.
///
/// # Errors
/// Usage, naming the path.
pub fn check(outputs: &[&Path], reference: &ReferenceArgs, inputs: &[PathBuf]) -> Result<()> {
    let index = reference.index.clone().unwrap_or_else(|| index_path(&reference.reference));
    let inputs = inputs.iter().chain([&reference.reference, &index]);
    inputs.into_iter().try_for_each(|input| outputs.iter().try_for_each(|output| differ(output, input)))
}

/// Checks that no two outputs have one name.
///
/// # Errors
/// Usage, naming the path.
pub fn check_apart(outputs: &[&Path]) -> Result<()> {
    let twice = outputs.iter().enumerate().find(|(i, output)| outputs[..*i].contains(output));
    match twice {
        Some((_, output)) => {
            let message =
                format!("{}: is two outputs at once; give each a name of its own", output.display());
            Err(fault(Failure::Usage, message))
        }
        None => Ok(()),
    }
}

/// Checks that an output is not an input, under whatever name.
///
/// # Errors
/// Usage, naming the path.
pub fn differ(output: &Path, input: &Path) -> Result<()> {
    let standard = |path: &Path| path == Path::new("-");
    let regular = |path: &Path| fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if standard(output) || standard(input) || !regular(output) || !regular(input) {
        return Ok(());
    }
    if matches!((fs::canonicalize(output), fs::canonicalize(input)), (Ok(a), Ok(b)) if a == b) {
        let message = format!("{}: is an input and an output at once; write elsewhere", output.display());
        return Err(fault(Failure::Usage, message));
    }
    Ok(())
}
