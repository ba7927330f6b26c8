//! The report in a real browser: charts are there, nothing complains, nothing leaves the page, and it is drawn light, dark
//! and narrow.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use flate2::read::ZlibDecoder;

use crate::harness::{Sample, bytes, said, succeed};

/// Options that keep the browser to itself; it needs no sandbox for a page of ours, and as root it can have none.
const QUIET: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
];

/// Debian's Chromium with options, on a page; `None`, with a line that says so, where it is not installed.
fn browser(page: &Path, options: &[String]) -> Option<Output> {
    let profile = tempfile::tempdir().expect("a folder");
    let mut command = Command::new("chromium");
    command.args(QUIET).arg(format!("--user-data-dir={}", profile.path().display())).args(options);
    command.arg(format!("file://{}", page.display()));
    match command.output() {
        Ok(output) => Some(output),
        Err(_) => {
            eprintln!("skipped: chromium is not installed");
            None
        }
    }
}

/// A proxy that hears what a browser asks for and answers nothing.
struct Listener {
    heard: Arc<Mutex<Vec<String>>>,
    port: u16,
}

impl Listener {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let to = Arc::clone(&heard);
        // It ends with the process.
        thread::spawn(move || {
            for connection in listener.incoming().filter_map(Result::ok) {
                let mut line = String::new();
                let _ = BufReader::new(connection).read_line(&mut line);
                to.lock().expect("no panic").push(line);
            }
        });
        Self { heard, port }
    }

    /// What was asked for since the last time, but for what the browser asks its maker for, page or none.
    fn take(&self) -> Vec<String> {
        let heard = std::mem::take(&mut *self.heard.lock().expect("no panic"));
        heard.into_iter().filter(|line| !is_of_the_browser(line)).collect()
    }
}

/// `GET http://HOST/...` or `CONNECT HOST:443`, of the hosts of the browser's own services.
fn is_of_the_browser(line: &str) -> bool {
    let address = line.split(' ').nth(1).unwrap_or_default();
    let host = address.trim_start_matches("http://").split(['/', ':']).next().unwrap_or_default();
    let own = [".google.com", ".googleapis.com", ".gvt1.com"];
    own.iter().any(|end| host.ends_with(end)) && !host.starts_with("fonts.")
}

/// The page as the browser has it, what it complains of, and what it asks for.
fn visit(page: &Path, listener: &Listener) -> Option<(String, Vec<String>, Vec<String>)> {
    let proxy = format!("--proxy-server=http://127.0.0.1:{}", listener.port);
    let options = ["--enable-logging=stderr", &proxy, "--proxy-bypass-list=<-loopback>", "--dump-dom"];
    let output = browser(page, &options.map(str::to_owned))?;
    assert!(output.status.success(), "{}", said(&output));
    let complaints =
        said(&output).lines().filter(|line| line.contains(":CONSOLE:")).map(str::to_owned).collect();
    Some((String::from_utf8(output.stdout).expect("text"), complaints, listener.take()))
}

#[test]
fn nothing_complains_and_nothing_leaves_the_page() {
    let dir = tempfile::tempdir().expect("a folder");
    let listener = Listener::start();
    // A page that does what ours must not: what the test listens for can be heard.
    let loud = dir.path().join("loud.html");
    let content =
        "<!DOCTYPE html><script>console.error('of the page')</script><img src='http://outside.test/x.png'>";
    fs::write(&loud, content).expect("written");
    let Some((_, complaints, requests)) = visit(&loud, &listener) else { return };
    assert!(complaints.iter().any(|line| line.contains("of the page")), "{complaints:?}");
    assert!(requests.iter().any(|line| line.contains("outside.test")), "{requests:?}");
    let batch = dir.path().join("batch.html");
    let metrics = Sample::get().file("DEMO.metrics.json");
    let mut other: serde_json::Value = serde_json::from_slice(&bytes(&metrics)).expect("JSON");
    other["sample"] = "OTHER".into();
    let second = dir.path().join("OTHER.metrics.json");
    fs::write(&second, other.to_string()).expect("written");
    let paths = [&metrics, &second, &batch].map(|path| path.to_string_lossy().into_owned());
    succeed(["report", &paths[0], &paths[1], "--out", &paths[2]]);
    for (page, least) in [(Sample::get().file("DEMO.report.html"), 17), (batch, 11)] {
        let (dom, complaints, requests) = visit(&page, &listener).expect("the browser is there");
        assert_eq!((complaints, requests), (Vec::new(), Vec::new()), "{}", page.display());
        let drawn = dom.split("<svg").filter(|part| part.contains("role=\"img\"") && part.contains("<path"));
        let (drawn, text) = (drawn.count(), String::from_utf8(bytes(&page)).expect("text"));
        let made = text.matches("class=\"card chart").count() + text.matches("class=\"strip\"").count();
        assert!(drawn == made && drawn >= least, "{drawn} of {made} in {}", page.display());
        assert!(dom.trim_end().ends_with("</html>"));
    }
}

/// Width and height of a picture, and its first pixel.
fn first_pixel(png: &[u8]) -> (u32, u32, [u8; 3]) {
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "a picture");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    let at = png.windows(4).position(|name| name == b"IDAT").expect("pixels");
    let mut pixels = Vec::new();
    // The first row's filter, then its first pixel, which no filter changes.
    let _ = ZlibDecoder::new(&png[at + 4..]).take(4).read_to_end(&mut pixels);
    (number(16), number(20), [pixels[1], pixels[2], pixels[3]])
}

#[test]
fn the_report_is_drawn_light_dark_and_narrow() {
    let dir = tempfile::tempdir().expect("a folder");
    let page = Sample::get().file("DEMO.report.html");
    let picture = |name: &str, width: u32, more: &[&str]| {
        let out = dir.path().join(name);
        let sizes = [format!("--window-size={width},1400"), format!("--screenshot={}", out.display())];
        let options: Vec<String> =
            sizes.into_iter().chain(more.iter().map(|&option| option.to_owned())).collect();
        let output = browser(&page, &options)?;
        assert!(output.status.success(), "{}", said(&output));
        Some(first_pixel(&bytes(out)))
    };
    let Some((width, height, light)) = picture("light.png", 1200, &[]) else { return };
    assert_eq!((width, height), (1200, 1400));
    assert!(light.iter().all(|&part| part > 220), "a light page: {light:?}");
    let (.., dark) = picture("dark.png", 1200, &["--force-dark-mode"]).expect("the browser is there");
    assert!(dark.iter().all(|&part| part < 60), "a dark page: {dark:?}");
    let (width, ..) = picture("narrow.png", 500, &[]).expect("the browser is there");
    assert_eq!(width, 500);
}
