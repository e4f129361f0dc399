//! What a gateway's authorizer said of the caller, wherever the gateway puts it, in the one form that [`crate::Caller`] reads.
//!
//! Only the gateway writes `requestContext`, so nothing of it is the client's (#80). Our own authorizer's context is flat
//! text, in `authorizer.lambda` (HTTP API, payload 2.0) or in `authorizer` itself (REST API, payload 1.0). The native JWT
//! authorizers pass on the claims as they are, in `authorizer.jwt.claims` or `authorizer.claims`.

use oauth::NOT_OF_ACCESS_TOKENS;
use serde_json::{Map, Value};

use crate::Context;

/// The context, if an authorizer was asked.
pub(crate) fn context(request_context: &Value, payload2: bool) -> Option<Context> {
    let authorizer = request_context.get("authorizer")?.as_object()?;
    if payload2 {
        let native = || authorizer.get("jwt")?.get("claims")?.as_object();
        return match authorizer.get("lambda") {
            Some(ours) => ours.as_object().cloned(),
            None => native().map(translate),
        };
    }
    match authorizer.get("claims") {
        Some(claims) => claims.as_object().map(translate),
        None => Some(authorizer.clone()),
    }
}

/// Claims of any issuer, which the gateway has made text of, in the words of our own authorizer. An empty context is
/// nobody's, and so is an ID token: a native authorizer takes both (#66).
fn translate(claims: &Map<String, Value>) -> Context {
    let of_another_kind = claims.get("token_use").is_some_and(|kind| kind != "access");
    if of_another_kind || NOT_OF_ACCESS_TOKENS.iter().any(|name| claims.contains_key(*name)) {
        return Context::new();
    }
    let claim = |names: &[&str]| names.iter().find_map(|name| claims.get(*name));
    let text = |names: &[&str]| claim(names).map(written).unwrap_or_default();
    let list = |names: &[&str]| claim(names).map(listed).unwrap_or_default();
    let expiry = text(&["exp"]);
    let expiry = if expiry.bytes().all(|b| b.is_ascii_digit()) {
        Some(expiry)
    } else {
        date(&expiry).map(|s| s.to_string())
    };
    let vouched = claims.get("email_verified").is_some_and(|verified| written(verified) == "true");
    [
        ("iss", text(&["iss"])),
        ("sub", text(&["sub"])),
        ("client_id", text(&["client_id", "azp", "cid", "appid"])),
        ("scope", list(&["scope", "scp"])),
        ("roles", list(&["roles", "groups", "cognito:groups"])),
        ("sid", text(&["sid"])),
        ("name", text(&["name"])),
        ("email", if vouched { text(&["email"]) } else { String::new() }),
        ("exp", expiry.unwrap_or_default()),
    ]
    .map(|(name, value)| (name.to_owned(), Value::String(value)))
    .into_iter()
    .collect()
}

/// A claim that may be a list, separated by blanks. HTTP APIs write an array as `[a b]`.
fn listed(value: &Value) -> String {
    let text = written(value);
    match text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        Some(list) => list.replace(',', " "),
        None => text,
    }
}

/// A claim as text. Whatever stands in it stands for itself.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Value::Object(_) | Value::Null => String::new(),
    }
}

