//! The definition, by brute force: every subset, every orientation, whole spelled sequences.

use super::TruthVariant;
use std::collections::BTreeMap;

type Edit = (usize, usize, Vec<u8>);

fn edit(record: &TruthVariant, number: Option<u8>) -> Option<Edit> {
    let alternate = record.alternates.get(usize::from(number?).checked_sub(1)?)?;
    let (mut r, mut a, mut at) = (&record.reference[..], &alternate[..], record.position as usize);
    while let (Some((x, shorter_r)), Some((y, shorter_a))) = (r.split_first(), a.split_first()) {
        if x != y {
            break;
        }
        (r, a, at) = (shorter_r, shorter_a, at + 1);
    }
    while let (Some((x, shorter_r)), Some((y, shorter_a))) = (r.split_last(), a.split_last()) {
        if x != y {
            break;
        }
        (r, a) = (shorter_r, shorter_a);
    }
    (!r.is_empty() || !a.is_empty()).then(|| (at, at + r.len(), a.to_vec()))
}

fn spell(letters: &[u8], mut edits: Vec<Edit>) -> Option<Vec<u8>> {
    edits.sort();
    let (mut out, mut at) = (Vec::new(), 0);
    for (start, end, alternate) in edits {
        if start < at {
            return None;
        }
        out.extend_from_slice(&letters[at..start]);
        out.extend(alternate);
        at = end;
    }
    out.extend_from_slice(&letters[at..]);
    Some(out)
}

/// Haplotype pairs of every subset and orientation, with the largest subset that spells them.
fn spelled(letters: &[u8], variants: &[TruthVariant]) -> BTreeMap<[Vec<u8>; 2], u32> {
    let comparable: Vec<_> =
        variants.iter().filter(|v| v.genotype.iter().any(|&number| edit(v, number).is_some())).collect();
    let n = comparable.len();
    let mut found = BTreeMap::new();
    for choice in 0..3u32.pow(n as u32) {
        let (mut copies, mut size, mut rest) = ([Vec::new(), Vec::new()], 0, choice);
        for variant in &comparable {
            let (include, swap) = [(false, 0), (true, 0), (true, 1)][(rest % 3) as usize];
            rest /= 3;
            if include {
                size += 1;
                for copy in 0..2 {
                    copies[copy ^ swap].extend(edit(variant, variant.genotype[copy]));
                }
            }
        }
        let [one, two] = copies.map(|edits| spell(letters, edits));
        if let (Some(one), Some(two), true) = (one, two, size > 0) {
            let key = if one <= two { [one, two] } else { [two, one] };
            let best = found.entry(key).or_insert(0);
            *best = size.max(*best);
        }
    }
    found
}

/// The largest number of truth and query records together that can match; none when some variants of one
/// side cancel each other, which is no match but looks like one here.
pub(super) fn most_matched(letters: &[u8], truth: &[TruthVariant], query: &[TruthVariant]) -> Option<u64> {
    let truth = spelled(letters, truth);
    let query = spelled(letters, query);
    let plain = [letters.to_vec(), letters.to_vec()];
    if truth.contains_key(&plain) || query.contains_key(&plain) {
        return None;
    }
    let sums = query.iter().filter_map(|(key, size)| truth.get(key).map(|other| size + other));
    Some(u64::from(sums.max().unwrap_or(0)))
}
