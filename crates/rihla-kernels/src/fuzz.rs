//! How many random cases the differential tests run.

/// `RIHLA_FUZZ_CASES` if it is set, which makes the tests of every kernel against its scalar definition a fuzzer
/// (`RIHLA_FUZZ_CASES=1000000 cargo test --release -p rihla-kernels`); else so many.
pub fn cases(few: u32) -> u32 {
    let asked = std::env::var("RIHLA_FUZZ_CASES").ok();
    asked.map_or(few, |text| text.parse().expect("RIHLA_FUZZ_CASES is a number of cases"))
}
