//! `cargo run -- check`: every function started as the stack would start it, so that what one refuses is known before anything
//! is deployed.
//!
//! What only the cloud knows is played: keys and secrets are made for the moment, and the table is an address that nobody asks.
//! Nothing leaves this machine.

use std::collections::BTreeMap;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use oauth::Secret;
use setting::{Clock, Env, Setting, SettingError};
use token::Keys;
use web::log;

use super::installation::Installation;
use crate::{
    mount::{self, Mount},
    settings::Values,
};

/// What Lambda takes as a function's environment, in bytes of the JSON that it makes of it.
const MOST: usize = 4096;
/// How long the ARN of a secret can be, but for its own name: the longest region, and the longest name of a stack.
const ARN: usize = 102;
/// Where nobody listens.
const NOWHERE: &str = "http://127.0.0.1:9";

/// Starts every function with these settings; the first that is refused is named in the error. `emulated` says that the cloud is
/// an emulator on this machine.
pub async fn check(values: &Values, emulated: bool) -> Result<(), SettingError> {
    let installation = Installation::read(values, mount::all())?;
    if let Some(name) = installation.local_address().filter(|_| !emulated) {
        return Err(SettingError::new(format!(
            "{name} is an address of this machine, which nobody reaches from the cloud: write the public https address, or set \
             AWS_ENDPOINT_URL to an emulator on this machine"
        )));
    }
    if installation.value(&provider::settings::CA_FILE).is_some() {
        return Err(SettingError::new(
            "CA_FILE names a file, and a deployed function has no file but its program: such a provider works with `cargo run` only",
        ));
    }
    log::check_level(installation.value(&web::settings::LOG).unwrap_or_default())?;
    let placeholder = Placeholders::new()?;
    for mount in &installation.mounts {
        fits(mount, &installation, &placeholder)?;
        let mut given = installation.given(mount, &|setting, _| placeholder.value(setting));
        given.insert(setting::DYNAMODB_ENDPOINT.name.to_owned(), NOWHERE.to_owned());
        let env = Env::new(given, Clock::system(), mount.settings);
        mount.start(env).await.map_err(|error| SettingError::new(error.causes()))?;
    }
    Ok(())
}

/// What stands for that which only the cloud knows.
struct Placeholders {
    signing: Secret,
    public: String,
    private: Secret,
    secret: Secret,
}

impl Placeholders {
    fn new() -> Result<Self, SettingError> {
        let failed =
            |error: &dyn std::fmt::Display| SettingError::new(format!("no key can be made: {error}"));
        let keys = Keys::generate().map_err(|error| failed(&error))?;
        // The kind of key that every provider takes, Apple too.
        let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let pem = STANDARD.encode(der.map_err(|error| failed(&error))?.as_ref());
        Ok(Self {
            signing: keys.to_json(),
            public: keys.public().to_json(),
            private: Secret::new(format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n")),
            secret: Secret::random(),
        })
    }

    fn value(&self, setting: &Setting) -> String {
        let value = match setting.name {
            "BASE_URL" => "https://api.execute-api.eu-central-1.amazonaws.com",
            "TABLE" => "latchkey",
            "LOGOUT_QUEUE" => "https://sqs.eu-central-1.amazonaws.com/000000000000/latchkey-logouts",
            "MAIL_QUEUE" => "https://sqs.eu-central-1.amazonaws.com/000000000000/latchkey-mails",
            "MAIL_SMTP" => "smtps://user:password@mail.example.com",
            "PUBLIC_KEYS" => &self.public,
            "SIGNING_KEYS" => self.signing.expose(),
            "<NAME>_PRIVATE_KEY" => self.private.expose(),
            _ => self.secret.expose(),
        };
        value.to_owned()
    }
}

/// Whether Lambda takes the function's environment, in which a secret is an ARN.
fn fits(
    mount: &Mount,
    installation: &Installation<'_>,
    placeholder: &Placeholders,
) -> Result<(), SettingError> {
    let deployed = |setting: &Setting, variable: &str| match setting.name {
        _ if setting.secret => "x".repeat(ARN + variable.len()),
        // A rotation must find room for as many keys again: the next ones, or those of before.
        "PUBLIC_KEYS" => placeholder.value(setting).repeat(2),
        _ => placeholder.value(setting),
    };
    let given: BTreeMap<_, _> = installation.given(mount, &deployed).into_iter().collect();
    let size = serde_json::to_string(&given).map_err(|error| SettingError::new(error.to_string()))?.len();
    let biggest = given.iter().max_by_key(|(_, value)| value.len()).map(|(name, value)| (name, value.len()));
    match biggest {
        Some((name, bytes)) if size > MOST => Err(SettingError::new(format!(
            "{name} has {bytes} bytes, and with it the environment of {} would have {size}, where Lambda takes {MOST}: make it shorter",
            mount.name
        ))),
        _ => Ok(()),
    }
}
