//! Blocks: what files of CRAM are made of (CRAM 3.0, section 8).

use libdeflater::{CompressionLvl, Compressor, crc32};

use super::number::push_itf8;
use super::rans::{self, Order};
use super::version::CramVersion;
use super::{names, rans_nx16};

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
    /// As read names: by their parts, or as text.
    Names,
}

const RAW: u8 = 0;
const GZIP: u8 = 1;
const RANS: u8 = 4;
const RANS_NX16: u8 = 5;
const NAME_TOKENS: u8 = 8;

/// Makes blocks; its compressor is used again for each.
pub(super) struct Packer {
    compressor: Compressor,
    version: CramVersion,
}

impl Packer {
    /// `level` is libdeflate's, 0 to 12; the version says which codecs there are.
    pub(super) fn new(level: u8, version: CramVersion) -> Self {
        let level = CompressionLvl::new(level.into()).unwrap_or_else(|_| CompressionLvl::best());
        Self { compressor: Compressor::new(level), version }
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
        Some(match (codec, self.version) {
            (Codec::Raw, _) => return None,
            (Codec::Gzip, _) | (Codec::Names, CramVersion::V3_0) => (GZIP, self.gzip(bytes)),
            (Codec::Numbers, CramVersion::V3_0) => {
                let (zeroth, first) = (rans::encode(bytes, Order::Zero), rans::encode(bytes, Order::One));
                (RANS, if first.len() < zeroth.len() { first } else { zeroth })
            }
            (Codec::Qualities, CramVersion::V3_0) => (RANS, rans::encode(bytes, Order::One)),
            (Codec::Numbers, CramVersion::V3_1) => {
                (RANS_NX16, rans_nx16::encode(bytes, &[rans_nx16::Order::Zero, rans_nx16::Order::One]))
            }
            (Codec::Qualities, CramVersion::V3_1) => {
                (RANS_NX16, rans_nx16::encode(bytes, &[rans_nx16::Order::One]))
            }
            (Codec::Names, CramVersion::V3_1) => (NAME_TOKENS, names::encode(bytes)),
        })
    }

    fn gzip(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![0; self.compressor.gzip_compress_bound(bytes.len())];
        let size = self.compressor.gzip_compress(bytes, &mut out);
        out.truncate(size.expect("the buffer has the size that the compressor wants"));
        out
    }
}
