//! Every kernel at every level of this CPU against its scalar twin: the same bits, whatever the bytes say.
#![no_main]

use std::fmt::Debug;

use libfuzzer_sys::fuzz_target;
use rihla_kernels::{BandedAligner, HmmRead, PairHmm, Scoring, Simd, SimdLevel, mismatch, pack, syncmer};

/// Numbers and parts out of the fuzzer's bytes; zeros at their end.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    fn below(&mut self, limit: u8) -> u8 {
        self.next() % limit
    }

    fn part(&mut self, length: usize) -> &'a [u8] {
        let (part, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        part
    }
}

/// That `run` gives at every level what it gives at the scalar one.
fn same<T: PartialEq + Debug>(what: &str, run: impl Fn(Simd) -> T) {
    let at = |level| run(Simd::new(level).expect("available"));
    let expected = at(SimdLevel::Scalar);
    for level in SimdLevel::available() {
        assert_eq!(at(level), expected, "{what} at {level}");
    }
}

fn codes(bytes: &[u8], letters: u8) -> Vec<u8> {
    bytes.iter().map(|byte| byte % letters).collect()
}

/// Alignment of a query with a target that has a part of it.
fn banded(bytes: &mut Bytes<'_>) {
    let scoring = Scoring {
        match_score: 1 + i32::from(bytes.below(4)),
        mismatch: 1 + i32::from(bytes.below(8)),
        gap_open: bytes.below(10).into(),
        gap_extend: 1 + i32::from(bytes.below(4)),
        end_bonus: bytes.below(20).into(),
    };
    let (first, width) = (i32::from(bytes.next()) - 128, usize::from(bytes.next()));
    let (from, to) = (usize::from(bytes.next()), usize::from(bytes.next()));
    let length = usize::from(bytes.next());
    let query = codes(bytes.part(length), 5);
    let shared = &query[from.min(query.len())..];
    let target = [codes(bytes.part(to), 5).as_slice(), shared, &codes(bytes.part(32), 4)].concat();
    same("banded", |simd| {
        let alignment = BandedAligner::new(simd, scoring).align(&query, &target, first, width);
        format!("{alignment:?}")
    });
}

/// A read against haplotypes that are parts of it with changes.
fn pairhmm(bytes: &mut Bytes<'_>) {
    let length = 1 + usize::from(bytes.below(200));
    let bases = codes(bytes.part(length), 5);
    let mut column = |low: u8, range: u8| -> Vec<u8> {
        let part = bytes.part(bases.len());
        (0..bases.len()).map(|i| low + part.get(i).copied().unwrap_or(30) % range).collect()
    };
    let (qualities, open_i, open_d, extend) = (column(0, 94), column(1, 60), column(1, 60), column(1, 60));
    let read = HmmRead {
        bases: &bases,
        base_quals: &qualities,
        insertion_open: &open_i,
        deletion_open: &open_d,
        gap_extend: &extend,
    };
    let haplotypes: Vec<Vec<u8>> = (0..bytes.below(20))
        .map(|_| {
            let (before, from, to) = (bytes.below(20), bytes.next(), bytes.below(40));
            let rest = &bases[usize::from(from).min(bases.len())..];
            [codes(bytes.part(before.into()), 5).as_slice(), rest, &codes(bytes.part(to.into()), 5)].concat()
        })
        .collect();
    let haplotypes: Vec<&[u8]> = haplotypes.iter().map(Vec::as_slice).collect();
    same("pairhmm", |simd| {
        let mut out = Vec::new();
        PairHmm::new(simd).likelihoods(&read, &haplotypes, &mut out);
        out.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
    });
}

/// The packed forms of letters, the mismatches with others, and the seeds.
fn packed(bytes: &mut Bytes<'_>) {
    let (offset, limit) = (u64::from(bytes.next()), u32::from(bytes.next()));
    let length = 2 * usize::from(bytes.next()) + usize::from(bytes.below(2));
    let letters = bytes.part(length);
    let other = bytes.part(600);
    same("packed forms", |simd| {
        let (mut words, mut unknown, mut codes, mut nibbles) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let is_unknown = pack::pack_letters(simd, letters, &mut words, &mut unknown);
        pack::unpack(simd, &words, &unknown, letters.len(), &mut codes);
        pack::append_nibbles(simd, &words, &unknown, letters.len(), &mut nibbles);
        let (mut reference, mut marks, mut seeds) = (Vec::new(), Vec::new(), Vec::new());
        pack::pack_letters(simd, other, &mut reference, &mut marks);
        let count = mismatch::count_mismatches(simd, &words, &reference, offset, letters.len(), limit);
        syncmer::mask(simd, &reference, offset, letters.len(), &mut seeds);
        (is_unknown, words, unknown, codes, nibbles, count, seeds)
    });
}

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = Bytes(bytes);
    match bytes.below(3) {
        0 => banded(&mut bytes),
        1 => pairhmm(&mut bytes),
        _ => packed(&mut bytes),
    }
});
