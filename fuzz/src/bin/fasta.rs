//! References: contigs with names and bases, or one error that names the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match rihla_io::fasta::read_fasta(rihla_fuzz::file("ref.fa", bytes)) {
        Ok(reference) => assert!(reference.contigs().iter().all(|contig| !contig.name.is_empty())),
        Err(error) => assert!(error.to_string().contains("ref.fa")),
    }
});
