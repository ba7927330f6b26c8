//! Banded affine alignment (placeholder until written).

/// placeholder
pub struct Alignment;
/// placeholder
pub struct BandedAligner;
/// placeholder
pub struct Scoring;
