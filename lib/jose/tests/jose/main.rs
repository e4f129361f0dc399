//! The strict JWS layer from outside: real keys, attacks, garbage, and the vectors of Project Wycheproof.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attacks;
mod garbage;
mod signatures;
mod signing;
mod wycheproof;
