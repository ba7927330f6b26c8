//! Runs every folder of `testdata/cases` with reads: places where a call was once wrong.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::support::{call_with, describe};
use rihla_call::{ArtifactRates, CallOptions, SlipModel, UsualDepth};
use rihla_core::{Cigar, Interval, RecordArena, RecordBuilder, Reference, base, record::Placement};
use rihla_kernels::Simd;

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
        let Expected { core, usual_depth, artifacts, strangers, slips, calls } =
            read_expected(&folder.join("expected.tsv"));
        let called = |cuts: &[u32]| -> Vec<String> {
            let pieces = cuts.windows(2).flat_map(|cut| {
                let slips = slips.clone();
                let options =
                    CallOptions { usual_depth, artifacts, strangers, slips, ..CallOptions::default() };
                call_with(options, &reference, Interval::new(0, cut[0], cut[1]), &records, Simd::best())
            });
            let passing = pieces.filter(|record| record.is_pass() && core.contains(&(record.position + 1)));
            passing.map(|record| describe(&record)).collect()
        };
        let (length, middle) = (reference.contigs().get(0).length, (core.start() + core.end()) / 2);
        assert_eq!(called(&[0, length]), calls, "{}", folder.display());
        assert_eq!(called(&[0, middle, length]), calls, "{}, cut in its core", folder.display());
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

/// What is expected of a case.
struct Expected {
    /// 1-based.
    core: RangeInclusive<u32>,
    /// Of the sample, where the case has one.
    usual_depth: Option<UsualDepth>,
    artifacts: ArtifactRates,
    /// Share of the reads.
    strangers: f64,
    slips: SlipModel,
    /// The calls in the core, as [`describe`] writes them.
    calls: Vec<String>,
}

fn read_expected(path: &Path) -> Expected {
    let text = fs::read_to_string(path).expect("expected.tsv");
    let mut lines = text.lines();
    let core: Vec<u32> = lines
        .next()
        .and_then(|line| line.strip_prefix("core\t"))
        .expect("a line with the core")
        .split('\t')
        .map(|number| number.parse().expect("a number"))
        .collect();
    let (mut usual_depth, mut artifacts, mut calls) = (None, ArtifactRates::default(), Vec::new());
    let CallOptions { mut slips, mut strangers, .. } = CallOptions::default();
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| fields[i].parse::<f64>().expect("a number");
        match (fields[0], fields.len()) {
            ("depth", 2) => usual_depth = Some(UsualDepth::even(number(1))),
            ("depth", 3) => usual_depth = Some(UsualDepth::varied(number(1), number(2))),
            ("artifacts", 3) => artifacts = ArtifactRates { snp: number(1), gap: number(2) },
            ("strangers", 2) => strangers = number(1),
            // The share of the reads that slip in a run of twelve.
            ("slips", 2) => {
                let shift = 10.0 * (number(1) / slips.share_in_runs()).log10();
                slips.set_shift(SlipModel::class(1), 12, shift);
            }
            // By how much more often than usual reads slip in all repeats (Phred).
            ("shift", 2) => {
                for (class, units) in (0..3).flat_map(|class| (0..=20).map(move |units| (class, units))) {
                    slips.set_shift(class, units, number(1));
                }
            }
            (_, 4) => calls.push(line.to_owned()),
            _ => panic!("{line}: no call, and nothing of the sample"),
        }
    }
    Expected { core: core[0]..=core[1], usual_depth, artifacts, strangers, slips, calls }
}
