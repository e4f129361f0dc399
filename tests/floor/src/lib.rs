//! What the benchmark compares with: functions that do the least that can be done, and nothing that would be safe to ship.
//!
//! They are built apart from the functions, in the same release profile, and nothing links them.

#[cfg(feature = "sdk")]
mod edge;
mod exchange;
#[cfg(feature = "sdk")]
mod row;
mod sign;
mod signatures;
#[cfg(feature = "sdk")]
mod table;

#[cfg(feature = "sdk")]
pub use edge::{asked, log};
pub use exchange::Upstream;
pub use signatures::Signatures;
#[cfg(feature = "sdk")]
pub use table::Table;

/// A setting of the floor's own.
pub fn setting(name: &str) -> Result<String, lambda_runtime::Error> {
    #[expect(clippy::disallowed_methods, reason = "a floor has no edge that reads the environment for it")]
    let value = std::env::var(name);
    value.map_err(|_| format!("{name} is not set").into())
}
