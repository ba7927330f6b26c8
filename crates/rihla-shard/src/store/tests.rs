use std::path::Path;
use std::thread;

use super::*;

fn options(memory_bytes: usize, temp_dir: &Path) -> ShardOptions {
    ShardOptions { memory_bytes, temp_dir: temp_dir.to_owned(), ..ShardOptions::default() }
}

fn append(store: &Store, stream: usize, bytes: &[u8]) -> Result<(), ShardError> {
    store.append(stream, |content| content.entry(bytes.len()).extend_from_slice(bytes))
}

/// The 8-byte entries of a stream, sorted.
fn entries(store: &Store, stream: usize) -> Vec<u64> {
    let mut entries: Vec<u64> = store
        .read(stream, |blocks| {
            let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("8 bytes"));
            blocks.iter().flat_map(|block| block.chunks_exact(8).map(number)).collect()
        })
        .expect("readable");
    entries.sort_unstable();
    entries
}

#[test]
fn threads_spill_and_nothing_is_lost() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::new(5, &options(300_000, directory.path()));
    thread::scope(|scope| {
        for part in 0..4u64 {
            let store = &store;
            scope.spawn(move || {
                for number in (part..200_000).step_by(4) {
                    append(store, (number % 5) as usize, &number.to_le_bytes()).expect("spills");
                }
            });
        }
    });
    for stream in 0..5 {
        let expected: Vec<u64> = (stream..200_000).step_by(5).collect();
        assert_eq!(entries(&store, stream as usize), expected);
        assert_eq!(store.stream_bytes(stream as usize), 8 * expected.len() as u64);
    }
    assert!(store.spilled_bytes() > 0);
    assert!(store.peak_bytes() < 300_000 + 4 * 2 * BLOCK, "held {}", store.peak_bytes());
}

#[test]
fn the_budget_is_kept_within_a_tenth() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::new(300, &options(4 << 20, directory.path()));
    let entry = [7; 350];
    for number in 0..60_000usize {
        append(&store, number.wrapping_mul(7919) % 300, &entry).expect("spills");
    }
    assert!(store.peak_bytes() < (4 << 20) * 11 / 10, "held {}", store.peak_bytes());
    let read: usize = (0..300)
        .map(|at| store.read(at, |blocks| blocks.iter().map(|b| b.len()).sum::<usize>()).unwrap())
        .sum();
    assert_eq!(read, 60_000 * entry.len());
}

#[test]
fn no_spill_under_the_budget_and_no_file() {
    let missing = Path::new("/no/such/directory");
    let store = Store::new(2, &options(1 << 20, missing));
    append(&store, 1, &5u64.to_le_bytes()).expect("stays in memory");
    assert_eq!((entries(&store, 1), store.spilled_bytes()), (vec![5], 0));
    store.release(1);
    assert_eq!((entries(&store, 1), store.held.load(Ordering::Relaxed)), (vec![], 0));
}

#[test]
fn a_missing_directory_is_named_and_the_data_stay() {
    let missing = Path::new("/no/such/directory");
    let store = Store::new(1, &options(0, missing));
    let error = append(&store, 0, &9u64.to_le_bytes()).expect_err("cannot spill");
    assert!(matches!(&error, ShardError::TempDir { directory, .. } if directory == missing), "{error}");
    assert_eq!(entries(&store, 0), [9]);
    assert_eq!(store.held.load(Ordering::Relaxed), lock(&store.streams[0].content).held());
}

#[test]
fn changed_bytes_are_noticed() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::new(1, &options(0, directory.path()));
    append(&store, 0, &[3; 4000]).expect("spills");
    store.file.damage(2);
    let error = store.read(0, |_| ()).expect_err("corrupt");
    assert!(matches!(error, ShardError::Corrupt { offset: 0, .. }), "{error}");
}

#[test]
fn an_entry_longer_than_a_block_is_kept_whole() {
    let directory = tempfile::tempdir().expect("a directory");
    let store = Store::new(1, &options(1 << 20, directory.path()));
    append(&store, 0, &[1; 10]).expect("fits");
    append(&store, 0, &vec![2; 3 * BLOCK]).expect("fits");
    append(&store, 0, &[3; 10]).expect("fits");
    let lengths = store.read(0, |blocks| blocks.iter().map(|block| block.len()).collect::<Vec<_>>());
    assert_eq!(lengths.expect("readable"), [10, 3 * BLOCK, 10]);
}

#[test]
fn spilled_blocks_serve_the_streams_that_fill_next_within_the_budget() {
    let directory = tempfile::tempdir().expect("a directory");
    let budget = 8 << 20;
    let store = Store::new(2, &options(budget, directory.path()));
    let kept = || store.spares.bytes.load(Ordering::Relaxed);
    let entry = [7; 4096];
    while store.spilled_bytes() == 0 {
        append(&store, 0, &entry).expect("spills");
    }
    assert!(kept() > budget / 2, "{} kept", kept());
    for _ in 0..100 {
        append(&store, 1, &entry).expect("fits");
    }
    let before = kept();
    for _ in 0..160 {
        append(&store, 1, &entry).expect("fits");
    }
    assert_eq!(before - kept(), 10 * BLOCK);
    assert!(store.held_bytes() + kept() <= budget, "{} held, {} kept", store.held_bytes(), kept());
    store.shrink(0).expect("spills");
    assert_eq!((store.held_bytes(), kept()), (0, 0));
}
