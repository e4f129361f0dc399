//! Access tokens as each provider really makes them, and its ID tokens, which open nothing (#66). The shapes are those of the
//! providers' own documentation, whose addresses are beside them. Whom they are for is trusted both ways, as by somebody who
//! wrote the client's id into the audiences too, so that nothing but the kind tells them apart.

use std::{collections::HashMap, sync::LazyLock};

use forge::Key;
use serde_json::{Value, json};
use setting::Clock;
use tests::stub::fresh_key;

use crate::{
    caller::{function, native, request},
    gate::{NOW, allows, event, start},
    issuer_tokens::TENANT,
};

static KEY: LazyLock<(Key, Value)> = LazyLock::new(|| fresh_key("k"));

const API: &str = "https://api.example.com";
const CLIENT: &str = "0oa1b2c3d4";

/// What a provider issues.
struct Shape {
    what: &'static str,
    /// Where that is written.
    source: &'static str,
    /// The profile, and its settings without `ID_`.
    profile: &'static str,
    settings: Vec<(&'static str, String)>,
    /// The header's `typ`, and the claims.
    access: (Option<&'static str>, Value),
    id: (Option<&'static str>, Value),
    /// What is read of the access token: scope and roles.
    scope: &'static str,
    roles: &'static str,
}

/// Both have these.
fn dated(mut claims: Value) -> Value {
    for (name, value) in [("iat", -60), ("exp", 600)] {
        claims[name] = (NOW.epoch() + value).into();
    }
    claims
}

fn sign(typ: Option<&str>, claims: &Value) -> String {
    let mut header = json!({"alg": "RS256", "kid": "k"});
    if let Some(typ) = typ {
        header["typ"] = typ.into();
    }
    KEY.0.token(&header, claims)
}

fn issuer(issuer: &str) -> Vec<(&'static str, String)> {
    vec![("ISSUER", issuer.to_owned())]
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn shapes() -> Vec<Shape> {
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

async fn authorizer(shape: &Shape) -> latchkey::mount::Running {
    let mut values = HashMap::from([
        ("ISSUERS".to_owned(), "id".to_owned()),
        ("ID_PROFILE".to_owned(), shape.profile.to_owned()),
        ("ID_AUDIENCES".to_owned(), format!("{API},{CLIENT}")),
        ("ID_KEYS".to_owned(), json!({"keys": [KEY.1]}).to_string()),
        ("ID_JWKS_URI".to_owned(), "none".to_owned()),
    ]);
    values.extend(shape.settings.iter().map(|(name, value)| (format!("ID_{name}"), value.clone())));
    start(values, Clock::from_fn(|| NOW)).await.unwrap()
}

#[tokio::test]
async fn rule_66_each_providers_access_token_is_read_and_its_id_token_is_not() {
    // #66
    for shape in shapes() {
        assert!(shape.source.starts_with("https://"), "{}", shape.what);
        let authorizer = authorizer(&shape).await;
        let ask = async |typ, claims: &Value| authorizer.invoke(&event("http-2.0", &sign(typ, claims))).await;
        let (typ, claims) = &shape.access;
        let answer = ask(*typ, &dated(claims.clone())).await.unwrap();
        let said = |name: &str| answer["context"][name].as_str().unwrap_or("nothing");
        assert_eq!((said("scope"), said("roles")), (shape.scope, shape.roles), "{}", shape.what);
        let (typ, claims) = &shape.id;
        assert!(!allows(&ask(*typ, &dated(claims.clone())).await), "{}: its ID token", shape.what);
        // Nor with whatever else of a client's choice could be in it: a client, a session, groups.
        for (name, value) in [
            ("azp", json!(CLIENT)),
            ("client_id", json!(CLIENT)),
            ("groups", json!(["read:data"])),
            ("scope", json!("")),
            ("scp", json!([])),
        ] {
            let mut claims = dated(claims.clone());
            claims[name] = value;
            assert!(!allows(&ask(*typ, &claims).await), "{}: its ID token with {name}", shape.what);
        }
    }
}

#[tokio::test]
async fn rule_66_claims_of_an_id_token_are_outweighed_by_nothing() {
    // #66: each of them in each provider's access token.
    for shape in shapes() {
        let authorizer = authorizer(&shape).await;
        let (typ, claims) = &shape.access;
        for (name, value) in [
            ("at_hash", json!("h")),
            ("c_hash", json!("h")),
            ("s_hash", json!(null)),
            ("events", json!({"https://e": {}})),
        ] {
            let mut claims = dated(claims.clone());
            claims[name] = value;
            let answer = authorizer.invoke(&event("http-2.0", &sign(*typ, &claims))).await;
            assert!(!allows(&answer), "{} with {name}", shape.what);
        }
    }
}

#[tokio::test]
async fn rule_66_the_same_holds_behind_a_native_authorizer_which_shows_no_header() {
    // #66: a function for anyone who is signed in. What is outweighed by the header alone is refused there.
    let private = function("private").await;
    for shape in shapes() {
        let by_header =
            shape.scope.is_empty() && shape.access.1.get("nonce").is_some() && shape.profile == "openid";
        for (name, place) in [("http-2.0", true), ("http-1.0", false)] {
            for (claims, status) in [(&shape.access.1, if by_header { 401 } else { 200 }), (&shape.id.1, 401)]
            {
                let claims = native(&sign(None, &dated(claims.clone()))).unwrap();
                let mut event = request(name, "/private", "x");
                event["requestContext"]["authorizer"] =
                    if place { json!({"jwt": {"claims": claims}}) } else { json!({"claims": claims}) };
                let answer = private.invoke(&event).await.unwrap();
                assert_eq!(answer["statusCode"], status, "{name} {}", shape.what);
            }
        }
    }
}

#[tokio::test]
async fn rule_66_googles_id_token_is_taken_in_its_own_profile_and_in_no_other() {
    // #66: its access tokens are no JWTs (https://developers.google.com/identity/protocols/oauth2), so an API is shown the ID
    // token. It holds no scope, and behind a native authorizer it is nobody.
    let google = crate::issuer_tokens::issuer("google");
    let claims = dated(google.claims.clone());
    for (profile, good) in [("google", true), ("openid", false), ("auth0", false), ("keycloak", false)] {
        let shape = plain(
            profile,
            vec![
                ("ISSUER", "https://accounts.google.com".to_owned()),
                ("AUDIENCES", crate::gate::AUDIENCE.to_owned()),
            ],
        );
        let answer = authorizer(&shape).await.invoke(&event("http-2.0", &sign(Some("JWT"), &claims))).await;
        assert_eq!(allows(&answer), good, "{profile}");
    }
    let mut event = request("http-2.0", "/private", "x");
    event["requestContext"]["authorizer"] = json!({"jwt": {"claims": native(&sign(None, &claims)).unwrap()}});
    assert_eq!(function("private").await.invoke(&event).await.unwrap()["statusCode"], 401);
}

/// An issuer whose tokens a test makes itself.
fn plain(profile: &'static str, settings: Vec<(&'static str, String)>) -> Shape {
    let none = || (None, json!(null));
    Shape { what: "", source: "", profile, settings, access: none(), id: none(), scope: "", roles: "" }
}

#[tokio::test]
async fn groups_and_roles_are_never_scopes_unless_a_setting_says_so() {
    // #66, #81: anyone who may name a group would hold every scope that they name it after.
    for (setting, scope) in [
        (None, "read:data"),
        (Some("groups"), "read:data users:read users:write"),
        (Some("roles,realm_access.roles"), "profile:all read:data"),
        (Some("https://example.com/claims.x"), "read:data x:y"),
        (Some("nothing"), "read:data"),
    ] {
        let mut settings = issuer("https://id.example.org");
        settings.extend(setting.map(|claims| ("SCOPE_CLAIMS", claims.to_owned())));
        let claims = json!({
            "iss": "https://id.example.org", "aud": API, "sub": "s", "scope": "read:data",
            "groups": ["users:read", "users:write", "a b:c", "with \"quotes\"", ""], "roles": "not two:words",
            "realm_access": {"roles": ["profile:all"]}, "permissions": ["users:delete"], "cognito:groups": ["users:delete"],
            "https://example.com/claims.x": "x:y",
        });
        let shape = plain("openid", settings);
        let answer =
            authorizer(&shape).await.invoke(&event("http-2.0", &sign(None, &dated(claims)))).await.unwrap();
        assert_eq!(answer["context"]["scope"], scope, "{setting:?}");
        assert_eq!(answer["context"]["roles"], "users:read users:write", "{setting:?}");
    }
}

#[tokio::test]
async fn a_required_claim_is_compared_with_its_type() {
    // #15, #69
    let base = json!({"iss": "https://id.example.org", "aud": API, "sub": "s", "scope": "a"});
    for (required, claim, value, good) in [
        ("email_verified=true", "email_verified", json!(true), true),
        ("email_verified=true", "email_verified", json!("true"), false),
        ("email_verified=true", "email_verified", json!(false), false),
        ("email_verified=\"true\"", "email_verified", json!("true"), true),
        ("org_id=42", "org_id", json!(42), true),
        ("org_id=42", "org_id", json!("42"), true),
        ("org_id=42", "org_id", json!(421), false),
        ("org_id=\"42\"", "org_id", json!(42), false),
        ("groups=staff", "groups", json!(["guests", "staff"]), true),
        ("groups=staff", "groups", json!("staff"), true),
        ("groups=staff", "groups", json!(["staff2", "guests staff"]), false),
        ("flags=7", "flags", json!([3, 7]), true),
        ("hd", "hd", json!(null), false),
        ("hd", "hd", json!(""), true),
        ("hd", "other", json!("x"), false),
        ("hd=example.com,org_id=1", "hd", json!("example.com"), false),
    ] {
        let mut settings = issuer("https://id.example.org");
        settings.push(("REQUIRED", required.to_owned()));
        let shape = plain("openid", settings);
        let mut claims = dated(base.clone());
        claims[claim] = value.clone();
        let answer = authorizer(&shape).await.invoke(&event("http-2.0", &sign(None, &claims))).await;
        assert_eq!(allows(&answer), good, "{required} {claim} {value}");
    }
}
