//! A set of public keys (RFC 7517 §5), and the choice of one of them.

use serde_json::{Value, json};

use crate::{Algorithm, Compact, JoseError, Key, json::parse_object, key::PRIVATE};

/// The keys of one issuer. A set belongs to its issuer: it never verifies what another one signed (#70).
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// The most keys a set may hold (#72).
    pub const MAX_KEYS: usize = 100;

    /// Reads a JWKS. Keys that cannot be used here are passed over (RFC 7517 §5), symmetric ones among them: what is
    /// published is no secret. That two keys have one name matters only to a token that names it: see [`Self::find`].
    pub fn parse(json: impl AsRef<[u8]>) -> Result<Self, JoseError> {
        let set = parse_object(json.as_ref())?;
        let entries = set.get("keys").and_then(Value::as_array).ok_or(JoseError::KeySet)?;
        if entries.len() > Self::MAX_KEYS {
            return Err(JoseError::TooManyKeys);
        }
        let entries: Vec<_> =
            entries.iter().map(|key| key.as_object().ok_or(JoseError::KeySet)).collect::<Result<_, _>>()?;
        Ok(Self { keys: entries.into_iter().filter_map(|members| Key::parse(members).ok()).collect() })
    }

    /// Reads a JWKS that an operator wrote down: what is wrong with it can be put right, and is not passed over. A private key
    /// has no business there, two keys of one name and algorithm would verify nothing, and with no key at all nothing would ever
    /// verify.
    pub fn written(json: impl AsRef<[u8]>) -> Result<Self, JoseError> {
        let json = json.as_ref();
        let set = Self::parse(json)?;
        let entries = parse_object(json)?;
        let entries = entries.get("keys").and_then(Value::as_array).into_iter().flatten();
        let is_private = |key: &Value| PRIVATE.iter().any(|name| key.get(name).is_some());
        if entries.into_iter().any(is_private) {
            return Err(JoseError::PrivateKey);
        }
        distinct(&set.keys, ambiguous)?;
        if set.keys.is_empty() { Err(JoseError::NoKey) } else { Ok(set) }
    }

    /// A set of keys that were read before, each with a name of its own.
    pub fn new(keys: Vec<Key>) -> Result<Self, JoseError> {
        if keys.len() > Self::MAX_KEYS {
            return Err(JoseError::TooManyKeys);
        }
        distinct(&keys, |_, _| true)?;
        Ok(Self { keys })
    }

    /// The keys that can be used.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The one key for a token with this `kid` and algorithm. Without a `kid` there must be exactly one that fits. The same
    /// key twice is one key; two different ones are ambiguous, and guessing is not verifying.
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&Key, JoseError> {
        let mut named = self.keys.iter().filter(|key| kid.is_none() || key.kid() == kid).peekable();
        if kid.is_some() && named.peek().is_none() {
            return Err(JoseError::UnknownKey);
        }
        let mut fitting = named.filter(|key| key.fits(algorithm));
        let none = if kid.is_some() { JoseError::WrongKey } else { JoseError::UnknownKey };
        let key = fitting.next().ok_or(none)?;
        if fitting.all(|other| other.is(key)) { Ok(key) } else { Err(JoseError::AmbiguousKey) }
    }

    /// Checks the signature with the key the token names, if its algorithm is one of those that the caller takes. A [`crate::Jws`]
    /// can be passed as it is.
    pub fn verify(&self, token: &Compact, algorithms: &[Algorithm]) -> Result<(), JoseError> {
        let algorithm = Algorithm::parse(token.alg()).filter(|algorithm| algorithms.contains(algorithm));
        let algorithm = algorithm.ok_or(JoseError::Algorithm)?;
        self.find(token.kid(), algorithm)?.verify(algorithm, token.signing_input(), token.signature())
    }

    /// The set as a JWKS for the public.
    pub fn to_json(&self) -> String {
        let keys: Vec<_> = self.keys.iter().map(Key::to_json).collect();
        json!({ "keys": keys }).to_string()
    }
}

