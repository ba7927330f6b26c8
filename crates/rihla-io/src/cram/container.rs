//! Containers of one slice, and the other things a file is made of (CRAM 3.0, sections 6 to 8).

use libdeflater::crc32;

use super::block::{Codec, Content, Packer};
use super::number::{push_array, push_itf8, push_ltf8};
use super::version::CramVersion;

/// What begins a file: magic number, version, and a name of the file that nobody reads.
pub(super) fn file_definition(version: CramVersion) -> [u8; 26] {
    let mut bytes = [0; 26];
    bytes[..4].copy_from_slice(b"CRAM");
    bytes[4..6].copy_from_slice(&version.numbers());
    bytes
}

/// What ends a file: a container without records.
pub(crate) const END: [u8; 38] = [
    0x0f, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xe0, 0x45, 0x4f, 0x46, 0, 0, 0, 0, 1, 0, 0x05, 0xbd, 0xd9,
    0x4f, 0, 1, 0, 6, 6, 1, 0, 1, 0, 1, 0, 0xee, 0x63, 1, 0x4b,
];

/// The reference under a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub contig: u32,
    pub start: u32,
    pub span: u32,
}

/// A container but for the number of its first record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Container {
    /// `None` for records without a place.
    pub place: Option<Place>,
    pub records: u32,
    pub bases: u64,
    /// The block.
    pub compression_header: Vec<u8>,
    /// MD5 of the reference under it; zeros where it is not known.
    pub digest: [u8; 16],
    /// The core block and those of the series.
    pub blocks: Vec<u8>,
    /// Ids of the latter.
    pub ids: Vec<i32>,
}

/// Where the slice of a container lies in it, as an index says it.
pub(super) struct Landmark {
    /// Bytes from the end of the container's header to the slice.
    pub offset: usize,
    /// Bytes of the slice.
    pub size: usize,
}

impl Container {
    /// Contig, first position from 1, and length of the stretch of the reference.
    pub(super) fn place_numbers(&self) -> [i32; 3] {
        self.place
            .map_or([-1, 0, 0], |place| [place.contig as i32, place.start as i32 + 1, place.span as i32])
    }

    /// Appends the container, whose first record is number `first` of the file.
    pub(super) fn push(&self, first: u64, packer: &mut Packer, out: &mut Vec<u8>) -> Landmark {
        let slice_header = self.slice_header(first, packer);
        let offset = self.compression_header.len();
        let size = slice_header.len() + self.blocks.len();
        let header = Header {
            length: offset + size,
            place: self.place_numbers(),
            records: self.records,
            first,
            bases: self.bases,
            // The compression header, the slice header and the core block.
            blocks: self.ids.len() + 3,
            landmarks: &[offset as i32],
        };
        header.push(out);
        out.extend_from_slice(&self.compression_header);
        out.extend_from_slice(&slice_header);
        out.extend_from_slice(&self.blocks);
        Landmark { offset, size }
    }

    fn slice_header(&self, first: u64, packer: &mut Packer) -> Vec<u8> {
        let mut header = Vec::new();
        self.place_numbers().into_iter().for_each(|number| push_itf8(number, &mut header));
        push_itf8(self.records as i32, &mut header);
        push_ltf8(first, &mut header);
        push_itf8(self.ids.len() as i32 + 1, &mut header);
        push_array(self.ids.iter().copied(), &mut header);
        // No block holds the reference.
        push_itf8(-1, &mut header);
        header.extend_from_slice(&self.digest);
        let mut block = Vec::new();
        packer.push(Content::SliceHeader, 0, &header, Codec::Raw, &mut block);
        block
    }
}

/// The container of a file's header.
pub(super) fn push_file_header(text: &str, packer: &mut Packer, out: &mut Vec<u8>) {
    let mut content = (text.len() as i32).to_le_bytes().to_vec();
    content.extend_from_slice(text.as_bytes());
    let mut block = Vec::new();
    packer.push(Content::FileHeader, 0, &content, Codec::Gzip, &mut block);
    let header = Header {
        length: block.len(),
        place: [0; 3],
        records: 0,
        first: 0,
        bases: 0,
        blocks: 1,
        landmarks: &[0],
    };
    header.push(out);
    out.extend_from_slice(&block);
}

struct Header<'a> {
    length: usize,
    place: [i32; 3],
    records: u32,
    first: u64,
    bases: u64,
    blocks: usize,
    landmarks: &'a [i32],
}

impl Header<'_> {
    fn push(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        let length = i32::try_from(self.length).expect("a container of 10,000 records is far below 2 GiB");
        out.extend_from_slice(&length.to_le_bytes());
        self.place.into_iter().for_each(|number| push_itf8(number, out));
        push_itf8(self.records as i32, out);
        push_ltf8(self.first, out);
        push_ltf8(self.bases, out);
        push_itf8(self.blocks as i32, out);
        push_array(self.landmarks.iter().copied(), out);
        let checksum = crc32(&out[begin..]);
        out.extend_from_slice(&checksum.to_le_bytes());
    }
}
