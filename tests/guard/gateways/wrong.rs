//! Events that no gateway sends, and settings that are wrong: nothing is allowed.

use serde_json::{Value, json};

use crate::gate::{NOW, QUESTIONS, allows, authorizer, event, start, token};

use super::api;

#[tokio::test]
async fn rule_78_an_unknown_event_is_never_allowed() {
    // #78: events of a Function URL, of a load balancer and of a WebSocket message; a bit of everything; and nothing.
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for name in ["function-url", "alb", "alb-multi-value", "websocket-message"] {
        assert_eq!(authorizer.invoke(&event(name, &token)).await, Err("Unauthorized"), "{name}");
    }
    for odd in [
        json!(null),
        json!([]),
        json!("x"),
        json!(5),
        json!({}),
        json!({"type": "TOKEN"}),
        json!({"type": "REQUEST"}),
    ] {
        assert_eq!(authorizer.invoke(&odd).await, Err("Unauthorized"), "{odd}");
    }
}

#[tokio::test]
async fn rule_78_an_allow_is_for_the_api_that_asks() {
    // #78, #79: a simple answer names no resource, so whose it is is in the question alone: in the ARN and in the context,
    // and both say the same.
    for (form, name) in [
        ("simple", "http-2.0"),
        ("policy", "http-2.0"),
        ("simple", "http-1.0"),
        ("simple", "rest-request"),
        ("simple", "websocket-connect"),
    ] {
        let (authorizer, token) = (authorizer(&[("AUTHORIZER_ANSWER", form)]).await, token("a"));
        let good = event(name, &token);
        let member = if name == "http-2.0" { "routeArn" } else { "methodArn" };
        let arn = good[member].as_str().unwrap();
        let id = good["requestContext"]["apiId"].as_str().unwrap();
        assert!(allows(&authorizer.invoke(&good).await), "{form} {name}");
        for other in [
            arn.replace(id, "other12345"),
            arn.replace(id, &id[1..]),
            arn.replace(id, &id.to_ascii_uppercase()),
            arn.replace(id, "*"),
            arn.replace("execute-api", "lambda"),
            arn.replace("arn:aws:", "arn:*:"),
            arn.replace("123456789012", "*"),
            arn.split(id).next().unwrap().to_owned(),
            format!("{}{id}", arn.split(id).next().unwrap()),
            format!("{}x/{id}/GET/", arn.split(id).next().unwrap()),
            id.to_owned(),
            "*".to_owned(),
            String::new(),
        ] {
            let mut event = good.clone();
            event[member] = other.clone().into();
            assert!(!allows(&authorizer.invoke(&event).await), "{form} {name} {other}");
        }
        for other in [json!("other12345"), json!(""), json!(null), json!([id]), json!(5)] {
            let mut event = good.clone();
            event["requestContext"]["apiId"] = other.clone();
            assert!(!allows(&authorizer.invoke(&event).await), "{form} {name} {other}");
        }
    }
}

#[tokio::test]
async fn rule_78_an_arn_without_an_api_is_refused() {
    // #78, #79: the question of a TOKEN authorizer has no context, so its ARN alone says whose it is.
    for (form, name) in QUESTIONS.map(|name| ("simple", name)).into_iter().chain([("policy", "http-2.0")]) {
        let (authorizer, token) = (authorizer(&[("AUTHORIZER_ANSWER", form)]).await, token("a"));
        let good = event(name, &token);
        assert!(allows(&authorizer.invoke(&good).await), "{form} {name}");
        let member = if name == "http-2.0" { "routeArn" } else { "methodArn" };
        let arn = good[member].as_str().unwrap();
        let [id, stage] =
            [0, 1].map(|n| api(name).rsplit(':').next().unwrap().split('/').nth(n).unwrap().to_owned());
        let head = arn.split(&id).next().unwrap();
        let of_both = ["", "*", "?", "a*", "a?b", "a:b", "a b", "a-b", "$a"].map(|other| {
            let arn = arn.replace(&format!(":{id}/"), &format!(":{other}/"));
            (arn, other.to_owned())
        });
        let of_the_arn = [
            arn.replace(&format!("/{stage}/"), "//"),
            arn.replace(&format!("/{stage}/"), "/*/"),
            arn.replace(&format!("/{stage}/"), "/$/"),
            arn.replace(&format!("/{stage}/"), "/a?/"),
            format!("{head}{id}"),
            format!("{head}{id}/{stage}"),
            format!("{head}/{id}/{stage}/GET/"),
            arn.replace("eu-west-1", "*"),
            arn.replace("eu-west-1", ""),
            arn.replace("123456789012", ""),
            arn.replace("123456789012", "*"),
            arn.replace("123456789012", "12345678901*"),
            arn.replace("123456789012", "12345678901"),
            arn.replace("execute-api", "lambda"),
            arn.replace("execute-api", "*"),
            arn.replace("arn:aws:", "arn::"),
            arn.replace("arn:aws:", "arn:*:"),
            arn.replace("arn:aws:", "*:aws:"),
        ]
        .map(|arn| (arn, id.clone()));
        for (arn, id) in of_both.into_iter().chain(of_the_arn) {
            let mut event = good.clone();
            event[member] = arn.clone().into();
            if let Some(named) = event.pointer_mut("/requestContext/apiId") {
                *named = id.into();
            }
            assert!(!allows(&authorizer.invoke(&event).await), "{form} {name} {arn}");
        }
    }
}

