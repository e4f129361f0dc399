//! Keys that sign what a test makes up, for the algorithms by their names here.

use forge::Key;
use jose::{Algorithm, KeySet};
use serde_json::{Value, json};

/// A fresh key for the algorithm.
pub(crate) fn fresh(algorithm: Algorithm) -> Key {
    Key::fresh(algorithm.as_str())
}

/// A set of public keys.
pub(crate) fn set(keys: impl IntoIterator<Item = Value>) -> KeySet {
    KeySet::parse(json!({ "keys": keys.into_iter().collect::<Vec<_>>() }).to_string()).unwrap()
}

/// A set of this key alone.
pub(crate) fn alone(key: &Key, kid: &str) -> KeySet {
    set([key.jwk(kid)])
}

/// A token with this header, which may lie about the algorithm.
pub(crate) fn signed(key: &Key, algorithm: Algorithm, header: &Value, payload: &str) -> String {
    key.compact(algorithm.as_str(), header.to_string(), payload)
}
