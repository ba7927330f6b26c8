//! What the records of a template say: other places, pieces, alternate loci, pairs of any orientation.

use super::*;
use crate::alt::AltContigs;
use crate::insert::InsertSamples;
use crate::options::SupplementaryClips;

fn text(batch: &AlignedBatch, record: usize, tag: &[u8; 2]) -> Option<String> {
    let text = batch.records.get(record).tag_text(*tag)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

fn with(index: &Index, read: &[u8], options: AlignOptions) -> AlignedBatch {
    align(index, &[read.to_vec()], false, options, Simd::best())
}

/// One contig with `copies` copies of 1,000..2,000 at 5,000, 10,000 and so on, in each of which bases 50
/// and 950 differ, the last one's strand turned.
fn copied(copies: usize) -> Vec<u8> {
    let mut sequence = random(11, 60_000);
    for i in 0..copies {
        let mut copy = sequence[1_000..2_000].to_vec();
        for at in [50, 950] {
            copy[at] = if copy[at] == b'A' { b'C' } else { b'A' };
        }
        if i + 1 == copies {
            copy = reverse(&copy);
        }
        sequence[5_000 * (i + 1)..5_000 * (i + 1) + 1_000].copy_from_slice(&copy);
    }
    sequence
}

#[test]
fn other_places_are_listed_while_they_are_few() {
    for copies in [0, 1, 5, 6] {
        let sequence = copied(copies);
        let index = build(std::slice::from_ref(&sequence));
        let batch = single(&index, &sequence[1_000..1_100]);
        assert_eq!(summary(&batch)[0].2, 1_000);
        let found = text(&batch, 0, b"XA");
        if copies == 0 || copies > 5 {
            assert_eq!(found, None, "{copies}");
            continue;
        }
        let found = found.expect("listed");
        let mut places: Vec<&str> = found.split_terminator(';').collect();
        assert_eq!(places.len(), copies, "{found}");
        places.sort_unstable();
        // The turned copy holds the read's bases at its end.
        let turned = format!("chr1,-{},100M,1", 5_000 * copies + 901);
        assert!(places.contains(&&turned[..]), "{found}");
        for i in 1..copies {
            assert!(places.contains(&&format!("chr1,+{},100M,1", 5_000 * i + 1)[..]), "{found}");
        }
        let few = AlignOptions { max_xa: copies as u32 - 1, ..AlignOptions::default() };
        assert_eq!(text(&with(&index, &sequence[1_000..1_100], few), 0, b"XA"), None);
        let strict = AlignOptions { xa_share: 0.96, ..AlignOptions::default() };
        assert_eq!(text(&with(&index, &sequence[1_000..1_100], strict), 0, b"XA"), None);
    }
}

#[test]
fn a_place_preferred_for_the_mate_lists_the_better_one() {
    let sequence = copied(1);
    let index = build(std::slice::from_ref(&sequence));
    // The copy is turned: the mate lies before it, the read, with the original's bases, at its start.
    let batch = pair(&index, &sequence[1_900..2_000], &sequence[4_750..4_850]);
    let found = summary(&batch);
    assert_eq!((found[0].2, found[1].2), (5_000, 4_750));
    assert!(found[0].0 & flags::PROPER_PAIR != 0);
    assert_eq!(text(&batch, 0, b"XA").as_deref(), Some("chr1,+1901,100M,0;"));
    assert_eq!(batch.records.get(0).tag_int(*b"XS"), Some(100));
}

#[test]
fn of_many_places_with_gaps_the_mate_s_one_is_aligned() {
    let mut sequence = random(41, 60_000);
    let unit = sequence[300..600].to_vec();
    for i in 0..50 {
        sequence[1_000 * i + 300..1_000 * i + 600].copy_from_slice(&unit);
    }
    let read = [&unit[100..150], b"ACGTTGCA", &unit[150..200]].concat();
    for i in [3, 20, 33, 46] {
        // The mate lies beside one copy, and once more where there is none.
        let mut sequence = sequence.clone();
        let flank = sequence[1_000 * i + 650..1_000 * i + 750].to_vec();
        sequence[55_000..55_100].copy_from_slice(&flank);
        let index = build(&[sequence]);
        let found = summary(&pair(&index, &read, &reverse(&flank)));
        assert_eq!((found[0].2, found[1].2), (1_000 * i as i64 + 400, 1_000 * i as i64 + 650));
        assert!(leftmost_shift("50M8I50M", &found[0].4), "copy {i}: {}", found[0].4);
    }
}

fn chimera(sequences: &[Vec<u8>]) -> Vec<u8> {
    [&sequences[0][20_000..20_060], &reverse(&sequences[1][7_000..7_040])[..]].concat()
}

#[test]
fn hard_clips_cut_bases_and_qualities_of_further_pieces() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let read = chimera(&sequences);
    let options = AlignOptions { supplementary_clips: SupplementaryClips::Hard, ..AlignOptions::default() };
    let (soft, hard) = (single(&index, &read), with(&index, &read, options));
    assert_eq!(hard.records.get(0).bytes(), soft.records.get(0).bytes(), "the primary line is as it was");
    let (soft, hard) = (soft.records.get(1), hard.records.get(1));
    let cigar: Cigar = hard.cigar().collect();
    let whole: Cigar = soft.cigar().collect();
    assert_eq!(cigar.to_string(), whole.to_string().replace('S', "H"));
    let kept = cigar.read_span() as usize;
    assert!(kept < read.len() && hard.sequence_len() == kept);
    let start = match whole.ops()[0].kind() {
        rihla_core::OpKind::SoftClip => whole.ops()[0].len() as usize,
        _ => 0,
    };
    assert_eq!(hard.qualities(), &soft.qualities()[start..start + kept]);
    let (mut cut, mut all) = (Vec::new(), Vec::new());
    hard.sequence_into(&mut cut);
    soft.sequence_into(&mut all);
    assert_eq!(cut, all[start..start + kept]);
    assert_eq!(hard.tags(), soft.tags());
}

