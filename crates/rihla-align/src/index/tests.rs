mod build;
mod damage;

use std::fs;

use proptest::prelude::*;
use rihla_core::reference::PADDING_WORDS;
use rihla_core::{Contig, Contigs, base};

use super::*;
use crate::syncmer;

fn reference(sequences: &[Vec<u8>]) -> Reference {
    let list = sequences.iter().enumerate().map(|(i, sequence)| Contig {
        name: format!("chr{i}"),
        length: sequence.len() as u32,
        md5: [i as u8; 16],
    });
    Reference::from_letters(Contigs::new(list.collect()), sequences)
}

fn letters(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            b"ACGT"[(state >> 33) as usize & 3]
        })
        .collect()
}

fn sample() -> Vec<Vec<u8>> {
    let mut first = letters(3, 30_000);
    first[500..700].fill(b'N');
    first.extend_from_slice(&letters(3, 3_000));
    vec![first, letters(9, 19), Vec::new(), letters(5, 4_000)]
}

/// All syncmers of the reference by brute force: hash, position, strand.
fn oracle(reference: &Reference) -> Vec<(u64, u64, bool)> {
    let mut all = Vec::new();
    for contig in 0..reference.contigs().len() as u32 {
        let codes = reference.fetch(contig, 0, u32::MAX);
        let offset = reference.offset(contig);
        syncmer::for_each(&codes, |s| all.push((s.hash, offset + u64::from(s.position), s.reverse)));
    }
    all.sort_unstable();
    all
}

fn occurrences(table: &Table<'_>, hash: u64) -> Range<u32> {
    table.prefetch_directory(hash);
    let bucket = table.bucket(hash);
    table.prefetch_entries(&bucket);
    table.occurrences(bucket, hash)
}

fn assert_complete(index: &Index) {
    let all = oracle(index.reference());
    let table = index.table();
    assert_eq!(table.len(), all.len());
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        let hash = group[0].0;
        let found = occurrences(&table, hash);
        let found: Vec<_> =
            found.map(|i| table.entry(i)).map(|entry| (hash, entry.position(), entry.reverse())).collect();
        assert_eq!(found, group);
    }
}

#[test]
fn every_syncmer_is_found_and_no_other() {
    let index = build(&reference(&sample()), SourceFingerprint::default()).into_index();
    assert_complete(&index);
    let table = index.table();
    syncmer::for_each(&letters(77, 5_000).iter().map(|&l| base::encode(l)).collect::<Vec<_>>(), |s| {
        assert!(occurrences(&table, s.hash).is_empty());
    });
}

#[test]
fn bases_are_asked_for_wherever_they_lie() {
    let words = vec![0u64; 40];
    for offset in [0, 31, 32, 1_279, 1_280, u64::MAX - 3, u64::MAX] {
        for bases in [0, 1, 150, 100_000, u32::MAX] {
            prefetch_bases(&words, offset, bases);
            prefetch_bases(&[], offset, bases);
        }
    }
}

#[test]
fn the_file_gives_back_what_was_built() {
    let reference = reference(&sample());
    let source = SourceFingerprint { size: 7, sampled: 8, modified: -9, digest: 10 };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("ref.fa.rhx");
    let mut first = Vec::new();
    build(&reference, source).write_to(&mut first).expect("written");
    fs::write(&path, &first).expect("written");
    let index = Index::open(&path).expect("valid");
    assert_complete(&index);
    assert_eq!(index.source(), source);
    assert_eq!(index.reference().contigs(), reference.contigs());
    assert_eq!(index.reference().ambiguous(), reference.ambiguous());
    assert_eq!(index.reference().words(), reference.words());
    assert!(reference.words().len() > PADDING_WORDS);

    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("a pool");
    let mut second = Vec::new();
    pool.install(|| build(&reference, source).write_to(&mut second)).expect("written");
    assert_eq!(first, second);
}

