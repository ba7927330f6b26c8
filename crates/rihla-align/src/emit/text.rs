//! Text of tags.

use rihla_core::{CigarOp, decimal};

/// Appends a CIGAR.
pub(crate) fn push_cigar(ops: &[CigarOp], out: &mut Vec<u8>) {
    for op in ops {
        decimal::push(op.len(), out);
        out.push(op.kind().letter() as u8);
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::Cigar;

    use super::*;

    #[test]
    fn cigars_read_as_always() {
        let (cigar, mut text) = (Cigar::parse("5S10M2I3D20M1H").expect("valid"), Vec::new());
        push_cigar(cigar.ops(), &mut text);
        assert_eq!(text, b"5S10M2I3D20M1H");
    }
}
