//! Left alignment and trimming of variants (Tan, Abecasis and Kang, Bioinformatics 31:2202, 2015).

/// An allele change: `reference` at 0-based `position` becomes `alternate`; letters on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Allele {
    /// 0-based position of the first base of `reference`.
    pub position: u32,
    /// Reference letters; not empty once normalized.
    pub reference: Vec<u8>,
    /// Alternate letters; not empty once normalized.
    pub alternate: Vec<u8>,
}

/// Shortest, leftmost form of an allele. `base_at` gives the upper-case reference letter of a position
/// of the contig.
///
/// Equal alleles come back as they are.
#[must_use]
pub fn normalize(mut allele: Allele, base_at: impl Fn(u32) -> u8) -> Allele {
    if allele.reference == allele.alternate {
        return allele;
    }
    trim(&mut allele);
    if !allele.reference.is_empty() && !allele.alternate.is_empty() {
        return allele;
    }
    let moving = if allele.reference.is_empty() { &mut allele.alternate } else { &mut allele.reference };
    while allele.position > 0 && moving.last() == Some(&base_at(allele.position - 1)) {
        moving.rotate_right(1);
        allele.position -= 1;
    }
    anchor(&mut allele, base_at);
    allele
}

/// Drops what both ends share; one side may become empty.
fn trim(allele: &mut Allele) {
    let same = |a: &[u8], b: &[u8]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (r, a) = (&mut allele.reference, &mut allele.alternate);
    while !r.is_empty() && r.last() == a.last() {
        r.pop();
        a.pop();
    }
    let common = same(r, a);
    r.drain(..common);
    a.drain(..common);
    allele.position += common as u32;
}

/// Puts the base before in front of an allele with an empty side; at the contig's first base, where
/// there is none, the base behind (VCF 4.2, section 1.4.1).
fn anchor(allele: &mut Allele, base_at: impl Fn(u32) -> u8) {
    if allele.position > 0 {
        allele.position -= 1;
        let letter = base_at(allele.position);
        allele.reference.insert(0, letter);
        allele.alternate.insert(0, letter);
    } else {
        let letter = base_at(allele.reference.len() as u32);
        allele.reference.push(letter);
        allele.alternate.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(reference: &[u8], position: u32, r: &str, a: &str) -> (u32, String, String) {
        let allele = Allele { position, reference: r.into(), alternate: a.into() };
        let out = normalize(allele, |at| reference[at as usize]);
        let text = |letters| String::from_utf8(letters).expect("letters");
        (out.position, text(out.reference), text(out.alternate))
    }

    #[test]
    fn shifts_left_and_trims() {
        let reference = b"GGGCACACACAGGG";
        assert_eq!(run(reference, 7, "CA", ""), (2, "GCA".into(), "G".into()));
        assert_eq!(run(reference, 4, "ACA", "A"), (2, "GCA".into(), "G".into()));
        assert_eq!(run(reference, 3, "CAC", "CTC"), (4, "A".into(), "T".into()));
        assert_eq!(run(reference, 10, "A", "ACA"), (2, "G".into(), "GCA".into()));
        assert_eq!(run(reference, 3, "CA", "TG"), (3, "CA".into(), "TG".into()));
    }

    #[test]
    fn contig_start_is_anchored_behind() {
        assert_eq!(run(b"AAAC", 2, "A", ""), (0, "AA".into(), "A".into()));
        assert_eq!(run(b"AAAC", 0, "", "TT"), (0, "A".into(), "TTA".into()));
    }
}
