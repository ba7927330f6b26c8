//! What passes through the inputs: how much of them has been read, for those who wait, and its digest.

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rihla_core::FileDigest;
use sha2::{Digest, Sha256};

/// Counts the bytes that pass through readers, compressed as they come, and digests them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    passed: Arc<AtomicU64>,
    /// Bytes of all inputs; `None` when one of them is a pipe.
    total: Option<u64>,
    /// By input, once it is read to its end.
    digests: Vec<Arc<OnceLock<FileDigest>>>,
}

impl Meter {
    pub(crate) fn new(total: Option<u64>) -> Self {
        Self { total, ..Self::default() }
    }

    /// A reader of a further input, watched here, and digested where that is wanted.
    pub(crate) fn watch(&mut self, inner: Box<dyn Read + Send>, digested: bool) -> Box<dyn Read + Send> {
        let digest = Arc::default();
        self.digests.push(Arc::clone(&digest));
        let hash = digested.then(Sha256::new);
        Box::new(Watched { inner, passed: Arc::clone(&self.passed), bytes: 0, hash, digest })
    }

    /// Share of all bytes that have passed, 0 to 1.
    pub(crate) fn share(&self) -> Option<f64> {
        let total = self.total.filter(|&total| total > 0)?;
        Some((self.passed.load(Ordering::Relaxed) as f64 / total as f64).min(1.0))
    }

    /// The digests of all inputs, once every one is read to its end, if they were wanted.
    pub(crate) fn digests(&self) -> Option<Vec<FileDigest>> {
        self.digests.iter().map(|digest| digest.get().copied()).collect()
    }
}

struct Watched {
    inner: Box<dyn Read + Send>,
    passed: Arc<AtomicU64>,
    bytes: u64,
    hash: Option<Sha256>,
    digest: Arc<OnceLock<FileDigest>>,
}

impl Read for Watched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        if let Some(hash) = &mut self.hash {
            if count == 0 && !out.is_empty() {
                let sha256 = hash.clone().finalize().into();
                self.digest.get_or_init(|| FileDigest { bytes: self.bytes, sha256 });
            }
            hash.update(&out[..count]);
        }
        self.bytes += count as u64;
        self.passed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
