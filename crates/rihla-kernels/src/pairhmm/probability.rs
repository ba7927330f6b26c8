//! Phred qualities as probabilities.

/// `10^(-quality / 10)`, rounded once from literals and exact powers of ten, so that it is the same
/// number on every platform (a `powf` would be the C library's).
const ERRORS: [f64; 256] = {
    // 10^(-k/10) for k = 0..10
    const TENTHS: [f64; 10] = [
        1.0,
        0.794_328_234_724_281_5,
        0.630_957_344_480_193_2,
        0.501_187_233_627_272_2,
        0.398_107_170_553_497_25,
        0.316_227_766_016_837_94,
        0.251_188_643_150_958,
        0.199_526_231_496_887_95,
        0.158_489_319_246_111_35,
        0.125_892_541_179_416_73,
    ];
    let mut errors = [0.0; 256];
    let mut power = 1.0; // exact up to 10^22
    let mut quality = 0;
    while quality < 256 {
        if quality > 0 && quality % 10 == 0 {
            power *= 10.0;
        }
        errors[quality] = TENTHS[quality % 10] / power;
        quality += 1;
    }
    errors
};

/// The error probability of a Phred quality.
pub(super) fn error(quality: u8) -> f64 {
    ERRORS[usize::from(quality)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_powers_of_ten() {
        for quality in 0..=255_u8 {
            let expected = 10_f64.powf(-f64::from(quality) / 10.0);
            assert!((error(quality) / expected - 1.0).abs() < 1e-14, "quality {quality}");
        }
    }
}
