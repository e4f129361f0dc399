//! The whole way through, and the small endpoints beside it.

use super::*;

#[tokio::test]
async fn a_person_signs_in() {
    let client = Client::new();
    let page = client.get(&authorize(&[])).await;
    assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(page.body.contains("<h1>Stand-in for Google</h1>"));

    let answer =
        client.post(&authorize(&[]), &[("person", "ada")], &[("sec-fetch-site", "same-origin")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("location").starts_with(&format!("{CALLBACK}?code=")));
    assert_eq!(answer.location_field("state").as_deref(), Some("s t&a=te"));
    assert_eq!(answer.location_field("iss").as_deref(), Some("http://localhost/stand-in"));

    let tokens = client.redeem(&answer.location_field("code").unwrap()).await;
    assert_eq!((tokens.status, tokens.header("cache-control")), (StatusCode::OK, "no-store"));
    let tokens = tokens.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    let access_token = tokens["access_token"].as_str().unwrap();
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access_token.as_bytes());
    let expected = json!({
        "iss": "http://localhost/stand-in",
        "aud": "latchkey",
        "azp": "latchkey",
        "sub": "mR-9_b2sgtBy2HaVsfKVymQ4sy9HYupIqlZoteeWhGU",
        "iat": 1_700_000_000,
        "exp": 1_700_000_600,
        "nonce": "n",
        "at_hash": URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]),
        "email": "ada@example.com",
        "email_verified": true,
        "hd": "example.com",
        "name": "Ada Lovelace",
        "picture": "http://localhost:3000/stand-in/pictures/ada.svg",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "middle_name": "M.",
        "nickname": "Ada",
        "preferred_username": "ada-lovelace",
        "profile": "https://people.example/profile",
        "website": "https://people.example/",
        "gender": "not told",
        "birthdate": "0000-12-10",
        "zoneinfo": "Europe/London",
        "locale": "en-GB",
        "updated_at": 1_700_000_000,
    });
    assert_eq!(verified(&client, tokens["id_token"].as_str().unwrap()).await, expected);
}

#[tokio::test]
async fn discovery_and_keys_are_what_a_client_reads() {
    let client = Client::new();
    let document = client.get("/.well-known/openid-configuration").await.json();
    assert_eq!(document["issuer"], "http://localhost/stand-in");
    for (name, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("userinfo_endpoint", "/userinfo"),
        ("jwks_uri", "/jwks.json"),
    ] {
        assert_eq!(document[name], format!("{ADDRESS}{path}"), "{name}");
    }
    let keys = client.get("/jwks.json").await.json();
    let mut members: Vec<_> = keys["keys"][0].as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"], "the public half only");
}

#[tokio::test]
async fn response_mode_form_post_is_supported() {
    let client = Client::new();
    let answer = client.post(&authorize(&[("response_mode", "form_post")]), &[("person", "ada")], &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains(&format!(r#"<form method="post" action="{CALLBACK}">"#)), "{}", answer.body);
    assert!(answer.body.contains(r#"name="state" value="s t&amp;a=te""#), "{}", answer.body);
    let code =
        answer.body.split(r#"name="code" value=""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    assert_eq!(client.redeem(code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_person_refuses() {
    let answer = Client::new().post(&authorize(&[]), &[("refuse", "yes")], &[]).await;
    assert_eq!(answer.location_field("error").as_deref(), Some("access_denied"));
    assert_eq!(answer.location_field("state").as_deref(), Some("s t&a=te"));
    assert_eq!(answer.location_field("iss").as_deref(), Some("http://localhost/stand-in"));
    assert_eq!(answer.location_field("code"), None);
}

#[tokio::test]
async fn prompt_none_signs_nobody_in() {
    let answer = Client::new().get(&authorize(&[("prompt", "none")])).await;
    assert_eq!(answer.location_field("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn the_redirect_uri_selects_the_provider() {
    let second = [("redirect_uri", "http://localhost:3000/callback?of=b")];
    let client = Client::new();
    assert!(client.get(&authorize(&second)).await.body.contains("<h1>Stand-in for A &amp; B</h1>"));
    let answer = client.post(&authorize(&second), &[("person", "ada")], &[]).await;
    assert!(answer.header("location").starts_with("http://localhost:3000/callback?of=b&code="));
}

#[tokio::test]
async fn pages_load_nothing_and_cannot_be_framed() {
    let client = Client::new();
    let page = client.get(&authorize(&[])).await;
    let style = page.body.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next()).unwrap();
    let hash = STANDARD.encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, style.as_bytes()));
    let policy = page.header("content-security-policy");
    for part in
        ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", &format!("'sha256-{hash}'")]
    {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe"));
    assert!(!page.body.contains("<script") && !page.body.contains(" style="));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn pictures_exist_and_other_paths_are_404() {
    let client = Client::new();
    for (path, status) in [
        ("/pictures/ada.svg", 200),
        ("/pictures/hedy.svg", 404),
        ("/pictures/ada.png", 404),
        ("/pictures/..%2fx.svg", 404),
        ("/nothing", 404),
    ] {
        assert_eq!(client.get(path).await.status.as_u16(), status, "{path}");
    }
    assert_eq!(client.get("/pictures/ada.svg").await.header("content-type"), "image/svg+xml");
    let wrong =
        Request::builder().method(Method::DELETE).uri("/stand-in/authorize").body(Body::empty()).unwrap();
    assert_eq!(client.send(wrong).await.status, StatusCode::METHOD_NOT_ALLOWED);
}
