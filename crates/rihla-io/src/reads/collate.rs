//! Mates brought together, whatever lies between them in the file.
//!
//! A read waits in memory for its mate. Of those that wait too long, with too many behind them, the oldest go
//! to temporary files by their names' checksums, and are paired at the end, one file after the other. What is
//! kept in memory is a constant, and not what the user grants, so that the order of the templates depends on the
//! file alone.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use super::fields::Read;
use crate::error::IoError;

/// What has a mate: a read, or a record.
pub(super) trait HasMate: Sized {
    /// What it shares with its mate.
    fn name(&self) -> &[u8];
    /// Whether it is the last of its template; the first else.
    fn is_last(&self) -> bool;
    /// Bytes that it takes while it waits.
    fn size(&self) -> usize;
    /// Writes it to a temporary file.
    ///
    /// # Errors
    /// Those of writing.
    fn write(&self, out: &mut impl Write) -> io::Result<()>;
    /// The next one of a temporary file; `None` at the end.
    ///
    /// # Errors
    /// Those of reading.
    fn read_back(file: &mut impl io::Read) -> io::Result<Option<Self>>;
}

/// Bytes of reads that wait in memory.
const WINDOW: usize = 64 << 20;
/// Temporary files: with a billion reads of 350 bytes none holds more than a gigabyte and a half.
const BUCKETS: u32 = 256;
/// Bytes of what waits beside its letters, in memory.
pub(super) const OVERHEAD: usize = 160;

/// What comes of a read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mates<T> {
    /// It waits.
    Waiting,
    /// First and last of a template.
    Pair(T, T),
    /// There was such a read before.
    Twice(T),
    /// All have come, and its mate has not.
    Alone(T),
}

/// Why what is left cannot be paired.
pub(super) enum Unpaired {
    /// By what is in the file.
    Problem(IoError),
    /// A temporary file failed.
    Temporary(io::Error),
}

impl Unpaired {
    /// As an error, the temporary files being in `folder`.
    pub(super) fn in_folder(self, folder: &Path) -> IoError {
        match self {
            Self::Problem(error) => error,
            Self::Temporary(source) => IoError::writing(folder, source),
        }
    }
}

impl From<io::Error> for Unpaired {
    fn from(source: io::Error) -> Self {
        Self::Temporary(source)
    }
}

/// Pairs reads by their names.
pub(super) struct Collator<T = Read> {
    folder: PathBuf,
    window: usize,
    /// The last read, where it has no mate yet: most often the next is its mate.
    last: Option<T>,
    waiting: HashMap<Vec<u8>, (u64, T)>,
    /// Their names by age.
    ages: BTreeMap<u64, Vec<u8>>,
    next_age: u64,
    bytes: usize,
    buckets: Vec<Option<BufWriter<File>>>,
}

impl<T: HasMate> Collator<T> {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self::with_window(folder, WINDOW)
    }

    pub(super) fn with_window(folder: PathBuf, window: usize) -> Self {
        Self {
            folder,
            window,
            last: None,
            waiting: HashMap::new(),
            ages: BTreeMap::new(),
            next_age: 0,
            bytes: 0,
            buckets: Vec::new(),
        }
    }

    /// Where the temporary files are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes in a read of a pair.
    ///
    /// # Errors
    /// Those of writing temporary files.
    pub(super) fn add(&mut self, read: T) -> io::Result<Mates<T>> {
        if let Some(last) = self.last.take() {
            if last.name() == read.name() {
                return Ok(pair(last, read));
            }
            self.keep(last)?;
        }
        if let Some((age, mate)) = self.waiting.remove(read.name()) {
            self.ages.remove(&age);
            self.bytes -= mate.size();
            return Ok(pair(mate, read));
        }
        self.last = Some(read);
        Ok(Mates::Waiting)
    }

    /// Lets a read wait, and the oldest go where there are too many.
    fn keep(&mut self, read: T) -> io::Result<()> {
        self.bytes += read.size();
        self.ages.insert(self.next_age, read.name().to_owned());
        self.waiting.insert(read.name().to_owned(), (self.next_age, read));
        self.next_age += 1;
        while self.bytes > self.window {
            self.spill_oldest()?;
        }
        Ok(())
    }

    fn spill_oldest(&mut self) -> io::Result<()> {
        let Some(read) = self.take_oldest() else { return Ok(()) };
        if self.buckets.is_empty() {
            self.buckets.resize_with(BUCKETS as usize, || None);
        }
        let number = (libdeflater::crc32(read.name()) % BUCKETS) as usize;
        if self.buckets[number].is_none() {
            self.buckets[number] = Some(BufWriter::new(tempfile::tempfile_in(&self.folder)?));
        }
        match &mut self.buckets[number] {
            Some(bucket) => read.write(bucket),
            None => Ok(()),
        }
    }

    fn take_oldest(&mut self) -> Option<T> {
        let (_, name) = self.ages.pop_first()?;
        let (_, read) = self.waiting.remove(&name)?;
        self.bytes -= read.size();
        Some(read)
    }

    /// Pairs what is left, as far as it can be.
    ///
    /// # Errors
    /// Those of temporary files, and of `give`.
    pub(super) fn finish<E: From<io::Error>>(
        &mut self,
        mut give: impl FnMut(Mates<T>) -> Result<(), E>,
    ) -> Result<(), E> {
        if let Some(last) = self.last.take() {
            self.keep(last)?;
        }
        if self.buckets.is_empty() {
            while let Some(read) = self.take_oldest() {
                give(Mates::Alone(read))?;
            }
            return Ok(());
        }
        while !self.ages.is_empty() {
            self.spill_oldest()?;
        }
        for bucket in std::mem::take(&mut self.buckets).into_iter().flatten() {
            let mut file = bucket.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            let mut reader = BufReader::new(file);
            let mut alone: BTreeMap<Vec<u8>, T> = BTreeMap::new();
            while let Some(read) = T::read_back(&mut reader)? {
                match alone.remove(read.name()) {
                    Some(mate) => give(pair(mate, read))?,
                    None => drop(alone.insert(read.name().to_owned(), read)),
                }
            }
            alone.into_values().try_for_each(|read| give(Mates::Alone(read)))?;
        }
        Ok(())
    }
}

