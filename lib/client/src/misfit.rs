//! Parts of a registration that do not fit together.

use crate::Kind;

/// Why a client cannot be registered whose parts do not fit together, for instance a grant and a kind. Commands and imports can say such a
/// thing. A form of the console cannot: it asks for what fits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// A `client_id` that would mean something else in a URL, in Basic or as a user (#46).
    #[error("a client_id is 1 to 100 letters, digits, '-', '.', '_' and '~', and no UUID")]
    Id,
    /// A `client_id` has one client.
    #[error("there is a client {0} already")]
    IdTaken(String),
    /// No way, or one twice.
    #[error("a client proves who it is in one way at least, and each is named once")]
    Ways,
    /// Beside a weaker way, a stronger one protects nothing (#92).
    #[error("none and private_key_jwt stand alone: beside another way they would protect nothing")]
    BesideAnother,
    /// #91
    #[error("a spa can hold no secret: everyone who opens it would have it. A server is of the kind web")]
    SecretOfSpa,
    /// Anybody could be it.
    #[error("a client of the kind {} must prove who it is", .0.as_str())]
    Unproven(Kind),
    /// A secret that would never be asked for.
    #[error("a secret is given, and the client may not use one")]
    SecretUnused,
    /// A secret that can be guessed, or is too long to be sent (#91).
    #[error("a secret has 32 to 255 characters: openssl rand -hex 32 makes one")]
    SecretLength,
    /// RFC 6749 appendix A.2.
    #[error("a secret is made of printable ASCII characters")]
    SecretCharacters,
    /// Keys that would never be asked for.
    #[error("keys are given, and the client does not use private_key_jwt")]
    KeysUnused,
    /// No keys (#92).
    #[error("private_key_jwt needs the client's public keys, as a JWKS or its address, or a workload")]
    KeysMissing,
    /// Keys in more than one place.
    #[error("a client has a JWKS, or a jwks_uri, or workloads: one of the three")]
    KeysTwice,
    /// A key set that is too long.
    #[error("the JWKS is longer than 8 KB")]
    JwksLength,
    /// A key set that is none, or has weak keys or private ones (#62).
    #[error("the JWKS is refused: {0}")]
    Jwks(String),
    /// #45
    #[error("refresh tokens come with authorization codes: allow both grants")]
    RefreshWithoutCode,
    /// RFC 8628.
    #[error("the device grant is for apps on devices: a client of the kind native, or web")]
    Device,
    /// #46
    #[error("client_credentials is for clients that prove who they are: services and servers")]
    ClientCredentials,
    /// An app that could do nothing.
    #[error("an app that people sign in to needs the grant authorization_code")]
    NoCode,
    /// A service with another grant, or with none.
    #[error("a service has the grant client_credentials and no other")]
    GrantsOfService,
    /// An API with a grant.
    #[error("an API signs nobody in: register an app for that")]
    GrantsOfApi,
    /// Tokens that the client could not exchange (RFC 8693).
    #[error("tokens to exchange are named, and the client does not have the grant for that")]
    ExchangeUnused,
    /// A native app that says whose tokens.
    #[error("a native app exchanges ID tokens: name the provider and the audiences that they have")]
    ExchangeOfNative,
    /// An app in a browser, or an API.
    #[error("tokens are exchanged by servers, services and native apps")]
    ExchangeOfOthers,
    /// Anybody could speak for the API.
    #[error("only a server or a service speaks for an API: it proves who it is")]
    Speaker,
    /// ID tokens for a service.
    #[error("an ID token is of a person, and a service signs nobody in")]
    IdTokensOfService,
    /// Where nobody would be sent.
    #[error("a client that signs nobody in has no redirect URI")]
    RedirectUriUnused,
    /// The same after signing out.
    #[error("a client that signs nobody in has no post-logout redirect URI")]
    PostLogoutUnused,
    /// #38
    #[error("only an OpenID client with a secret or a key may do without PKCE")]
    Pkce,
    /// Nothing would be told.
    #[error("backchannel_logout_session_required says nothing without a backchannel_logout_uri")]
    LogoutWithoutUri,
    /// A client that cannot be told.
    #[error(
        "only a client of the kind web has a back-channel logout URI: nothing can be posted to a client of the kind {}",
        .0.as_str()
    )]
    LogoutOf(Kind),
    /// A default beyond what the client may ask for.
    #[error("the default scope {0:?} is not among the client's scopes")]
    DefaultScope(String),
    /// A default that the client cannot get.
    #[error("the default scope offline_access needs the grant refresh_token")]
    DefaultOfflineAccess,
    /// A default API that its tokens may not be for.
    #[error("the default API {0:?} is not among the client's APIs")]
    DefaultApi(String),
    /// An API's client without its API.
    #[error("an API needs its audience")]
    NoAudience,
    /// What other clients could not verify.
    #[error("ID tokens are signed with RS256 or ES256")]
    IdTokenAlg,
    /// What other APIs could not verify.
    #[error("access tokens are signed with RS256 or ES256")]
    AccessTokenAlg,
    /// #52
    #[error("the grace is 0 to 60 seconds")]
    Grace,
}
