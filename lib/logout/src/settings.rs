//! How the queue is found.

use setting::{Group, Setting};

setting::declare! {
    LOGOUT_QUEUE = Setting::new("LOGOUT_QUEUE", None, "The URL of the SQS queue by which it is handed over which sessions have ended. The stack has one, and so has `cargo run`.");
    SQS_ENDPOINT = Setting::new("SQS_ENDPOINT", None, "The address of SQS, if it is not AWS. `cargo run` sets it to its own queue.");
}

/// What handing over reads.
pub const SETTINGS: Group = &[&LOGOUT_QUEUE, &SQS_ENDPOINT];
