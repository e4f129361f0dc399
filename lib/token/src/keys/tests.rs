//! Reading a set, and which of its keys does what.

use std::sync::LazyLock;

use super::*;

static ONE: LazyLock<Keys> = LazyLock::new(rsa);
static TWO: LazyLock<Keys> = LazyLock::new(rsa);

const NOW: Time = Time::from_epoch(1_800_000_000);

fn rsa() -> Keys {
    Keys::generate_for(Algorithm::Rs256).unwrap()
}

/// The key of a set of one, with members changed, or taken away where the value is null.
fn jwk(keys: &Keys, changes: Value) -> Value {
    let set: Value = serde_json::from_str(keys.to_json().expose()).unwrap();
    let mut jwk = set["keys"][0].clone();
    for (name, value) in changes.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    jwk
}

fn parse(keys: &[Value]) -> Result<Keys, KeysError> {
    Keys::parse(&Secret::new(json!({ "keys": keys }).to_string()))
}

#[test]
fn a_set_reads_back_as_it_was_written() {
    let again = Keys::parse(&ONE.to_json()).unwrap();
    assert_eq!(again.to_json().expose(), ONE.to_json().expose());
    assert_eq!(again.public().to_json(), ONE.public().to_json());
    assert_eq!(ONE.algorithm_at(NOW), Some(Algorithm::Rs256));
}

#[test]
fn an_elliptic_set_reads_back_and_signs_what_it_says() {
    // #58, #60
    let keys = Keys::generate_for(Algorithm::Es256).unwrap();
    assert_eq!(Keys::parse(&keys.to_json()).unwrap().to_json().expose(), keys.to_json().expose());
    let public: Value = serde_json::from_str(&keys.public().to_json()).unwrap();
    let mut names: Vec<_> = public["keys"][0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    let (now, scope) = (oauth::Time::from_epoch(1_800_000_000), "a".parse().unwrap());
    let claims = crate::Claims::of("s", "s", &scope);
    let token =
        crate::Signer::new("https://i", "https://a", keys.clone()).access_token(&claims, now).unwrap();
    let verify = |keys: &Keys| {
        let verifier = crate::Verifier::new("https://i", "https://a", keys.public().clone());
        verifier.verify(token.jwt.expose(), now).is_ok()
    };
    assert!(verify(&keys) && !verify(&Keys::generate_for(Algorithm::Es256).unwrap()));
    for other in Algorithm::ALL.iter().filter(|other| !Keys::ALGORITHMS.contains(other)) {
        assert!(matches!(Keys::generate_for(*other), Err(KeysError::Algorithm(_))), "{other}");
    }
}

#[test]
fn a_keys_id_is_its_thumbprint() {
    // #58: RFC 7638
    let key = &ONE.public().keys()[0];
    assert_eq!(key.kid(), Some(key.thumbprint().as_str()));
    assert_ne!(key.kid(), TWO.public().keys()[0].kid());
}

#[test]
fn nothing_private_is_published_or_printed() {
    // #58, #103
    let published: Value = serde_json::from_str(&ONE.public().to_json()).unwrap();
    let private = jwk(&ONE, json!({}));
    for name in ["d", "p", "q", "dp", "dq", "qi"] {
        let secret = private[name].as_str().unwrap();
        assert!(
            published["keys"][0].get(name).is_none() && !published.to_string().contains(secret),
            "{name}"
        );
        assert!(!format!("{:?}", *ONE).contains(secret), "{name}");
    }
    let mut names: Vec<_> = published["keys"][0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "e", "kid", "kty", "n", "use"]);
}

#[test]
fn an_invalid_key_set_is_refused() {
    for bad in ["", "secret", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[5]}"#, r#"{"keys":[],"keys":[]}"#] {
        let error = Keys::parse(&Secret::new(bad)).unwrap_err();
        assert!(matches!(error, KeysError::NotAKeySet(_)), "{bad}: {error}");
    }
}

#[test]
fn each_key_must_match_its_declaration() {
    // #68, #106: whatever is wrong, the sentence names the key and what to do, and no secret.
    let other = jwk(&TWO, json!({}));
    let short = "_".repeat(168);
    for (changes, sentence) in [
        (json!({ "state": "Current" }), "dates of the signing key"),
        (json!({ "state": "gone" }), "dates of the signing key"),
        (json!({ "state": 1 }), "dates of the signing key"),
        (json!({ "signs_from": "1" }), "dates of the signing key"),
        (json!({ "signs_from": -1 }), "dates of the signing key"),
        (json!({ "signs_from": 1.5 }), "dates of the signing key"),
        (json!({ "verifies_until": true }), "dates of the signing key"),
        (json!({ "kid": "mine" }), "set its kid to its RFC 7638 thumbprint"),
        (json!({ "kid": null }), "set its kid to its RFC 7638 thumbprint"),
        (json!({ "n": other["n"] }), "set its kid to its RFC 7638 thumbprint"),
        (json!({ "n": short }), "2048 to 8192 bits"),
        (json!({ "e": "Aw" }), "at least 65537"),
        (json!({ "kty": "EC" }), "a member is missing"),
        (json!({ "kty": "oct" }), "not known here"),
        (json!({ "use": "enc" }), "its use is not sig"),
        (json!({ "alg": "HS256" }), "its algorithm is not known here"),
        (json!({ "alg": "ES256" }), "not one for its type"),
        (json!({ "alg": "RS512" }), "not for RS256 or ES256"),
        (json!({ "alg": null }), "not for RS256 or ES256"),
        (json!({ "d": null }), "private members"),
        (json!({ "d": other["d"] }), "private members"),
        (json!({ "p": other["p"] }), "private members"),
        (json!({ "p": jwk(&ONE, json!({}))["q"] }), "private members"),
        (json!({ "dp": "AQAB" }), "private members"),
        (json!({ "qi": 5 }), "private members"),
        (json!({ "q": "not base64!" }), "private members"),
    ] {
        let error = parse(&[jwk(&ONE, changes.clone())]).unwrap_err().to_string();
        assert!(error.contains(sentence), "{changes}: {error}");
        assert!(!error.contains(jwk(&ONE, json!({}))["d"].as_str().unwrap()), "{changes}");
    }
}

