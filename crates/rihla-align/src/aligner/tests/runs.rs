//! Reads in runs of one letter or two, and in other short tandem repeats.

use super::*;

/// What follows a fragment that is shorter than the read.
const ADAPTER: &[u8] = b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTGGGGGGGGGGGGGGG";

/// Sequence with `inside` in its middle.
fn around(seed: u64, inside: &[u8]) -> Vec<u8> {
    [&random(seed, 2_000), inside, &random(seed + 1, 2_000)].concat()
}

#[test]
fn a_run_beside_an_adapter_is_not_certain() {
    let (mut seen, mut lifted) = (0, 0);
    for unit in [b"TT", b"GT", b"TA"] {
        for ends in [2, 3, 4, 5] {
            // One array ends as the adapter begins: a seed over both occurs there alone.
            let run = unit.repeat(17);
            let array = [&run, &ADAPTER[..ends]].concat();
            let sequence = around(30, &array);
            let index = build(std::slice::from_ref(&sequence));
            let mut read = unit.repeat(36);
            read.extend_from_slice(ADAPTER);
            let lines = summary(&single(&index, &read));
            assert!(lines[0].3 < 20, "{lines:?}");
            seen += usize::from(lines[0].0 & flags::UNMAPPED == 0);
            // A certain mate does not make it certain where in the run it lies.
            let mate = reverse(&sequence[2_250..2_350]);
            let lines = summary(&pair(&index, &read, &mate));
            assert!(lines[0].3 < 20 && lines[1].3 == 60, "{lines:?}");
            lifted += usize::from(lines[0].0 & flags::PROPER_PAIR != 0);
        }
    }
    assert!(seen > 3 && lifted > 3, "{seen} placed, {lifted} in pairs");
}

#[test]
fn a_clipped_end_in_a_run_takes_nothing_away() {
    let sequence = random(33, 3_000);
    let index = build(std::slice::from_ref(&sequence));
    let read = [&sequence[1_000..1_080], &b"G".repeat(70)[..]].concat();
    let lines = summary(&single(&index, &read));
    assert_eq!((lines[0].2, lines[0].3), (1_000, 60), "{lines:?}");
}

#[test]
fn the_best_of_many_diagonals_of_a_tandem_repeat_is_found() {
    for unit in [&b"GTT"[..], b"CACC", b"GGATA"] {
        let index = build(&[around(35, &unit.repeat(30))]);
        let read = &unit.repeat(12)[..35];
        let batch = single(&index, read);
        let best = batch.records.get(0);
        assert_eq!((best.tag_int(*b"AS"), best.tag_int(*b"XS"), best.mapq()), (Some(35), Some(35), 0));
        // An interruption, in none of the seeds that the repeat is full of.
        let mut broken = unit.repeat(30);
        let at = 2 * broken.len() / 3;
        broken[at] = if broken[at] == b'C' { b'G' } else { b'C' };
        let index = build(&[around(35, &broken)]);
        for behind in [1, 6] {
            let start = at + behind - 35;
            let lines = summary(&single(&index, &broken[start..at + behind]));
            assert_eq!(lines[0].2, 2_000 + start as i64, "{lines:?}");
        }
    }
}
