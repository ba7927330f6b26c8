//! Reads as they come from the sequencer, in numbered batches.

/// One read, borrowed from a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadRef<'a> {
    /// Name: the header up to the first white space, without `@` and without a `/1` or `/2` at its end.
    pub name: &'a [u8],
    /// Bases as upper-case letters (A, C, G, T, N).
    pub sequence: &'a [u8],
    /// Base qualities, Phred, without an offset; as long as `sequence`.
    pub qualities: &'a [u8],
    /// Whether it is not to be aligned: too little of it is of the sample.
    pub is_unfit: bool,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    name: u32,
    sequence: u32,
    qualities: u32,
    /// Bases; fewer than there are when it was cut.
    length: u32,
    is_unfit: bool,
}

/// A numbered batch of reads in one allocation.
///
/// Paired batches hold the mates of a template next to each other: reads `2 * i` and `2 * i + 1`.
#[derive(Clone, Debug, Default)]
pub struct ReadBatch {
    /// Number of the batch in the input, from 0.
    pub number: u64,
    /// Ordinal in the input of the batch's first template (pair, or single read), from 0.
    pub first_template: u64,
    /// Whether reads come as mates.
    pub paired: bool,
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl ReadBatch {
    /// An empty batch.
    #[must_use]
    pub fn new(number: u64, first_template: u64, paired: bool) -> Self {
        Self { number, first_template, paired, bytes: Vec::new(), spans: Vec::new() }
    }

    /// Makes it an empty batch again, keeping the memory.
    pub fn reset(&mut self, number: u64, first_template: u64, paired: bool) {
        (self.number, self.first_template, self.paired) = (number, first_template, paired);
        self.bytes.clear();
        self.spans.clear();
    }

    /// Appends a read. `sequence` and `qualities` are as in [`ReadRef`].
    ///
    /// # Panics
    /// If sequence and qualities differ in length, or the batch grows past 4 GiB.
    pub fn push(&mut self, name: &[u8], sequence: &[u8], qualities: &[u8]) {
        assert_eq!(sequence.len(), qualities.len(), "sequence and qualities differ in length");
        let at = |bytes: &Vec<u8>| u32::try_from(bytes.len()).expect("a batch stays below 4 GiB");
        let start = at(&self.bytes);
        self.bytes.extend_from_slice(name);
        let middle = at(&self.bytes);
        self.bytes.extend_from_slice(sequence);
        let qualities_at = at(&self.bytes);
        self.bytes.extend_from_slice(qualities);
        let length = at(&self.bytes) - qualities_at;
        let is_unfit = false;
        self.spans.push(Span { name: start, sequence: middle, qualities: qualities_at, length, is_unfit });
    }

    /// Number of reads (twice the templates when paired).
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Number of templates.
    #[must_use]
    pub fn templates(&self) -> usize {
        if self.paired { self.len() / 2 } else { self.len() }
    }

    /// Read `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    #[must_use]
    pub fn read(&self, i: usize) -> ReadRef<'_> {
        let span = self.spans[i];
        ReadRef {
            name: &self.bytes[span.name as usize..span.sequence as usize],
            sequence: &self.bytes[span.sequence as usize..][..span.length as usize],
            qualities: &self.bytes[span.qualities as usize..][..span.length as usize],
            is_unfit: span.is_unfit,
        }
    }

    /// Keeps the first `length` bases of read `i`.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn truncate(&mut self, i: usize, length: usize) {
        let span = &mut self.spans[i];
        span.length = span.length.min(u32::try_from(length).unwrap_or(u32::MAX));
    }

    /// Says that read `i` is not to be aligned.
    ///
    /// # Panics
    /// If `i` is out of range.
    pub fn mark_unfit(&mut self, i: usize) {
        self.spans[i].is_unfit = true;
    }

    /// Whether read `i` is not to be aligned.
    ///
    /// # Panics
    /// If `i` is out of range.
    #[must_use]
    pub fn is_unfit(&self, i: usize) -> bool {
        self.spans[i].is_unfit
    }

    /// All reads in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ReadRef<'_>> {
        (0..self.len()).map(|i| self.read(i))
    }

    /// Bytes held.
    #[must_use]
    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }
}
