//! Mismatch counts (placeholder until written).
