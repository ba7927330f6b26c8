use proptest::prelude::*;

use super::*;

fn batch(reads: &[(&str, &[u8])], paired: bool) -> ReadBatch {
    let mut batch = ReadBatch::new(0, 0, paired);
    reads.iter().for_each(|(text, qualities)| batch.push(b"r", text.as_bytes(), qualities));
    batch
}

fn complement(text: &str) -> String {
    let letter = |c| match c {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        _ => 'A',
    };
    text.chars().rev().map(letter).collect()
}

const INSERT: &str = "TTGCAACCATGGATCCTTACGTAACGTCAGTTACCATGACTTGA";

#[test]
fn mates_are_cut_to_their_insert_whatever_the_adapter() {
    let [one, two] = [INSERT.to_owned(), complement(INSERT)].map(|insert| insert + "CCCCACACACACACACACAC");
    let q = [30; 64];
    let mut pair = batch(&[(&one, &q), (&two, &q)], true);
    let counts = Trimmer::new(TrimOptions::default()).trim(&mut pair);
    assert_eq!(pair.read(0).sequence, INSERT.as_bytes());
    assert_eq!(pair.read(1).sequence, complement(INSERT).as_bytes());
    assert_eq!(pair.read(1).qualities.len(), 44);
    assert_eq!((counts.adapter, counts.too_short), (Cut { reads: 2, bases: 40 }, 0));
    assert_eq!((counts.after.reads, counts.after.bases), (2, 88));
}

#[test]
fn adapters_go_by_sequence_where_nothing_overlaps() {
    let text = |adapter: &[u8]| format!("{INSERT}{}", String::from_utf8_lossy(&adapter[..12]));
    let q = [30; 56];
    for adapter in [TRUSEQ_R1, NEXTERA] {
        let mut single = batch(&[(&text(adapter), &q)], false);
        Trimmer::new(TrimOptions::default()).trim(&mut single);
        assert_eq!(single.read(0).sequence, INSERT.as_bytes());
    }
    let other = "CATTAGCCATCAGACTTACGATTAGCATGACATTACGGATCAGATTACAGACCATT";
    let mut pair = batch(&[(other, &q), (&text(TRUSEQ_R2), &q)], true);
    Trimmer::new(TrimOptions::default()).trim(&mut pair);
    assert_eq!((pair.read(0).sequence.len(), pair.read(1).sequence.len()), (56, 44));
}

#[test]
fn reads_that_become_too_short_stay_whole_and_unfit() {
    let q = [30; 64];
    let dimer = format!("ACGTACGT{}", String::from_utf8_lossy(TRUSEQ_R1));
    let short = "ACGTACGT";
    let mut reads = batch(&[(&dimer, &q[..41]), (short, &q[..8]), (INSERT, &q[..44])], false);
    let counts = Trimmer::new(TrimOptions::default()).trim(&mut reads);
    assert_eq!(reads.read(0).sequence, dimer.as_bytes());
    assert_eq!([0, 1, 2].map(|i| reads.is_unfit(i)), [true, false, false], "what was not cut is as it came");
    assert_eq!((counts.too_short, counts.adapter), (1, Cut { reads: 1, bases: 33 }));
    assert_eq!((counts.after.reads, counts.after.bases), (2, 52));
}

#[test]
fn tails_go_before_adapters() {
    let text = format!("{INSERT}{}GGGGGGGGGGGGGGGG", String::from_utf8_lossy(&TRUSEQ_R1[..16]));
    let mut qualities = vec![30; text.len()];
    qualities[56..60].fill(2);
    let options = TrimOptions { poly_g: true, quality: Some(20), ..TrimOptions::default() };
    let mut single = batch(&[(&text, &qualities)], false);
    let counts = Trimmer::new(options).trim(&mut single);
    assert_eq!(single.read(0).sequence, INSERT.as_bytes());
    let cut = |bases| Cut { reads: 1, bases };
    assert_eq!((counts.poly_g, counts.quality, counts.adapter), (cut(16), cut(3), cut(13)));
}

#[test]
fn instruments_of_two_colors() {
    for name in ["A00123:8:HXX:1:1:1:1", "NB501:x", "LH00420:1", "VH00001:5", "NDX55:1"] {
        assert!(is_two_color(name.as_bytes()), "{name}");
    }
    for name in ["D00123:1", "K00141:2", "HWI-ST123:4", "read1", "A:1", "AB12:1", "", "SRR1.1"] {
        assert!(!is_two_color(name.as_bytes()), "{name}");
    }
}

proptest! {
    #[test]
    fn what_is_left_is_a_prefix_and_all_is_counted(
        reads in proptest::collection::vec(("[ACGT]{0,40}(AGATCGGAAGAGCACACG|GGGGGGGGGGGGG|CTGTCTCTTATACACATCT)?[ACGTN]{0,30}", 0u8..40), 2..24),
        paired in any::<bool>(),
        poly_g in any::<bool>(),
        quality in proptest::option::of(2u8..30),
        min_length in 0usize..50,
    ) {
        let reads = &reads[..reads.len() / 2 * 2];
        let mut before = ReadBatch::new(0, 0, paired);
        for (text, quality) in reads {
            let qualities: Vec<u8> = (0..text.len()).map(|at| quality.saturating_sub(at as u8 / 2)).collect();
            before.push(b"r", text.as_bytes(), &qualities);
        }
        let trimmer = Trimmer::new(TrimOptions { poly_g, quality, min_length, ..TrimOptions::default() });
        let mut after = before.clone();
        let counts = trimmer.trim(&mut after);
        let (mut gone, mut unfit) = (0, 0);
        for (i, (one, two)) in before.iter().zip(after.iter()).enumerate() {
            prop_assert!(one.name == two.name && one.sequence.starts_with(two.sequence));
            prop_assert_eq!(two.qualities, &one.qualities[..two.sequence.len()]);
            let cut = one.sequence.len() - two.sequence.len();
            prop_assert!(cut == 0 || two.sequence.len() >= min_length);
            prop_assert!(cut == 0 || !after.is_unfit(i), "what is unfit stays whole");
            gone += cut as u64;
            unfit += u64::from(after.is_unfit(i));
        }
        prop_assert_eq!(before.len(), after.len());
        prop_assert_eq!(counts.too_short, unfit);
        prop_assert_eq!(counts.after.reads, before.len() as u64 - unfit);
        let cut = counts.poly_g.bases + counts.quality.bases + counts.adapter.bases;
        prop_assert!(gone <= cut && (unfit > 0 || gone == cut));
        // Batches do not show: what is counted of parts is counted of all.
        let mut parts = TrimCounts::default();
        for pair in 0..before.len() / 2 {
            let mut part = ReadBatch::new(0, 0, paired);
            for read in [before.read(2 * pair), before.read(2 * pair + 1)] {
                part.push(read.name, read.sequence, read.qualities);
            }
            parts.merge(&trimmer.trim(&mut part));
        }
        prop_assert_eq!(parts, counts);
    }
}
