//! A program that was built without object stores.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Error, Result};
use rihla_fastq::Input;
use rihla_io::AtomicSet;

use super::{first_url, is_url};
use crate::cli::Command;
use crate::exit::{Failure, fault};

/// Refuses addresses.
///
/// # Errors
/// Usage, naming the feature.
pub fn arrange(_: &mut Command) -> Result<()> {
    first_url().map_or(Ok(()), |url| Err(refuse(&url)))
}

/// Refuses addresses, among files of reads that a sheet names.
///
/// # Errors
/// Usage, naming the feature.
pub fn fetch_reads(reads: &mut [PathBuf]) -> Result<()> {
    let url = reads.iter().find(|path| is_url(path));
    url.map_or(Ok(()), |url| Err(refuse(&url.to_string_lossy())))
}

fn refuse(url: &str) -> Error {
    let url = url.split('?').next().unwrap_or_default();
    let message = format!(
        "{url}: this program was built without object stores; build it with --features object-store, or copy the \
         file here and give its path"
    );
    fault(Failure::Usage, message)
}

/// The input of a path.
#[must_use]
pub fn input(path: &Path) -> Input {
    Input::from(path)
}

/// Bytes of an object.
#[must_use]
pub fn size(_: &Path) -> Option<u64> {
    None
}

/// A text as it is.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

/// Gives complete files their names.
///
/// # Errors
/// As [`AtomicSet::commit`].
pub fn commit(files: AtomicSet) -> Result<()> {
    Ok(files.commit()?)
}

/// The kind of an error that came of an object.
#[must_use]
pub fn failure(_: &Error) -> Option<Failure> {
    None
}

/// Ends what is under way.
pub fn end() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_a_sheet_is_refused_with_the_name_of_the_feature() {
        let mut reads = ["x_1.fq.gz", "https://host/x_2.fq.gz?token=hidden"].map(PathBuf::from);
        let error = fetch_reads(&mut reads).expect_err("refused").to_string();
        assert!(
            error.contains("https://host/x_2.fq.gz") && error.contains("--features object-store"),
            "{error}"
        );
        assert!(!error.contains("hidden"), "{error}");
        assert!(fetch_reads(&mut reads[..1]).is_ok());
    }
}
