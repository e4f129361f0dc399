//! `authorize`: what is checked before anybody decides, and the decision.

use super::*;

#[tokio::test]
async fn a_bad_request_gets_a_page_and_no_redirect() {
    // #23, #38, #39: and the same for the page as for the decision.
    let client = Client::new();
    let bad = [
        ("client_id", ""),
        ("client_id", "other"),
        ("redirect_uri", ""),
        ("redirect_uri", "http://localhost:3000/users/login/google/callback/"),
        ("redirect_uri", "http://localhost:3000/users/login/google/callback?x"),
        ("redirect_uri", "http://localhost:3000/users/login/google/callback#x"),
        ("redirect_uri", "HTTP://localhost:3000/users/login/google/callback"),
        ("redirect_uri", "http://localhost:3000/users/login/google"),
        ("redirect_uri", "http://x@localhost:3000/users/login/google/callback"),
        ("redirect_uri", "https:evil"),
        ("redirect_uri", "https://evil.example"),
        ("response_type", ""),
        ("response_type", "token"),
        ("response_type", "code id_token"),
        ("response_mode", "fragment"),
        ("scope", ""),
        ("scope", "email"),
        ("scope", "openid \"x\""),
        ("state", ""),
        ("nonce", ""),
        ("code_challenge", ""),
        ("code_challenge", VERIFIER.split_at(42).0),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
        ("code_challenge_method", ""),
        ("code_challenge_method", "plain"),
        ("prompt", "none login"),
        ("request", "eyJhbGciOiJub25lIn0.e30."),
        ("request_uri", "https://evil.example/r"),
        ("login_hint", "\u{FFFD}"),
    ];
    for (name, value) in bad {
        let path = authorize(&[(name, value)]);
        for answer in [client.get(&path).await, client.post(&path, &[("person", "ada")], &[]).await] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}={value}");
            assert_eq!(answer.header("location"), "", "{name}={value}");
        }
    }
}

#[tokio::test]
async fn repeated_malformed_or_long_parameters_are_refused() {
    // #4
    let client = Client::new();
    let good = authorize(&[]);
    for (suffix, status) in
        [("&state=b", 400), ("&stat%65=b", 400), ("&x=%ff", 400), (&"a".repeat(9000), 414)]
    {
        assert_eq!(client.get(&format!("{good}{suffix}")).await.status.as_u16(), status, "{suffix}");
    }
    assert_eq!(client.get("/authorize").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_bad_decision_is_refused() {
    let client = Client::new();
    let long = "a".repeat(101);
    let bad: [&[(&str, &str)]; 14] = [
        &[],
        &[("person", "nobody")],
        &[("person", "ada"), ("person", "alan")],
        &[("person", "ada"), ("refuse", "yes")],
        &[("person", "ada"), ("name", "Ada")],
        &[("refuse", "no")],
        &[("email", "jo@example.com")],
        &[("name", "  ")],
        &[("name", "a\nb")],
        &[("name", &long)],
        &[("name", "Jo"), ("email", "jo")],
        &[("name", "Jo"), ("email", "jo@evil@example.com")],
        &[("name", "Jo"), ("email", "jo @example.com")],
        &[("name", "Jo"), ("email_verified", "true")],
    ];
    for form in bad {
        let answer = client.post(&authorize(&[]), form, &[]).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::BAD_REQUEST, ""), "{form:?}");
    }
    let huge = "a".repeat(20_000);
    assert_eq!(
        client.post(&authorize(&[]), &[("name", &huge)], &[]).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let json = Request::post(format!("/stand-in{}", authorize(&[])))
        .body(Body::from(r#"{"person":"ada"}"#))
        .unwrap();
    assert_eq!(client.send(json).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn only_the_stand_ins_page_or_a_program_can_decide() {
    // #27, #30
    let client = Client::new();
    for (headers, status) in [
        (&[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")][..], 303),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", "http://localhost:3000")], 403),
        (&[("origin", "http://localhost:3000")], 303),
        (&[("origin", "http://localhost:3001")], 403),
        (&[("origin", "null")], 403),
    ] {
        let answer = client.post(&authorize(&[]), &[("person", "ada")], headers).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
    }
}

#[tokio::test]
async fn login_hint_selects_the_person_or_fills_the_form() {
    let client = Client::new();
    let page = client.get(&authorize(&[("login_hint", "Grace@example.org")])).await.body;
    assert!(page.contains(r#"value="grace" autofocus>"#), "{page}");
    assert_eq!(page.matches("autofocus").count(), 1);
    let page = client.get(&authorize(&[("login_hint", "jo@example.com\"><script>")])).await.body;
    assert!(page.contains(r#"value="jo@example.com&quot;&gt;&lt;script&gt;""#), "{page}");
}
