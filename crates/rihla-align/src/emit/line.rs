//! The alignments of a read as they will be written: clips, edits and differences.

use std::ops::Range;

use rihla_core::cigar::reference_span;
use rihla_core::{CigarOp, OpKind, Reference, base, decimal};
use rihla_kernels::mismatch;

use super::text::push_cigar;
use crate::pair::Hit;
use crate::place::{Context, Read};
use crate::query::Query;
use crate::region::Region;

/// One alignment of a read as it will be written.
pub(super) struct Line {
    /// Index into the read's regions.
    pub region: usize,
    pub contig: u32,
    pub position: u32,
    pub reverse: bool,
    /// Whether it lies on an alternate locus.
    pub alt: bool,
    pub mapq: u8,
    pub edits: u32,
    pub score: i32,
    pub sub: i32,
    /// Of the list's operations, clips included.
    cigar: Range<usize>,
    /// Of the list's text: `MD`.
    differences: Range<usize>,
}

/// The lines of a read: its primary one, then the others; none for an unmapped read. Reused.
#[derive(Default)]
pub(super) struct Lines {
    list: Vec<Line>,
    ops: Vec<CigarOp>,
    text: Vec<u8>,
}

impl Lines {
    /// Replaces what it held.
    pub fn fill(&mut self, context: &Context<'_>, read: &Read, hits: &[Hit], comparer: &mut Comparer) {
        self.list.clear();
        self.ops.clear();
        self.text.clear();
        for &hit in hits {
            let region = &read.regions[hit.region];
            let (ops, text) = (self.ops.len(), self.text.len());
            push_clipped(region, read.query.len(), &mut self.ops);
            let edits = comparer.describe(context.reference, &read.query, region, &mut self.text);
            self.list.push(Line {
                region: hit.region,
                contig: region.contig,
                position: region.position(context.reference),
                reverse: region.reverse,
                alt: context.options.alt.contains(region.contig),
                mapq: hit.mapq,
                edits,
                score: region.score,
                sub: region.secondary_to.map_or(region.sub, |better| read.regions[better].score),
                cigar: ops..self.ops.len(),
                differences: text..self.text.len(),
            });
        }
    }

    pub fn as_slice(&self) -> &[Line] {
        &self.list
    }

    /// The CIGAR of one of its lines, clips included.
    pub fn cigar(&self, line: &Line) -> &[CigarOp] {
        &self.ops[line.cigar.clone()]
    }

    /// `MD` of one of its lines.
    pub fn differences(&self, line: &Line) -> &[u8] {
        &self.text[line.differences.clone()]
    }

    /// Reference position of a line's 5' end, clips left out.
    pub fn outer(&self, line: &Line) -> i64 {
        let ops = self.cigar(line).iter().copied();
        let span = if line.reverse { i64::from(reference_span(ops)) - 1 } else { 0 };
        i64::from(line.position) + span
    }

    /// Appends the line as an element of an `SA` tag.
    pub fn describe(&self, line: &Line, reference: &Reference, out: &mut Vec<u8>) {
        out.extend_from_slice(reference.contigs().get(line.contig).name.as_bytes());
        out.push(b',');
        decimal::push(line.position + 1, out);
        out.extend_from_slice(if line.reverse { b",-," } else { b",+," });
        push_cigar(self.cigar(line), out);
        out.push(b',');
        decimal::push(line.mapq.into(), out);
        out.push(b',');
        decimal::push(line.edits, out);
        out.push(b';');
    }
}

/// Appends a placement's operations with soft clips.
pub(super) fn push_clipped(region: &Region, length: u32, out: &mut Vec<CigarOp>) {
    let mut push = |kind: OpKind, bases: u32| {
        if bases > 0 {
            out.push(CigarOp::new(kind, bases));
        }
    };
    push(OpKind::SoftClip, region.query.start);
    if region.cigar.is_empty() {
        push(OpKind::Match, region.query.end - region.query.start);
    } else {
        region.cigar.ops().iter().for_each(|op| push(op.kind(), op.len()));
    }
    push(OpKind::SoftClip, length - region.query.end);
}

/// Finds the differences between a placement and the reference; buffers are reused.
#[derive(Default)]
pub(super) struct Comparer {
    target: Vec<u8>,
    positions: Vec<u32>,
}

impl Comparer {
    /// Appends `MD` of a placement; gives `NM`.
    pub fn describe(
        &mut self,
        reference: &Reference,
        query: &Query,
        region: &Region,
        out: &mut Vec<u8>,
    ) -> u32 {
        if let Some(edits) = self.describe_packed(reference, query, region, out) {
            return edits;
        }
        reference.fetch_offsets_into(region.target.clone(), &mut self.target);
        let whole = [CigarOp::new(OpKind::Match, region.query.end - region.query.start)];
        let ops = if region.cigar.is_empty() { &whole[..] } else { region.cigar.ops() };
        let codes = &query.codes(region.reverse)[region.query.start as usize..region.query.end as usize];
        describe_coded(ops, codes, &self.target, out)
    }

    /// The same by popcount, where there is neither a gap nor an ambiguous base.
    fn describe_packed(
        &mut self,
        reference: &Reference,
        query: &Query,
        region: &Region,
        out: &mut Vec<u8>,
    ) -> Option<u32> {
        if !region.cigar.is_empty() || query.has_unknown || touches_ambiguous(reference, &region.target) {
            return None;
        }
        // Where the read's first base would lie; before the reference begins there is nothing to compare.
        let diagonal = region.target.start.checked_sub(region.query.start.into())?;
        let words = reference.words();
        self.positions.clear();
        let (packed, end) = (query.packed(region.reverse), region.query.end as usize);
        mismatch::mismatch_positions(packed, words, diagonal, end, &mut self.positions);
        let clipped = self.positions.partition_point(|&at| at < region.query.start);
        let mut next = region.query.start;
        for &at in &self.positions[clipped..] {
            decimal::push(at - next, out);
            let offset = diagonal + u64::from(at);
            let code = words[(offset / 32) as usize] >> (2 * (offset % 32)) & 3;
            out.push(base::decode(code as u8));
            next = at + 1;
        }
        decimal::push(region.query.end - next, out);
        Some((self.positions.len() - clipped) as u32)
    }
}

fn touches_ambiguous(reference: &Reference, target: &Range<u64>) -> bool {
    let runs = reference.ambiguous();
    let first = runs.partition_point(|run| run.end <= target.start);
    runs.get(first).is_some_and(|run| run.start < target.end)
}

fn describe_coded(ops: &[CigarOp], codes: &[u8], target: &[u8], out: &mut Vec<u8>) -> u32 {
    let (mut edits, mut equal) = (0, 0);
    let (mut i, mut j) = (0, 0);
    for op in ops {
        let length = op.len() as usize;
        match op.kind() {
            OpKind::Insertion => {
                edits += op.len();
                i += length;
            }
            OpKind::Deletion => {
                edits += op.len();
                decimal::push(equal, out);
                out.push(b'^');
                out.extend(target[j..j + length].iter().map(|&code| base::decode(code)));
                equal = 0;
                j += length;
            }
            _ => {
                for (&a, &b) in codes[i..i + length].iter().zip(&target[j..j + length]) {
                    if a == b && a < base::N {
                        equal += 1;
                        continue;
                    }
                    edits += 1;
                    decimal::push(equal, out);
                    out.push(base::decode(b));
                    equal = 0;
                }
                i += length;
                j += length;
            }
        }
    }
    decimal::push(equal, out);
    edits
}
