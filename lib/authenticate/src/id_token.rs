//! Checking an ID token. Pure: what it needs is passed in, and so is the time.
//!
//! | OpenID Connect Core §3.1.3.7 | what holds here | by whom |
//! |---|---|---|
//! | 1. decrypt, if encryption was agreed | never agreed: five parts are refused | [`Jws::parse`] |
//! | 2. `iss` is the issuer, exactly | a string, equal exactly; several tenants by template and allow-list | [`Issuer::of_claims`], openidconnect |
//! | 3. `aud` contains us and nobody untrusted | a string or an array of strings: our client id, and with it only what `<NAME>_TRUSTED_AUDIENCES` lists | [`check`], openidconnect |
//! | 4. several audiences need `azp` | where there is another than us, it must be there | [`check`] |
//! | 5. `azp`, if present, is us | a string, equal to our client id | [`check`] |
//! | 6. the signature is checked | always, although the token came over TLS (#13) | `jose::KeySet::verify`, openidconnect |
//! | 7. `alg` is what was agreed | on the provider's allow-list, and the key's own | `jose::KeySet::verify`, openidconnect |
//! | 8. MACs use the client secret | there is no word for a MAC: HS256 is refused like `none` | `jose::Algorithm` |
//! | 9. `exp` is to come | a number, whose fraction is dropped; up to 60 s of skew | [`check`], openidconnect with our clock |
//! | 10. `iat` is recent | a number likewise; at most 10 min ago, at most 60 s ahead | [`check`], openidconnect with our clock |
//! | 11. `nonce` is the one we sent | required, not empty, equal, compared in constant time | [`check`], openidconnect |
//! | 12. `acr` fits what was asked | never asked for | – |
//! | 13. `auth_time` fits `max_age` | a fresh sign-in: a number, not before the login began, but for 60 s of skew | [`check_auth_time`] |
//!
//! Besides: `crit`, `b64`, duplicate members, depth, size and spelling of base64 ([`Jws::parse`]); `typ` is
//! `JWT` or absent, and a provider's own token-kind claim is right (RFC 8725 §3.11); `nbf` is past; `sub` is 1 to 255
//! characters (§2); `at_hash`, if present, is the access token's (§3.1.3.8).
//!
//! openidconnect checks second and reads fewer tokens than are right: `iss` without a scheme, which Google documents,
//! a number for `email_verified`, or `Ed25519` as an algorithm is beyond its types. A token it cannot read rests on the table alone; one it can read satisfies both.

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, Jws};
use oauth::{Secret, Time};
use serde_json::{Map, Value};

use crate::{claims, issuer::Issuer};

/// How far two clocks may be apart, in seconds (#17).
pub(crate) const SKEW: i64 = 60;

/// How old a token may be, in seconds: it is fetched the moment it is made.
const MAX_AGE: i64 = 600;

/// The end of the year 9999, the last moment that any calendar here knows.
const LAST: i64 = 253_402_300_799;

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) also_issuers: &'a [&'a str],
    pub(crate) client_id: &'a str,
    /// Who else may be in `aud`, beside us.
    pub(crate) trusted_audiences: &'a [String],
    pub(crate) nonce: &'a Secret,
    pub(crate) access_token: &'a Secret,
    pub(crate) kind_claim: Option<(&'a str, &'a str)>,
}

/// Who a token is about, once everything about it is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// Under its one name.
    pub(crate) issuer: String,
    pub(crate) subject: String,
}

/// What is wrong with a token: one variant per rule, none of which repeats what the token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Flaw {
    #[error("it is another kind of token")]
    Kind,
    #[error("iss is not the issuer")]
    Issuer,
    #[error("aud is not our client only")]
    Audience,
    #[error("azp is not our client")]
    AuthorizedParty,
    #[error("sub has not 1 to 255 characters, or is a different one")]
    Subject,
    #[error("exp is not a time")]
    ExpiryType,
    #[error("it has expired")]
    Expired,
    #[error("iat is not a time")]
    IssuedType,
    #[error("it was issued too long ago")]
    TooOld,
    #[error("it was issued in the future")]
    Ahead,
    #[error("nbf is in the future or not a time")]
    NotBefore,
    #[error("nonce does not match")]
    Nonce,
    #[error("at_hash does not match the access token")]
    AccessTokenHash,
    #[error("auth_time is missing, no time, or before the login began")]
    AuthTime,
}

