//! A batch's records as bytes, and back with its reads at hand.
//!
//! Name, bases and qualities, three quarters of a record, are the read's: they are left out where the read gives them
//! back, which is seen by doing so. What is left is the placement, the CIGAR and the tags.

use rihla_core::pack::{self, Pack, Unpack};
use rihla_core::record::flags;
use rihla_core::{OpKind, ReadBatch, ReadRef, RecordRef, base};

use crate::aligner::{AlignCounts, AlignWork, AlignedBatch};

/// Bytes of a record before its name.
const FIXED: usize = 32;

/// How a record is kept.
const WHOLE: u8 = 0;
const BY_READ: u8 = 1;

impl AlignedBatch {
    /// Appends what the aligner made of `reads`.
    pub fn pack(&self, reads: &ReadBatch, out: &mut Vec<u8>) {
        self.counts.pack(out);
        self.template_ends.len().pack(out);
        let (mut start, mut whole) = (0, Vec::new());
        for (template, &end) in self.template_ends.iter().enumerate() {
            (end - start).pack(out);
            for record in (start..end).map(|at| self.records.get(at as usize)) {
                whole.clear();
                let part = Part::of(&record);
                match read_of(reads, template, part.flags()) {
                    Some(read) if part.complete(read, &mut whole).is_some() && whole == record.bytes() => {
                        BY_READ.pack(out);
                        part.pack(out);
                    }
                    _ => {
                        WHOLE.pack(out);
                        pack::bytes(record.bytes(), out);
                    }
                }
            }
            start = end;
        }
    }

    /// Reads back what was made of `reads`, replacing what it held; `None` when these bytes were made of others.
    pub fn unpack(&mut self, reads: &ReadBatch, bytes: &[u8]) -> Option<()> {
        let mut from = Unpack::new(bytes);
        (self.number, self.first_template) = (reads.number, reads.first_template);
        self.records.clear();
        self.template_ends.clear();
        self.counts = from.read()?;
        let templates: usize = from.read()?;
        let mut whole = Vec::new();
        for template in 0..templates {
            for _ in 0..from.read::<u32>()? {
                whole.clear();
                match from.read()? {
                    WHOLE => whole.extend_from_slice(from.bytes()?),
                    BY_READ => {
                        let part = Part::unpack(&mut from)?;
                        part.complete(read_of(reads, template, part.flags())?, &mut whole)?;
                    }
                    _ => return None,
                }
                self.records.push(RecordRef::parse(&whole)?.bytes());
            }
            self.template_ends.push(self.records.len() as u32);
        }
        (from.is_done() && templates == reads.templates()).then_some(())
    }
}

/// The read that a record was made of.
fn read_of(reads: &ReadBatch, template: usize, flags: u16) -> Option<ReadRef<'_>> {
    let at = match reads.paired {
        true => 2 * template + usize::from(flags & flags::LAST != 0),
        false => template,
    };
    (at < reads.len()).then(|| reads.read(at))
}

/// A record without what its read says.
#[derive(Clone, Copy)]
struct Part<'a> {
    fixed: &'a [u8; FIXED],
    cigar: &'a [u8],
    tags: &'a [u8],
}

impl<'a> Part<'a> {
    fn of(record: &RecordRef<'a>) -> Self {
        let bytes = record.bytes();
        let (fixed, rest) = bytes.split_first_chunk().expect("a record has its fixed fields");
        let cigar = &rest[record.name().len() + 1..][..4 * record.cigar().len()];
        Self { fixed, cigar, tags: record.tags() }
    }

    fn flags(&self) -> u16 {
        u16::from_le_bytes([self.fixed[14], self.fixed[15]])
    }

    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.fixed);
        pack::bytes(self.cigar, out);
        pack::bytes(self.tags, out);
    }

    fn unpack(from: &mut Unpack<'a>) -> Option<Self> {
        Some(Self { fixed: from.take(FIXED)?.first_chunk()?, cigar: from.bytes()?, tags: from.bytes()? })
    }

    /// Appends the record that it is with this read; `None` when it cannot be of the read.
    fn complete(&self, read: ReadRef<'_>, out: &mut Vec<u8>) -> Option<()> {
        let length = u32::from_le_bytes(*self.fixed[16..].first_chunk()?) as usize;
        let reverse = self.flags() & flags::REVERSE != 0;
        let start = self.hard_clip();
        let kept = start..start.checked_add(length).filter(|&end| end <= read.sequence.len())?;
        out.extend_from_slice(self.fixed);
        out.extend_from_slice(read.name);
        out.push(0);
        out.extend_from_slice(self.cigar);
        if reverse {
            let from_end = |at: usize| read.sequence.len() - at;
            let kept = from_end(kept.end)..from_end(kept.start);
            push_nibbles(
                read.sequence[kept.clone()].iter().rev().map(|&letter| COMPLEMENTS[letter as usize]),
                out,
            );
            out.extend(read.qualities[kept].iter().rev());
        } else {
            push_nibbles(read.sequence[kept.clone()].iter().map(|&letter| NIBBLES[letter as usize]), out);
            out.extend_from_slice(&read.qualities[kept]);
        }
        out.extend_from_slice(self.tags);
        Some(())
    }

    /// Bases that a hard clip took from the beginning.
    fn hard_clip(&self) -> usize {
        let first =
            self.cigar.first_chunk().map(|&op| rihla_core::CigarOp::from_bits(u32::from_le_bytes(op)));
        first.filter(|op| op.kind() == OpKind::HardClip).map_or(0, |op| op.len() as usize)
    }
}

/// BAM's four bits for each letter, and for its complement.
const NIBBLES: [u8; 256] = nibbles(false);
const COMPLEMENTS: [u8; 256] = nibbles(true);

const fn nibbles(complement: bool) -> [u8; 256] {
    let mut table = [15; 256];
    let mut letter = 0;
    while letter < 256 {
        let code = base::encode(letter as u8);
        let code = if complement { base::complement(code) } else { code };
        if code < base::N {
            table[letter] = 1 << code;
        }
        letter += 1;
    }
    table
}

fn push_nibbles(mut nibbles: impl Iterator<Item = u8>, out: &mut Vec<u8>) {
    while let Some(first) = nibbles.next() {
        out.push(first << 4 | nibbles.next().unwrap_or(0));
    }
}

impl Pack for AlignCounts {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { reads, mapped, pairs, proper_pairs, supplementary, rescued, certified, at_once, .. } =
            self;
        let Self { crowded, work: AlignWork { diagonals, cells, searched }, .. } = self;
        let placed = [reads, mapped, pairs, proper_pairs, supplementary, rescued];
        let taken = [certified, at_once, crowded, diagonals, cells, searched];
        placed.into_iter().chain(taken).for_each(|count| count.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self {
            reads: from.read()?,
            mapped: from.read()?,
            pairs: from.read()?,
            proper_pairs: from.read()?,
            supplementary: from.read()?,
            rescued: from.read()?,
            certified: from.read()?,
            at_once: from.read()?,
            crowded: from.read()?,
            work: AlignWork { diagonals: from.read()?, cells: from.read()?, searched: from.read()? },
        })
    }
}
