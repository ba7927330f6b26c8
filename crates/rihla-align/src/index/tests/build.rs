//! What the scan finds, where it is put, and how it lies in memory.

use super::*;
use crate::index::build::build_as;

/// A reference of several chunks: short and empty contigs, runs of N at and over the borders of chunks.
fn many_chunks() -> Vec<Vec<u8>> {
    let mut first = letters(11, 300_000);
    for start in [1, 30_000, 65_520, 131_066, 131_090, 196_608, 262_144 - 19, 299_990] {
        first[start..start + 5].fill(b'N');
    }
    let mut small: Vec<Vec<u8>> =
        (0..300).map(|i| letters(100 + i as u64, [0, 1, 15, 19, 20, 21, 200][i % 7])).collect();
    let mut all = vec![vec![b'N'; 70_000], first];
    all.append(&mut small);
    all.push(letters(12, 40_000));
    all.push(vec![b'N'; 200]);
    all
}

#[test]
fn seeds_are_found_over_all_borders() {
    let reference = reference(&many_chunks());
    assert_complete(&build(&reference, SourceFingerprint::default()).into_index());
    // A chunk finds the seeds that start in it and no other.
    let bases = reference.bases();
    let all = oracle(&reference);
    for (start, end) in [(0, 0), (0, 1), (69_999, 70_001), (100_000, 100_020), (135_000, 420_000), (0, bases)]
    {
        let mut found = Vec::new();
        scan::for_each(&reference, start..end, |seed| found.push((seed.hash, seed.position, seed.reverse)));
        assert!(found.is_sorted_by_key(|seed| seed.1));
        found.sort_unstable();
        let expected: Vec<_> = all.iter().copied().filter(|seed| (start..end).contains(&seed.1)).collect();
        assert_eq!(found, expected, "{start}..{end}");
    }
    assert!(!all.is_empty());
}

#[test]
fn frequent_seeds_are_sorted_by_position() {
    // One 171-mer a thousand times over: partitions large enough for the sort by digits.
    let unit = letters(5, 171);
    let mut array: Vec<u8> = unit.iter().copied().cycle().take(400_000).collect();
    for at in (0..array.len()).step_by(997) {
        array[at] = b'A';
    }
    let index = build(&reference(&[array, letters(6, 50_000)]), SourceFingerprint::default()).into_index();
    assert_complete(&index);
    let table = index.table();
    let most = oracle(index.reference()).chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).max();
    assert!(most > Some(1_500), "{most:?} occurrences");
    for group in oracle(index.reference()).chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 100) {
        let (low, high) = (group[20].1, group[70].1);
        let found: Vec<u64> =
            table.between(occurrences(&table, group[0].0), low..high).map(Entry::position).collect();
        assert_eq!(found, group[20..70].iter().map(|seed| seed.1).collect::<Vec<u64>>());
    }
}

#[test]
fn entries_of_every_width_are_found() {
    let reference = reference(&sample());
    for (directory_bits, bytes) in [(12, 8), (16, 8), (17, 7), (24, 7), (25, 6)] {
        let layout = Layout { directory_bits };
        assert_eq!(layout.entry_bytes(), bytes);
        let data = build_as(&reference, SourceFingerprint::default(), |_| layout);
        let mut file = Vec::new();
        data.write_to(&mut file).expect("in memory");
        assert_complete(&data.into_index());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("ref.fa.rhx");
        fs::write(&path, file).expect("written");
        let index = Index::open(&path).expect("valid");
        assert_complete(&index);
        index.verify().expect("sound");
    }
    assert_eq!(Layout { directory_bits: 28 }.entry_bytes(), 6);
}

#[test]
fn the_largest_reference_fits_in_eight_gigabytes() {
    // docs/performance.md gives these sums: (bases, their seeds) at one seed in five.
    for (bases, most) in [(3_100_000_000u64, 5_600_000_000u64), (u64::from(u32::MAX), 7_400_000_000)] {
        let seeds = bases / 5;
        let layout = Layout::of(seeds as usize);
        let table = seeds * layout.entry_bytes() as u64 + (4 << layout.directory_bits);
        assert!(table + bases / 4 < most, "{} bytes", table + bases / 4);
    }
}
