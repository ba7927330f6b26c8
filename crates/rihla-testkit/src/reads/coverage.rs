//! Coverage that depends on the fragments' GC.

use rihla_core::Interval;

use crate::layout::Layout;
use crate::options::SimulateOptions;
use crate::stream::{Domain, Stream};

/// Places of the reference that the mean is taken over.
const SAMPLES: u64 = 4096;

/// Sums of the bases G and C of a haplotype, so that any fragment's share is known at once.
pub(super) struct GcSums(Vec<u32>);

impl GcSums {
    pub(super) fn new(codes: &[u8]) -> Self {
        let mut sum = 0;
        let mut sums = Vec::with_capacity(codes.len() + 1);
        sums.push(0);
        sums.extend(codes.iter().map(|&code| {
            sum += u32::from(is_gc(code));
            sum
        }));
        Self(sums)
    }

    pub(super) fn share(&self, start: u32, end: u32) -> f64 {
        f64::from(self.0[end as usize] - self.0[start as usize]) / f64::from((end - start).max(1))
    }
}

fn is_gc(code: u8) -> bool {
    code == 1 || code == 2
}

/// The mean chance of a fragment of this reference to be sequenced, so that the depth asked for is the depth
/// there is. Measured on fragments of mean length at random places.
pub(super) fn mean_weight(layout: &Layout, options: &SimulateOptions) -> f64 {
    let length = options.fragments.mean().round() as u32;
    let stretches: Vec<Interval> =
        layout.known().as_slice().iter().copied().filter(|part| part.len() >= length).collect();
    let total: u64 = stretches.iter().map(|part| u64::from(part.len() - length + 1)).sum();
    if options.gc.is_flat() || total == 0 {
        return 1.0;
    }
    let mut stream = Stream::new(options.seed, Domain::GcSample, 0, 0);
    let mut weight = || {
        let mut at = stream.below(total);
        let mut part = stretches.iter();
        loop {
            let stretch = part.next().expect("the place lies in a stretch");
            let places = u64::from(stretch.len() - length + 1);
            if at < places {
                let start = stretch.start + at as u32;
                let codes = layout.reference().fetch(stretch.contig, start, start + length);
                let gc = codes.iter().filter(|&&code| is_gc(code)).count();
                return options.gc.weight(gc as f64 / f64::from(length));
            }
            at -= places;
        }
    };
    let mean = (0..SAMPLES).map(|_| weight()).sum::<f64>() / SAMPLES as f64;
    mean.max(LEAST_WEIGHT)
}

/// Below this so few fragments would be taken that drawing them would never end.
const LEAST_WEIGHT: f64 = 1e-3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares() {
        let sums = GcSums::new(&[0, 1, 2, 3, 4, 2]);
        assert_eq!((sums.share(0, 4), sums.share(1, 3), sums.share(3, 5)), (0.5, 1.0, 0.0));
        assert_eq!(sums.share(2, 2), 0.0);
    }
}
