//! Regions: inside their contigs, sorted, or one error that names the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let contigs = rihla_fuzz::contigs();
    match rihla_io::bed::read_bed(rihla_fuzz::file("regions.bed", bytes), &contigs) {
        Ok(regions) => {
            for (id, contig) in contigs.iter().enumerate() {
                let whole = rihla_core::Interval::new(id as u32, 0, contig.length);
                let inside = regions.overlapping(&whole);
                assert!(
                    inside
                        .iter()
                        .all(|interval| interval.start < interval.end && interval.end <= contig.length)
                );
            }
        }
        Err(error) => assert!(error.to_string().contains("regions.bed")),
    }
});
