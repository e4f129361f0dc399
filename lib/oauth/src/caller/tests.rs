//! What a gateway passes on of a caller, and what comes of it when it is read.

use serde_json::json;

use super::*;

fn read(context: Value) -> Result<Caller, Error> {
    Caller::from_context(context.as_object().unwrap())
}

fn caller() -> Caller {
    Caller {
        issuer: "https://id.example.com".to_owned(),
        subject: "u".to_owned(),
        client_id: "c".to_owned(),
        scope: "a b".parse().unwrap(),
        roles: vec!["r".to_owned()],
        session: Some("s".to_owned()),
        grant: Some("g".to_owned()),
        name: Some("Ada".to_owned()),
        email: Some("ada@example.com".to_owned()),
        expires_at: Time::from_epoch(101),
    }
}

/// As a gateway passes it on: as JSON.
fn through(caller: &Caller) -> Result<Caller, Error> {
    let text = Value::Object(caller.context()).to_string();
    read(serde_json::from_str(&text).unwrap())
}

/// The same numbers in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    /// Pieces that mean something to some parser, and now and then any character at all.
    fn text(&mut self, longest: usize) -> String {
        const PIECES: [&str; 24] = [
            "a",
            "Zoë",
            "\u{1f600}",
            " ",
            "  ",
            ",",
            "[",
            "]",
            "\"",
            "\\",
            "\n",
            "\r\n",
            "\0",
            "\t",
            "\u{7f}",
            "\u{85}",
            "\u{a0}",
            "\u{2028}",
            "\u{202e}",
            "sub",
            "=",
            "{\"sub\":\"x\"}",
            "%00",
            "-1",
        ];
        let any = |n: usize| char::from_u32(u32::try_from(n).unwrap()).unwrap_or('\u{fffd}').to_string();
        (0..self.below(longest + 1))
            .map(|_| match self.below(PIECES.len() + 4) {
                at if at < PIECES.len() => PIECES[at].to_owned(),
                _ => any(self.below(0x11_0000)),
            })
            .collect()
    }

    fn option(&mut self) -> Option<String> {
        (self.below(4) > 0).then(|| self.text(6))
    }

    fn scope(&mut self) -> Scope {
        // RFC 6749 §3.3: everything printable but the quote and the backslash.
        const LETTERS: &[u8] = b"ab:!#,[]{}=~*/'";
        let letter = |numbers: &mut Self| char::from(LETTERS[numbers.below(LETTERS.len())]);
        let count = self.below(40);
        (0..count)
            .map(|_| if self.below(3) == 0 { ' ' } else { letter(self) })
            .collect::<String>()
            .parse()
            .unwrap()
    }

    fn caller(&mut self) -> Caller {
        let count = self.below(5);
        Caller {
            issuer: self.text(6),
            subject: format!("{}u{}", self.text(4), self.text(4)),
            client_id: self.text(6),
            scope: self.scope(),
            roles: (0..count).map(|_| self.text(3)).collect(),
            session: self.option(),
            grant: self.option(),
            name: self.option(),
            email: self.option(),
            expires_at: Time::from_epoch([0, 1, -1, 1_800_000_000, i64::MAX, i64::MIN][self.below(6)]),
        }
    }
}

#[test]
fn a_caller_comes_through_a_context_as_they_were() {
    // #77, #80
    let mut numbers = Numbers(48);
    for _ in 0..20_000 {
        let caller = numbers.caller();
        let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let is_plain = |text: &str| !text.chars().any(char::is_control);
        let printed = |text: String| text.chars().filter(|c| !c.is_control()).collect::<String>();
        let is_one = |role: &&String| is_plain(role) && role.split_whitespace().eq([role.as_str()]);
        let expected = Caller {
            // What is lost on purpose. Everything else arrives exactly.
            roles: caller.roles.iter().filter(is_one).cloned().collect(),
            session: some(&caller.session),
            grant: some(&caller.grant),
            name: some(&caller.name.clone().map(printed)),
            email: some(&caller.email).filter(|email| is_plain(email)),
            ..caller.clone()
        };
        assert_eq!(through(&caller), Ok(expected.clone()), "{caller:?}");
        // Nothing is lost the second time, nor where no gateway is in between.
        assert_eq!(through(&expected), Ok(expected.clone()), "{caller:?}");
        assert_eq!(caller.as_through_context(), Ok(expected), "{caller:?}");
    }
}

#[test]
fn the_context_is_flat_text_of_ten_names() {
    // #77, #103
    let mut numbers = Numbers(77);
    for _ in 0..1000 {
        let context = numbers.caller().context();
        let names: Vec<_> = context.keys().map(String::as_str).collect();
        let expected =
            ["client_id", "email", "exp", "grant_id", "iss", "name", "roles", "scope", "sid", "sub"];
        assert_eq!(names, expected);
        assert!(context.values().all(Value::is_string));
        for shown in ["name", "email", "roles", "scope", "exp"] {
            assert!(!context[shown].as_str().unwrap().contains(char::is_control), "{context:?}");
        }
    }
}

