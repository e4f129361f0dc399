//! What is registered, and what cannot be safe.

use client::{Api, ApiScope, Error, Kind, NewApi, NewClient, add, add_api, check_apis, manage::NOTHING};
use forge::Key;
use jose::Algorithm;
use oauth::{
    Scope, Secret,
    server::{ClientAuth, GrantType},
};
use serde_json::json;

use crate::{NOW, find_api, new, support::Database};

type Change = fn(&mut NewClient);

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

fn own() -> Api {
    Api::own("https://id.example.com", &scope("users:read users:write"))
}

async fn refusal(database: &Database, new: &NewClient) -> Option<String> {
    match add(&database.table, new, NOTHING, NOW).await {
        Ok(_) => None,
        Err(Error::Invalid(why)) => Some(why.to_string()),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn each_kind_is_registered_with_what_is_usual_for_it() {
    // #38, #46, #91
    let database = Database::start().await;
    for (kind, public, grants) in [
        (Kind::Spa, true, &[GrantType::AuthorizationCode, GrantType::RefreshToken][..]),
        (Kind::Web, false, &[GrantType::AuthorizationCode, GrantType::RefreshToken]),
        (Kind::Native, true, &[GrantType::AuthorizationCode, GrantType::RefreshToken]),
        (Kind::Service, false, &[GrantType::ClientCredentials]),
        (Kind::Api, false, &[]),
    ] {
        let (client, secret) = add(&database.table, &new(kind), NOTHING, NOW).await.unwrap();
        assert_eq!((client.is_public(), client.grants.as_slice()), (public, grants), "{kind:?}");
        assert_eq!(secret.is_some(), !public, "{kind:?}");
        assert!(!client.pkce_optional && !client.consent && !client.is_disabled() && client.grace == 10);
        assert_eq!(client.dies_with_session(), kind == Kind::Spa);
        assert_eq!(client::find(&database.table, &client.id, NOW).await.unwrap(), Some(client));
    }
}

#[tokio::test]
async fn a_secret_has_256_bits_and_is_stored_as_its_digest() {
    // #91
    let database = Database::start().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..20 {
        let (client, secret) = add(&database.table, &new(Kind::Web), NOTHING, NOW).await.unwrap();
        let secret = secret.unwrap();
        assert_eq!((secret.expose().len(), &client.secrets[0].digest), (43, &secret.digest()));
        let rows = json!(database.rows()).to_string();
        assert!(!rows.contains(secret.expose()) && rows.contains(secret.digest().as_str()));
        assert!(seen.insert(secret.expose().to_owned()) && seen.insert(client.id));
    }
}

#[tokio::test]
async fn what_cannot_be_safe_is_refused_and_the_reason_given() {
    let database = Database::start().await;
    let cases: &[(Kind, Change, &str)] = &[
        // #46, #91
        (Kind::Spa, |new| new.auth = vec![ClientAuth::Basic], "no secret"),
        (Kind::Spa, |new| new.auth = vec![ClientAuth::PrivateKeyJwt], "no secret"),
        (Kind::Web, |new| new.auth = vec![ClientAuth::None], "must prove"),
        (Kind::Service, |new| new.auth = vec![ClientAuth::None], "must prove"),
        (Kind::Api, |new| new.auth = vec![ClientAuth::None], "must prove"),
        (Kind::Web, |new| new.auth = vec![], "one way at least"),
        (Kind::Web, |new| new.auth = vec![ClientAuth::Post, ClientAuth::Post], "named once"),
        (Kind::Web, |new| new.auth.push(ClientAuth::None), "stand alone"),
        (Kind::Web, |new| new.auth.push(ClientAuth::PrivateKeyJwt), "stand alone"),
        (Kind::Native, |new| new.auth.push(ClientAuth::Basic), "stand alone"),
        (Kind::Spa, |new| new.secret = Some(Secret::random()), "a secret is given"),
        (Kind::Web, |new| new.secret = Some(Secret::new("x".repeat(31))), "32 to 255"),
        (Kind::Web, |new| new.secret = Some(Secret::new("x".repeat(256))), "32 to 255"),
        (Kind::Web, |new| new.secret = Some(Secret::new("\u{e9}".repeat(32))), "printable"),
        (Kind::Web, |new| new.secret = Some(Secret::new("x\n".repeat(32))), "printable"),
        // #92
        (Kind::Web, |new| new.auth = vec![ClientAuth::PrivateKeyJwt], "public keys"),
        (Kind::Web, |new| new.jwks = Some("{}".to_owned()), "does not use private_key_jwt"),
        // Grants: #45, #46
        (Kind::Spa, |new| new.grants.push(GrantType::ClientCredentials), "client_credentials"),
        (Kind::Native, |new| new.grants.push(GrantType::ClientCredentials), "client_credentials"),
        (Kind::Api, |new| new.grants = vec![GrantType::ClientCredentials], "client_credentials"),
        (Kind::Spa, |new| new.grants.push(GrantType::DeviceCode), "device grant"),
        (Kind::Service, |new| new.grants.push(GrantType::DeviceCode), "device grant"),
        (Kind::Api, |new| new.grants.push(GrantType::DeviceCode), "device grant"),
        (Kind::Web, |new| new.grants = vec![GrantType::RefreshToken], "both grants"),
        (Kind::Web, |new| new.grants = vec![GrantType::ClientCredentials], "authorization_code"),
        (Kind::Spa, |new| new.grants = vec![], "authorization_code"),
        (Kind::Service, |new| new.grants = vec![], "client_credentials"),
        (Kind::Service, |new| new.grants.push(GrantType::AuthorizationCode), "client_credentials"),
        (Kind::Api, |new| new.grants = vec![GrantType::AuthorizationCode], "signs nobody in"),
        // Redirect URIs: #24; a table of them is in oauth
        (Kind::Spa, |new| new.redirect_uris = vec![], "redirect URI is missing"),
        (Kind::Web, |new| new.redirect_uris = vec!["http://app.example.com/cb".to_owned()], "use https"),
        (Kind::Web, |new| new.redirect_uris = vec!["com.example.app:/cb".to_owned()], "native"),
        (Kind::Spa, |new| new.redirect_uris = vec!["com.example.app:/cb".to_owned()], "native"),
        (Kind::Native, |new| new.redirect_uris = vec!["myapp:/cb".to_owned()], "private-use scheme"),
        (Kind::Web, |new| new.redirect_uris = vec!["https://a.example/cb".to_owned(); 2], "twice"),
        (
            Kind::Web,
            |new| new.redirect_uris = (0..21).map(|n| format!("https://a.example/{n}")).collect(),
            "at most 20",
        ),
        (Kind::Service, |new| new.redirect_uris = vec!["https://a.example/cb".to_owned()], "no redirect URI"),
        (
            Kind::Service,
            |new| new.post_logout_redirect_uris = vec!["https://a.example/".to_owned()],
            "post-logout",
        ),
        (Kind::Web, |new| new.post_logout_redirect_uris = vec!["http://a.example/".to_owned()], "use https"),
        (Kind::Web, |new| new.post_logout_redirect_uris = vec!["com.example.app:/".to_owned()], "native"),
        // #90, #28
        (Kind::Web, |new| new.backchannel_logout_session_required = true, "without a backchannel_logout_uri"),
        (Kind::Spa, |new| new.backchannel_logout_uri = Some("https://a.example/x".to_owned()), "kind web"),
        (Kind::Native, |new| new.backchannel_logout_uri = Some("https://a.example/x".to_owned()), "kind web"),
        (
            Kind::Service,
            |new| new.backchannel_logout_uri = Some("https://a.example/x".to_owned()),
            "kind web",
        ),
        (Kind::Api, |new| new.backchannel_logout_uri = Some("https://a.example/x".to_owned()), "kind web"),
        (Kind::Web, |new| new.backchannel_logout_uri = Some("/x".to_owned()), "no absolute URL"),
        (Kind::Web, |new| new.backchannel_logout_uri = Some(String::new()), "no absolute URL"),
        (
            Kind::Web,
            |new| new.backchannel_logout_uri = Some("http://a.example/x".to_owned()),
            "must be https",
        ),
        (Kind::Web, |new| new.backchannel_logout_uri = Some("http://10.0.0.1/x".to_owned()), "must be https"),
        (
            Kind::Web,
            |new| new.backchannel_logout_uri = Some("com.example.app:/x".to_owned()),
            "must be https",
        ),
        (
            Kind::Web,
            |new| new.backchannel_logout_uri = Some("file:///etc/passwd".to_owned()),
            "must be https",
        ),
        (
            Kind::Web,
            |new| new.backchannel_logout_uri = Some("https://a.example/x#y".to_owned()),
            "a fragment",
        ),
        (Kind::Web, |new| new.backchannel_logout_uri = Some("https://a.example/x#".to_owned()), "a fragment"),
        (Kind::Web, |new| new.backchannel_logout_uri = Some("https://u@a.example/x".to_owned()), "user name"),
        (
            Kind::Web,
            |new| new.backchannel_logout_uri = Some("https://:p@a.example/x".to_owned()),
            "user name",
        ),
        (Kind::Web, |new| new.backchannel_logout_uri = Some("https://a.example/ x".to_owned()), "character"),
        (Kind::Web, |new| new.backchannel_logout_uri = Some("https://*.a.example/".to_owned()), "character"),
        (
            Kind::Web,
            |new| new.backchannel_logout_uri = Some(format!("https://a.example/{}", "x".repeat(512))),
            "512 bytes",
        ),
        // #38
        (Kind::Spa, |new| new.pkce_optional = true, "without PKCE"),
        (Kind::Native, |new| new.pkce_optional = true, "without PKCE"),
        (Kind::Service, |new| new.pkce_optional = true, "without PKCE"),
        (
            Kind::Web,
            |new| {
                (new.pkce_optional, new.scope, new.default_scope) =
                    (true, Scope::default(), Scope::default());
            },
            "without PKCE",
        ),
        // Scopes and APIs: #47, #57
        (Kind::Web, |new| new.default_scope = scope("openid admin"), "\"admin\""),
        (Kind::Service, |new| new.scope = scope("openid"), "about a person"),
        (
            Kind::Web,
            |new| {
                (new.grants, new.default_scope) =
                    (vec![GrantType::AuthorizationCode], scope("offline_access"));
            },
            "refresh_token",
        ),
        (
            Kind::Web,
            |new| new.scope = (0..51).map(|n| n.to_string()).collect::<Vec<_>>().join(" ").parse().unwrap(),
            "at most 50",
        ),
        (Kind::Web, |new| new.default_audience = Some("https://api.example.com".to_owned()), "not among"),
        (Kind::Web, |new| new.audiences = vec!["pets".to_owned()], "absolute URI"),
        (Kind::Web, |new| new.audiences = vec!["https://a.example/#x".to_owned()], "absolute URI"),
        (Kind::Web, |new| new.audiences = vec!["https://u@a.example".to_owned()], "absolute URI"),
        (Kind::Web, |new| new.audiences = vec!["https://a.example/ x".to_owned()], "absolute URI"),
        (Kind::Web, |new| new.audiences = vec!["https://*.example".to_owned()], "absolute URI"),
        (Kind::Api, |new| new.audiences = vec![], "audience"),
        // The rest
        (Kind::Web, |new| new.id_token_alg = Algorithm::Ps256, "RS256 or ES256"),
        (Kind::Web, |new| new.access_token_lifetime = Some(59), "60 to 3600"),
        (Kind::Web, |new| new.access_token_lifetime = Some(3601), "60 to 3600"),
        (Kind::Web, |new| new.refresh_idle = Some(0), "365 days"),
        (Kind::Web, |new| new.refresh_absolute = Some(31_536_001), "365 days"),
        (
            Kind::Web,
            |new| {
                (new.refresh_idle, new.refresh_absolute) = (Some(120), Some(60));
            },
            "cannot live longer",
        ),
        (Kind::Web, |new| new.grace = 61, "0 to 60"),
        (Kind::Web, |new| new.name = String::new(), "visible characters"),
        (Kind::Web, |new| new.name = " ".to_owned(), "visible characters"),
        (Kind::Web, |new| new.name = "a\nb".to_owned(), "visible characters"),
        (Kind::Web, |new| new.name = "Shop\u{202e}".to_owned(), "visible characters"),
        (Kind::Web, |new| new.name = "x".repeat(101), "visible characters"),
        (Kind::Web, |new| new.id = Some("a b".to_owned()), "client_id"),
        (Kind::Web, |new| new.id = Some("0192f0c1-0000-7000-8000-000000000000".to_owned()), "client_id"),
    ];
    for (at, (kind, change, why)) in cases.iter().enumerate() {
        let mut new = new(*kind);
        change(&mut new);
        let refusal = refusal(&database, &new).await.unwrap_or_else(|| panic!("{at} {why}: accepted"));
        assert!(refusal.contains(why), "{at}: {refusal}");
    }
    assert!(database.rows().is_empty(), "nothing is written of what is refused");
}

#[tokio::test]
async fn a_server_is_told_at_https_or_on_this_machine() {
    // #90
    let database = Database::start().await;
    for uri in [
        "https://a.example/backchannel?tenant=1",
        "http://localhost:3001/x",
        "http://127.0.0.1:1/",
        "http://[::1]:1/",
    ] {
        let mut new = new(Kind::Web);
        (new.backchannel_logout_uri, new.backchannel_logout_session_required) = (Some(uri.to_owned()), true);
        let (client, _) = add(&database.table, &new, NOTHING, NOW).await.unwrap();
        let found = client::find(&database.table, &client.id, NOW).await.unwrap().unwrap();
        assert_eq!(found.backchannel_logout_uri.as_deref(), Some(uri));
        assert!(found.backchannel_logout_session_required);
    }
}

#[tokio::test]
async fn keys_are_public_strong_and_few() {
    // #62, #92
    let database = Database::start().await;
    let key = Key::fresh("ES256");
    let mut private = key.jwk("k");
    private["d"] = key.d().into();
    for (jwks, accepted) in [
        (json!({"keys": [key.jwk("k")]}), true),
        (json!({"keys": [key.jwk("k"), Key::fresh("RS256").jwk("r"), Key::fresh("EdDSA").jwk("e")]}), true),
        (json!({"keys": [private]}), false),
        (json!({"keys": []}), false),
        (json!({"keys": [key.jwk("k"), Key::fresh("ES256").jwk("k")]}), false),
        (json!({"keys": [{"kty": "oct", "k": "AAAA"}]}), false),
        (json!([key.jwk("k")]), false),
        (json!({"keys": [key.jwk("k")], "more": "x".repeat(8192)}), false),
    ] {
        let mut new = new(Kind::Service);
        (new.auth, new.jwks) = (vec![ClientAuth::PrivateKeyJwt], Some(jwks.to_string()));
        assert_eq!(refusal(&database, &new).await.is_none(), accepted, "{jwks}");
    }
}

#[tokio::test]
async fn a_client_id_is_given_to_one_client() {
    let database = Database::start().await;
    let mut new = new(Kind::Web);
    new.id = Some("shop".to_owned());
    let (first, _) = add(&database.table, &new, NOTHING, NOW).await.unwrap();
    assert!(refusal(&database, &new).await.unwrap().contains("already"));
    assert_eq!(client::find(&database.table, "shop", NOW).await.unwrap(), Some(first));
}

#[tokio::test]
async fn who_asks_for_consent_gets_no_offline_access_without_it() {
    let database = Database::start().await;
    let mut new = new(Kind::Web);
    new.consent = true;
    let (client, _) = add(&database.table, &new, NOTHING, NOW).await.unwrap();
    assert!(client.consent && !client.offline_access);
}

fn api(audience: &str, scopes: &[&str]) -> NewApi {
    let scopes = scopes.iter().map(|name| ApiScope { name: (*name).to_owned(), consent: false }).collect();
    NewApi {
        audience: audience.to_owned(),
        name: "Pets".to_owned(),
        scopes,
        access_token_alg: jose::Algorithm::Rs256,
    }
}

#[tokio::test]
async fn a_scope_says_which_api_it_is_about() {
    // #57
    let database = Database::start().await;
    let add = async |audience: &str, scopes: &[&str]| match add_api(
        &database.table,
        &api(audience, scopes),
        &own(),
        NOTHING,
        NOW,
    )
    .await
    {
        Ok(api) => Ok(api.audience),
        Err(Error::Invalid(why)) => Err(why.to_string()),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(
        add("https://pets.example.com", &["pets:read", "pets:write"]).await.unwrap(),
        "https://pets.example.com"
    );
    for (audience, scopes, why) in [
        ("https://other.example.com", &["pets:read"][..], "https://pets.example.com"),
        ("https://other.example.com", &["openid"], "OpenID"),
        ("https://other.example.com", &["offline_access"], "OpenID"),
        ("https://other.example.com", &["a", "a"], "twice"),
        ("https://other.example.com", &["a b"], "no scope"),
        ("https://other.example.com", &[""], "no scope"),
        ("https://other.example.com", &["a\"b"], "no scope"),
        ("https://other.example.com", &["caf\u{e9}"], "no scope"),
        ("https://pets.example.com", &["x"], "already"),
        ("https://pets.example.com/", &["x"], "already"),
        ("https://id.example.com", &["x"], "already"),
        ("https://id.example.com/", &["x"], "already"),
        ("pets", &["x"], "absolute URI"),
        ("/pets", &["x"], "absolute URI"),
        ("https://pets.example.com/#x", &["x"], "absolute URI"),
        ("", &["x"], "absolute URI"),
    ] {
        let refusal = add(audience, scopes).await.expect_err(audience);
        assert!(refusal.contains(why), "{audience} {scopes:?}: {refusal}");
    }
    // A person gets a scope by a role, so the scopes of all APIs are among those of the roles.
    assert!(add("https://users.example.com", &["users:read"]).await.is_ok());
    let found = find_api(&database.table, "https://pets.example.com/", NOW).await.unwrap();
    assert_eq!(found.unwrap().scope().to_string(), "pets:read pets:write");
    assert_eq!(find_api(&database.table, "https://pets.example.com/x", NOW).await.unwrap(), None);
}

#[test]
fn a_clients_scopes_are_those_of_its_apis() {
    // #57
    let apis = [own(), Api::own("https://pets.example.com", &scope("pets:read"))];
    let with = |audiences: &[&str], scopes: &str| {
        let mut new = new(Kind::Web);
        new.audiences = audiences.iter().map(|audience| (*audience).to_owned()).collect();
        new.scope = scope(scopes);
        check_apis(&new, &apis).map_err(|why| why.to_string())
    };
    for (audiences, scopes, why) in [
        (&[][..], "openid email", None),
        (&["https://pets.example.com"], "openid pets:read", None),
        (&["https://pets.example.com", "https://id.example.com"], "pets:read users:read", None),
        (&[], "openid pets:read", Some("pets:read")),
        (&["https://pets.example.com"], "users:read", Some("users:read")),
        (&["https://pets.example.com"], "pets:delete", Some("pets:delete")),
        (&["https://cats.example.com"], "openid", Some("https://cats.example.com")),
    ] {
        match (with(audiences, scopes), why) {
            (Ok(()), None) => {}
            (Err(refusal), Some(why)) => assert!(refusal.contains(why), "{refusal}"),
            (result, _) => panic!("{audiences:?} {scopes}: {result:?}"),
        }
    }
}
