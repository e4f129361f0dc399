//! By whom mails are sent, and from whom they are.

use setting::Setting;

setting::declare! {
    MAIL_FROM = Setting::new("MAIL_FROM", None, "The address from which mails come, such as `login@example.com`; the name beside it is `BRAND_NAME`. With `MAIL=ses`, SES must have verified it or its domain.");
    MAIL_SMTP = Setting::secret("MAIL_SMTP", "The server that sends mails with `MAIL=smtp`: `smtps://user:password@host` (TLS, port 465), or `smtp://…` (STARTTLS, which must succeed, port 587). Special characters in user and password are percent-encoded. Only on this machine, `smtp://localhost:1025` is taken without TLS.");
    SES_ENDPOINT = Setting::new("SES_ENDPOINT", None, "The address of SES, if it is not AWS. `cargo run` sets it to its own outbox.");
    SES_CONFIGURATION_SET = Setting::new("SES_CONFIGURATION_SET", None, "The configuration set of SES by which it says which mails came back. The stack has one.");
}
