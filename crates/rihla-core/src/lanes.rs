//! Counts over many bytes, by loops that compilers turn into vectors on any machine.

/// Bytes that loops take together.
pub const LANES: usize = 16;

/// How many bytes pass the test: in chunks whose counts fit a byte.
pub fn count(bytes: &[u8], test: impl Fn(u8) -> bool) -> u64 {
    let of = |chunk: &[u8]| chunk.iter().fold(0u8, |sum, &byte| sum + u8::from(test(byte)));
    bytes.chunks(255).map(|chunk| u64::from(of(chunk))).sum()
}

/// How often something was seen at each of many places: in bytes, which are emptied before they overflow.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    small: Vec<u8>,
    wide: Vec<u32>,
    /// Times that were added since `small` was emptied.
    times: u8,
    /// The places that they touched.
    touched: (usize, usize),
}

impl Tally {
    /// Of so many places, nothing seen yet.
    #[must_use]
    pub fn new(places: usize) -> Self {
        let mut tally = Self::default();
        tally.grow(places);
        tally
    }

    /// Number of places.
    #[must_use]
    pub const fn places(&self) -> usize {
        self.wide.len()
    }

    /// Has at least so many places.
    pub fn grow(&mut self, places: usize) {
        if self.places() < places {
            self.small.resize(places, 0);
            self.wide.resize(places, 0);
        }
    }

    /// Adds one at each place from `from` on whose byte passes the test.
    ///
    /// # Panics
    /// If there are not as many places.
    pub fn add(&mut self, from: usize, bytes: &[u8], test: impl Fn(u8) -> bool) {
        let small = self.room(from, bytes.len());
        let (lanes, last) = small.as_chunks_mut::<LANES>();
        let (groups, rest) = bytes.as_chunks::<LANES>();
        for (lanes, group) in lanes.iter_mut().zip(groups) {
            (0..LANES).for_each(|i| lanes[i] += u8::from(test(group[i])));
        }
        last.iter_mut().zip(rest).for_each(|(lane, &byte)| *lane += u8::from(test(byte)));
    }

    /// Adds one at each place from `from` on where both bytes pass the test.
    ///
    /// # Panics
    /// If there are not as many places.
    pub fn add_both(&mut self, from: usize, bytes: (&[u8], &[u8]), test: impl Fn(u8) -> bool) {
        let small = self.room(from, bytes.0.len().min(bytes.1.len()));
        let pairs = bytes.0.iter().zip(bytes.1);
        small.iter_mut().zip(pairs).for_each(|(lane, (&a, &b))| *lane += u8::from(test(a) & test(b)));
    }

    /// Adds one at one place.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn add_one(&mut self, place: usize) {
        self.wide[place] += 1;
    }

    /// Places to which one can be added.
    fn room(&mut self, from: usize, count: usize) -> &mut [u8] {
        if self.times == u8::MAX {
            self.empty();
        }
        self.times += 1;
        let (first, end) = if self.times == 1 { (from, from + count) } else { self.touched };
        self.touched = (first.min(from), end.max(from + count));
        &mut self.small[from..from + count]
    }

    fn empty(&mut self) {
        let touched = self.touched.0..self.touched.1;
        let wide = self.wide[touched.clone()].iter_mut();
        wide.zip(&mut self.small[touched])
            .for_each(|(wide, small)| *wide += u32::from(std::mem::take(small)));
        self.times = 0;
    }

    /// How often it was seen, place by place.
    #[must_use]
    pub fn finish(mut self) -> Vec<u32> {
        self.empty();
        self.wide
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_beyond_what_lanes_hold() {
        for length in [0, 1, 15, 16, 17, 255 * 16, 255 * 16 + 16, 10_000] {
            assert_eq!(count(&vec![20; length], |byte| byte >= 20), length as u64);
            assert_eq!(count(&vec![19; length], |byte| byte >= 20), 0);
        }
    }

    #[test]
    fn a_tally_is_what_one_by_one_gives() {
        let bytes: Vec<u8> = (0..200).map(|i| (i * 37 % 41) as u8).collect();
        let is_low = |byte| byte < 20;
        let (mut tally, mut expected) = (Tally::new(1_000), vec![0; 1_000]);
        for i in 0..1_000 {
            let (from, length) = (i * 7 % 800, i * 13 % 200);
            tally.add(from, &bytes[..length], is_low);
            tally.add_both(from, (&bytes[..length], &bytes[200 - length..]), is_low);
            tally.add_one(i);
            expected[i] += 1;
            for at in 0..length {
                expected[from + at] += u32::from(is_low(bytes[at]));
                expected[from + at] += u32::from(is_low(bytes[at]) && is_low(bytes[200 - length + at]));
            }
        }
        assert_eq!(tally.finish(), expected);
    }
}
