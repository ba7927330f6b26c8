//! Values with their types, as BCF stores them (VCF specification 4.3, section 6.3.3).

const INT8: u8 = 1;
const INT16: u8 = 2;
const INT32: u8 = 3;
const FLOAT: u8 = 5;
const CHAR: u8 = 7;

/// The size that says that the size stands behind.
const LONG: usize = 15;

/// A missing integer, whatever its size in the file.
pub const MISSING: i32 = i32::MIN;
/// Fills a vector that is shorter than those of other samples.
pub const END: i32 = i32::MIN + 1;
/// Values of this size are kept free at the low end of each integer type.
const RESERVED: i32 = 8;

/// A missing float, by its bits.
pub const MISSING_FLOAT: u32 = 0x7f80_0001;
/// As [`END`].
pub const END_FLOAT: u32 = 0x7f80_0002;

/// Appends nothing but that there is no value.
pub fn push_none(out: &mut Vec<u8>) {
    out.push(0);
}

/// Appends text.
pub fn push_text(text: &str, out: &mut Vec<u8>) {
    push_type(CHAR, text.len(), out);
    out.extend(text.as_bytes());
}

/// Appends texts of equal length, one of each sample.
pub fn push_texts(texts: &[&str], out: &mut Vec<u8>) {
    let length = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    push_type(CHAR, length, out);
    for text in texts {
        out.extend(text.as_bytes());
        out.resize(out.len() + length - text.len(), 0);
    }
}

/// Appends integers, `length` of each sample, in the smallest type that holds all of them.
pub fn push_integers(values: &[i32], length: usize, out: &mut Vec<u8>) {
    let given = || values.iter().filter(|&&value| value > END);
    let (min, max) = (given().min().copied().unwrap_or(0), given().max().copied().unwrap_or(0));
    let fits = |low: i32, high: i32| min >= low + RESERVED && max <= high;
    if fits(i8::MIN.into(), i8::MAX.into()) {
        push_type(INT8, length, out);
        out.extend(values.iter().map(|&value| narrow(value, i8::MIN.into()) as u8));
    } else if fits(i16::MIN.into(), i16::MAX.into()) {
        push_type(INT16, length, out);
        out.extend(values.iter().flat_map(|&value| (narrow(value, i16::MIN.into()) as i16).to_le_bytes()));
    } else {
        push_type(INT32, length, out);
        out.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
}

/// Appends one integer.
pub fn push_integer(value: i32, out: &mut Vec<u8>) {
    push_integers(&[value], 1, out);
}

/// Appends floats by their bits, `length` of each sample.
pub fn push_floats(bits: &[u32], length: usize, out: &mut Vec<u8>) {
    push_type(FLOAT, length, out);
    out.extend(bits.iter().flat_map(|bits| bits.to_le_bytes()));
}

/// An integer; missing is what is `.`, and, as in htslib, what 32 bits do not hold.
pub fn parse_integer(text: &str) -> Result<i32, String> {
    if text == "." {
        return Ok(MISSING);
    }
    let value: i128 = text.parse().map_err(|_| format!("{text} is no integer"))?;
    Ok(i32::try_from(value).ok().filter(|&value| value >= i32::MIN + RESERVED).unwrap_or(MISSING))
}

/// The bits of a float, rounded twice as htslib rounds.
pub fn parse_float(text: &str) -> Result<u32, String> {
    if text == "." {
        return Ok(MISSING_FLOAT);
    }
    let value: f64 = text.parse().map_err(|_| format!("{text} is no number"))?;
    Ok((value as f32).to_bits())
}

/// A value, or what stands for missing and for the end in a type with this lowest value.
fn narrow(value: i32, lowest: i32) -> i32 {
    match value {
        MISSING => lowest,
        END => lowest + 1,
        _ => value,
    }
}

fn push_type(kind: u8, length: usize, out: &mut Vec<u8>) {
    out.push((length.min(LONG) as u8) << 4 | kind);
    if length >= LONG {
        // No line of a record is as long as 2^31.
        push_integer(i32::try_from(length).unwrap_or(i32::MAX), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integers(values: &[i32]) -> Vec<u8> {
        let mut out = Vec::new();
        push_integers(values, values.len(), &mut out);
        out
    }

    #[test]
    fn integers_take_the_smallest_type() {
        assert_eq!(integers(&[-120, 127, MISSING, END]), [0x41, 0x88, 0x7f, 0x80, 0x81]);
        assert_eq!(integers(&[-121, MISSING]), [0x22, 0x87, 0xff, 0x00, 0x80]);
        assert_eq!(integers(&[32_767, END]), [0x22, 0xff, 0x7f, 0x01, 0x80]);
        assert_eq!(integers(&[-32_761]), [0x13, 0x07, 0x80, 0xff, 0xff]);
        assert_eq!(integers(&[32_768, MISSING]), [0x23, 0, 0x80, 0, 0, 0, 0, 0, 0x80]);
        assert_eq!(integers(&[MISSING]), [0x11, 0x80]);
    }

    #[test]
    fn long_vectors_have_their_length_behind_the_type() {
        assert_eq!(integers(&[1; 15])[..3], [0xf1, 0x11, 15]);
        assert_eq!(integers(&[1; 200])[..4], [0xf1, 0x12, 200, 0]);
        let mut out = Vec::new();
        push_texts(&["abc", "."], &mut out);
        assert_eq!(out, b"\x37abc.\0\0");
    }

    #[test]
    fn numbers_are_read() {
        assert_eq!(parse_integer("-7"), Ok(-7));
        assert_eq!(parse_integer("."), Ok(MISSING));
        assert_eq!(parse_integer("4294967296"), Ok(MISSING));
        assert_eq!(parse_integer("-2147483641"), Ok(MISSING));
        assert_eq!(parse_integer("-2147483640"), Ok(-2_147_483_640));
        assert_eq!(parse_float("."), Ok(MISSING_FLOAT));
        assert_eq!(parse_float("-0.25").map(f32::from_bits), Ok(-0.25));
        assert!(parse_integer("1.5").is_err() && parse_integer("").is_err() && parse_float("x").is_err());
    }
}
