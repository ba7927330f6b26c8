//! As verifyBamID writes its estimate: `.selfSM`.

use crate::contamination::Contamination;

/// Columns of verifyBamID and verifyBamID2.
const COLUMNS: [&str; 19] = [
    "#SEQ_ID", "RG", "CHIP_ID", "#SNPS", "#READS", "AVG_DP", "FREEMIX", "FREELK1", "FREELK0", "FREE_RH",
    "FREE_RA", "CHIPMIX", "CHIPLK1", "CHIPLK0", "CHIP_RH", "CHIP_RA", "DPREF", "RDPHET", "RDPALT",
];

/// The file of a sample, one line below the columns' names. `FREEMIX` is the share, `FREELK1` and `FREELK0` are natural
/// logarithms of likelihoods with and without it, their sign turned as verifyBamID turns it; all are `NA` without an
/// estimate, as is what would need genotypes.
#[must_use]
pub fn text(sample: &str, estimate: Option<&Contamination>) -> String {
    let mut values = vec!["NA".to_owned(); COLUMNS.len()];
    values[0] = sample.to_owned();
    values[1] = "ALL".to_owned();
    if let Some(found) = estimate {
        values[3] = found.sites.to_string();
        values[4] = found.reads.to_string();
        values[5] = format!("{:.2}", found.mean_depth);
        values[6] = format!("{:.5}", found.fraction);
        values[7] = format!("{:.2}", -found.log_likelihoods.found);
        values[8] = format!("{:.2}", -found.log_likelihoods.none);
    }
    format!("{}\n{}\n", COLUMNS.join("\t"), values.join("\t"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contamination::LogLikelihoods;

    #[test]
    fn the_line_is_as_wide_as_its_head() {
        let found = Contamination {
            sites: 500,
            reads: 15_000,
            mean_depth: 30.0,
            fraction: 0.051_234_5,
            low: 0.04,
            high: 0.06,
            error_rate: 0.001,
            het_balance: 0.5,
            sharing: 0.0,
            log_likelihoods: LogLikelihoods { found: -1234.567, none: -1300.0 },
        };
        let line = |text: String| text.lines().nth(1).expect("two lines").to_owned();
        assert_eq!(
            line(text("NA12878", Some(&found))),
            "NA12878\tALL\tNA\t500\t15000\t30.00\t0.05123\t1234.57\t1300.00\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA\tNA"
        );
        assert_eq!(line(text("S", None)).matches("NA").count(), 17);
        assert!(text("S", None).starts_with("#SEQ_ID\tRG\tCHIP_ID\t#SNPS\t#READS\tAVG_DP\tFREEMIX\tFREELK1"));
    }
}
