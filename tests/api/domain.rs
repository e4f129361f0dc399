//! Only people of one's own domain: as the provider signs it, or as a verified address says it.

use serde_json::{Value, json};
use tests::{
    World,
    stub::{CLIENT_ID, Stub},
};

async fn house(provider: &str) -> (World, Stub) {
    let stub = Stub::start().await;
    let capitals = provider.to_uppercase();
    let settings = [
        ("PROVIDERS".to_owned(), provider.to_owned()),
        (format!("{capitals}_ISSUER"), stub.issuer.clone()),
        (format!("{capitals}_CLIENT_ID"), CLIENT_ID.to_owned()),
        (format!("{capitals}_CLIENT_SECRET"), "0123456789abcdef-secret".to_owned()),
        (format!("{capitals}_HOSTED_DOMAIN"), "company.com".to_owned()),
    ];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    (World::with(&settings).await, stub)
}

/// Nobody comes in: a person reads why and can start again, a program gets problem details.
async fn refused(world: &World, stub: &Stub, claims: Value) {
    let browser = world.browser();
    let page = stub.sign_in(&browser, claims.clone(), world.now()).await.expect(403);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for shown in ["This account may not sign in here", "Start again", "Home"] {
        assert!(page.body.contains(shown), "{claims}: {page:?}");
    }
    assert_eq!(browser.cookie_names(), Vec::<String>::new(), "{claims}");
    let answer = stub.sign_in(&world.program(), claims.clone(), world.now()).await.expect(403);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.json()["error"], "access_denied", "{claims}");
    for answer in [page, answer] {
        let body = answer.body.replace("/users/login/evil", "");
        assert!(!body.contains("evil") && !answer.body.contains("company"), "{claims}: {answer:?}");
    }
}

#[tokio::test]
async fn the_domain_that_google_signs_counts() {
    // #20
    let (world, stub) = house("google").await;
    let url = world.browser().start("/users/login").await;
    assert!(url.contains("hd=company.com"), "{url}");
    for claims in [
        json!({ "email": "eve@company.com" }),
        json!({ "hd": "evil.com", "email": "eve@company.com" }),
        json!({ "hd": "company.com.evil.com", "email": "eve@company.com" }),
        json!({ "hd": "evilcompany.com", "email": "eve@company.com" }),
        json!({ "hd": ["company.com"], "email": "eve@company.com" }),
        json!({ "hd": "company.com", "email": "a@evil@company.com" }),
    ] {
        refused(&world, &stub, claims).await;
    }
    let inside = json!({ "hd": "company.com", "email": "eve@company.com" });
    stub.sign_in(&world.browser(), inside, world.now()).await.expect(303);
}

#[tokio::test]
async fn without_hd_the_domain_of_a_verified_address_decides() {
    // #20
    let (world, stub) = house("evil").await;
    for claims in [
        json!({ "email": "eve@evil.com" }),
        json!({ "email": "eve@company.com", "email_verified": false }),
        json!({ "email": "eve@company.com", "email_verified": "true" }),
        json!({ "email": "eve@company.com.evil.com" }),
        json!({ "email": "a@evil@company.com" }),
        json!({ "email": "eve@evil.com", "hd": "company.com" }),
    ] {
        refused(&world, &stub, claims).await;
    }
    let inside = json!({ "email": "eve@company.com" });
    stub.sign_in(&world.browser(), inside, world.now()).await.expect(303);
}

#[tokio::test]
async fn a_domain_rule_in_the_request_has_no_effect() {
    // #5, #20
    let (world, _) = house("google").await;
    for query in ["hd=evil.com", "hosted_domain=evil.com"] {
        let url = world.browser().start(&format!("/users/login?{query}")).await;
        assert!(!url.contains("evil.com"), "{url}");
    }
}
