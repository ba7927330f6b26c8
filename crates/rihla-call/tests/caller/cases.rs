//! Runs every folder of `testdata/cases` with reads: places where a call was once wrong.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{call_whole, describe};
use rihla_core::{Cigar, RecordArena, RecordBuilder, Reference, base, record::Placement};

#[test]
fn every_case_is_called_as_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/cases");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .expect("the cases are committed")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.join("reads.sam").exists())
        .collect();
    folders.sort();
    assert!(folders.len() >= 5, "cases are missing from {}", root.display());
    for folder in folders {
        let reference = read_reference(&folder.join("reference.fa"));
        let records = read_sam(&folder.join("reads.sam"));
        let (core, expected) = read_expected(&folder.join("expected.tsv"));
        let called: Vec<String> = call_whole(&reference, &records)
            .iter()
            .filter(|record| record.is_pass() && core.contains(&(record.position + 1)))
            .map(describe)
            .collect();
        assert_eq!(called, expected, "{}", folder.display());
    }
}

fn read_reference(path: &Path) -> Reference {
    let text = fs::read_to_string(path).expect("reference.fa");
    let letters: String = text.lines().filter(|line| !line.starts_with('>')).collect();
    crate::support::reference(letters.as_bytes())
}

fn read_sam(path: &Path) -> RecordArena {
    let mut arena = RecordArena::new();
    let text = fs::read_to_string(path).expect("reads.sam");
    for line in text.lines().filter(|line| !line.starts_with('@')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| fields[i].parse::<i64>().expect("a number");
        let mut codes = Vec::new();
        base::encode_into(fields[9].as_bytes(), &mut codes);
        let qualities: Vec<u8> = fields[10].bytes().map(|letter| letter - 33).collect();
        let placement = Placement {
            flags: number(1) as u16,
            place: Some((0, number(3) as u32 - 1)),
            mapq: number(4) as u8,
            mate: (fields[6] == "=").then(|| (0, number(7) as u32 - 1)),
            template_length: number(8) as i32,
        };
        let cigar = Cigar::parse(fields[5]).expect("a CIGAR");
        let name = fields[0].as_bytes();
        let mut record = RecordBuilder::start(&mut arena, &placement, name, cigar.ops(), &codes, &qualities);
        for tag in &fields[11..] {
            let (name, value) = tag.split_once(":i:").expect("tags of integers only");
            record.int(name.as_bytes().try_into().expect("two letters"), value.parse().expect("a number"));
        }
        record.finish();
    }
    arena
}

/// The core (1-based) and the calls in it, as [`describe`] writes them.
fn read_expected(path: &Path) -> (std::ops::RangeInclusive<u32>, Vec<String>) {
    let text = fs::read_to_string(path).expect("expected.tsv");
    let mut lines = text.lines();
    let core: Vec<u32> = lines
        .next()
        .and_then(|line| line.strip_prefix("core\t"))
        .expect("a line with the core")
        .split('\t')
        .map(|number| number.parse().expect("a number"))
        .collect();
    (core[0]..=core[1], lines.map(str::to_owned).collect())
}
