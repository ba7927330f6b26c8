//! Cells of the pair hidden Markov model a second, at every level of this CPU.
//!
//! A cell is one read base against one haplotype base. Reads are 150 bases with typical qualities;
//! haplotypes are 300 bases that differ in a few places, as those of one region do.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use rihla_kernels::{HmmRead, PairHmm, Simd, SimdLevel};

const READ_LEN: usize = 150;
const HAPLOTYPE_LEN: usize = 300;

/// Numbers without pattern (xorshift), the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

struct Region {
    haplotypes: Vec<Vec<u8>>,
    bases: Vec<u8>,
    base_quals: Vec<u8>,
    gap_open: Vec<u8>,
    gap_extend: Vec<u8>,
}

impl Region {
    /// Haplotype 0 is random; the others carry one to three substitutions. The read comes from
    /// haplotype 0, with a substitution at its base 70.
    fn new(haplotypes: usize) -> Self {
        let mut numbers = Numbers(0x5eed_1234_5678_9abc);
        let first: Vec<u8> = (0..HAPLOTYPE_LEN).map(|_| numbers.below(4) as u8).collect();
        let mut bases = first[60..60 + READ_LEN].to_vec();
        bases[70] ^= 1;
        let others = (1..haplotypes).map(|_| {
            let mut other = first.clone();
            for _ in 0..=numbers.below(3) {
                other[numbers.below(HAPLOTYPE_LEN as u64) as usize] ^= 2;
            }
            other
        });
        let haplotypes: Vec<_> = others.collect::<Vec<_>>().into_iter().chain([first]).collect();
        let base_quals = (0..READ_LEN).map(|_| [37, 37, 37, 25, 11][numbers.below(5) as usize]).collect();
        Self { haplotypes, bases, base_quals, gap_open: vec![45; READ_LEN], gap_extend: vec![10; READ_LEN] }
    }

    fn read(&self) -> HmmRead<'_> {
        HmmRead {
            bases: &self.bases,
            base_quals: &self.base_quals,
            insertion_open: &self.gap_open,
            deletion_open: &self.gap_open,
            gap_extend: &self.gap_extend,
        }
    }
}

fn likelihoods(c: &mut Criterion) {
    for haplotypes in [2, 16, 32] {
        measure(c, &format!("pairhmm/{haplotypes}_haplotypes"), &Region::new(haplotypes));
    }
}

/// A read that fits no haplotype: `f32` is tried in vain, then `f64`.
fn rescue(c: &mut Criterion) {
    let mut region = Region::new(16);
    region.bases.reverse();
    measure(c, "pairhmm/16_haplotypes_rescued", &region);
}

fn measure(c: &mut Criterion, name: &str, region: &Region) {
    let haplotypes: Vec<&[u8]> = region.haplotypes.iter().map(Vec::as_slice).collect();
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements((haplotypes.len() * READ_LEN * HAPLOTYPE_LEN) as u64));
    for level in SimdLevel::available() {
        let mut kernel = PairHmm::new(Simd::new(level).expect("the level is available"));
        let mut out = Vec::new();
        group.bench_function(BenchmarkId::from_parameter(level), |b| {
            b.iter(|| kernel.likelihoods(&region.read(), &haplotypes, &mut out));
        });
    }
    group.finish();
}

criterion_group! { name = benches; config = crate::criterion(); targets = likelihoods, rescue }
