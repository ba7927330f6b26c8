//! How much of the inputs has been read, for those who wait.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the bytes that pass through readers, compressed as they come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meter {
    passed: Arc<AtomicU64>,
    /// Bytes of all inputs; `None` when one of them is a pipe.
    total: Option<u64>,
}

impl Meter {
    pub(crate) fn new(total: Option<u64>) -> Self {
        Self { passed: Arc::default(), total }
    }

    /// A reader that counts here.
    pub(crate) fn watch(&self, inner: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        Box::new(Watched { inner, passed: Arc::clone(&self.passed) })
    }

    /// Share of all bytes that have passed, 0 to 1.
    pub(crate) fn share(&self) -> Option<f64> {
        let total = self.total.filter(|&total| total > 0)?;
        Some((self.passed.load(Ordering::Relaxed) as f64 / total as f64).min(1.0))
    }
}

struct Watched {
    inner: Box<dyn Read + Send>,
    passed: Arc<AtomicU64>,
}

impl Read for Watched {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.passed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
