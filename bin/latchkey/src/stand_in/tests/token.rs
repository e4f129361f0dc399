//! `token` and `userinfo`.

use super::*;

#[tokio::test]
async fn a_code_works_once_and_for_a_minute() {
    // #37, #41
    let client = Client::new();
    let used_up = (400, "invalid_grant".to_owned());
    let code = client.code(&[], &[("person", "ada")]).await;
    assert_eq!(client.redeem(&code).await.status, StatusCode::OK);
    assert_eq!(client.redeem(&code).await.error(), used_up);

    let (late, later) =
        (client.code(&[], &[("person", "ada")]).await, client.code(&[], &[("person", "ada")]).await);
    client.wait(60);
    assert_eq!(client.redeem(&late).await.status, StatusCode::OK);
    client.wait(1);
    assert_eq!(client.redeem(&later).await.error(), used_up);
}

#[tokio::test]
async fn a_wrong_token_request_does_not_use_up_the_code() {
    // #42, #43
    let client = Client::new();
    let code = client.code(&[], &[("person", "ada")]).await;
    let basic = basic();
    for (changes, status, error) in [
        (("grant_type", ""), 400, "invalid_request"),
        (("grant_type", "password"), 400, "unsupported_grant_type"),
        (("code", ""), 400, "invalid_request"),
        (("code", "other"), 400, "invalid_grant"),
        (("redirect_uri", ""), 400, "invalid_request"),
        (("redirect_uri", "http://localhost:3000/callback?of=b"), 400, "invalid_grant"),
        (("code_verifier", ""), 400, "invalid_request"),
        (("code_verifier", CHALLENGE), 400, "invalid_grant"),
        (("client_id", "other"), 401, "invalid_client"),
    ] {
        let answer =
            client.post("/token", &token_form(&code, &[changes]), &[("authorization", &basic)]).await;
        assert_eq!(answer.error(), (status, error.to_owned()), "{changes:?}");
    }
    assert_eq!(client.redeem(&code).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_client_must_authenticate() {
    let client = Client::new();
    let code = client.code(&[], &[("person", "ada")]).await;
    let encoded = |pair: &str| format!("Basic {}", STANDARD.encode(pair));
    let in_form = [("client_id", "latchkey"), ("client_secret", "a secret/with: odd+signs")];
    for (changes, header, expected) in [
        (&[][..], None, (401, "invalid_client")),
        (&[("client_id", "latchkey")], None, (401, "invalid_client")),
        (&[("client_id", "latchkey"), ("client_secret", "wrong")], None, (401, "invalid_client")),
        (&[("client_secret", "a secret/with: odd+signs")], None, (400, "invalid_request")),
        (&in_form, Some(basic()), (400, "invalid_request")),
        (&[], Some(encoded("latchkey:wrong")), (401, "invalid_client")),
        (&[], Some(encoded("latchkey")), (401, "invalid_client")),
        (&[], Some("Basic !".to_owned()), (401, "invalid_client")),
        (&[], Some("Basic".to_owned()), (401, "invalid_client")),
        (&[], Some(basic().replace("Basic", "Bearer")), (401, "invalid_client")),
    ] {
        let headers: Vec<_> = header.iter().map(|value| ("authorization", value.as_str())).collect();
        let answer = client.post("/token", &token_form(&code, changes), &headers).await;
        assert_eq!(answer.error(), (expected.0, expected.1.to_owned()), "{changes:?} {header:?}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), expected.0 == 401);
    }
    assert_eq!(client.post("/token", &token_form(&code, &in_form), &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_request_is_a_form_without_repeated_fields() {
    let client = Client::new();
    let repeated = client.post("/token", &[("code", "a"), ("code", "b")], &[]).await;
    assert_eq!(repeated.error(), (400, "invalid_request".to_owned()));
    let json =
        Request::post("/stand-in/token").header("content-type", "application/json").body(Body::from("{}"));
    assert_eq!(client.send(json.unwrap()).await.error(), (415, "invalid_request".to_owned()));
}

#[tokio::test]
async fn userinfo_gives_the_same_claims_for_ten_minutes() {
    let client = Client::new();
    let code = client.code(&[], &[("person", "grace")]).await;
    let tokens = client.redeem(&code).await.json();
    let bearer = |scheme: &str| format!("{scheme} {}", tokens["access_token"].as_str().unwrap());
    let ask = async |value: String| {
        let request = Request::get("/stand-in/userinfo").header("authorization", value).body(Body::empty());
        client.send(request.unwrap()).await
    };
    let claims = ask(bearer("bearer")).await.json();
    let id_claims = verified(&client, tokens["id_token"].as_str().unwrap()).await;
    for (name, value) in claims.as_object().unwrap() {
        assert_eq!(value, &id_claims[name], "{name}");
    }
    assert_eq!(claims["email"], "grace@example.org");

    for wrong in [bearer("Basic"), "Bearer x".into(), "Bearer".into()] {
        let answer = ask(wrong).await;
        assert_eq!(answer.error(), (401, "invalid_token".to_owned()));
        assert!(answer.header("www-authenticate").starts_with("Bearer "));
    }
    assert_eq!(client.get("/userinfo").await.status, StatusCode::UNAUTHORIZED);
    client.wait(601);
    assert_eq!(ask(bearer("Bearer")).await.status, StatusCode::UNAUTHORIZED);
}
