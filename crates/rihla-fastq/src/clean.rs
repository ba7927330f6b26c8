//! Bases to upper-case A, C, G, T, N and qualities to Phred values, checked.

use crate::encoding::QualityOffset;
use crate::error::{RecordFault, excerpt};
use crate::options::MAX_READ_LENGTH;

const HIGHEST: u8 = 126;

/// What each byte of a sequence line becomes; 0 where it is no base.
const LETTERS: [u8; 256] = {
    let mut table = [0; 256];
    let pairs: &[(&[u8], &[u8])] = &[(b"ACGTNU", b"ACGTNT"), (b"RYSWKMBDHVX", b"NNNNNNNNNNN")];
    let mut p = 0;
    while p < pairs.len() {
        let (from, to) = pairs[p];
        let mut i = 0;
        while i < from.len() {
            table[from[i] as usize] = to[i];
            table[from[i].to_ascii_lowercase() as usize] = to[i];
            i += 1;
        }
        p += 1;
    }
    table[b'.' as usize] = b'N';
    table
};

/// Scratch for one read after the other.
#[derive(Debug, Default)]
pub(crate) struct Cleaner {
    /// Upper-case letters of the last read.
    pub sequence: Vec<u8>,
    /// Phred values of the last read.
    pub qualities: Vec<u8>,
    /// How they are encoded.
    pub offset: QualityOffset,
}

impl Cleaner {
    /// Checks and converts a read; `name` is for the error.
    pub fn load(&mut self, name: &[u8], sequence: &[u8], qualities: &[u8]) -> Result<(), RecordFault> {
        if sequence.len() != qualities.len() {
            return Err(RecordFault::LengthMismatch {
                name: excerpt(name),
                sequence: sequence.len(),
                qualities: qualities.len(),
            });
        }
        if sequence.len() > MAX_READ_LENGTH {
            return Err(RecordFault::TooLong);
        }
        self.load_sequence(sequence).map_err(|position| RecordFault::BadBase {
            name: excerpt(name),
            byte: sequence[position],
            position: position + 1,
        })?;
        self.load_qualities(qualities).map_err(|position| RecordFault::BadQuality {
            name: excerpt(name),
            byte: qualities[position],
            position: position + 1,
            offset: self.offset,
        })
    }

    /// On failure the index of the first byte that is no base.
    fn load_sequence(&mut self, sequence: &[u8]) -> Result<(), usize> {
        self.sequence.clear();
        self.sequence.extend_from_slice(sequence);
        // Nearly every read is plain upper case: this test vectorizes, the table does not.
        let plain = |b: u8| (b == b'A') | (b == b'C') | (b == b'G') | (b == b'T') | (b == b'N');
        if sequence.iter().fold(true, |all, &b| all & plain(b)) {
            return Ok(());
        }
        for (position, letter) in self.sequence.iter_mut().enumerate() {
            *letter = LETTERS[usize::from(*letter)];
            if *letter == 0 {
                return Err(position);
            }
        }
        Ok(())
    }

    /// On failure the index of the first character outside the range.
    fn load_qualities(&mut self, qualities: &[u8]) -> Result<(), usize> {
        self.qualities.clear();
        let offset = self.offset.lowest_letter();
        self.qualities.extend(qualities.iter().map(|&q| q.wrapping_sub(offset)));
        let highest = self.qualities.iter().fold(0, |highest, &q| highest.max(q));
        if highest <= HIGHEST - offset {
            return Ok(());
        }
        let bad = qualities.iter().position(|q| !(offset..=HIGHEST).contains(q));
        Err(bad.expect("a value above the range came from a byte outside it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_and_qualities_are_normalized() {
        let mut cleaner = Cleaner::default();
        cleaner.load(b"r", b"acgtNnRyu.A", b"!\"#$%&'()~I").expect("valid");
        assert_eq!(cleaner.sequence, b"ACGTNNNNTNA");
        assert_eq!(cleaner.qualities, [0, 1, 2, 3, 4, 5, 6, 7, 8, 93, 40]);
        cleaner.load(b"r", b"", b"").expect("an empty read is a read");
        assert!(cleaner.sequence.is_empty() && cleaner.qualities.is_empty());
    }

    #[test]
    fn older_qualities_begin_at_64() {
        let mut cleaner = Cleaner { offset: QualityOffset::Phred64, ..Cleaner::default() };
        cleaner.load(b"r", b"ACGT", b"@Bh~").expect("valid");
        assert_eq!(cleaner.qualities, [0, 2, 40, 62]);
        let fault = cleaner.load(b"r", b"AC", b"h;").expect_err("of Solexa's odds").to_string();
        assert!(fault.contains("Phred+64 runs from '@' (64) to '~' (126)"), "{fault}");
    }

    #[test]
    fn every_byte_is_judged() {
        let mut cleaner = Cleaner::default();
        for byte in 0..=255u8 {
            let quality_ok = cleaner.load(b"r", b"AC", &[b'I', byte]).is_ok();
            assert_eq!(quality_ok, (33..=126).contains(&byte), "quality {byte}");
            let base_ok = cleaner.load(b"r", &[b'A', byte], b"II").is_ok();
            let expected = b"ACGTNURYSWKMBDHVX.".contains(&byte.to_ascii_uppercase());
            assert_eq!(base_ok, expected, "base {byte}");
        }
    }

    #[test]
    fn faults_name_the_place() {
        let mut cleaner = Cleaner::default();
        let name = || "r".to_owned();
        assert_eq!(
            cleaner.load(b"r", b"AC*", b"III"),
            Err(RecordFault::BadBase { name: name(), byte: b'*', position: 3 })
        );
        assert_eq!(
            cleaner.load(b"r", b"ACG", b"I II"),
            Err(RecordFault::LengthMismatch { name: name(), sequence: 3, qualities: 4 })
        );
        assert_eq!(
            cleaner.load(b"r", b"ACG", b"I I"),
            Err(RecordFault::BadQuality {
                name: name(),
                byte: b' ',
                position: 2,
                offset: QualityOffset::Phred33
            })
        );
        let long = vec![b'A'; MAX_READ_LENGTH + 1];
        assert_eq!(cleaner.load(b"r", &long, &long), Err(RecordFault::TooLong));
        assert_eq!(cleaner.load(b"r", &long[1..], &long[1..]), Ok(()));
    }
}
