//! What the settings say of our tokens: whose they are, for whom, and the keys that sign and verify them.

use jose::KeySet;
use oauth::BaseUrl;
use setting::{Env, SettingError};

use crate::{Keys, Signer, Verifier};

impl Verifier {
    /// The verifier of the settings.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        let base: BaseUrl = env.parsed(&setting::BASE_URL)?;
        Ok(Self::new(base.as_str(), &audience(env, &base), public_keys(env)?))
    }
}

impl Signer {
    /// The signer of the settings.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        let base: BaseUrl = env.parsed(&setting::BASE_URL)?;
        let keys = Keys::parse(&env.secret(&setting::SIGNING_KEYS)?);
        let keys = keys.map_err(|error| SettingError::new(format!("SIGNING_KEYS: {error}")))?;
        Ok(Self::new(base.as_str(), &audience(env, &base), keys))
    }
}

/// The keys that verify our access tokens.
pub fn public_keys(env: &Env) -> Result<KeySet, SettingError> {
    KeySet::written(env.text(&setting::PUBLIC_KEYS)?).map_err(|error| {
        SettingError::new(format!(
            "PUBLIC_KEYS: {error}: write what `latchkey keys public` makes of the signing keys"
        ))
    })
}

/// Whom our access tokens are for: we ourselves if nobody says otherwise.
fn audience(env: &Env, base: &BaseUrl) -> String {
    env.get(&setting::AUDIENCE).unwrap_or_else(|| base.as_str().to_owned())
}
