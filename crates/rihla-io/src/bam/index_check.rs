//! A look at the bytes of a BAI or CSI before anything relies on them.
//!
//! Every count is held against the bytes that are there, every bin against the scheme, every stretch
//! against itself (SAM specification, section 5.2; CSIv1). The records of each contig that the
//! metadata pseudo-bin counts come out of it. What this cannot see, a changed offset that still points
//! into the file, shows when these counts are compared with the records that are found.

/// Bases of the smallest bin, as a power of two, and levels below the root in a BAI.
const BAI_SCHEME: (u32, u32) = (14, 5);
/// Levels below the root that any CSI may have: with more, bin numbers would not fit.
const MAX_DEPTH: u32 = 9;
/// Bits of the longest contig that a CSI may provide for.
const MAX_BITS: u32 = 48;

/// The records of each contig, mapped and unmapped, in the file's order; `None` when the index does not
/// count them.
pub(super) type Counts = Vec<Option<u64>>;

/// Checks a BAI.
///
/// # Errors
/// In words, the first thing that cannot be right.
pub(super) fn check_bai(bytes: &[u8]) -> Result<Counts, String> {
    let mut walk = Walk { rest: bytes, depth: BAI_SCHEME.1, has_linear: true };
    walk.magic(*b"BAI\x01")?;
    walk.contigs()
}

/// Checks the decompressed bytes of a CSI.
///
/// # Errors
/// As [`check_bai`].
pub(super) fn check_csi(bytes: &[u8]) -> Result<Counts, String> {
    let mut walk = Walk { rest: bytes, depth: 0, has_linear: false };
    walk.magic(*b"CSI\x01")?;
    let (min_shift, depth) = (walk.u32()?, walk.u32()?);
    if depth > MAX_DEPTH || min_shift == 0 || min_shift.saturating_add(3 * depth) > MAX_BITS {
        return Err(format!("bins of 2^{min_shift} bases on {depth} levels are not possible"));
    }
    walk.depth = depth;
    let extra = walk.u32()?;
    walk.skip(extra, 1)?;
    walk.contigs()
}

/// What is left of the bytes, and how to read it.
struct Walk<'a> {
    rest: &'a [u8],
    depth: u32,
    /// BAI has linear offsets behind the bins, CSI an offset in each bin.
    has_linear: bool,
}

/// A contig's bins.
struct Contig {
    is_empty: bool,
    count: Option<u64>,
}

impl Walk<'_> {
    fn contigs(&mut self) -> Result<Counts, String> {
        let count = self.u32()?;
        let contigs = (0..count).map(|_| self.contig()).collect::<Result<Vec<_>, _>>()?;
        // The number of records without a place may follow.
        if ![0, 8].contains(&self.rest.len()) {
            return Err("there are bytes behind its end".into());
        }
        let has_counts = contigs.iter().any(|contig| contig.count.is_some());
        if has_counts && contigs.iter().any(|contig| contig.count.is_none() && !contig.is_empty) {
            return Err("it counts the records of some contigs only".into());
        }
        Ok(contigs.iter().map(|contig| contig.count.or(has_counts.then_some(0))).collect())
    }

    fn contig(&mut self) -> Result<Contig, String> {
        let bins = self.u32()?;
        let mut contig = Contig { is_empty: bins == 0, count: None };
        for _ in 0..bins {
            if let Some(count) = self.bin()?
                && contig.count.replace(count).is_some()
            {
                return Err("it counts the records of a contig twice".into());
            }
        }
        if self.has_linear {
            let windows = self.u32()?;
            self.skip(windows, 8)?;
        }
        Ok(contig)
    }

    /// The records of the contig, if this is the bin that counts them.
    fn bin(&mut self) -> Result<Option<u64>, String> {
        let bins = ((1u64 << (3 * (self.depth + 1))) - 1) / 7;
        let id = u64::from(self.u32()?);
        if !self.has_linear {
            self.u64()?;
        }
        let chunks = self.u32()?;
        if id == bins + 1 {
            return self.metadata(chunks).map(Some);
        }
        if id >= bins {
            return Err(format!("there is no bin {id}"));
        }
        for _ in 0..chunks {
            let (begin, end) = (self.u64()?, self.u64()?);
            if begin > end {
                return Err(format!("a stretch of bin {id} ends before it begins"));
            }
        }
        Ok(None)
    }

    /// Where the contig's records begin and end in the file, and how many are mapped and unmapped.
    fn metadata(&mut self, chunks: u32) -> Result<u64, String> {
        if chunks != 2 {
            return Err("its counts of records cannot be read".into());
        }
        self.skip(2, 8)?;
        let (mapped, unmapped) = (self.u64()?, self.u64()?);
        mapped.checked_add(unmapped).ok_or_else(|| "its counts of records are out of all proportion".into())
    }

    fn magic(&mut self, magic: [u8; 4]) -> Result<(), String> {
        if self.take::<4>()? == magic { Ok(()) } else { Err("it is no such index".into()) }
    }

    fn u32(&mut self) -> Result<u32, String> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, String> {
        self.take().map(u64::from_le_bytes)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or_else(cut)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// Passes over `count` values of `size` bytes.
    fn skip(&mut self, count: u32, size: usize) -> Result<(), String> {
        let bytes = (count as usize).checked_mul(size);
        self.rest = bytes.and_then(|bytes| self.rest.get(bytes..)).ok_or_else(cut)?;
        Ok(())
    }
}

