//! Variants of a truth or a query, as VCF or BCF.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    rihla_fuzz::allow_damage();
    let contigs = rihla_fuzz::contigs();
    match rihla_io::vcf::read_vcf(rihla_fuzz::file("calls.vcf", bytes), &contigs) {
        Ok(records) => assert!(records.iter().all(|record| (record.contig as usize) < contigs.len())),
        Err(error) => assert!(error.to_string().contains("calls.vcf")),
    }
});
