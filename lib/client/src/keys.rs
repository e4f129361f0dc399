//! By which keys a client may sign: its own, written down or at an address; or its platform's.

use std::collections::BTreeSet;

use jose::KeySet;
use oauth::server::ClientAuth;
use url::Url;

use crate::{Kind, NewClient, check::MOST, invalid::Invalid, misfit::Misfit, workload::WorkloadFlaw};

/// The longest key set, in bytes.
const LONGEST_JWKS: usize = 8 * 1024;
/// The longest address of one, in bytes.
const LONGEST_URI: usize = 512;

/// Whether a new client has keys exactly where it needs some, and in one place.
pub(crate) fn check(new: &NewClient) -> Result<(), Invalid> {
    let by_key = new.auth.contains(&ClientAuth::PrivateKeyJwt);
    let places = [new.jwks.is_some(), new.jwks_uri.is_some(), !new.workloads.is_empty()];
    match (by_key, places.iter().filter(|given| **given).count()) {
        (false, 0) => return Ok(()),
        (false, _) => return Err(Misfit::KeysUnused.into()),
        (true, 0) => return Err(Misfit::KeysMissing.into()),
        (true, 1) => {}
        (true, _) => return Err(Misfit::KeysTwice.into()),
    }
    if let Some(jwks) = &new.jwks {
        written(jwks)?;
    }
    if let Some(uri) = &new.jwks_uri {
        address(uri)?;
    }
    Ok(workloads(new)?)
}

fn written(jwks: &str) -> Result<(), Misfit> {
    if jwks.len() > LONGEST_JWKS {
        return Err(Misfit::JwksLength);
    }
    KeySet::written(jwks).map(drop).map_err(|error| Misfit::Jwks(error.to_string()))
}

/// https, so that nobody on the way puts in keys of their own. http is for this machine alone, where a test keeps them.
fn address(uri: &str) -> Result<(), Invalid> {
    let url = Url::parse(uri).ok().filter(|url| {
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        (url.scheme() == "https" || (url.scheme() == "http" && local)) && plain
    });
    if url.is_some() && uri.len() <= LONGEST_URI {
        return Ok(());
    }
    Err(Invalid::JwksUri(uri.to_owned()))
}

fn workloads(new: &NewClient) -> Result<(), WorkloadFlaw> {
    if new.workloads.is_empty() {
        return Ok(());
    }
    if new.kind != Kind::Service {
        return Err(WorkloadFlaw::NoService);
    }
    if new.workloads.len() > MOST {
        return Err(WorkloadFlaw::TooMany(MOST));
    }
    let distinct: BTreeSet<_> = new.workloads.iter().map(ToString::to_string).collect();
    if distinct.len() < new.workloads.len() {
        return Err(WorkloadFlaw::Twice);
    }
    new.workloads.iter().try_for_each(crate::Workload::check)
}
