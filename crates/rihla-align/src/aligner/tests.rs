use std::fmt::Write;

use proptest::prelude::*;
use rihla_core::record::flags;
use rihla_core::{Cigar, RecordRef, Reference, base};
use rihla_kernels::SimdLevel;
use rihla_testkit::builders::numbered_reference;

use super::*;
use crate::index::{self, SourceFingerprint};
use crate::insert::{LengthModel, Orientation};

mod crowds;
mod packed;
mod records;
mod runs;
mod short;
mod unseen;

const LENGTH: usize = 100;

fn random(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            b"ACGT"[(state >> 33) as usize & 3]
        })
        .collect()
}

fn reverse(letters: &[u8]) -> Vec<u8> {
    let codes: Vec<u8> = letters.iter().rev().map(|&letter| base::complement(base::encode(letter))).collect();
    base::decode_all(&codes)
}

/// Two contigs; the first has an N run at 30,000 and a copy of 5,000..8,000 at 50,000.
fn sequences() -> Vec<Vec<u8>> {
    let mut first = random(1, 60_000);
    first[30_000..30_400].fill(b'N');
    let copy = first[5_000..8_000].to_vec();
    first[50_000..53_000].copy_from_slice(&copy);
    vec![first, random(2, 20_000)]
}

fn build(sequences: &[Vec<u8>]) -> Index {
    index::build(&numbered_reference(sequences), SourceFingerprint::default()).into_index()
}

fn model() -> InsertSize {
    InsertSize::given(LengthModel { mean: 350.0, sd: 30.0, low: 230, high: 470 })
}

fn align(index: &Index, reads: &[Vec<u8>], paired: bool, options: AlignOptions, simd: Simd) -> AlignedBatch {
    let mut batch = ReadBatch::new(3, 40, paired);
    for (i, read) in reads.iter().enumerate() {
        let name = format!("r{}", if paired { i / 2 } else { i });
        let qualities: Vec<u8> = (0..read.len()).map(|at| (at % 40) as u8).collect();
        batch.push(name.as_bytes(), read, &qualities);
    }
    let aligner = Aligner::new(index, options, simd);
    let mut out = AlignedBatch::default();
    aligner.align_batch(&batch, &model(), &mut aligner.scratch(), &mut out);
    assert_eq!((out.number, out.first_template), (3, 40));
    out
}

fn single(index: &Index, read: &[u8]) -> AlignedBatch {
    align(index, &[read.to_vec()], false, AlignOptions::default(), Simd::best())
}

fn pair(index: &Index, first: &[u8], second: &[u8]) -> AlignedBatch {
    align(index, &[first.to_vec(), second.to_vec()], true, AlignOptions::default(), Simd::best())
}

/// Flags, contig, position, mapping quality and CIGAR of each record.
fn summary(batch: &AlignedBatch) -> Vec<(u16, i64, i64, u8, String)> {
    let number = |x: Option<u32>| x.map_or(-1, i64::from);
    let line = |record: RecordRef<'_>| {
        let cigar: Cigar = record.cigar().collect();
        (record.flags(), number(record.contig()), number(record.position()), record.mapq(), cigar.to_string())
    };
    batch.records.iter().map(line).collect()
}

#[test]
fn planted_reads_are_found_exactly() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let s = &sequences[0];
    let mut substituted = s[10_000..10_100].to_vec();
    for at in [10, 50, 75] {
        substituted[at] = if substituted[at] == b'A' { b'C' } else { b'A' };
    }
    let inserted = [&s[11_000..11_040], b"ACGTTGCA", &s[11_040..11_092]].concat();
    let deleted = [&s[12_000..12_055], &s[12_085..12_130]].concat();
    let clipped = [&random(99, 30)[..], &s[13_000..13_070]].concat();
    let cases: [(&[u8], i64, &str, i64); 4] = [
        (&substituted, 10_000, "100M", 3),
        (&inserted, 11_000, "40M8I52M", 8),
        (&deleted, 12_000, "55M30D45M", 30),
        (&clipped, 13_000, "30S70M", 0),
    ];
    for (read, position, cigar, edits) in cases {
        for backward in [false, true] {
            let sent = if backward { reverse(read) } else { read.to_vec() };
            let batch = single(&index, &sent);
            let strand = if backward { flags::REVERSE } else { 0 };
            let found = summary(&batch);
            assert_eq!(found.len(), 1, "{cigar}");
            let (flag, contig, at, mapq, text) = found[0].clone();
            let shift = leftmost_shift(cigar, &text);
            assert_eq!((flag, contig, at), (strand, 0, position), "{cigar}");
            assert!(shift, "{text} instead of {cigar}");
            assert!(mapq >= 50, "{cigar}: {mapq}");
            let record = batch.records.get(0);
            assert_eq!(record.tag_int(*b"NM"), Some(edits), "{cigar}");
            let mut codes = Vec::new();
            record.sequence_into(&mut codes);
            assert_eq!(base::decode_all(&codes), read, "stored as it lies along the reference");
            let first_quality = if backward { ((LENGTH - 1) % 40) as u8 } else { 0 };
            assert_eq!(record.qualities()[0], first_quality);
        }
    }
}

