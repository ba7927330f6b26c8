//! Sample sheets.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match rihla_fastq::read_sheet(&rihla_fuzz::file("sheet.csv", bytes)) {
        Ok(rows) => {
            assert!(rows.iter().all(|row| !row.sample.is_empty() && matches!(row.reads.len(), 1 | 2)))
        }
        Err(error) => assert!(error.to_string().contains("sheet.csv")),
    }
});
