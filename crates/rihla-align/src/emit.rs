//! Packed records of a template: flags, mate fields, clips and tags (SAM specification, sections 1.4
//! and 1.5; SAM tags specification).

mod line;
mod text;

use rihla_core::read::ReadRef;
use rihla_core::record::{Placement, flags};
use rihla_core::{CigarOp, OpKind, RecordArena, RecordBuilder, base, decimal};

use self::line::{Comparer, Line, Lines};
use self::text::push_cigar;
use crate::aligner::AlignedBatch;
use crate::options::SupplementaryClips;
use crate::pair::Choice;
use crate::place::{Context, Read};

/// A read to be written.
#[derive(Clone, Copy)]
struct Subject<'a> {
    raw: ReadRef<'a>,
    read: &'a Read,
    lines: &'a Lines,
    /// The mate's lines, if it is mapped; the first counts.
    mate: Option<&'a Lines>,
    /// Flags that all its records share.
    flags: u16,
}

impl<'a> Subject<'a> {
    fn mate_line(&self) -> Option<(&'a Lines, &'a Line)> {
        self.mate.and_then(|lines| Some((lines, lines.as_slice().first()?)))
    }
}

/// Buffers of the record writer; reused.
#[derive(Default)]
pub(crate) struct Emitter {
    lines: [Lines; 2],
    writer: Writer,
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
        let Self { lines: [lines, _], writer } = self;
        lines.fill(context, read, &choice.hits[0], &mut writer.comparer);
        let subject = Subject { raw, read, lines, mate: None, flags: 0 };
        writer.read(context, &subject, batch);
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
        let Self { lines, writer } = self;
        for (i, lines) in lines.iter_mut().enumerate() {
            lines.fill(context, &mates[i], &choice.hits[i], &mut writer.comparer);
        }
        for i in 0..2 {
            let mate = lines[1 - i].as_slice().first();
            let mut flags = flags::PAIRED | [flags::FIRST, flags::LAST][i];
            flags |= if choice.proper { flags::PROPER_PAIR } else { 0 };
            flags |=
                mate.map_or(flags::MATE_UNMAPPED, |mate| if mate.reverse { flags::MATE_REVERSE } else { 0 });
            let mate = mate.map(|_| &lines[1 - i]);
            let subject = Subject { raw: raw[i], read: &mates[i], lines: &lines[i], mate, flags };
            writer.read(context, &subject, batch);
        }
        batch.counts.pairs += 1;
        batch.counts.proper_pairs += u64::from(choice.proper);
    }
}

/// Buffers for one record.
#[derive(Default)]
struct Writer {
    comparer: Comparer,
    text: Vec<u8>,
    qualities: Vec<u8>,
    ops: Vec<CigarOp>,
}

impl Writer {
    fn read(&mut self, context: &Context<'_>, subject: &Subject<'_>, batch: &mut AlignedBatch) {
        let lines = subject.lines.as_slice();
        batch.counts.reads += 1;
        batch.counts.mapped += u64::from(!lines.is_empty());
        batch.counts.supplementary += lines.len().saturating_sub(1) as u64;
        if lines.is_empty() {
            self.unmapped(context, subject, &mut batch.records);
        }
        for which in 0..lines.len() {
            self.mapped(context, subject, which, &mut batch.records);
        }
    }

    /// An unmapped read lies at its mate, where there is one.
    fn unmapped(&mut self, context: &Context<'_>, subject: &Subject<'_>, out: &mut RecordArena) {
        let mate = subject.mate_line();
        let place = mate.map(|(_, mate)| (mate.contig, mate.position));
        let unfit = if subject.raw.is_unfit { flags::QC_FAIL } else { 0 };
        let flags = subject.flags | flags::UNMAPPED | unfit;
        let placement = Placement { flags, place, mapq: 0, mate: place, template_length: 0 };
        let Subject { raw, .. } = subject;
        let codes = match raw.is_unfit {
            true => {
                base::encode_into(raw.sequence, &mut self.text);
                &self.text
            }
            false => subject.read.query.codes(false),
        };
        let mut record = RecordBuilder::start(out, &placement, raw.name, &[], codes, raw.qualities);
        self.mate_tags(subject, &mut record);
        finish(record, context);
    }

    fn mapped(&mut self, context: &Context<'_>, subject: &Subject<'_>, which: usize, out: &mut RecordArena) {
        let (lines, line) = (subject.lines, &subject.lines.as_slice()[which]);
        let placement = placement(context, subject, which);
        let Subject { raw: ReadRef { name, .. }, read: Read { query, .. }, .. } = *subject;
        let mut qualities = subject.raw.qualities;
        if line.reverse {
            self.qualities.clear();
            self.qualities.extend_from_slice(qualities);
            self.qualities.reverse();
            qualities = &self.qualities;
        }
        let mut cigar = lines.cigar(line);
        // As with BWA-MEM, lines on alternate loci keep the whole read.
        let hard = context.options.supplementary_clips == SupplementaryClips::Hard;
        let mut record = if hard && which > 0 && !line.alt {
            let kept = &subject.read.regions[line.region].query;
            let kept = kept.start as usize..kept.end as usize;
            self.ops.clear();
            self.ops.extend(cigar.iter().map(|op| match op.kind() {
                OpKind::SoftClip => CigarOp::new(OpKind::HardClip, op.len()),
                _ => *op,
            }));
            cigar = &self.ops;
            let codes = &query.codes(line.reverse)[kept.clone()];
            RecordBuilder::start(out, &placement, name, cigar, codes, &qualities[kept])
        } else {
            let nibbles = |out: &mut Vec<u8>| query.append_nibbles(context.simd, line.reverse, out);
            RecordBuilder::start_with(out, &placement, name, cigar, (qualities.len(), nibbles), qualities)
        };
        record.int(*b"NM", line.edits as i32).text(*b"MD", lines.differences(line));
        self.mate_tags(subject, &mut record);
        record.int(*b"AS", line.score).int(*b"XS", line.sub);
        self.other_places(context, subject, which, &mut record);
        finish(record, context);
    }