/// Whether a CIGAR is the expected one, a gap or clip moved to the left by a few bases at most (where
/// the sequence allows the same alignment twice).
fn leftmost_shift(expected: &str, found: &str) -> bool {
    let of = |text: &str| Cigar::parse(text).expect("valid");
    let (expected, found) = (of(expected), of(found));
    expected.ops().len() == found.ops().len()
        && expected
            .ops()
            .iter()
            .zip(found.ops())
            .all(|(a, b)| a.kind() == b.kind() && a.len().abs_diff(b.len()) <= 3)
}

#[test]
fn tags_describe_the_alignment() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let mut read = sequences[0][15_000..15_100].to_vec();
    let was = read[20] as char;
    read[20] = if read[20] == b'A' { b'C' } else { b'A' };
    let options = AlignOptions { read_group: Some("rg1".into()), ..AlignOptions::default() };
    let batch = align(&index, &[read], false, options, Simd::best());
    let record = batch.records.get(0);
    assert_eq!(record.tag_text(*b"MD"), Some(format!("20{was}79").as_bytes()));
    assert_eq!((record.tag_int(*b"AS"), record.tag_int(*b"XS")), (Some(95), Some(0)));
    assert_eq!(record.tag_text(*b"RG"), Some(&b"rg1"[..]));
    assert_eq!(record.tag_text(*b"SA"), None);
}

#[test]
fn pairs_carry_each_other_s_place() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let s = &sequences[1];
    let batch = pair(&index, &s[4_000..4_100], &reverse(&s[4_250..4_350]));
    let found = summary(&batch);
    let (first, second) =
        (flags::PAIRED | flags::PROPER_PAIR | flags::FIRST, flags::PAIRED | flags::PROPER_PAIR | flags::LAST);
    assert_eq!(found[0], (first | flags::MATE_REVERSE, 1, 4_000, 60, "100M".into()));
    assert_eq!(found[1], (second | flags::REVERSE, 1, 4_250, 60, "100M".into()));
    let (a, b) = (batch.records.get(0), batch.records.get(1));
    assert_eq!((a.mate_position(), b.mate_position()), (Some(4_250), Some(4_000)));
    assert_eq!((a.template_length(), b.template_length()), (350, -350));
    assert_eq!((a.tag_text(*b"MC"), a.tag_int(*b"MQ")), (Some(&b"100M"[..]), Some(60)));
    assert_eq!(batch.template_ends, [2]);
    assert_eq!((batch.counts.pairs, batch.counts.proper_pairs, batch.counts.mapped), (1, 1, 2));
}

#[test]
fn a_chimeric_read_has_both_pieces() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let read = [&sequences[0][20_000..20_060], &reverse(&sequences[1][7_000..7_040])[..]].concat();
    let batch = single(&index, &read);
    let found = summary(&batch);
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].0, found[0].1, found[0].2), (0, 0, 20_000));
    assert_eq!((found[1].0, found[1].1), (flags::SUPPLEMENTARY | flags::REVERSE, 1));
    assert_eq!(found[1].2, 7_000);
    assert!(found[1].3 <= found[0].3);
    let text =
        |i: usize| String::from_utf8_lossy(batch.records.get(i).tag_text(*b"SA").expect("SA")).into_owned();
    assert!(text(0).starts_with(&format!("chr2,7001,-,{},", found[1].4)), "{}", text(0));
    assert!(text(1).starts_with(&format!("chr1,20001,+,{},", found[0].4)), "{}", text(1));
    assert_eq!((batch.counts.supplementary, batch.template_ends[0]), (1, 2));
}

#[test]
fn a_mate_without_seeds_is_rescued() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let s = &sequences[0];
    let mut lost = s[40_250..40_350].to_vec();
    for at in (5..100).step_by(9) {
        lost[at] = if lost[at] == b'A' { b'C' } else { b'A' };
    }
    assert_eq!(single(&index, &lost).counts.mapped, 0);
    let batch = pair(&index, &s[40_000..40_100], &reverse(&lost));
    let found = summary(&batch);
    assert_eq!((found[1].2, found[1].4.as_str()), (40_250, "100M"));
    assert!(found[1].0 & flags::PROPER_PAIR != 0);
    assert_eq!(batch.counts.rescued, 1);
}

