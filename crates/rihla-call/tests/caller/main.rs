//! Tests of the caller as a whole.

mod cases;
mod hostile;
mod support;
mod synthetic;