/// `Sat Nov 21 09:00:00 UTC 2026`, which is how REST APIs write `exp`, in seconds since 1970.
fn date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let [_, month, day, clock, "UTC", year] = text.split(' ').collect::<Vec<_>>()[..] else { return None };
    let number = |text: &str, most: i64| text.parse().ok().filter(|n: &i64| (0..=most).contains(n));
    let month = i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()?;
    let (day, year) = (number(day, 31)?, number(year, 9999)?);
    let [hours, minutes, seconds] = clock.split(':').collect::<Vec<_>>()[..] else { return None };
    // Days from the 1st of March of the year 0, so that the leap day is the last one of a year.
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1;
    Some(
        (days - 719_468) * 86_400
            + number(hours, 23)? * 3600
            + number(minutes, 59)? * 60
            + number(seconds, 60)?,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_date_is_read_as_rest_apis_write_it() {
        for (text, seconds) in [
            ("Thu Jan 01 00:00:00 UTC 1970", 0),
            ("Fri Jan 15 08:00:00 UTC 2027", 1_800_000_000),
            ("Tue Feb 29 23:59:59 UTC 2000", 951_868_799),
            ("Wed Mar 01 00:00:00 UTC 2000", 951_868_800),
        ] {
            assert_eq!(date(text), Some(seconds), "{text}");
        }
        for bad in [
            "",
            "1800000000",
            "Fri Jan 15 08:00:00 CET 2027",
            "Fri Jax 15 08:00:00 UTC 2027",
            "Fri Jan 15 08:00 UTC 2027",
            "Fri Jan -1 08:00:00 UTC 2027",
        ] {
            assert_eq!(date(bad), None, "{bad}");
        }
    }

    #[test]
    fn each_gateway_has_its_place_and_no_other_counts() {
        // #80
        let flat = json!({"sub": "u"});
        let of = |authorizer: Value, payload2| context(&json!({"authorizer": authorizer}), payload2);
        assert_eq!(of(json!({"lambda": flat}), true), flat.as_object().cloned());
        assert_eq!(of(flat.clone(), false), flat.as_object().cloned());
        for nobody in [
            json!(null),
            json!("x"),
            json!({"iam": {"userArn": "a"}}),
            flat,
            json!({"lambda": "x", "jwt": {"claims": {"sub": "u"}}}),
            json!({"claims": {"sub": "u"}}),
            json!({"jwt": {}}),
        ] {
            assert_eq!(of(nobody.clone(), true), None, "{nobody}");
        }
        assert_eq!(of(json!({"claims": "x"}), false), None);
    }

    #[test]
    fn claims_are_read_as_the_native_authorizers_write_them() {
        let claims = json!({"iss": "https://i", "sub": "u", "exp": "1800000000", "cid": "c", "scp": "[a b]", "groups": "[r s]", "email": "a@example.com", "email_verified": "true"});
        let read = translate(claims.as_object().unwrap());
        assert_eq!(
            Value::Object(read),
            json!({"iss": "https://i", "sub": "u", "client_id": "c", "scope": "a b", "roles": "r s", "sid": "", "name": "", "email": "a@example.com", "exp": "1800000000"})
        );
    }

    #[test]
    fn brackets_are_a_list_only_where_there_can_be_one() {
        let claims = |name: &str, value: &str| {
            let claims = json!({"sub": "u", "exp": "1800000000", "email_verified": "true", name: value});
            translate(claims.as_object().unwrap())
        };
        for (name, said) in [
            ("scope", "scope"),
            ("scp", "scope"),
            ("roles", "roles"),
            ("groups", "roles"),
            ("cognito:groups", "roles"),
        ] {
            for (value, read) in
                [("[a b]", "a b"), ("[a,b]", "a b"), ("[a]", "a"), ("[]", ""), ("a b", "a b")]
            {
                assert_eq!(claims(name, value)[said], read, "{name}: {value}");
            }
        }
        for (name, said) in [
            ("iss", "iss"),
            ("sub", "sub"),
            ("client_id", "client_id"),
            ("sid", "sid"),
            ("name", "name"),
            ("email", "email"),
        ] {
            for value in ["[x]", "[a, b]", "[]"] {
                assert_eq!(claims(name, value)[said], value, "{name}");
            }
        }
    }

    #[test]
    fn an_id_token_is_nobody() {
        // #66
        for (name, value) in
            [("token_use", "id")].into_iter().chain(NOT_OF_ACCESS_TOKENS.map(|name| (name, "x")))
        {
            let claims = json!({"sub": "u", "exp": "1800000000", name: value});
            assert!(translate(claims.as_object().unwrap()).is_empty(), "{name}");
        }
    }
}
