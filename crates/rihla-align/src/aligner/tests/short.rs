//! Reads so short that all their seeds overlap.

use super::*;

/// Bases of the reads.
const SHORT: usize = 35;

fn changed(letters: &[u8], at: usize) -> Vec<u8> {
    let mut changed = letters.to_vec();
    changed[at] = if letters[at] == b'A' { b'C' } else { b'A' };
    changed
}

#[test]
fn a_place_that_one_change_hides_from_all_seeds_is_seen() {
    let (mut reads, mut equal) = (0, 0);
    for seed in 0..60 {
        // One place differs from the read near its end, which leaves it a seed; the other in the middle.
        let read = random(100 + seed, SHORT);
        let (near_end, in_middle) = (changed(&read, 31), changed(&read, 17));
        let spacer = |number| random(200 + 3 * seed + number, 1_000);
        let sequence = [spacer(0), near_end, spacer(1), in_middle, spacer(2)].concat();
        let batch = single(&build(&[sequence]), &read);
        let best = batch.records.get(0);
        if best.tag_int(*b"AS") == Some(SHORT as i64 - 5) {
            reads += 1;
            equal += usize::from(best.mapq() == 0);
        }
    }
    // Of some, no seed begins over the change.
    assert!(reads > 45 && 10 * equal > 9 * reads, "{equal} of {reads} are seen to have two places");
}

#[test]
fn a_short_read_with_a_change_is_certain_where_nothing_is_like_it() {
    let sequence = random(71, 20_000);
    let index = build(std::slice::from_ref(&sequence));
    let mut certain = 0;
    for start in (500..19_500).step_by(500) {
        let read = changed(&sequence[start..start + SHORT], 30);
        let lines = summary(&single(&index, &read));
        certain += usize::from(lines[0].2 == start as i64 && lines[0].3 >= 30);
    }
    assert!(certain > 30, "{certain} of 38");
}