#[test]
fn an_unmapped_mate_lies_at_its_mate() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let batch = pair(&index, &sequences[0][2_000..2_100], &random(1234, LENGTH));
    let found = summary(&batch);
    let shared = flags::PAIRED;
    assert_eq!(found[0], (shared | flags::FIRST | flags::MATE_UNMAPPED, 0, 2_000, 60, "100M".into()));
    assert_eq!(found[1], (shared | flags::LAST | flags::UNMAPPED, 0, 2_000, 0, "*".into()));
    assert_eq!(batch.records.get(0).mate_position(), Some(2_000));
    let nowhere = summary(&pair(&index, &random(77, LENGTH), &random(1234, LENGTH)));
    assert!(
        nowhere
            .iter()
            .all(|record| record.1 == -1 && record.0 & (flags::UNMAPPED | flags::MATE_UNMAPPED) == 12)
    );
}

#[test]
fn copies_share_the_doubt_and_a_mate_resolves_it() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let s = &sequences[0];
    let alone = summary(&single(&index, &s[6_000..6_100]));
    assert_eq!(alone[0].3, 0);
    assert!([6_000, 51_000].contains(&alone[0].2));
    // The mate lies before the copy, in unique sequence.
    let batch = pair(&index, &s[4_850..4_950], &reverse(&s[5_100..5_200]));
    let found = summary(&batch);
    assert_eq!((found[0].2, found[1].2), (4_850, 5_100));
    assert!(found[0].3 == 60 && (30..=60).contains(&found[1].3), "{found:?}");
    assert_eq!(batch.records.get(1).tag_int(*b"XS"), Some(100));
}

#[test]
fn reads_stay_on_their_contig_and_out_of_unknown_sequence() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let [first, second] = &sequences[..] else { unreachable!("two contigs") };
    let over_the_end = [&first[59_930..], &second[..30]].concat();
    assert_eq!(summary(&single(&index, &over_the_end))[0].1, 0);
    for record in summary(&single(&index, &over_the_end)) {
        let span = i64::from(Cigar::parse(&record.4).expect("valid").reference_span());
        assert!(record.2 + span <= [60_000, 20_000][record.1 as usize]);
    }
    let before_the_start = [&random(5, 20)[..], &second[..80]].concat();
    assert_eq!(summary(&single(&index, &before_the_start))[0], (0, 1, 0, 60, "20S80M".into()));
    let into_unknown = [&first[29_930..30_000], &random(6, 30)[..]].concat();
    let found = summary(&single(&index, &into_unknown));
    assert_eq!((found[0].2, found[0].4.as_str()), (29_930, "70M30S"));
    let mut unknown = first[22_000..22_100].to_vec();
    unknown[30..34].fill(b'N');
    let batch = single(&index, &unknown);
    assert_eq!((summary(&batch)[0].2, batch.records.get(0).tag_int(*b"NM")), (22_000, Some(4)));
}

#[test]
fn odd_reads_are_kept_and_unmapped() {
    let index = build(&sequences());
    for read in [&b""[..], b"A", b"ACGTACGTACGTACGTACG", &[b'N'; 100], &[b'A'; 150]] {
        let batch = single(&index, read);
        assert_eq!(batch.records.len(), 1);
        assert_eq!(batch.records.get(0).flags(), flags::UNMAPPED);
        assert_eq!(batch.records.get(0).sequence_len(), read.len());
    }
    let empty = build(&[Vec::new()]);
    assert_eq!(single(&empty, &random(3, 100)).counts.mapped, 0);
}

#[test]
fn long_reads_and_palindromes_are_placed() {
    let mut sequences = sequences();
    let half = random(321, 40);
    let palindrome = [&half[..], &reverse(&half)].concat();
    sequences[1][9_000..9_080].copy_from_slice(&palindrome);
    let index = build(&sequences);
    let found = summary(&single(&index, &sequences[1][8_990..9_090]));
    assert_eq!((found[0].1, found[0].2, found[0].4.as_str()), (1, 8_990, "100M"));
    let long = summary(&single(&index, &reverse(&sequences[0][33_000..35_500])));
    assert_eq!(long[0], (flags::REVERSE, 0, 33_000, 60, "2500M".into()));
}