#[test]
fn damage_is_named() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("ref.fa.rhx");
    let mut good = Vec::new();
    build(&reference(&sample()), SourceFingerprint::default()).write_to(&mut good).expect("written");
    let message = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("written");
        let error = Index::open(&path).err().expect("an error").to_string();
        assert!(error.contains("ref.fa.rhx") && error.contains("rebuild it with: rihla index "), "{error}");
        assert!(error.ends_with("/ref.fa"), "{error}");
        error
    };
    assert!(message(b"").contains("not an index"));
    assert!(message(b"@HD\tVN:1.6\n").contains("not an index"));
    assert!(message(&good[..9]).contains("truncated"));
    assert!(message(&good[..100]).contains("truncated"));
    assert!(message(&good[..good.len() - 1]).contains("truncated"));
    let mut old = good.clone();
    old[8] = 99;
    assert!(message(&old).contains("layout 99"));
    for (at, what) in [(50, "header"), (4096, "contig"), (good.len() - 3, "seed table")] {
        let mut bad = good.clone();
        bad[at] ^= 4;
        let error = message(&bad);
        assert!(error.contains("corrupt") && error.contains(what), "{error}");
    }
    fs::remove_file(&path).expect("there");
    assert!(matches!(Index::open(&path), Err(IndexError::Io { .. })));
}

#[test]
fn an_index_by_another_choice_of_seeds_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ref.fa.rhx");
    let mut bytes = Vec::new();
    build(&reference(&sample()), SourceFingerprint::default()).write_to(&mut bytes).expect("in memory");
    // The digest of the seeds is the last word of the header before its checksum.
    bytes[184] ^= 1;
    let sum = xxhash_rust::xxh3::xxh3_64(&bytes[..192]);
    bytes[192..200].copy_from_slice(&sum.to_le_bytes());
    fs::write(&path, bytes).expect("written");
    let error = Index::open(&path).err().expect("another definition");
    assert!(matches!(error, IndexError::OtherSeeds { .. }), "{error}");
    assert!(error.to_string().contains("rebuild it with: rihla index"), "{error}");
}

#[test]
fn a_changed_reference_is_stale() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let fasta = directory.path().join("ref.fa");
    fs::write(&fasta, b">a\nACGT\n").expect("written");
    let source = SourceFingerprint::of(&fasta).expect("readable");
    let index = build(&reference(&sample()), source).into_index();
    let path = directory.path().join("ref.fa.rhx");
    assert!(index.check_source(&path, &fasta).is_ok());
    fs::write(&fasta, b">a\nACGA\n").expect("written");
    let error = index.check_source(&path, &fasta).expect_err("stale").to_string();
    assert!(error.contains("stale") && error.contains("rebuild it with: rihla index"), "{error}");
}

#[test]
fn a_change_between_the_samples_is_seen_and_a_touched_file_is_fresh() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (fasta, path) = (directory.path().join("ref.fa"), directory.path().join("ref.fa.rhx"));
    // Samples of 256 KiB lie 333 KiB apart.
    let mut content = vec![b'A'; 21 << 20];
    let write = |content: &[u8], seconds: u64| {
        fs::write(&fasta, content).expect("written");
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        fs::File::options().append(true).open(&fasta).and_then(|file| file.set_modified(time)).expect("set");
    };
    write(&content, 1_000);
    let source = SourceFingerprint::of(&fasta).expect("readable");
    assert_eq!((source.size, source.modified), (21 << 20, 1_000_000_000_000));
    let index = build(&reference(&sample()), source).into_index();
    assert!(index.check_source(&path, &fasta).is_ok());
    write(&content, 2_000);
    assert!(index.check_source(&path, &fasta).is_ok(), "only touched");
    content[(1 << 18) + 5_000] = b'C';
    write(&content, 2_000);
    assert_eq!(SourceFingerprint::of(&fasta).expect("readable").sampled, source.sampled);
    assert!(matches!(index.check_source(&path, &fasta), Err(IndexError::Stale { .. })));
    // Where the time agrees too, not all of the file is read.
    write(&content, 1_000);
    assert!(index.check_source(&path, &fasta).is_ok());
    content[100] = b'C';
    write(&content, 1_000);
    assert!(matches!(index.check_source(&path, &fasta), Err(IndexError::Stale { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_reference_is_indexed_whole(
        sequences in prop::collection::vec(prop::collection::vec(prop::sample::select(&b"ACGTACGTACGTN"[..]), 0..400), 1..4)
    ) {
        assert_complete(&build(&reference(&sequences), SourceFingerprint::default()).into_index());
    }
}
