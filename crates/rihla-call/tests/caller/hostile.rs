//! Records that no aligner should write must not stop the caller.

use proptest::prelude::*;
use rihla_core::record::Placement;
use rihla_core::{Cigar, CigarOp, Interval, OpKind, RecordArena, RecordBuilder};
use rihla_kernels::Simd;

use crate::support::{call, reference};

/// Operations of any kind and order.
fn any_cigar() -> impl Strategy<Value = Vec<(u8, u32)>> {
    prop::collection::vec((0u8..9, 0u32..40), 1..7)
}

fn any_placement() -> impl Strategy<Value = Placement> {
    (0u32..620, any::<u16>(), 0u8..=255, prop::option::of(0u32..620), any::<i32>()).prop_map(
        |(start, flags, mapq, mate, template_length)| Placement {
            flags: flags & 0x8f3,
            place: Some((0, start)),
            mapq,
            mate: mate.map(|at| (0, at)),
            template_length: template_length.max(-i32::MAX),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_records_are_survived(
        reads in prop::collection::vec((any_placement(), any_cigar(), 0usize..4, any::<u64>()), 1..30),
        holes in 0usize..3,
    ) {
        let mut letters: Vec<u8> = (0..600usize).map(|i| b"ACGTTGCAAAAAAAACACACACGGT"[(i * 7 + i / 25) % 25]).collect();
        letters[..holes * 40].fill(b'N');
        let reference = reference(&letters);
        let mut sorted = reads;
        sorted.sort_by_key(|read| read.0.place);
        let mut arena = RecordArena::new();
        for (placement, ops, name, seed) in sorted {
            let cigar: Cigar = ops
                .into_iter()
                .filter_map(|(code, len)| OpKind::from_code(code).map(|kind| CigarOp::new(kind, len)))
                .collect();
            // Two in three reads repeat one pattern, so that differences find support.
            let pattern = if seed % 3 == 0 { seed } else { 77 };
            let length = cigar.read_span() as usize;
            let codes: Vec<u8> = (0..length).map(|i| ((pattern >> (i % 61)) % 5) as u8).collect();
            let qualities: Vec<u8> = (0..length).map(|i| (20 + (pattern as usize + i) % 30) as u8).collect();
            let name = format!("r{name}");
            RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities).finish();
        }
        let interval = Interval::new(0, 0, 600);
        for record in call(&reference, interval, &arena, Simd::best()) {
            prop_assert!(record.end() <= 600 && !record.alternates.is_empty());
            prop_assert!(record.alternates.iter().all(|alternate| *alternate != record.reference));
        }
    }
}