#[test]
fn no_value_of_one_member_becomes_another_member() {
    // #80: an attack at each member by its own text, in whatever another one of them could be read.
    let attacks = [
        "x\",\"sub\":\"admin\",\"scope\":\"users:write",
        "x sub=admin scope=users:write",
        "x users:write",
        "users:write",
        "admin",
        "x\nsub: admin",
        "x\r\nscope: users:write\r\n\r\n",
        "x\0admin",
        "[admin users:write]",
        "admin,users:write",
        "{\"sub\":\"admin\"}",
        "x\u{85}admin",
        "x\u{2028}admin",
        "x\u{a0}admin",
        "99999999999",
    ];
    for attack in attacks {
        let text = || Some(attack.to_owned());
        for (member, attacked) in [
            ("iss", Caller { issuer: attack.to_owned(), ..caller() }),
            ("sub", Caller { subject: attack.to_owned(), ..caller() }),
            ("client_id", Caller { client_id: attack.to_owned(), ..caller() }),
            ("roles", Caller { roles: vec![attack.to_owned()], ..caller() }),
            ("sid", Caller { session: text(), ..caller() }),
            ("grant_id", Caller { grant: text(), ..caller() }),
            ("name", Caller { name: text(), ..caller() }),
            ("email", Caller { email: text(), ..caller() }),
        ] {
            let arrived = through(&attacked).unwrap();
            // The one member apart, everybody is who they are without the attack.
            let apart = match member {
                "iss" => Caller { issuer: caller().issuer, ..arrived.clone() },
                "sub" => Caller { subject: caller().subject, ..arrived.clone() },
                "client_id" => Caller { client_id: caller().client_id, ..arrived.clone() },
                "roles" => Caller { roles: caller().roles, ..arrived.clone() },
                "sid" => Caller { session: caller().session, ..arrived.clone() },
                "grant_id" => Caller { grant: caller().grant, ..arrived.clone() },
                "name" => Caller { name: caller().name, ..arrived.clone() },
                _ => Caller { email: caller().email, ..arrived.clone() },
            };
            assert_eq!(apart, caller(), "{member} {attack:?}");
            // A role is the one that was given, or none; so is an address. Names are compared with nothing.
            assert!(arrived.roles.iter().all(|role| attacked.roles.contains(role)), "{attack:?}");
            assert!(arrived.email.is_none() || arrived.email == attacked.email, "{attack:?}");
            assert_eq!(
                (&arrived.issuer, &arrived.subject, &arrived.client_id),
                (&attacked.issuer, &attacked.subject, &attacked.client_id),
                "{attack:?}"
            );
            assert_eq!((&arrived.session, &arrived.grant), (&attacked.session, &attacked.grant));
            assert!(arrived.needs("users:write").is_err(), "{attack:?}");
        }
    }
    // A scope has no text that could be one of two.
    for attack in attacks.into_iter().filter(|attack| *attack != "users:write") {
        if let Ok(scope) = attack.parse::<Scope>() {
            let tokens: Vec<_> = scope.iter().map(str::to_owned).collect();
            let arrived = through(&Caller { scope, ..caller() }).unwrap();
            assert_eq!(arrived.scope.iter().collect::<Vec<_>>(), tokens, "{attack:?}");
        }
    }
}

#[test]
fn what_is_not_known_yet_is_passed_over_and_what_is_left_out_is_nothing() {
    // #80
    let more = json!({
        "sub": "u", "client_id": "", "exp": "101", "principalId": "admin", "integrationLatency": 5,
        "cnf": "{\"jkt\":\"x\"}", "aud": "https://api.example.com", "Sub": "admin", "scp": "users:write",
    });
    let nobody_says = |text: &str| Caller { issuer: text.to_owned(), ..caller() };
    let expected = Caller {
        client_id: String::new(),
        scope: Scope::default(),
        roles: Vec::new(),
        session: None,
        grant: None,
        name: None,
        email: None,
        ..nobody_says("")
    };
    assert_eq!(read(more), Ok(expected));
}

#[test]
fn half_a_context_is_no_caller() {
    // #80
    for broken in [
        json!({}),
        json!({"sub": "u", "exp": "999"}),
        json!({"sub": 5, "client_id": "c", "exp": "999"}),
        json!({"sub": "", "client_id": "c", "exp": "999"}),
        json!({"sub": "u", "client_id": "c"}),
        json!({"sub": "u", "client_id": "c", "exp": ""}),
        json!({"sub": "u", "client_id": "c", "exp": "x"}),
        json!({"sub": "u", "client_id": "c", "exp": 999}),
        json!({"sub": "u", "client_id": "c", "exp": "9.5"}),
        json!({"sub": ["u"], "client_id": "c", "exp": "999"}),
    ] {
        assert_eq!(read(broken.clone()), Err(Caller::missing()), "{broken}");
    }
    assert_eq!(
        read(json!({"sub": "u", "client_id": "c", "exp": "999", "scope": "a\"b"})).unwrap_err().status(),
        400
    );
}

#[test]
fn a_scope_that_is_not_there_is_named() {
    // #81: RFC 6750 §3.1
    assert!(caller().needs("a").is_ok());
    let refused = caller().needs("z").unwrap_err();
    assert_eq!((refused.status(), refused.scope()), (403, Some("z")));
}

#[test]
fn an_expired_token_does_not_live_on_in_the_gateways_cache() {
    // #76
    let until = |seconds| caller().until(Time::from_epoch(seconds)).map(drop);
    assert_eq!(until(100), Ok(()));
    for late in [101, 102, i64::MAX] {
        assert_eq!(until(late).unwrap_err().status(), 401);
    }
}

#[test]
fn a_subject_counts_only_with_its_issuer() {
    // #21, #93
    let caller = Caller { issuer: "https://a".to_owned(), ..caller() };
    assert!(caller.from_issuer("https://a").is_ok());
    for other in ["", "https://b", "https://a/"] {
        assert_eq!(caller.from_issuer(other).unwrap_err().status(), 403);
    }
}
