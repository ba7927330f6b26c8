//! Read-only memory mapping of a file.

use std::fs::File;
use std::io;

use memmap2::{Mmap, MmapOptions};

/// A file mapped for reading. The mapping starts at a page, so its bytes are aligned for any word.
#[derive(Debug)]
pub struct MappedFile(Mmap);

impl MappedFile {
    /// Maps the whole file and asks for huge pages where the system offers them.
    ///
    /// The file must not be cut or changed by anyone while it is mapped; Rihla replaces its own
    /// index files by renaming, never in place.
    ///
    /// # Errors
    /// Whatever the system says of the mapping.
    pub fn open(file: &File) -> io::Result<Self> {
        // SAFETY: the map is read-only and private to this value. Another process that truncates the
        // file under us would fault this one (SIGBUS); index files are written under a temporary
        // name and renamed, so a file that can be opened here is never written again.
        let map = unsafe { MmapOptions::new().map(file)? };
        #[cfg(target_os = "linux")]
        // Only a hint: file systems without huge pages refuse it.
        let _ = map.advise(memmap2::Advice::HugePage);
        Ok(Self(map))
    }

    /// The bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}
