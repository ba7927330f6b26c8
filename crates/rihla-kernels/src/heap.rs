//! The heap, as far as the system's allocator lets itself be told.

/// Gives the pages of freed memory back to the system, where the allocator would keep them. Takes some milliseconds:
/// for the moments when much has been freed.
///
/// glibc keeps what lies between two blocks in use, so that a stage that frees many small blocks leaves nothing to
/// the next one that wants large ones. Elsewhere nothing is done.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: malloc_trim takes no pointer, may be called from any thread at any time, and frees nothing that is in
    // use (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    fn resident() -> usize {
        let pages = std::fs::read_to_string("/proc/self/statm").expect("readable");
        pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).map_or(0, |pages: usize| pages * 4096)
    }

    #[test]
    fn freed_memory_goes_back() {
        let blocks: Vec<Vec<u8>> = (0..2_000).map(|_| vec![1; 64 << 10]).collect();
        let full = resident();
        // Every tenth block stays, so that none of the memory lies at the end of the heap.
        let left: Vec<Vec<u8>> = blocks.into_iter().step_by(10).collect();
        give_back();
        let after = resident();
        assert!(after + (80 << 20) < full, "{full} bytes before, {after} after");
        assert!(left.iter().all(|block| block.iter().all(|&byte| byte == 1)));
    }
}
