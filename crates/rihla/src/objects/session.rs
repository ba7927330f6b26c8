//! What a run keeps of object stores: connections, objects that were looked at, and the folder in which files wait.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use object_store::aws::AmazonS3Builder;
use object_store::http::HttpBuilder;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use rihla_fastq::{Input, Source as _};
use rihla_io::AtomicSet;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::connection::Connector;
use super::location::Location;
use super::reading::{Object, ObjectSource};
use super::sending;
use super::trouble::Trouble;
use crate::exit::{Failure, fault};

/// Tries of a request behind the first, unless the environment says otherwise.
const RETRIES: usize = 6;

/// The variable that does.
const RETRIES_VARIABLE: &str = "RIHLA_OBJECT_RETRIES";

/// First and longest wait before a further try; each wait is twice the one before.
const WAITS: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(10)];

/// How long a signal waits until what was sent in part is taken back.
const PATIENCE: Duration = Duration::from_secs(10);

static SESSION: OnceLock<Session> = OnceLock::new();

/// Where files wait, as the user says.
static TMP_DIR: OnceLock<PathBuf> = OnceLock::new();

/// See above.
pub struct Session {
    runtime: Runtime,
    root: PathBuf,
    folder: Mutex<Option<TempDir>>,
    retries: usize,
    objects: Mutex<BTreeMap<PathBuf, Arc<Object>>>,
    /// Texts, and what is shown instead.
    names: Mutex<Vec<(String, String)>>,
    /// Folders whose files are sent, and where to.
    outputs: Mutex<Vec<(PathBuf, Location)>>,
    stopping: AtomicBool,
    sending: Mutex<()>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says where files are to wait, before the first address is met.
pub fn set_tmp_dir(dir: Option<&Path>) {
    let variable = || std::env::var_os("TMPDIR").filter(|value| !value.is_empty()).map(PathBuf::from);
    let dir = dir.map(Path::to_owned).or_else(variable).unwrap_or_else(std::env::temp_dir);
    TMP_DIR.get_or_init(|| dir);
}

impl Session {
    /// That of this process.
    ///
    /// # Errors
    /// No temporary folder, no threads, or a variable that is no number.
    pub fn get() -> Result<&'static Self> {
        if SESSION.get().is_none() {
            let session = Self::new()?;
            let _ = SESSION.set(session);
        }
        SESSION.get().context("the session of object stores is set")
    }

    fn new() -> Result<Self> {
        // Chosen here as the other libraries' choice is none; an earlier one of the process would do as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("objects").enable_all().build();
        let runtime = runtime.context("cannot start the threads of object stores")?;
        let parent = TMP_DIR.get().cloned().unwrap_or_else(std::env::temp_dir);
        let made = tempfile::Builder::new().prefix("rihla-objects-").tempdir_in(&parent);
        let folder = made.and_then(|folder| Ok((folder.path().canonicalize()?, folder)));
        let (root, folder) = folder.map_err(|error| {
            let parent = parent.display();
            let message = format!("{parent}: no folder can be made there: {error}; give one with --tmp-dir");
            fault(Failure::CannotCreate, message)
        })?;
        let retries = match std::env::var(RETRIES_VARIABLE) {
            Err(_) => RETRIES,
            Ok(text) => text.parse().map_err(|_| {
                fault(Failure::Usage, format!("{RETRIES_VARIABLE}: '{text}' is no number of further tries"))
            })?,
        };
        Ok(Self {
            runtime,
            root,
            folder: Mutex::new(Some(folder)),
            retries,
            objects: Mutex::default(),
            names: Mutex::default(),
            outputs: Mutex::default(),
            stopping: AtomicBool::new(false),
            sending: Mutex::default(),
        })
    }

    /// What requests run on.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Tries of a request behind the first.
    pub fn retries(&self) -> usize {
        self.retries
    }

    /// Whether a signal came.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// The store of a location, whose requests are tried again so often.
    ///
    /// # Errors
    /// Usage, when the environment does not describe one.
    pub fn store(&self, location: &Location, retries: usize) -> Result<Arc<dyn ObjectStore>> {
        let [init_backoff, max_backoff] = WAITS;
        let backoff = BackoffConfig { init_backoff, max_backoff, base: 2.0 };
        let retry = RetryConfig { backoff, max_retries: retries, ..RetryConfig::default() };
        let refuse = |error: object_store::Error| {
            fault(Failure::Usage, Trouble::from(error).of(&location.name()).to_string())
        };
        Ok(match location {
            Location::Bucket { bucket, .. } => {
                let builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
                Arc::new(builder.with_http_connector(Connector::default()).build().map_err(refuse)?)
            }
            Location::Web(url) => {
                let client = ClientOptions::new().with_allow_http(true);
                let builder = HttpBuilder::new().with_url(url).with_client_options(client).with_retry(retry);
                Arc::new(builder.with_http_connector(Connector::default()).build().map_err(refuse)?)
            }
        })
    }

