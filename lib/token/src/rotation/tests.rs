//! The way of keys through a set, step by step and through a long schedule.

use std::collections::BTreeMap;

use jose::{Jws, KeySet};
use oauth::Scope;

use super::*;
use crate::{Claims, KeyInfo, PublicKeys, Signer, Verifier};

const START: Time = Time::from_epoch(1_800_000_000);
const ISSUER: &str = "https://id.example.com";
const DAY: Duration = Duration::from_secs(24 * 3600);
const EC: [Algorithm; 1] = [Algorithm::Es256];

fn elliptic() -> Keys {
    Keys::generate_for(Algorithm::Es256).unwrap()
}

/// What a rotation comes to where nothing goes wrong.
fn rotated(keys: &Keys, now: Time) -> Keys {
    keys.with_next(&EC, now).unwrap().scheduled(now).unwrap()
}

/// The states; whoever has the public keys alone sees the same.
fn states(keys: &Keys, now: Time) -> Vec<State> {
    let of = |list: Vec<KeyInfo>| list.into_iter().map(|key| key.state).collect::<Vec<_>>();
    let published = PublicKeys::read(&keys.published().to_json()).unwrap();
    assert_eq!(of(published.list(now)), of(keys.list(now)));
    of(keys.list(now))
}

fn kid(keys: &Keys, state: State, now: Time) -> String {
    keys.list(now).into_iter().find(|key| key.state == state).unwrap().kid
}

fn token(keys: &Keys, lifetime: Duration, now: Time) -> String {
    let scope: Scope = "a".parse().unwrap();
    let claims = Claims { lifetime, ..Claims::of("s", "s", &scope) };
    let signer = Signer::new(ISSUER, ISSUER, keys.clone());
    signer.access_token(&claims, now).unwrap().jwt.expose().to_owned()
}

#[test]
fn a_key_goes_from_next_to_gone() {
    // #59
    use State::{Current, Next, Previous, Retired};
    let keys = elliptic().with_next(&EC, START).unwrap();
    // Published, and without a date: however long nobody goes on, it does not sign.
    assert_eq!(states(&keys, START.after(DAY * 400)), [Current, Next]);
    assert!(keys.waits());
    let keys = keys.scheduled(START).unwrap();
    assert!(!keys.waits());
    let begins = keys.published().list(START)[1].signs_from;
    assert_eq!((begins, keys.list(START)[1].signs_from), (Some(START.after(WAIT)), begins));
    let second = Duration::from_secs(1);
    for (after, expected) in [
        (Duration::ZERO, vec![Current, Next]),
        (WAIT - second, vec![Current, Next]),
        (WAIT, vec![Previous, Current]),
        (WAIT + OVERLAP - second, vec![Previous, Current]),
        (WAIT + OVERLAP, vec![Retired, Current]),
        (WAIT + OVERLAP + HINTS - second, vec![Retired, Current]),
        (WAIT + OVERLAP + HINTS, vec![Current]),
    ] {
        let now = START.after(after);
        assert_eq!(states(&Keys::settled(keys.keys.clone(), now).unwrap(), now), expected, "{after:?}");
    }
}

#[test]
fn a_rotation_that_is_repeated_changes_nothing() {
    // #59: a scheduler delivers at least once.
    let keys = rotated(&elliptic(), START);
    for after in [0, 1, 3600] {
        let again = rotated(&keys, START.after(Duration::from_secs(after)));
        assert_eq!(again.list(START), keys.list(START));
    }
}

#[test]
fn what_is_due_is_what_is_old_or_missing() {
    let month = DAY * 30;
    let both = Keys::generate_at(START).unwrap();
    // They count as a day old when they are made.
    assert_eq!(both.due(month, START.after(month - DAY * 2)), []);
    assert_eq!(both.due(month, START.after(month - DAY)), Keys::ALGORITHMS);
    let rsa = Keys::generate_for(Algorithm::Rs256).unwrap();
    assert_eq!(rsa.due(Duration::MAX, START), EC, "a set from before there was ES256");
    let after = rsa.with_next(&EC, START).unwrap().scheduled(START).unwrap();
    let algorithms = |now| after.algorithms(now).collect::<Vec<_>>();
    assert_eq!(algorithms(START), [Algorithm::Rs256]);
    assert_eq!(algorithms(START.after(WAIT)), Keys::ALGORITHMS);
    // Access tokens of a set for ES256 alone stay with that.
    assert_eq!(elliptic().due(Duration::MAX, START), []);
}

