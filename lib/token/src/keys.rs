//! The set of signing keys: one secret, read once at init.

use jose::{Algorithm, JoseError, KeySet, SigningKey, json::parse_object};
use oauth::Secret;
use serde_json::{Value, json};

use crate::{
    KeysError,
    private::{PrivateKey, State},
};

/// Signing keys: at least one is current, and of each algorithm one at most. As JSON it is a JWKS of private keys (RFC 7517 §5)
/// with one more member per key: `"state": "next" | "current" | "previous"`.
#[derive(Debug, Clone)]
pub struct Keys {
    keys: Vec<PrivateKey>,
    current: Vec<PrivateKey>,
    public: KeySet,
}

impl Keys {
    /// What a key of ours may sign with.
    pub const ALGORITHMS: [Algorithm; 2] = SigningKey::ALGORITHMS;

    /// A new set with a current key for each of [`Self::ALGORITHMS`].
    pub fn generate() -> Result<Self, KeysError> {
        let current = |algorithm| PrivateKey::generate(algorithm, State::Current);
        Self::new(Self::ALGORITHMS.into_iter().map(current).collect::<Result<_, _>>()?)
    }

    /// A new set with one current key, for one of [`Self::ALGORITHMS`].
    pub fn generate_for(algorithm: Algorithm) -> Result<Self, KeysError> {
        Self::new(vec![PrivateKey::generate(algorithm, State::Current)?])
    }

    /// Reads a set; refuses one that is unsafe or ambiguous with a sentence that says what to do.
    pub fn parse(json: &Secret) -> Result<Self, KeysError> {
        let set = parse_object(json.expose().as_bytes()).map_err(KeysError::NotAKeySet)?;
        let malformed = KeysError::NotAKeySet(JoseError::KeySet);
        let entries = set.get("keys").and_then(Value::as_array).ok_or_else(|| malformed.clone())?;
        let parse = |entry: &Value| PrivateKey::parse(entry.as_object().ok_or_else(|| malformed.clone())?);
        Self::new(entries.iter().map(parse).collect::<Result<_, _>>()?)
    }

    fn new(keys: Vec<PrivateKey>) -> Result<Self, KeysError> {
        let current: Vec<_> = keys.iter().filter(|key| key.state() == State::Current).cloned().collect();
        for algorithm in Self::ALGORITHMS {
            match current.iter().filter(|key| key.algorithm() == algorithm).count() {
                0 | 1 => {}
                several => return Err(KeysError::SeveralCurrent(several, algorithm)),
            }
        }
        if current.is_empty() {
            return Err(KeysError::NoCurrent);
        }
        let public = keys.iter().map(|key| key.public().clone()).collect();
        let public = KeySet::new(public).map_err(KeysError::NotAKeySet)?;
        Ok(Self { keys, current, public })
    }

    /// The same set one step on its way (#59), for each algorithm on its own: keys that signed before are gone; without any, the next
    /// key signs and the current one is `previous`; without a next one, there is a new one that waits.
    pub fn rotated(&self) -> Result<Self, KeysError> {
        let mut keys = self.keys.clone();
        for key in &self.current {
            step(&mut keys, key.algorithm())?;
        }
        Self::new(keys)
    }

    /// The set for the secret store, private members and all.
    pub fn to_json(&self) -> Secret {
        let keys: Vec<_> = self.keys.iter().map(PrivateKey::jwk).collect();
        Secret::new(json!({ "keys": keys }).to_string())
    }

    /// The public halves of all keys, whatever their state: verifiers learn a key before it signs, and know it as long as
    /// a token it signed may live (#59).
    pub fn public(&self) -> &KeySet {
        &self.public
    }

    /// What access tokens are signed with: RS256 if there is a key for it, because that is what the gateway's own authorizers accept.
    pub fn current_algorithm(&self) -> Algorithm {
        self.current().algorithm()
    }

    /// The algorithms for which there is a current key, in the order of [`Self::ALGORITHMS`].
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        Self::ALGORITHMS.into_iter().filter(|algorithm| self.current_for(*algorithm).is_some())
    }

    /// The key that signs access tokens.
    pub(crate) fn current(&self) -> &PrivateKey {
        self.current_for(Algorithm::Rs256).unwrap_or(&self.current[0])
    }

    /// The key that signs with this algorithm.
    pub(crate) fn current_for(&self, algorithm: Algorithm) -> Option<&PrivateKey> {
        self.current.iter().find(|key| key.algorithm() == algorithm)
    }
}

