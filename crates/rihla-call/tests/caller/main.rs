//! Tests of the caller as a whole.

mod cases;
mod deep;
mod hostile;
mod support;
mod synthetic;