/// Whether two keys of one name clash (RFC 7517 §4.5).
fn distinct(keys: &[Key], clash: fn(&Key, &Key) -> bool) -> Result<(), JoseError> {
    let named_like =
        |one: &Key, other: &Key| one.kid().is_some() && one.kid() == other.kid() && clash(one, other);
    let twice =
        keys.iter().enumerate().any(|(at, one)| keys[..at].iter().any(|other| named_like(one, other)));
    if twice { Err(JoseError::DuplicateKid) } else { Ok(()) }
}

/// Whether a signature could be by either: they are different, and for one algorithm.
fn ambiguous(one: &Key, other: &Key) -> bool {
    !one.is(other) && Algorithm::ALL.iter().any(|algorithm| one.fits(*algorithm) && other.fits(*algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ec(kid: &str) -> Value {
        // RFC 7517 A.1
        let (x, y) =
            ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid })
    }

    /// Another key on the same curve: twice the point of the one above.
    fn other_ec(kid: &str) -> Value {
        let (x, y) =
            ("Pt-METAU_yaKl_z0eivqDpNihRcozhxdR8lFghOU-u0", "xiy5RpEwLyA27QKCuZqCMTCwNVOGPtxXETou9iNC4mg");
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": kid })
    }

    /// RFC 8037 A.2
    fn ed(kid: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": kid })
    }

    fn unnamed(mut key: Value) -> Value {
        key.as_object_mut().unwrap().remove("kid");
        key
    }

    fn parse(keys: Value) -> Result<KeySet, JoseError> {
        KeySet::parse(json!({ "keys": keys }).to_string())
    }

    #[test]
    fn a_set_is_an_object_with_an_array_of_objects() {
        for (text, error) in [
            ("", JoseError::Json),
            ("[]", JoseError::NotObject),
            ("{}", JoseError::KeySet),
            (r#"{"keys":{}}"#, JoseError::KeySet),
            (r#"{"keys":[5]}"#, JoseError::KeySet),
            (r#"{"keys":[null]}"#, JoseError::KeySet),
            (r#"{"keys":[],"keys":[]}"#, JoseError::Duplicate),
            (r#"{"keys":[{"kty":"RSA","kty":"EC"}]}"#, JoseError::Duplicate),
        ] {
            assert_eq!(KeySet::parse(text).unwrap_err(), error, "{text}");
        }
        assert!(parse(json!([])).unwrap().keys().is_empty());
    }

    #[test]
    fn unusable_keys_of_a_fetched_set_are_skipped() {
        // #62: RFC 7517 §5
        let mut private = ec("d");
        private["d"] = "AA".into();
        let set = parse(
            json!([ec("a"), {}, { "kty": "PQ", "kid": "b" }, { "kty": "RSA", "n": "AQAB", "e": "AQAB" }, private, ed("c")]),
        );
        let kids: Vec<_> = set.unwrap().keys().iter().map(|key| key.kid().unwrap().to_owned()).collect();
        assert_eq!(kids, ["a", "c"]);
    }

    #[test]
    fn a_configured_key_set_must_be_valid_in_full() {
        // #58, #62
        let mut private = ec("d");
        private["d"] = "AA".into();
        let unusable = json!({ "kty": "PQ", "kid": "b" });
        for (keys, error) in [
            (json!([]), JoseError::NoKey),
            (json!([unusable]), JoseError::NoKey),
            (json!([private]), JoseError::PrivateKey),
            (json!([ec("a"), private]), JoseError::PrivateKey),
            (json!([ec("a"), { "kty": "PQ", "d": "AA" }]), JoseError::PrivateKey),
            (json!([ec("a"), other_ec("a")]), JoseError::DuplicateKid),
        ] {
            let set = json!({ "keys": keys }).to_string();
            assert_eq!(KeySet::written(set).unwrap_err(), error, "{keys}");
        }
        assert_eq!(KeySet::written("{}").unwrap_err(), JoseError::KeySet);
        // A key of theirs for something else is none of our business, and the same key twice is one.
        for (beside, count) in [(unusable, 1), (ec("a"), 2), (ed("a"), 2)] {
            let set = json!({ "keys": [ec("a"), beside] }).to_string();
            assert_eq!(KeySet::written(set).unwrap().keys().len(), count);
        }
    }

    #[test]
    fn a_kid_of_two_keys_verifies_nothing_and_the_others_work() {
        // #62, in any order
        let oct = json!({ "kty": "oct", "k": "AQAB", "kid": "a" });
        let encrypting = {
            let mut key = other_ec("a");
            key["use"] = "enc".into();
            key
        };
        let found = |keys: &[Value], kid: &str| {
            let set = parse(json!(keys)).unwrap();
            set.find(Some(kid), Algorithm::Es256).map(|key| key.to_json()["x"].clone())
        };
        let ours = Ok(ec("a")["x"].clone());
        for (beside, checked) in [
            // Keys of one name that are no choice: the same one, one for another algorithm, one that is not for signatures.
            (ec("a"), ours.clone()),
            (ed("a"), ours.clone()),
            (encrypting, ours.clone()),
            (oct, ours.clone()),
            (json!({ "kty": "PQ", "kid": "a" }), ours),
            // Two that could both have signed.
            (other_ec("a"), Err(JoseError::AmbiguousKey)),
        ] {
            for keys in [[ec("a"), beside.clone(), ec("b")], [beside.clone(), ec("b"), ec("a")]] {
                assert_eq!(found(&keys, "a"), checked, "{beside}");
                assert!(found(&keys, "b").is_ok(), "{beside}");
            }
        }
        assert_eq!(
            found(&[json!({ "kty": "oct", "k": "AQAB", "kid": "o" })], "o"),
            Err(JoseError::UnknownKey)
        );
        assert!(parse(json!([unnamed(ec("")), unnamed(ed(""))])).is_ok());
    }

    #[test]
    fn a_set_holds_a_hundred_keys_at_most() {
        // #72
        let keys = |n: usize| parse((0..n).map(|i| ec(&i.to_string())).collect());
        assert_eq!(keys(100).unwrap().keys().len(), 100);
        assert_eq!(keys(101).unwrap_err(), JoseError::TooManyKeys);
        let key = keys(1).unwrap().keys()[0].clone();
        assert_eq!(KeySet::new(vec![key.clone(); 101]).unwrap_err(), JoseError::TooManyKeys);
        assert_eq!(KeySet::new(vec![key; 2]).unwrap_err(), JoseError::DuplicateKid);
    }

    #[test]
    fn kid_is_compared_whole_and_as_it_is() {
        // #62
        let set = parse(json!([ec("a"), ed("b")])).unwrap();
        assert!(set.find(Some("a"), Algorithm::Es256).is_ok());
        for kid in ["", "A", "a ", "a\0", "../../a", "a' OR '1'='1", "*", "b/../a"] {
            assert_eq!(set.find(Some(kid), Algorithm::Es256).unwrap_err(), JoseError::UnknownKey, "{kid:?}");
        }
        // A key that has no name is meant by no name.
        let bare = parse(json!([unnamed(ec("")), ed("b")])).unwrap();
        assert!(bare.find(None, Algorithm::Es256).is_ok());
        for kid in ["", "a", "null"] {
            assert_eq!(bare.find(Some(kid), Algorithm::Es256).unwrap_err(), JoseError::UnknownKey, "{kid:?}");
        }
        // #60: the key that is named is for another algorithm; no other is tried.
        assert_eq!(set.find(Some("b"), Algorithm::Es256).unwrap_err(), JoseError::WrongKey);
        assert_eq!(set.find(Some("a"), Algorithm::Rs256).unwrap_err(), JoseError::WrongKey);
    }

    #[test]
    fn without_a_kid_exactly_one_key_must_fit() {
        // #62
        let one = parse(json!([ec("a"), ed("b")])).unwrap();
        assert_eq!(one.find(None, Algorithm::Es256).unwrap().kid(), Some("a"));
        assert_eq!(one.find(None, Algorithm::Rs256).unwrap_err(), JoseError::UnknownKey);
        let two = parse(json!([ec("a"), ec("b")])).unwrap();
        assert!(two.find(None, Algorithm::Es256).is_ok(), "one key of two names is one key");
        let two = parse(json!([ec("a"), other_ec("b")])).unwrap();
        assert_eq!(two.find(None, Algorithm::Es256).unwrap_err(), JoseError::AmbiguousKey);
    }

    #[test]
    fn a_set_reads_back_as_it_was_published() {
        let set = parse(json!([ec("a"), unnamed(ed(""))])).unwrap();
        assert_eq!(KeySet::parse(set.to_json()).unwrap().to_json(), set.to_json());
    }
}
