//! Adapters by their sequence.

use super::near::find_near;

/// Fewest bases of an adapter at a read's end that are taken for one: fewer come by chance, and the aligner clips them.
pub const LEAST_ADAPTER: usize = 8;

/// One mismatch is borne for so many bases.
pub const BASES_A_MISMATCH: usize = 10;

/// Where an adapter begins in a read: the first place from which on the read agrees with it, to the end of either.
#[must_use]
pub fn find_adapter(sequence: &[u8], adapter: &[u8]) -> Option<usize> {
    let head = adapter.get(..LEAST_ADAPTER)?;
    let places = sequence.len().checked_sub(LEAST_ADAPTER)?;
    find_near(sequence, head, 0..places + 1, adapter.len() / BASES_A_MISMATCH, |at| {
        let pairs = sequence[at..].iter().zip(adapter);
        let length = pairs.len();
        pairs.filter(|(read, adapter)| read != adapter).count() <= length / BASES_A_MISMATCH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADAPTER: &[u8] = b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCA";

    fn read(insert: usize, adapter: usize) -> Vec<u8> {
        let tail = ADAPTER.iter().chain(b"CATCACGATCTCGTATGCC").copied().take(adapter);
        std::iter::repeat_n(b'T', insert).chain(tail).collect()
    }

    #[test]
    fn adapters_are_found_whole_and_at_the_end() {
        for insert in [0, 1, 40] {
            for adapter in [8, 9, 20, 33, 50] {
                assert_eq!(
                    find_adapter(&read(insert, adapter), ADAPTER),
                    Some(insert),
                    "{insert} + {adapter}"
                );
            }
            assert_eq!(find_adapter(&read(insert, 7), ADAPTER), None, "too little to tell");
        }
        assert_eq!(find_adapter(b"", ADAPTER), None);
        assert_eq!(
            find_adapter(&read(5, 30), b"AGATCGG"),
            None,
            "an adapter that is too short tells nothing"
        );
    }

    #[test]
    fn mismatches_are_borne_one_in_ten() {
        let with = |adapter: usize, places: &[usize]| {
            let mut bases = read(30, adapter);
            places.iter().for_each(|at| bases[30 + at] = b'N');
            find_adapter(&bases, ADAPTER)
        };
        assert_eq!(with(9, &[3]), None);
        assert_eq!(with(10, &[3]), Some(30));
        assert_eq!(with(33, &[0, 5, 32]), Some(30));
        assert_eq!(with(33, &[0, 5, 20, 32]), None);
        assert_eq!(with(50, &[0, 40, 41, 42, 43]), Some(30), "behind the adapter nothing counts");
    }
}
