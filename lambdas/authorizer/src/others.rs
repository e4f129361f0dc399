//! Tokens of others, and where their keys are fetched.

use std::sync::Arc;

use fetch::KeySources;
use setting::{Env, SettingError};
use trust::{Issuers, Place, Setup, Source, Unreachable};
use web::Result;

/// Trusts those that `ISSUERS` names, besides `ours`.
pub(crate) fn trust(ours: Issuers, names: &str, env: &Env) -> Result<Issuers> {
    let sources = KeySources::new(env.file(&setting::CA_FILE)?)?;
    let setup = Setup {
        names,
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

fn source(sources: &KeySources, place: Place) -> Result<Source, String> {
    let source = sources.of(&place.issuer, place.keys.as_deref(), place.metadata.as_deref(), place.hosts);
    let source = source.map_err(|error| error.to_string())?;
    let (source, name) = (Arc::new(source), place.name);
    Ok(Box::new(move || {
        let (source, name) = (source.clone(), name.clone());
        Box::pin(async move {
            source.fetch().await.map_err(|error| Unreachable { issuer: name, why: error.to_string() })
        })
    }))
}
