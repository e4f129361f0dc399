//! Authenticating clients at an endpoint, wherever their keys are.

use oauth::{BaseUrl, Time};
use setting::{BASE_URL, CA_FILE, Env, FOREIGN_TOKENS, Group, SettingError};
use store::Table;

use crate::{Client, Endpoint, Error, Presented, Verified};

/// What authenticates the clients of one endpoint.
#[derive(Debug)]
pub struct Authenticator {
    issuer: String,
    token: String,
    called: String,
    elsewhere: Elsewhere,
}

impl Authenticator {
    /// What [`from_env`](Self::from_env) reads.
    pub const SETTINGS: Group = &[&BASE_URL, &FOREIGN_TOKENS, &CA_FILE];

    /// For the endpoint at this path, as the settings say. Keys that are fetched are kept in `table`.
    pub fn from_env(env: &Env, path: &str, table: &Table) -> Result<Self, SettingError> {
        let base: BaseUrl = env.parsed(&BASE_URL)?;
        Ok(Self {
            issuer: base.as_str().to_owned(),
            token: base.at(oauth::server::TOKEN),
            called: base.at(path),
            elsewhere: Elsewhere::from_env(env, table)?,
        })
    }

    /// The issuer that clients know us by.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Checks a client's proof, as [`Presented::verify`] does; where its keys are at an address of its own, or it is a workload, by the
    /// keys that are fetched (#73, #74). Nothing is fetched for a token that is wrong in itself, or whose issuer the client's row does not
    /// name.
    pub async fn verify(
        &self,
        presented: &Presented,
        client: Option<&Client>,
        now: Time,
    ) -> Result<Verified, Error> {
        let endpoint = Endpoint { issuer: &self.issuer, token: &self.token, called: &self.called };
        self.elsewhere.verify(presented, client, &endpoint, now).await
    }
}

#[cfg(feature = "fetch")]
use fetching::Elsewhere;
#[cfg(not(feature = "fetch"))]
use nowhere::Elsewhere;

#[cfg(feature = "fetch")]
mod fetching {
    use fetch::{Documents, KeyBook, KeyPlace, Unverified};
    use oauth::{Code, Error as Refusal, server::ClientAuth};

    use super::*;
    use crate::presented::unproven;

    /// Keys that are not in the client's row.
    #[derive(Debug)]
    pub(super) struct Elsewhere(Option<KeyBook<Documents>>);

    impl Elsewhere {
        pub(super) fn from_env(env: &Env, table: &Table) -> Result<Self, SettingError> {
            if !env.is_on(&FOREIGN_TOKENS)? {
                return Ok(Self(None));
            }
            Ok(Self(Some(KeyBook::new(env.file(&CA_FILE)?, Documents(table.clone()))?)))
        }

        pub(super) async fn verify(
            &self,
            presented: &Presented,
            client: Option<&Client>,
            endpoint: &Endpoint<'_>,
            now: Time,
        ) -> Result<Verified, Error> {
            let place = presented.of(client).zip(presented.assertion());
            let place = place.and_then(|(client, assertion)| {
                Some((client, assertion, client.key_place(assertion.platform())?))
            });
            let (Some(book), Some((client, assertion, place))) = (&self.0, place) else {
                return Ok(presented.verify(client, endpoint, now)?);
            };
            assertion.check(endpoint, now)?;
            match book.verify(place, assertion.jws(), now).await {
                Ok(()) => Ok(presented.proven(Some(client), ClientAuth::PrivateKeyJwt, endpoint, now)?),
                Err(Unverified::Wrong(why)) => {
                    tracing::info!(client = client.id, %why, "a client assertion is not signed by the client's keys");
                    Err(unproven().into())
                }
                Err(Unverified::Unreachable(why)) => {
                    tracing::warn!(client = client.id, %why, "the keys of a client cannot be fetched");
                    Err(unreachable().into())
                }
            }
        }
    }

    impl Client {
        /// Where the keys are that verify its assertions, if not here: its own, or those of a platform that its row names.
        fn key_place<'a>(&'a self, platform: Option<&str>) -> Option<KeyPlace<'a>> {
            match platform {
                None => self.jwks_uri.as_deref().map(KeyPlace::At),
                Some(issuer) => {
                    let mut issuers = self.workloads.iter().map(crate::Workload::issuer);
                    issuers.find(|known| *known == issuer).map(KeyPlace::Of)
                }
            }
        }
    }

    /// The assertion may be right: the same request can succeed later (#78).
    fn unreachable() -> Refusal {
        Refusal::new(
            Code::TemporarilyUnavailable,
            "the keys that sign the client's assertions cannot be fetched at the moment: try again",
        )
    }
}

#[cfg(not(feature = "fetch"))]
mod nowhere {
    use super::*;

    /// There is none of it.
    #[derive(Debug)]
    pub(super) struct Elsewhere;

    impl Elsewhere {
        /// Nothing. If it was asked for, this build must not start and refuse the clients that need it.
        pub(super) fn from_env(env: &Env, _: &Table) -> Result<Self, SettingError> {
            if env.is_on(&FOREIGN_TOKENS)? {
                return Err(SettingError::new(
                    "FOREIGN_TOKENS is on, and this function was built without the feature `foreign-tokens`: build it with that",
                ));
            }
            Ok(Self)
        }
        pub(super) async fn verify(
            &self,
            presented: &Presented,
            client: Option<&Client>,
            endpoint: &Endpoint<'_>,
            now: Time,
        ) -> Result<Verified, Error> {
            Ok(presented.verify(client, endpoint, now)?)
        }
    }
}
