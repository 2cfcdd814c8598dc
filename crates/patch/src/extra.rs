//! Extra: keys in a file that this program does not know, kept for the program that does.

use serde_json::{Map, Value};
use std::sync::Arc;

/// Keys of a patch, node or cable that this program does not know. They are written back as they came.
///
/// Only reading a file makes them, so they can't shadow a key the program does know.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra(Option<Arc<Map<String, Value>>>);

impl Extra {
    /// Keeps these entries.
    pub(crate) fn new(entries: Map<String, Value>) -> Self {
        Self(if entries.is_empty() { None } else { Some(Arc::new(entries)) })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Key and value of each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|entries| entries.iter().map(|(key, value)| (key.as_str(), value)))
    }
}