/// What tells gateways' events apart, each with a value that it could have, and a good token where one belongs.
fn members(token: &str) -> Vec<(&'static str, Value)> {
    let bearer = format!("Bearer {token}");
    vec![
        ("version", json!("2.0")),
        ("methodArn", json!(api("rest-request").replace('*', "GET/"))),
        ("routeArn", json!(api("http-2.0").replace('*', "GET/"))),
        ("authorizationToken", json!(bearer)),
        ("identitySource", json!(bearer)),
        ("identitySource", json!([bearer])),
        ("resource", json!("/pets")),
        ("path", json!("/pets")),
        ("httpMethod", json!("GET")),
        ("routeKey", json!("GET /pets")),
        ("rawPath", json!("/pets")),
        ("rawQueryString", json!("")),
        ("cookies", json!([])),
        ("headers", json!({"Authorization": bearer})),
        ("multiValueHeaders", json!({"Authorization": [bearer]})),
        ("requestContext", event("rest-request", token)["requestContext"].clone()),
    ]
}

/// The members that a gateway's own events may have.
fn own(name: &str) -> &'static str {
    match name {
        "rest-token" => "methodArn authorizationToken",
        "rest-request" => "methodArn resource path httpMethod headers multiValueHeaders requestContext",
        "http-1.0" => {
            "methodArn identitySource authorizationToken resource path httpMethod headers multiValueHeaders requestContext"
        }
        "http-2.0" => {
            "version routeArn identitySource routeKey rawPath rawQueryString cookies headers requestContext"
        }
        _ => "methodArn headers multiValueHeaders requestContext",
    }
}

#[tokio::test]
async fn rule_78_a_mixed_event_is_refused() {
    // #78: the members of another gateway, one at a time, and whatever they say, a null included.
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for one in QUESTIONS {
        assert!(allows(&authorizer.invoke(&event(one, &token)).await), "{one}");
        let foreign =
            members(&token).into_iter().filter(|(name, _)| !own(one).split(' ').any(|own| own == *name));
        for (name, value) in foreign.flat_map(|(name, value)| [(name, value), (name, json!(null))]) {
            let mut mixed = event(one, &token);
            mixed[name] = value.clone();
            assert!(!allows(&authorizer.invoke(&mixed).await), "{one} with {name} {value}");
        }
        let mut mixed = event(one, &token);
        mixed["type"] = if one == "rest-token" { "REQUEST" } else { "TOKEN" }.into();
        assert!(!allows(&authorizer.invoke(&mixed).await), "{one} of the other type");
    }
}

#[tokio::test]
async fn rule_78_a_context_of_another_gateway_is_refused() {
    // #78: those of a REST API and of payload 1.0 are alike.
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    let alike = |name: &str| if name == "http-1.0" { "rest-request".to_owned() } else { name.to_owned() };
    for one in QUESTIONS {
        for other in
            QUESTIONS.into_iter().filter(|other| alike(other) != alike(one) && *other != "rest-token")
        {
            let mut mixed = event(one, &token);
            mixed["requestContext"] = event(other, &token)["requestContext"].clone();
            assert!(!allows(&authorizer.invoke(&mixed).await), "{one} with the context of {other}");
        }
    }
}

