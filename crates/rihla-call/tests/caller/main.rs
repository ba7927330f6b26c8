//! Tests of the caller as a whole.

mod cases;
mod deep;
mod forced;
mod gvcf;
mod hostile;
mod mixture;
mod mnp;
mod scanned;
mod support;
mod synthetic;
