//! What the tests of the caller share.

use rihla_call::{CallOptions, Caller};
use rihla_core::{Contig, Contigs, Interval, RecordArena, Reference, VariantRecord};
use rihla_kernels::Simd;

/// So many letters from a seed, the same ones each time.
pub fn letters(seed: u32, length: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b"ACGT"[(state >> 24) as usize % 4]
    };
    (0..length).map(|_| next()).collect()
}

/// A reference of one contig.
pub fn reference(letters: &[u8]) -> Reference {
    let contig = Contig { name: "slice".into(), length: letters.len() as u32, md5: [0; 16] };
    Reference::from_letters(Contigs::new(vec![contig]), &[letters.to_vec()])
}

/// Calls the whole contig at once.
pub fn call_whole(reference: &Reference, records: &RecordArena) -> Vec<VariantRecord> {
    let length = reference.contigs().get(0).length;
    call(reference, Interval::new(0, 0, length), records, Simd::best())
}

/// Calls an interval.
pub fn call(
    reference: &Reference,
    interval: Interval,
    records: &RecordArena,
    simd: Simd,
) -> Vec<VariantRecord> {
    call_with(CallOptions::default(), reference, interval, records, simd)
}

/// The same with other options.
pub fn call_with(
    options: CallOptions,
    reference: &Reference,
    interval: Interval,
    records: &RecordArena,
    simd: Simd,
) -> Vec<VariantRecord> {
    let caller = Caller::new(options, simd);
    caller.call(reference, interval, records, &mut caller.scratch()).variants
}

/// `POS REF ALT GT`, separated by tabs, POS 1-based.
pub fn describe(record: &VariantRecord) -> String {
    let text = |letters: &Vec<u8>| String::from_utf8(letters.clone()).expect("letters");
    let alternates: Vec<String> = record.alternates.iter().map(text).collect();
    let genotype: Vec<String> = record.sample.genotype.alleles().iter().map(u8::to_string).collect();
    let (alternates, genotype) = (alternates.join(","), genotype.join("/"));
    format!("{}\t{}\t{alternates}\t{genotype}", record.position + 1, text(&record.reference))
}
