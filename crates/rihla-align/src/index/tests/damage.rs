//! A damaged index of which only the small sections were checked: wrong places, but no panic, and the
//! check says so.

use rihla_core::read::ReadBatch;
use rihla_kernels::Simd;

use super::*;
use crate::aligner::{AlignedBatch, Aligner};
use crate::index::format::open_checking;
use crate::insert::{InsertSize, LengthModel};
use crate::options::AlignOptions;

/// A random number below a limit.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Repeats, runs of N, small contigs.
fn genome() -> Vec<Vec<u8>> {
    let mut first = letters(21, 20_000);
    first[7_000..7_300].fill(b'N');
    let copy = first[1_000..3_000].to_vec();
    first[12_000..14_000].copy_from_slice(&copy);
    let unit = letters(22, 37);
    let array: Vec<u8> = unit.iter().copied().cycle().take(3_000).collect();
    vec![first, array, letters(23, 150), letters(24, 6_000)]
}

/// Pairs from all over, the ends of contigs among them.
fn reads(genome: &[Vec<u8>]) -> ReadBatch {
    let mut random = Random(77);
    let mut batch = ReadBatch::new(0, 0, true);
    for i in 0..60 {
        let contig = &genome[i % genome.len()];
        let start = match i % 5 {
            0 => 0,
            1 => contig.len().saturating_sub(300),
            _ => random.below(contig.len().saturating_sub(300).max(1)),
        };
        let fragment = &contig[start..(start + 300).min(contig.len())];
        let mut one = fragment[..100].to_vec();
        one[40 + i % 20] = b'C';
        let two: Vec<u8> = fragment[fragment.len() - 100..]
            .iter()
            .rev()
            .map(|&letter| base::decode(base::complement(base::encode(letter))))
            .collect();
        let name = format!("r{i}");
        for mate in [&one, &two] {
            batch.push(name.as_bytes(), mate, &[30; 100]);
        }
    }
    batch
}

fn align(index: &Index, batch: &ReadBatch) -> AlignedBatch {
    let aligner = Aligner::new(index, AlignOptions::default(), Simd::best());
    let insert = InsertSize::given(LengthModel { mean: 300.0, sd: 30.0, low: 200, high: 400 });
    let mut out = AlignedBatch::default();
    let _ = aligner.learn_insert_size(batch);
    aligner.align_batch(batch, &insert, &mut aligner.scratch(), &mut out);
    out
}

#[test]
fn any_damage_is_survived_and_found() {
    let genome = genome();
    let batch = reads(&genome);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ref.fa.rhx");
    let mut good = Vec::new();
    build(&reference(&genome), SourceFingerprint::default()).write_to(&mut good).expect("in memory");
    fs::write(&path, &good).expect("written");
    let sound = open_checking(&path, 0).expect("sound");
    sound.verify().expect("sound");
    let expected = align(&sound, &batch);
    assert!(expected.counts.mapped > 100, "{:?}", expected.counts);

    let word = |at: usize| u64::from_le_bytes(good[at..at + 8].try_into().expect("eight")) as usize;
    let names = ["contig table", "ambiguous runs", "packed bases", "seed directory", "seed table"];
    let mut random = Random(5);
    for (section, name) in names.into_iter().enumerate() {
        let (start, length) = (word(64 + 8 * section), word(104 + 8 * section));
        for round in 0..40 {
            let mut bad = good.clone();
            let part = &mut bad[start..start + length];
            // One bit, a few bits, a run of ones, noise.
            match round % 4 {
                0 => part[random.below(length)] ^= 1 << random.below(8),
                1 => (0..50).for_each(|_| part[random.below(length)] ^= 1 << random.below(8)),
                2 => {
                    let at = random.below(length);
                    let end = (at + 1 + random.below(length)).min(length);
                    part[at..end].fill(if round % 8 == 2 { 0xff } else { 0 });
                    part[at] ^= 0x10;
                }
                _ => part.iter_mut().for_each(|byte| *byte = random.below(256) as u8),
            }
            if bad == good {
                continue;
            }
            fs::write(&path, &bad).expect("written");
            let error = match open_checking(&path, 0) {
                Err(error) => error,
                Ok(index) => {
                    assert!(section >= 2 && !index.is_verified());
                    let out = align(&index, &batch);
                    assert_eq!(out.template_ends.len(), batch.templates());
                    index.verify().expect_err("damaged")
                }
            };
            assert!(error.to_string().contains(&format!("checksum of the {name} differs")), "{error}");
        }
    }
}
