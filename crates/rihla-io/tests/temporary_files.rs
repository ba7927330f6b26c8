//! Temporary files and a process that is ended. A test binary of its own: the set is of the whole process.

use std::fs;
use std::io::Write;
use std::path::Path;

use rihla_io::atomic::remove_temporary_files;
use rihla_io::{AtomicFile, AtomicSet};

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("directory");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("entry").file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

#[test]
fn temporary_files_are_removed_and_nothing_else() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = |name: &str| directory.path().join(name);
    let create = |name: &str| AtomicFile::create(path(name)).expect("created");
    drop(remove_temporary_files());

    // What has its final name, what stood there before and what was dropped are left alone.
    create("done").commit().expect("committed");
    fs::write(path("old"), "old").expect("written");
    fs::write(path("foreign.1-1.part"), "of another process").expect("written");
    drop(create("dropped"));
    let others = ["done", "foreign.1-1.part", "old"];
    assert_eq!(names(directory.path()), others);

    let mut open = create("old");
    open.write_all(b"new").expect("buffered");
    let mut waiting = AtomicSet::new();
    waiting.push(create("a.bai"));
    waiting.push(create("a.bam"));
    assert_eq!(names(directory.path()).len(), 6);
    // From another thread, as a signal's handler would.
    std::thread::spawn(|| drop(remove_temporary_files())).join().expect("no panic");
    assert_eq!(names(directory.path()), others);
    assert_eq!(fs::read(path("old")).expect("read"), b"old");

    // No file appears under its name when its temporary one is gone; later ones are not concerned.
    waiting.commit().expect_err("gone");
    drop(open);
    drop(remove_temporary_files());
    create("later").commit().expect("committed");
    assert_eq!(names(directory.path()), ["done", "foreign.1-1.part", "later", "old"]);

    // While the process ends, none is made.
    let ending = remove_temporary_files();
    let late = std::thread::spawn({
        let path = path("late");
        move || AtomicFile::create(path).expect("created")
    });
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(names(directory.path()).len(), 4, "nothing more");
    drop(ending);
    drop(late.join().expect("no panic"));
}
