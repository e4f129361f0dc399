//! Events of each gateway, as they come and spoiled.

use serde_json::json;

use super::*;

fn write(response: &Response, event: &Value) -> Value {
    serde_json::to_value(Answer::new(response.clone(), event)).unwrap()
}

fn read(event: &Value, now: Time) -> Result<Request, Error> {
    super::read(event, &BasePath::default(), now)
}

fn event() -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/users/login",
        "rawQueryString": "a=b",
        "cookies": ["x=1", "y=2"],
        "headers": {"accept": "text/html", "host": "evil", "x-forwarded-proto": "http", "forwarded": "host=evil"},
        "requestContext": {"http": {"method": "GET"}, "requestId": "r-1", "authorizer": {"lambda": {"sub": "u"}}},
        "isBase64Encoded": false,
    })
}

#[test]
fn reads_a_request() {
    let request = read(&event(), Time::from_epoch(7)).unwrap();
    assert_eq!(
        (request.id.as_str(), request.path.as_str(), request.query.as_str()),
        ("r-1", "/users/login", "a=b")
    );
    assert_eq!(request.cookie("y"), Some("2"));
    assert!(request.wants_html());
}

#[test]
fn the_gateway_says_from_where_a_request_came_and_no_header_does() {
    // #2, #105
    let mut http = event();
    http["headers"] =
        json!({"x-forwarded-for": "203.0.113.9", "forwarded": "for=203.0.113.9", "x-real-ip": "203.0.113.9"});
    assert_eq!(read(&http, Time::from_epoch(7)).unwrap().source(), None);
    for (source, read_as) in
        [("203.0.113.7", true), ("2001:db8::7", true), ("203.0.113.7, 203.0.113.9", false), ("", false)]
    {
        http["requestContext"]["http"]["sourceIp"] = json!(source);
        let mut rest = event1();
        rest["requestContext"]["identity"] = json!({"sourceIp": source});
        for event in [&http, &rest] {
            let read = read(event, Time::from_epoch(7)).unwrap().source();
            assert_eq!(read.map(|ip| ip.to_string()).as_deref(), read_as.then_some(source));
        }
    }
}

#[test]
fn media_types_are_compared_without_case_and_parameters() {
    // #27; RFC 9110 §8.3.1
    let with = |header: &str, value: &str| {
        let mut event = event();
        event["headers"] = json!({header: value});
        event["body"] = json!("a=b");
        read(&event, Time::from_epoch(7)).unwrap()
    };
    for (form, good) in [
        ("application/x-www-form-urlencoded", true),
        ("Application/X-WWW-Form-Urlencoded", true),
        ("APPLICATION/X-WWW-FORM-URLENCODED ; charset=UTF-8", true),
        ("application/x-www-form-urlencoded2", false),
        ("text/plain; application/x-www-form-urlencoded", false),
        ("", false),
    ] {
        let request = with("content-type", form);
        let read: Result<std::collections::HashMap<String, String>, _> = request.form();
        assert_eq!((read.is_ok(), request.plain_body().is_ok()), (good, good), "{form}");
    }
    assert!(with("content-type", "Application/JSON;charset=utf-8").plain_body().is_ok());
    for (accept, html) in [
        ("text/html", true),
        ("application/xml, Text/HTML;q=0.9", true),
        ("text/htmlx", false),
        ("application/json;as=text/html", false),
        ("*/*", false),
    ] {
        assert_eq!(with("accept", accept).wants_html(), html, "{accept}");
    }
}

