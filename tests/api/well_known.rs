//! `GET /.well-known/…`

use std::collections::BTreeSet;

use jose::KeySet;
use serde_json::json;
use tests::World;

#[tokio::test]
async fn publishes_the_keys_and_nothing_private() {
    // #58
    let world = World::start().await;
    let answer = world.program().get("/.well-known/jwks.json").await.expect(200);
    for key in answer.json()["keys"].as_array().unwrap() {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "state"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        assert_eq!(key["use"], "sig");
    }
    let kinds: Vec<_> =
        answer.json()["keys"].as_array().unwrap().iter().map(|key| key["kty"].clone()).collect();
    assert_eq!(kinds, ["RSA", "EC"]);
    assert!(KeySet::parse(answer.body.as_bytes()).is_ok());
}

#[tokio::test]
async fn the_metadata_is_truthful_and_the_same_at_both_addresses() {
    let world = World::start().await;
    let program = world.program();
    let metadata = program.get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(metadata, program.get("/.well-known/oauth-authorization-server").await.expect(200).json());
    assert_eq!(metadata["issuer"], world.cloud.url);
    let keys = metadata["jwks_uri"].as_str().unwrap();
    program.get(keys).await.expect(200);
    // Nothing is promised that is not there, and nothing of OAuth is there that it does not name.
    let named: BTreeSet<_> = metadata
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint"))
        .map(|(_, url)| url.as_str().unwrap().strip_prefix(&world.cloud.url).unwrap().to_owned())
        .collect();
    let routes = latchkey::mount::FUNCTIONS.iter().flat_map(|function| function.routes);
    let there: BTreeSet<_> = routes
        .map(|route| route.path.to_owned())
        .filter(|path| path.starts_with("/oauth/") && !OF_OUR_PAGES.contains(&path.as_str()))
        .collect();
    assert_eq!(named, there);
}

/// Routes under `/oauth` that only our own pages use.
const OF_OUR_PAGES: [&str; 3] =
    ["/oauth/authorize/decision", "/oauth/form_post.js", "/oauth/logout/decision"];

/// RFC 8693 §2.1
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

#[tokio::test]
async fn the_metadata_has_what_clients_look_for() {
    // RFC 8414 §2, OpenID Connect Discovery §3, RFC 9207 §3
    let world = World::start().await;
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    for (name, value) in [
        ("response_types_supported", json!(["code"])),
        ("response_modes_supported", json!(["query", "form_post"])),
        (
            "grant_types_supported",
            json!([
                "authorization_code",
                "refresh_token",
                "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code",
                EXCHANGE,
            ]),
        ),
        ("device_authorization_endpoint", json!(format!("{}/oauth/device", world.cloud.url))),
        ("subject_types_supported", json!(["public"])),
        ("id_token_signing_alg_values_supported", json!(["RS256", "ES256"])),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("prompt_values_supported", json!(["none", "login", "consent", "select_account"])),
        ("scopes_supported", json!(["openid", "profile", "email", "address", "phone", "offline_access"])),
        ("acr_values_supported", json!(["1"])),
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("claims_parameter_supported", json!(true)),
        ("request_parameter_supported", json!(false)),
        ("request_uri_parameter_supported", json!(false)),
        (
            "token_endpoint_auth_methods_supported",
            json!(["none", "client_secret_basic", "client_secret_post", "private_key_jwt"]),
        ),
        (
            "introspection_endpoint_auth_methods_supported",
            json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]),
        ),
    ] {
        assert_eq!(metadata[name], value, "{name}");
    }
    // What is off is not offered.
    let world = World::with(&[("FOREIGN_TOKENS", "off")]).await;
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    assert!(!metadata["grant_types_supported"].as_array().unwrap().contains(&json!(EXCHANGE)));
    // What there is no key for is not offered.
    let keys = token::Keys::generate_for(jose::Algorithm::Es256).unwrap().to_json();
    let world = World::with(&[("SIGNING_KEYS", keys.expose())]).await;
    let metadata = world.program().get("/.well-known/openid-configuration").await.expect(200).json();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(["ES256"]));
}

#[tokio::test]
async fn only_well_known_is_public_and_cacheable() {
    // #30, #104
    let world = World::start().await;
    let answer = world.program().get("/.well-known/jwks.json").await.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    for path in ["/", "/users/login", "/users/me"] {
        let request = world.program().request("GET", path).header("origin", "https://evil.example.com");
        let answer = world.program().send(request).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert_ne!(answer.header("cache-control"), "public, max-age=300", "{path}");
    }
}

#[tokio::test]
async fn no_header_changes_the_metadata() {
    // #2
    let world = World::start().await;
    let clean = world.program().get("/.well-known/openid-configuration").await.body;
    for (name, value) in [
        ("host", "localhost:9"),
        ("x-forwarded-host", "evil.example.com"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example.com"),
    ] {
        let request = world.program().request("GET", "/.well-known/openid-configuration").header(name, value);
        assert_eq!(world.program().send(request).await.body, clean, "{name}");
    }
}
