//! Real reads: counts that are known, and noodles' parser as the second opinion.

use std::path::PathBuf;

use noodles::{bgzf, fastq};
use rihla_core::ReadBatch;
use rihla_fastq::{FastqReader, Input, ReadCounts, ReadOptions};

use crate::{OwnedRead, owned};

/// A folder of the shared data, or `None` with a word on standard error when it is absent.
fn folder(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("RIHLA_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = root.join(name);
    if !path.is_dir() {
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: no {}", path.display());
        }
        return None;
    }
    Some(path)
}

fn batches(folder: &std::path::Path) -> Vec<ReadBatch> {
    let inputs = ["reads_1.fq.gz", "reads_2.fq.gz"].map(|name| Input::from(&folder.join(name)));
    let mut reader = FastqReader::open(&inputs, ReadOptions::default()).expect("there");
    let batches = reader.by_ref().collect::<Result<_, _>>().expect("good reads");
    assert_eq!(reader.warnings(), []);
    batches
}

#[test]
fn pairs_are_as_many_as_published() {
    for (name, pairs, lengths) in [
        ("hg19-chr20/giab-hg001-chr20-100k", 25_839, (101, 101)),
        ("hg19-chr20/giab-hg001-chr20-270k-9x", 12_184, (101, 101)),
        ("hg19-chr20/giab-hg002-10x-chr20-357k", 110_226, (128, 150)),
        ("sim-1mb-30x", 99_739, (150, 150)),
    ] {
        let Some(folder) = folder(name) else {
            continue;
        };
        let mut counts = ReadCounts::default();
        batches(&folder).iter().for_each(|batch| counts.merge(&ReadCounts::of(batch)));
        assert_eq!(counts.reads, 2 * pairs, "{name}");
        assert_eq!((counts.cycles[0].len(), counts.cycles[1].len()), lengths, "{name}");
        assert!(counts.q30_bases > counts.bases / 2 && counts.q30_bases <= counts.q20_bases, "{name}");
        assert!((0.3..0.6).contains(&(counts.gc_bases as f64 / counts.bases as f64)), "{name}");
    }
}

#[test]
fn reads_equal_those_of_noodles() {
    let Some(folder) = folder("hg19-chr20/giab-hg001-chr20-270k-9x") else {
        return;
    };
    let ours = owned(&batches(&folder));
    for mate in 0..2 {
        let file = std::fs::File::open(folder.join(format!("reads_{}.fq.gz", mate + 1))).expect("there");
        let mut reader = fastq::io::Reader::new(bgzf::io::Reader::new(file));
        let theirs = reader.records().map(|record| {
            let record = record.expect("good");
            let phred = record.quality_scores().iter().map(|q| q - 33).collect();
            (record.name().to_vec(), record.sequence().to_vec(), phred)
        });
        let mine: Vec<&OwnedRead> = ours.iter().skip(mate).step_by(2).collect();
        let mut seen = 0;
        for (theirs, mine) in theirs.zip(&mine) {
            let name = theirs.0.strip_suffix(format!("/{}", mate + 1).as_bytes()).unwrap_or(&theirs.0);
            assert_eq!((name, &theirs.1, &theirs.2), (&mine.0[..], &mine.1, &mine.2));
            seen += 1;
        }
        assert_eq!(seen, mine.len());
    }
}
