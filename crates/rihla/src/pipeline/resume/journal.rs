//! A file of numbered pieces of finished work, appended from many threads.
//!
//! A piece has a head with its number, what it was made of, its size and checksums, and behind it its bytes, compressed by
//! LZ4. The order does not matter, and the last piece of a number counts. What a killed run was writing lies at the
//! end and is cut off when the file is opened again; a piece that is damaged is not given out, so that it is made
//! anew; a damaged head, behind which nothing can be found, ends the file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use lz4_flex::block;
use rihla_io::IoError;
use xxhash_rust::xxh3::xxh3_64;

/// What begins a head.
const MAGIC: u64 = u64::from_le_bytes(*b"rihla\0pc");

/// Bytes of a head.
const HEAD: usize = 64;

/// Work that a loss of power may undo. A process that is killed loses nothing that was written.
const SYNC_INTERVAL: Duration = Duration::from_secs(30);

/// The file.
pub struct Journal {
    path: PathBuf,
    /// What an earlier run left, by number.
    found: HashMap<u64, Place>,
    reader: Mutex<File>,
    writer: Mutex<Writer>,
    /// The same file, to be synced while others write.
    synced: File,
}

struct Writer {
    file: File,
    end: u64,
    last_sync: Instant,
}

/// Where a piece lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    offset: u64,
    source: u128,
    stored: u64,
    length: u64,
    checksum: u64,
}

impl Journal {
    /// Opens a file, made when it is not there, and looks for the pieces in it.
    ///
    /// # Errors
    /// When it cannot be made, read or cut.
    pub fn open(path: &Path) -> Result<Self, IoError> {
        let fail = |source| IoError::writing(path, source);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|source| IoError::creating(path, source))?;
        let (found, end) = scan(&mut file).map_err(fail)?;
        file.set_len(end).map_err(fail)?;
        let reader = Mutex::new(File::open(path).map_err(fail)?);
        let synced = file.try_clone().map_err(fail)?;
        let writer = Mutex::new(Writer { file, end, last_sync: Instant::now() });
        Ok(Self { path: path.to_owned(), found, reader, writer, synced })
    }

    /// How many numbers an earlier run left a piece of.
    pub fn found(&self) -> usize {
        self.found.len()
    }

    /// Bytes in the file.
    pub fn bytes(&self) -> u64 {
        lock(&self.writer).end
    }

    /// The piece of a number that an earlier run made of the same source; `None` where there is none, or it is damaged.
    pub fn get(&self, number: u64, source: u128) -> Option<Vec<u8>> {
        let place = self.found.get(&number).filter(|place| place.source == source)?;
        let mut stored = vec![0; usize::try_from(place.stored).ok()?];
        {
            let mut file = lock(&self.reader);
            file.seek(SeekFrom::Start(place.offset)).and_then(|_| file.read_exact(&mut stored)).ok()?;
        }
        if xxh3_64(&stored) != place.checksum {
            return None;
        }
        if place.stored == place.length {
            return Some(stored);
        }
        block::decompress(&stored, usize::try_from(place.length).ok()?).ok()
    }

    /// Appends a piece.
    ///
    /// # Errors
    /// When it cannot be written; the pieces before it stay.
    pub fn add(&self, number: u64, source: u128, piece: &[u8]) -> Result<(), IoError> {
        let mut bytes = vec![0; HEAD + block::get_maximum_output_size(piece.len())];
        let stored =
            block::compress_into(piece, &mut bytes[HEAD..]).expect("there is as much room as LZ4 can need");
        bytes.truncate(HEAD + stored);
        if stored >= piece.len() {
            bytes.truncate(HEAD);
            bytes.extend_from_slice(piece);
        }
        let stored = &bytes[HEAD..];
        let head = Place {
            offset: 0,
            source,
            stored: stored.len() as u64,
            length: piece.len() as u64,
            checksum: xxh3_64(stored),
        }
        .head(number);
        bytes[..HEAD].copy_from_slice(&head);
        self.append(&bytes).map_err(|source| IoError::writing(&self.path, source))
    }

    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut writer = lock(&self.writer);
        // What failed before is written over.
        let end = writer.end;
        writer.file.seek(SeekFrom::Start(end))?;
        writer.file.write_all(bytes)?;
        writer.end += bytes.len() as u64;
        if writer.last_sync.elapsed() < SYNC_INTERVAL {
            return Ok(());
        }
        writer.last_sync = Instant::now();
        drop(writer);
        self.synced.sync_data()
    }
}

