//! A BAM whose content, before compression, is the bytes: header and records, read through an index that has none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rihla_core::{Interval, RecordArena};
use rihla_io::bam::BamReader;
use rihla_io::bgzf::{END_MARKER, compress};

fuzz_target!(|bytes: &[u8]| {
    let mut file = compress(bytes, 1);
    file.extend(END_MARKER);
    let path = rihla_fuzz::file("reads.bam", &file);
    // As many contigs as the header claims, without bins.
    let mut index = b"BAI\x01".to_vec();
    let contigs = bytes.get(4..8).and_then(|length| {
        let end = 8 + u32::from_le_bytes(length.try_into().ok()?) as usize;
        bytes.get(end..end.checked_add(4)?)
    });
    let contigs = contigs.map_or([0; 4], |bytes| bytes.try_into().expect("4 bytes"));
    index.extend(contigs);
    index.resize(index.len() + 8 * (u32::from_le_bytes(contigs) as usize).min(1 << 12), 0);
    rihla_fuzz::file("reads.bam.bai", &index);
    let Ok(mut reader) = BamReader::open(&path) else { return };
    let mut records = RecordArena::new();
    let _ = reader.query(Interval::new(0, 0, 1000), &mut records);
});
