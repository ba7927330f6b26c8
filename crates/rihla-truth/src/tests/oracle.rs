//! The definition, by brute force: every subset, every orientation, whole spelled sequences.

use super::TruthVariant;
use std::collections::BTreeMap;

type Edit = (usize, usize, Vec<u8>);

/// The first letter is an anchor where both share it; then the end is trimmed, then the beginning.
fn edit(record: &TruthVariant, number: Option<u8>) -> Option<Edit> {
    let alternate = record.alternates.get(usize::from(number?).checked_sub(1)?)?;
    let (mut r, mut a, mut at) = (&record.reference[..], &alternate[..], record.position as usize);
    if r[0] == a[0] {
        (r, a, at) = (&r[1..], &a[1..], at + 1);
    }
    while let (Some((x, shorter_r)), Some((y, shorter_a))) = (r.split_last(), a.split_last()) {
        if x != y {
            break;
        }
        (r, a) = (shorter_r, shorter_a);
    }
    while let (Some((x, shorter_r)), Some((y, shorter_a))) = (r.split_first(), a.split_first()) {
        if x != y {
            break;
        }
        (r, a, at) = (shorter_r, shorter_a, at + 1);
    }
    (!r.is_empty() || !a.is_empty()).then(|| (at, at + r.len(), a.to_vec()))
}

/// Whether a record could also be trimmed to another place, and has a neighbor on its side that may ask for it.
fn may_move(variants: &[TruthVariant]) -> bool {
    let is_free = |v: &TruthVariant| {
        let (r, a) = (&v.reference, &v.alternates[0]);
        r.len().min(a.len()) > 1 && r.len() != a.len() && (r[0] == a[0] || r.last() == a.last())
    };
    let touches =
        |a: &TruthVariant, b: &TruthVariant| a.position <= b.interval().end && b.position <= a.interval().end;
    variants
        .iter()
        .enumerate()
        .any(|(i, v)| is_free(v) && variants.iter().enumerate().any(|(j, w)| i != j && touches(v, w)))
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
/// side cancel each other, which is no match but looks like one here, or when one may give way to another.
pub(super) fn most_matched(letters: &[u8], truth: &[TruthVariant], query: &[TruthVariant]) -> Option<u64> {
    if may_move(truth) || may_move(query) {
        return None;
    }
    let truth = spelled(letters, truth);
    let query = spelled(letters, query);
    let plain = [letters.to_vec(), letters.to_vec()];
    if truth.contains_key(&plain) || query.contains_key(&plain) {
        return None;
    }
    let sums = query.iter().filter_map(|(key, size)| truth.get(key).map(|other| size + other));
    Some(u64::from(sums.max().unwrap_or(0)))
}
