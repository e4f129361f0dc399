//! Vectors that the senders publish, and what differs from them.

use std::collections::BTreeMap;

use oauth::{Secret, Time};
use webhook::{Delivery, Scheme, Unverified, Verified};

struct Case {
    scheme: Scheme,
    secret: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
    now: i64,
}

/// Published: Standard Webhooks in the tests of its own libraries; GitHub in *Validating webhook deliveries*. That of Stripe is the payload
/// of its libraries' tests, under the secret of these, with a tag that Python computed.
const CASES: [Case; 3] = [
    Case {
        scheme: Scheme::Standard,
        secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        headers: &[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ],
        body: r#"{"test": 2432232314}"#,
        now: 1_614_265_330,
    },
    Case {
        scheme: Scheme::Github,
        secret: "It's a Secret to Everybody",
        headers: &[(
            "x-hub-signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
        )],
        body: "Hello, World!",
        now: 0,
    },
    Case {
        scheme: Scheme::Stripe,
        secret: "whsec_test_secret",
        headers: &[(
            "stripe-signature",
            "t=1492774577,v1=c2f890decbc5ede7c5060bb9a6d31e0626a4342bacb9aeae2adb1bcea72f9812,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39",
        )],
        body: "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}",
        now: 1_492_774_577,
    },
];

fn ask(
    case: &Case,
    secrets: &[&str],
    headers: &[(&str, &str)],
    body: &str,
    now: i64,
) -> Result<Verified, Unverified> {
    let headers: BTreeMap<_, _> = headers.iter().copied().collect();
    let header = |name: &str| headers.get(name).copied();
    let delivery = Delivery { header: &header, key: None, body: body.as_bytes(), now: Time::from_epoch(now) };
    let secrets: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
    case.scheme.verify(&secrets, &delivery)
}

#[test]
fn published_signatures_are_right() {
    // #90
    for case in &CASES {
        let verified = ask(case, &[case.secret], case.headers, case.body, case.now).unwrap();
        assert_eq!(verified.at.is_some(), case.scheme.signs_time());
        // While a secret is rotated, the other one is there too.
        ask(case, &["another secret of ours", case.secret], case.headers, case.body, case.now).unwrap();
        assert_eq!(
            ask(case, &["another secret of ours"], case.headers, case.body, case.now),
            Err(Unverified::Signature)
        );
        assert_eq!(ask(case, &[], case.headers, case.body, case.now), Err(Unverified::Signature));
    }
    let standard = ask(&CASES[0], &[CASES[0].secret], CASES[0].headers, CASES[0].body, CASES[0].now).unwrap();
    assert_eq!(standard.id.as_deref(), Some("msg_p5jXN8AQM9LWM0D4loKWxJek"));
    let renamed = [
        ("svix-id", CASES[0].headers[0].1),
        ("svix-timestamp", CASES[0].headers[1].1),
        ("svix-signature", CASES[0].headers[2].1),
    ];
    ask(&CASES[0], &[CASES[0].secret], &renamed, CASES[0].body, CASES[0].now).unwrap();
}

#[test]
fn an_edited_body_a_missing_header_and_a_wrong_time_are_refused() {
    // #90
    for case in &CASES {
        let secret = [case.secret];
        let edited = case.body.replace(['2', 'o'], "3");
        for body in [&*edited, "", &format!("{} ", case.body)] {
            assert_eq!(
                ask(case, &secret, case.headers, body, case.now),
                Err(Unverified::Signature),
                "{body}"
            );
        }
        for left_out in case.headers {
            let rest: Vec<_> = case.headers.iter().copied().filter(|it| it != left_out).collect();
            assert_eq!(ask(case, &secret, &rest, case.body, case.now), Err(Unverified::Missing));
        }
        let times = [(299, true), (300, true), (301, false), (-300, true), (-301, false), (86_400, false)];
        for (later, fits) in times {
            let answer = ask(case, &secret, case.headers, case.body, case.now + later);
            assert_eq!(answer.is_ok(), fits || !case.scheme.signs_time(), "{later}: {answer:?}");
        }
    }
}

#[test]
fn what_is_no_signature_is_refused_and_nothing_panics() {
    // #90
    for case in &CASES {
        for (at, (name, value)) in case.headers.iter().enumerate() {
            let longer = format!("{value},t=1");
            let wrong = [
                "",
                " ",
                "=",
                ",",
                "v1,",
                "v1=",
                "t=1,t=1,v1=00",
                "sha1=00",
                "sha256=",
                "sha256=é",
                "-1",
                "1e9",
                "9999999999999",
                "a.b",
                &longer,
            ];
            for wrong in wrong {
                let mut headers = case.headers.to_vec();
                headers[at] = (name, wrong);
                assert!(ask(case, &[case.secret], &headers, case.body, case.now).is_err(), "{name}: {wrong}");
            }
        }
    }
}

#[test]
fn a_time_without_its_signature_says_nothing() {
    let case = &CASES[2];
    let moved = case.headers[0].1.replace("1492774577", "1492774999");
    let answer = ask(case, &[case.secret], &[("stripe-signature", &moved)], case.body, 1_492_774_999);
    assert_eq!(answer, Err(Unverified::Signature));
}

#[test]
fn what_we_sign_we_accept() {
    for (_, scheme) in Scheme::ALL {
        let (secret, now) = (scheme.fresh(), Time::from_epoch(1_800_000_000));
        assert!(scheme.accepts(&secret));
        let headers = scheme.sign(&secret, "evt_1", b"body", now);
        let header =
            |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        let delivery = Delivery { header: &header, key: Some(secret.expose()), body: b"body", now };
        scheme.verify(std::slice::from_ref(&secret), &delivery).unwrap();
        let other = [scheme.fresh()];
        assert_eq!(scheme.verify(&other, &delivery), Err(Unverified::Signature), "{scheme:?}");
    }
    let delivery = Delivery { header: &|_| None, key: None, body: b"", now: Time::from_epoch(0) };
    assert_eq!(Scheme::Path.verify(&[Secret::random()], &delivery), Err(Unverified::Missing));
}

#[test]
fn a_secret_that_could_be_guessed_is_none() {
    // #106
    for (_, scheme) in Scheme::ALL {
        for weak in ["", "secret", "whsec_", "whsec_c2VjcmV0"] {
            assert!(!scheme.accepts(&Secret::new(weak)), "{scheme:?} {weak}");
        }
    }
    // One that could not be in an address as it is would fit nothing.
    for odd in [
        "sixteen/or/more/bytes",
        "sixteen bytes or more",
        "sixteen-or-more?bytes",
        "s%C3%A4xteen-or-more",
        "s\u{e4}xteen-or-more-bytes",
    ] {
        assert!(
            !Scheme::Path.accepts(&Secret::new(odd)) && Scheme::Github.accepts(&Secret::new(odd)),
            "{odd}"
        );
    }
    assert!(Scheme::Path.accepts(&Secret::new("Sixteen-or.more_bytes~")));
}
