//! Draws from many small distributions, in constant time (Walker 1977, in Vose's form of 1991).

/// Bits that one draw uses up.
pub(super) const BITS: u32 = 24;

/// Distributions over the same few letters, one behind the other.
///
/// Each slot packs a threshold (16 bits), a letter and its alias (8 bits each).
#[derive(Clone, Debug, Default)]
pub(super) struct AliasTables {
    slots: Vec<u32>,
    /// Slots of one distribution less one; a power of two less one.
    mask: u32,
    shift: u32,
}

impl AliasTables {
    /// No distribution yet, over `letters` letters (up to 256).
    pub(super) fn new(letters: usize) -> Self {
        let width = letters.next_power_of_two() as u32;
        Self { slots: Vec::new(), mask: width - 1, shift: width.trailing_zeros() }
    }

    /// Appends a distribution with these weights by letter, not all zero.
    pub(super) fn push(&mut self, weights: &[u32]) {
        let width = self.mask as usize + 1;
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let mut parts: Vec<f64> = (0..width)
            .map(|letter| f64::from(weights.get(letter).copied().unwrap_or(0)) * width as f64 / total)
            .collect();
        let mut alias: Vec<usize> = (0..width).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) =
            (0..width).partition(|&letter| parts[letter] < 1.0);
        let mut kept = vec![1.0; width];
        while let (Some(&poor), Some(&rich)) = (small.last(), large.last()) {
            small.pop();
            kept[poor] = parts[poor];
            alias[poor] = rich;
            parts[rich] -= 1.0 - parts[poor];
            if parts[rich] < 1.0 {
                large.pop();
                small.push(rich);
            }
        }
        for letter in 0..width {
            let threshold = ((kept[letter] * 65_536.0).round() as u32).min(65_535);
            // A full slot has itself as alias, so that the threshold's last step does not matter.
            self.slots.push(threshold << 16 | (letter as u32) << 8 | alias[letter] as u32);
        }
    }

    /// A letter of one distribution, from the low [`BITS`] of `bits`.
    #[inline]
    pub(super) fn draw(&self, table: usize, bits: u64) -> u8 {
        let slot = self.slots[(table << self.shift) + (bits as u32 & self.mask) as usize];
        let beyond = (bits >> 8) as u32 & 0xffff >= slot >> 16;
        (if beyond { slot } else { slot >> 8 }) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn shares_are_kept(weights in prop::collection::vec(0u32..1000, 1..50)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let mut tables = AliasTables::new(weights.len());
            tables.push(&weights);
            tables.push(&weights);
            let mut counts = vec![0u64; 256];
            let width = weights.len().next_power_of_two() as u64;
            for slot in 0..width {
                for step in (0..65_536).step_by(16) {
                    counts[usize::from(tables.draw(1, step << 8 | slot))] += 1;
                }
            }
            let total: u32 = weights.iter().sum();
            for (letter, &count) in counts.iter().enumerate() {
                let expected = f64::from(weights.get(letter).copied().unwrap_or(0)) / f64::from(total);
                let share = count as f64 / (width * 4096) as f64;
                prop_assert!((share - expected).abs() < 1e-3, "{} {} {}", letter, share, expected);
                prop_assert!(expected > 0.0 || count == 0, "a letter without weight was drawn");
            }
        }
    }
}
