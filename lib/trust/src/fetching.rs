//! The way to other issuers' keys: over HTTPS, by the guarded HTTP client.

use std::sync::Arc;

use fetch::{KeySources, SettingError};

use crate::{KeyLocation, Source, Unreachable};

/// Makes what fetches an issuer's keys, for [`Setup::source`](crate::Setup::source). `ca_pem` holds further certificate
/// authorities, in PEM.
pub fn fetching(
    ca_pem: Option<Vec<u8>>,
) -> Result<impl Fn(KeyLocation) -> Result<Source, String>, SettingError> {
    let sources = KeySources::new(ca_pem)?;
    Ok(move |location: KeyLocation| {
        let source = sources.of(
            &location.issuer,
            location.keys.as_deref(),
            location.metadata.as_deref(),
            location.hosts,
        );
        let (source, name) = (Arc::new(source.map_err(|error| error.to_string())?), location.name);
        let source: Source = Box::new(move || {
            let (source, issuer) = (source.clone(), name.clone());
            Box::pin(async move {
                source.fetch().await.map_err(|error| Unreachable { issuer, why: error.to_string() })
            })
        });
        Ok(source)
    })
}