#[test]
fn algorithms_go_their_own_ways() {
    // #58
    let both = Keys::generate_at(START).unwrap();
    let keys = rotated(&both, START).list(START.after(WAIT));
    let states: Vec<_> = keys.iter().map(|key| (key.alg.as_str(), key.state)).collect();
    assert_eq!(states, [("RS256", State::Current), ("ES256", State::Previous), ("ES256", State::Current)]);
}

#[test]
fn a_previous_key_can_be_retired_early_and_no_other() {
    let keys = rotated(&elliptic(), START);
    for (state, advice) in [(State::Current, "keys rotate"), (State::Next, "keys revoke")] {
        let error = keys.retired(&kid(&keys, state, START), START).unwrap_err().to_string();
        assert!(
            error.contains(&format!("is {state}, and only a previous")) && error.contains(advice),
            "{error}"
        );
    }
    let now = START.after(WAIT);
    let retired = keys.retired(&kid(&keys, State::Previous, now), now).unwrap();
    assert_eq!(states(&retired, now), [State::Retired, State::Current]);
    let error = retired.retired(&kid(&retired, State::Retired, now), now).unwrap_err().to_string();
    assert!(error.contains("out of use already"), "{error}");
    assert!(matches!(keys.retired("nobody", now), Err(KeysError::Unknown(_))));
}

#[test]
fn a_revoked_key_is_gone_and_another_one_signs_at_once() {
    // #59
    let (keys, now) = (rotated(&elliptic(), START), START.after(Duration::from_secs(60)));
    let (current, next) = (kid(&keys, State::Current, now), kid(&keys, State::Next, now));
    let promoted = keys.revoked(&current, now).unwrap();
    assert_eq!(
        (states(&promoted, now), kid(&promoted, State::Current, now)),
        (vec![State::Current], next.clone())
    );
    // Without a next one there is a new one.
    let fresh = promoted.revoked(&next, now).unwrap();
    assert_eq!(states(&fresh, now), [State::Current]);
    assert!(![&current, &next].contains(&&kid(&fresh, State::Current, now)));
    // Without the next one, nothing follows the current one.
    let without = keys.revoked(&next, now).unwrap();
    assert_eq!((without.list(now)[0].verifies_until, states(&without, now)), (None, vec![State::Current]));
    // A previous and a retired one go, and the others stay as they are.
    for now in [START.after(WAIT), START.after(WAIT + OVERLAP)] {
        let state = keys.list(now)[0].state;
        let rest = keys.revoked(&kid(&keys, state, now), now).unwrap();
        assert_eq!(states(&rest, now), [State::Current], "{state}");
    }
    assert!(matches!(keys.revoked("nobody", now), Err(KeysError::Unknown(_))));
}

#[test]
fn a_set_stays_small_however_often_it_is_rotated() {
    // A function's environment has 4 KB.
    let (mut keys, mut now) = (elliptic(), START);
    for _ in 0..500 {
        now = now.after(Duration::from_secs(600));
        keys = rotated(&keys, now);
        let count = |state| keys.list(now).iter().filter(|key| key.state == state).count();
        assert!(count(State::Next) <= 1 && count(State::Retired) <= 1 && count(State::Current) == 1);
        assert!(keys.list(now).len() <= 4, "{:?}", states(&keys, now));
    }
}

#[test]
fn without_retired_keys_a_set_is_what_verifies_tokens() {
    let (keys, now) = (rotated(&elliptic(), START), START.after(WAIT + OVERLAP));
    let keys = rotated(&keys, now);
    assert_eq!(states(&keys, now), [State::Retired, State::Current, State::Next]);
    let fewer = keys.without_retired(now).unwrap();
    assert_eq!(fewer.list(now), keys.list(now)[1..]);
    assert_eq!(fewer.without_retired(now).unwrap().list(now), fewer.list(now));
}

