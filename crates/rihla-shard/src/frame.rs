//! Records as they lie in the blocks of a stream: length, ordinal, bytes.

use rihla_core::RecordRef;

/// Bytes before a record: its length (4) and its ordinal (8), little-endian.
const HEAD: usize = 12;

/// A record in a block.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) ordinal: u64,
    /// Where the record's bytes begin in the block.
    pub(crate) at: usize,
    pub(crate) record: RecordRef<'a>,
}

/// Bytes that a record takes in a block.
pub(crate) fn stored_bytes(record: &[u8]) -> usize {
    HEAD + record.len()
}

/// Appends a record.
pub(crate) fn store(out: &mut Vec<u8>, ordinal: u64, record: &[u8]) {
    out.extend_from_slice(&(record.len() as u32).to_le_bytes());
    out.extend_from_slice(&ordinal.to_le_bytes());
    out.extend_from_slice(record);
}

/// The records of a block.
pub(crate) fn read_all(block: &[u8]) -> impl Iterator<Item = Frame<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (head, rest) = block[at..].split_first_chunk::<HEAD>()?;
        let (length, ordinal) = head.split_at(4);
        let length = u32::from_le_bytes(length.try_into().expect("4 bytes")) as usize;
        let ordinal = u64::from_le_bytes(ordinal.try_into().expect("8 bytes"));
        let frame = Frame { ordinal, at: at + HEAD, record: RecordRef::new(&rest[..length]) };
        at += HEAD + length;
        Some(frame)
    })
}
