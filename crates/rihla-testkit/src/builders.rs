//! Small inputs for the tests of other crates.

use rihla_core::{Contig, Contigs, Reference};

/// A reference of named sequences (letters); digests are zeros.
#[must_use]
pub fn reference(contigs: &[(&str, &[u8])]) -> Reference {
    let list = contigs.iter().map(|(name, letters)| Contig {
        name: (*name).to_owned(),
        length: letters.len() as u32,
        md5: [0; 16],
    });
    let sequences: Vec<Vec<u8>> = contigs.iter().map(|(_, letters)| letters.to_vec()).collect();
    Reference::from_letters(Contigs::new(list.collect()), &sequences)
}

/// A reference of sequences (letters) named `chr1` and up; digests are zeros.
#[must_use]
pub fn numbered_reference(sequences: &[Vec<u8>]) -> Reference {
    let names: Vec<String> = (1..=sequences.len()).map(|number| format!("chr{number}")).collect();
    let contigs: Vec<(&str, &[u8])> =
        names.iter().zip(sequences).map(|(name, letters)| (&name[..], &letters[..])).collect();
    reference(&contigs)
}

/// `length` random letters, each base as likely as the next, fixed by the seed.
#[must_use]
pub fn random_letters(length: usize, seed: u64) -> Vec<u8> {
    use crate::stream::{Domain, Stream};
    let mut stream = Stream::new(seed, Domain::Contig, u64::MAX, 0);
    (0..length).map(|_| rihla_core::base::decode(stream.base())).collect()
}

/// One FASTQ record as text. `qualities` are Phred without an offset.
#[must_use]
pub fn fastq(name: &str, sequence: &[u8], qualities: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len() + 2 * sequence.len() + 6);
    crate::reads::write_fastq(name.as_bytes(), b"", sequence, qualities, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_what_it_says() {
        let made = reference(&[("a", b"ACGT"), ("b", b"NNGG")]);
        assert_eq!((made.bases(), made.contigs().id("b")), (8, Some(1)));
        let made = numbered_reference(&[b"ACGT".to_vec(), b"NNGG".to_vec()]);
        assert_eq!((made.bases(), made.contigs().id("chr2")), (8, Some(1)));
        assert_eq!(random_letters(50, 3), random_letters(50, 3));
        assert_ne!(random_letters(50, 3), random_letters(50, 4));
        assert_eq!(fastq("r", b"AC", &[0, 40]), b"@r\nAC\n+\n!I\n");
    }
}
