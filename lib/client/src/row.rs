//! The row of a client, and reading it.

use jose::Algorithm;
use oauth::{
    Digest, RedirectUri, Scope, Time,
    server::{ClientAuth, GrantType},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use store::{Found, Member, Record, Table, member};

use crate::{Exchange, Status, Workload, is_client_id, same_audience};

/// The list of clients.
pub(crate) const LIST: &str = "CLIENTS";

/// What a client is: what it may do follows from that, and from what is registered beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An app in the browser: it can hold no secret (RFC 6749 §2.1).
    Spa,
    /// A server with sessions of its own.
    #[default]
    Web,
    /// An app on a device, or a command-line tool (RFC 8252).
    Native,
    /// A program that acts for itself (RFC 6749 §4.4).
    Service,
    /// An API that asks about the tokens that it gets (RFC 7662).
    Api,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Spa, Self::Web, Self::Native, Self::Service, Self::Api];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spa => "spa",
            Self::Web => "web",
            Self::Native => "native",
            Self::Service => "service",
            Self::Api => "api",
        }
    }
}

/// What is stored of a secret (#91).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSecret {
    /// Its SHA-256: it has 256 random bits, so nothing slower is needed.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Time,
}

/// A client. Members that this version does not know are ignored, and one that is missing allows nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// What people are shown.
    pub name: String,
    /// Whether it may take part.
    pub status: Status,
    /// Raised when everything that it was given ends at once; sessions and codes copy it.
    pub epoch: u64,
    /// How it may prove who it is, each request by one of them; `none` alone makes it a public client.
    pub auth: Vec<ClientAuth>,
    /// At most two, the newest first.
    pub secrets: Vec<StoredSecret>,
    /// The public keys of `private_key_jwt`, as a JWKS.
    pub jwks: Option<String>,
    /// Where they are, if they are not written down here (OpenID Connect Dynamic Client Registration §2).
    pub jwks_uri: Option<String>,
    /// The workloads that are this client: a token of their platform proves it.
    pub workloads: Vec<Workload>,
    /// Which tokens it may exchange for ours.
    pub exchange: Exchange,
    /// Where authorization responses may go.
    pub redirect_uris: Vec<RedirectUri>,
    /// The grants it may use.
    #[serde(deserialize_with = "known_grants")]
    pub grants: Vec<GrantType>,
    /// The scopes that it may ask for.
    pub scope: Scope,
    /// The scopes that it gets if it asks for none.
    pub default_scope: Scope,
    /// The APIs that its tokens may be for, as they were registered.
    pub audiences: Vec<String>,
    /// The one of them that a token is for if the client names none.
    pub default_audience: Option<String>,
    /// Whether the person is asked for consent.
    pub consent: bool,
    /// Whether it gets `offline_access` without asking the person: registered for a client of our own.
    pub offline_access: bool,
    /// Whether an authorization request without PKCE is accepted (#38). The name says what it costs.
    pub pkce_optional: bool,
    /// `id_token_signed_response_alg`: what its ID tokens are signed with.
    #[serde(with = "algorithm")]
    pub id_token_alg: Algorithm,
    /// Whether the claims of its scopes are in the ID token, and not only in userinfo.
    pub claims_in_id_token: bool,
    /// How long its access tokens are valid, in seconds, where it differs from the rest.
    pub access_token_lifetime: Option<u32>,
    /// How long a refresh token lives without being used, in seconds, where it differs from the rest.
    pub refresh_idle: Option<u32>,
    /// How long it can be renewed, in seconds, where it differs from the rest.
    pub refresh_absolute: Option<u32>,
    /// For how many seconds a spent refresh token gives the same successor again: 0 to 60 (#52).
    pub grace: u8,
    /// Where a person may be sent after signing out (RP-Initiated Logout §3.1), compared exactly.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session has ended in which it got a code (Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Whether it must be told which session that was. It is told in any case.
    pub backchannel_logout_session_required: bool,
    /// When it was registered.
    pub created_at: Time,
}

/// What a row means that does not say: nothing is allowed.
impl Default for Client {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: Kind::default(),
            name: String::new(),
            status: Status::Disabled,
            epoch: 0,
            auth: Vec::new(),
            secrets: Vec::new(),
            jwks: None,
            jwks_uri: None,
            workloads: Vec::new(),
            exchange: Exchange::default(),
            redirect_uris: Vec::new(),
            grants: Vec::new(),
            scope: Scope::default(),
            default_scope: Scope::default(),
            audiences: Vec::new(),
            default_audience: None,
            consent: true,
            offline_access: false,
            pkce_optional: false,
            id_token_alg: Algorithm::Rs256,
            claims_in_id_token: false,
            access_token_lifetime: None,
            refresh_idle: None,
            refresh_absolute: None,
            grace: Self::DEFAULT_GRACE,
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            created_at: Time::from_epoch(0),
        }
    }
}

impl Record for Client {
    const KIND: &'static str = "CLIENT";
    const LIST: Option<&'static str> = Some(LIST);

    fn expires_at(&self) -> Option<i64> {
        None
    }
}

impl Client {
    /// The grace of a client that was registered without one, in seconds.
    pub const DEFAULT_GRACE: u8 = 10;

    /// For conditions and changes.
    pub const STATUS: Member<Self, Status> = member!(Self, status);
    /// For conditions and changes.
    pub const EPOCH: Member<Self, u64> = member!(Self, epoch);
    pub(crate) const SECRETS: Member<Self, Vec<StoredSecret>> = member!(Self, secrets);

