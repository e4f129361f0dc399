//! A set of public keys (RFC 7517 §5), and the choice of one of them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Algorithm, Compact, JoseError, Key, json::parse_object, key::PRIVATE};

/// The keys of one issuer. A set belongs to its issuer: it never verifies what another one signed (#70).
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<Key>,
}

impl KeySet {
    /// The most keys a set may hold (#72).
    pub const MAX_KEYS: usize = 100;

    /// Reads a JWKS. Keys that cannot be used here are passed over (RFC 7517 §5); a set that is ambiguous or publishes a
    /// symmetric key is refused whole, in whatever order its keys are.
    pub fn parse(json: impl AsRef<[u8]>) -> Result<Self, JoseError> {
        let set = parse_object(json.as_ref())?;
        let entries = set.get("keys").and_then(Value::as_array).ok_or(JoseError::KeySet)?;
        if entries.len() > Self::MAX_KEYS {
            return Err(JoseError::TooManyKeys);
        }
        let entries: Vec<_> =
            entries.iter().map(|key| key.as_object().ok_or(JoseError::KeySet)).collect::<Result<_, _>>()?;
        judge(&entries)?;
        Ok(Self { keys: entries.into_iter().filter_map(|members| Key::parse(members).ok()).collect() })
    }

    /// Reads a JWKS that an operator wrote down: what is wrong with it can be put right, and is not passed over. A private key
    /// has no business there, and with no key at all nothing would ever verify.
    pub fn written(json: impl AsRef<[u8]>) -> Result<Self, JoseError> {
        let json = json.as_ref();
        let set = Self::parse(json)?;
        let entries = parse_object(json)?;
        let entries = entries.get("keys").and_then(Value::as_array).into_iter().flatten();
        let is_private = |key: &Value| PRIVATE.iter().any(|name| key.get(name).is_some());
        if entries.into_iter().any(is_private) {
            return Err(JoseError::PrivateKey);
        }
        if set.keys.is_empty() { Err(JoseError::NoKey) } else { Ok(set) }
    }

    /// A set of keys that were read before.
    pub fn new(keys: Vec<Key>) -> Result<Self, JoseError> {
        if keys.len() > Self::MAX_KEYS {
            return Err(JoseError::TooManyKeys);
        }
        distinct(keys.iter().filter_map(Key::kid))?;
        Ok(Self { keys })
    }

    /// The keys that can be used.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The one key for a token with this `kid` and algorithm. Without a `kid` there must be exactly one that fits.
    pub fn find(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<&Key, JoseError> {
        if let Some(kid) = kid {
            let key = self.keys.iter().find(|key| key.kid() == Some(kid)).ok_or(JoseError::UnknownKey)?;
            return if key.fits(algorithm) { Ok(key) } else { Err(JoseError::WrongKey) };
        }
        let mut fitting = self.keys.iter().filter(|key| key.fits(algorithm));
        let key = fitting.next().ok_or(JoseError::UnknownKey)?;
        if fitting.next().is_none() { Ok(key) } else { Err(JoseError::AmbiguousKey) }
    }

    /// Checks the signature with the key the token names, if its algorithm is one of those that the caller takes. A [`super::Jws`]
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

/// What makes a set unusable as a whole.
fn judge(entries: &[&Map<String, Value>]) -> Result<(), JoseError> {
    let is_symmetric = |key: &Map<String, Value>| key.get("kty").is_some_and(|kty| kty == "oct");
    if entries.iter().any(|key| is_symmetric(key)) {
        return Err(JoseError::SymmetricKey);
    }
    distinct(entries.iter().filter_map(|key| key.get("kid")).filter_map(Value::as_str))
}

fn distinct<'a>(kids: impl Iterator<Item = &'a str>) -> Result<(), JoseError> {
    let mut seen = HashSet::new();
    let mut kids = kids;
    if kids.all(|kid| seen.insert(kid)) { Ok(()) } else { Err(JoseError::DuplicateKid) }
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
    fn what_cannot_be_used_is_passed_over() {
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
    fn what_an_operator_writes_down_is_whole() {
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
            (json!([ec("a"), ec("a")]), JoseError::DuplicateKid),
        ] {
            let set = json!({ "keys": keys }).to_string();
            assert_eq!(KeySet::written(set).unwrap_err(), error, "{keys}");
        }
        assert_eq!(KeySet::written("{}").unwrap_err(), JoseError::KeySet);
        // A key of theirs for something else is none of our business.
        let set = json!({ "keys": [ec("a"), unusable] }).to_string();
        assert_eq!(KeySet::written(set).unwrap().keys().len(), 1);
    }

    #[test]
    fn an_ambiguous_or_leaking_set_is_refused_in_any_order() {
        // #62
        let oct = json!({ "kty": "oct", "k": "AQAB", "kid": "o" });
        let unusable = json!({ "kty": "RSA", "use": "enc", "kid": "a" });
        for (one, other, error) in [
            (ec("a"), ec("a"), JoseError::DuplicateKid),
            (ec("a"), ed("a"), JoseError::DuplicateKid),
            (ec("a"), unusable, JoseError::DuplicateKid),
            (ec("a"), oct.clone(), JoseError::SymmetricKey),
            (oct.clone(), oct, JoseError::SymmetricKey),
        ] {
            assert_eq!(parse(json!([one, other])).unwrap_err(), error);
            assert_eq!(parse(json!([other, one])).unwrap_err(), error);
        }
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
        assert_eq!(two.find(None, Algorithm::Es256).unwrap_err(), JoseError::AmbiguousKey);
    }

    #[test]
    fn a_set_reads_back_as_it_was_published() {
        let set = parse(json!([ec("a"), unnamed(ed(""))])).unwrap();
        assert_eq!(KeySet::parse(set.to_json()).unwrap().to_json(), set.to_json());
    }
}
