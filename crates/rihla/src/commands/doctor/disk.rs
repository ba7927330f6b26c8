//! The folder of temporary files: is it writable, large, and a disk?

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::finding::Finding;
use crate::context::Context;
use crate::exit::one_line;
use crate::memory::gigabytes;
use crate::pipeline::preflight::{Expected, free_bytes};

const TOPIC: &str = "temporary";

/// Free space below which nothing of use fits.
const LEAST_FREE: u64 = 100 << 20;

/// What is written and read back.
const PROBE: usize = 1 << 20;

/// Depth of the genome that the space is held against.
const DEPTH: f64 = 30.0;

/// File systems that other machines have, and those that are memory.
const NETWORK: [&str; 14] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "lustre",
    "gpfs",
    "beegfs",
    "ceph",
    "glusterfs",
    "afs",
    "9p",
    "fuse.sshfs",
    "fuse.glusterfs",
];
const MEMORY: [&str; 2] = ["tmpfs", "ramfs"];

/// Looks at the folder; `bases` of a reference tell how much a genome may spill there.
pub fn check(context: &Context, folder: &Result<PathBuf>, bases: Option<u64>) -> Vec<Finding> {
    let folder = match folder {
        Ok(folder) => folder,
        Err(error) => return vec![Finding::fail(TOPIC, one_line(error), "a folder that can be written")],
    };
    if let Err(error) = probe(folder) {
        let found = format!("{}: what is written cannot be read back: {error}", folder.display());
        return vec![Finding::fail(TOPIC, found, "give another --tmp-dir")];
    }
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.clone());
    let kind = kind_of(&mounts, &whole);
    let reads = bases.map(|bases| Expected {
        reads: (bases as f64 * DEPTH / 150.0) as u64,
        bases: 150.0,
        name: 40.0,
    });
    let needed = reads.map(|reads| reads.spilled(context));
    vec![space(folder, free_bytes(folder), needed), place(folder, kind.as_deref())]
}

fn space(folder: &Path, free: Option<u64>, needed: Option<u64>) -> Finding {
    let folder = folder.display();
    let Some(free) = free else {
        return Finding::ok(TOPIC, format!("{folder}: the system does not tell what is free"));
    };
    let found = format!("{folder}: writable, {} free", gigabytes(free));
    if free < LEAST_FREE {
        return Finding::fail(TOPIC, found, "free some, or give another --tmp-dir");
    }
    match needed {
        Some(needed) if free < needed => {
            let remedy = format!(
                "a genome of this reference at {DEPTH}x may spill {} with this --memory; free some, give another \
                 --tmp-dir or more --memory",
                gigabytes(needed)
            );
            Finding::warn(TOPIC, found, remedy)
        }
        Some(needed) => {
            Finding::ok(TOPIC, format!("{found}; a genome at {DEPTH}x may spill {}", gigabytes(needed)))
        }
        None => Finding::ok(TOPIC, found),
    }
}

fn place(folder: &Path, kind: Option<&str>) -> Finding {
    const TOPIC: &str = "tmp disk";
    let found = format!("{}: {}", folder.display(), kind.unwrap_or("the system does not tell its kind"));
    match kind {
        Some(kind) if NETWORK.contains(&kind) => {
            Finding::warn(TOPIC, found + ", over a network", "a local disk is faster; give it by --tmp-dir")
        }
        Some(kind) if MEMORY.contains(&kind) => Finding::warn(
            TOPIC,
            found + ", which is memory",
            "what is spilled there stays in memory, beside --memory; give a folder on a disk by --tmp-dir",
        ),
        _ => Finding::ok(TOPIC, found),
    }
}

/// Writes, and reads what was written.
fn probe(folder: &Path) -> std::io::Result<()> {
    let mut file = tempfile::tempfile_in(folder)?;
    let bytes: Vec<u8> = (0..PROBE).map(|at| (at % 251) as u8).collect();
    file.write_all(&bytes)?;
    file.seek(SeekFrom::Start(0))?;
    let mut back = Vec::with_capacity(PROBE);
    file.read_to_end(&mut back)?;
    if back == bytes { Ok(()) } else { Err(std::io::Error::other("the bytes differ")) }
}

/// Kind of the file system that holds a path, by the table of mounts: the longest mount point that the path is below,
/// of two the later.
fn kind_of(mounts: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut fields = line.split(' ').skip(1);
        let (Some(point), Some(kind)) = (fields.next(), fields.next()) else { continue };
        let point = point.replace("\\040", " ");
        let length = point.len();
        if path.starts_with(&point) && best.is_none_or(|(longest, _)| length >= longest) {
            best = Some((length, kind));
        }
    }
    best.map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    #[test]
    fn the_longest_mount_tells_the_kind() {
        let mounts = "overlay / overlay rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\nsrv:/x /data nfs4 rw 0 0\n/dev/sda /data/fast\\040one ext4 rw 0 0\n";
        let kind = |path: &str| kind_of(mounts, Path::new(path)).expect("a kind");
        let kinds = ["/tmp", "/dev/shm/a", "/data/runs", "/data/fast one/b", "/database"].map(kind);
        assert_eq!(kinds, ["overlay", "tmpfs", "nfs4", "ext4", "overlay"]);
        let states = ["nfs4", "tmpfs", "ext4"].map(|kind| place(Path::new("/x"), Some(kind)).state);
        assert_eq!(states, [State::Warn, State::Warn, State::Ok]);
    }

    #[test]
    fn little_space_is_told() {
        let state = |free, needed| space(Path::new("/x"), Some(free), needed).state;
        assert_eq!(state(1 << 20, None), State::Fail);
        assert_eq!((state(1 << 30, Some(1 << 40)), state(1 << 41, Some(1 << 40))), (State::Warn, State::Ok));
    }
}
