//! Text as BGZF: blocks that may be compressed apart and put one behind the other.

use std::io::Write;

use noodles::bgzf::io::writer::{Builder, CompressionLevel};

/// The empty block that ends every BGZF file (SAM specification, section 4.1.2).
pub const END_MARKER: [u8; 28] = [
    0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0,
    0, 0, 0, 0,
];

/// Compresses bytes into complete blocks, without the end marker.
///
/// `level` is libdeflate's, 0 (stored) to 12; higher values count as 12. The result depends on the
/// arguments alone.
#[must_use]
pub fn compress(bytes: &[u8], level: u8) -> Vec<u8> {
    let level = CompressionLevel::new(level).unwrap_or(CompressionLevel::BEST);
    let mut writer = Builder::default().set_compression_level(level).build_from_writer(Vec::new());
    writer.write_all(bytes).expect("writing to memory does not fail");
    let mut blocks = writer.finish().expect("writing to memory does not fail");
    debug_assert!(blocks.ends_with(&END_MARKER));
    blocks.truncate(blocks.len() - END_MARKER.len());
    blocks
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn parts_join_into_one_file() {
        let (one, two) = (vec![b'a'; 100_000], b"tail".to_vec());
        let mut file = compress(&one, 4);
        file.extend(compress(&two, 4));
        file.extend(END_MARKER);
        let mut text = Vec::new();
        noodles::bgzf::io::Reader::new(&file[..]).read_to_end(&mut text).expect("sound BGZF");
        assert_eq!(text, [one, two].concat());
    }
}