/// Whether a token whose signature is right says what it must.
pub(crate) fn check(token: &Jws, expected: &Expected<'_>, now: Time) -> Result<Accepted, Flaw> {
    let claims = token.claims();
    kind(token, expected.kind_claim)?;
    let issuer = expected.issuer.of_claims(claims, expected.also_issuers).ok_or(Flaw::Issuer)?;
    audience(claims, expected.client_id, expected.trusted_audiences)?;
    times(claims, now)?;
    let nonce = claims.get("nonce").and_then(Value::as_str).unwrap_or_default();
    if nonce.is_empty() || !expected.nonce.matches(nonce) {
        return Err(Flaw::Nonce);
    }
    access_token_hash(token, expected.access_token)?;
    let subject = claims.get("sub").and_then(claims::subject).ok_or(Flaw::Subject)?;
    Ok(Accepted { issuer, subject: subject.to_owned() })
}

/// Whether the person signed in since the login began, as the provider was asked to see to with `max_age=0`. The moment is compared with
/// the beginning and not with now, since they take their time from there on.
pub(crate) fn check_auth_time(claims: &Map<String, Value>, started_at: Time) -> Result<(), Flaw> {
    let at = claims.get("auth_time").and_then(moment).ok_or(Flaw::AuthTime)?;
    if at >= started_at.epoch() - SKEW { Ok(()) } else { Err(Flaw::AuthTime) }
}

/// Whether signed userinfo, whose signature is right, is about `who` and for us (OpenID Connect Core §5.3.2). It may end, but
/// need not.
pub(crate) fn check_userinfo(
    token: &Jws,
    expected: &Expected<'_>,
    who: &Accepted,
    now: Time,
) -> Result<(), Flaw> {
    let claims = token.claims();
    kind(token, None)?;
    let is_issuer = |iss: &Value| *iss == *who.issuer || expected.also_issuers.iter().any(|also| iss == also);
    if !claims.get("iss").is_some_and(is_issuer) {
        return Err(Flaw::Issuer);
    }
    audience(claims, expected.client_id, expected.trusted_audiences)?;
    let now = now.epoch();
    if claims.get("exp").is_some_and(|exp| moment(exp).is_none_or(|at| at <= now - SKEW)) {
        return Err(Flaw::Expired);
    }
    if claims.get("nbf").is_some_and(|nbf| moment(nbf).is_none_or(|at| at > now + SKEW)) {
        return Err(Flaw::NotBefore);
    }
    if claims.get("sub").is_some_and(|sub| *sub == *who.subject) { Ok(()) } else { Err(Flaw::Subject) }
}

/// RFC 8725 §3.11: not an access token, a logout token or whatever else the same key signs.
pub(crate) fn kind(token: &Jws, claim: Option<(&str, &str)>) -> Result<(), Flaw> {
    let is_jwt = |typ: &str| typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("application/jwt");
    let right = claim.is_none_or(|(name, value)| token.claims().get(name).is_some_and(|held| held == value));
    let plain = token.typ().is_none_or(is_jwt) && !token.header().contains_key("cty");
    if plain && right { Ok(()) } else { Err(Flaw::Kind) }
}

