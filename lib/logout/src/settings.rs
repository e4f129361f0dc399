//! How the queue is found.

use setting::Setting;

setting::declare! {
    LOGOUT_QUEUE = Setting::new("LOGOUT_QUEUE", None, "The URL of the SQS queue by which it is handed over which sessions have ended. The stack has one, and so has `cargo run`.");
}
