//! A sound CRAM, of version 3.0 or 3.1, with bytes changed and the checksums made right again, or any bytes: its
//! records, or one error that names the file.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, Contigs, RecordArena, RecordBuilder, Reference};
use rihla_io::bam::{BamHeader, ReadGroup};
use rihla_io::cram::{CramEncoder, CramVersion, CramWriter};
use rihla_io::reads::RecordReads;

const VERSIONS: [CramVersion; 2] = [CramVersion::V3_0, CramVersion::V3_1];

fn reference() -> &'static Reference {
    static REFERENCE: OnceLock<Reference> = OnceLock::new();
    REFERENCE.get_or_init(|| {
        let sequence = b"ACGGTCATTGCAACGTTAGC".repeat(100);
        let contig = Contig { name: "chr1".into(), length: sequence.len() as u32, md5: [0; 16] };
        Reference::from_letters(Contigs::new(vec![contig]), &[sequence])
    })
}

/// A file of pairs that overlap, with clips, gaps and tags.
fn sound(version: CramVersion) -> Vec<u8> {
    let groups = vec![ReadGroup { id: "one".into(), sample: "S".into(), ..ReadGroup::default() }];
    let contigs = reference().contigs().clone();
    let header = BamHeader { contigs, read_groups: groups, ..BamHeader::default() };
    let mut records = RecordArena::new();
    for at in 0..60u32 {
        let (end, mate) = if at % 2 == 0 { (flags::FIRST, at + 1) } else { (flags::LAST, at - 1) };
        let placement = Placement {
            flags: flags::PAIRED | end | if at % 2 == 1 { flags::REVERSE } else { 0 },
            place: Some((0, at * 3)),
            mapq: 60,
            mate: Some((0, mate * 3)),
            template_length: 0,
        };
        let cigar = Cigar::parse(["50M", "5S45M", "20M3I27M", "20M2D30M"][at as usize % 4]).expect("valid");
        let codes: Vec<u8> = (0..50).map(|i| ((at + i) % 4) as u8).collect();
        let qualities: Vec<u8> = (0..50).map(|i| [11, 25, 37][(at as usize + i) % 3]).collect();
        let name = format!("A1:7:FC:1:{}:{:04}", 1100 + at / 8, at / 2);
        let mut record =
            RecordBuilder::start(&mut records, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities);
        record.int(*b"NM", at as i32).text(*b"MD", b"50").text(*b"RG", b"one");
        record.finish();
    }
    let path = rihla_fuzz::file("sound.cram", b"");
    let encoder = CramEncoder::new(reference(), &header.read_groups, 1).with_version(version);
    let mut writer = CramWriter::create_version(&path, &header, version).expect("created");
    writer.append(&encoder.encode(records.iter())).expect("sorted");
    writer.finish().expect("written");
    std::fs::read(&path).expect("there")
}

/// A number of one to five bytes at a place, and its size.
fn itf8(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let first = *bytes.get(at)?;
    let size = (first.leading_ones() as usize).min(4) + 1;
    let rest = bytes.get(at + 1..at + size)?;
    let start = u32::from(first) & (0xff_u32 >> size.min(8));
    let value = match size {
        5 => {
            rest[..3].iter().fold(start & 15, |value, &byte| value << 8 | u32::from(byte)) << 4
                | u32::from(rest[3] & 15)
        }
        _ => rest.iter().fold(start, |value, &byte| value << 8 | u32::from(byte)),
    };
    Some((value as usize, size))
}

fn ltf8_size(bytes: &[u8], at: usize) -> Option<usize> {
    Some(bytes.get(at)?.leading_ones() as usize + 1)
}

/// Puts the checksum of what lies from `start` on at `end`.
fn mend(bytes: &mut [u8], start: usize, end: usize) -> Option<()> {
    let checksum = libdeflater::crc32(bytes.get(start..end)?);
    bytes.get_mut(end..end + 4)?.copy_from_slice(&checksum.to_le_bytes());
    Some(())
}

/// Makes the checksums of all containers and blocks right, as far as the lengths lead.
fn mend_all(bytes: &mut [u8]) -> Option<()> {
    let mut at = 26;
    loop {
        let start = at;
        let length = u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
        at += 4;
        for _ in 0..4 {
            at += itf8(bytes, at)?.1;
        }
        for _ in 0..2 {
            at += ltf8_size(bytes, at)?;
        }
        at += itf8(bytes, at)?.1;
        let (landmarks, size) = itf8(bytes, at)?;
        at += size;
        for _ in 0..landmarks {
            at += itf8(bytes, at)?.1;
        }
        mend(bytes, start, at)?;
        at += 4;
        let end = at.checked_add(length)?;
        while at < end {
            let start = at;
            at += 2;
            at += itf8(bytes, at)?.1;
            let (packed, size) = itf8(bytes, at)?;
            at += size;
            at += itf8(bytes, at)?.1;
            at = at.checked_add(packed)?;
            mend(bytes, start, at)?;
            at += 4;
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    static SOUND: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    let sound = SOUND.get_or_init(|| {
        rihla_fuzz::allow_damage();
        VERSIONS.map(sound)
    });
    let file = match bytes.split_first() {
        // Patches of four bytes: where, and what.
        Some((&which @ 0..=1, patches)) => {
            let mut file = sound[usize::from(which)].clone();
            for patch in patches.chunks_exact(4) {
                let at = usize::from(u16::from_le_bytes([patch[0], patch[1]])) % file.len();
                file[at] = match patch[2] % 2 {
                    0 => file[at] ^ patch[3],
                    _ => patch[3],
                };
            }
            let _ = mend_all(&mut file);
            file
        }
        _ => bytes.to_vec(),
    };
    let path = rihla_fuzz::file("reads.cram", &file);
    static FASTA: OnceLock<std::path::PathBuf> = OnceLock::new();
    let fasta = FASTA.get_or_init(|| {
        let letters = "ACGGTCATTGCAACGTTAGC".repeat(100);
        rihla_fuzz::file("ref.fa", format!(">chr1\n{letters}\n").as_bytes())
    });
    let read = || {
        let reads = RecordReads::open(&path)?;
        let folder = std::env::temp_dir();
        let mut templates = reads.into_templates(folder, 0, (reference(), fasta.as_path()))?;
        while let Some(batch) = templates.next_batch()? {
            let length = reference().contigs().get(0).length;
            assert!(batch.records.iter().all(|record| record.position().is_none_or(|at| at < length)));
        }
        Ok::<_, rihla_io::IoError>(())
    };
    if let Err(error) = read() {
        let text = error.to_string();
        assert!(text.contains("reads.cram") || text.contains("ref.fa"), "{text}");
    }
});
