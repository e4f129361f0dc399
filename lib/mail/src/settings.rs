//! Whether mails are sent, and by whom.

use setting::Setting;

setting::declare! {
    MAIL = Setting::new("MAIL", Some("off"), "How mails are sent: `ses`, by Amazon SES; `smtp`, by the server of `MAIL_SMTP`; `off`, not at all, and then there is neither their queue nor their function. `cargo run` sets it to `outbox`: they are shown at `/outbox`, and no deployment takes that.");
    MAIL_QUEUE = Setting::new("MAIL_QUEUE", None, "The URL of the SQS queue by which mails are handed over to the function that sends them. A stack with `MAIL` has one, and so has `cargo run`.");
}
