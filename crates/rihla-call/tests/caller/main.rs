//! Tests of the caller as a whole.

mod cases;
mod support;
mod synthetic;