fn cut() -> String {
    "it ends too early".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An index of contigs with one bin each, whose number is given; a pseudo-bin counts 3 + 4 records.
    fn index(is_bai: bool, bins: &[u32]) -> Vec<u8> {
        let mut bytes = if is_bai { b"BAI\x01".to_vec() } else { b"CSI\x01".to_vec() };
        let mut put = |numbers: &[u32]| numbers.iter().for_each(|n| bytes.extend(n.to_le_bytes()));
        let offset: &[u32] = if is_bai { &[] } else { &[0, 0] };
        let metadata = if is_bai { 37_450 } else { 299_594 };
        put(if is_bai { &[] } else { &[14, 6, 0] });
        put(&[bins.len() as u32]);
        for &bin in bins {
            put(&[2, bin]);
            put(offset);
            put(&[1, 9, 0, 20, 0, metadata]);
            put(offset);
            put(&[2, 9, 0, 20, 0, 3, 0, 4, 0]);
            put(if is_bai { &[1, 9, 0] } else { &[] });
        }
        bytes
    }

    #[test]
    fn bins_outside_the_scheme_are_refused() {
        for (is_bai, last) in [(true, 37_448), (false, 299_592)] {
            let check = |bins: &[u32]| {
                let bytes = index(is_bai, bins);
                if is_bai { check_bai(&bytes) } else { check_csi(&bytes) }
            };
            assert_eq!(check(&[0, last]), Ok(vec![Some(7), Some(7)]));
            for wrong in [last + 1, last + 3, u32::MAX] {
                assert_eq!(check(&[0, wrong]), Err(format!("there is no bin {wrong}")));
            }
            let twice = check(&[last + 2]).expect_err("the pseudo-bin");
            assert!(twice.contains("counts"), "{twice}");
        }
    }

    #[test]
    fn counts_larger_than_the_file_are_refused() {
        let whole = index(true, &[1]);
        for at in [4, 8, 16, 36, 40, 76] {
            let mut bytes = whole.clone();
            bytes[at..at + 4].copy_from_slice(&[0xff; 4]);
            assert!(check_bai(&bytes).is_err(), "byte {at}");
        }
        for length in 0..whole.len() {
            assert!(check_bai(&whole[..length]).is_err(), "{length} bytes");
        }
        let mut scheme = index(false, &[1]);
        for (min_shift, depth) in [(0, 6), (14, 10), (60, 5), (u32::MAX, 9)] {
            scheme[4..8].copy_from_slice(&u32::to_le_bytes(min_shift));
            scheme[8..12].copy_from_slice(&u32::to_le_bytes(depth));
            assert!(check_csi(&scheme).is_err(), "{min_shift} {depth}");
        }
    }

    #[test]
    fn contigs_are_counted_when_any_is() {
        let empty = b"BAI\x01\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        assert_eq!(check_bai(empty), Ok(vec![None, None]));
        let mut one = index(true, &[5]);
        one[4] = 2;
        one.extend([0; 8]);
        assert_eq!(check_bai(&one), Ok(vec![Some(7), Some(0)]));
    }
}
