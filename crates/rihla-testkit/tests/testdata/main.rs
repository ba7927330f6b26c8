//! The small inputs in `testdata/` are what the simulator makes: this test makes them again and compares.
//!
//! `RIHLA_WRITE_TESTDATA=1 cargo test -p rihla-testkit --test testdata` writes them anew.

mod malformed;
mod mini;
mod real;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(name)
}

fn writing() -> bool {
    std::env::var_os("RIHLA_WRITE_TESTDATA").is_some()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("writing to memory succeeds");
    encoder.finish().expect("writing to memory succeeds")
}

/// What can be unpacked, and whether that was all.
fn gunzip(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let whole = MultiGzDecoder::new(bytes).read_to_end(&mut out).is_ok();
    (out, whole)
}

/// The committed bytes of a file; written first when asked for.
fn committed(path: &Path, fresh: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    if writing() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("created");
        std::fs::write(path, fresh()).expect("written");
    }
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Compares a file with what it should be, once unpacked if its name ends in `.gz`: packed bytes change with
/// the library that packs.
fn same(path: &Path, expected: &[u8]) {
    let packed = path.extension().is_some_and(|end| end == "gz");
    let found = committed(path, || if packed { gzip(expected) } else { expected.to_vec() });
    let found = if packed { gunzip(&found).0 } else { found };
    assert!(found == expected, "{} is not what the simulator makes", path.display());
}
