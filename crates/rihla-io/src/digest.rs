//! Size and SHA-256 of files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rihla_core::FileDigest;
use sha2::{Digest, Sha256};

use crate::error::IoError;

/// Bytes read at once.
const CHUNK: usize = 1 << 20;

/// Takes bytes as they are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Digester {
    bytes: u64,
    hash: Sha256,
}

impl Digester {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
    }

    pub(crate) fn digest(&self) -> FileDigest {
        FileDigest { bytes: self.bytes, sha256: self.hash.clone().finalize().into() }
    }
}

/// Digests bytes in memory.
#[must_use]
pub fn digest_bytes(bytes: &[u8]) -> FileDigest {
    let mut digester = Digester::default();
    digester.add(bytes);
    digester.digest()
}

/// Reads a whole file.
///
/// # Errors
/// [`IoError::Missing`] or [`IoError::Read`].
pub fn digest_file(path: impl AsRef<Path>) -> Result<FileDigest, IoError> {
    let path = path.as_ref();
    let mut file = File::open(path).map_err(|source| IoError::open(path, source))?;
    let mut digester = Digester::default();
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer).map_err(|source| IoError::Read { path: path.to_owned(), source })? {
            0 => return Ok(digester.digest()),
            count => digester.add(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard() {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("abc");
        std::fs::write(&path, "abc").expect("written");
        let digest = digest_file(&path).expect("read");
        // The example of FIPS 180-4, "abc".
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!((digest.bytes, digest.sha256_hex().as_str()), (3, expected));
        assert!(digest_file(directory.path().join("none")).is_err());
    }
}
