//! What is written down while people sign in, forge, and stumble: never a secret, and always enough to find the cause (#103).
//!
//! All of it at the level `trace`, of the functions and of the local cloud around them.

mod journey;
mod lines;
mod panics;
mod sink;
mod spellings;
mod trail;
