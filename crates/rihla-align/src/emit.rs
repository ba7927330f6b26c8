//! Packed records of a template: flags, mate fields, clips and tags (SAM specification, sections 1.4
//! and 1.5; SAM tags specification).

use std::io::Write;

use rihla_core::base;
use rihla_core::cigar::reference_span;
use rihla_core::read::ReadRef;
use rihla_core::record::{Placement, flags};
use rihla_core::{CigarOp, OpKind, RecordArena, RecordBuilder, Reference};

use crate::aligner::AlignedBatch;
use crate::pair::{Choice, Hit};
use crate::place::{Context, Read};
use crate::region::Region;

/// One alignment of a read as it will be written.
struct Line {
    contig: u32,
    position: u32,
    reverse: bool,
    mapq: u8,
    /// Clips included.
    cigar: Vec<CigarOp>,
    edits: u32,
    /// `MD`.
    differences: Vec<u8>,
    score: i32,
    sub: i32,
}

impl Line {
    fn new(read: &Read, hit: Hit, reference: &Reference, target: &mut Vec<u8>) -> Self {
        let region = &read.regions[hit.region];
        reference.fetch_offsets_into(region.target.clone(), target);
        let whole = [CigarOp::new(OpKind::Match, region.query.end - region.query.start)];
        let ops = if region.cigar.is_empty() { &whole[..] } else { region.cigar.ops() };
        let codes = &read.query.codes(region.reverse)[region.query.start as usize..region.query.end as usize];
        let (edits, differences) = differences(ops, codes, target);
        Self {
            contig: region.contig,
            position: region.position(reference),
            reverse: region.reverse,
            mapq: hit.mapq,
            cigar: with_clips(ops, region, read.query.len()),
            edits,
            differences,
            score: region.score,
            sub: region.secondary_to.map_or(region.sub, |better| read.regions[better].score),
        }
    }

    /// Reference position of the read's 5' end, clips left out.
    fn outer(&self) -> i64 {
        let span = if self.reverse { i64::from(reference_span(self.cigar.iter().copied())) - 1 } else { 0 };
        i64::from(self.position) + span
    }

    /// Appends this alignment as an element of an `SA` tag.
    fn describe(&self, reference: &Reference, out: &mut Vec<u8>) {
        let name = &reference.contigs().get(self.contig).name;
        let strand = if self.reverse { '-' } else { '+' };
        let _ = write!(out, "{name},{},{strand},", self.position + 1);
        write_cigar(&self.cigar, out);
        let _ = write!(out, ",{},{};", self.mapq, self.edits);
    }
}

fn with_clips(ops: &[CigarOp], region: &Region, length: u32) -> Vec<CigarOp> {
    let clip = |bases: u32| (bases > 0).then(|| CigarOp::new(OpKind::SoftClip, bases));
    let before = clip(region.query.start);
    let after = clip(length - region.query.end);
    before.into_iter().chain(ops.iter().copied()).chain(after).collect()
}

fn write_cigar(ops: &[CigarOp], out: &mut Vec<u8>) {
    for op in ops {
        let _ = write!(out, "{}{}", op.len(), op.kind().letter());
    }
}

/// `NM` and `MD` of an alignment.
fn differences(ops: &[CigarOp], codes: &[u8], target: &[u8]) -> (u32, Vec<u8>) {
    let (mut edits, mut equal) = (0, 0u32);
    let (mut i, mut j) = (0, 0);
    let mut text = Vec::new();
    for op in ops {
        let length = op.len() as usize;
        match op.kind() {
            OpKind::Insertion => {
                edits += op.len();
                i += length;
            }
            OpKind::Deletion => {
                edits += op.len();
                let _ = write!(text, "{equal}^");
                text.extend(target[j..j + length].iter().map(|&code| base::decode(code)));
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
                    let _ = write!(text, "{equal}{}", base::decode(b) as char);
                    equal = 0;
                }
                i += length;
                j += length;
            }
        }
    }
    let _ = write!(text, "{equal}");
    (edits, text)
}

/// A read to be written.
#[derive(Clone, Copy)]
struct Subject<'a> {
    raw: ReadRef<'a>,
    read: &'a Read,
    /// The primary line, then the supplementary ones; none for an unmapped read.
    lines: &'a [Line],
    /// The mate's primary line, if there is a mate and it is mapped.
    mate: Option<&'a Line>,
    /// Flags that all its records share.
    flags: u16,
}

/// Buffers of the record writer; reused.
#[derive(Default)]
pub(crate) struct Emitter {
    target: Vec<u8>,
    text: Vec<u8>,
    qualities: Vec<u8>,
}

impl Emitter {
    /// Appends all records of a single read.
    pub fn single(
        &mut self,
        context: &Context<'_>,
        raw: ReadRef<'_>,
        read: &Read,
        choice: &Choice,
        batch: &mut AlignedBatch,
    ) {
        let lines = self.lines(context, read, &choice.hits[0]);
        let subject = Subject { raw, read, lines: &lines, mate: None, flags: 0 };
        self.subject(context, &subject, batch);
    }

