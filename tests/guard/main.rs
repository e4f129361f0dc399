//! What is in front of an API: the authorizer behind every gateway, whose tokens it accepts, and the caller that a
//! function sees.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api_add;
mod attacks;
mod caller;
mod fuzz;
mod gate;
mod gateways;
mod issuer_tokens;
mod issuers;
mod key_sets;
mod paths;
mod revocation;
mod sizes;
mod token_kinds;
mod wycheproof;
