//! Criterion benches live in `benches/`; side-by-side scripts in `scripts/`.
