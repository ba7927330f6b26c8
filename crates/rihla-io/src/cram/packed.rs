//! Containers of a CRAM as bytes and back.

use rihla_core::pack::{self, Pack, Unpack};

use super::container::{Container, Place};
use super::encoder::CramBlock;

impl Pack for CramBlock {
    fn pack(&self, out: &mut Vec<u8>) {
        self.containers.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self { containers: from.read()? })
    }
}

impl Pack for Container {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { place, records, bases, compression_header, digest, blocks, ids } = self;
        place.map(|Place { contig, start, span }| (contig, (start, span))).pack(out);
        (*records, *bases).pack(out);
        pack::bytes(compression_header, out);
        out.extend_from_slice(digest);
        pack::bytes(blocks, out);
        ids.len().pack(out);
        ids.iter().for_each(|&id| pack::signed(id.into(), out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let place: Option<(u32, (u32, u32))> = from.read()?;
        let (records, bases) = from.read()?;
        Some(Self {
            place: place.map(|(contig, (start, span))| Place { contig, start, span }),
            records,
            bases,
            compression_header: from.bytes()?.to_vec(),
            digest: *from.take(16)?.first_chunk()?,
            blocks: from.bytes()?.to_vec(),
            ids: {
                let count: usize = from.read()?;
                let id = |_| i32::try_from(pack::unpack_signed(from)?).ok();
                (0..count).map(id).collect::<Option<_>>()?
            },
        })
    }
}