#[test]
fn further_pieces_can_be_marked_secondary() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let options = AlignOptions { mark_splits_secondary: true, ..AlignOptions::default() };
    let batch = with(&index, &chimera(&sequences), options);
    let found = summary(&batch);
    assert_eq!((found[0].0, found[1].0), (0, flags::SECONDARY | flags::REVERSE));
    assert!(text(&batch, 0, b"SA").is_some() && text(&batch, 1, b"SA").is_some());
}

/// A primary contig and an alternate locus that is its 10,000..14,000 with some bases changed, so many apart.
fn with_alternate(apart: usize) -> (Vec<Vec<u8>>, Index, AlignOptions) {
    let primary = random(21, 30_000);
    let mut alternate = primary[10_000..14_000].to_vec();
    for at in (25..4_000).step_by(apart) {
        alternate[at] = if alternate[at] == b'A' { b'C' } else { b'A' };
    }
    let sequences = vec![primary, alternate];
    let index = build(&sequences);
    let alt = AltContigs::parse("chr2\n", index.reference().contigs()).expect("valid");
    (sequences, index, AlignOptions { alt, ..AlignOptions::default() })
}

#[test]
fn alternate_loci_take_no_quality_from_the_primary_contig() {
    let (sequences, index, options) = with_alternate(50);
    let read = &sequences[0][11_026..11_074];
    assert_eq!(summary(&single(&index, read))[0].3, 0, "without the list both are as good");
    let batch = with(&index, read, options);
    let found = summary(&batch);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].1, found[0].2), (0, 11_026));
    assert!(found[0].3 >= 50, "{found:?}");
    assert_eq!(text(&batch, 0, b"XA").as_deref(), Some("chr2,+1027,48M,0;"));
    assert_eq!(batch.records.get(0).tag(*b"pa"), None);
}

