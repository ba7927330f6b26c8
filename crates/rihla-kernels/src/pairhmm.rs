//! Pair hidden Markov model (placeholder until written).

/// placeholder
pub struct HmmRead;
/// placeholder
pub struct PairHmm;
