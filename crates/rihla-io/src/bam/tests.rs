//! BAM against itself, htslib, noodles and samtools.

mod damage;
mod foreign;
mod round_trip;

use std::path::{Path, PathBuf};

use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, Contigs, Interval, RecordArena, RecordBuilder, RecordRef};

use super::{BamHeader, BamWriter, Program, ReadGroup, compress_records};

/// One record to be made.
#[derive(Clone, Debug)]
struct Sketch {
    place: Option<(u32, u32)>,
    cigar: &'static str,
    is_unmapped: bool,
    bases: u32,
}

fn contigs(lengths: &[u32]) -> Contigs {
    let contig = |(i, &length)| Contig { name: format!("c{i}"), length, md5: [i as u8 + 1; 16] };
    Contigs::new(lengths.iter().enumerate().map(contig).collect())
}

fn header(contigs: Contigs) -> BamHeader {
    let read_group = ReadGroup {
        id: "rg1".into(),
        sample: "NA1".into(),
        library: Some("lib".into()),
        platform: Some("ILLUMINA".into()),
        unit: None,
        other: vec!["CN:here".into()],
    };
    let program = Program { version: "0.1".into(), command_line: "rihla align --ref a.fa".into() };
    BamHeader { contigs, read_groups: vec![read_group], program: Some(program), ..BamHeader::default() }
}

/// Builds records in genome order, names numbered in that order.
fn build(mut sketches: Vec<Sketch>) -> RecordArena {
    sketches.sort_by_key(|sketch| sketch.place.unwrap_or((u32::MAX, 0)));
    let mut arena = RecordArena::new();
    for (i, sketch) in sketches.iter().enumerate() {
        let is_placed_and_mapped = sketch.place.is_some() && !sketch.is_unmapped;
        let cigar = Cigar::parse(if is_placed_and_mapped { sketch.cigar } else { "*" }).expect("valid");
        let bases = if is_placed_and_mapped { cigar.read_span() } else { sketch.bases };
        let placement = Placement {
            flags: flags::PAIRED | if is_placed_and_mapped { 0 } else { flags::UNMAPPED },
            place: sketch.place,
            mapq: (i % 61) as u8,
            mate: sketch.place.map(|(contig, at)| (contig, at / 2)),
            template_length: -(i as i32),
        };
        let codes: Vec<u8> = (0..bases).map(|at| ((at as usize + i) * 7 % 5) as u8).collect();
        let qualities: Vec<u8> = (0..bases).map(|at| ((at as usize * 3 + i) % 42) as u8).collect();
        let name = format!("read{i}");
        let mut record =
            RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities);
        record.int(*b"NM", i as i32).text(*b"RG", b"rg1");
        record.finish();
    }
    arena
}

/// Writes the records in batches of `batch`.
fn write(path: &Path, contigs: &Contigs, records: &RecordArena, batch: usize) {
    let mut writer = BamWriter::create(path, &header(contigs.clone())).expect("created");
    for start in (0..records.len()).step_by(batch.max(1)) {
        let end = (start + batch).min(records.len());
        writer.append(&compress_records((start..end).map(|i| records.get(i)), 1)).expect("sorted");
    }
    writer.finish().expect("finished");
}

fn overlaps(record: &RecordRef<'_>, interval: &Interval) -> bool {
    let (Some(contig), Some(start)) = (record.contig(), record.position()) else { return false };
    let end = record.reference_end().expect("placed");
    Interval::new(contig, start, end).overlaps(interval)
}

fn name_of(record: &RecordRef<'_>) -> String {
    String::from_utf8(record.name().to_vec()).expect("text")
}

/// Names of the records that overlap, by looking at each.
fn expected_names(records: &RecordArena, interval: &Interval) -> Vec<String> {
    records.iter().filter(|record| overlaps(record, interval)).map(|record| name_of(&record)).collect()
}

/// A few thousand records over the contigs, in clusters with gaps between.
fn many(contigs: &Contigs, count: u32) -> RecordArena {
    let cigars = ["100M", "10S90M", "30M5I65M", "40M200D60M", "50M30000N50M"];
    let sketch = |i: u32| {
        let contig = i % contigs.len() as u32;
        let length = u64::from(contigs.get(contig).length);
        let scattered = u64::from(i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let at = (scattered % 97 * (length / 97) + scattered % 1000) % (length - 31_000);
        Sketch {
            place: (!i.is_multiple_of(41)).then_some((contig, at as u32)),
            cigar: cigars[i as usize % cigars.len()],
            is_unmapped: i.is_multiple_of(29),
            bases: 100,
        }
    };
    build((0..count).map(sketch).collect())
}

struct Scene {
    _directory: tempfile::TempDir,
    path: PathBuf,
    contigs: Contigs,
    records: RecordArena,
}

fn scene(lengths: &[u32], count: u32, batch: usize) -> Scene {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bam");
    let contigs = contigs(lengths);
    let records = many(&contigs, count);
    write(&path, &contigs, &records, batch);
    Scene { _directory: directory, path, contigs, records }
}

/// The index that we wrote.
fn index_beside(path: &Path) -> PathBuf {
    let names = [".bai", ".csi"].map(|extension| crate::atomic::beside(path, extension));
    names.into_iter().find(|name| name.exists()).expect("an index")
}

fn intervals(contigs: &Contigs) -> Vec<Interval> {
    let mut all = Vec::new();
    for (id, contig) in contigs.iter().enumerate() {
        let (id, length) = (id as u32, contig.length);
        all.push(Interval::new(id, 0, length));
        for part in 0..23 {
            let at = (u64::from(length) * part / 23) as u32;
            all.extend(
                [1, 500, 20_000, 3_000_000].map(|size| Interval::new(id, at, (at + size).min(length))),
            );
            // Edges of the smallest bins.
            let edge = at >> 14 << 14;
            all.extend([Interval::new(id, edge, edge + 1), Interval::new(id, edge.max(1) - 1, edge.max(1))]);
        }
    }
    all
}
