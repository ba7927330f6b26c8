//! Addresses, and how they are named where others read.

use std::path::{Path, PathBuf};

use anyhow::Result;
use object_store::path::Path as Key;

use crate::exit::{Failure, fault};

/// An object, or what the keys of several begin with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// `s3://BUCKET/KEY`.
    Bucket {
        /// The bucket.
        bucket: String,
        /// The key as it is written, perhaps with a slash behind.
        key: String,
    },
    /// `http://...` or `https://...`, as it is written, with all that is secret in it.
    Web(String),
}

impl Location {
    /// Takes an address apart.
    ///
    /// # Errors
    /// Usage, when there is no bucket.
    pub fn parse(path: &Path) -> Result<Self> {
        let text = path.to_string_lossy();
        let Some(rest) = text.strip_prefix("s3://") else {
            return Ok(Self::Web(text.into_owned()));
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            let message = format!("{text}: there is no bucket; write s3://BUCKET/KEY");
            return Err(fault(Failure::Usage, message));
        }
        Ok(Self::Bucket { bucket: bucket.to_owned(), key: key.to_owned() })
    }

    /// The key in its store.
    ///
    /// # Errors
    /// Usage, when it is empty or has empty parts.
    pub fn key(&self) -> Result<Key> {
        let Self::Bucket { key, .. } = self else { return Ok(Key::default()) };
        let refuse = |problem: String| fault(Failure::Usage, format!("{}: {problem}", self.name()));
        if key.is_empty() || key.ends_with('/') {
            return Err(refuse("names no object; write s3://BUCKET/KEY".to_owned()));
        }
        Key::parse(key).map_err(|problem| refuse(problem.to_string()))
    }

    /// What it is called in messages, headers and manifests: without user, password and query, which may be
    /// secret.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Bucket { bucket, key } => format!("s3://{bucket}/{key}"),
            Self::Web(url) => {
                let plain = url.split(['?', '#']).next().unwrap_or_default();
                let (scheme, rest) = plain.split_once("://").unwrap_or(("http", plain));
                let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = host.rsplit('@').next().unwrap_or_default();
                format!("{scheme}://{host}/{path}")
            }
        }
    }

    /// The last part of its name.
    #[must_use]
    pub fn file_name(&self) -> PathBuf {
        let name = self.name();
        PathBuf::from(name.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("object"))
    }

    /// The same with an extension behind its name.
    #[must_use]
    pub fn beside(&self, extension: &str) -> Self {
        match self {
            Self::Bucket { bucket, key } => {
                Self::Bucket { bucket: bucket.clone(), key: format!("{key}{extension}") }
            }
            Self::Web(url) => {
                let (path, rest) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
                Self::Web(format!("{path}{extension}{rest}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(text: &str) -> Location {
        Location::parse(Path::new(text)).expect("an address")
    }

    #[test]
    fn names_hold_no_secrets() {
        let signed = location("https://me:word@h:1/a/x.fq.gz?X-Amz-Signature=abc#d");
        assert_eq!(signed.name(), "https://h:1/a/x.fq.gz");
        assert_eq!(signed.file_name(), Path::new("x.fq.gz"));
        assert_eq!(signed.beside(".bai").name(), "https://h:1/a/x.fq.gz.bai");
        assert!(
            matches!(signed.beside(".bai"), Location::Web(url) if url.ends_with(".bai?X-Amz-Signature=abc#d"))
        );
        assert_eq!(location("http://h").name(), "http://h/");
    }

    #[test]
    fn keys_are_as_they_are_written() {
        let object = location("s3://b/run 1/x+y.fq.gz");
        assert_eq!(object.key().expect("a key").as_ref(), "run 1/x+y.fq.gz");
        assert_eq!(object.name(), "s3://b/run 1/x+y.fq.gz");
        for bad in ["s3://b", "s3://b/", "s3://b/x/", "s3://b/x//y"] {
            assert!(location(bad).key().is_err(), "{bad}");
        }
        assert!(Location::parse(Path::new("s3:///x")).is_err());
    }
}
