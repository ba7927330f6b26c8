//! A sound index with some of its bytes changed, or any bytes: it is refused, or it aligns a read without harm.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use rihla_align::index::{Index, SourceFingerprint, build};
use rihla_align::{AlignOptions, AlignedBatch, Aligner, InsertSize};
use rihla_core::ReadBatch;
use rihla_kernels::Simd;

/// A genome without repeats, as FASTA.
fn fasta() -> String {
    let mut state = 7u64;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b"ACGT"[(state >> 62) as usize])
    };
    format!(">chr1\n{}\n", (0..3_000).map(|_| letter()).collect::<String>())
}

fn sound() -> &'static [u8] {
    static INDEX: OnceLock<Vec<u8>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let path = rihla_fuzz::file("ref.fa", fasta().as_bytes());
        let reference = rihla_io::fasta::read_fasta(&path).expect("sound");
        let mut bytes = Vec::new();
        let source = SourceFingerprint::of(&path).expect("readable");
        build(&reference, source).write_to(&mut bytes).expect("in memory");
        bytes
    })
}

fuzz_target!(|bytes: &[u8]| {
    let patched = match bytes.split_first() {
        // Patches of four bytes: where, and what.
        Some((0, patches)) => {
            let mut index = sound().to_vec();
            for patch in patches.chunks_exact(4) {
                let at =
                    usize::from(u16::from_le_bytes([patch[0], patch[1]])) * 4 + usize::from(patch[2] % 4);
                let length = index.len();
                index[at % length] ^= patch[3];
            }
            index
        }
        _ => bytes.to_vec(),
    };
    let Ok(index) = Index::open(&rihla_fuzz::file("ref.fa.rhx", &patched)) else { return };
    let aligner = Aligner::new(&index, AlignOptions::default(), Simd::best());
    let mut batch = ReadBatch::new(0, 0, false);
    let text = fasta();
    batch.push(b"r", &text.as_bytes()[1_006..1_156], &[b'I'; 150]);
    aligner.align_batch(
        &batch,
        &InsertSize::unusable(),
        &mut aligner.scratch(),
        &mut AlignedBatch::default(),
    );
});
