//! What an error says of itself in the log.

use std::error::Error;

/// The whole chain of causes, for the log: each once, also where an error repeats its cause in its own sentence.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let next = cause.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        source = cause.source();
    }
    text
}
