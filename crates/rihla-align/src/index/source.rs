//! What ties an index to the FASTA file it was built from.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use xxhash_rust::xxh3::Xxh3Default;

use crate::error::IndexError;

/// Size, modification time and digests of a FASTA file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SourceFingerprint {
    /// Size of the file in bytes.
    pub size: u64,
    /// xxh3 over 64 evenly spaced samples; over the whole file when it is small.
    pub sampled: u64,
    /// When it was last modified, in nanoseconds since 1970; 0 when the system does not tell.
    pub modified: i64,
    /// xxh3 over the whole file.
    pub digest: u64,
}

impl SourceFingerprint {
    const SAMPLES: u64 = 64;
    const SAMPLE_BYTES: u64 = 1 << 18;

    /// The fingerprint of a file, which is read once from front to back.
    ///
    /// # Errors
    /// [`IndexError::Source`] when it cannot be read.
    pub fn of(path: &Path) -> Result<Self, IndexError> {
        Self::read(path).map_err(|source| IndexError::Source { path: path.to_owned(), source })
    }

    /// Whether a file is the one of this fingerprint: one of other size or samples is not, one of equal
    /// modification time is; of any other, such as a copy, all bytes are compared by their digest.
    ///
    /// # Errors
    /// [`IndexError::Source`] when it cannot be read.
    pub(super) fn matches(&self, path: &Path) -> Result<bool, IndexError> {
        self.compare(path).map_err(|source| IndexError::Source { path: path.to_owned(), source })
    }

    fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        // The time is asked for first: a file that changes while it is read then differs in it.
        let metadata = file.metadata()?;
        let (size, modified) = (metadata.len(), modified(&metadata));
        let sampled = sampled_digest(&mut file, size)?;
        Ok(Self { size, sampled, modified, digest: whole_digest(&mut file)? })
    }

    fn compare(&self, path: &Path) -> io::Result<bool> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.len() != self.size || sampled_digest(&mut file, self.size)? != self.sampled {
            return Ok(false);
        }
        let same_time = self.modified != 0 && modified(&metadata) == self.modified;
        Ok(same_time || whole_digest(&mut file)? == self.digest)
    }
}

/// Nanoseconds since 1970, before it below zero; 0 when unknown.
fn modified(metadata: &Metadata) -> i64 {
    let Ok(time) = metadata.modified() else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(0),
        Err(before) => i64::try_from(before.duration().as_nanos()).map_or(0, |nanos| -nanos),
    }
}

fn sampled_digest(file: &mut File, size: u64) -> io::Result<u64> {
    const SAMPLES: u64 = SourceFingerprint::SAMPLES;
    const BYTES: u64 = SourceFingerprint::SAMPLE_BYTES;
    if size <= SAMPLES * BYTES {
        return whole_digest(file);
    }
    let mut hasher = Xxh3Default::new();
    let mut buffer = Vec::new();
    for sample in 0..SAMPLES {
        file.seek(SeekFrom::Start((size - BYTES) / (SAMPLES - 1) * sample))?;
        buffer.clear();
        file.take(BYTES).read_to_end(&mut buffer)?;
        hasher.update(&buffer);
    }
    Ok(hasher.digest())
}

fn whole_digest(file: &mut File) -> io::Result<u64> {
    file.rewind()?;
    let mut hasher = Xxh3Default::new();
    let mut buffer = vec![0; SourceFingerprint::SAMPLE_BYTES as usize];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hasher.digest()),
            Ok(count) => hasher.update(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
