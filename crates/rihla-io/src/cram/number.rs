//! Integers of variable length (CRAM 3.0, section 2.3).

/// Appends a 32-bit integer in one to five bytes: the leading ones of the first say how many follow.
pub(super) fn push_itf8(value: i32, out: &mut Vec<u8>) {
    let bits = value as u32;
    match bits {
        0..0x80 => out.push(bits as u8),
        0x80..0x4000 => out.extend([0x80 | (bits >> 8) as u8, bits as u8]),
        0x4000..0x20_0000 => out.extend([0xc0 | (bits >> 16) as u8, (bits >> 8) as u8, bits as u8]),
        0x20_0000..0x1000_0000 => {
            out.extend([0xe0 | (bits >> 24) as u8, (bits >> 16) as u8, (bits >> 8) as u8, bits as u8]);
        }
        // The last byte holds four bits only.
        _ => out.extend([
            0xf0 | (bits >> 28) as u8,
            (bits >> 20) as u8,
            (bits >> 12) as u8,
            (bits >> 4) as u8,
            (bits & 15) as u8,
        ]),
    }
}

/// Appends a 64-bit integer in one to nine bytes.
pub(super) fn push_ltf8(value: u64, out: &mut Vec<u8>) {
    let bits = 64 - value.leading_zeros();
    // Each byte behind the first costs it one bit.
    let more = bits.saturating_sub(1) / 7;
    let more = if more > 7 { 8 } else { more as usize };
    let bytes = value.to_be_bytes();
    if more == 8 {
        out.push(0xff);
    } else {
        let ones = !(0xff_u32 >> more) as u8;
        out.push(ones | bytes[7 - more]);
    }
    out.extend_from_slice(&bytes[8 - more..]);
}

/// Appends a 32-bit number in groups of seven bits, the highest first; all but the last have their upper bit set (CRAM
/// codecs, section 1.2).
pub(super) fn push_uint7(value: u32, out: &mut Vec<u8>) {
    let groups = (32 - value.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group > 0 { 0x80 } else { 0 };
        out.push(more | (value >> (7 * group)) as u8 & 0x7f);
    }
}

/// A list: its length, then its numbers.
pub(super) fn push_array(values: impl ExactSizeIterator<Item = i32>, out: &mut Vec<u8>) {
    push_itf8(values.len() as i32, out);
    values.for_each(|value| push_itf8(value, out));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_bytes_are_the_specifications() {
        let itf8 = |value| {
            let mut out = Vec::new();
            push_itf8(value, &mut out);
            out
        };
        assert_eq!(itf8(0), [0]);
        assert_eq!(itf8(127), [0x7f]);
        assert_eq!(itf8(128), [0x80, 0x80]);
        assert_eq!(itf8(0x3fff), [0xbf, 0xff]);
        assert_eq!(itf8(0x4000), [0xc0, 0x40, 0]);
        assert_eq!(itf8(0x20_0000), [0xe0, 0x20, 0, 0]);
        assert_eq!(itf8(0x1000_0000), [0xf1, 0, 0, 0, 0]);
        assert_eq!(itf8(-1), [0xff, 0xff, 0xff, 0xff, 0x0f]);
    }

    #[test]
    fn groups_of_seven_bits_come_highest_first() {
        let uint7 = |value| {
            let mut out = Vec::new();
            push_uint7(value, &mut out);
            out
        };
        assert_eq!((uint7(0), uint7(127), uint7(128)), (vec![0], vec![0x7f], vec![0x81, 0]));
        assert_eq!(uint7(u32::MAX), [0x8f, 0xff, 0xff, 0xff, 0x7f]);
    }

    #[test]
    fn long_integers_grow_by_seven_bits() {
        let ltf8 = |value| {
            let mut out = Vec::new();
            push_ltf8(value, &mut out);
            out
        };
        assert_eq!(ltf8(0), [0]);
        assert_eq!(ltf8(127), [0x7f]);
        assert_eq!(ltf8(128), [0x80, 0x80]);
        assert_eq!(ltf8(0x3fff), [0xbf, 0xff]);
        assert_eq!(ltf8(0x4000), [0xc0, 0x40, 0]);
        assert_eq!(ltf8((1 << 28) - 1), [0xef, 0xff, 0xff, 0xff]);
        assert_eq!(ltf8(1 << 28), [0xf0, 0x10, 0, 0, 0]);
        assert_eq!(ltf8((1 << 56) - 1), [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(ltf8(1 << 56), [0xff, 1, 0, 0, 0, 0, 0, 0, 0]);
    }
}
