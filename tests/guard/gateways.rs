//! One authorizer for every gateway: their events in, as AWS documents them, and exact answers out.

use serde_json::{Value, json};

use crate::gate::{NOW, QUESTIONS, allows, authorizer, event, token, token_at};

mod wrong;

/// The whole stage of the API that an event is about.
fn api(name: &str) -> &'static str {
    match name {
        "rest-token" | "rest-request" => "arn:aws:execute-api:eu-west-1:123456789012:ymy8tbxw7b/prod/*",
        "http-1.0" | "http-2.0" => "arn:aws:execute-api:eu-west-1:123456789012:h1p2a3/$default/*",
        _ => "arn:aws:execute-api:eu-west-1:123456789012:w0s1c2/live/*",
    }
}

fn policy(principal: &str, effect: &str, resource: &str) -> Value {
    json!({
        "principalId": principal,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}],
        },
    })
}

fn context() -> Value {
    json!({
        "iss": "https://id.example.com", "sub": "user-1", "client_id": "latchkey", "scope": "read:data", "roles": "member",
        "sid": "sid-1", "grant_id": "", "name": "Ada", "email": "ada@example.com", "exp": (NOW.epoch() + 600).to_string(),
    })
}

#[tokio::test]
async fn rule_77_every_gateway_gets_an_allow_in_its_own_form() {
    // #77
    let (authorizer, token) = (authorizer(&[]).await, token("read:data"));
    for name in QUESTIONS {
        let expected = if name == "http-2.0" {
            json!({"isAuthorized": true, "context": context()})
        } else {
            let mut policy = policy("user-1", "Allow", api(name));
            policy["context"] = context();
            policy
        };
        let answer = authorizer.invoke(&event(name, &token)).await;
        assert_eq!(answer, Ok(expected), "{name}");
        // Flat text, within the limits, without the token.
        let text = answer.unwrap().to_string();
        assert!(text.len() <= 8_000 && !text.contains(&token), "{name}");
        assert!(api(name).len() <= 512);
    }
}

#[tokio::test]
async fn rule_77_every_gateway_gets_a_refusal_in_its_own_form() {
    // #77, #78: a REST API makes a 401 of the text `Unauthorized` and a 500 of any other.
    let authorizer = authorizer(&[]).await;
    let expired = token_at("read:data", oauth::Time::from_epoch(NOW.epoch() - 600));
    for bad in ["", "x", &expired, &token("a")[1..], "a b", "a,b"] {
        for name in QUESTIONS {
            let expected = match name {
                "http-1.0" => Ok(policy("nobody", "Deny", api(name))),
                "http-2.0" => Ok(json!({"isAuthorized": false})),
                _ => Err("Unauthorized"),
            };
            assert_eq!(authorizer.invoke(&event(name, bad)).await, expected, "{name} {bad}");
        }
    }
}

#[tokio::test]
async fn an_http_api_may_ask_for_a_policy() {
    // #75, #77
    let authorizer = authorizer(&[("AUTHORIZER_ANSWER", "policy")]).await;
    let mut yes = policy("user-1", "Allow", api("http-2.0"));
    yes["context"] = context();
    assert_eq!(authorizer.invoke(&event("http-2.0", &token("read:data"))).await, Ok(yes));
    let no = Ok(policy("nobody", "Deny", api("http-2.0")));
    assert_eq!(authorizer.invoke(&event("http-2.0", "x")).await, no);
}

#[tokio::test]
async fn rule_75_a_cached_answer_is_right_for_every_other_route() {
    // #75: the gateway keeps the answer for one route and applies it to the next.
    let authorizer = authorizer(&[]).await;
    let token = token("read:data");
    for name in ["rest-token", "rest-request", "http-1.0", "websocket-connect"] {
        let kept = authorizer.invoke(&event(name, &token)).await.unwrap();
        for path in ["GET/pets/7", "DELETE/pets/7", "POST/", "$connect", "GET/a/b/c"] {
            let arn = api(name).replace('*', path);
            assert!(is_allowed(&kept, &arn), "{name} {path}");
            // Another API, another stage, another account: not a word about them.
            for other in [
                arn.replace("/prod/", "/test/").replace("/$default/", "/test/").replace("/live/", "/test/"),
                arn.replace("123456789012", "210987654321"),
            ] {
                assert!(!is_allowed(&kept, &other), "{name} {other}");
            }
        }
        // The scope travels with the answer, so the function decides by it whatever the route.
        assert_eq!(kept["context"]["scope"], "read:data");
    }
    let kept = authorizer.invoke(&event("http-1.0", "x")).await.unwrap();
    assert!(!is_allowed(&kept, &api("http-1.0").replace('*', "GET/")));
}

