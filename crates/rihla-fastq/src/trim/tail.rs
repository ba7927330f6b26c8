//! Ends of reads that are no sequence: runs of G, and bases of low quality.

/// Fewest bases of a tail of G.
const LEAST_POLY_G: usize = 10;

/// One other base is borne for so many of the tail.
const BASES_AN_OTHER: usize = 8;

/// Other bases that are borne in all.
const MOST_OTHERS: usize = 5;

/// Bases whose qualities are averaged.
pub const WINDOW: usize = 4;

/// Length of a read without its tail of G, which instruments of two colors give where there is no signal. The rule and
/// its numbers are those of fastp.
#[must_use]
pub fn without_poly_g(sequence: &[u8]) -> usize {
    let (mut others, mut tail, mut first_g) = (0, 0, sequence.len());
    for (at, &base) in sequence.iter().enumerate().rev() {
        let seen = sequence.len() - at;
        if base == b'G' {
            first_g = at;
        } else {
            others += 1;
        }
        if others > MOST_OTHERS || (seen >= LEAST_POLY_G && others > seen / BASES_AN_OTHER) {
            break;
        }
        tail = seen;
    }
    if tail < LEAST_POLY_G { sequence.len() } else { first_g }
}

/// Length of a read without its tail of low quality: bases go from its end on while the mean of the last few is below
/// `least`.
#[must_use]
pub fn without_low_quality(qualities: &[u8], least: u8) -> usize {
    let mut length = qualities.len();
    while length > 0 {
        let window = &qualities[length.saturating_sub(WINDOW)..length];
        let sum: usize = window.iter().map(|&quality| usize::from(quality)).sum();
        if sum >= usize::from(least) * window.len() {
            break;
        }
        length -= 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_g() {
        let cut = |text: &str| without_poly_g(text.as_bytes());
        assert_eq!(cut("ACGTACGTACGGGGGGGGGGGG"), 10);
        assert_eq!(cut("ACTTGGGGGGGG"), 12, "eight are too few");
        assert_eq!(cut("ACGTTGGGGGGGGGG"), 5);
        assert_eq!(cut("ACGTCATTAGGGGGGGGGGAGGGGGGG"), 9, "one other in eight is borne");
        assert_eq!(cut("ACGTCATTAGGGGGGGAGAGGGGGG"), 25, "two in ten are not");
        assert_eq!(cut("GGGGGGGGGGGG"), 0);
        assert_eq!(cut("ACGT"), 4);
        assert_eq!(cut(""), 0);
        let others = format!("ACAC{}", "GGGGGGGGGGGGGGGGA".repeat(6));
        assert_eq!(cut(&others), others.len() - 5 * 17, "the sixth other ends it");
    }

    #[test]
    fn tails_of_low_quality() {
        assert_eq!(without_low_quality(&[30, 30, 30, 30, 2, 2, 2, 2], 15), 6);
        assert_eq!(without_low_quality(&[30, 30, 30, 30], 30), 4);
        assert_eq!(without_low_quality(&[2; 10], 3), 0);
        assert_eq!(without_low_quality(&[2, 2, 40], 10), 3, "a window may be shorter than four");
        assert_eq!(without_low_quality(&[], 20), 0);
    }
}
