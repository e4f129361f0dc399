//! What is fuzzed, as functions of bytes: `fuzz/` runs them under libFuzzer, and `guard` for a few seconds with fixed seeds.
//! Each of them panics if something does not hold that must.
//!
//! Nothing here waits: every answer must be there at once, or the function asked somebody, which nothing may make it do (G5).

mod edge;
mod events;
mod keys;
mod mutator;
mod tokens;

pub use edge::{authorization, cookies, open_sealed, return_to};
pub use events::events;
pub use keys::parse_jwks;
pub use mutator::Mutator;
pub use tokens::{signed_jwt, verify_jwt};
