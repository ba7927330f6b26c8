//! Text of tags, without the machinery of `write!`.

use rihla_core::CigarOp;

/// Appends a number in decimal.
pub(crate) fn push_number(mut number: u32, out: &mut Vec<u8>) {
    let mut digits = [0; 16];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    // A copy of a length that the compiler knows, of which the rest is cut off, takes no call.
    let end = out.len() + digits.len() - at;
    out.extend_from_slice(&(u128::from_le_bytes(digits) >> (8 * at)).to_le_bytes());
    out.truncate(end);
}

/// Appends a CIGAR.
pub(crate) fn push_cigar(ops: &[CigarOp], out: &mut Vec<u8>) {
    for op in ops {
        push_number(op.len(), out);
        out.push(op.kind().letter() as u8);
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::Cigar;

    use super::*;

    #[test]
    fn numbers_and_cigars_read_as_always() {
        for number in [0, 7, 10, 99, 100, 1_000_000, u32::MAX] {
            let mut text = b"x".to_vec();
            push_number(number, &mut text);
            assert_eq!(text, format!("x{number}").as_bytes());
        }
        let (cigar, mut text) = (Cigar::parse("5S10M2I3D20M1H").expect("valid"), Vec::new());
        push_cigar(cigar.ops(), &mut text);
        assert_eq!(text, b"5S10M2I3D20M1H");
    }
}
