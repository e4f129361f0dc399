//! Access tokens from outside: what is signed, by an independent reading, and everything that must not be accepted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod hand;
mod id_tokens;
mod independent;
mod issuing;
mod logout_tokens;
mod mutations;
mod verifying;
