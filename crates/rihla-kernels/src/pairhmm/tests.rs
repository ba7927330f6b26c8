//! One suite for every level, and the model against references that share no code with it.

use proptest::prelude::*;

use super::*;
use crate::SimdLevel;

mod definition;
mod levels;
mod reference;

/// A read that owns its slices.
#[derive(Clone, Debug)]
struct OwnedRead {
    bases: Vec<u8>,
    base_quals: Vec<u8>,
    insertion_open: Vec<u8>,
    deletion_open: Vec<u8>,
    gap_extend: Vec<u8>,
}

impl OwnedRead {
    /// Gap opens of 45, gap extension of 10, and one quality.
    fn plain(bases: &[u8], base_qual: u8) -> Self {
        let all = |quality| vec![quality; bases.len()];
        Self {
            bases: bases.to_vec(),
            base_quals: all(base_qual),
            insertion_open: all(45),
            deletion_open: all(45),
            gap_extend: all(10),
        }
    }

    fn view(&self) -> HmmRead<'_> {
        HmmRead {
            bases: &self.bases,
            base_quals: &self.base_quals,
            insertion_open: &self.insertion_open,
            deletion_open: &self.deletion_open,
            gap_extend: &self.gap_extend,
        }
    }
}

fn likelihoods(level: SimdLevel, read: &OwnedRead, haplotypes: &[Vec<u8>]) -> Vec<f64> {
    let mut kernel = PairHmm::new(Simd::new(level).expect("only available levels are tested"));
    likelihoods_again(&mut kernel, read, haplotypes)
}

fn likelihoods_again(kernel: &mut PairHmm, read: &OwnedRead, haplotypes: &[Vec<u8>]) -> Vec<f64> {
    let haplotypes: Vec<&[u8]> = haplotypes.iter().map(Vec::as_slice).collect();
    let mut out = vec![f64::NAN; 3];
    kernel.likelihoods(&read.view(), &haplotypes, &mut out);
    out
}

fn exactly(read: &OwnedRead, haplotype: &[u8]) -> f64 {
    super::definition::log10_likelihood(&read.view(), haplotype, &mut super::definition::Scratch::default())
}

/// `len` codes without pattern; N now and then if `with_n`.
fn random_bases(seed: u64, len: usize, with_n: bool) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 33
    };
    (0..len).map(|_| if with_n && next() % 40 == 0 { 4 } else { (next() % 4) as u8 }).collect()
}

/// Any bases and any qualities within `quals`.
fn any_read(
    len: impl Into<proptest::collection::SizeRange>,
    quals: std::ops::RangeInclusive<u8>,
) -> impl Strategy<Value = OwnedRead> {
    let gap = quals.clone();
    let base = (0_u8..=4, quals, gap.clone(), gap.clone(), gap);
    prop::collection::vec(base, len).prop_map(|columns| OwnedRead {
        bases: columns.iter().map(|c| c.0).collect(),
        base_quals: columns.iter().map(|c| c.1).collect(),
        insertion_open: columns.iter().map(|c| c.2).collect(),
        deletion_open: columns.iter().map(|c| c.3).collect(),
        gap_extend: columns.iter().map(|c| c.4).collect(),
    })
}

/// A haplotype that contains most of the read between random flanks, with one edit: the usual case.
fn related(read: &[u8], seed: u64, flank: usize, edit_at: usize, edit: u8) -> Vec<u8> {
    let mut middle = read.to_vec();
    let at = edit_at % (middle.len() + 1);
    match edit % 4 {
        0 if at < middle.len() => middle[at] = (middle[at] + 1) % 4,
        1 => drop(middle.splice(at..at, random_bases(seed, 3, false))),
        2 => drop(middle.drain(at..middle.len().min(at + 2))),
        _ => {}
    }
    [random_bases(seed + 1, flank, true), middle, random_bases(seed + 2, flank / 2, true)].concat()
}
