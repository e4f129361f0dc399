//! `GET /.well-known/…`

use jose::KeySet;
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
        assert_eq!(
            (key["kty"].as_str(), key["alg"].as_str(), key["use"].as_str()),
            (Some("RSA"), Some("RS256"), Some("sig"))
        );
    }
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
    // Nothing is promised that is not there: every endpoint it names answers.
    for (name, value) in metadata.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint"))
    {
        let answer = program.get(value.as_str().unwrap()).await;
        assert_ne!(answer.status, 404, "{name}");
    }
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
