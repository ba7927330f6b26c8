//! One file a subcommand.

pub mod align;
pub mod call;
pub mod check;
pub mod compare;
pub mod demo;
pub mod doctor;
pub mod gather;
pub mod germline;
pub mod identity;
pub mod index;
pub mod profile;
pub mod report;
pub mod scatter;
pub mod shell;
pub mod simulate;
pub mod verify;
pub mod version;
