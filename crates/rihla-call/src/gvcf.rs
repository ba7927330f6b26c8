//! The lines of a gVCF: variants, and between them blocks of reference, so that every base stands in one line.
//!
//! An interval's lines are made by a worker as a [`GvcfPart`]. A deletion of the interval before may reach into it, and
//! its first block may be the last one's other half; so the columns of its beginning are handed on as they
//! are, and [`GvcfJoiner`] makes one gVCF of all parts, the same however the genome was cut.

mod packed;

use rihla_core::{GvcfRecord, GvcfVariant, Interval, Reference};
use rihla_pileup::confidence::{LOOKAHEAD, TILE, tally};
use rihla_pileup::{ReadSet, options::HALO};

use crate::blocks::{Bands, OpenBlock};
use crate::ploidy::Ploidies;
use crate::reference_confidence::Confidence;

/// No record's REF is longer: windows are shorter.
const LONGEST: u32 = 2 * HALO;

/// So many bases before a position say whether a line begins there: a deletion may reach as far, and a block goes on from the
/// base before.
pub const LEAD: u32 = LONGEST + 1;

/// The gVCF of one interval, still open at both ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GvcfPart {
    contig: u32,
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
enum Item {
    Column(u32, Confidence),
    Block(OpenBlock),
    Variant(Box<GvcfVariant>),
}

/// What the calls of an interval leave for its gVCF.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// Variants, and candidates that the reads favor although they are no calls.
    pub variants: Vec<GvcfVariant>,
    /// What haplotypes say of positions that candidates had put in doubt: PL with one copy and with two.
    pub settled: Vec<(u32, [u32; 2])>,
}

/// Makes the gVCF of `pieces`, sorted stretches of one interval that is not cut further.
#[must_use]
pub fn part(
    (reference, ploidies): (&Reference, &Ploidies),
    reads: &ReadSet,
    interval: Interval,
    pieces: &[Interval],
    mut findings: Findings,
    bands: &Bands,
) -> GvcfPart {
    findings.variants.sort_by_key(|variant| variant.record.position);
    findings.settled.sort_unstable();
    let mut builder = Builder {
        bands,
        head: interval.start.saturating_add(LONGEST),
        covered: 0,
        open: None,
        part: GvcfPart { contig: interval.contig, items: Vec::new() },
    };
    let mut variants = findings.variants.into_iter().peekable();
    let mut settled = findings.settled.into_iter().peekable();
    for tile in pieces.iter().flat_map(tiles) {
        let codes = reference.fetch(tile.contig, tile.start, tile.end.saturating_add(LOOKAHEAD));
        for (position, column) in (tile.start..).zip(tally(reads, &codes, tile)) {
            while let Some(variant) = variants.next_if(|variant| variant.record.position <= position) {
                builder.variant(variant);
            }
            let ploidy = ploidies.at(tile.contig, position);
            let mut confidence = Confidence::of(&column, ploidy);
            while let Some((at, likelihoods)) = settled.next_if(|&(at, _)| at <= position) {
                if at == position {
                    confidence = Confidence::new(confidence.depth, ploidy, likelihoods);
                }
            }
            builder.column(position, confidence);
        }
    }
    variants.for_each(|variant| builder.variant(variant));
    builder.flush();
    builder.part
}

fn tiles(piece: &Interval) -> impl Iterator<Item = Interval> + use<> {
    let Interval { contig, start, end } = *piece;
    (start..end)
        .step_by(TILE as usize)
        .map(move |from| Interval::new(contig, from, from.saturating_add(TILE).min(end)))
}

struct Builder<'a> {
    bands: &'a Bands,
    /// Columns before this are not put into blocks.
    head: u32,
    /// One past the last position that a variant has taken.
    covered: u32,
    open: Option<OpenBlock>,
    part: GvcfPart,
}

impl Builder<'_> {
    fn flush(&mut self) {
        self.part.items.extend(self.open.take().map(Item::Block));
    }

    fn variant(&mut self, variant: GvcfVariant) {
        self.flush();
        self.covered = self.covered.max(variant.record.end());
        self.part.items.push(Item::Variant(Box::new(variant)));
    }

    fn column(&mut self, position: u32, confidence: Confidence) {
        let contig = self.part.contig;
        if position < self.covered {
            return;
        }
        if position < self.head {
            self.part.items.push(Item::Column(position, confidence));
        } else if !self.open.as_mut().is_some_and(|open| open.grow(contig, position, confidence, self.bands))
        {
            self.flush();
            self.open = Some(OpenBlock::new(contig, position, confidence, self.bands));
        }
    }
}

/// Puts parts together, in genome order.
#[derive(Debug)]
pub struct GvcfJoiner {
    bands: Bands,
    /// Contig, and one past the last position that a variant has taken.
    covered: (u32, u32),
    open: Option<OpenBlock>,
}

impl GvcfJoiner {
    /// A joiner for parts that were made with these bands.
    #[must_use]
    pub fn new(bands: Bands) -> Self {
        Self { bands, covered: (0, 0), open: None }
    }

    /// The lines that a part completes; its last one may still grow.
    #[must_use]
    pub fn push(&mut self, part: GvcfPart) -> Vec<GvcfRecord> {
        let mut out = Vec::with_capacity(part.items.len());
        for item in part.items {
            match item {
                Item::Column(position, confidence) => {
                    self.column((part.contig, position), confidence, &mut out)
                }
                Item::Block(block) => self.block(block, &mut out),
                Item::Variant(variant) => {
                    out.extend(self.finish());
                    self.covered = self.covered.max((part.contig, variant.record.end()));
                    out.push(GvcfRecord::Variant(variant));
                }
            }
        }
        out
    }

    /// The block that may still grow.
    #[must_use]
    pub fn open(&self) -> Option<Interval> {
        self.open.as_ref().map(OpenBlock::interval)
    }

    /// The last line of what was pushed; parts may follow that do not continue it, and even begin before its end.
    #[must_use]
    pub fn restart(&mut self) -> Option<GvcfRecord> {
        self.covered = (0, 0);
        self.finish()
    }

    /// The last line, when there are no more parts.
    #[must_use]
    pub fn finish(&mut self) -> Option<GvcfRecord> {
        self.open.take().map(|open| GvcfRecord::Block(open.close()))
    }

    fn column(&mut self, place: (u32, u32), confidence: Confidence, out: &mut Vec<GvcfRecord>) {
        let (contig, position) = place;
        let grown = |open: &mut OpenBlock| open.grow(contig, position, confidence, &self.bands);
        if place >= self.covered && !self.open.as_mut().is_some_and(grown) {
            out.extend(self.finish());
            self.open = Some(OpenBlock::new(contig, position, confidence, &self.bands));
        }
    }

    fn block(&mut self, block: OpenBlock, out: &mut Vec<GvcfRecord>) {
        let next = match self.open.as_mut() {
            Some(open) => open.join(block),
            None => Some(block),
        };
        if let Some(next) = next {
            out.extend(self.finish());
            self.open = Some(next);
        }
    }
}
