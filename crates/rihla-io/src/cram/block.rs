//! Blocks: what files of CRAM are made of (CRAM 3.0, section 8).

use libdeflater::{CompressionLvl, Compressor, crc32};

use super::number::push_itf8;
use super::rans::{self, Order};

/// What a block holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    FileHeader = 0,
    CompressionHeader = 1,
    SliceHeader = 2,
    External = 4,
    Core = 5,
}

/// How a block may be compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    /// Not at all.
    Raw,
    /// As text that repeats itself.
    Gzip,
    /// As numbers: rANS, the better of its orders.
    Numbers,
    /// As qualities: rANS of order 1.
    Qualities,
}

const RAW: u8 = 0;
const GZIP: u8 = 1;
const RANS: u8 = 4;

/// Makes blocks; its compressor is used again for each.
pub(super) struct Packer {
    compressor: Compressor,
}

impl Packer {
    /// `level` is libdeflate's, 0 to 12.
    pub(super) fn new(level: u8) -> Self {
        let level = CompressionLvl::new(level.into()).unwrap_or_else(|_| CompressionLvl::best());
        Self { compressor: Compressor::new(level) }
    }

    /// Appends a block; what does not become smaller is stored.
    pub(super) fn push(&mut self, content: Content, id: i32, bytes: &[u8], codec: Codec, out: &mut Vec<u8>) {
        let packed = self.pack(bytes, codec).filter(|(_, packed)| packed.len() < bytes.len());
        let (method, data) = packed.as_ref().map_or((RAW, bytes), |(method, packed)| (*method, packed));
        let begin = out.len();
        out.extend([method, content as u8]);
        push_itf8(id, out);
        push_itf8(data.len() as i32, out);
        push_itf8(bytes.len() as i32, out);
        out.extend_from_slice(data);
        out.extend_from_slice(&crc32(&out[begin..]).to_le_bytes());
    }

    fn pack(&mut self, bytes: &[u8], codec: Codec) -> Option<(u8, Vec<u8>)> {
        if bytes.is_empty() {
            return None;
        }
        match codec {
            Codec::Raw => None,
            Codec::Gzip => Some((GZIP, self.gzip(bytes))),
            Codec::Numbers => {
                let (zeroth, first) = (rans::encode(bytes, Order::Zero), rans::encode(bytes, Order::One));
                Some((RANS, if first.len() < zeroth.len() { first } else { zeroth }))
            }
            Codec::Qualities => Some((RANS, rans::encode(bytes, Order::One))),
        }
    }

    fn gzip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0; self.compressor.gzip_compress_bound(bytes.len())];
        let size = self.compressor.gzip_compress(bytes, &mut out);
        out.truncate(size.expect("the buffer has the size that the compressor wants"));
        out
    }
}
