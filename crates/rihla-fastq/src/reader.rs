//! Inputs into numbered batches of reads.

use std::io::Read;

use rihla_core::{FileDigest, ReadBatch};

use crate::clean::Cleaner;
use crate::decode::{Decoder, TextStream};
use crate::encoding::EncodingWatch;
use crate::error::{FastqError, Warning, excerpt};
use crate::header::{Header, pairing_hint};
use crate::input::Input;
use crate::meter::Meter;
use crate::options::{MIN_READ_WEIGHT, ReadOptions};
use crate::scan::Scanner;

/// Reads FASTQ in batches whose content depends on the inputs and [`ReadOptions::batch_bases`] alone.
///
/// Also an iterator over batches, which ends after the first error.
pub struct FastqReader {
    source: Source,
    cleaner: Cleaner,
    batch_bases: usize,
    /// Number of the next batch.
    batches: u64,
    /// Templates read so far.
    templates: u64,
    finished: bool,
    meter: Meter,
    /// While the encoding of the qualities is in doubt.
    encoding: Option<EncodingWatch>,
}

/// Where the reads lie.
enum Source {
    Single(Scanner),
    /// The mates of each pair one behind the other.
    Interleaved(Scanner),
    /// First and second mates.
    Two(Box<[Scanner; 2]>),
}

impl FastqReader {
    /// Opens one input of single reads, or the two of pairs (R1, then R2).
    ///
    /// # Errors
    /// [`FastqError::InputCount`], [`FastqError::SameInput`] or [`FastqError::Open`].
    pub fn open(inputs: &[Input], options: ReadOptions) -> Result<Self, FastqError> {
        Self::open_with(inputs, options, |stream| stream)
    }

    /// As [`FastqReader::open`], with the text of each input passed through `wrap`, such as into a thread
    /// that inflates it ahead.
    ///
    /// # Errors
    /// As [`FastqReader::open`].
    pub fn open_with(
        inputs: &[Input],
        options: ReadOptions,
        wrap: impl Fn(Box<dyn TextStream>) -> Box<dyn TextStream>,
    ) -> Result<Self, FastqError> {
        if let [one, two] = inputs
            && one.is_same(two)
        {
            return Err(FastqError::SameInput { file: one.to_string() });
        }
        let mut meter = Meter::new(inputs.iter().map(Input::size).sum());
        let mut streams = Vec::with_capacity(inputs.len());
        for input in inputs {
            let decoder =
                Decoder::new(meter.watch(input.open()?, options.digests), options.require_end_marker);
            streams.push((input.to_string(), wrap(Box::new(decoder))));
        }
        Ok(Self { meter, ..Self::from_streams(streams, options)? })
    }

    /// Takes the reads of a single input as pairs, the two reads of each one behind the other. Two inputs
    /// stay as they are.
    #[must_use]
    pub fn interleaved(mut self) -> Self {
        if let Source::Single(scanner) = self.source {
            self.source = Source::Interleaved(scanner);
        }
        self
    }

    /// Numbers the batches and templates behind those of another reader.
    #[must_use]
    pub fn numbered_from(mut self, batches: u64, templates: u64) -> Self {
        (self.batches, self.templates) = (batches, templates);
        self
    }

    /// As [`FastqReader::open`], from readers and the names to call them in errors.
    ///
    /// # Errors
    /// [`FastqError::InputCount`].
    pub fn from_readers(
        readers: Vec<(String, Box<dyn Read + Send>)>,
        options: ReadOptions,
    ) -> Result<Self, FastqError> {
        let decoder =
            |reader| -> Box<dyn TextStream> { Box::new(Decoder::new(reader, options.require_end_marker)) };
        Self::from_streams(
            readers.into_iter().map(|(name, reader)| (name, decoder(reader))).collect(),
            options,
        )
    }

    fn from_streams(
        streams: Vec<(String, Box<dyn TextStream>)>,
        options: ReadOptions,
    ) -> Result<Self, FastqError> {
        let count = streams.len();
        let mut scanners = streams.into_iter().map(|(name, stream)| Scanner::new(name, stream, &options));
        let source = match (scanners.next(), scanners.next(), scanners.next()) {
            (Some(only), None, None) => Source::Single(only),
            (Some(first), Some(second), None) => Source::Two(Box::new([first, second])),
            _ => return Err(FastqError::InputCount { count }),
        };
        Ok(Self {
            source,
            cleaner: Cleaner { offset: options.quality_offset.unwrap_or_default(), ..Cleaner::default() },
            batch_bases: options.clamped_batch_bases(),
            batches: 0,
            templates: 0,
            finished: false,
            meter: Meter::default(),
            encoding: options.quality_offset.is_none().then(EncodingWatch::default),
        })
    }

