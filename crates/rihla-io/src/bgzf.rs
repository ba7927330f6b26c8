//! Text as BGZF: blocks that may be compressed apart and put one behind the other.

use libdeflater::{CompressionLvl, Compressor};

/// The empty block that ends every BGZF file (SAM specification, section 4.1.2).
pub const END_MARKER: [u8; 28] = [
    0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0,
    0, 0, 0, 0,
];

/// Bytes of a block before compression, as in htslib.
const BLOCK: usize = 0xff00;

/// Bytes before the compressed data of a block: gzip's header with the `BC` field.
const HEADER: usize = 18;

/// Compresses bytes into complete blocks, without the end marker.
///
/// `level` is libdeflate's, 0 (stored) to 12; higher values count as 12. The result depends on the
/// arguments alone.
#[must_use]
pub fn compress(bytes: &[u8], level: u8) -> Vec<u8> {
    let mut blocks = Vec::new();
    compress_into(bytes, level, &mut blocks);
    blocks
}

/// As [`compress`], appending to `out`.
pub fn compress_into(bytes: &[u8], level: u8, out: &mut Vec<u8>) {
    let level = CompressionLvl::new(level.into()).unwrap_or_else(|_| CompressionLvl::best());
    let mut compressor = Compressor::new(level);
    for block in bytes.chunks(BLOCK) {
        push_block(block, &mut compressor, out);
    }
}

fn push_block(bytes: &[u8], compressor: &mut Compressor, out: &mut Vec<u8>) {
    let begin = out.len();
    out.extend_from_slice(&END_MARKER[..HEADER]);
    out.resize(begin + HEADER + compressor.deflate_compress_bound(bytes.len()), 0);
    let size = compressor
        .deflate_compress(bytes, &mut out[begin + HEADER..])
        .expect("the buffer has the size that the compressor wants");
    out.truncate(begin + HEADER + size);
    out.extend_from_slice(&libdeflater::crc32(bytes).to_le_bytes());
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    // The size of the whole block, less one, is the last field of the header.
    let last = u16::try_from(out.len() - begin - 1).expect("what cannot be compressed is stored and fits");
    out[begin + HEADER - 2..begin + HEADER].copy_from_slice(&last.to_le_bytes());
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
