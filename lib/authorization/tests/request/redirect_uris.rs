//! Client and redirect URI: whatever is wrong with them is shown, and nothing goes anywhere.

use authorization::Asked;
use serde_json::json;

use crate::{CALLBACK, ISSUER, Outcome, ask, but, client, parameters, right};

/// What is no registered redirect URI where `https://app.example.com/cb` is.
const ATTACKS: &[&str] = &[
    "https://app.example.com/cb/",
    "https://app.example.com/cb/x",
    "https://app.example.com/c",
    "https://app.example.com/CB",
    "https://APP.example.com/cb",
    "HTTPS://app.example.com/cb",
    "http://app.example.com/cb",
    "https://app.example.com:443/cb",
    "https://app.example.com:8443/cb",
    "https://app.example.com/cb?",
    "https://app.example.com/cb?x=1",
    "https://app.example.com/cb?code=stolen",
    "https://app.example.com/cb#",
    "https://app.example.com/cb#code=x",
    "https://app.example.com/cb;x",
    "https://app.example.com/cb%20",
    "https://app.example.com/cb%00",
    " https://app.example.com/cb",
    "https://app.example.com/cb ",
    "https://app.example.com/./cb",
    "https://app.example.com/x/../cb",
    "https://app.example.com/x/%2e%2e/cb",
    "https://app.example.com/..;/cb",
    "https://app.example.com/%63b",
    "https://app.example.com//cb",
    "https://app.example.com\\cb",
    "https://app.example.com\\@evil.example/cb",
    "https://user@app.example.com/cb",
    "https://user:pass@app.example.com/cb",
    "https://evil.example@app.example.com/cb",
    "https://app.example.com@evil.example/cb",
    "https://app.example.com@a@evil.example/cb",
    "https://app.example.com.evil.example/cb",
    "https://evilapp.example.com/cb",
    "https://evil.example/https://app.example.com/cb",
    "https://evil.example/?https://app.example.com/cb",
    "https:app.example.com/cb",
    "https:evil.example",
    "https:/app.example.com/cb",
    "https:///app.example.com/cb",
    "//app.example.com/cb",
    "/cb",
    "cb",
    "app.example.com/cb",
    "https://*.example.com/cb",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://app.example.com/cb",
    "data:text/html,x",
    "com.example.app:/cb",
    "http://localhost/cb",
    "http://127.0.0.1:1/cb",
    "https://xn--pp-jia.example.com/cb",
    "https://\u{430}pp.example.com/cb",
    "https://app.example.com/cb\u{200b}",
    "https://app\u{3002}example.com/cb",
];

/// What may be wrong besides.
const OTHERS: &[&[(&str, &str)]] = &[
    &[],
    &[("response_type", "token")],
    &[("response_type", "")],
    &[("response_mode", "fragment")],
    &[("response_mode", "form_post")],
    &[("scope", "a\"b")],
    &[("scope", "nothing:known")],
    &[("code_challenge", "")],
    &[("code_challenge_method", "plain")],
    &[("prompt", "none")],
    &[("prompt", "none login")],
    &[("max_age", "x")],
    &[("request", "x.y.z")],
    &[("request_uri", "https://evil.example/r")],
    &[("claims", "{")],
    &[("resource", "https://evil.example")],
    &[("state", "a"), ("state", "b")],
];

#[test]
fn a_redirect_uri_that_is_not_registered_is_shown_whatever_else_is_wrong() {
    // #23
    for attack in ATTACKS {
        for others in OTHERS {
            let wrong = [&[("redirect_uri", *attack)][..], others].concat();
            let Outcome::Shown(shown) = ask(client(json!({})), &but(&wrong)) else { panic!("{wrong:?}") };
            assert_eq!(shown.refusal().status(), 400, "{wrong:?}");
            assert!(!shown.refusal().description().contains("evil"), "{wrong:?}");
        }
    }
    assert!(matches!(ask(client(json!({})), &right()), Outcome::Right(_)));
}

#[test]
fn a_client_that_is_unknown_or_disabled_is_shown() {
    // #23, #35
    let shown =
        |client, pairs: &[(&str, &str)]| Asked::new(parameters(pairs), None).for_client(client).is_err();
    assert!(shown(None, &right()));
    assert!(shown(Some(client(json!({"status": "disabled"}))), &right()));
    assert!(shown(Some(client(json!({}))), &but(&[("client_id", "")])));
    assert!(shown(Some(client(json!({}))), &but(&[("client_id", "app"), ("client_id", "app")])));
    // Whoever looks it up: it is the one that the request names.
    assert!(shown(Some(client(json!({}))), &but(&[("client_id", "other")])));
    assert!(!shown(Some(client(json!({}))), &right()));
}

#[test]
fn a_redirect_uri_that_comes_twice_is_shown() {
    // #4, #23
    let twice = but(&[("redirect_uri", CALLBACK), ("redirect_uri", CALLBACK)]);
    assert!(matches!(ask(client(json!({})), &twice), Outcome::Shown(_)));
}

#[test]
fn the_only_redirect_uri_need_not_be_said_but_in_openid_connect() {
    // RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.1
    let two = json!({"redirect_uris": [CALLBACK, "https://app.example.com/cb2"]});
    for (client, scope, is_right) in [
        (client(json!({})), "orders:read", true),
        (client(json!({})), "openid orders:read", false),
        (client(two), "orders:read", false),
        (client(json!({"redirect_uris": []})), "orders:read", false),
    ] {
        let outcome = ask(client, &but(&[("redirect_uri", ""), ("scope", scope)]));
        assert_eq!(matches!(outcome, Outcome::Right(_)), is_right, "{scope}: {outcome:?}");
        assert!(is_right || matches!(outcome, Outcome::Shown(_)), "{scope}");
    }
}

#[test]
fn the_port_of_a_program_on_this_machine_floats_and_its_host_does_not() {
    // #24: RFC 8252 §7.3
    let native =
        client(json!({"kind": "native", "auth": ["none"], "redirect_uris": ["http://localhost/cb?x=1"]}));
    for (requested, is_right) in [
        ("http://localhost/cb?x=1", true),
        ("http://localhost:50000/cb?x=1", true),
        ("http://127.0.0.1:50000/cb?x=1", false),
        ("http://localhost:50000/cb", false),
        ("http://localhost:50000/cb?x=2", false),
        ("https://localhost:50000/cb?x=1", false),
        ("http://localhost.evil.example:50000/cb?x=1", false),
        ("http://localhost:50000@evil.example/cb?x=1", false),
        ("http://localhost:evil/cb?x=1", false),
    ] {
        let asked = Asked::new(parameters(&but(&[("redirect_uri", requested)])), None);
        let matched = asked.for_client(Some(native.clone())).unwrap().with_redirect_uri(ISSUER);
        assert_eq!(matched.is_ok(), is_right, "{requested}");
        let Ok(Ok(request)) = matched.map(authorization::WithRedirectUri::check) else { continue };
        assert_eq!(request.to().target().as_str(), requested);
    }
}
