//! A bucket of the server of S3, used without Rihla's own client.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::harness::bytes;

/// Where the server is, as `http://HOST:PORT`.
const VARIABLE: &str = "RIHLA_TEST_S3";

/// A server that signs nobody in wants to see that somebody tried.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
                             SignedHeaders=host, Signature=0";

/// A secret that no output may hold.
pub const SECRET: &str = "hush-hush-hush";

/// A bucket of its own.
pub struct Store {
    /// `HOST:PORT` of the server.
    pub host: String,
    /// The bucket.
    pub bucket: String,
}

impl Store {
    /// A new bucket; `None`, with a line that says so, where there is no server.
    pub fn new() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var(VARIABLE) else {
            eprintln!("skipped: {VARIABLE} is not set; run scripts/test");
            return None;
        };
        let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let bucket = format!("rihla-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let store = Self { host, bucket };
        let (status, _) = store.request("PUT", "", &[]);
        assert_eq!(status, 200, "the bucket is made");
        Some(store)
    }

    /// `s3://BUCKET/KEY`.
    pub fn url(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    /// Puts an object there.
    pub fn put(&self, key: &str, body: &[u8]) -> String {
        assert_eq!(self.request("PUT", &format!("/{key}"), body).0, 200);
        self.url(key)
    }

    /// Puts a file there.
    pub fn put_file(&self, key: &str, path: &Path) -> String {
        self.put(key, &bytes(path))
    }

    /// An object.
    pub fn get(&self, key: &str) -> Vec<u8> {
        let (status, body) = self.request("GET", &format!("/{key}"), &[]);
        assert_eq!(status, 200, "{key}");
        body
    }

    /// Keys below a prefix, sorted.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let (status, body) = self.request("GET", &format!("?list-type=2&prefix={prefix}"), &[]);
        assert_eq!(status, 200);
        texts(&String::from_utf8_lossy(&body), "Key")
    }

    /// Keys of uploads that are neither done nor given up.
    pub fn uploads(&self) -> Vec<String> {
        let (status, body) = self.request("GET", "?uploads", &[]);
        assert_eq!(status, 200);
        texts(&String::from_utf8_lossy(&body), "Key")
    }

    fn request(&self, method: &str, rest: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.host).expect("the server answers");
        let rest = rest.replace(' ', "%20").replace('+', "%2B");
        let head = format!(
            "{method} /{}{rest} HTTP/1.0\r\nHost: {}\r\nAuthorization: {AUTHORIZATION}\r\nContent-Length: {}\r\n\
             Content-Type: application/octet-stream\r\n\r\n",
            self.bucket,
            self.host,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8_lossy(&answer[..end]);
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        (status, answer[end + 4..].to_vec())
    }

    /// The program, which takes this server for S3.
    pub fn rihla<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        self.rihla_by(&self.host, args)
    }

    /// The program, which reaches the server by another port of this machine.
    pub fn rihla_by<S: AsRef<OsStr>>(&self, host: &str, args: impl IntoIterator<Item = S>) -> Output {
        program(host).args(args).output().expect("the program starts")
    }
}

/// The program, with a server for S3 and few tries.
pub fn program(host: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rihla"));
    command
        .env_remove("TMPDIR")
        .env("AWS_ENDPOINT_URL", format!("http://{host}"))
        .env("AWS_ALLOW_HTTP", "true")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", SECRET)
        .env("RIHLA_OBJECT_RETRIES", "3")
        .stdin(Stdio::null());
    command
}

/// What stands in elements of a name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut texts: Vec<String> =
        xml.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned())).collect();
    texts.sort();
    texts
}
