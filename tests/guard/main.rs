//! What stands in front of an API: the authorizer behind every gateway, whose tokens it believes, and the caller that a
//! function sees.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod added;
mod attacks;
mod caller;
mod fuzz;
mod gate;
mod gateways;
mod issuers;
mod key_sets;
mod kinds;
mod paths;
mod revocation;
mod sizes;
mod theirs;
mod wycheproof;
