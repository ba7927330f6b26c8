//! Memory by the page: files mapped for reading, and zeroed memory of gigabytes.

use std::fs::File;
use std::io;

use memmap2::{Mmap, MmapMut, MmapOptions};

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

/// Zeroed words, on huge pages where the system offers them: scattered writes to gigabytes then miss the
/// address translation less, and pages are only there once they are written to.
#[derive(Debug)]
pub struct ZeroedMemory(Zeroed);

#[derive(Debug)]
enum Zeroed {
    Pages(MmapMut),
    Heap(Vec<u64>),
}

impl ZeroedMemory {
    /// Fewer bytes gain nothing by pages of their own.
    const LEAST_PAGES: usize = 4 << 20;

    /// So many words, all zero.
    #[must_use]
    pub fn new(words: usize) -> Self {
        let bytes = words.checked_mul(size_of::<u64>()).filter(|&bytes| bytes >= Self::LEAST_PAGES);
        if let Some(map) = bytes.and_then(|bytes| MmapMut::map_anon(bytes).ok()) {
            #[cfg(target_os = "linux")]
            // Only a hint.
            let _ = map.advise(memmap2::Advice::HugePage);
            return Self(Zeroed::Pages(map));
        }
        Self(Zeroed::Heap(vec![0; words]))
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        match &self.0 {
            Zeroed::Pages(map) => bytemuck::cast_slice(map),
            Zeroed::Heap(words) => words,
        }
    }

    /// The words, to be written.
    #[must_use]
    pub fn words_mut(&mut self) -> &mut [u64] {
        match &mut self.0 {
            Zeroed::Pages(map) => bytemuck::cast_slice_mut(map),
            Zeroed::Heap(words) => words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeroed_memory_of_any_size_is_written() {
        for words in [0, 1, 1000, ZeroedMemory::LEAST_PAGES / 8, (ZeroedMemory::LEAST_PAGES / 8) + 513] {
            let mut memory = ZeroedMemory::new(words);
            assert_eq!(memory.words().len(), words);
            assert!(memory.words().iter().all(|&word| word == 0));
            memory.words_mut().iter_mut().for_each(|word| *word = 7);
            assert!(memory.words().iter().all(|&word| word == 7));
        }
    }
}