    /// Appends all records of two mates, the first mate's first.
    pub fn pair(
        &mut self,
        context: &Context<'_>,
        raw: [ReadRef<'_>; 2],
        mates: &[Read; 2],
        choice: &Choice,
        batch: &mut AlignedBatch,
    ) {
        let lines = [0, 1].map(|i| self.lines(context, &mates[i], &choice.hits[i]));
        for i in 0..2 {
            let mate = lines[1 - i].first();
            let mut flags = flags::PAIRED | [flags::FIRST, flags::LAST][i];
            flags |= if choice.proper { flags::PROPER_PAIR } else { 0 };
            flags |=
                mate.map_or(flags::MATE_UNMAPPED, |mate| if mate.reverse { flags::MATE_REVERSE } else { 0 });
            let subject = Subject { raw: raw[i], read: &mates[i], lines: &lines[i], mate, flags };
            self.subject(context, &subject, batch);
        }
        batch.counts.pairs += 1;
        batch.counts.proper_pairs += u64::from(choice.proper);
    }

    fn lines(&mut self, context: &Context<'_>, read: &Read, hits: &[Hit]) -> Vec<Line> {
        hits.iter().map(|&hit| Line::new(read, hit, context.reference, &mut self.target)).collect()
    }

    fn subject(&mut self, context: &Context<'_>, subject: &Subject<'_>, batch: &mut AlignedBatch) {
        batch.counts.reads += 1;
        batch.counts.mapped += u64::from(!subject.lines.is_empty());
        batch.counts.supplementary += subject.lines.len().saturating_sub(1) as u64;
        if subject.lines.is_empty() {
            self.unmapped(context, subject, &mut batch.records);
        }
        for which in 0..subject.lines.len() {
            self.mapped(context, subject, which, &mut batch.records);
        }
    }

    /// An unmapped read lies at its mate, where there is one.
    fn unmapped(&mut self, context: &Context<'_>, subject: &Subject<'_>, out: &mut RecordArena) {
        let place = subject.mate.map(|mate| (mate.contig, mate.position));
        let flags = subject.flags | flags::UNMAPPED;
        let placement = Placement { flags, place, mapq: 0, mate: place, template_length: 0 };
        let codes = subject.read.query.codes(false);
        let Subject { raw, .. } = subject;
        let mut record = RecordBuilder::start(out, &placement, raw.name, &[], codes, raw.qualities);
        if let Some(mate) = subject.mate {
            self.mate_tags(mate, &mut record);
        }
        finish(record, context);
    }

    fn mapped(&mut self, context: &Context<'_>, subject: &Subject<'_>, which: usize, out: &mut RecordArena) {
        let line = &subject.lines[which];
        let mut flags = subject.flags;
        flags |= if which > 0 { flags::SUPPLEMENTARY } else { 0 };
        flags |= if line.reverse { flags::REVERSE } else { 0 };
        let here = (line.contig, line.position);
        let mate = match subject.mate {
            Some(mate) => Some((mate.contig, mate.position)),
            // An unmapped mate lies at the read's primary line.
            None => {
                (flags & flags::PAIRED != 0).then(|| (subject.lines[0].contig, subject.lines[0].position))
            }
        };
        let template_length = subject.mate.map_or(0, |mate| template_length(line, mate));
        let placement = Placement { flags, place: Some(here), mapq: line.mapq, mate, template_length };
        self.qualities.clear();
        self.qualities.extend_from_slice(subject.raw.qualities);
        if line.reverse {
            self.qualities.reverse();
        }
        let codes = subject.read.query.codes(line.reverse);
        let name = subject.raw.name;
        let mut record = RecordBuilder::start(out, &placement, name, &line.cigar, codes, &self.qualities);
        record.int(*b"NM", line.edits as i32).text(*b"MD", &line.differences);
        if let Some(mate) = subject.mate {
            self.mate_tags(mate, &mut record);
        }
        record.int(*b"AS", line.score).int(*b"XS", line.sub);
        if subject.lines.len() > 1 {
            self.text.clear();
            for other in (0..subject.lines.len()).filter(|&other| other != which) {
                subject.lines[other].describe(context.reference, &mut self.text);
            }
            record.text(*b"SA", &self.text);
        }
        finish(record, context);
    }

    fn mate_tags(&mut self, mate: &Line, record: &mut RecordBuilder<'_>) {
        self.text.clear();
        write_cigar(&mate.cigar, &mut self.text);
        record.text(*b"MC", &self.text).int(*b"MQ", mate.mapq.into());
    }
}

fn finish(mut record: RecordBuilder<'_>, context: &Context<'_>) {
    if let Some(group) = &context.options.read_group {
        record.text(*b"RG", group.as_bytes());
    }
    record.finish();
}

/// `TLEN`: from the 5' end of this line to that of the mate, signed.
fn template_length(line: &Line, mate: &Line) -> i32 {
    if line.contig != mate.contig {
        return 0;
    }
    let apart = mate.outer() - line.outer();
    (apart + apart.signum()) as i32
}