#[test]
fn a_flood_of_copies_ends() {
    let unit = random(8, 300);
    let mut sequence = random(9, 2_000);
    for i in 0..3_000usize {
        let mut copy = unit.clone();
        copy[i % 300] = b'A';
        sequence.extend_from_slice(&copy);
    }
    let index = build(&[sequence]);
    let batch = pair(&index, &unit[50..200], &reverse(&[&unit[150..], &unit[..50]].concat()));
    assert_eq!(batch.counts.mapped, 2);
    assert!(summary(&batch).iter().all(|record| record.3 <= 3));
}

#[test]
fn reads_of_tandem_arrays_cost_no_more_than_others() {
    let flank = random(31, 3_000);
    for unit in ["A", "AC", "AT", "CCATT"] {
        let array = unit.repeat(50_000 / unit.len()).into_bytes();
        let index = build(&[[&flank[..], &array, &random(32, 3_000)].concat()]);
        let mut reads = Vec::new();
        for at in 0..100 {
            let mut read = array[at..at + LENGTH].to_vec();
            if at % 2 == 1 {
                read[40] = b'G';
            }
            reads.push(read);
        }
        let batch = align(&index, &reads, false, AlignOptions::default(), Simd::best());
        // With every occurrence of every seed in the array it would be tens of thousands of diagonals a read.
        let AlignWork { diagonals, cells, .. } = batch.counts.work;
        assert!(diagonals <= 10_000 && cells <= 1_000_000, "{unit}: {diagonals} diagonals, {cells} cells");
        for (i, (flag, _, at, mapq, cigar)) in summary(&batch).into_iter().enumerate() {
            // Runs of one letter or of a pair have no seeds.
            if unit.len() < 3 && flag & flags::UNMAPPED != 0 {
                continue;
            }
            assert_eq!((flag & flags::UNMAPPED, &cigar[..]), (0, "100M"), "{unit} at {at}");
            assert!((2_900..53_000).contains(&at), "{unit} at {at}");
            assert!(i % 2 == 1 || mapq == 0, "{unit} at {at}: {mapq}");
        }
        // Half in the flank: there is but one place.
        let edge = [&flank[2_950..], &array[..50]].concat();
        let (_, _, at, mapq, cigar) = summary(&single(&index, &edge))[0].clone();
        assert_eq!((at, &cigar[..]), (2_950, "100M"), "{unit}");
        assert!(mapq >= 30, "{unit}: {mapq}");
    }
}

#[test]
fn the_model_is_learned_from_confident_pairs() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let mut batch = ReadBatch::new(0, 0, true);
    for i in 0..60usize {
        let (start, length) = (100 * i + 9_000, 330 + i);
        let s = &sequences[0];
        for read in [s[start..start + LENGTH].to_vec(), reverse(&s[start + length - LENGTH..start + length])]
        {
            batch.push(format!("{i}").as_bytes(), &read, &[30; LENGTH]);
        }
    }
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    let model = InsertSize::from_samples(&aligner.learn_insert_size(&batch));
    let (orientation, lengths) = model.main().expect("learnt");
    assert_eq!(orientation, Orientation::Fr);
    assert!((lengths.mean - 359.5).abs() < 0.01 && (lengths.sd - 17.3).abs() < 0.1, "{lengths:?}");
}

#[test]
fn unfit_reads_are_written_whole_and_unmapped() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let s = &sequences[0];
    let mates = [s[9_000..9_000 + LENGTH].to_vec(), reverse(&s[9_330 - LENGTH..9_330])];
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    for (unfit, paired) in [(vec![1], true), (vec![0, 1], true), (vec![0], false)] {
        let mut batch = ReadBatch::new(0, 0, paired);
        for read in &mates {
            batch.push(b"r", read, &[30; LENGTH]);
        }
        unfit.iter().for_each(|&i| batch.mark_unfit(i));
        let mut out = AlignedBatch::default();
        aligner.align_batch(&batch, &model(), &mut aligner.scratch(), &mut out);
        assert_eq!(out.records.len(), 2);
        for (i, record) in out.records.iter().enumerate() {
            let is_unfit = unfit.contains(&i);
            assert_eq!(record.has_any(flags::UNMAPPED), is_unfit, "{unfit:?}, {i}");
            assert_eq!(record.has_any(flags::QC_FAIL), is_unfit);
            assert_eq!(record.has_any(flags::MATE_UNMAPPED), paired && unfit.contains(&(1 - i)));
            if is_unfit {
                let mut codes = Vec::new();
                record.sequence_into(&mut codes);
                let letters: Vec<u8> = codes.iter().map(|&code| base::decode(code)).collect();
                assert_eq!((letters, record.qualities()), (mates[i].clone(), &[30; LENGTH][..]));
            }
        }
    }
}

