//! The vector body: 16 neighboring hashes at a time.

/// Stamps the vector body into a module that has `Vector`, `LANES`, and the safe functions `splat`,
/// `forward`, `backward`, `min_unsigned`, `min`, `mul`, `fold`, `later` and `below`, all compiled for
/// `$feature`.
macro_rules! stamp {
    ($feature:literal) => {
        /// Hashes of 16 neighboring short words.
        type Hashes = [Vector; 16 / LANES];

        /// Sets the bits of `count` 20-mers in words that are all 0.
        #[target_feature(enable = $feature)]
        pub(super) fn mask(window: Window<'_>, count: usize, out: &mut [u64]) {
            let mut left = count;
            // 32 bases, their reverse complement, the hashes of the first 16.
            let mut word = window.word(0);
            let mut back = reverse_complement(word);
            let mut here = hashes(word, back);
            let mut k = 0;
            while left > 0 {
                let next_word = window.word(k + 1);
                let next_back = reverse_complement(next_word);
                // The last 20-mer needs four hashes more than there are 20-mers: few words of a read
                // need the whole turn.
                let middle = if left > 12 {
                    hashes(word >> 32 | next_word << 32, back << 32 | next_back >> 32)
                } else {
                    here
                };
                let next = if left > 28 { hashes(next_word, next_back) } else { middle };
                let mut bits = u64::from(minima(here, middle)) | u64::from(minima(middle, next)) << 16;
                if left < 32 {
                    bits &= (1 << left) - 1;
                }
                out[k / 2] |= bits << (k % 2 * 32);
                left = left.saturating_sub(32);
                (word, back, here) = (next_word, next_back, next);
                k += 1;
            }
        }

        /// Hashes of the 16-mers at the first 16 bases of a word, whose reverse complement is `back`.
        #[inline]
        #[target_feature(enable = $feature)]
        fn hashes(word: u64, back: u64) -> Hashes {
            let mut hashes = [splat(0); 16 / LANES];
            for (v, hash) in hashes.iter_mut().enumerate() {
                let canonical = min_unsigned(forward(word, v), backward(back, v));
                *hash = mul(fold(mul(canonical, splat(MIX[0]))), splat(MIX[1]));
            }
            hashes
        }

        /// A bit for each of 16 neighboring 20-mers; `next` holds the hashes after `here`.
        #[inline]
        #[target_feature(enable = $feature)]
        fn minima(here: Hashes, next: Hashes) -> u32 {
            let mut bits = 0;
            for v in 0..here.len() {
                let after = if v + 1 < here.len() { here[v + 1] } else { next[0] };
                let [b, middle, d, e] = later(here[v], after);
                let others = min(min(here[v], b), min(d, e));
                bits |= below(middle, others) << (v * LANES);
            }
            bits
        }
    };
}

pub(super) use stamp;

/// Shifts that bring the 16-mer at each of the first 16 bases of a word to the low half of the word.
pub(super) const FORWARD: [i64; 16] = shifts(false);
/// The same for the word's reverse complement, where those 16-mers lie from base 16 down.
pub(super) const BACKWARD: [i64; 16] = shifts(true);

const fn shifts(backward: bool) -> [i64; 16] {
    let mut shifts = [0; 16];
    let mut i = 0;
    while i < 16 {
        shifts[i] = if backward { 32 - 2 * i as i64 } else { 2 * i as i64 };
        i += 1;
    }
    shifts
}
