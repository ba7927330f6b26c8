//! Writing in blocks of a huge page.

use std::io::{self, Write};

/// The usual size of a huge page. Systems that keep a file in pages as large as its writes (Linux: XFS, ext4 from 6.16)
/// can then map a block by one entry of the page table, and look-ups miss the address translation less.
const BLOCK: usize = 2 << 20;

/// Hands on what is written block by block, each at a multiple of its size, and the rest when it is flushed.
pub(super) struct InBlocks<W> {
    out: W,
    /// What has not been handed on: less than a block.
    block: Vec<u8>,
}

impl<W: Write> InBlocks<W> {
    pub fn new(out: W) -> Self {
        Self { out, block: Vec::with_capacity(BLOCK) }
    }
}

impl<W: Write> Write for InBlocks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(BLOCK - self.block.len());
        self.block.extend_from_slice(&bytes[..taken]);
        if self.block.len() == BLOCK {
            self.out.write_all(&self.block)?;
            self.block.clear();
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.block)?;
        self.block.clear();
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes the length of each write.
    #[derive(Default)]
    struct Noted(Vec<u8>, Vec<usize>);

    impl Write for Noted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.push(bytes.len());
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whole_blocks_are_written_whatever_comes_in() {
        let bytes: Vec<u8> = (0..2 * BLOCK + 77).map(|i| (i % 251) as u8).collect();
        let mut noted = Noted::default();
        let mut out = InBlocks::new(&mut noted);
        for piece in [&bytes[..200], &bytes[200..BLOCK + 5], &bytes[BLOCK + 5..]] {
            out.write_all(piece).expect("in memory");
        }
        out.flush().expect("in memory");
        assert!(noted.0 == bytes);
        assert_eq!(noted.1, [BLOCK, BLOCK, 77]);
    }
}
