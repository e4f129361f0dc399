//! What the settings say of our tokens: whose they are, for whom, and the keys that sign and verify them.

use oauth::BaseUrl;
use setting::{BASE_URL, Env, Group, Setting, SettingError};

use crate::{Keys, PublicKeys, Signer, Verifier};

setting::declare! {
    AUDIENCE = Setting::new("AUDIENCE", None, "The audience (`aud`) of the access tokens: the API that they are for. If not set, the base URL.");
    SIGNING_KEYS = Setting::secret("SIGNING_KEYS", "The private key set that signs access tokens. `cargo run` generates its own.");
    PUBLIC_KEYS = Setting::new("PUBLIC_KEYS", None, "The public key set that verifies access tokens (RFC 7517). `cargo run` takes it from its signing keys.");
}

impl Verifier {
    /// What the verifier is made of.
    pub const SETTINGS: Group = &[&BASE_URL, &AUDIENCE, &PUBLIC_KEYS];

    /// The verifier of the settings.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        let base: BaseUrl = env.parsed(&BASE_URL)?;
        Ok(Self::new(base.as_str(), &audience(env, &base)?, public_keys(env)?))
    }
}

impl Signer {
    /// What the signer is made of.
    pub const SETTINGS: Group = &[&BASE_URL, &AUDIENCE, &SIGNING_KEYS];

    /// The signer of the settings, with the keys that were read at startup: see [`Self::reloading`].
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        let base: BaseUrl = env.parsed(&BASE_URL)?;
        let keys = Keys::parse(&env.secret(&SIGNING_KEYS)?);
        let keys = keys.map_err(|error| SettingError::new(format!("SIGNING_KEYS: {error}")))?;
        Ok(Self::new(base.as_str(), &audience(env, &base)?, keys))
    }
}

/// The keys that verify our access tokens.
pub fn public_keys(env: &Env) -> Result<PublicKeys, SettingError> {
    PublicKeys::read(&env.text(&PUBLIC_KEYS)?).map_err(|error| {
        SettingError::new(format!(
            "PUBLIC_KEYS: {error}: write what `latchkey keys public` makes of the signing keys"
        ))
    })
}

/// Whom our access tokens are for: we ourselves if nobody says otherwise. It needs the settings `BASE_URL` and [`AUDIENCE`].
pub fn audience(env: &Env, base: &BaseUrl) -> Result<String, SettingError> {
    Ok(env.get(&AUDIENCE)?.unwrap_or_else(|| base.as_str().to_owned()))
}