#[tokio::test]
async fn rule_78_a_mixed_context_is_refused() {
    // #78
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for (one, name, value) in [
        ("rest-request", "http", json!({"method": "GET"})),
        ("rest-request", "eventType", json!("CONNECT")),
        ("http-1.0", "http", json!({"method": "GET"})),
        ("http-1.0", "eventType", json!("CONNECT")),
        ("http-2.0", "resourcePath", json!("/pets")),
        ("http-2.0", "eventType", json!("CONNECT")),
        ("websocket-connect", "http", json!({"method": "GET"})),
        ("websocket-connect", "resourcePath", json!("/pets")),
        ("websocket-connect", "eventType", json!("MESSAGE")),
        ("websocket-connect", "routeKey", json!("$default")),
    ] {
        let mut mixed = event(one, &token);
        mixed["requestContext"][name] = value.clone();
        assert!(!allows(&authorizer.invoke(&mixed).await), "{one} with {name} {value}");
    }
}

#[tokio::test]
async fn rule_78_a_missing_or_damaged_member_is_never_allowed() {
    // #78
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for name in QUESTIONS {
        for needed in
            ["type", "methodArn", "routeArn", "requestContext", "headers", "authorizationToken", "version"]
        {
            for value in
                [None, Some(json!(null)), Some(json!(5)), Some(json!([])), Some(json!({})), Some(json!("*"))]
            {
                let mut event = event(name, &token);
                if event.get(needed).is_none() {
                    continue;
                }
                match &value {
                    Some(value) => event[needed] = value.clone(),
                    None => drop(event.as_object_mut().unwrap().remove(needed)),
                }
                let answer = authorizer.invoke(&event).await;
                // The token is in the header there.
                let harmless = name == "http-1.0" && needed == "authorizationToken";
                assert_eq!(allows(&answer), harmless, "{name} without {needed}: {value:?}");
            }
        }
    }
}

#[tokio::test]
async fn rule_78_an_event_without_method_or_resource_is_refused() {
    // #78: both are in every question of a REST API and of payload 1.0, as text.
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for name in ["rest-request", "http-1.0"] {
        for needed in ["httpMethod", "resource"] {
            let mut without = event(name, &token);
            assert!(without.as_object_mut().unwrap().remove(needed).is_some());
            assert!(!allows(&authorizer.invoke(&without).await), "{name} without {needed}");
            for damaged in [json!(null), json!(5), json!(true), json!([]), json!(["GET"]), json!({})] {
                let mut event = event(name, &token);
                event[needed] = damaged.clone();
                assert!(!allows(&authorizer.invoke(&event).await), "{name} with {needed} {damaged}");
            }
        }
    }
}

#[tokio::test]
async fn rule_79_one_header_in_any_case_with_one_token() {
    // #79
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for name in ["rest-request", "http-1.0", "http-2.0", "websocket-connect"] {
        let with = |headers: Value, many: Option<Value>| {
            let mut event = event(name, &token);
            event["headers"] = headers;
            event.as_object_mut().unwrap().remove("multiValueHeaders");
            event.as_object_mut().unwrap().remove("identitySource");
            if let Some(many) = many {
                event["multiValueHeaders"] = many;
            }
            event
        };
        let good = format!("Bearer {token}");
        for header in ["authorization", "Authorization", "AUTHORIZATION", "aUTHORIZATION"] {
            assert!(allows(&authorizer.invoke(&with(json!({header: good}), None)).await), "{name} {header}");
            // Payload 2.0 has no such list.
            let both = with(json!({header: good}), Some(json!({header: [good]})));
            assert_eq!(allows(&authorizer.invoke(&both).await), name != "http-2.0", "{name} {header}");
        }
        for headers in [
            json!({"Authorization": good, "authorization": good}),
            json!({"Authorization": format!("{good}, {good}")}),
            json!({"Authorization": format!("{good},{good}")}),
            json!({"Authorization": [good]}),
            json!({"Authorization": token}),
            json!({"X-Authorization": good}),
            json!({"Proxy-Authorization": good}),
            json!({}),
        ] {
            assert!(!allows(&authorizer.invoke(&with(headers.clone(), None)).await), "{name} {headers}");
        }
        for many in [
            json!({"Authorization": [good, good]}),
            json!({"Authorization": []}),
            json!({"Authorization": ["Bearer x"]}),
            json!({"Authorization": ["Bearer x", good]}),
            json!({"Authorization": [good, "Bearer x"]}),
            json!({"Authorization": [good], "authorization": [good]}),
            json!({"Authorization": [good], "authorization": ["Bearer x"]}),
            json!({"Authorization": [format!("{good},{good}")]}),
            json!({"Authorization": [null]}),
            json!({"X-Authorization": [good]}),
            json!({"Authorization": good}),
            json!({}),
            json!([]),
        ] {
            let event = with(json!({"Authorization": good}), Some(many.clone()));
            assert!(!allows(&authorizer.invoke(&event).await), "{name} {many}");
        }
    }
}

