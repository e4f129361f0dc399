//! How queues are found.

use setting::Setting;

setting::declare! {
    SQS_ENDPOINT = Setting::new("SQS_ENDPOINT", None, "The address of SQS, if it is not AWS. `cargo run` sets it to its own queues.");
}
