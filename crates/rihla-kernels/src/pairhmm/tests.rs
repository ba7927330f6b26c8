//! The model against independent references.

use super::*;

mod definition;