/// Reads of many kinds, from a seed.
fn mixture(sequences: &[Vec<u8>], seed: u64) -> Vec<Vec<u8>> {
    let dice = |i: u64, n: u64| (seed.wrapping_add(i).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20) % n;
    let mut reads = Vec::new();
    for i in 0..40 {
        let s = &sequences[dice(i, 2) as usize];
        let start = dice(i + 1_000, s.len() as u64 - 700) as usize;
        let mut mates = [s[start..start + 120].to_vec(), reverse(&s[start + 230..start + 350])];
        for (at, mate) in mates.iter_mut().enumerate() {
            for k in 0..dice(i + 2_000 + at as u64, 9) {
                let place = dice(i + 100 * k + 3_000, 120) as usize;
                mate[place] = b"ACGTN"[dice(i + 7 * k, 5) as usize];
            }
        }
        if i % 5 == 0 {
            mates[0].drain(60..70);
        }
        if i % 7 == 0 {
            mates[1] = random(seed + i, 130);
        }
        reads.extend(mates);
    }
    reads
}

fn bytes(batch: &AlignedBatch, template: usize) -> Vec<u8> {
    let start = template.checked_sub(1).map_or(0, |before| batch.template_ends[before]) as usize;
    let end = batch.template_ends[template] as usize;
    (start..end).flat_map(|i| batch.records.get(i).bytes().to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// The bytes do not depend on what the scratch saw before, nor on the instruction set.
    #[test]
    fn results_are_a_function_of_the_read(seed in any::<u64>()) {
        let sequences = sequences();
        let index = build(&sequences);
        let reads = mixture(&sequences, seed);
        let whole = align(&index, &reads, true, AlignOptions::default(), Simd::best());
        for level in SimdLevel::available() {
            let simd = Simd::new(level).expect("available");
            let again = align(&index, &reads, true, AlignOptions::default(), simd);
            prop_assert_eq!(again.counts, whole.counts);
            for i in 0..reads.len() / 2 {
                prop_assert_eq!(bytes(&again, i), bytes(&whole, i), "template {} at {}", i, level);
            }
        }
        let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
        let (mut scratch, mut out) = (aligner.scratch(), AlignedBatch::default());
        for i in (0..reads.len() / 2).rev() {
            let mut batch = ReadBatch::new(0, 0, true);
            for read in &reads[2 * i..2 * i + 2] {
                let qualities: Vec<u8> = (0..read.len()).map(|at| (at % 40) as u8).collect();
                batch.push(format!("r{i}").as_bytes(), read, &qualities);
            }
            aligner.align_batch(&batch, &model(), &mut scratch, &mut out);
            prop_assert_eq!(bytes(&out, 0), bytes(&whole, i), "template {} by itself", i);
        }
    }

    /// Every record agrees with its own tags and the reference.
    #[test]
    fn records_are_consistent(seed in any::<u64>()) {
        let sequences = sequences();
        let index = build(&sequences);
        let reads = mixture(&sequences, seed);
        let batch = align(&index, &reads, true, AlignOptions::default(), Simd::best());
        for record in batch.records.iter().filter(|record| !record.has_any(flags::UNMAPPED)) {
            let cigar: Cigar = record.cigar().collect();
            prop_assert_eq!(cigar.read_span() as usize, record.sequence_len());
            let contig = record.contig().expect("placed");
            let end = record.reference_end().expect("placed");
            prop_assert!(end <= index.reference().contigs().get(contig).length);
            prop_assert!(record.mapq() <= 60);
            let md = describe(&record, index.reference());
            prop_assert_eq!(record.tag_text(*b"MD"), Some(md.as_bytes()));
        }
    }
}

/// MD by the plain algorithm: two rows of letters, then a pass over them.
fn describe(record: &RecordRef<'_>, reference: &Reference) -> String {
    let (mut read_at, mut at) = (0, record.position().expect("placed"));
    let (mut text, mut equal) = (String::new(), 0);
    for op in record.cigar() {
        let deletion = op.kind() == rihla_core::OpKind::Deletion;
        if deletion {
            let _ = write!(text, "{equal}^");
            equal = 0;
        }
        for _ in 0..op.len() {
            let letter = base::decode(reference.base(record.contig().expect("placed"), at.min(60_000 - 1)));
            if deletion {
                text.push(letter as char);
            } else if op.kind().is_aligned() {
                if letter == base::decode(record.base(read_at)) && letter != b'N' {
                    equal += 1;
                } else {
                    let _ = write!(text, "{equal}{}", letter as char);
                    equal = 0;
                }
            }
            read_at += usize::from(op.kind().consumes_read());
            at += u32::from(op.kind().consumes_reference());
        }
    }
    let _ = write!(text, "{equal}");
    text
}