    /// Whether reads come as pairs.
    #[must_use]
    pub fn is_paired(&self) -> bool {
        !matches!(self.source, Source::Single(_))
    }

    /// One past the number of the last batch that was given.
    #[must_use]
    pub fn batches(&self) -> u64 {
        self.batches
    }

    /// One past the number of the last template (pair, or single read) that was given.
    #[must_use]
    pub fn templates(&self) -> u64 {
        self.templates
    }

    /// Share of the inputs' bytes that have been read, 0 to 1; `None` when an input is no regular file.
    /// A little ahead of the batches, as reading is buffered.
    #[must_use]
    pub fn share_read(&self) -> Option<f64> {
        self.meter.share()
    }

    /// Size and SHA-256 of each input, as it was read; `None` before the end, for readers that are no files, and where
    /// [`ReadOptions::digests`] are not wanted.
    #[must_use]
    pub fn digests(&self) -> Option<Vec<FileDigest>> {
        self.meter.digests().filter(|digests| self.finished && !digests.is_empty())
    }

    /// What was odd about the inputs; complete once [`FastqReader::next_batch`] has given `None`.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        if !self.finished {
            return Vec::new();
        }
        let (first, second) = self.scanners();
        [Some(first), second].into_iter().flatten().filter_map(Scanner::warning).collect()
    }

    /// The next batch; `None` at the end, and after an error. An empty input gives no batch.
    ///
    /// # Errors
    /// What is wrong with the inputs; the reads of the unfinished batch are dropped.
    pub fn next_batch(&mut self) -> Result<Option<ReadBatch>, FastqError> {
        let mut batch = ReadBatch::default();
        Ok(self.next_batch_into(&mut batch)?.then_some(batch))
    }

    /// As [`FastqReader::next_batch`], replacing what `batch` held and keeping its memory, which for fresh
    /// batches costs as much as the parsing; `false` at the end.
    ///
    /// # Errors
    /// As [`FastqReader::next_batch`]; what `batch` holds then is of no use.
    pub fn next_batch_into(&mut self, batch: &mut ReadBatch) -> Result<bool, FastqError> {
        batch.reset(self.batches, self.templates, self.is_paired());
        if self.finished {
            return Ok(false);
        }
        let read = self.read_batch(batch).and_then(|()| self.watch_encoding(batch));
        read.inspect_err(|_| self.finished = true)?;
        if batch.is_empty() {
            self.finished = true;
            return Ok(false);
        }
        self.batches += 1;
        self.templates += batch.templates() as u64;
        Ok(true)
    }

    /// Refuses qualities that look like Phred+64, once enough of them, or all, have been seen.
    fn watch_encoding(&mut self, batch: &ReadBatch) -> Result<(), FastqError> {
        let Some(watch) = &mut self.encoding else { return Ok(()) };
        if !watch.add(batch) && !batch.is_empty() {
            return Ok(());
        }
        let suspect = watch.suspect();
        self.encoding = None;
        let Some((lowest, highest)) = suspect else { return Ok(()) };
        let (first, second) = self.scanners();
        let file = match second {
            Some(second) => format!("{} and {}", first.file(), second.file()),
            None => first.file().to_owned(),
        };
        Err(FastqError::OldQualities { file, lowest, highest })
    }

    /// Those of the inputs.
    fn scanners(&self) -> (&Scanner, Option<&Scanner>) {
        match &self.source {
            Source::Single(only) | Source::Interleaved(only) => (only, None),
            Source::Two(two) => (&two[0], Some(&two[1])),
        }
    }

    fn read_batch(&mut self, batch: &mut ReadBatch) -> Result<(), FastqError> {
        let mut weight = 0;
        while weight < self.batch_bases {
            let before = batch.len();
            let more = match &mut self.source {
                Source::Single(only) => push_single(only, &mut self.cleaner, batch)?,
                Source::Interleaved(only) => push_interleaved(only, &mut self.cleaner, batch)?,
                Source::Two(two) => {
                    let [first, second] = &mut **two;
                    push_pair(first, second, &mut self.cleaner, batch)?
                }
            };
            if !more {
                break;
            }
            let lengths = (before..batch.len()).map(|i| batch.read(i).sequence.len());
            weight += lengths.map(|length| length.max(MIN_READ_WEIGHT)).sum::<usize>();
        }
        Ok(())
    }
}

impl Iterator for FastqReader {
    type Item = Result<ReadBatch, FastqError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().transpose()
    }
}

fn push_single(
    source: &mut Scanner,
    cleaner: &mut Cleaner,
    batch: &mut ReadBatch,
) -> Result<bool, FastqError> {
    if !source.advance()? {
        return Ok(false);
    }
    let header = header(source)?;
    push(source, header, cleaner, batch)?;
    Ok(true)
}

