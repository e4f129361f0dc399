//! Whose tokens are believed, as the settings say: ours, if there is a key set to verify them with, and those of `ISSUERS`.

use setting::Env;
use token::Verifier;
use trust::Issuers;
use web::Result;

use crate::others;

/// Reads the settings. Nothing is fetched here: the first token of an issuer whose keys are not in the settings does that.
pub(crate) fn read(env: &Env) -> Result<Issuers> {
    let Some(names) = env.get(&setting::ISSUERS) else { return Ok(Issuers::ours(Verifier::from_env(env)?)) };
    let ours = match env.get(&setting::PUBLIC_KEYS) {
        Some(_) => Issuers::ours(Verifier::from_env(env)?),
        None => Issuers::default(),
    };
    others::trust(ours, &names, env)
}