    /// Whether its requests and its tokens are refused.
    pub fn is_disabled(&self) -> bool {
        self.status != Status::Active
    }

    /// Whether it proves nothing, because it could keep no secret (RFC 6749 §2.1).
    pub fn is_public(&self) -> bool {
        self.auth == [ClientAuth::None]
    }

    /// Whether it may use this grant (#45).
    pub fn allows(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// Whether its grants end with the session in which they were made, even with `offline_access`: a shared computer keeps
    /// what a page stores.
    pub fn dies_with_session(&self) -> bool {
        self.kind == Kind::Spa
    }

    /// Whether two differ in nothing but when they were registered.
    pub(crate) fn is_registered_like(&self, other: &Self) -> bool {
        let (epoch, created_at) = (other.epoch, other.created_at);
        let digests =
            |client: &Self| client.secrets.iter().map(|secret| secret.digest.clone()).collect::<Vec<_>>();
        digests(self) == digests(other)
            && Self { epoch, created_at, secrets: other.secrets.clone(), ..self.clone() } == *other
    }

    /// The API that `resource` (RFC 8707) names, as it is registered, if this client's tokens may be for it.
    pub fn audience(&self, resource: &str) -> Option<&str> {
        self.audiences.iter().map(String::as_str).find(|audience| same_audience(audience, resource))
    }
}

/// The grants of a row, without those that a newer version knows.
fn known_grants<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<GrantType>, D::Error> {
    let words = Vec::<String>::deserialize(deserializer)?;
    Ok(words.iter().filter_map(|word| GrantType::parse(word)).collect())
}

pub(crate) mod algorithm {
    use super::{Algorithm, Deserialize, Deserializer, Error, Serializer};

    pub(crate) fn serialize<S: Serializer>(alg: &Algorithm, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(alg.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Algorithm, D::Error> {
        let name = String::deserialize(deserializer)?;
        Algorithm::parse(&name).ok_or_else(|| D::Error::custom("an algorithm that is not known here"))
    }
}

/// The client with this id, if there is one that may take part.
pub async fn find(table: &Table, id: &str, now: Time) -> Result<Option<Client>, store::Error> {
    if !is_client_id(id) {
        return Ok(None);
    }
    match table.get::<Client>(id, now).await {
        Err(error @ store::Error::Malformed(_)) => Ok(usable(Some(Err(error)), id)),
        found => Ok(usable(found?.map(Ok), id)),
    }
}

/// The same of a row that was read together with others. A row that cannot be read shuts its client out (#78).
pub fn usable(found: Found<Client>, id: &str) -> Option<Client> {
    match found? {
        Ok(row) => {
            Some(Client { id: id.to_owned(), ..row.into_inner() }).filter(|client| !client.is_disabled())
        }
        Err(_) => {
            tracing::warn!(client = id, "the row of this client cannot be read");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(row: Value) -> Client {
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn any_status_but_active_is_disabled() {
        // #76, #78
        assert!(!read(json!({"status": "active", "name": "x", "new": {"member": 1}})).is_disabled());
        for status in [
            json!("disabled"),
            json!("removed"),
            json!("Active"),
            json!("suspended"),
            json!(""),
            json!(null),
            json!(1),
            json!(["active"]),
        ] {
            assert!(read(json!({"status": status})).is_disabled(), "{status}");
        }
        assert!(read(json!({})).is_disabled());
    }

    #[test]
    fn what_a_row_does_not_say_is_not_allowed() {
        // #35, #45
        let client = read(json!({"status": "active"}));
        assert!(!client.is_public() && client.consent && !client.offline_access && !client.pkce_optional);
        assert!(GrantType::ALL.iter().all(|grant| !client.allows(*grant)));
        assert!(client.scope.is_empty() && client.auth.is_empty() && client.redirect_uris.is_empty());
        assert_eq!(client, read(serde_json::to_value(&client).unwrap()));
    }

    #[test]
    fn a_grant_of_a_newer_version_is_passed_over_and_nothing_else_is() {
        let grants = json!(["urn:ietf:params:oauth:grant-type:saml2-bearer", "refresh_token", "password"]);
        assert_eq!(read(json!({"grants": grants})).grants, [GrantType::RefreshToken]);
        for (member, value) in [
            ("auth", json!(["none", "tls_client_auth"])),
            ("redirect_uris", json!(["http://app.example.com"])),
            ("id_token_alg", json!("none")),
            ("kind", json!("robot")),
            ("scope", json!("a\"b")),
            ("epoch", json!(-1)),
        ] {
            assert!(serde_json::from_value::<Client>(json!({member: value})).is_err(), "{member}");
        }
    }

    #[test]
    fn a_matched_redirect_uri_has_the_port_of_the_request() {
        // #23, RFC 8252 §7.3
        let client = read(json!({"redirect_uris": ["https://app.example.com/cb", "http://localhost/cb"]}));
        for (requested, matched) in [
            ("https://app.example.com/cb", true),
            ("http://localhost:4000/cb", true),
            ("http://127.0.0.1:4000/cb", false),
            ("https://app.example.com/cb/", false),
            ("", false),
        ] {
            let uri = client.redirect_uris.iter().find_map(|uri| uri.matched(requested));
            assert_eq!(uri.as_ref().map(RedirectUri::as_str), matched.then_some(requested));
        }
        assert!(client.redirect_uris.iter().any(RedirectUri::is_native));
    }
}