fn push_pair(
    first: &mut Scanner,
    second: &mut Scanner,
    cleaner: &mut Cleaner,
    batch: &mut ReadBatch,
) -> Result<bool, FastqError> {
    match (first.advance()?, second.advance()?) {
        (false, false) => return Ok(false),
        (true, false) => return Err(count_mismatch(second, first)),
        (false, true) => return Err(count_mismatch(first, second)),
        (true, true) => {}
    }
    let (one, two) = (header(first)?, header(second)?);
    if one.name != two.name {
        return Err(unpaired(first, second, one.name, two.name));
    }
    check_mates(first, second, one, two)?;
    push(first, one, cleaner, batch)?;
    push(second, two, cleaner, batch)?;
    Ok(true)
}

/// Two reads of one input. The first is in the batch before the second is looked at, as the text of the
/// first may then be gone; after an error nobody sees the batch.
fn push_interleaved(
    source: &mut Scanner,
    cleaner: &mut Cleaner,
    batch: &mut ReadBatch,
) -> Result<bool, FastqError> {
    if !source.advance()? {
        return Ok(false);
    }
    let one = header(source)?;
    let mate = one.mate;
    push(source, one, cleaner, batch)?;
    let first = batch.len() - 1;
    if !source.advance()? {
        let (file, name) = (source.file().to_owned(), excerpt(batch.read(first).name));
        return Err(FastqError::OddRead { file, record: source.records(), name });
    }
    let two = header(source)?;
    let file = || source.file().to_owned();
    let (record, name) = (source.records(), batch.read(first).name);
    if name != two.name {
        let (first, second, hint) = (excerpt(name), excerpt(two.name), pairing_hint(name, two.name));
        return Err(FastqError::Interleaving { file: file(), record, first, second, hint });
    }
    if let Some(fault) = MateFault::of(mate, two.mate) {
        let order = match fault {
            MateFault::Same(1) => "mate 1 twice",
            MateFault::Same(_) => "mate 2 twice",
            MateFault::Swapped => "mate 2, then mate 1",
        };
        return Err(FastqError::InterleavedMates { file: file(), record, name: excerpt(name), order });
    }
    push(source, two, cleaner, batch)?;
    Ok(true)
}

/// How the headers of two mates can contradict their order.
enum MateFault {
    /// Both say that they are this mate.
    Same(u8),
    /// The first says that it is the second, or the second that it is the first.
    Swapped,
}

impl MateFault {
    fn of(one: Option<u8>, two: Option<u8>) -> Option<Self> {
        match (one, two) {
            (Some(mate), Some(same)) if mate == same => Some(Self::Same(mate)),
            (Some(2), _) | (_, Some(1)) => Some(Self::Swapped),
            _ => None,
        }
    }
}

/// What the headers say about the mates must not contradict the order of the files.
fn check_mates(
    first: &Scanner,
    second: &Scanner,
    one: Header<'_>,
    two: Header<'_>,
) -> Result<(), FastqError> {
    let Some(fault) = MateFault::of(one.mate, two.mate) else { return Ok(()) };
    let (record, name) = (first.records(), excerpt(one.name));
    let (first_file, second_file) = (first.file().to_owned(), second.file().to_owned());
    Err(match fault {
        MateFault::Same(mate) => FastqError::SameMate { record, first_file, second_file, name, mate },
        MateFault::Swapped => FastqError::SwappedMates { record, first_file, second_file, name },
    })
}

fn header(source: &Scanner) -> Result<Header<'_>, FastqError> {
    Header::parse(source.record().header).map_err(|fault| source.error(fault))
}

fn push(
    source: &Scanner,
    header: Header<'_>,
    cleaner: &mut Cleaner,
    batch: &mut ReadBatch,
) -> Result<(), FastqError> {
    let record = source.record();
    cleaner.load(header.name, record.sequence, record.qualities).map_err(|fault| source.error(fault))?;
    batch.push(header.name, &cleaner.sequence, &cleaner.qualities);
    Ok(())
}

fn count_mismatch(shorter: &Scanner, longer: &Scanner) -> FastqError {
    FastqError::CountMismatch {
        shorter: shorter.file().to_owned(),
        longer: longer.file().to_owned(),
        records: shorter.records(),
        next: excerpt(longer.record().header),
    }
}

fn unpaired(first: &Scanner, second: &Scanner, one: &[u8], two: &[u8]) -> FastqError {
    FastqError::Unpaired {
        record: first.records(),
        first_file: first.file().to_owned(),
        first: excerpt(one),
        second_file: second.file().to_owned(),
        second: excerpt(two),
        hint: pairing_hint(one, two),
    }
}