#[test]
fn a_retired_key_verifies_a_hint_and_no_token_and_a_revoked_one_nothing() {
    // #59, #66
    let old = elliptic();
    let keys = rotated(&old, START);
    let now = START.after(WAIT + OVERLAP);
    let signer = Signer::new(ISSUER, ISSUER, old.clone());
    let hint = signer.sign(Algorithm::Es256, "JWT", hint_claims(), START).unwrap();
    let access = token(&old, LONGEST_LIFETIME, now);
    let verifier =
        |keys: &Keys| Verifier::new(ISSUER, ISSUER, PublicKeys::read(&keys.published().to_json()).unwrap());
    assert!(verifier(&old).verify(&access, now).is_ok());
    let after = verifier(&keys);
    assert_eq!(after.verify_hint(&hint).unwrap().subject, "s");
    assert_eq!(after.verify(&access, now).unwrap_err(), crate::Invalid::Jws(jose::JoseError::UnknownKey));
    assert!(after.verify_for_any_audience(&access, now).is_err());
    let gone = verifier(&keys.revoked(&kid(&keys, State::Retired, now), now).unwrap());
    assert!(gone.verify_hint(&hint).is_err());
}

fn hint_claims() -> serde_json::Map<String, serde_json::Value> {
    let claims = serde_json::json!({ "iss": ISSUER, "sub": "s", "aud": "app" });
    claims.as_object().unwrap().clone()
}

/// Someone who verifies and fetches the key set at most every `cache` seconds, as API Gateway's own authorizer does: an unknown key
/// is no reason to ask again.
struct Caching {
    cache: Duration,
    fetched: Time,
    keys: KeySet,
}

impl Caching {
    fn verifies(&mut self, token: &str, published: &PublicKeys, now: Time) -> bool {
        if now.since(self.fetched) >= self.cache {
            (self.keys, self.fetched) = (published.at(now), now);
        }
        self.keys.verify(&Jws::parse(token).unwrap(), &EC).is_ok()
    }
}

#[test]
fn p8_every_valid_token_verifies_with_what_any_cache_knows_at_any_time() {
    // P8, #59, #74: many rotations as quick as they can be, 293 seconds at a time, which meets every edge at another offset. The signers
    // hold what they read up to an hour ago, and the functions that verify get each change a minute later.
    let step = Duration::from_secs(293);
    let mut stored = elliptic();
    let mut functions = stored.published();
    let mut signers: Vec<_> = [0, 1200, 3599].map(|age| (Duration::from_secs(age), stored.clone())).into();
    let mut verifiers: Vec<_> = [300, 3600, 7200]
        .map(|cache| Caching {
            cache: Duration::from_secs(cache),
            fetched: Time::from_epoch(0),
            keys: KeySet::default(),
        })
        .into();
    let mut living: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let (mut now, mut checked, mut kids) = (START, 0, std::collections::BTreeSet::new());
    while now < START.after(DAY * 3) {
        now = now.after(step);
        stored = if stored.waits() {
            // Published everywhere, as the step before has done.
            stored.scheduled(now).unwrap()
        } else {
            stored.with_next(&EC, now).unwrap()
        };
        for (age, signer) in &mut signers {
            *age += step;
            if *age >= RELOAD {
                (*age, *signer) = (Duration::ZERO, stored.clone());
            }
            kids.insert(signer.signing(Algorithm::Es256, now).unwrap().kid().to_owned());
            for lifetime in [600, 3600] {
                let ends = now.after(Duration::from_secs(lifetime)).epoch();
                let jwt = token(signer, Duration::from_secs(lifetime), now);
                living.entry(ends).or_default().push(jwt);
            }
        }
        living = living.split_off(&(now.epoch() + 1));
        // The oldest and the newest of each end that is near, and what was signed this moment.
        for jwt in living.values().take(1).chain(living.values().rev().take(1)).flatten() {
            let own = Verifier::new(ISSUER, ISSUER, functions.clone());
            assert!(own.verify(jwt, now).is_ok(), "a function at {now}");
            for verifier in &mut verifiers {
                assert!(verifier.verifies(jwt, &functions, now), "a cache of {:?} at {now}", verifier.cache);
                checked += 1;
            }
        }
        functions = stored.published();
    }
    assert!(kids.len() > 20 && checked > 10_000, "{} keys signed, {checked} looks", kids.len());
}
