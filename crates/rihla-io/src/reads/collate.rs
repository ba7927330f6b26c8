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

/// Bytes of reads that wait in memory.
const WINDOW: usize = 64 << 20;
/// Temporary files: with a billion reads of 350 bytes none holds more than a gigabyte and a half.
const BUCKETS: u32 = 256;
/// Bytes of a read beside its letters, in memory.
const OVERHEAD: usize = 160;

/// What comes of a read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Mates {
    /// It waits.
    Waiting,
    /// First and last of a template.
    Pair(Read, Read),
    /// There was such a read before.
    Twice,
}

/// Pairs reads by their names.
pub(super) struct Collator {
    folder: PathBuf,
    window: usize,
    /// The last read, where it has no mate yet: most often the next is its mate.
    last: Option<Read>,
    waiting: HashMap<Vec<u8>, (u64, Read)>,
    /// Their names by age.
    ages: BTreeMap<u64, Vec<u8>>,
    next_age: u64,
    bytes: usize,
    buckets: Vec<Option<BufWriter<File>>>,
}

impl Collator {
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
    pub(super) fn add(&mut self, read: &Read) -> io::Result<Mates> {
        if let Some(last) = self.last.take() {
            if last.name == read.name {
                return Ok(pair(last, read.clone()));
            }
            self.keep(last)?;
        }
        if let Some((age, mate)) = self.waiting.remove(&read.name) {
            self.ages.remove(&age);
            self.bytes -= size(&mate);
            return Ok(pair(mate, read.clone()));
        }
        self.last = Some(read.clone());
        Ok(Mates::Waiting)
    }

    /// Lets a read wait, and the oldest go where there are too many.
    fn keep(&mut self, read: Read) -> io::Result<()> {
        self.bytes += size(&read);
        self.ages.insert(self.next_age, read.name.clone());
        self.waiting.insert(read.name.clone(), (self.next_age, read));
        self.next_age += 1;
        while self.bytes > self.window {
            self.spill_oldest()?;
        }
        Ok(())
    }

    fn spill_oldest(&mut self) -> io::Result<()> {
        let oldest = self.ages.pop_first().and_then(|(_, name)| self.waiting.remove(&name));
        let Some((_, read)) = oldest else { return Ok(()) };
        self.bytes -= size(&read);
        if self.buckets.is_empty() {
            self.buckets.resize_with(BUCKETS as usize, || None);
        }
        let number = (libdeflater::crc32(&read.name) % BUCKETS) as usize;
        if self.buckets[number].is_none() {
            self.buckets[number] = Some(BufWriter::new(tempfile::tempfile_in(&self.folder)?));
        }
        match &mut self.buckets[number] {
            Some(bucket) => write(&read, bucket),
            None => Ok(()),
        }
    }

    /// Pairs what is left, and gives a read that has no mate, if there is one.
    ///
    /// # Errors
    /// Those of temporary files.
    pub(super) fn finish(&mut self, mut give: impl FnMut(Mates)) -> io::Result<Option<Read>> {
        if let Some(last) = self.last.take() {
            self.keep(last)?;
        }
        if self.buckets.is_empty() {
            let oldest = self.ages.pop_first();
            return Ok(oldest.and_then(|(_, name)| Some(self.waiting.remove(&name)?.1)));
        }
        while !self.ages.is_empty() {
            self.spill_oldest()?;
        }
        for bucket in std::mem::take(&mut self.buckets).into_iter().flatten() {
            let mut file = bucket.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.rewind()?;
            let mut reader = BufReader::new(file);
            let mut alone: BTreeMap<Vec<u8>, Read> = BTreeMap::new();
            while let Some(read) = read_back(&mut reader)? {
                let Some(mate) = alone.remove(&read.name) else {
                    alone.insert(read.name.clone(), read);
                    continue;
                };
                if mate.is_last == read.is_last {
                    return Ok(Some(read));
                }
                give(pair(mate, read));
            }
            if let Some((_, read)) = alone.pop_first() {
                return Ok(Some(read));
            }
        }
        Ok(None)
    }
}

fn pair(one: Read, other: Read) -> Mates {
    match (one.is_last, other.is_last) {
        (false, true) => Mates::Pair(one, other),
        (true, false) => Mates::Pair(other, one),
        _ => Mates::Twice,
    }
}

fn size(read: &Read) -> usize {
    OVERHEAD + 3 * read.name.len() + 2 * read.sequence.len()
}

fn write(read: &Read, out: &mut impl Write) -> io::Result<()> {
    out.write_all(&read.group.to_le_bytes())?;
    out.write_all(&[u8::from(read.is_last), read.name.len() as u8])?;
    out.write_all(&(read.sequence.len() as u32).to_le_bytes())?;
    out.write_all(&read.name)?;
    out.write_all(&read.sequence)?;
    out.write_all(&read.qualities)
}

fn read_back(file: &mut impl io::Read) -> io::Result<Option<Read>> {
    let mut head = [0; 10];
    if file.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    file.read_exact(&mut head[1..])?;
    let [a, b, c, d, is_last, name, e, f, g, h] = head;
    let length = u32::from_le_bytes([e, f, g, h]) as usize;
    let mut read = Read {
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
            if let Mates::Pair(first, last) = collator.add(read).expect("space") {
                pairs.push((first, last));
            }
        }
        let left = collator.finish(|mates| match mates {
            Mates::Pair(first, last) => pairs.push((first, last)),
            _ => panic!("only pairs are given"),
        });
        (pairs, left.expect("space"))
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
        assert_eq!(collator.add(&twice[0]).expect("space"), Mates::Waiting);
        assert_eq!(collator.add(&twice[1]).expect("space"), Mates::Twice);
    }
}
