//! The program as a user meets it: one test binary over all commands.

mod architecture;
mod determinism;
mod faults;
mod harness;
mod journey;
mod validators;
