//! Whose signature it is: the provider's keys, and what is fetched for a token that none of them verifies (#13, #73, #74).

use std::sync::Arc;

use fetch::{Document, DocumentRequest, KEY_SET, usable_keys};
use jose::{Algorithm, JoseError, Jws, KeySet};
use oauth::Time;
use url::Url;

use super::Provider;
use crate::{Error, endpoints::Source, metadata::Metadata};

type Keys = Arc<Document<KeySet>>;

/// Why no key has verified a token so far, and why the last key set could not be read, if so.
pub(super) struct Unverified {
    why: JoseError,
    outage: Option<Error>,
}

impl Provider {
    /// The keys at hand, or fetched if there are none or if they are old.
    pub(super) async fn keys(&self, at: &Metadata, now: Time) -> Result<Keys, Error> {
        let url = at.known.jwks.as_ref().ok_or_else(|| self.misconfigured())?;
        Ok(self.keys.get(&self.fetch_keys(url, now)).await?)
    }

    /// The keys that the signature is right by: those at hand; or else the provider's at this moment; or else those at the
    /// address that its metadata names at this moment. Each is fetched once for a login, whatever its age.
    pub(super) async fn verified(
        &self,
        token: &Jws,
        at: &Metadata,
        keys: Result<Keys, Error>,
        now: Time,
    ) -> Result<Keys, Unverified> {
        let seen = (self.keys.begun(), self.metadata.begun());
        let mut unverified = match checked(token, keys, &self.algorithms(at)) {
            Err(unverified) if may_be_new(unverified.why) => unverified,
            unverified => return unverified,
        };
        if let Some(url) = &at.known.jwks {
            match self.check_again(token, url, at, seen.0, now).await {
                None => {}
                Some(Ok(keys)) => return Ok(keys),
                Some(Err(newer)) => unverified = newer.or(unverified),
            }
        }
        if let Some(at) = self.moved(at, seen.1, now).await
            && let Some(url) = &at.known.jwks
            && let Some(checked) = self.check_again(token, url, &at, seen.0, now).await
        {
            return checked;
        }
        Err(unverified)
    }

    /// What the key set says that is at `url` now; nothing if it was fetched too often in this minute.
    async fn check_again(
        &self,
        token: &Jws,
        url: &Url,
        at: &Metadata,
        seen: u64,
        now: Time,
    ) -> Option<Result<Keys, Unverified>> {
        let keys =
            self.keys.renewed(seen, &self.fetch_keys(url, now)).await.transpose()?.map_err(Error::from);
        Some(checked(token, keys, &self.algorithms(at)))
    }

    /// The provider's metadata now, if its keys are somewhere else than `at` says.
    async fn moved(&self, at: &Metadata, seen: u64, now: Time) -> Option<Metadata> {
        let Source::Discovered { document, hosts } = &self.config.source else { return None };
        let check = |body: &[u8]| self.check_metadata(body, hosts);
        let fetch = self.fetch_metadata(document, &check, true, now);
        let renewed = self.metadata.renewed(seen, &fetch).await.inspect_err(|error| {
            tracing::warn!(%error, "the metadata cannot be read again");
        });
        let held = renewed.ok().flatten()?;
        (held.value.known.jwks != at.known.jwks).then(|| held.value.clone())
    }

    /// What its tokens may be signed with: what is known of it, what was set, and what its metadata adds.
    pub(super) fn algorithms(&self, at: &Metadata) -> Vec<Algorithm> {
        self.config.algorithms.iter().chain(&at.algorithms).copied().collect()
    }

    fn fetch_keys<'a>(&'a self, url: &'a Url, now: Time) -> DocumentRequest<'a, KeySet> {
        self.fetch(url, KEY_SET, &usable_keys, true, now)
    }
}

impl Unverified {
    /// Whether an unknown key is the provider's own cannot be known without asking; that a signature is wrong can.
    pub(super) fn into_error(self, refused: fn(JoseError) -> Error) -> Error {
        match self {
            Self { why: JoseError::UnknownKey, outage: Some(outage) } => outage,
            Self { why, .. } => refused(why),
        }
    }

    /// Of two reasons the later one, unless nothing was read for it.
    fn or(self, before: Self) -> Self {
        if self.outage.is_some() { Self { why: before.why, outage: self.outage } } else { self }
    }
}

fn checked(token: &Jws, keys: Result<Keys, Error>, algorithms: &[Algorithm]) -> Result<Keys, Unverified> {
    match keys {
        Ok(keys) => match keys.value.verify(token, algorithms) {
            Ok(()) => Ok(keys),
            Err(why) => Err(Unverified { why, outage: None }),
        },
        // No key is none that fits; and what is wrong with the token alone is wrong all the same.
        Err(outage) => {
            let why = KeySet::default().verify(token, algorithms).err().unwrap_or(JoseError::UnknownKey);
            Err(Unverified { why, outage: Some(outage) })
        }
    }
}

/// Whether another key may help.
pub(super) fn may_be_new(why: JoseError) -> bool {
    matches!(
        why,
        JoseError::UnknownKey | JoseError::WrongKey | JoseError::AmbiguousKey | JoseError::Signature
    )
}
