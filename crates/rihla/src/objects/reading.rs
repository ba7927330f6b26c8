//! Objects that are read by ranges ahead, each of which is tried again when it fails.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt as _};
use rihla_fastq::Source;
use rihla_io::IoError;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::location::Location;
use super::session::Session;
use super::trouble::{CHANGED, Kind, Trouble};

/// Bytes of a range, and how many are fetched ahead of the one that is read: 16 MB for an object.
const RANGE: u64 = 4 << 20;
const AHEAD: usize = 3;

/// Bytes of the first range: who only looks at the first reads fetches little.
const FIRST: u64 = 256 << 10;

/// An object as it was when it was first looked at.
pub struct Object {
    location: Location,
    name: String,
    store: Arc<dyn ObjectStore>,
    key: Key,
    retries: usize,
    runtime: Handle,
    meta: ObjectMeta,
}

impl Object {
    /// Looks at an object.
    ///
    /// # Errors
    /// It is not there, not for us, or the network fails.
    pub fn open(session: &Session, location: Location) -> Result<Self> {
        let (store, key) = (session.store(&location, 0)?, location.key()?);
        let (name, retries) = (location.name(), session.retries());
        let looked = session.runtime().block_on(persist(retries, || look(&store, &key)));
        let meta = looked.map_err(|trouble| trouble.of(&name))?;
        Ok(Self { location, name, store, key, retries, runtime: session.runtime().handle().clone(), meta })
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Copies all of it to a file.
    ///
    /// # Errors
    /// As for reading; [`IoError`] for the file.
    pub fn fetch(self: &Arc<Self>, path: &Path) -> Result<()> {
        let mut file = File::create(path).map_err(|source| IoError::creating(path, source))?;
        let mut reader = RangeReader::new(Arc::clone(self));
        io::copy(&mut reader, &mut file).map_err(|source| IoError::writing(path, source))?;
        Ok(())
    }

    /// Bytes of a range, with further tries.
    async fn range(self: Arc<Self>, range: Range<u64>) -> Result<Vec<u8>, Trouble> {
        let read = persist(self.retries, || self.try_range(range.clone())).await;
        read.map_err(|trouble| trouble.of(&format!("{}: byte {}", self.name, range.start)))
    }

    async fn try_range(&self, range: Range<u64>) -> Result<Vec<u8>, Trouble> {
        // A weak tag never matches.
        let tag = self.meta.e_tag.clone().filter(|tag| !tag.starts_with("W/"));
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            if_match: tag,
            ..GetOptions::default()
        };
        let found = match self.store.get_opts(&self.key, options).await {
            // Behind the end of an object that is shorter by now, or of one that was removed.
            Err(error) if is_beyond(&error) || matches!(error, object_store::Error::NotFound { .. }) => {
                return Err(Trouble::new(Kind::Changed, CHANGED));
            }
            found => found?,
        };
        let meta = &found.meta;
        let is_same = meta.size == self.meta.size
            && meta.e_tag == self.meta.e_tag
            && meta.last_modified == self.meta.last_modified;
        if !is_same {
            return Err(Trouble::new(Kind::Changed, CHANGED));
        }
        let bytes = found.bytes().await?;
        let (got, wanted) = (bytes.len() as u64, range.end - range.start);
        if got != wanted {
            return Err(Trouble::new(Kind::Passing, format!("{got} bytes came instead of {wanted}")));
        }
        Ok(bytes.to_vec())
    }
}

/// Size and tag of an object, by its first byte: an address that is signed for reading is for nothing else.
async fn look(store: &Arc<dyn ObjectStore>, key: &Key) -> Result<ObjectMeta, Trouble> {
    let options = GetOptions { range: Some(GetRange::Bounded(0..1)), ..GetOptions::default() };
    match store.get_opts(key, options).await {
        Ok(found) => Ok(found.meta),
        // An empty object has no first byte.
        Err(error) if is_beyond(&error) => match store.head(key).await? {
            meta if meta.size == 0 => Ok(meta),
            _ => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    }
}

fn is_beyond(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::Generic { .. })
        && error.to_string().contains("416 Range Not Satisfiable")
}

/// Tries until it works, fails for good, or has been tried often enough.
async fn persist<T, F>(retries: usize, mut work: impl FnMut() -> F) -> Result<T, Trouble>
where
    F: Future<Output = Result<T, Trouble>>,
{
    let mut wait = Duration::from_millis(250);
    for _ in 0..retries {
        match work().await {
            Err(trouble) if trouble.kind == Kind::Passing => tokio::time::sleep(wait).await,
            done => return done,
        }
        wait = (2 * wait).min(Duration::from_secs(10));
    }
    let tries = format!("after {} tries", retries + 1);
    work().await.map_err(|trouble| if trouble.kind == Kind::Passing { trouble.of(&tries) } else { trouble })
}

/// An object as an input of reads.
pub struct ObjectSource(pub Arc<Object>);

impl Source for ObjectSource {
    fn name(&self) -> &str {
        &self.0.name
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.meta.size)
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(RangeReader::new(Arc::clone(&self.0))))
    }
}

/// Reads an object from its beginning to its end.
struct RangeReader {
    object: Arc<Object>,
    /// Ranges under way, in their order.
    coming: VecDeque<JoinHandle<Result<Vec<u8>, Trouble>>>,
    /// Where the next to be asked for begins.
    next: u64,
    current: Vec<u8>,
    read: usize,
}

impl RangeReader {
    fn new(object: Arc<Object>) -> Self {
        let mut reader = Self { object, coming: VecDeque::new(), next: 0, current: Vec::new(), read: 0 };
        reader.ask(FIRST);
        reader
    }

    /// Asks for the next range.
    fn ask(&mut self, bytes: u64) {
        let range = self.next..(self.next + bytes).min(self.object.meta.size);
        if !range.is_empty() {
            self.next = range.end;
            self.coming.push_back(self.object.runtime.spawn(Arc::clone(&self.object).range(range)));
        }
    }
}

impl Read for RangeReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.read == self.current.len() {
            if self.next > FIRST || !self.current.is_empty() {
                while self.coming.len() < AHEAD && self.next < self.object.meta.size {
                    self.ask(RANGE);
                }
            }
            let Some(coming) = self.coming.pop_front() else { return Ok(0) };
            self.read = 0;
            self.current = Vec::new();
            self.current = self.object.runtime.block_on(coming).map_err(io::Error::other)??;
        }
        let count = out.len().min(self.current.len() - self.read);
        out[..count].copy_from_slice(&self.current[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}

impl Drop for RangeReader {
    fn drop(&mut self) {
        self.coming.iter().for_each(JoinHandle::abort);
    }
}
