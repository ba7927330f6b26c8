//! Inputs and outputs in object stores, against a server of S3 on this machine (`scripts/test` starts
//! one and says where it is) and small servers of the tests' own.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod faults;
#[allow(dead_code, reason = "the other tests use more of it")]
#[path = "../it/harness.rs"]
mod harness;
mod proxy;
mod reads;
mod results;
mod store;
mod web;