/// #15: for us. Others beside us are those that were set, and then `azp` says that it was issued to us.
fn audience(claims: &Map<String, Value>, client_id: &str, trusted: &[String]) -> Result<(), Flaw> {
    let is_us = |value: &Value| value == client_id;
    let all = match claims.get("aud") {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let is_known = |value: &Value| is_us(value) || trusted.iter().any(|one| value == one.as_str());
    if !all.iter().any(is_us) || !all.iter().all(is_known) {
        return Err(Flaw::Audience);
    }
    let alone = all.iter().all(is_us);
    if claims.get("azp").map_or(alone, is_us) { Ok(()) } else { Err(Flaw::AuthorizedParty) }
}

/// #17.
fn times(claims: &Map<String, Value>, now: Time) -> Result<(), Flaw> {
    let moment = |name: &str| claims.get(name).and_then(moment);
    let now = now.epoch();
    let expiry = moment("exp").filter(|at| *at > 0).ok_or(Flaw::ExpiryType)?;
    let issued = moment("iat").filter(|at| *at > 0).ok_or(Flaw::IssuedType)?;
    if expiry <= now - SKEW {
        return Err(Flaw::Expired);
    }
    if issued < now - MAX_AGE {
        return Err(Flaw::TooOld);
    }
    if issued > now + SKEW {
        return Err(Flaw::Ahead);
    }
    let come = !claims.contains_key("nbf") || moment("nbf").is_some_and(|from| from <= now + SKEW);
    if come { Ok(()) } else { Err(Flaw::NotBefore) }
}

/// A NumericDate (RFC 7519 §2) that any calendar knows.
pub(crate) fn moment(value: &Value) -> Option<i64> {
    Time::from_numeric_date(value).map(Time::epoch).filter(|seconds| *seconds <= LAST)
}

/// OpenID Connect Core §3.1.3.6: the left half of the access token's hash, by the hash of the signature's algorithm.
fn access_token_hash(token: &Jws, access_token: &Secret) -> Result<(), Flaw> {
    let Some(claim) = token.claims().get("at_hash") else { return Ok(()) };
    let hash = match Algorithm::parse(token.alg()).ok_or(Flaw::AccessTokenHash)? {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &SHA256,
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &SHA384,
        Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::Es512 | Algorithm::EdDsa => &SHA512,
    };
    let whole = digest(hash, access_token.expose().as_bytes());
    let (left, _) = whole.as_ref().split_at(whole.as_ref().len() / 2);
    if *claim == URL_SAFE_NO_PAD.encode(left) { Ok(()) } else { Err(Flaw::AccessTokenHash) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn token(header: &Value, claims: &Value) -> Jws {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        Jws::parse(&format!("{header}.{claims}.c2ln")).unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "https://a.example", "aud": "us", "sub": "1", "exp": NOW + 600, "iat": NOW, "nonce": "n" })
    }

    fn checked(header: Value, claims: &Value) -> Result<Accepted, Flaw> {
        let issuer = Issuer::One("https://a.example".to_owned());
        let expected = Expected {
            issuer: &issuer,
            also_issuers: &[],
            client_id: "us",
            trusted_audiences: &[],
            nonce: &Secret::new("n"),
            access_token: &Secret::new("token"),
            kind_claim: None,
        };
        check(&token(&header, claims), &expected, Time::from_epoch(NOW))
    }

    /// The good token with one claim changed; `null` takes it away.
    fn with(claim: &str, value: Value) -> Result<Accepted, Flaw> {
        let mut claims = claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(claim);
        } else {
            claims[claim] = value;
        }
        checked(json!({ "alg": "RS256" }), &claims)
    }

    #[test]
    fn a_valid_id_token_is_accepted() {
        let accepted = checked(json!({ "alg": "RS256", "typ": "JWT" }), &claims()).unwrap();
        assert_eq!(accepted, Accepted { issuer: "https://a.example".to_owned(), subject: "1".to_owned() });
    }

    #[test]
    fn the_issuer_is_exact() {
        // #14
        for iss in [
            json!("https://a.example/"),
            json!("https://A.example"),
            json!(["https://a.example"]),
            json!(1),
            json!(null),
        ] {
            assert_eq!(with("iss", iss.clone()), Err(Flaw::Issuer), "{iss}");
        }
    }

    #[test]
    fn the_audience_is_our_client_only() {
        // #15
        for aud in [json!("us"), json!(["us"]), json!(["us", "us"])] {
            assert!(with("aud", aud.clone()).is_ok(), "{aud}");
        }
        for aud in [
            json!("other"),
            json!(["us", "other"]),
            json!(["other"]),
            json!([]),
            json!({}),
            json!({"us": "us"}),
            json!(["us", 5]),
            json!(5),
            json!([["us"]]),
            json!(""),
            json!("US"),
            json!(null),
        ] {
            assert_eq!(with("aud", aud.clone()), Err(Flaw::Audience), "{aud}");
        }
        assert!(with("azp", json!("us")).is_ok());
        for azp in [json!("other"), json!(5), json!(["us"]), json!(""), json!({})] {
            assert_eq!(with("azp", azp.clone()), Err(Flaw::AuthorizedParty), "{azp}");
        }
    }

    /// What is said of these audiences where `project` and `other-client` are trusted too.
    fn shared(aud: Value, azp: Value) -> Result<(), Flaw> {
        let mut claims = json!({ "aud": aud });
        if !azp.is_null() {
            claims["azp"] = azp;
        }
        audience(claims.as_object().unwrap(), "us", &["project".to_owned(), "other-client".to_owned()])
    }

    #[test]
    fn other_audiences_must_be_configured_and_azp_must_be_us() {
        // #15: the shape of Zitadel, which lists every client of the project and the project.
        for aud in [json!(["us", "project"]), json!(["other-client", "us", "project"])] {
            assert_eq!(shared(aud.clone(), json!("us")), Ok(()), "{aud}");
            for azp in
                [json!(null), json!("other-client"), json!("project"), json!(""), json!(["us"]), json!(5)]
            {
                assert_eq!(shared(aud.clone(), azp.clone()), Err(Flaw::AuthorizedParty), "{aud} {azp}");
            }
        }
        assert_eq!(shared(json!("us"), json!(null)), Ok(()));
        for aud in [
            json!(["us", "project", "stranger"]),
            json!(["project", "other-client"]),
            json!("project"),
            json!(["us", "Project"]),
            json!(["us", 5]),
            json!(["us", ["project"]]),
            json!([]),
            json!(null),
        ] {
            assert_eq!(shared(aud.clone(), json!("us")), Err(Flaw::Audience), "{aud}");
        }
    }

    fn userinfo(header: Value, change: impl FnOnce(&mut Value)) -> Result<(), Flaw> {
        let issuer = Issuer::One("https://a.example".to_owned());
        let expected = Expected {
            issuer: &issuer,
            also_issuers: &["a.example"],
            client_id: "us",
            trusted_audiences: &[],
            nonce: &Secret::new("n"),
            access_token: &Secret::new("token"),
            kind_claim: Some(("token_use", "id")),
        };
        let who = Accepted { issuer: "https://a.example".to_owned(), subject: "1".to_owned() };
        let mut claims = json!({ "iss": "https://a.example", "aud": "us", "sub": "1" });
        change(&mut claims);
        check_userinfo(&token(&header, &claims), &expected, &who, Time::from_epoch(NOW))
    }

    #[test]
    fn signed_userinfo_is_for_us_and_about_the_same_person() {
        // #14, #15, #17, #18
        let good = json!({ "alg": "RS256" });
        let with = |name: &str, value: Value| userinfo(good.clone(), |claims| claims[name] = value);
        assert_eq!(userinfo(good.clone(), |_| ()), Ok(()));
        for (name, value) in [
            ("aud", json!(["us"])),
            ("iss", json!("a.example")),
            ("exp", json!(NOW + 1)),
            ("exp", json!(NOW as f64 + 0.5)),
            ("nbf", json!(NOW)),
            ("iat", json!(NOW - 86400)),
        ] {
            assert_eq!(with(name, value.clone()), Ok(()), "{name} {value}");
        }
        for (name, value, flaw) in [
            ("iss", json!("https://b.example"), Flaw::Issuer),
            ("iss", json!(["https://a.example"]), Flaw::Issuer),
            ("iss", json!(null), Flaw::Issuer),
            ("aud", json!("them"), Flaw::Audience),
            ("aud", json!(["us", "them"]), Flaw::Audience),
            ("aud", json!(null), Flaw::Audience),
            ("sub", json!("2"), Flaw::Subject),
            ("sub", json!(1), Flaw::Subject),
            ("sub", json!(null), Flaw::Subject),
            ("exp", json!(NOW - 60), Flaw::Expired),
            ("exp", json!("never"), Flaw::Expired),
            ("exp", json!(null), Flaw::Expired),
            ("nbf", json!(NOW + 61), Flaw::NotBefore),
            ("nbf", json!(true), Flaw::NotBefore),
        ] {
            assert_eq!(with(name, value.clone()), Err(flaw), "{name} {value}");
        }
        for name in ["iss", "aud", "sub"] {
            let without = userinfo(good.clone(), |claims| drop(claims.as_object_mut().unwrap().remove(name)));
            assert!(without.is_err(), "without {name}");
        }
        for typ in ["at+jwt", "logout+jwt", ""] {
            assert_eq!(userinfo(json!({ "alg": "RS256", "typ": typ }), |_| ()), Err(Flaw::Kind), "{typ}");
        }
        assert_eq!(userinfo(json!({ "alg": "RS256", "typ": "JWT" }), |_| ()), Ok(()));
    }

    #[test]
    fn the_nonce_must_match() {
        // #16
        for nonce in [json!("other"), json!(""), json!("N"), json!(["n"]), json!(1), json!(null)] {
            assert_eq!(with("nonce", nonce.clone()), Err(Flaw::Nonce), "{nonce}");
        }
    }

    #[test]
    fn an_empty_nonce_never_matches() {
        // #16: whatever else went wrong, an empty one never equals an empty one.
        let issuer = Issuer::One("https://a.example".to_owned());
        let empty = Secret::new("");
        let expected = Expected {
            issuer: &issuer,
            also_issuers: &[],
            client_id: "us",
            trusted_audiences: &[],
            nonce: &empty,
            access_token: &empty,
            kind_claim: None,
        };
        let mut claims = claims();
        claims["nonce"] = json!("");
        let checked = check(&token(&json!({ "alg": "RS256" }), &claims), &expected, Time::from_epoch(NOW));
        assert_eq!(checked, Err(Flaw::Nonce));
    }

    #[test]
    fn exp_must_be_in_the_future() {
        // #17
        for exp in [NOW + 1, NOW, NOW - 59, LAST] {
            assert!(with("exp", json!(exp)).is_ok(), "{exp}");
        }
        // RFC 7519 §2: a fraction is none of an hour; of a second it is not counted.
        for exp in [json!(NOW as f64 + 600.25), json!(1.9e9), json!(NOW as f64 - 58.5)] {
            assert!(with("exp", exp.clone()).is_ok(), "{exp}");
        }
        for exp in [json!(NOW - 60), json!(NOW - 3600), json!(1), json!(NOW as f64 - 59.5), json!(1.5e9)] {
            assert_eq!(with("exp", exp.clone()), Err(Flaw::Expired), "{exp}");
        }
        for exp in [
            json!(null),
            json!("1900000000"),
            json!(-1),
            json!(0),
            json!(1e300),
            json!(1e16),
            json!(0.5),
            json!(-1.9e9),
            json!(LAST + 1),
            json!(LAST as f64 + 1.5),
            json!(u64::MAX),
            json!(true),
            json!([NOW + 1]),
            json!({}),
        ] {
            assert_eq!(with("exp", exp.clone()), Err(Flaw::ExpiryType), "{exp}");
        }
    }

    #[test]
    fn the_token_is_fresh() {
        // #17
        for iat in [NOW, NOW - 600, NOW + 60] {
            assert!(with("iat", json!(iat)).is_ok(), "{iat}");
        }
        assert_eq!(with("iat", json!(NOW - 601)), Err(Flaw::TooOld));
        assert_eq!(with("iat", json!(NOW - 3600)), Err(Flaw::TooOld));
        assert_eq!(with("iat", json!(NOW + 61)), Err(Flaw::Ahead));
        assert!(with("iat", json!(NOW as f64 - 1.5)).is_ok());
        assert_eq!(with("iat", json!(NOW as f64 - 601.5)), Err(Flaw::TooOld));
        for iat in
            [json!(null), json!("1800000000"), json!(-1), json!(1e300), json!(0), json!(0.5), json!(false)]
        {
            assert_eq!(with("iat", iat.clone()), Err(Flaw::IssuedType), "{iat}");
        }
        for (nbf, good) in [
            (json!(NOW), true),
            (json!(NOW + 60), true),
            (json!(NOW as f64 - 0.5), true),
            (json!(0), true),
            (json!(NOW + 61), false),
            (json!(NOW as f64 + 61.5), false),
            (json!("1"), false),
            (json!(-1), false),
            (json!(1e300), false),
        ] {
            assert_eq!(with("nbf", nbf.clone()).is_ok(), good, "{nbf}");
        }
    }

    #[test]
    fn the_subject_is_a_key() {
        // #21
        assert!(with("sub", json!("x".repeat(255))).is_ok());
        for sub in [json!(""), json!("x".repeat(256)), json!(5), json!(["1"]), json!("a\u{7}"), json!(null)] {
            assert_eq!(with("sub", sub.clone()), Err(Flaw::Subject), "{sub}");
        }
    }

    #[test]
    fn at_hash_is_checked_when_present() {
        // #18: the left half of SHA-256("token").
        assert!(with("at_hash", json!("PEaenWxYddN6Q_NT1PiOYQ")).is_ok());
        for hash in [json!("PEaenWxYddN6Q_NT1PiOYA"), json!(""), json!(5), json!(["PEaenWxYddN6Q_NT1PiOYQ"])]
        {
            assert_eq!(with("at_hash", hash.clone()), Err(Flaw::AccessTokenHash), "{hash}");
        }
    }

    #[test]
    fn other_kinds_of_token_are_refused() {
        // #66
        for header in [
            json!({ "alg": "RS256", "typ": "at+jwt" }),
            json!({ "alg": "RS256", "typ": "logout+jwt" }),
            json!({ "alg": "RS256", "typ": "" }),
            json!({ "alg": "RS256", "cty": "JWT" }),
        ] {
            assert_eq!(checked(header.clone(), &claims()), Err(Flaw::Kind), "{header}");
        }
        let cognito = |held: Value| {
            let mut claims = claims();
            claims["token_use"] = held;
            kind(&token(&json!({ "alg": "RS256" }), &claims), Some(("token_use", "id")))
        };
        assert_eq!(cognito(json!("id")), Ok(()));
        assert_eq!(cognito(json!("access")), Err(Flaw::Kind));
        assert_eq!(cognito(json!(null)), Err(Flaw::Kind));
    }
}