/// The states of the keys of a set.
fn states(keys: &Keys, now: Time) -> Vec<State> {
    keys.list(now).into_iter().map(|key| key.state).collect()
}

#[test]
fn a_keys_state_follows_from_its_dates_and_the_clock() {
    // #59
    let at = |seconds| Time::from_epoch(seconds);
    let third = rsa();
    let set = [
        jwk(&ONE, json!({ "signs_from": 1000, "verifies_until": 2500 })),
        jwk(&TWO, json!({ "signs_from": 2000, "verifies_until": 3500 })),
        jwk(&third, json!({ "signs_from": 3000 })),
    ];
    let keys = parse(&set).unwrap();
    use State::{Current, Next, Previous, Retired};
    for (now, expected, signs) in [
        (999, [Next, Next, Next], None),
        (1000, [Current, Next, Next], Some(&*ONE)),
        (1999, [Current, Next, Next], Some(&*ONE)),
        (2000, [Previous, Current, Next], Some(&*TWO)),
        (2499, [Previous, Current, Next], Some(&*TWO)),
        (2500, [Retired, Current, Next], Some(&*TWO)),
        (3000, [Retired, Previous, Current], Some(&third)),
        (3500, [Retired, Retired, Current], Some(&third)),
        (i64::MAX, [Retired, Retired, Current], Some(&third)),
    ] {
        assert_eq!(states(&keys, at(now)), expected, "{now}");
        let signing = keys.signing(Algorithm::Rs256, at(now)).map(PrivateKey::kid);
        assert_eq!(signing, signs.map(|keys| keys.keys[0].kid()), "{now}");
    }
    // All are known to who verifies, each with its end.
    let published = keys.published();
    assert_eq!(published.all().keys().len(), 3);
    assert_eq!(PublicKeys::read(&published.to_json()).unwrap().to_json(), published.to_json());
    assert_eq!([2499, 2500, 3500].map(|now| published.at(at(now)).keys().len()), [3, 2, 1]);
    assert!(!published.at(at(0)).to_json().contains("verifies_until"));
    assert!(!published.to_json().contains("signs_from"));
}

#[test]
fn a_set_with_states_is_read_and_written_with_dates_at_its_next_change() {
    // #59
    let third = rsa();
    let state = |keys: &Keys, state| jwk(keys, json!({ "state": state, "signs_from": null }));
    let old = [state(&ONE, "previous"), state(&TWO, "current"), state(&third, "next")];
    let keys = parse(&old).unwrap();
    assert_eq!(states(&keys, NOW), [State::Previous, State::Current, State::Next]);
    assert!(keys.waits(), "nobody knows whether the next one is published");
    let new = keys.scheduled(NOW).unwrap();
    let text = new.to_json();
    assert!(!text.expose().contains("state"));
    let dates: Vec<_> = new.list(NOW).into_iter().map(|key| (key.signs_from, key.verifies_until)).collect();
    let (begins, ends) = (NOW.after(crate::WAIT), NOW.after(crate::WAIT).after(crate::OVERLAP));
    assert_eq!(dates[0].1, Some(NOW.after(crate::OVERLAP)), "what it signed may be fresh");
    assert_eq!((dates[1].1, dates[2]), (Some(ends), (Some(begins), None)));
    assert_eq!(Keys::parse(&text).unwrap().list(NOW), new.list(NOW));
}

#[test]
fn a_set_without_a_key_that_signs_and_one_with_two_are_refused() {
    // #59, #106
    let from = |keys: &Keys, from: Value| jwk(keys, json!({ "signs_from": from }));
    assert_eq!(parse(&[]).unwrap_err(), KeysError::NoneSigns);
    assert_eq!(parse(&[from(&ONE, json!(null))]).unwrap_err(), KeysError::NoneSigns);
    let two = parse(&[from(&ONE, json!(5)), from(&TWO, json!(5))]).unwrap_err();
    assert_eq!(two, KeysError::SeveralSign(Algorithm::Rs256));
    let current = |keys: &Keys| jwk(keys, json!({ "state": "current" }));
    assert_eq!(parse(&[current(&ONE), current(&TWO)]).unwrap_err(), two);
    let twice = parse(&[from(&ONE, json!(5)), from(&ONE, json!(6))]).unwrap_err();
    assert_eq!(twice, KeysError::NotAKeySet(JoseError::DuplicateKid));
    // Before its first key signs, a set signs nothing, and says so.
    let later = parse(&[from(&ONE, json!(NOW.epoch() + 1))]).unwrap();
    assert_eq!((later.algorithm_at(NOW), states(&later, NOW)), (None, vec![State::Next]));
}

#[test]
fn an_end_that_cannot_be_read_is_not_passed_over() {
    // #68
    let set = |end: Value| {
        let mut key = ONE.public().keys()[0].to_json();
        key["verifies_until"] = end;
        PublicKeys::read(&json!({ "keys": [key] }).to_string())
    };
    for bad in [json!("1"), json!(-1), json!(1.5), json!(null), json!([])] {
        assert_eq!(set(bad.clone()).unwrap_err(), JoseError::KeySet, "{bad}");
    }
    assert!(set(json!(5)).is_ok());
}
