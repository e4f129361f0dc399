//! Errors that go back to the client, and what is taken.

use oauth::Scope;
use serde_json::json;

use crate::{CALLBACK, CHALLENGE, ISSUER, Outcome, ask, but, checked, client, returned, right};

#[test]
fn what_is_wrong_goes_back_to_the_client_with_state_and_issuer() {
    // #38, #39, #4
    let long = "x".repeat(513);
    let claims = format!("{{\"a\":\"{}\"}}", "x".repeat(1024));
    let table: &[(&[(&str, &str)], &str)] = &[
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("response_mode", "web_message")], "invalid_request"),
        (&[("request", "e30.e30.")], "request_not_supported"),
        (&[("request_uri", "https://app.example.com/r")], "request_uri_not_supported"),
        (&[("request_uri", "urn:ietf:params:oauth:request_uri:other")], "request_uri_not_supported"),
        // Before response_type, which may be within the object.
        (&[("request", "e30.e30."), ("response_type", "")], "request_not_supported"),
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_type", "Code")], "unsupported_response_type"),
        (&[("response_type", "none")], "unsupported_response_type"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
        (&[("code_challenge_method", "s256")], "invalid_request"),
        (&[("code_challenge", &CHALLENGE[1..])], "invalid_request"),
        (&[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMx")], "invalid_request"),
        (&[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")], "invalid_request"),
        (&[("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=")], "invalid_request"),
        (&[("scope", "openid a\"b")], "invalid_scope"),
        (&[("scope", "openid \u{e9}")], "invalid_scope"),
        (&[("scope", "unknown")], "invalid_scope"),
        (&[("scope", " ")], "invalid_scope"),
        (&[("resource", "https://other.example.com")], "invalid_target"),
        (&[("resource", "https://api.example.com/v3")], "invalid_target"),
        (&[("resource", "https://api.example.com#x")], "invalid_target"),
        (&[("resource", "api.example.com")], "invalid_target"),
        (&[("resource", "https://api.example.com"), ("resource", "https://evil.example")], "invalid_target"),
        (&[("prompt", "create")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("prompt", "consent none")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "1.5")], "invalid_request"),
        (&[("max_age", "ten")], "invalid_request"),
        (&[("nonce", &long)], "invalid_request"),
        (&[("claims", "{")], "invalid_request"),
        (&[("claims", "[]")], "invalid_request"),
        (&[("claims", &claims)], "invalid_request"),
        (&[("scope", "openid"), ("scope", "openid")], "invalid_request"),
        (&[("nonce", "a"), ("nonce", "b")], "invalid_request"),
        (&[("response_type", "code"), ("response_type", "code")], "invalid_request"),
    ];
    for (wrong, error) in table {
        let (to, answer) = returned(ask(client(json!({})), &but(wrong)));
        assert_eq!(to, CALLBACK, "{wrong:?}");
        assert_eq!(answer["error"], *error, "{wrong:?}");
        assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("s", ISSUER), "{wrong:?}");
        let plain = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
        assert!(answer["error_description"].chars().all(plain), "{answer:?}");
        assert_eq!(answer.len(), 4, "{answer:?}");
    }
}

#[test]
fn a_state_that_comes_twice_is_none() {
    // #4
    let (_, answer) = returned(ask(client(json!({})), &but(&[("state", "a"), ("state", "a")])));
    assert_eq!((answer["error"].as_str(), answer.get("state")), ("invalid_request", None));
    let (_, answer) = returned(ask(client(json!({})), &but(&[("state", ""), ("prompt", "x")])));
    assert_eq!(answer.get("state"), None);
}

#[test]
fn a_state_comes_back_as_it_was() {
    // #39
    for state in ["~-._ +%&=<>\"'\\\u{e9}\u{1f511}", &"x".repeat(128), &"y".repeat(2000)] {
        let (_, answer) = returned(ask(client(json!({})), &but(&[("state", state), ("prompt", "x")])));
        assert_eq!(answer["state"], state);
    }
}

#[test]
fn what_may_be_in_a_request_is_taken() {
    let table: &[&[(&str, &str)]] = &[
        &[],
        &[("nonce", "")],
        &[("state", "")],
        &[("response_mode", "form_post")],
        &[("response_mode", "query")],
        &[("prompt", "")],
        &[("prompt", "login consent select_account")],
        &[("prompt", "none")],
        &[("max_age", "0")],
        &[("max_age", "0001")],
        &[("max_age", "99999999999999999999999")],
        &[("claims", "{\"id_token\":{\"acr\":null}}")],
        &[
            ("display", "popup"),
            ("ui_locales", "de"),
            ("acr_values", "1 2 urn:gold"),
            ("utm_source", "x"),
            ("utm_source", "y"),
        ],
        &[("resource", "https://api.example.com/")],
        &[("resource", "https://api.example.com"), ("resource", "urn:orders")],
        &[("scope", "openid  profile unknown:scope")],
    ];
    for others in table {
        let outcome = ask(client(json!({})), &but(others));
        assert!(matches!(outcome, Outcome::Right(_)), "{others:?}: {outcome:?}");
    }
}

#[test]
fn pkce_is_optional_only_for_a_confidential_client_registered_so() {
    // #38
    let none = but(&[("code_challenge", ""), ("code_challenge_method", "")]);
    assert!(matches!(ask(client(json!({"pkce_optional": true})), &none), Outcome::Right(_)));
    let public = json!({"pkce_optional": true, "kind": "spa", "auth": ["none"]});
    assert_eq!(returned(ask(client(public), &none)).1["error"], "invalid_request");
    // What is sent is checked in any case.
    for half in
        [[("code_challenge", "")], [("code_challenge_method", "")], [("code_challenge_method", "plain")]]
    {
        let answer = returned(ask(client(json!({"pkce_optional": true})), &but(&half))).1;
        assert_eq!(answer["error"], "invalid_request", "{half:?}");
    }
}

#[test]
fn a_client_without_the_grant_gets_no_codes() {
    let service = client(json!({"grants": ["client_credentials"]}));
    assert_eq!(returned(ask(service, &right())).1["error"], "unauthorized_client");
}

#[test]
fn a_client_gets_what_it_may_have_and_never_everything() {
    // #47
    let scope = |client, asked: &str| checked(client, &but(&[("scope", asked)])).scope().clone();
    let of = |text: &str| text.parse::<Scope>().unwrap();
    assert_eq!(scope(client(json!({})), "openid users:admin orders:read"), of("openid orders:read"));
    // Nothing asked: the default.
    assert_eq!(scope(client(json!({})), ""), of("openid"));
    // To stay: by consent, or if it is registered so, and never without refresh tokens.
    for (but, stays) in [
        (json!({}), false),
        (json!({"offline_access": true}), true),
        (json!({"consent": true}), true),
        (json!({"offline_access": true, "grants": ["authorization_code"]}), false),
    ] {
        let scope = scope(client(but.clone()), "openid offline_access");
        assert_eq!(scope.contains("offline_access"), stays, "{but}");
    }
}

#[test]
fn a_resource_is_the_registered_audience() {
    // RFC 8707 §2, RFC 3986 §6.2.3
    let asked = but(&[
        ("resource", "https://api.example.com/"),
        ("resource", "https://api.example.com"),
        ("resource", "https://api.example.com/v2"),
        ("resource", ""),
    ]);
    assert_eq!(
        checked(client(json!({})), &asked).resources(),
        ["https://api.example.com", "https://api.example.com/v2"]
    );
}
