//! Do the strands disagree? FS and SOR, as GATK defines them.

/// Reads by allele and strand: reference forward and reverse, alternate forward and reverse.
pub type StrandTable = [u32; 4];

/// Phred of the two-sided p-value of Fisher's exact test.
#[must_use]
pub fn fisher(table: StrandTable) -> f32 {
    let [a, b, c, d] = table.map(u64::from);
    let (row, column, total) = (a + b, a + c, a + b + c + d);
    if total == 0 {
        return 0.0;
    }
    let log_choose = |n: u64, k: u64| statrs::function::factorial::ln_binomial(n, k);
    let log_p = |x: u64| log_choose(column, x) + log_choose(total - column, row - x) - log_choose(total, row);
    let observed = log_p(a);
    let low = (row + column).saturating_sub(total);
    let p: f64 = (low..=row.min(column)).map(log_p).filter(|&p| p <= observed + 1e-7).map(f64::exp).sum();
    (-10.0 * p.min(1.0).log10()).max(0.0) as f32
}

/// Symmetric odds ratio: robust where one strand is rare for both alleles.
#[must_use]
pub fn odds_ratio(table: StrandTable) -> f32 {
    let [a, b, c, d] = table.map(|count| f64::from(count) + 1.0);
    let ratio = (a * d) / (b * c);
    let reference = a.min(b) / a.max(b);
    let alternate = c.min(d) / c.max(d);
    ((ratio + 1.0 / ratio).ln() + reference.ln() - alternate.ln()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_and_biased() {
        assert!(fisher([10, 10, 10, 10]) < 1e-3);
        // (C(20,10) + C(20,3) C(10,7) + C(20,2) C(10,8) + C(20,1) C(10,9) + 1) / C(30,10) = 0.01099
        assert!((fisher([10, 10, 0, 10]) - 19.59).abs() < 0.01);
        assert!((odds_ratio([10, 10, 10, 10]) - 0.693).abs() < 0.01);
        assert!(odds_ratio([10, 10, 0, 10]) > 2.0);
        assert!(fisher([0; 4]) == 0.0);
    }
}
