//! Whose tokens are believed, as the settings say: ours, if there is a key set to verify them with, and those of `ISSUERS`.

use std::sync::Arc;

use authenticate::KeySources;
use token::{Issuers, Place, Setup, Source, Unreachable, Verifier};
use web::{Env, Result, SettingError, setting};

/// Reads the settings. Nothing is fetched here: the first token of an issuer whose keys are not in the settings does that.
pub(crate) fn read(env: &Env) -> Result<Issuers> {
    let names = env.get(&setting::ISSUERS).unwrap_or_default();
    let ours = match env.get(&setting::PUBLIC_KEYS) {
        None if !names.is_empty() => Issuers::default(),
        _ => Issuers::ours(verifier(env)?),
    };
    if names.is_empty() {
        return Ok(ours);
    }
    let sources = KeySources::new(env.file(&setting::CA_FILE)?)?;
    let setup = Setup {
        names: &names,
        setting: &|name| env.named(name),
        source: &|place| source(&sources, place),
        now: env.clock.now(),
    };
    let issuers = ours.trust(&setup)?;
    if issuers.is_empty() {
        Err(SettingError::new("ISSUERS names nobody: remove it, or name somebody").into())
    } else {
        Ok(issuers)
    }
}

fn verifier(env: &Env) -> Result<Verifier> {
    Ok(Verifier::new(env.base_url()?.as_str(), &env.audience()?, env.public_keys()?))
}

fn source(sources: &KeySources, place: Place) -> Result<Source, String> {
    let source =
        sources.of(&place.issuer, place.keys.as_deref(), place.hosts).map_err(|error| error.to_string())?;
    let (source, name) = (Arc::new(source), place.name);
    Ok(Box::new(move || {
        let (source, name) = (source.clone(), name.clone());
        Box::pin(async move {
            source.fetch().await.map_err(|error| Unreachable { issuer: name, why: error.to_string() })
        })
    }))
}
