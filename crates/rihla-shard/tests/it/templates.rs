//! Random templates, crowded so that many are duplicates of each other.

use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, Contigs, OpKind, RecordArena, RecordBuilder};
use rihla_shard::{Origin, ShardError, ShardWriter};

/// Records of templates `first..`, as a batch.
pub struct Batch {
    pub origin: Origin,
    pub first: u64,
    pub records: RecordArena,
    pub ends: Vec<u32>,
}

impl Batch {
    pub fn push_to(&self, writer: &ShardWriter) -> Result<(), ShardError> {
        writer.push(self.origin, self.first, &self.records, &self.ends)
    }
}

pub fn contigs() -> Contigs {
    let contig = |(name, length): (&str, u32)| Contig { name: name.into(), length, md5: [0; 16] };
    Contigs::new([("one", 3000), ("tiny", 40), ("two", 2500)].map(contig).to_vec())
}

/// One choice a byte; the bytes decide everything about a template.
pub type Choices = [u8; 16];

/// Choices from a seed (SplitMix64).
pub fn random_choices(seed: u64, templates: usize) -> Vec<Choices> {
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    };
    (0..templates)
        .map(|_| {
            let mut choices = [0; 16];
            choices[..8].copy_from_slice(&word().to_le_bytes());
            choices[8..].copy_from_slice(&word().to_le_bytes());
            choices
        })
        .collect()
}

/// Cuts templates into batches of `size` templates.
pub fn batches(templates: &[Choices], size: usize) -> Vec<Batch> {
    let mut first = 0;
    templates
        .chunks(size)
        .map(|chunk| {
            let mut batch =
                Batch { origin: Origin::default(), first, records: RecordArena::new(), ends: Vec::new() };
            for choices in chunk {
                push_template(&mut batch.records, first, choices);
                batch.ends.push(batch.records.len() as u32);
                first += 1;
            }
            batch
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Mate {
    place: (u32, u32),
    reverse: bool,
    clips: (u32, u32),
    mapped: bool,
}

fn push_template(out: &mut RecordArena, number: u64, c: &Choices) {
    let name = name(number, c);
    let failed = if c[9].is_multiple_of(16) { flags::QC_FAIL } else { 0 };
    // Some coordinates near the contig's start, some around the seam of two bins.
    let place = |a: u8, b: u8| match a % 8 {
        0..4 => (0, u32::from(b % 4)),
        4 => (0, 507 + u32::from(b % 8)),
        5 => (2, 1000 + u32::from(b % 4)),
        6 => (1, 2 + u32::from(b % 4)),
        _ => (2, u32::from(b) * 9),
    };
    let mate = |a: u8, b: u8, clip: u8, kind: u8| Mate {
        place: place(a, b),
        reverse: b & 128 != 0,
        clips: (u32::from(clip % 4), u32::from(clip / 4 % 4)),
        mapped: !kind.is_multiple_of(8),
    };
    let mut one = mate(c[0], c[1], c[2], c[3]);
    let mut two = mate(c[4], c[5], c[6], c[7]);
    if c[8].is_multiple_of(4) {
        one.place.1 += u32::from(c[8] / 4 % 2);
        push(out, &name, failed, one, None, c[10]);
        return;
    }
    if one.mapped != two.mapped {
        // A mate without an alignment lies where the other does.
        let place = if one.mapped { one.place } else { two.place };
        (one.place, two.place) = (place, place);
    }
    let pair = flags::PAIRED | failed;
    let mut halves = [(flags::FIRST, one, two), (flags::LAST, two, one)];
    if c[11].is_multiple_of(2) {
        halves.swap(0, 1);
    }
    for (i, (which, read, other)) in halves.into_iter().enumerate() {
        push(out, &name, pair | which, read, Some(other), c[12 + i]);
        if read.mapped && c[14] % 5 == i as u8 {
            let extra = if c[14] & 64 == 0 { flags::SUPPLEMENTARY } else { flags::SECONDARY };
            let stray = Mate { place: place(c[15], c[3]), ..read };
            push(out, &name, pair | which | extra, stray, Some(other), 255);
        }
    }
}

fn name(number: u64, c: &Choices) -> String {
    match c[10] % 4 {
        0 => format!("t{number}"),
        1 => format!("I:{number}:1:{}:{}", c[13] % 2, c[14] % 3 * 60),
        // Some on both sides of 2^15 and of 2^16, where Picard's coordinates wrap.
        _ => {
            let side = [0, 32_700, 65_450][usize::from(c[12] % 3)];
            let (x, y) = (side + u32::from(c[14] % 4) * 60, side + u32::from(c[15] % 4) * 60);
            format!("I:{number}:F:1:{}:{x}:{y}", c[13] % 2)
        }
    }
}

fn push(out: &mut RecordArena, name: &str, bits: u16, read: Mate, other: Option<Mate>, quality: u8) {
    let mut bits = bits;
    let mut set = |on: bool, flag: u16| bits |= if on { flag } else { 0 };
    set(!read.mapped, flags::UNMAPPED);
    set(read.mapped && read.reverse, flags::REVERSE);
    if let Some(other) = other {
        set(!other.mapped, flags::MATE_UNMAPPED);
        set(other.mapped && other.reverse, flags::MATE_REVERSE);
    }
    let placed = read.mapped || other.is_some_and(|other| other.mapped);
    let placement = Placement {
        flags: bits,
        place: placed.then_some(read.place),
        mapq: if read.mapped { 60 } else { 0 },
        mate: other.filter(|_| placed).map(|other| other.place),
        template_length: 0,
    };
    let mut cigar = Cigar::new();
    if read.mapped {
        cigar.push(OpKind::SoftClip, read.clips.0);
        cigar.push(OpKind::Match, 20);
        cigar.push(OpKind::Deletion, u32::from(quality % 8 == 1));
        cigar.push(OpKind::Match, 5);
        cigar.push(OpKind::SoftClip, read.clips.1);
    }
    let length = if read.mapped { cigar.read_span() } else { 25 } as usize;
    // Two quality values at most times, so that scores often tie.
    let quality = [30, 30, 31, 14][usize::from(quality % 4)];
    let mut record = RecordBuilder::start(
        out,
        &placement,
        name.as_bytes(),
        cigar.ops(),
        &vec![1; length],
        &vec![quality; length],
    );
    record.int(*b"NM", 0);
    record.finish();
}
