//! Places of a read where something may begin: those whose first bases are near enough.

/// Places that are looked at together.
const BLOCK: usize = 64;

/// The most that a head may have.
const LONGEST_HEAD: usize = 16;

/// The first of some places of a sequence where `head` lies with at most `most` mismatches, and which is accepted.
///
/// Mismatches of many places are counted together, base by base of the head, which takes a third of the time of
/// looking at one place after the other. A place from which on there are fewer bases than the head has counts the
/// missing ones as mismatches.
///
/// # Panics
/// If the head has more than 16 bases.
pub fn find_near(
    sequence: &[u8],
    head: &[u8],
    places: std::ops::Range<usize>,
    most: usize,
    accept: impl Fn(usize) -> bool,
) -> Option<usize> {
    assert!(head.len() <= LONGEST_HEAD, "heads are short");
    for start in places.clone().step_by(BLOCK) {
        let mut text = [0; BLOCK + LONGEST_HEAD];
        let there = sequence.get(start..).unwrap_or_default();
        let there = &there[..there.len().min(text.len())];
        text[..there.len()].copy_from_slice(there);
        let mut mismatches = [0; BLOCK];
        for (at, &letter) in head.iter().enumerate() {
            let under: &[u8; BLOCK] = text[at..].first_chunk().expect("the head is shorter than the rest");
            mismatches.iter_mut().zip(under).for_each(|(sum, &base)| *sum += u8::from(base != letter));
        }
        let is_near = |&sum: &u8| usize::from(sum) <= most;
        // Without an early end the test vectorizes.
        if !mismatches.iter().fold(false, |any, sum| any | is_near(sum)) {
            continue;
        }
        let near = (start..places.end).zip(&mismatches).filter(|(_, sum)| is_near(sum));
        if let Some((place, _)) = near.into_iter().find(|&(place, _)| accept(place)) {
            return Some(place);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_are_those_of_a_plain_search(
            sequence in "[AC]{0,200}",
            head in "[AC]{1,16}",
            places in (0usize..200, 0usize..200),
            most in 0usize..4,
            step in 1usize..9,
        ) {
            let (sequence, head) = (sequence.as_bytes(), head.as_bytes());
            let accept = |place: usize| place.is_multiple_of(step);
            let near = |&place: &usize| {
                let agrees = |i: &usize| sequence.get(place + i) == Some(&head[*i]);
                head.len() - (0..head.len()).filter(agrees).count() <= most
            };
            let expected = (places.0..places.1).filter(near).find(|&place| accept(place));
            prop_assert_eq!(find_near(sequence, head, places.0..places.1, most, accept), expected);
        }
    }
}
