//! APIs: whom access tokens are for (RFC 8707), and which scopes each knows.

use jose::Algorithm;
use oauth::{Scope, Time};
use serde::{Deserialize, Serialize};
use store::{Found, Member, Record, member};

use crate::Status;

/// The list of APIs.
pub(crate) const LIST: &str = "APIS";

/// A resource server: access tokens are for one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Api {
    /// `aud` of its tokens, as it was registered; `resource` in requests.
    pub audience: String,
    /// What people are shown.
    #[serde(default)]
    pub name: String,
    /// The scopes that it knows; no other API has one of them.
    #[serde(default)]
    pub scopes: Vec<ApiScope>,
    /// What its access tokens are signed with: RS256, which every gateway verifies, or ES256.
    #[serde(default = "usual", with = "crate::row::algorithm")]
    pub access_token_alg: Algorithm,
    /// Whether tokens are issued for it.
    #[serde(default)]
    pub status: Status,
    /// When it was registered.
    #[serde(default = "unknown")]
    pub created_at: Time,
}

/// A scope of an API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiScope {
    /// As it is sent (RFC 6749 §3.3).
    pub name: String,
    /// Whether a person must agree to it, even for a client that asks for no consent otherwise.
    #[serde(default)]
    pub consent: bool,
}

const fn usual() -> Algorithm {
    Algorithm::Rs256
}

fn unknown() -> Time {
    Time::from_epoch(0)
}

impl Record for Api {
    const KIND: &'static str = "API";
    const LIST: Option<&'static str> = Some(LIST);

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

impl Api {
    /// For conditions and changes.
    pub const STATUS: Member<Self, Status> = member!(Self, status);

    /// latchkey's own API, which has no row: its audience is a setting, and its scopes are those of the roles.
    pub fn own(audience: &str, scope: &Scope) -> Self {
        let scopes = scope.iter().map(|name| ApiScope { name: name.to_owned(), consent: false }).collect();
        Self {
            audience: audience.to_owned(),
            name: "latchkey".to_owned(),
            scopes,
            access_token_alg: usual(),
            status: Status::Active,
            created_at: unknown(),
        }
    }

    /// The scopes that it knows.
    pub fn scope(&self) -> Scope {
        self.scopes.iter().map(|scope| scope.name.as_str()).collect()
    }

    /// Whether it gets no tokens.
    pub fn is_disabled(&self) -> bool {
        self.status != Status::Active
    }
}

/// The id of the row of an API: its audience, without a `/` that is all there is of its path. `https://api.example/` and
/// `https://api.example` are one address (RFC 3986 §6.2.3).
pub fn audience_key(audience: &str) -> &str {
    let host = audience.strip_prefix("https://").or_else(|| audience.strip_prefix("http://"));
    match host.and_then(|host| host.strip_suffix('/')) {
        Some(host) if !host.is_empty() && !host.contains(['/', '?']) => &audience[..audience.len() - 1],
        _ => audience,
    }
}

/// Whether two audiences are the same.
pub fn same_audience(one: &str, other: &str) -> bool {
    audience_key(one) == audience_key(other)
}

/// The API of a row that was read together with others, under its [`audience_key`], if tokens are issued for it. latchkey's own has
/// no row.
pub fn usable_api(found: Found<Api>) -> Option<Api> {
    match found? {
        Ok(row) => Some(row.into_inner()).filter(|api| !api.is_disabled()),
        Err(_) => {
            tracing::warn!("the row of an API cannot be read");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_slash_that_is_the_whole_path_makes_no_difference() {
        // RFC 3986 §6.2.3
        for (one, other, same) in [
            ("https://api.example", "https://api.example/", true),
            ("http://localhost:1", "http://localhost:1/", true),
            ("https://api.example/", "https://api.example//", false),
            ("https://api.example/v1", "https://api.example/v1/", false),
            ("https://api.example?x", "https://api.example?x/", false),
            ("https://api.example", "https://api.example:443", false),
            ("https://api.example", "https://API.example", false),
            ("https://api.example", "http://api.example", false),
            ("urn:api", "urn:api/", false),
            ("https://", "https:///", false),
            ("", "/", false),
        ] {
            assert_eq!(same_audience(one, other), same, "{one} {other}");
            assert_eq!(same_audience(other, one), same, "{one} {other}");
        }
    }

    #[test]
    fn our_own_api_has_the_scopes_of_the_roles() {
        let scope: Scope = "users:read users:write".parse().unwrap();
        let own = Api::own("https://id.example.com", &scope);
        assert_eq!((own.scope(), own.is_disabled()), (scope, false));
    }
}