#[test]
fn a_navigation_is_a_persons_even_without_accept() {
    let with = |headers: Value| {
        let mut event = event();
        event["headers"] = headers;
        read(&event, Time::from_epoch(7)).unwrap()
    };
    for (headers, page, browser) in [
        (json!({"sec-fetch-mode": "navigate"}), true, true),
        (json!({"Sec-Fetch-Dest": "document"}), true, true),
        (json!({"accept": "*/*", "sec-fetch-mode": "navigate"}), true, true),
        (json!({"accept": "text/html"}), true, true),
        (json!({"sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}), false, true),
        (json!({"sec-fetch-site": "none"}), false, true),
        (json!({"sec-fetch-mode": "navigate,cors"}), false, true),
        (json!({"sec-purpose": "navigate", "fetch-mode": "navigate"}), false, false),
        (json!({"accept": "*/*"}), false, false),
        (json!({}), false, false),
    ] {
        let request = with(headers.clone());
        assert_eq!((request.wants_html(), request.is_browsers()), (page, browser), "{headers}");
    }
}

#[test]
fn no_header_says_where_we_live() {
    // #2
    let request = read(&event(), Time::from_epoch(7)).unwrap();
    assert_eq!(request.headers.names().count(), 1, "accept: {:?}", request.headers);
}

#[test]
fn a_cookie_that_comes_twice_is_none() {
    // #31
    let mut event = event();
    event["cookies"] = json!(["x=1", "x=2", "y=1"]);
    let request = read(&event, Time::from_epoch(7)).unwrap();
    assert_eq!((request.cookie("x"), request.cookie("y")), (None, Some("1")));
}

#[test]
fn a_cookie_that_cannot_be_read_hides_no_other() {
    // #31; RFC 6265 §5.4
    for odd in [
        "é=1",
        "x=größe",
        "x=\u{fffd}\u{fffd}",
        "x=\u{1}",
        "x=a\nb",
        "x",
        "",
        "=",
        "=x",
        "a b=c d",
        "x=\"1",
        "x=1=2",
        "x={\"a\":[1,2]}",
        "x=1,2",
        "$Version=1",
        "name=ours",
        "ours ",
        "Ours=2",
    ] {
        for [first, second] in [[odd, "ours=1"], ["ours=1", odd]] {
            let line = format!("{first}; {second}");
            for (member, value) in [
                ("cookies", json!([first, second])),
                ("headers", json!({"Cookie": line})),
                ("multiValueHeaders", json!({"cookie": [line]})),
                ("multiValueHeaders", json!({"Cookie": [first, second]})),
            ] {
                let mut event = event();
                event["cookies"] = json!([]);
                event[member] = value;
                let request = read(&event, Time::from_epoch(7)).unwrap();
                assert_eq!(request.cookie("ours"), Some("1"), "{member}: {first:?}; {second:?}");
            }
        }
    }
}

#[test]
fn a_cookie_that_only_looks_like_ours_is_not() {
    // #31: a browser keeps every character but space and tab as part of a name, so a neighbour's host may set these.
    for odd in [
        "\u{a0}ours=1",
        "\u{2000}ours=1",
        "\u{85}ours=1",
        "\u{b}ours=1",
        "\u{feff}ours=1",
        "ours\u{a0}=1",
        "ours =1",
        "ours=é",
        "ours=1\u{1}",
        "ours=1 2",
        "ours",
        "=ours=1",
        "x=ours=1",
        "%6furs=1",
    ] {
        let mut event = event();
        event["cookies"] = json!([odd]);
        assert_eq!(read(&event, Time::from_epoch(7)).unwrap().cookie("ours"), None, "{odd:?}");
    }
    // One of ours that cannot be read still is the second of its name.
    for odd in ["ours=é", "ours=\u{1}", "ours="] {
        let mut event = event();
        event["cookies"] = json!([odd, "ours=1"]);
        assert_eq!(read(&event, Time::from_epoch(7)).unwrap().cookie("ours"), None, "{odd:?}");
    }
}

#[test]
fn broken_events_are_refused_and_never_panic() {
    let breaks: [fn(&mut Value); 9] = [
        |e| *e = json!(null),
        |e| *e = json!([1]),
        |e| e["requestContext"] = json!("x"),
        |e| e["requestContext"]["http"]["method"] = json!("G E T"),
        |e| e["rawPath"] = json!("@evil"),
        |e| e["rawPath"] = json!(5),
        |e| e["rawPath"] = json!("/x".repeat(9000)),
        |e| {
            e["body"] = json!("%%%");
            e["isBase64Encoded"] = json!(true);
        },
        |e| e["rawPath"] = json!(null),
    ];
    for (at, spoil) in breaks.iter().enumerate() {
        let mut event = event();
        spoil(&mut event);
        assert!(read(&event, Time::from_epoch(7)).is_err(), "break {at}");
    }
}

#[test]
fn an_address_is_read_up_to_its_limit() {
    // #105
    let at = |event: Value| read(&event, Time::from_epoch(7)).map_err(|error| error.status());
    let limit = limits::TARGET;
    for (length, good) in [(limit - 1, true), (limit, true), (limit + 1, false)] {
        let long = |rest: &str| "x".repeat(length - rest.len());
        let mut queried = event();
        queried["rawQueryString"] = json!(long("/users/login"));
        let mut path = event();
        path["rawPath"] = json!(format!("/{}", long("/a=b")));
        let mut queried1 = event1();
        queried1["multiValueQueryStringParameters"] = json!({"a": [long("/users/logina=")]});
        let mut path1 = event1();
        path1["path"] = json!(format!("/{}", long("/a=b+c%26d")));
        for (what, event) in
            [("2.0, query", queried), ("2.0, path", path), ("1.0, query", queried1), ("1.0, path", path1)]
        {
            let read = at(event);
            let sizes = read.as_ref().map(|request| request.path.len() + request.query.len());
            assert!(if good { read.is_ok() } else { sizes == Err(&414) }, "{what} of {length}: {sizes:?}");
        }
    }
    assert_eq!(limit, 10_240);
}

/// As a REST API sends it.
fn event1() -> Value {
    json!({
        "resource": "/users/login",
        "path": "/users/login",
        "httpMethod": "GET",
        "headers": {"Accept": "text/html", "Cookie": "x=1; y=2", "Host": "evil"},
        "multiValueHeaders": {"Accept": ["text/html"], "Cookie": ["x=1; y=2"], "Host": ["evil"], "X-Twice": ["a", "b"]},
        "queryStringParameters": {"a": "b c&d"},
        "multiValueQueryStringParameters": {"a": ["b c&d"]},
        "requestContext": {"requestId": "r-1", "httpMethod": "GET", "authorizer": {"sub": "u", "client_id": "c", "exp": "8", "principalId": "u"}},
        "body": null,
        "isBase64Encoded": false,
    })
}

#[test]
fn reads_a_request_of_a_rest_api_alike() {
    // #2, #31
    let request = read(&event1(), Time::from_epoch(7)).unwrap();
    assert_eq!(
        (request.id.as_str(), request.path.as_str(), request.query.as_str()),
        ("r-1", "/users/login", "a=b+c%26d")
    );
    assert_eq!(
        (request.cookie("y"), request.header("host"), request.header("x-twice")),
        (Some("2"), None, None)
    );
    assert_eq!(request.authorized.unwrap().unwrap().subject, "u");
    let mut single = event1();
    single.as_object_mut().unwrap().retain(|name, _| !name.starts_with("multiValue"));
    let request = read(&single, Time::from_epoch(7)).unwrap();
    assert_eq!((request.query.as_str(), request.cookie("x")), ("a=b+c%26d", Some("1")));
}

#[test]
fn a_repeated_parameter_stays_repeated() {
    // #4
    let mut event = event1();
    event["multiValueQueryStringParameters"] = json!({"state": ["a", "b"]});
    let request = read(&event, Time::from_epoch(7)).unwrap();
    assert_eq!(request.query, "state=a&state=b");
    assert!(request.query::<std::collections::HashMap<String, String>>().is_err());
}

#[test]
fn a_load_balancer_is_no_gateway() {
    // #78, #80
    let mut event = event1();
    event["requestContext"]["elb"] = json!({"targetGroupArn": "a"});
    assert!(read(&event, Time::from_epoch(7)).is_err());
}

#[test]
fn an_answer_to_a_rest_api_has_its_cookies_in_a_list() {
    let cookie = |value: &str| crate::Cookie::forget(value);
    let mut response = Response::empty(http::StatusCode::OK).cookie(&cookie("a")).cookie(&cookie("b"));
    response.set_cookies(CookieMode::Host);
    let answer = write(&response, &event1());
    assert_eq!(answer["multiValueHeaders"]["set-cookie"].as_array().unwrap().len(), 2);
    assert!(answer.get("cookies").is_none());
    assert_eq!(write(&response, &self::event())["cookies"].as_array().unwrap().len(), 2);
}

#[test]
fn unusual_paths_are_passed_on_unchanged() {
    for path in ["/a/../b", "//x", "/ä b", "/%2f", "/a;x=1"] {
        let mut event = event();
        event["rawPath"] = json!(path);
        assert_eq!(read(&event, Time::from_epoch(7)).unwrap().path, path);
    }
}