#[test]
fn a_read_of_an_alternate_locus_has_a_line_on_both() {
    let (sequences, index, options) = with_alternate(50);
    let read = &sequences[1][2_000..2_100];
    let batch = with(&index, read, options.clone());
    let found = summary(&batch);
    assert_eq!(found[0], (0, 0, 12_000, 60, "100M".into()));
    assert_eq!((found[1].0, found[1].1, found[1].2), (flags::SUPPLEMENTARY, 1, 2_000));
    let (kind, value) = batch.records.get(0).tag(*b"pa").expect("pa");
    assert_eq!((kind, value), (b'f', &0.9f32.to_le_bytes()[..]));
    assert_eq!(batch.records.get(1).tag(*b"pa"), None);
    assert_eq!(text(&batch, 0, b"SA"), Some(format!("chr2,2001,+,100M,{},0;", found[1].3)));
    assert_eq!(
        (text(&batch, 0, b"XA"), text(&batch, 1, b"XA").as_deref()),
        (None, Some("chr1,+12001,100M,2;"))
    );
    // In a pair likewise; the mate lies outside the alternate locus.
    let mate = reverse(&sequences[0][14_100..14_200]);
    let edge = &sequences[1][3_850..3_950];
    let batch = align(&index, &[edge.to_vec(), mate], true, options, Simd::best());
    let found = summary(&batch);
    let lines: Vec<_> = found.iter().map(|record| (record.0 & 0x802, record.1, record.2)).collect();
    assert_eq!(lines, [(2, 0, 13_850), (0x802, 1, 3_850), (2, 0, 14_100)]);
    assert_eq!((found[0].3, found[2].3), (60, 60));
}

#[test]
fn the_primary_contig_is_seen_behind_a_much_better_alternate_locus() {
    let (sequences, index, options) = with_alternate(24);
    let batch = with(&index, &sequences[1][2_000..2_120], options);
    let found = summary(&batch);
    assert_eq!((found[0].1, found[0].2, found[1].1, found[1].2), (0, 12_000, 1, 2_000), "{found:?}");
    assert_eq!(batch.records.get(0).tag_int(*b"AS"), Some(95));
}

/// The mates of a fragment of 100 bases each, cut and turned for an orientation.
fn library(sequence: &[u8], start: usize, orientation: Orientation) -> [Vec<u8>; 2] {
    let left = sequence[start..start + LENGTH].to_vec();
    let right = sequence[start + 250..start + 250 + LENGTH].to_vec();
    match orientation {
        Orientation::Fr => [left, reverse(&right)],
        Orientation::Rf => [reverse(&left), right],
        Orientation::Ff => [left, right],
        Orientation::Rr => [right, left],
    }
}

#[test]
fn every_orientation_is_learnt_paired_and_rescued() {
    let (sequences, index) = (sequences(), build(&sequences()));
    let s = &sequences[0];
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    for orientation in Orientation::ALL {
        let mut batch = ReadBatch::new(0, 0, true);
        let push = |batch: &mut ReadBatch, mates: [Vec<u8>; 2]| {
            mates.iter().for_each(|mate| batch.push(b"r", mate, &[30; LENGTH]));
        };
        for i in 0..50 {
            let mut mates = library(s, 9_000 + 100 * i, orientation);
            if i % 10 == 0 {
                // A fragment of the other strand.
                mates.swap(0, 1);
                if matches!(orientation, Orientation::Ff | Orientation::Rr) {
                    mates = mates.map(|mate| reverse(&mate));
                }
            }
            push(&mut batch, mates);
        }
        // The second mate of the last pair has no seeds, nor with any one base changed.
        let mut mates = library(s, 40_000, orientation);
        for at in (5..100).step_by(9) {
            mates[1][at] = if mates[1][at] == b'A' { b'C' } else { b'A' };
        }
        push(&mut batch, mates);
        let samples: InsertSamples = aligner.learn_insert_size(&batch);
        let model = InsertSize::from_samples(&samples);
        assert_eq!(model.main().expect("learnt").0, orientation);
        let mut out = AlignedBatch::default();
        aligner.align_batch(&batch, &model, &mut aligner.scratch(), &mut out);
        assert_eq!((out.counts.proper_pairs, out.counts.rescued), (51, 1), "{orientation:?}");
        for i in (0..out.records.len()).step_by(2) {
            let (a, b) = (out.records.get(i), out.records.get(i + 1));
            assert_eq!(a.template_length(), -b.template_length());
            assert_eq!(a.has_any(flags::MATE_REVERSE), b.has_any(flags::REVERSE));
        }
        let first = out.records.get(2);
        let expected = match orientation {
            Orientation::Fr => 350,
            Orientation::Rf => 152,
            Orientation::Ff => 251,
            Orientation::Rr => -251,
        };
        assert_eq!(first.template_length(), expected, "{orientation:?}");
    }
}
