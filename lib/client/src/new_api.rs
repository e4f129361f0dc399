//! What an API is that somebody wants to register, and what cannot be right about it.

use std::collections::BTreeSet;

use jose::Algorithm;
use oauth::{Scope, Time, server::OPENID_SCOPES};

use crate::{
    Api, ApiScope, Status, audience_key,
    check::{MOST_SCOPES, audience, name},
    invalid::{Invalid, Listed},
    misfit::Misfit,
};

/// The longest scope, in bytes: tokens and their headers are full of them.
const LONGEST_SCOPE: usize = 100;

/// An API to be registered.
#[derive(Debug, Clone)]
pub struct NewApi {
    /// `aud` of its tokens: an absolute URI (RFC 8707 §2).
    pub audience: String,
    /// What people are shown.
    pub name: String,
    /// The scopes that it knows.
    pub scopes: Vec<ApiScope>,
    /// What its access tokens are signed with: RS256 or ES256.
    pub access_token_alg: Algorithm,
}

impl NewApi {
    /// What is usual: it lacks scopes.
    pub fn new(audience: impl Into<String>, name: impl Into<String>) -> Self {
        let (audience, name) = (audience.into(), name.into());
        Self { audience, name, scopes: Vec::new(), access_token_alg: Algorithm::Rs256 }
    }

    /// The row for it. `others` are the APIs that are registered: no two have a scope in common, so that a scope says which API it
    /// is about.
    pub(crate) fn build(&self, others: &[Api], now: Time) -> Result<Api, Invalid> {
        name(&self.name)?;
        audience(&self.audience)?;
        if !matches!(self.access_token_alg, Algorithm::Rs256 | Algorithm::Es256) {
            return Err(Misfit::AccessTokenAlg.into());
        }
        if self.scopes.len() > MOST_SCOPES {
            return Err(Invalid::TooMany(Listed::Scopes, MOST_SCOPES));
        }
        let mut seen = BTreeSet::new();
        for scope in self.scopes.iter().map(|scope| scope.name.as_str()) {
            scope_name(scope)?;
            if !seen.insert(scope) {
                return Err(Invalid::ScopeTwice(scope.to_owned()));
            }
            let of = |api: &&Api| audience_key(&api.audience) != audience_key(&self.audience);
            if let Some(other) = others.iter().filter(of).find(|api| api.scope().contains(scope)) {
                return Err(Invalid::ScopeTaken(scope.to_owned(), other.audience.clone()));
            }
        }
        Ok(Api {
            audience: self.audience.clone(),
            name: self.name.trim().to_owned(),
            scopes: self.scopes.clone(),
            access_token_alg: self.access_token_alg,
            status: Status::Active,
            created_at: now,
        })
    }
}

fn scope_name(scope: &str) -> Result<(), Invalid> {
    let is_one = scope.parse::<Scope>().is_ok_and(|parsed| parsed.to_string() == scope);
    if scope.is_empty() || scope.contains(' ') || !is_one || scope.len() > LONGEST_SCOPE {
        return Err(Invalid::Scope(scope.to_owned()));
    }
    if OPENID_SCOPES.contains(&scope) {
        return Err(Invalid::OpenIdScope(scope.to_owned()));
    }
    Ok(())
}