fn pair<T: HasMate>(one: T, other: T) -> Mates<T> {
    match (one.is_last(), other.is_last()) {
        (false, true) => Mates::Pair(one, other),
        (true, false) => Mates::Pair(other, one),
        _ => Mates::Twice(other),
    }
}

impl HasMate for Read {
    fn name(&self) -> &[u8] {
        &self.name
    }

    fn is_last(&self) -> bool {
        self.is_last
    }

    fn size(&self) -> usize {
        OVERHEAD + 3 * self.name.len() + 2 * self.sequence.len()
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&self.group.to_le_bytes())?;
        out.write_all(&[u8::from(self.is_last), self.name.len() as u8])?;
        out.write_all(&(self.sequence.len() as u32).to_le_bytes())?;
        out.write_all(&self.name)?;
        out.write_all(&self.sequence)?;
        out.write_all(&self.qualities)
    }

    fn read_back(file: &mut impl io::Read) -> io::Result<Option<Self>> {
        let mut head = [0; 10];
        if file.read(&mut head[..1])? == 0 {
            return Ok(None);
        }
        file.read_exact(&mut head[1..])?;
        let [a, b, c, d, is_last, name, e, f, g, h] = head;
        let length = u32::from_le_bytes([e, f, g, h]) as usize;
        let mut read = Self {
            group: u32::from_le_bytes([a, b, c, d]),
            is_paired: true,
            is_last: is_last == 1,
            name: vec![0; name.into()],
            sequence: vec![0; length],
            qualities: vec![0; length],
        };
        file.read_exact(&mut read.name)?;
        file.read_exact(&mut read.sequence)?;
        file.read_exact(&mut read.qualities)?;
        Ok(Some(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: usize, is_last: bool) -> Read {
        let name = format!("r{number}").into_bytes();
        let sequence = vec![b"ACGT"[number % 4]; number % 90];
        let qualities = vec![(number % 40) as u8; number % 90];
        Read { group: (number % 3) as u32, is_paired: true, is_last, name, sequence, qualities }
    }

    /// All reads, the mates of each `apart` from it, through a window; the pairs in order, and who is left.
    fn collate(reads: &[Read], window: usize) -> (Vec<(Read, Read)>, Option<Read>) {
        let mut collator = Collator::with_window(std::env::temp_dir(), window);
        let mut pairs = Vec::new();
        for read in reads {
            if let Mates::Pair(first, last) = collator.add(read.clone()).expect("space") {
                pairs.push((first, last));
            }
        }
        let mut left = None;
        let finished = collator.finish(|mates| {
            match mates {
                Mates::Pair(first, last) => pairs.push((first, last)),
                Mates::Alone(read) => assert_eq!(left.replace(read), None),
                _ => panic!("only pairs and those without a mate are given"),
            }
            Ok::<_, io::Error>(())
        });
        finished.expect("space");
        (pairs, left)
    }

    fn check(pairs: &[(Read, Read)], count: usize) {
        let mut names: Vec<&[u8]> = pairs.iter().map(|(first, _)| &first.name[..]).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!((pairs.len(), names.len()), (count, count));
        for (first, last) in pairs {
            assert!(!first.is_last && last.is_last && first.sequence == last.sequence);
            let number = String::from_utf8_lossy(&first.name[1..]).parse().expect("a number");
            assert_eq!(*first, read(number, false));
        }
    }

    #[test]
    fn mates_meet_however_far_apart_they_are() {
        let neighbors: Vec<Read> = (0..500).flat_map(|i| [read(i, true), read(i, false)]).collect();
        let apart: Vec<Read> =
            (0..500).map(|i| read(i, false)).chain((0..500).rev().map(|i| read(i, true))).collect();
        for reads in [neighbors, apart] {
            for window in [0, 5_000, usize::MAX] {
                let (pairs, left) = collate(&reads, window);
                check(&pairs, 500);
                assert_eq!(left, None);
            }
        }
    }

    #[test]
    fn a_read_without_a_mate_is_told() {
        let mut reads: Vec<Read> = (0..300).flat_map(|i| [read(i, true), read(i, false)]).collect();
        reads.remove(101);
        for window in [0, 5_000, usize::MAX] {
            assert_eq!(collate(&reads, window).1, Some(read(50, true)), "window of {window} bytes");
        }
        let twice = [read(1, true), read(1, true)];
        let mut collator = Collator::with_window(std::env::temp_dir(), 1000);
        assert_eq!(collator.add(twice[0].clone()).expect("space"), Mates::Waiting);
        assert_eq!(collator.add(twice[1].clone()).expect("space"), Mates::Twice(read(1, true)));
    }
}
