//! What the targets share.

use std::fs;
use std::path::PathBuf;
use std::sync::{Once, OnceLock};

use rihla_core::{Contig, Contigs};

/// Writes the bytes to a file of this process and gives its path; the next call with the name replaces them.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let base = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let folder = base.join(format!("rihla-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made");
        folder
    });
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file can be written");
    path
}

/// Contigs that BED and VCF may name.
pub fn contigs() -> Contigs {
    let contig = |(name, length): (&str, u32)| Contig { name: name.into(), length, md5: [0; 16] };
    Contigs::new([("chr1", 100_000), ("chr2", 50), ("HLA:1", 7)].map(contig).to_vec())
}

/// Lets readers tell panics of the libraries below them as damage, at which libFuzzer's own hook would end the process.
pub fn allow_damage() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            if !rihla_io::panic_is_damage() {
                eprintln!("{panic}");
            }
        }));
    });
}