    fn mate_tags(&mut self, subject: &Subject<'_>, record: &mut RecordBuilder<'_>) {
        let Some((lines, mate)) = subject.mate_line() else { return };
        self.text.clear();
        push_cigar(lines.cigar(mate), &mut self.text);
        record.text(*b"MC", &self.text).int(*b"MQ", mate.mapq.into());
    }

    /// `SA`, `pa` and `XA`.
    fn other_places(
        &mut self,
        context: &Context<'_>,
        subject: &Subject<'_>,
        which: usize,
        record: &mut RecordBuilder<'_>,
    ) {
        let lines = subject.lines.as_slice();
        if lines.len() > 1 {
            self.text.clear();
            for (_, other) in lines.iter().enumerate().filter(|&(other, _)| other != which) {
                subject.lines.describe(other, context.reference, &mut self.text);
            }
            record.text(*b"SA", &self.text);
        }
        let region = &subject.read.regions[lines[which].region];
        if region.alt_rival > 0 {
            let share = f64::from(region.score) / f64::from(region.alt_rival);
            record.float(*b"pa", ((1000.0 * share).round() / 1000.0) as f32);
        }
        if subject.read.regions.len() > 1 && self.alternatives(context, subject.read, lines[which].region) {
            record.text(*b"XA", &self.text);
        }
    }

    /// Writes the other placements of the part that region `at` aligns to the text buffer; tells whether
    /// there are any, and not too many.
    fn alternatives(&mut self, context: &Context<'_>, read: &Read, at: usize) -> bool {
        let options = context.options;
        let on_alt = |i: usize| options.alt.contains(read.regions[i].contig);
        let leader = read.regions[at].leader.unwrap_or(at);
        // A better placement on an alternate locus has a line of its own, and the list with it.
        if on_alt(leader) && !on_alt(at) {
            return false;
        }
        let floor = options.xa_share * f64::from(read.regions[at].score);
        let listed = |&i: &usize| {
            let other = &read.regions[i];
            i != at && other.leader.unwrap_or(i) == leader && f64::from(other.score) >= floor
        };
        let all = || (0..read.regions.len()).filter(listed);
        let limit = if all().any(on_alt) { options.max_xa_alt.max(options.max_xa) } else { options.max_xa };
        if !(1..=limit as usize).contains(&all().count()) {
            return false;
        }
        self.text.clear();
        for i in all() {
            self.alternative(context, read, i);
        }
        true
    }

    /// Appends a placement as an element of an `XA` tag.
    fn alternative(&mut self, context: &Context<'_>, read: &Read, i: usize) {
        let region = &read.regions[i];
        let text = &mut self.text;
        text.extend_from_slice(context.reference.contigs().get(region.contig).name.as_bytes());
        text.extend_from_slice(if region.reverse { b",-" } else { b",+" });
        decimal::push(region.position(context.reference) + 1, text);
        text.push(b',');
        self.ops.clear();
        line::push_clipped(region, read.query.len(), &mut self.ops);
        push_cigar(&self.ops, text);
        let end = text.len();
        let edits = self.comparer.describe(context.reference, &read.query, region, text);
        text.truncate(end);
        text.push(b',');
        decimal::push(edits, text);
        text.push(b';');
    }
}

/// The fixed fields of one of a read's lines.
fn placement(context: &Context<'_>, subject: &Subject<'_>, which: usize) -> Placement {
    let lines = subject.lines.as_slice();
    let line = &lines[which];
    let mut flags = subject.flags;
    if which > 0 {
        let splits = context.options.mark_splits_secondary;
        flags |= if splits { flags::SECONDARY } else { flags::SUPPLEMENTARY };
    }
    flags |= if line.reverse { flags::REVERSE } else { 0 };
    // An unmapped mate lies at the read's primary line.
    let mate = subject.mate_line();
    let mate_at = mate.map_or(&lines[0], |(_, mate)| mate);
    let mate_place = (flags & flags::PAIRED != 0).then_some((mate_at.contig, mate_at.position));
    Placement {
        flags,
        place: Some((line.contig, line.position)),
        mapq: line.mapq,
        mate: mate_place,
        template_length: mate.map_or(0, |mate| template_length((subject.lines, line), mate)),
    }
}

fn finish(mut record: RecordBuilder<'_>, context: &Context<'_>) {
    if let Some(group) = &context.options.read_group {
        record.text(*b"RG", group.as_bytes());
    }
    record.finish();
}

/// `TLEN`: from the 5' end of this line to that of the mate, signed.
fn template_length((lines, line): (&Lines, &Line), (mates, mate): (&Lines, &Line)) -> i32 {
    if line.contig != mate.contig {
        return 0;
    }
    let apart = mates.outer(mate) - lines.outer(line);
    (apart + apart.signum()) as i32
}
