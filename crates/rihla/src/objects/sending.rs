//! Files that become objects: in parts, which nobody sees until the store puts them together.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _, PutPayload};
use rihla_io::IoError;
use tokio::task::JoinHandle;

use super::location::Location;
use super::session::Session;
use super::trouble::{Kind, Trouble};

/// Least bytes of a part, and how many parts are under way at once.
const PART: u64 = 8 << 20;
const PARTS_AT_ONCE: usize = 4;

/// S3 takes 10,000 parts of an object.
const MOST_PARTS: u64 = 9_000;

/// A file whose parts are in the store.
struct Upload {
    name: String,
    store: Arc<dyn ObjectStore>,
    key: Key,
    parts: Box<dyn MultipartUpload>,
}

/// Asks whether objects can be put where names begin so, by the start of one that is given up at once: a bucket that
/// is not there should not be found after hours of work.
///
/// # Errors
/// They cannot.
pub fn probe(session: &Session, prefix: &Location) -> Result<()> {
    let location = prefix.beside(".rihla");
    let (store, key) = (session.store(&location, session.retries())?, location.key()?);
    let tried = session.runtime().block_on(async {
        let mut upload = store.put_multipart(&key).await?;
        upload.abort().await
    });
    Ok(tried.map_err(|error| Trouble::from(error).of_output(&prefix.name()))?)
}

/// Sends files, and gives the objects their names when all are there, in the order given.
///
/// # Errors
/// The first trouble; what was sent is then taken back.
pub fn send(session: &'static Session, files: &[(PathBuf, Location)]) -> Result<()> {
    session.runtime().block_on(async {
        let mut uploads = Vec::new();
        if let Err(error) = fill(session, files, &mut uploads).await {
            give_up(uploads).await;
            return Err(error);
        }
        finish(uploads).await
    })
}

/// Sends all parts of all files.
async fn fill(session: &Session, files: &[(PathBuf, Location)], uploads: &mut Vec<Upload>) -> Result<()> {
    for (path, location) in files {
        let (store, key) = (session.store(location, session.retries())?, location.key()?);
        let name = location.name();
        let parts = store.put_multipart(&key).await;
        let parts = parts.map_err(|error| Trouble::from(error).of_output(&name))?;
        uploads.push(Upload { name, store, key, parts });
        if let Some(upload) = uploads.last_mut() {
            upload.fill(session, path).await?;
        }
    }
    Ok(())
}

/// Names the objects, one after another; none keeps its name when one fails.
async fn finish(mut uploads: Vec<Upload>) -> Result<()> {
    for at in 0..uploads.len() {
        if let Err(error) = uploads[at].parts.complete().await {
            let trouble = Trouble::from(error).of_output(&uploads[at].name);
            for upload in &uploads[..at] {
                let _ = upload.store.delete(&upload.key).await;
            }
            give_up(uploads.split_off(at)).await;
            return Err(trouble.into());
        }
    }
    Ok(())
}

/// Takes back what was sent of objects without names. A store that does not answer keeps the parts, which no name
/// leads to.
async fn give_up(uploads: Vec<Upload>) {
    let abort = |mut upload: Upload| tokio::spawn(async move { upload.parts.abort().await });
    let aborts: Vec<_> = uploads.into_iter().map(abort).collect();
    for abort in aborts {
        let _ = abort.await;
    }
}

impl Upload {
    /// Sends all parts of a file.
    async fn fill(&mut self, session: &Session, path: &Path) -> Result<()> {
        let failed = |source| IoError::Read { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        let size = PART.max(bytes.div_ceil(MOST_PARTS));
        let mut under_way: VecDeque<JoinHandle<object_store::Result<()>>> = VecDeque::new();
        let (mut sent, mut outcome) = (0, Ok(()));
        loop {
            let mut part = Vec::new();
            (&mut file).take(size).read_to_end(&mut part).map_err(failed)?;
            let is_last = (part.len() as u64) < size;
            // An object has one part at least, be it empty.
            if !part.is_empty() || sent == 0 {
                sent += 1;
                under_way.push_back(tokio::spawn(self.parts.put_part(PutPayload::from(part))));
            }
            while under_way.len() >= if is_last { 1 } else { PARTS_AT_ONCE } {
                let Some(first) = under_way.pop_front() else { break };
                let done = first.await.map_err(object_store::Error::from).flatten();
                outcome = outcome.and(done.map_err(Trouble::from));
            }
            if session.is_stopping() {
                outcome = outcome.and(Err(Trouble::new(Kind::Interrupted, "ended by a signal")));
            }
            if is_last || outcome.is_err() {
                break;
            }
        }
        // No part may come behind the end of its upload.
        for part in under_way {
            part.abort();
            let _ = part.await;
        }
        Ok(outcome.map_err(|trouble| trouble.of_output(&self.name))?)
    }
}