    /// The object of an address, which is looked at; another object may not be called the same.
    ///
    /// # Errors
    /// It is not there, not for us, or the network fails.
    pub fn object(&self, url: &Path) -> Result<Arc<Object>> {
        let location = Location::parse(url)?;
        let name = PathBuf::from(location.name());
        if let Some(known) = lock(&self.objects).get(&name).cloned() {
            if *known.location() != location {
                let message = format!("{}: two addresses differ in their queries alone", name.display());
                return Err(fault(Failure::Usage, message));
            }
            return Ok(known);
        }
        let object = Arc::new(Object::open(self, location)?);
        self.show_as(&url.to_string_lossy(), &object.location().name());
        lock(&self.objects).insert(name, Arc::clone(&object));
        Ok(object)
    }

    /// A new folder for files.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new_folder(&self, kind: &str) -> Result<PathBuf> {
        let made = tempfile::Builder::new().prefix(kind).rand_bytes(8).tempdir_in(&self.root);
        // It goes with the folder that it lies in.
        made.map(TempDir::keep).map_err(|error| {
            fault(Failure::CannotCreate, format!("{}: cannot be written: {error}", self.root.display()))
        })
    }

    /// The folder whose files are sent to names that begin so.
    ///
    /// # Errors
    /// When it cannot be made, or nothing can be put there.
    pub fn output_folder(&self, prefix: &Location) -> Result<PathBuf> {
        if let Some((folder, _)) = lock(&self.outputs).iter().find(|(_, known)| known == prefix) {
            return Ok(folder.clone());
        }
        sending::probe(self, prefix)?;
        let folder = self.new_folder("out-")?;
        self.show_as(&folder.to_string_lossy(), prefix.name().trim_end_matches('/'));
        lock(&self.outputs).push((folder.clone(), prefix.clone()));
        Ok(folder)
    }

    /// Shows a text as another from now on.
    pub fn show_as(&self, text: &str, name: &str) {
        if text != name {
            lock(&self.names).push((text.to_owned(), name.to_owned()));
        }
    }

    /// Where a file is sent.
    fn destination(&self, path: &Path) -> Option<Location> {
        lock(&self.outputs).iter().find_map(|(folder, prefix)| {
            let name = path.strip_prefix(folder).ok()?;
            Some(prefix.beside(&name.to_string_lossy()))
        })
    }
}

/// The input of a path: an object that was looked at, or a file.
#[must_use]
pub fn input(path: &Path) -> Input {
    let object = SESSION.get().and_then(|session| lock(&session.objects).get(path).cloned());
    object.map_or_else(|| Input::from(path), |object| Input::Source(Arc::new(ObjectSource(object))))
}

/// Bytes of an object that was looked at.
#[must_use]
pub fn size(path: &Path) -> Option<u64> {
    let object = SESSION.get().and_then(|session| lock(&session.objects).get(path).cloned());
    object.and_then(|object| ObjectSource(object).size())
}

/// A text that names addresses where files wait that stand for them, and holds none of their secrets.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    let Some(session) = SESSION.get() else { return Cow::Borrowed(text) };
    let names = lock(&session.names);
    names.iter().fold(Cow::Borrowed(text), |text, (from, to)| match text.contains(from.as_str()) {
        true => Cow::Owned(text.replace(from, to)),
        false => text,
    })
}

/// Gives complete files their names, and sends those that belong into a store: all parts of all of them first, and
/// then their names in the order of the set.
///
/// # Errors
/// As [`AtomicSet::commit`]; a store that does not take them, in which none of the set then has its name.
pub fn commit(files: AtomicSet) -> Result<()> {
    let Some(session) = SESSION.get() else { return Ok(files.commit()?) };
    let paths: Vec<PathBuf> = files.digests().map(|(path, _)| path.to_owned()).collect();
    files.commit()?;
    let sent = paths.iter().filter_map(|path| Some((path.clone(), session.destination(path)?)));
    let sent: Vec<(PathBuf, Location)> = sent.collect();
    let _sending = lock(&session.sending);
    sending::send(session, &sent)
}

/// Ends what is under way: what is being sent is taken back, and the files that waited go.
pub fn end() {
    let Some(session) = SESSION.get() else { return };
    session.stopping.store(true, Ordering::Relaxed);
    let begin = Instant::now();
    while session.sending.try_lock().is_err() && begin.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(lock(&session.folder).take());
}
