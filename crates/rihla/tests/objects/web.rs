//! A server of files by ranges, and inputs from it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::harness::{Sample, bytes, names, said};
use crate::reads::records;
use crate::store::program;

/// What a server does with the request of a number, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The range that was asked for.
    Range,
    /// The whole, as servers do that know no ranges.
    Whole,
    /// A range of a file that is another since.
    Other,
    /// A range of a file that was cut to half.
    Short,
    /// What a server says that has too much to do.
    Busy,
}

/// Serves one file on a port of this machine, which it returns with the counter of requests.
fn serve(body: Vec<u8>, answer: impl Fn(usize) -> Answer + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("an address").to_string();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(stream.try_clone().expect("a handle")).lines();
            let head: Vec<String> =
                lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let range = head
                .iter()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
            let answer = answer(counted.fetch_add(1, Ordering::SeqCst));
            let _ = (&stream).write_all(&reply(&body, range.as_deref(), answer));
        }
    });
    (host, requests)
}

fn reply(body: &[u8], range: Option<&str>, answer: Answer) -> Vec<u8> {
    let tag = if answer == Answer::Other { "\"two\"" } else { "\"one\"" };
    let body = if answer == Answer::Short { &body[..body.len() / 2] } else { body };
    let message = |status: &str, extra: &str, body: &[u8]| {
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nETag: {tag}\r\nConnection: close\r\n{extra}Content-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body].concat()
    };
    let (Some(range), true) = (range, answer != Answer::Whole) else { return message("200 OK", "", body) };
    if answer == Answer::Busy {
        return message("503 Service Unavailable", "", b"");
    }
    let (first, last) = range.split_once('-').expect("a range");
    let (first, last): (usize, usize) = (first.parse().expect("a number"), last.parse().expect("a number"));
    if first >= body.len() {
        return message("416 Range Not Satisfiable", "", b"");
    }
    let end = body.len().min(last + 1);
    let extra = format!("Content-Range: bytes {first}-{}/{}\r\n", end - 1, body.len());
    message("206 Partial Content", &extra, &body[first..end])
}

/// Aligns single reads in their order.
fn align(reads: &str) -> Output {
    let genome = Sample::get().file("genome.fa");
    let args = ["align", "--sample", "A", "--order", "input", "-q", "--out", "-", "--reads", reads, "--ref"];
    program("127.0.0.1:9").args(args).arg(genome).output().expect("the program starts")
}

#[test]
fn reads_of_a_web_server_are_those_of_the_file_and_its_secrets_stay_secret() {
    let path = Sample::get().file("reads_1.fq.gz");
    let (host, requests) =
        serve(bytes(&path), |number| if number % 3 == 1 { Answer::Busy } else { Answer::Range });
    let local = align(&path.to_string_lossy());
    let remote = align(&format!("http://me:hidden-word@{host}/a/reads_1.fq.gz?token=hidden-too"));
    assert!(remote.status.success(), "{}", said(&remote));
    assert_eq!(records(&remote.stdout), records(&local.stdout));
    assert!(requests.load(Ordering::SeqCst) > 2, "ranges, some of them twice");
    let text = String::from_utf8_lossy(&remote.stdout);
    assert!(text.contains(&format!("--reads http://{host}/a/reads_1.fq.gz ")), "@PG names it");
    assert!(!text.contains("hidden"), "@PG holds no secret");
}

#[test]
fn a_file_that_changes_or_shrinks_is_bad_data() {
    let body = bytes(Sample::get().file("reads_1.fq.gz"));
    assert!(body.len() > 512 << 10, "several ranges");
    for change in [Answer::Other, Answer::Short] {
        let (host, _) = serve(body.clone(), move |number| if number < 3 { Answer::Range } else { change });
        let output = align(&format!("http://{host}/x.fq.gz?token=hidden"));
        assert_eq!(output.status.code(), Some(65), "{}", said(&output));
        let said = said(&output);
        assert!(
            said.contains(&format!("http://{host}/x.fq.gz: byte ")) && said.contains("changed"),
            "{said}"
        );
        assert!(!said.contains("hidden"), "{said}");
    }
}

#[test]
fn a_server_without_ranges_is_told_of_and_one_that_is_busy_for_good_too() {
    let (host, _) = serve(b"@r\nACGT\n+\nIIII\n".to_vec(), |_| Answer::Whole);
    let output = align(&format!("http://{host}/x.fq"));
    assert_eq!(output.status.code(), Some(66), "{}", said(&output));
    assert!(said(&output).contains("does not answer requests for ranges"), "{}", said(&output));
    let (host, requests) = serve(b"@r\nACGT\n+\nIIII\n".to_vec(), |_| Answer::Busy);
    let output = align(&format!("http://{host}/x.fq"));
    assert_eq!(output.status.code(), Some(104), "{}", said(&output));
    assert_eq!(requests.load(Ordering::SeqCst), 4, "one try and three more");
}

#[test]
fn outputs_references_and_other_commands_take_no_addresses() {
    let dir = tempfile::tempdir().expect("a folder");
    let genome = Sample::get().file("genome.fa").to_string_lossy().into_owned();
    let reads = Sample::get().file("reads_1.fq.gz").to_string_lossy().into_owned();
    let align = |reference: &str, out: &str| {
        ["align", "--ref", reference, "--reads", &reads, "--sample", "A", "--out", out]
            .map(str::to_owned)
            .to_vec()
    };
    for (args, expected) in [
        (align("s3://b/genome.fa", "-"), "must be local"),
        (align(&genome, "http://h/x.bam"), "outputs go to files or to s3://"),
        (align(&genome, "s3://b/"), "names no object"),
        (vec!["verify".to_owned(), "s3://b/x".to_owned()], "this command takes files"),
    ] {
        let output =
            program("127.0.0.1:9").args(&args).current_dir(&dir).output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(expected), "{args:?}: {}", said(&output));
    }
    assert_eq!(names(dir.path()), [""; 0]);
}
