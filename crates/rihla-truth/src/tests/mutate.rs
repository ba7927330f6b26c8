//! Call sets made of a truth: some records written in another way, some wrong, some missing, some invented.

use super::TruthVariant;
use rihla_core::{Reference, base};
use rihla_testkit::TruthRecord;

/// A small generator of our own: its numbers must never change.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, n: u64) -> u64 {
        // SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * u128::from(n)) >> 64) as u64
    }
}

pub(super) fn from_record(record: &TruthRecord) -> TruthVariant {
    let alternates = record.alternates.clone();
    TruthVariant::new(record.contig, record.position, &record.reference, alternates, &record.genotype)
}

/// A call set of sorted truth records, diploid letters all; indels move by fewer bases than `farthest`.
pub(super) fn call_set(
    reference: &Reference,
    truth: &[TruthVariant],
    dice: &mut Dice,
    farthest: u64,
) -> Vec<TruthVariant> {
    let mut calls = Vec::new();
    let mut at = 0;
    while at < truth.len() {
        let record = &truth[at];
        let near = truth.get(at + 1).filter(|next| {
            let gap = next.position.checked_sub(record.interval().end);
            next.contig == record.contig && gap.is_some_and(|gap| gap < 12)
        });
        at += 1;
        match dice.below(20) {
            0 => {}
            1 => calls.push(with_other_genotype(record)),
            2 => calls.push(with_other_allele(record, dice)),
            3..6 => calls.extend(split(record)),
            6..9 => calls.push(moved_right(reference, record, dice.below(farthest))),
            9..14 if near.is_some() => {
                calls.extend(near.and_then(|next| joined(reference, record, next)));
                at += 1;
            }
            14 => {
                calls.push(record.clone());
                calls.extend(invented(reference, record, dice));
            }
            _ => calls.push(record.clone()),
        }
    }
    calls.sort_by(|a, b| a.written().cmp(&b.written()));
    calls
}

fn with_other_genotype(record: &TruthVariant) -> TruthVariant {
    let genotype = if record.genotype[0] == record.genotype[1] { [0, 1] } else { [1, 1] };
    let genotype = genotype.map(Some).to_vec();
    TruthVariant { genotype, ..record.clone() }
}

/// One letter more than there should be.
fn with_other_allele(record: &TruthVariant, dice: &mut Dice) -> TruthVariant {
    let mut wrong = record.clone();
    wrong.alternates[0].push(base::decode(dice.below(4) as u8));
    wrong
}

/// One record for each allele.
fn split(record: &TruthVariant) -> Vec<TruthVariant> {
    if record.alternates.len() == 1 {
        return vec![record.clone()];
    }
    let one = |letters: &Vec<u8>, genotype: [u8; 2]| TruthVariant {
        alternates: vec![letters.clone()],
        genotype: genotype.map(Some).to_vec(),
        ..record.clone()
    };
    vec![one(&record.alternates[0], [0, 1]), one(&record.alternates[1], [1, 0])]
}

/// An indel at another place of its repeat; others stay.
fn moved_right(reference: &Reference, record: &TruthVariant, steps: u64) -> TruthVariant {
    let mut moved = record.clone();
    let lengths = (record.reference.len(), record.alternates[0].len());
    if record.alternates.len() != 1 || lengths.0.min(lengths.1) != 1 || lengths == (1, 1) {
        return moved;
    }
    for _ in 0..steps {
        let end = moved.interval().end;
        if end >= reference.contigs().get(record.contig).length {
            break;
        }
        let next = base::decode(reference.base(record.contig, end));
        let alternate = &mut moved.alternates[0];
        let longer = if moved.reference.len() > 1 { &mut moved.reference } else { alternate };
        if longer[1] != next {
            break;
        }
        longer.push(next);
        longer.remove(0);
        let first = longer[0];
        if moved.reference.len() == 1 {
            moved.reference[0] = first;
        } else {
            moved.alternates[0][0] = first;
        }
        moved.position += 1;
    }
    moved
}

/// Two neighbors as one record over both: the phase is used.
fn joined(reference: &Reference, a: &TruthVariant, b: &TruthVariant) -> Option<TruthVariant> {
    let end = b.interval().end;
    let span = base::decode_all(&reference.fetch(a.contig, a.position, end));
    let spell = |copy: usize| {
        let allele = |record: &TruthVariant| match usize::from(record.genotype[copy].expect("known")) {
            0 => record.reference.clone(),
            number => record.alternates[number - 1].clone(),
        };
        let between = &span[a.reference.len()..(b.position - a.position) as usize];
        [&allele(a)[..], between, &allele(b)[..]].concat()
    };
    let (one, two) = (spell(0), spell(1));
    let mut alternates: Vec<Vec<u8>> = Vec::new();
    let mut genotype = Vec::new();
    for letters in [one, two] {
        let known = alternates.iter().position(|alternate| *alternate == letters);
        genotype.push(Some(match known {
            _ if letters == span => 0,
            Some(at) => at as u8 + 1,
            None => {
                alternates.push(letters);
                alternates.len() as u8
            }
        }));
    }
    let some = !alternates.is_empty();
    some.then(|| TruthVariant { reference: span, alternates, genotype, ..a.clone() })
}

/// A call where there is nothing.
fn invented(reference: &Reference, record: &TruthVariant, dice: &mut Dice) -> Option<TruthVariant> {
    let position = record.interval().end + 1 + dice.below(40) as u32;
    let (code, before) = (
        reference.fetch(record.contig, position, position + 1),
        base::decode(reference.base(record.contig, position - 1)),
    );
    let code = code.first().copied().filter(|&code| code < 4)?;
    let letter = base::decode(code);
    let (position, reference, alternate) = match dice.below(3) {
        0 => (position, vec![letter], vec![base::decode((code + 1 + dice.below(3) as u8) & 3)]),
        1 => (position, vec![letter], vec![letter, base::decode(dice.below(4) as u8)]),
        _ => (position - 1, vec![before, letter], vec![before]),
    };
    let genotype = [[0, 1], [1, 1]][dice.below(2) as usize].map(Some).to_vec();
    Some(TruthVariant { position, reference, alternates: vec![alternate], genotype, ..record.clone() })
}
