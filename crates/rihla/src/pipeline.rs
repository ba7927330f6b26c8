//! From reads to records in bins, and from bins to files: the parts that commands are made of.

pub mod accounts;
pub mod ahead;
pub mod bins;
pub mod calls;
pub mod duplicates;
pub mod forced;
pub mod forms;
pub mod gvcf;
pub mod ingest;
pub mod lane_reader;
pub mod lanes;
pub mod learning;
pub mod manifest;
pub mod metrics;
pub mod preflight;
pub mod provenance;
pub mod reads;
pub mod resume;
pub mod room;
pub mod settings;
pub mod sex;
pub mod taken;
pub mod targets;
pub mod trimming;
pub mod truth;
pub mod verdict;
