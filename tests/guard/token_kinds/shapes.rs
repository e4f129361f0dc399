//! The tokens of each provider, as its own documentation shows them.

use serde_json::{Value, json};

use super::{API, CLIENT};
use crate::{gate::NOW, issuer_tokens::TENANT};

/// What a provider issues.
pub(super) struct Shape {
    pub(super) what: &'static str,
    /// Where that is written.
    pub(super) source: &'static str,
    /// The profile, and its settings without `ID_`.
    pub(super) profile: &'static str,
    pub(super) settings: Vec<(&'static str, String)>,
    /// The header's `typ`, and the claims.
    pub(super) access: (Option<&'static str>, Value),
    pub(super) id: (Option<&'static str>, Value),
    /// What is read of the access token: scope and roles.
    pub(super) scope: &'static str,
    pub(super) roles: &'static str,
}

pub(super) fn issuer(issuer: &str) -> Vec<(&'static str, String)> {
    vec![("ISSUER", issuer.to_owned())]
}

#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn shapes() -> Vec<Shape> {
    let jwt = Some("JWT");
    let shape = |what, source, profile, settings, access, id, scope, roles| Shape {
        what,
        source,
        profile,
        settings,
        access,
        id,
        scope,
        roles,
    };
    let auth0 = "https://t.eu.auth0.com/";
    let auth0_id = json!({
        "nickname": "ada", "name": "Ada", "picture": "https://s.gravatar.com/a.png", "updated_at": "2026-11-21T09:00:00.000Z",
        "email": "ada@example.com", "email_verified": true, "iss": auth0, "aud": CLIENT, "sub": "auth0|1", "sid": "s", "nonce": "n",
    });
    let keycloak = "https://sso.example.com/realms/main";
    let keycloak_access = json!({
        "auth_time": NOW.epoch() - 60, "jti": "j", "iss": keycloak, "aud": [API, "account"], "sub": "f00d", "typ": "Bearer", "azp": CLIENT,
        "session_state": "s", "acr": "1", "allowed-origins": ["https://app.example.com"], "realm_access": {"roles": ["member"]},
        "resource_access": {"account": {"roles": ["view-profile"]}}, "scope": "openid email profile", "sid": "s",
        "email_verified": true, "name": "Ada", "preferred_username": "ada", "email": "ada@example.com",
    });
    let keycloak_id = json!({
        "auth_time": NOW.epoch() - 60, "jti": "j", "iss": keycloak, "aud": CLIENT, "sub": "f00d", "typ": "ID", "azp": CLIENT, "nonce": "n",
        "session_state": "s", "at_hash": "h", "acr": "1", "sid": "s", "email_verified": true, "name": "Ada",
    });
    let with = |claims: &Value, name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let entra = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let entra1 = format!("https://sts.windows.net/{TENANT}/");
    let tenant = || vec![("TENANT", TENANT.to_owned())];
    let b2c = format!("https://contoso.b2clogin.com/{TENANT}/v2.0/");
    vec![
        shape(
            "Auth0",
            "https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles",
            "auth0",
            vec![("DOMAIN", "t.eu.auth0.com".to_owned())],
            (
                jwt,
                json!({
                    "iss": auth0, "sub": "auth0|1", "aud": [API, "https://t.eu.auth0.com/userinfo"], "azp": CLIENT,
                    "scope": "openid profile read:data",
                }),
            ),
            (jwt, auth0_id.clone()),
            "openid profile read:data",
            "",
        ),
        shape(
            "Auth0, the profile of RFC 9068",
            "https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles",
            "auth0",
            vec![("DOMAIN", "t.eu.auth0.com".to_owned())],
            (
                Some("at+jwt"),
                json!({
                    "iss": auth0, "sub": "auth0|1", "aud": API, "client_id": CLIENT, "jti": "j", "scope": "read:data", "permissions": ["write:data"],
                }),
            ),
            (jwt, auth0_id),
            "read:data write:data",
            "",
        ),
        shape(
            "Okta",
            "https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/",
            "okta",
            vec![("DOMAIN", "dev-1.okta.com/oauth2/default".to_owned())],
            (
                None,
                json!({
                    "ver": 1, "jti": "AT.x", "iss": "https://dev-1.okta.com/oauth2/default", "aud": API, "cid": CLIENT, "uid": "00u1",
                    "scp": ["openid", "read:data"], "auth_time": NOW.epoch() - 60, "sub": "ada@example.com", "groups": ["Everyone", "users:write"],
                }),
            ),
            (
                None,
                json!({
                    "sub": "00u1", "name": "Ada", "email": "ada@example.com", "ver": 1, "iss": "https://dev-1.okta.com/oauth2/default", "aud": CLIENT,
                    "jti": "ID.x", "amr": ["pwd"], "idp": "00o1", "nonce": "n", "preferred_username": "ada@example.com",
                    "auth_time": NOW.epoch() - 60, "at_hash": "h",
                }),
            ),
            "openid read:data",
            "Everyone users:write",
        ),
        shape(
            "Cognito",
            "https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html",
            "cognito",
            issuer("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1"),
            (
                None,
                json!({
                    "sub": "5a1b", "cognito:groups": ["admins"], "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1", "version": 2,
                    "client_id": CLIENT, "origin_jti": "o", "event_id": "e", "token_use": "access", "scope": "phone openid profile email",
                    "auth_time": NOW.epoch() - 60, "jti": "j", "username": "ada",
                }),
            ),
            (
                None,
                json!({
                    "sub": "5a1b", "cognito:groups": ["admins"], "email_verified": true, "cognito:preferred_role": "arn:aws:iam::1:role/a",
                    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A1", "cognito:username": "ada", "nonce": "n", "origin_jti": "o",
                    "aud": CLIENT, "event_id": "e", "token_use": "id", "auth_time": NOW.epoch() - 60, "jti": "j", "email": "ada@example.com",
                }),
            ),
            "email openid phone profile",
            "admins",
        ),
        shape(
            "Entra, version 2",
            "https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference",
            "entra",
            tenant(),
            (
                jwt,
                json!({
                    "aud": API, "iss": entra, "nbf": NOW.epoch() - 60, "aio": "a", "azp": CLIENT, "azpacr": "0", "name": "Ada", "oid": "o",
                    "preferred_username": "ada@example.com", "rh": "r", "roles": ["Reader"], "scp": "read:data write:data", "sub": "s", "tid": TENANT,
                    "uti": "u", "ver": "2.0",
                }),
            ),
            (
                jwt,
                json!({
                    "aud": CLIENT, "iss": entra, "nbf": NOW.epoch() - 60, "aio": "a", "name": "Ada", "nonce": "n", "oid": "o",
                    "preferred_username": "ada@example.com", "rh": "r", "sub": "s", "tid": TENANT, "uti": "u", "ver": "2.0",
                }),
            ),
            "read:data write:data",
            "Reader",
        ),
        shape(
            "Entra, version 1",
            "https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference",
            "entra",
            tenant(),
            (
                jwt,
                json!({
                    "aud": API, "iss": entra1, "nbf": NOW.epoch() - 60, "acr": "1", "aio": "a", "amr": ["pwd"], "appid": CLIENT, "appidacr": "0",
                    "family_name": "L", "given_name": "Ada", "ipaddr": "203.0.113.7", "name": "Ada", "oid": "o", "rh": "r", "scp": "read:data", "sub": "s",
                    "tid": TENANT, "unique_name": "ada@example.com", "upn": "ada@example.com", "uti": "u", "ver": "1.0",
                }),
            ),
            (
                jwt,
                json!({
                    "aud": CLIENT, "iss": entra1, "nbf": NOW.epoch() - 60, "amr": ["pwd"], "family_name": "L", "given_name": "Ada", "nonce": "n",
                    "oid": "o", "sub": "s", "tid": TENANT, "unique_name": "ada@example.com", "upn": "ada@example.com", "ver": "1.0",
                }),
            ),
            "read:data",
            "",
        ),
        shape(
            "Azure AD B2C",
            "https://learn.microsoft.com/en-us/azure/active-directory-b2c/tokens-overview",
            "openid",
            issuer(&b2c),
            (
                jwt,
                json!({
                    "iss": b2c, "nbf": NOW.epoch() - 60, "aud": API, "sub": "s", "oid": "o", "name": "Ada", "tfp": "B2C_1_signin", "nonce": "n",
                    "scp": "read:data write:data", "azp": CLIENT, "ver": "1.0",
                }),
            ),
            (
                jwt,
                json!({
                    "nbf": NOW.epoch() - 60, "ver": "1.0", "iss": b2c, "sub": "s", "aud": CLIENT, "nonce": "n", "auth_time": NOW.epoch() - 60,
                    "oid": "o", "name": "Ada", "emails": ["ada@example.com"], "tfp": "B2C_1_signin",
                }),
            ),
            "read:data write:data",
            "",
        ),
        shape(
            "Keycloak up to 24, which writes the nonce into all of them",
            "https://www.keycloak.org/docs/25.0.0/upgrading/#nonce-claim-is-only-added-to-the-id-token",
            "keycloak",
            vec![("DOMAIN", "sso.example.com/realms/main".to_owned())],
            (jwt, with(&keycloak_access, "nonce", json!("n"))),
            (jwt, keycloak_id.clone()),
            "email openid profile",
            "member",
        ),
        shape(
            "Keycloak up to 24, without a scope",
            "https://www.keycloak.org/docs/25.0.0/upgrading/#nonce-claim-is-only-added-to-the-id-token",
            "keycloak",
            vec![("DOMAIN", "sso.example.com/realms/main".to_owned())],
            (jwt, with(&with(&keycloak_access, "nonce", json!("n")), "scope", json!(""))),
            (jwt, keycloak_id.clone()),
            "",
            "member",
        ),
        shape(
            "Keycloak from 25 on",
            "https://www.keycloak.org/docs/25.0.0/upgrading/#nonce-claim-is-only-added-to-the-id-token",
            "keycloak",
            vec![("DOMAIN", "sso.example.com/realms/main".to_owned())],
            (jwt, keycloak_access),
            (jwt, keycloak_id),
            "email openid profile",
            "member",
        ),
        shape(
            "Zitadel",
            "https://github.com/zitadel/zitadel/issues/7362",
            "openid",
            issuer("https://z.example.com"),
            (
                None,
                json!({
                    "aud": ["252731@z", "252827@z", API], "client_id": CLIENT, "iss": "https://z.example.com", "jti": "j",
                    "nbf": NOW.epoch() - 60, "sub": "25270013460", "urn:zitadel:iam:org:project:roles": {"admin": {"252699": "z.example.com"}},
                }),
            ),
            (
                None,
                json!({
                    "amr": ["pwd"], "at_hash": "h", "aud": [CLIENT, "252827@z"], "auth_time": NOW.epoch() - 60, "azp": CLIENT, "c_hash": "h",
                    "client_id": CLIENT, "iss": "https://z.example.com", "nonce": "n", "sid": "s", "sub": "25270013460",
                }),
            ),
            "",
            "",
        ),
        shape(
            "AD FS, whose roles are one text where there is one",
            "https://learn.microsoft.com/en-us/windows-server/identity/ad-fs/technical-reference/ad-fs-openid-connect-oauth-concepts",
            "openid",
            issuer("https://fs.example.com/adfs"),
            (
                jwt,
                json!({
                    "aud": API, "iss": "https://fs.example.com/adfs", "apptype": "Public", "appid": CLIENT, "authmethod": "urn:oasis:names:tc:SAML:2.0:ac",
                    "auth_time": "2026-11-21T09:00:00.000Z", "ver": "1.0", "scp": "openid read:data", "sub": "s", "roles": "Admins", "groups": "Domain Users",
                }),
            ),
            (
                jwt,
                json!({
                    "aud": CLIENT, "iss": "https://fs.example.com/adfs", "auth_time": NOW.epoch() - 60, "sub": "s", "upn": "ada@example.com",
                    "unique_name": "EXAMPLE\\ada", "pwd_exp": "1", "sid": "S-1-5-21", "nonce": "n", "roles": "Admins",
                }),
            ),
            "openid read:data",
            "Admins",
        ),
        shape(
            "PingOne",
            "https://docs.pingidentity.com/pingone/applications/p1_access_token_claims.html",
            "openid",
            issuer("https://auth.pingone.eu/e/as"),
            (
                jwt,
                json!({
                    "client_id": CLIENT, "iss": "https://auth.pingone.eu/e/as", "jti": "j", "aud": [API], "scope": "openid read:data", "sub": "s",
                    "sid": "s", "env": "e", "org": "o", "p1.rid": "r",
                }),
            ),
            (
                jwt,
                json!({
                    "iss": "https://auth.pingone.eu/e/as", "sub": "s", "aud": CLIENT, "acr": "Single_Factor", "amr": ["pwd"],
                    "auth_time": NOW.epoch() - 60, "at_hash": "h", "sid": "s", "env": "e", "org": "o", "p1.rid": "r", "nonce": "n",
                }),
            ),
            "openid read:data",
            "",
        ),
        shape(
            "Duende IdentityServer, whose scope is a list",
            "https://docs.duendesoftware.com/identityserver/fundamentals/resources/api-scopes/",
            "openid",
            issuer("https://ids.example.com"),
            (
                Some("at+jwt"),
                json!({
                    "iss": "https://ids.example.com", "nbf": NOW.epoch() - 60, "aud": API, "scope": ["openid", "read:data"], "amr": ["pwd"],
                    "client_id": CLIENT, "sub": "s", "auth_time": NOW.epoch() - 60, "idp": "local", "sid": "s", "jti": "j",
                }),
            ),
            (
                jwt,
                json!({
                    "iss": "https://ids.example.com", "nbf": NOW.epoch() - 60, "aud": CLIENT, "nonce": "n", "at_hash": "h", "s_hash": "h", "sid": "s",
                    "sub": "s", "auth_time": NOW.epoch() - 60, "idp": "local", "amr": ["pwd"],
                }),
            ),
            "openid read:data",
            "",
        ),
        shape(
            "any issuer with the type of RFC 9068 and a nonce",
            "https://www.rfc-editor.org/rfc/rfc9068#section-2.1",
            "openid",
            issuer("https://id.example.org"),
            (
                Some("application/AT+JWT"),
                json!({
                    "iss": "https://id.example.org", "aud": API, "client_id": CLIENT, "sub": "s", "jti": "j", "nonce": "n", "groups": ["g"],
                }),
            ),
            (
                jwt,
                json!({"iss": "https://id.example.org", "aud": CLIENT, "azp": CLIENT, "sub": "s", "jti": "j", "nonce": "n", "groups": ["g"]}),
            ),
            "",
            "g",
        ),
    ]
}
