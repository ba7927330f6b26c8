//! Numbers as decimal text, without the machinery of `write!`.

/// Appends a number in decimal.
#[inline]
pub fn push(number: u32, out: &mut Vec<u8>) {
    const EIGHT: u32 = 100_000_000;
    if number < 10 {
        out.push(b'0' + number as u8);
    } else if number < EIGHT {
        // All eight digits are made, and the zeros in front cut off. A copy of a length that the compiler knows takes no call.
        let digits = digits(number);
        let none = digits.trailing_zeros() / 8;
        let end = out.len() + 8 - none as usize;
        out.extend_from_slice(&((digits | ZEROS) >> (8 * none)).to_le_bytes());
        out.truncate(end);
    } else {
        push(number / EIGHT, out);
        out.extend_from_slice(&(digits(number % EIGHT) | ZEROS).to_le_bytes());
    }
}

const ZEROS: u64 = u64::from_le_bytes([b'0'; 8]);

/// The eight digits of a number below 10^8, a byte each, the first in the lowest: halves, quarters and single ones, of all
/// of a kind at once.
fn digits(number: u32) -> u64 {
    // Exact divisions by 100 and by 10 of numbers below 10,000 and below 100.
    let halves = u64::from(number / 10_000) | u64::from(number % 10_000) << 32;
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let quarters = hundreds | (halves - 100 * hundreds) << 16;
    let tens = ((quarters * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | (quarters - 10 * tens) << 8
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(number: u32) -> String {
        let mut out = b"x".to_vec();
        push(number, &mut out);
        String::from_utf8(out).expect("digits")
    }

    #[test]
    fn numbers_read_as_always() {
        let edges = (0..10).flat_map(|zeros| [10u32.pow(zeros) - 1, 10u32.pow(zeros), 10u32.pow(zeros) + 1]);
        for number in (0..20_000).chain(edges).chain([99_999_999, u32::MAX]) {
            assert_eq!(text(number), format!("x{number}"));
        }
        // Each group of four digits in both places.
        for four in 0..10_000 {
            let expected = format!("{four:04}{four:04}");
            assert_eq!((digits(four * 10_001) | ZEROS).to_le_bytes(), expected.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn any_number_reads_as_always(number: u32) {
            prop_assert_eq!(text(number), format!("x{number}"));
        }
    }
}
