//! Whether two mates overlap, and how long their fragment is.

/// Bases that must overlap.
const OVERLAP: usize = 30;
/// One mismatch is allowed in so many bases.
const BASES_PER_MISMATCH: usize = 12;
/// How much better the best length must be than any other: matches less four times the mismatches.
const LEAD: i64 = 15;

/// Length of the fragment that both mates (base codes, as read) come from, if they show it: the one at which
/// the first agrees with the reverse complement of the second, and by far the best such length.
pub(super) fn overlap(first: &[u8], second: &[u8]) -> Option<usize> {
    let longest = (first.len() + second.len()).checked_sub(OVERLAP)?;
    let (mut best, mut length, mut next) = (0, None, 0);
    for fragment in OVERLAP..=longest {
        let Some(score) = score(first, second, fragment) else { continue };
        if score > best {
            (next, best, length) = (best, score, Some(fragment));
        } else {
            next = next.max(score);
        }
    }
    length.filter(|_| best - next >= LEAD)
}

/// How well the mates agree when their fragment has this length; none when they do not.
fn score(first: &[u8], second: &[u8], fragment: usize) -> Option<i64> {
    let start = fragment.saturating_sub(second.len());
    let end = fragment.min(first.len());
    let overlap = end.checked_sub(start).filter(|&overlap| overlap >= OVERLAP)?;
    let allowed = overlap / BASES_PER_MISMATCH;
    let mut mismatches = 0;
    for (&one, &two) in first[start..end].iter().zip(second[fragment - end..fragment - start].iter().rev()) {
        // Codes of complementary bases add up to three; N disagrees with nothing.
        if one < 4 && two < 4 && one + two != 3 {
            mismatches += 1;
            if mismatches > allowed {
                return None;
            }
        }
    }
    Some(overlap as i64 - 5 * mismatches as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use rihla_core::base;

    #[test]
    fn lengths_are_found() {
        let letters = builders::random_letters(400, 9);
        let codes: Vec<u8> = letters.iter().map(|&letter| base::encode(letter)).collect();
        for length in [40, 99, 100, 101, 150, 169, 170, 171, 250] {
            let mut reverse = Vec::new();
            base::reverse_complement_into(&codes[..length], &mut reverse);
            let adapter = &codes[250..];
            let mut first: Vec<u8> = [&codes[..length], adapter].concat()[..100].to_vec();
            let second: Vec<u8> = [&reverse, &adapter[20..]].concat()[..100].to_vec();
            let expected = (length <= 170).then_some(length);
            assert_eq!(overlap(&first, &second), expected);
            first[length / 2 % 100] ^= 1;
            first[90] = base::N;
            assert_eq!(overlap(&first, &second), expected);
        }
        assert_eq!(overlap(&[0; 100], &[3; 100]), None, "any length fits");
        assert_eq!(overlap(&codes[..10], &codes[..10]), None);
    }
}
