//! The settings that belong to no one library: where latchkey lives, which table permissions are about, and what is accepted of others.

use crate::{Env, Setting, SettingError};

crate::declare! {
    BASE_URL = Setting::new("BASE_URL", None, "The address of latchkey: https://host, or http://localhost:port. It is the issuer of its tokens and the origin of its callback addresses. `cargo run` sets it to its own address.");
    TABLE = Setting::new("TABLE", Some("latchkey"), "The name of the DynamoDB table.");
    BACKCHANNEL_LOGOUT = Setting::new("BACKCHANNEL_LOGOUT", Some("on"), "Whether apps are told when a session ends (OpenID Connect Back-Channel Logout): `on`, or `off`, which leaves out the queue and the function for it.");
    DYNAMODB_ENDPOINT = Setting::new("DYNAMODB_ENDPOINT", None, "The address of DynamoDB, if it is not AWS; `http://key@host` if it expects that access key id. `cargo run` sets it to its embedded engine.");
    RESTORED_AT = Setting::new("RESTORED_AT", None, "After the table was restored from a backup: when, in seconds since 1970 (`date +%s`). Sessions and grants that began before count no more, because the backup does not know which of them have ended since.");
    CA_FILE = Setting::new("CA_FILE", None, "A PEM file with further certificate authorities, for a provider on your private network, or an app there that is told when a session ends. With it, these may have private addresses, and those of this machine.");
    EVENTS = Setting::new("EVENTS", Some("off"), "`on`: what happens to people is told to systems of yours (webhooks). It adds one function and one secret.");
    FOREIGN_TOKENS = Setting::new("FOREIGN_TOKENS", Some("off"), "`on`: services prove who they are by a token of their platform (GitHub Actions, AWS, Kubernetes), clients by keys at a `jwks_uri`, and tokens are exchanged (RFC 8693). `off`: none of it, and the functions contain no HTTP client for it. `cargo run` sets it to `on`.");
    PASSKEYS = Setting::new("PASSKEYS", Some("off"), "`on`: people sign in with passkeys too. It adds one function, its routes and its rows. A passkey belongs to the host of `BASE_URL`, so that must be a domain of your own, and not the address of the gateway.");
    SECOND_FACTORS = Setting::new("SECOND_FACTORS", Some("off"), "`on`: people can add a second factor, which every sign-in asks for then: the codes of an app (RFC 6238), and recovery codes. It adds one function, its routes and its rows.");
    PASSWORDS = Setting::new("PASSWORDS", Some("off"), "`on`: people sign in with a password too. It adds one function, its routes and its rows.");
    MAILED_SIGN_IN = Setting::new("MAILED_SIGN_IN", Some("off"), "`on`: people sign in by a code or a link that is mailed to their address. It needs `MAIL`. It adds one function, its routes and its rows.");
    MAILED_SIGNUP = Setting::new("MAILED_SIGNUP", Some("on"), "Whether somebody new gets an account by a mailed code or link: `on`, anyone who reads the mails of an address; `off`, only those who are known or expected: by an account, an invitation or a purchase.");
    WEBHOOKS = Setting::new("WEBHOOKS", Some("off"), "`on`: shops and others who sell say by webhook what people bought, which gives entitlements and roles. It adds one function, its routes and its rows.");
    PASSWORD_SIGNUP = Setting::new("PASSWORD_SIGNUP", Some("on"), "Who gets an account with a password: `on`, anyone who registers; `first-login`, also anyone who signs in with a name that is not known yet; `off`, nobody by themselves, so only those who were imported sign in.");
    MAIL = Setting::new("MAIL", Some("off"), "How mails are sent: `ses`, by Amazon SES; `smtp`, by the server of `MAIL_SMTP`; `off`, not at all, and then there is neither their queue nor their function. `cargo run` sets it to `outbox`: they are shown at `/outbox`, and no deployment takes that.");
}

/// Whether apps are told when a session ends.
pub fn backchannel_logout(env: &Env) -> Result<bool, SettingError> {
    match env.text(&BACKCHANNEL_LOGOUT)?.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(SettingError::new(format!("BACKCHANNEL_LOGOUT is {other:?}: it must be on or off"))),
    }
}
