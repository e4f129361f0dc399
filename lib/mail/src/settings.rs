//! Whether mails are sent, and by whom.

pub use setting::MAIL;
use setting::Setting;

setting::declare! {
    MAIL_QUEUE = Setting::new("MAIL_QUEUE", None, "The URL of the SQS queue by which mails are handed over to the function that sends them. A stack with `MAIL` has one, and so has `cargo run`.");
}