#[tokio::test]
async fn rule_79_no_path_of_a_client_is_in_a_policy() {
    // #79
    let (gate, policies) = (authorizer(&[]).await, authorizer(&[("AUTHORIZER_ANSWER", "policy")]).await);
    let token = token("a");
    for name in QUESTIONS {
        let gate = if name == "http-2.0" { &policies } else { &gate };
        for path in [
            "GET/*",
            "*/*",
            "GET/users/?",
            "GET/users/*",
            "GET//",
            "GET/%2f",
            "GET/a;x=1",
            "GET/users/",
            "GET/a/../b",
            "GET/:a:b",
        ] {
            for (token, effect) in [(token.as_str(), "Allow"), ("x", "Deny")] {
                let answer = gate.invoke(&at(name, path, token)).await;
                match answer {
                    Ok(answer) => {
                        let statement = &answer["policyDocument"]["Statement"][0];
                        assert_eq!(
                            (&statement["Effect"], &statement["Resource"]),
                            (&json!(effect), &json!(api(name)))
                        );
                    }
                    Err(said) => assert_eq!((said, effect), ("Unauthorized", "Deny"), "{name} {path}"),
                }
            }
        }
    }
}

/// The event of a client that asks for this path, wherever the gateway writes it.
fn at(name: &str, path: &str, token: &str) -> Value {
    let mut event = event(name, token);
    let arn = if name == "http-2.0" { "routeArn" } else { "methodArn" };
    event[arn] = api(name).replace('*', path).into();
    let path = path.split_once('/').unwrap().1;
    for place in ["/path", "/rawPath", "/requestContext/path", "/requestContext/http/path"] {
        if let Some(member) = event.pointer_mut(place) {
            *member = format!("/{path}").into();
        }
    }
    event
}

#[tokio::test]
async fn rule_80_no_other_header_says_who_is_calling() {
    // #80
    let (authorizer, token) = (authorizer(&[]).await, token("read:data"));
    for name in ["rest-request", "http-1.0", "http-2.0", "websocket-connect"] {
        let clean = authorizer.invoke(&event(name, &token)).await;
        for (header, value) in [
            ("x-user-id", "admin"),
            ("x_user_id", "admin"),
            ("x-amzn-oidc-identity", "admin"),
            ("User-Agent", "ELB-HealthChecker/2.0"),
        ] {
            let mut event = event(name, &token);
            event["headers"][header] = value.into();
            event["requestContext"]["authorizer"] = json!({"lambda": {"sub": "admin"}, "sub": "admin"});
            assert_eq!(authorizer.invoke(&event).await, clean, "{name} {header}");
            event["headers"]
                .as_object_mut()
                .unwrap()
                .retain(|name, _| !name.eq_ignore_ascii_case("authorization"));
            assert!(!allows(&authorizer.invoke(&event).await), "{name} {header}");
        }
    }
}

#[tokio::test]
async fn a_wrong_setting_stops_the_start() {
    for (name, value) in
        [("AUTHORIZER_ANSWER", "yes"), ("PUBLIC_KEYS", "{}"), ("BASE_URL", "http://id.example.com")]
    {
        let mut values = crate::gate::settings();
        values.insert(name.to_owned(), value.to_owned());
        let error = start(values, setting::Clock::from_fn(|| NOW)).await.err().unwrap();
        assert!(error.contains(name), "{error}");
    }
}
