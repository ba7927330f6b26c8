//! Reads from two known haplotypes, placed by their true CIGAR: the calls must be the truth, however
//! the genome is cut and whatever the CPU can do.

use crate::support::{call, call_whole, describe, reference};
use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Interval, OpKind, RecordArena, RecordBuilder, Reference, VariantRecord};
use rihla_kernels::{Simd, SimdLevel};

/// A small generator: SplitMix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// A change of one haplotype: `deleted` bases at `position` make way for `inserted`.
#[derive(Clone)]
pub struct Edit {
    pub position: usize,
    pub deleted: usize,
    pub inserted: Vec<u8>,
}

/// A genome and its reads.
pub struct World {
    pub reference: Reference,
    records: RecordArena,
    /// `POS REF ALT GT` of every variant.
    pub truth: Vec<String>,
}

/// Bases of the genome.
pub const LENGTH: usize = 12_000;
pub const READ: usize = 100;

/// A random genome with a variant about every 150 bases and reads at 30x with errors of one in 500.
pub fn world(seed: u64) -> World {
    let mut random = Random(seed);
    let letters: Vec<u8> = (0..LENGTH).map(|_| b"ACGT"[random.below(4)]).collect();
    let mut haplotypes: [Vec<Edit>; 2] = [Vec::new(), Vec::new()];
    let mut truth = Vec::new();
    let mut position = 300;
    while position < LENGTH - 300 {
        let (edit, line) = variant(&letters, position, &mut random);
        let carriers = [&[0][..], &[1], &[0, 1]][random.below(3)];
        for &haplotype in carriers {
            haplotypes[haplotype].push(edit.clone());
        }
        truth.push(format!("{line}\t{}", if carriers.len() == 2 { "1/1" } else { "0/1" }));
        position += 60 + random.below(180);
    }
    let mut places: Vec<(usize, usize)> =
        (0..LENGTH * 30 / READ).map(|_| (random.below(LENGTH - 2 * READ), random.below(2))).collect();
    places.sort_unstable();
    let mut records = RecordArena::new();
    for (i, (start, haplotype)) in places.into_iter().enumerate() {
        push_read(&mut records, i, (&letters, &haplotypes[haplotype]), (start, 500), &mut random);
    }
    World { reference: reference(&letters), records, truth }
}

impl World {
    /// The records that the caller wants for an interval.
    pub fn records_around(&self, interval: Interval) -> RecordArena {
        let halo = interval.padded(rihla_pileup::options::HALO, LENGTH as u32);
        let mut records = RecordArena::new();
        for record in self.records.iter() {
            let (from, to) = (record.position().expect("placed"), record.reference_end().expect("placed"));
            if from < halo.end && to > halo.start {
                records.push(record.bytes());
            }
        }
        records
    }
}

/// A SNP, or a leftmost insertion or deletion of one base that is no part of a run.
pub fn variant(letters: &[u8], position: usize, random: &mut Random) -> (Edit, String) {
    let other = |not: &[u8]| *b"ACGT".iter().find(|letter| !not.contains(letter)).expect("four letters");
    let here = letters[position];
    match random.below(3) {
        0 => {
            let snp = other(&[here]);
            let edit = Edit { position, deleted: 1, inserted: vec![snp] };
            (edit, format!("{}\t{}\t{}", position + 1, here as char, snp as char))
        }
        1 => {
            let new = other(&[here, letters[position + 1]]);
            let edit = Edit { position: position + 1, deleted: 0, inserted: vec![new] };
            (edit, format!("{}\t{}\t{}{}", position + 1, here as char, here as char, new as char))
        }
        _ => {
            // Moved left as far as the run of the deleted base reaches.
            let gone = letters[position + 1];
            let start = (0..=position + 1).rev().take_while(|&at| letters[at] == gone).last();
            let start = start.expect("the base itself");
            let before = letters[start - 1] as char;
            let edit = Edit { position: start, deleted: 1, inserted: Vec::new() };
            (edit, format!("{start}\t{before}{}\t{before}", gone as char))
        }
    }
}