impl Place {
    fn head(&self, number: u64) -> [u8; HEAD] {
        let mut head = [0; HEAD];
        head[..8].copy_from_slice(&MAGIC.to_le_bytes());
        head[8..16].copy_from_slice(&number.to_le_bytes());
        head[16..32].copy_from_slice(&self.source.to_le_bytes());
        head[32..40].copy_from_slice(&self.stored.to_le_bytes());
        head[40..48].copy_from_slice(&self.length.to_le_bytes());
        head[48..56].copy_from_slice(&self.checksum.to_le_bytes());
        let checksum = xxh3_64(&head[..56]);
        head[56..].copy_from_slice(&checksum.to_le_bytes());
        head
    }

    /// The number and the place that a head tells, the bytes being at `offset`.
    fn of_head(head: &[u8; HEAD], offset: u64) -> Option<(u64, Self)> {
        let word = |at: usize| Some(u64::from_le_bytes(*head[at..].first_chunk()?));
        let source = u128::from_le_bytes(*head[16..].first_chunk()?);
        let place = Self { offset, source, stored: word(32)?, length: word(40)?, checksum: word(48)? };
        let is_sound = word(0)? == MAGIC && word(56)? == xxh3_64(&head[..56]);
        is_sound.then_some((word(8)?, place))
    }
}

/// The pieces of a file, and where the last whole one ends. Only heads are read.
fn scan(file: &mut File) -> io::Result<(HashMap<u64, Place>, u64)> {
    let length = file.metadata()?.len();
    let (mut found, mut end, mut head) = (HashMap::new(), 0, [0; HEAD]);
    while end + HEAD as u64 <= length {
        file.seek(SeekFrom::Start(end))?;
        file.read_exact(&mut head)?;
        let Some((number, place)) = Place::of_head(&head, end + HEAD as u64) else { break };
        let Some(next) = place.offset.checked_add(place.stored).filter(|&next| next <= length) else { break };
        found.insert(number, place);
        end = next;
    }
    Ok((found, end))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Text that gets smaller, and bytes that do not.
    fn piece(number: u64) -> Vec<u8> {
        let text = format!("piece {number} ").repeat(50 * (number as usize % 3)).into_bytes();
        let noise = (0..300_u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8);
        text.into_iter().chain(noise).collect()
    }

    fn filled(path: &Path) -> u64 {
        let journal = Journal::open(path).expect("made");
        for number in [3, 0, 7, 1] {
            journal.add(number, 100 + u128::from(number), &piece(number)).expect("written");
        }
        journal.bytes()
    }

    #[test]
    fn pieces_come_back_with_their_source_only() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("journal");
        filled(&path);
        let journal = Journal::open(&path).expect("opened");
        assert_eq!(journal.found(), 4);
        for number in [0, 1, 3, 7] {
            assert_eq!(journal.get(number, 100 + u128::from(number)), Some(piece(number)));
            assert_eq!(journal.get(number, 99), None);
        }
        assert_eq!(journal.get(2, 102), None);
        // The last of a number counts.
        journal.add(3, 5, b"new").expect("written");
        let journal = Journal::open(&path).expect("opened");
        assert_eq!((journal.found(), journal.get(3, 5)), (4, Some(b"new".to_vec())));
    }

    #[test]
    fn a_file_cut_anywhere_keeps_what_is_whole_and_goes_on() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("journal");
        let length = filled(&path);
        let whole = fs::read(&path).expect("read");
        assert_eq!(whole.len() as u64, length);
        for cut in (0..whole.len()).step_by(13) {
            fs::write(&path, &whole[..cut]).expect("written");
            let journal = Journal::open(&path).expect("opened");
            let found = journal.found();
            assert!(found < 4 && journal.bytes() <= cut as u64);
            journal.add(9, 9, b"more").expect("written");
            let journal = Journal::open(&path).expect("opened");
            assert_eq!(
                (journal.found(), journal.get(9, 9)),
                (found + 1, Some(b"more".to_vec())),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn a_changed_byte_costs_a_piece_or_those_behind_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("journal");
        filled(&path);
        let whole = fs::read(&path).expect("read");
        let mut lost = Vec::new();
        for at in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[at] ^= 0x10;
            fs::write(&path, changed).expect("written");
            let journal = Journal::open(&path).expect("opened");
            let given = [3, 0, 7, 1].map(|number| journal.get(number, 100 + u128::from(number)));
            for (given, number) in given.iter().zip([3, 0, 7, 1]) {
                assert!(given.as_ref().is_none_or(|given| *given == piece(number)), "byte {at}");
            }
            lost.push(given.iter().filter(|given| given.is_none()).count());
        }
        assert!(lost.iter().all(|lost| (1..=4).contains(lost)), "{lost:?}");
        assert!(lost.contains(&1) && lost.contains(&4));
    }
}