/// One step of the keys for one algorithm.
fn step(keys: &mut Vec<PrivateKey>, algorithm: Algorithm) -> Result<(), KeysError> {
    let is = |key: &PrivateKey, state| key.algorithm() == algorithm && key.state() == state;
    if keys.iter().any(|key| is(key, State::Previous)) {
        keys.retain(|key| !is(key, State::Previous));
    } else if let Some(next) = keys.iter().position(|key| is(key, State::Next)) {
        let current = keys.iter_mut().filter(|key| is(key, State::Current));
        current.for_each(|key| key.move_to(State::Previous));
        keys[next].move_to(State::Current);
    } else {
        keys.push(PrivateKey::generate(algorithm, State::Next)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static ONE: LazyLock<Keys> = LazyLock::new(rsa);
    static TWO: LazyLock<Keys> = LazyLock::new(rsa);

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
        assert_eq!(ONE.current_algorithm(), Algorithm::Rs256);
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
    fn all_keys_are_published_and_the_current_one_signs() {
        // #59
        let third = rsa();
        let set = [
            jwk(&ONE, json!({ "state": "previous" })),
            jwk(&TWO, json!({ "state": "current" })),
            jwk(&third, json!({ "state": "next" })),
        ];
        let keys = parse(&set).unwrap();
        assert_eq!(keys.public().keys().len(), 3);
        assert_eq!(keys.current().public().kid(), TWO.public().keys()[0].kid());
    }

    #[test]
    fn a_key_is_published_before_it_signs_and_after() {
        // #59
        let kids = |keys: &Keys| -> Vec<_> {
            keys.public().keys().iter().map(|key| key.kid().unwrap().to_owned()).collect()
        };
        let signs = |keys: &Keys| keys.current().public().kid().unwrap().to_owned();
        let old = signs(&ONE);
        let waits = ONE.rotated().unwrap();
        let [_, new] = kids(&waits).try_into().unwrap();
        assert_eq!((kids(&waits)[0].clone(), signs(&waits)), (old.clone(), old.clone()));
        let signed = waits.rotated().unwrap();
        assert_eq!((kids(&signed), signs(&signed)), (vec![old, new.clone()], new.clone()));
        let alone = signed.rotated().unwrap();
        assert_eq!((kids(&alone), signs(&alone)), (vec![new.clone()], new));
        // What is stored says the same.
        for keys in [waits, signed, alone] {
            let again = Keys::parse(&keys.to_json()).unwrap();
            assert_eq!((kids(&again), signs(&again)), (kids(&keys), signs(&keys)));
        }
    }

    #[test]
    fn of_several_next_keys_one_signs_and_the_others_wait() {
        // #59
        let third = rsa();
        let next = |keys: &Keys| jwk(keys, json!({ "state": "next" }));
        let keys = parse(&[next(&TWO), jwk(&ONE, json!({})), next(&third)]).unwrap().rotated().unwrap();
        let states: Vec<_> = keys.keys.iter().map(PrivateKey::state).collect();
        assert_eq!(states, [State::Current, State::Previous, State::Next]);
    }

    #[test]
    fn of_each_algorithm_one_key_is_current_at_most() {
        // #59, #106
        let state = |keys: &Keys, state| jwk(keys, json!({ "state": state }));
        assert_eq!(parse(&[]).unwrap_err(), KeysError::NoCurrent);
        assert_eq!(parse(&[state(&ONE, "next"), state(&TWO, "previous")]).unwrap_err(), KeysError::NoCurrent);
        let two = parse(&[state(&ONE, "current"), state(&TWO, "current")]).unwrap_err();
        assert_eq!(two, KeysError::SeveralCurrent(2, Algorithm::Rs256));
        let twice = parse(&[state(&ONE, "current"), state(&ONE, "previous")]).unwrap_err();
        assert_eq!(twice, KeysError::NotAKeySet(JoseError::DuplicateKid));
        assert!(
            two.to_string().contains("leave one") && KeysError::NoCurrent.to_string().contains("give one")
        );
    }

    #[test]
    fn both_algorithms_sign_side_by_side_and_rotate_together() {
        // #58, #59
        let both = Keys::generate().unwrap();
        let all = |keys: &Keys| keys.algorithms().collect::<Vec<_>>();
        let signs = |keys: &Keys| {
            Keys::ALGORITHMS
                .map(|algorithm| keys.current_for(algorithm).unwrap().public().kid().unwrap().to_owned())
        };
        assert_eq!((all(&both), both.current_algorithm()), (Keys::ALGORITHMS.to_vec(), Algorithm::Rs256));
        let waits = Keys::parse(&both.rotated().unwrap().to_json()).unwrap();
        assert_eq!((waits.public().keys().len(), signs(&waits)), (4, signs(&both)));
        let signed = waits.rotated().unwrap();
        assert!(signs(&signed).iter().zip(signs(&both)).all(|(new, old)| *new != old));
        let alone = signed.rotated().unwrap();
        assert_eq!((alone.public().keys().len(), signs(&alone)), (2, signs(&signed)));
        // What there was before is enough.
        assert_eq!(all(&ONE), [Algorithm::Rs256]);
        let elliptic = Keys::generate_for(Algorithm::Es256).unwrap();
        assert_eq!(
            (all(&elliptic), elliptic.current_algorithm()),
            (vec![Algorithm::Es256], Algorithm::Es256)
        );
    }

    #[test]
    fn an_invalid_key_set_is_refused() {
        for bad in ["", "secret", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[5]}"#, r#"{"keys":[],"keys":[]}"#]
        {
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
            (json!({ "state": null }), "has no known state"),
            (json!({ "state": "Current" }), "has no known state"),
            (json!({ "state": "gone" }), "has no known state"),
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
}
