//! Inputs and outputs that are addresses: `s3://bucket/key`, `http://` and `https://`.
//!
//! FASTQ is read where it is, by ranges fetched ahead; every other input is fetched whole into a folder below
//! `--tmp-dir`, and outputs are written to one there and sent when they are complete. The commands see local paths,
//! and what they say and write names the addresses again ([`shown`]). Without the feature `object-store` an address
//! is a usage error.

#[cfg(any(test, not(feature = "object-store")))]
#[cfg_attr(feature = "object-store", expect(dead_code, reason = "there for its tests alone"))]
mod absent;
#[cfg(feature = "object-store")]
mod arrange;
#[cfg(feature = "object-store")]
mod connection;
#[cfg(feature = "object-store")]
mod location;
#[cfg(feature = "object-store")]
mod reading;
#[cfg(feature = "object-store")]
mod sending;
#[cfg(feature = "object-store")]
mod session;
#[cfg(feature = "object-store")]
mod trouble;

use std::path::Path;

#[cfg(not(feature = "object-store"))]
pub use absent::{arrange, commit, end, failure, fetch_reads, input, shown, size};
#[cfg(feature = "object-store")]
pub use arrange::{arrange, fetch_reads};
#[cfg(feature = "object-store")]
pub use session::{commit, end, input, shown, size};
#[cfg(feature = "object-store")]
pub use trouble::failure;

/// How addresses begin.
const SCHEMES: [&str; 3] = ["s3://", "http://", "https://"];

/// What is fetched ahead of the files of a lane while those of the next are opened, in bytes.
pub const BUFFERS: u64 = 64 << 20;

/// Whether a path is an address.
#[must_use]
pub fn is_url(path: &Path) -> bool {
    path.to_str().is_some_and(|path| SCHEMES.iter().any(|scheme| path.starts_with(scheme)))
}

/// The first argument of the command line that is an address, or has one behind `=`.
fn first_url() -> Option<String> {
    let is = |text: &str| {
        is_url(Path::new(text)) || text.split_once('=').is_some_and(|(_, text)| is_url(Path::new(text)))
    };
    std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .find(|argument| is(argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_paths() {
        assert!(["s3://b/k", "http://h/p", "https://h/p"].iter().all(|text| is_url(Path::new(text))));
        assert!(["s3:/b/k", "./s3://b", "gs://b/k", "-", "a.fq"].iter().all(|text| !is_url(Path::new(text))));
    }
}
