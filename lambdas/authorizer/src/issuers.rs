//! Whose tokens are accepted, as the settings say: ours, if there is a key set to verify them with, and those of `ISSUERS`.

use setting::Env;
use token::Verifier;
use trust::Issuers;
use web::Result;

/// Reads the settings. Nothing is fetched here: the first token of an issuer whose keys are not in the settings does that.
pub(crate) fn read(env: &Env) -> Result<Issuers> {
    let Some(names) = env.get(&trust::settings::ISSUERS)? else {
        return Ok(Issuers::ours(Verifier::from_env(env)?));
    };
    let ours = match env.get(&token::settings::PUBLIC_KEYS)? {
        Some(_) => Issuers::ours(Verifier::from_env(env)?),
        None => Issuers::default(),
    };
    others(ours, &names, env)
}

/// Trusts the other issuers that `ISSUERS` names, in addition to `ours`.
#[cfg(feature = "issuers")]
fn others(ours: Issuers, names: &str, env: &Env) -> Result<Issuers> {
    let source = trust::fetching(env.file(&trust::settings::CA_FILE)?)?;
    let (source, now) = (&source, env.clock.now());
    Ok(env.by_name(|setting| ours.trust(&trust::Setup { names, setting, source, now }))??)
}

/// Other issuers' tokens were asked for, which this build cannot verify: it must not start and refuse them all.
#[cfg(not(feature = "issuers"))]
fn others(_: Issuers, _: &str, _: &Env) -> Result<Issuers> {
    Err(setting::SettingError::new(
        "ISSUERS is set, and this authorizer was built without the feature `issuers`: build it with that",
    )
    .into())
}
