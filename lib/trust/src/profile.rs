//! The kinds of issuers we know: data, and nothing that runs. Adding one is adding an entry.
//!
//! In templates, `{domain}` is the setting `<NAME>_DOMAIN`, `{tenant}` one of `<NAME>_TENANT` or `<NAME>_TENANTS`, and
//! `{issuer}` the issuer without a slash at its end.

use jose::Algorithm::{self, Es256, Es384, Ps256, Rs256};

/// How the access tokens of an issuer look.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Profile {
    /// Its name in `ISSUERS`, or in `<NAME>_PROFILE`.
    pub(crate) name: &'static str,
    /// Its issuer, and other spellings of it.
    pub(crate) issuers: &'static [&'static str],
    /// Where its keys are; without it they are discovered.
    pub(crate) keys: Option<&'static str>,
    /// What the templates need to be told.
    pub(crate) needs: Needs,
    /// What it signs with, unless the settings say otherwise (#60).
    pub(crate) algorithms: &'static [Algorithm],
    /// The values of `typ` that its access tokens may have, in small letters (#66).
    pub(crate) types: &'static [&'static str],
    /// Whether they may have no `typ` at all.
    pub(crate) untyped: bool,
    /// A claim that tells access tokens from others (#66).
    pub(crate) kind: Option<(&'static str, &'static str)>,
    /// Where whom it is for is written.
    pub(crate) audience: Audience,
    /// The claims that may name the client, and whether one of them must be there: where ID tokens have none (#66).
    pub(crate) clients: &'static [&'static str],
    pub(crate) names_client: bool,
    /// The claims that make the scope, as text or as lists. Roles and groups are not among them: whoever may name a group would
    /// hold every scope that they name it after.
    pub(crate) scopes: &'static [&'static str],
    /// The claims that make the roles, as one text or as lists; a dot leads into an object.
    pub(crate) roles: &'static [&'static str],
    /// Whether what it issues for APIs are ID tokens.
    pub(crate) id_tokens: bool,
}

/// What a template lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing.
    Nothing,
    /// `<NAME>_ISSUER`.
    Issuer,
    /// `<NAME>_DOMAIN`, or `<NAME>_ISSUER`.
    Domain,
    /// The same, where the host alone is another issuer, which is none for an API.
    Server,
    /// `<NAME>_TENANT` or `<NAME>_TENANTS`.
    Tenant,
}

/// Where whom a token is for is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// In `aud`.
    Aud,
    /// Nowhere but in `client_id`.
    ClientId,
}

/// Any issuer of access tokens (RFC 9068, or what was usual before): what holds where nothing better is known.
pub(crate) const OPENID: Profile = Profile {
    name: "openid",
    issuers: &["{issuer}"],
    keys: None,
    needs: Needs::Issuer,
    algorithms: &[Rs256, Es256, Ps256, Es384],
    types: &["at+jwt", "jwt"],
    untyped: true,
    kind: None,
    audience: Audience::Aud,
    clients: &["client_id", "azp"],
    names_client: false,
    scopes: &["scope", "scp"],
    roles: &["roles", "groups"],
    id_tokens: false,
};

/// All of them.
pub(crate) const PROFILES: &[Profile] = &[
    OPENID,
    Profile {
        name: "latchkey",
        keys: Some("{issuer}/.well-known/jwks.json"),
        algorithms: &[Rs256, Es256],
        types: &["at+jwt"],
        untyped: false,
        names_client: true,
        scopes: &["scope"],
        roles: &["roles"],
        ..OPENID
    },
    Profile {
        name: "auth0",
        issuers: &["https://{domain}/"],
        keys: Some("{issuer}/.well-known/jwks.json"),
        needs: Needs::Domain,
        algorithms: &[Rs256, Ps256],
        scopes: &["scope", "permissions"],
        roles: &["roles"],
        ..OPENID
    },
    // The organisation's own server signs tokens that only Okta may read; an API has an authorization server with a path.
    Profile {
        name: "okta",
        issuers: &["https://{domain}"],
        keys: Some("{issuer}/v1/keys"),
        needs: Needs::Server,
        algorithms: &[Rs256],
        clients: &["cid"],
        names_client: true,
        scopes: &["scp"],
        roles: &["groups"],
        ..OPENID
    },
    Profile {
        name: "cognito",
        keys: Some("{issuer}/.well-known/jwks.json"),
        algorithms: &[Rs256],
        kind: Some(("token_use", "access")),
        audience: Audience::ClientId,
        clients: &["client_id"],
        names_client: true,
        scopes: &["scope"],
        roles: &["cognito:groups"],
        ..OPENID
    },
    Profile {
        name: "entra",
        issuers: &["https://login.microsoftonline.com/{tenant}/v2.0", "https://sts.windows.net/{tenant}/"],
        keys: Some("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"),
        needs: Needs::Tenant,
        algorithms: &[Rs256],
        clients: &["azp", "appid"],
        names_client: true,
        scopes: &["scp"],
        // Groups are ids there, and so many that an authorizer's answer could not hold them.
        roles: &["roles"],
        ..OPENID
    },
    // Google's access tokens are no JWTs: what an API can verify is the ID token.
    Profile {
        name: "google",
        issuers: &["https://accounts.google.com", "accounts.google.com"],
        keys: Some("https://www.googleapis.com/oauth2/v3/certs"),
        needs: Needs::Nothing,
        algorithms: &[Rs256],
        types: &["jwt"],
        scopes: &[],
        roles: &[],
        id_tokens: true,
        ..OPENID
    },
    Profile {
        name: "keycloak",
        issuers: &["https://{domain}"],
        keys: Some("{issuer}/protocol/openid-connect/certs"),
        needs: Needs::Domain,
        kind: Some(("typ", "Bearer")),
        clients: &["azp", "client_id"],
        scopes: &["scope"],
        roles: &["realm_access.roles"],
        ..OPENID
    },
];

/// The profile of that name.
pub(crate) fn find(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

/// The names that have a profile: those that `ISSUERS` knows.
pub fn profiles() -> impl Iterator<Item = &'static str> {
    PROFILES.iter().map(|profile| profile.name)
}