/// A read of a haplotype from `start` on, with errors of one in so many.
pub fn push_read(
    records: &mut RecordArena,
    number: usize,
    (letters, edits): (&[u8], &[Edit]),
    (start, one_in): (usize, usize),
    random: &mut Random,
) {
    let (mut bases, mut cigar, mut at) = (Vec::new(), Cigar::new(), start);
    while bases.len() < READ {
        let is_snp = |edit: &Edit| edit.inserted.len() == edit.deleted;
        match edits.iter().find(|edit| edit.position == at && (at > start || is_snp(edit))) {
            Some(edit) if is_snp(edit) => bases.push(edit.inserted[0]),
            // A gap before the last base does not show: that base stands as if it were aligned.
            Some(edit) if bases.len() + 1 == READ => {
                bases.push(edit.inserted.first().copied().unwrap_or(letters[at + edit.deleted]));
            }
            Some(edit) => {
                bases.extend_from_slice(&edit.inserted);
                cigar.push(OpKind::Insertion, edit.inserted.len() as u32);
                cigar.push(OpKind::Deletion, edit.deleted as u32);
                at += edit.deleted;
                // The base behind an insertion must not be looked up again.
                bases.push(letters[at]);
            }
            _ => bases.push(letters[at]),
        }
        cigar.push(OpKind::Match, 1);
        at += 1;
    }
    let mut codes = Vec::new();
    rihla_core::base::encode_into(&bases, &mut codes);
    for code in &mut codes {
        if random.below(one_in) == 0 {
            *code = (*code + 1 + random.below(3) as u8) % 4;
        }
    }
    let placement = Placement {
        flags: if random.below(2) == 0 { 0 } else { flags::REVERSE },
        place: Some((0, start as u32)),
        mapq: 60,
        mate: None,
        template_length: 0,
    };
    let qualities = vec![30; codes.len()];
    let name = format!("r{number}");
    RecordBuilder::start(records, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities).finish();
}

#[test]
fn finds_the_truth_and_nothing_else() {
    let (mut wrong, mut all) = (Vec::new(), 0);
    for seed in 1..=4 {
        let world = world(seed);
        let calls: Vec<String> = call_whole(&world.reference, &world.records)
            .iter()
            .filter(|record| record.is_pass())
            .map(describe)
            .collect();
        all += world.truth.len();
        wrong.extend(
            calls.iter().filter(|call| !world.truth.contains(call)).map(|call| format!("false {call}")),
        );
        wrong.extend(
            world.truth.iter().filter(|line| !calls.contains(line)).map(|line| format!("lost {line}")),
        );
    }
    // A het that few reads carry by chance, or a homozygote at the very end, may fail.
    assert!(all > 250 && wrong.len() * 50 <= all, "{} of {all}: {wrong:#?}", wrong.len());
}

#[test]
fn calls_do_not_depend_on_how_the_genome_is_cut() {
    let world = world(9);
    let whole = call_whole(&world.reference, &world.records);
    assert!(whole.len() > 50);
    for size in [500, 1_777, 5_000] {
        let mut parts: Vec<VariantRecord> = Vec::new();
        for start in (0..LENGTH as u32).step_by(size) {
            let interval = Interval::new(0, start, (start + size as u32).min(LENGTH as u32));
            let records = world.records_around(interval);
            parts.extend(call(&world.reference, interval, &records, Simd::best()));
        }
        assert_eq!(parts, whole, "cut every {size} bases");
    }
}

#[test]
fn every_cpu_level_gives_the_same_records() {
    let world = world(5);
    let interval = Interval::new(0, 0, LENGTH as u32);
    let scalar = Simd::new(SimdLevel::Scalar).expect("always there");
    let expected = call(&world.reference, interval, &world.records, scalar);
    for level in SimdLevel::available() {
        let simd = Simd::new(level).expect("available");
        assert_eq!(call(&world.reference, interval, &world.records, simd), expected, "{level}");
    }
}

#[test]
fn nothing_comes_of_nothing() {
    let world = world(2);
    assert!(call_whole(&world.reference, &RecordArena::new()).is_empty());
    let empty = Interval::new(0, 100, 100);
    assert!(call(&world.reference, empty, &world.records, Simd::best()).is_empty());
}
