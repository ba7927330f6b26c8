//! Values as bytes and back, for what a run keeps for a later one of the same program.
//!
//! Numbers are LEB128, so that small ones take a byte; there are no names and no versions. What is read back may be
//! anything: [`Unpack`] gives `None` where bytes do not fit, and never takes more memory than there are bytes.

/// A value that can be kept.
pub trait Pack: Sized {
    /// Appends it.
    fn pack(&self, out: &mut Vec<u8>);

    /// Reads it back; `None` when these bytes are none.
    fn unpack(from: &mut Unpack<'_>) -> Option<Self>;

    /// Reads it back from all of these bytes.
    #[must_use]
    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let mut from = Unpack::new(bytes);
        Self::unpack(&mut from).filter(|_| from.is_done())
    }
}

/// Bytes to be read back.
#[derive(Clone, Copy, Debug)]
pub struct Unpack<'a>(&'a [u8]);

impl<'a> Unpack<'a> {
    /// Begins with the first of them.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether all has been read.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.0.is_empty()
    }

    /// The next value.
    pub fn read<T: Pack>(&mut self) -> Option<T> {
        T::unpack(self)
    }

    /// The next `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Bytes that [`bytes`] appended.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let count = self.read()?;
        self.take(count)
    }
}

/// Appends bytes and, before them, their number.
pub fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    bytes.len().pack(out);
    out.extend_from_slice(bytes);
}

/// Appends a number that may be below zero; [`unpack_signed`] reads it.
pub fn signed(number: i64, out: &mut Vec<u8>) {
    ((number << 1 ^ number >> 63) as u64).pack(out);
}

/// Reads what [`signed`] appended.
pub fn unpack_signed(from: &mut Unpack<'_>) -> Option<i64> {
    let number: u64 = from.read()?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

impl Pack for u64 {
    fn pack(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = from.take(1)?[0];
            let bits = Self::from(byte & 0x7f);
            number |= bits << shift;
            if byte < 0x80 {
                return (bits << shift >> shift == bits).then_some(number);
            }
        }
        None
    }
}

macro_rules! as_u64 {
    ($($number:ty),*) => {$(
        impl Pack for $number {
            fn pack(&self, out: &mut Vec<u8>) {
                (*self as u64).pack(out);
            }

            fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
                Self::try_from(from.read::<u64>()?).ok()
            }
        }
    )*};
}

as_u64!(u8, u32, usize);

impl Pack for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        u8::from(*self).pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        match from.read::<u8>()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Its bits, so that it comes back as it was.
impl Pack for f32 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(Self::from_le_bytes(*from.take(4)?.first_chunk()?))
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.is_some().pack(out);
        self.iter().for_each(|value| value.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some(match from.read()? {
            true => Some(from.read()?),
            false => None,
        })
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        self.iter().for_each(|value| value.pack(out));
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let count: usize = from.read()?;
        // Each value takes a byte at least.
        (count <= from.0.len()).then(|| (0..count).map(|_| from.read()).collect())?
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        Some((from.read()?, from.read()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packed(value: &impl Pack) -> Vec<u8> {
        let mut out = Vec::new();
        value.pack(&mut out);
        out
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back(
            numbers: Vec<u64>, small: Option<u32>, is_so: bool, bits: u32, below: i64, text: Vec<u8>
        ) {
            let value = (numbers, (small, (is_so, f32::from_bits(bits))));
            let mut out = packed(&value);
            signed(below, &mut out);
            bytes(&text, &mut out);
            let mut from = Unpack::new(&out);
            type Value = (Vec<u64>, (Option<u32>, (bool, f32)));
            let (numbers, (small, (is_so, float))) = from.read::<Value>().expect("there");
            prop_assert_eq!((&numbers, small, is_so), (&value.0, value.1.0, value.1.1.0));
            prop_assert_eq!(float.to_bits(), bits);
            prop_assert_eq!(unpack_signed(&mut from), Some(below));
            prop_assert_eq!(from.bytes(), Some(&text[..]));
            prop_assert!(from.is_done());
        }

        #[test]
        fn other_bytes_do_no_harm(bytes: Vec<u8>) {
            let _ = Vec::<(Option<u64>, Vec<f32>)>::of_bytes(&bytes);
            let _ = unpack_signed(&mut Unpack::new(&bytes));
        }
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert_eq!(u32::of_bytes(&packed(&(1_u64 << 32))), None);
        assert_eq!(u64::of_bytes(&[0xff; 9]), None);
        assert_eq!(u64::of_bytes(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]), None);
        assert_eq!(u64::of_bytes(&packed(&u64::MAX)), Some(u64::MAX));
        assert_eq!(bool::of_bytes(&[2]), None);
        assert_eq!(u8::of_bytes(&[1, 1]), None, "something is left");
        assert_eq!(Vec::<u64>::of_bytes(&packed(&u64::MAX)), None, "no room for so many");
    }
}
