//! Nucleotides: letters (ASCII) and codes (A 0, C 1, G 2, T 3, anything else 4).

/// The code of every base that is not A, C, G or T.
pub const N: u8 = 4;

const CODES: [u8; 256] = {
    let mut table = [N; 256];
    let letters = *b"ACGT";
    let mut i = 0;
    while i < 4 {
        table[letters[i] as usize] = i as u8;
        table[letters[i].to_ascii_lowercase() as usize] = i as u8;
        i += 1;
    }
    table
};

/// The code of a letter, upper or lower case; IUPAC ambiguity letters give [`N`].
#[inline]
#[must_use]
pub const fn encode(letter: u8) -> u8 {
    CODES[letter as usize]
}

/// The upper-case letter of a code; every code above 3 gives `N`.
#[inline]
#[must_use]
pub const fn decode(code: u8) -> u8 {
    match code {
        0 => b'A',
        1 => b'C',
        2 => b'G',
        3 => b'T',
        _ => b'N',
    }
}

/// The code of the complementary base; [`N`] stays [`N`].
#[inline]
#[must_use]
pub const fn complement(code: u8) -> u8 {
    if code < 4 { 3 - code } else { N }
}

/// Encodes letters into `codes`, replacing what it held.
pub fn encode_into(letters: &[u8], codes: &mut Vec<u8>) {
    codes.clear();
    codes.extend(letters.iter().map(|&letter| encode(letter)));
}

/// Reverse complement of codes, into `out`, replacing what it held.
pub fn reverse_complement_into(codes: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend(codes.iter().rev().map(|&code| complement(code)));
}

/// Letters of a slice of codes.
#[must_use]
pub fn decode_all(codes: &[u8]) -> Vec<u8> {
    codes.iter().map(|&code| decode(code)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_codes_agree() {
        for letter in *b"ACGTN" {
            assert_eq!(decode(encode(letter)), letter);
            assert_eq!(encode(letter.to_ascii_lowercase()), encode(letter));
        }
        assert_eq!(encode(b'R'), N);
    }

    #[test]
    fn reverse_complement_is_an_involution() {
        let codes = [0, 1, 2, 3, 4, 2];
        let (mut once, mut twice) = (Vec::new(), Vec::new());
        reverse_complement_into(&codes, &mut once);
        assert_eq!(once, [1, 4, 0, 1, 2, 3]);
        reverse_complement_into(&once, &mut twice);
        assert_eq!(twice, codes);
    }
}
