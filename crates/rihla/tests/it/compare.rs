//! `rihla compare` as a user meets it: what it takes, what it refuses, what it writes.

mod counted;
mod lab;
mod outputs;
mod refused;
