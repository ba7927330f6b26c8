use super::*;

/// Pairs and their batch: on both strands, split, hard-clipped, unmapped, with N, of odd length; one is unfit.
fn batch(sequences: &[Vec<u8>], paired: bool) -> ReadBatch {
    let s = &sequences[0];
    let mut batch = ReadBatch::new(3, 40, paired);
    let mut push = |name: usize, letters: &[u8]| {
        let qualities: Vec<u8> = (0..letters.len()).map(|at| (at % 41) as u8).collect();
        batch.push(format!("r{name}").as_bytes(), letters, &qualities);
    };
    for at in 0..40 {
        let start = 1_000 + 97 * at;
        let mut first = s[start..start + 101].to_vec();
        first[at] = b'N';
        let split = [&s[20_000 + at..20_060 + at], &reverse(&sequences[1][5_000 + at..5_060 + at])].concat();
        let second = match at % 4 {
            0 => reverse(&s[start + 250..start + 350]),
            1 => random(900 + at as u64, 100),
            2 => split,
            _ => reverse(&split),
        };
        push(at, &first);
        push(if paired { at } else { 1_000 + at }, &second);
    }
    batch.truncate(7, 90);
    batch.mark_unfit(11);
    batch
}

#[test]
fn kept_records_come_back_with_their_reads() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let hard =
        AlignOptions { supplementary_clips: crate::SupplementaryClips::Hard, ..AlignOptions::default() };
    for options in [AlignOptions { read_group: Some("g".to_owned()), ..AlignOptions::default() }, hard] {
        for paired in [true, false] {
            let reads = batch(&sequences, paired);
            let aligner = Aligner::new(&index, options.clone(), Simd::best());
            let (mut made, mut found) = (AlignedBatch::default(), AlignedBatch::default());
            aligner.align_batch(&reads, &model(), &mut aligner.scratch(), &mut made);
            assert!(
                made.counts.supplementary > 10 && made.counts.mapped < made.counts.reads,
                "{:?}",
                made.counts
            );
            let mut kept = Vec::new();
            made.pack(&reads, &mut kept);
            assert!(
                kept.len() < made.records.byte_len() * 3 / 5,
                "{} of {}",
                kept.len(),
                made.records.byte_len()
            );
            assert_eq!(found.unpack(&reads, &kept), Some(()));
            let bytes = |batch: &AlignedBatch| -> Vec<Vec<u8>> {
                batch.records.iter().map(|record| record.bytes().to_vec()).collect()
            };
            assert!(bytes(&made) == bytes(&found));
            assert_eq!((made.number, made.first_template), (found.number, found.first_template));
            assert_eq!((&made.template_ends, made.counts), (&found.template_ends, found.counts));
            for end in (0..kept.len()).step_by(101) {
                assert_eq!(found.unpack(&reads, &kept[..end]), None, "cut at {end}");
            }
        }
    }
}