#[tokio::test]
async fn rule_77_a_resource_has_512_characters_and_no_more() {
    // #77: a policy with a longer one is none, so nobody is accepted by it.
    let authorizer = authorizer(&[]).await;
    for name in ["rest-token", "rest-request", "http-1.0", "websocket-connect"] {
        let resource = api(name);
        let head = resource.split('/').next().unwrap();
        for (length, good) in [(511, true), (512, true), (513, false), (5_000, false)] {
            let stage = "s".repeat(length - head.len() - "//*".len());
            let mut event = event(name, &token("a"));
            event["methodArn"] = format!("{head}/{stage}/GET/").into();
            let answer = authorizer.invoke(&event).await;
            assert_eq!(allows(&answer), good, "{name} {length}");
            if good {
                let resource = &answer.unwrap()["policyDocument"]["Statement"][0]["Resource"];
                assert_eq!(resource.as_str().unwrap().len(), length, "{name}");
            }
        }
    }
}

/// How IAM reads a policy.
fn is_allowed(answer: &Value, arn: &str) -> bool {
    let statement = &answer["policyDocument"]["Statement"][0];
    let resource = statement["Resource"].as_str().unwrap();
    let prefix = resource.strip_suffix('*').unwrap();
    assert!(!prefix.contains(['*', '?']), "{resource}");
    statement["Effect"] == "Allow" && arn.starts_with(prefix)
}

#[tokio::test]
async fn rule_75_the_decision_uses_what_the_gateway_caches_by() {
    // #75: a gateway that caches by something else would give one caller's answer to the next.
    let (authorizer, token) = (authorizer(&[]).await, token("a"));
    for sources in [json!(["key-1"]), json!([]), json!("key-1"), json!({}), json!(5), json!(["Bearer other"])]
    {
        for name in ["http-1.0", "http-2.0"] {
            let mut event = event(name, &token);
            event["identitySource"] = sources.clone();
            assert!(!allows(&authorizer.invoke(&event).await), "{name} {sources}");
        }
    }
    // Payload 1.0 joins what it caches by, and the headers of one name: one token is one, beside whatever else there is.
    let one = format!("Bearer {token}");
    for (joined, good) in [
        (one.clone(), true),
        (format!("{one},GET /pets/{{id}}"), true),
        (format!("key-1,{one}"), true),
        (format!("{one}, key-1"), true),
        (format!("{one},{one}"), false),
        (format!("{one}, Bearer other"), false),
        (format!("Bearer other,{one}"), false),
        (format!("bearer other,key-1,{one}"), false),
        ("Bearer other".to_owned(), false),
        (format!("{one}x"), false),
        (token.clone(), false),
        (String::new(), false),
    ] {
        let mut event = event("http-1.0", &token);
        event["identitySource"] = joined.clone().into();
        assert_eq!(allows(&authorizer.invoke(&event).await), good, "{joined}");
        // Where a header came twice, `headers` has the last one of them, and the list both.
        event["multiValueHeaders"] = json!({"Authorization": [one, "Bearer other"]});
        assert!(!allows(&authorizer.invoke(&event).await), "{joined}");
        event["multiValueHeaders"] = json!({"Authorization": [one]});
        assert_eq!(allows(&authorizer.invoke(&event).await), good, "{joined}");
    }
    let mut event = event("http-2.0", &token);
    event["identitySource"] = json!(null);
    assert!(allows(&authorizer.invoke(&event).await));
}

#[tokio::test]
async fn rule_76_a_token_is_good_until_its_last_second_and_no_longer() {
    // #76
    for (age, good) in [(0, true), (599, true), (600, false), (700, false)] {
        let issued = oauth::Time::from_epoch(NOW.epoch() - age);
        let answer = authorizer(&[]).await.invoke(&event("http-2.0", &token_at("a", issued))).await;
        assert_eq!(allows(&answer), good, "{age}");
    }
}
