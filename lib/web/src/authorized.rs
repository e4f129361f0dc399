//! The caller as a gateway's authorizer passes them on, wherever the gateway puts that.
//!
//! Only the gateway writes `requestContext`, so nothing of it is the client's (#80). Our own authorizer's context is flat
//! text, in `authorizer.lambda` (HTTP API, payload 2.0) or in `authorizer` itself (REST API, payload 1.0). The native JWT
//! authorizers pass on the claims as they are, in `authorizer.jwt.claims` or `authorizer.claims`.

use oauth::{Caller, Error, Time, is_of_another_kind};
use serde_json::{Map, Value};

/// The caller, if an authorizer was asked; an error where what it said makes none.
pub(crate) fn caller(event: &Value, payload2: bool) -> Option<Result<Caller, Error>> {
    let authorizer = event.get("requestContext")?.get("authorizer")?.as_object()?;
    if payload2 {
        let native = || authorizer.get("jwt")?.get("claims")?.as_object();
        return match authorizer.get("lambda") {
            Some(ours) => ours.as_object().map(Caller::from_context),
            None => native().map(|claims| translate(claims, Native::HttpApi)),
        };
    }
    // Payload 1.0 of an HTTP API says its version, and a REST API none.
    let native = if event.get("version").is_some() { Native::HttpApi } else { Native::RestApi };
    match authorizer.get("claims") {
        Some(claims) => claims.as_object().map(|claims| translate(claims, native)),
        None => Some(Caller::from_context(authorizer)),
    }
}

/// A gateway with a native authorizer, which makes text of every claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Native {
    /// For any issuer. A list is `[a b]`.
    HttpApi,
    /// For Cognito. A list is `a,b`, and a moment is a date.
    RestApi,
}

/// The caller of claims of any issuer, which the gateway has made text of; as our own authorizer would pass them on.
fn translate(claims: &Map<String, Value>, native: Native) -> Result<Caller, Error> {
    if !is_of_access_token(claims) {
        return Err(Caller::missing());
    }
    let claim = |names: &[&str]| names.iter().find_map(|name| claims.get(*name));
    let text = |names: &[&str]| claim(names).map(written).unwrap_or_default();
    let vouched = claims.get("email_verified").is_some_and(|verified| written(verified) == "true");
    let expires_at = moment(&text(&["exp"])).ok_or_else(Caller::missing)?;
    let caller = Caller {
        issuer: text(&["iss"]),
        subject: text(&["sub"]),
        client_id: text(&["client_id", "azp", "cid", "appid"]),
        scope: scope(claims).parse()?,
        roles: roles(claims, native),
        session: Some(text(&["sid"])),
        grant: Some(text(&["grant_id"])),
        name: Some(text(&["name"])),
        email: vouched.then(|| text(&["email"])),
        expires_at,
    };
    caller.as_through_context()
}

/// A native authorizer takes ID tokens as well, and shows no header (#66). What tells them apart are the claims of Cognito and
/// Keycloak that say the kind, and those of ID tokens alone; a scope, or such a claim, outweighs a `nonce`.
fn is_of_access_token(claims: &Map<String, Value>) -> bool {
    let text = |name: &str| claims.get(name).map(written);
    let (of_use, of_type) = (text("token_use"), text("typ"));
    let access = of_use.as_deref().is_none_or(|kind| kind == "access");
    let other = of_type.as_deref().is_some_and(|typ| ["ID", "Refresh", "Offline", "Logout"].contains(&typ));
    let outweighs = of_use.is_some() || of_type.as_deref() == Some("Bearer") || !scope(claims).is_empty();
    access && !other && !is_of_another_kind(claims, outweighs)
}

/// `scope` and `scp`, separated by blanks. No comma separates: a scope may have one.
fn scope(claims: &Map<String, Value>) -> String {
    let named = ["scope", "scp"].iter().filter_map(|name| claims.get(*name));
    let words = named.flat_map(|claim| match claim {
        Value::Array(_) => words(claim),
        text => listed(&written(text)).split(' ').map(str::to_owned).collect(),
    });
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The roles. A text without brackets is one, and one with a blank in it is left out, because it would read
/// as two. Only the groups of Cognito come as `a,b`, and from a REST API alone.
fn roles(claims: &Map<String, Value>, native: Native) -> Vec<String> {
    let named =
        ["roles", "groups", "cognito:groups"].iter().filter_map(|name| Some((*name, claims.get(*name)?)));
    let roles = named.flat_map(|(name, claim)| match claim {
        Value::String(text) if native == Native::RestApi && name == "cognito:groups" => {
            text.split(',').map(str::to_owned).collect()
        }
        Value::String(text) if listed(text) != text => {
            listed(text).split(' ').map(str::to_owned).collect::<Vec<_>>()
        }
        claim => words(claim),
    });
    roles.collect()
}

/// What is between the brackets of a list, or the whole text.
fn listed(text: &str) -> &str {
    text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text)
}

/// A text is one word, a list has as many as it has texts; none with a blank in it.
fn words(claim: &Value) -> Vec<String> {
    let words: Vec<_> = match claim {
        Value::String(text) => vec![text.as_str()],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    words.into_iter().filter(|word| !word.contains(char::is_whitespace)).map(str::to_owned).collect()
}

/// A claim as text. Whatever is in it stands for itself.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(_) | Value::Object(_) | Value::Null => String::new(),
    }
}

/// A number, which may have a fraction (RFC 7519 §2), or a date.
fn moment(text: &str) -> Option<Time> {
    let number = serde_json::from_str::<Value>(text).ok();
    number.as_ref().and_then(Time::from_numeric_date).or_else(|| date(text).map(Time::from_epoch))
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
    use oauth::NOT_OF_ACCESS_TOKENS;
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
    fn each_gateway_has_its_own_context_and_no_other_counts() {
        // #80
        let flat = json!({"sub": "u", "client_id": "c", "exp": "1"});
        let of = |authorizer: Value, payload2| {
            let caller = caller(&json!({"requestContext": {"authorizer": authorizer}}), payload2)?;
            Some(caller.map(|caller| caller.subject))
        };
        assert_eq!(of(json!({"lambda": flat}), true), Some(Ok("u".to_owned())));
        assert_eq!(of(flat.clone(), false), Some(Ok("u".to_owned())));
        assert_eq!(of(json!({"lambda": {}}), true), Some(Err(Caller::missing())));
        assert_eq!(of(json!({}), false), Some(Err(Caller::missing())));
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
        let read = translate(claims.as_object().unwrap(), Native::HttpApi).unwrap();
        assert_eq!(
            Value::Object(read.context()),
            json!({"iss": "https://i", "sub": "u", "client_id": "c", "scope": "a b", "roles": "r s", "sid": "", "grant_id": "", "name": "", "email": "a@example.com", "exp": "1800000000"})
        );
    }

    fn read(claims: Value, native: Native) -> Result<Caller, Error> {
        let mut all = json!({"sub": "u", "exp": "1800000000", "email_verified": "true"});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        translate(all.as_object().unwrap(), native)
    }

    fn said(claims: Value, native: Native, name: &str) -> String {
        read(claims, native).unwrap().context()[name].as_str().unwrap().to_owned()
    }

    #[test]
    fn scopes_are_text_or_a_list_and_never_the_roles() {
        // #66
        for native in [Native::HttpApi, Native::RestApi] {
            for (claims, scope) in [
                (json!({"scope": "a b"}), "a b"),
                (json!({"scope": "[a b]"}), "a b"),
                (json!({"scp": "[a]"}), "a"),
                (json!({"scp": ["a", "b c"]}), "a"),
                (json!({"scope": "a", "scp": "b"}), "a b"),
                (json!({"scope": "a,b"}), "a,b"),
                (json!({"scope": "[a,b]"}), "a,b"),
                (json!({"scope": "[]", "scp": " "}), ""),
                (json!({"groups": "[a]", "roles": "b", "cognito:groups": "c", "permissions": "[d]"}), ""),
            ] {
                assert_eq!(said(claims.clone(), native, "scope"), scope, "{claims}");
            }
        }
    }

    #[test]
    fn a_role_is_one_unless_its_gateway_has_made_a_list_of_it() {
        for (claims, http_api, rest_api) in [
            (json!({"roles": "[a b]"}), "a b", "a b"),
            (json!({"roles": "a"}), "a", "a"),
            // As AD FS writes it.
            (json!({"roles": "Domain Admins"}), "", ""),
            (json!({"groups": "a,b"}), "a,b", "a,b"),
            (json!({"groups": "[a,b]"}), "a,b", "a,b"),
            (json!({"cognito:groups": "[a b]"}), "a b", ""),
            (json!({"cognito:groups": "a,b"}), "a,b", "a b"),
            (json!({"cognito:groups": "a"}), "a", "a"),
            (json!({"roles": ["a", "b c"], "groups": "[]"}), "a", "a"),
        ] {
            assert_eq!(said(claims.clone(), Native::HttpApi, "roles"), http_api, "{claims}");
            assert_eq!(said(claims.clone(), Native::RestApi, "roles"), rest_api, "{claims}");
        }
    }

    #[test]
    fn brackets_are_a_list_only_where_there_can_be_one() {
        for name in ["iss", "sub", "client_id", "sid", "name", "email"] {
            for value in ["[x]", "[a, b]", "[]"] {
                assert_eq!(said(json!({name: value}), Native::HttpApi, name), value);
            }
        }
    }

    #[test]
    fn an_expiry_is_a_number_or_a_date() {
        for (exp, is_moment) in [
            (json!("1800000000"), true),
            (json!("1800000000.75"), true),
            (json!("1.8E9"), true),
            (json!(1_800_000_000), true),
            (json!("Fri Jan 15 08:00:00 UTC 2027"), true),
            (json!("-1"), false),
            (json!("1e300"), false),
            (json!("\"1800000000\""), false),
            (json!(""), false),
            (json!(null), false),
        ] {
            let expires_at =
                read(json!({"exp": exp}), Native::HttpApi).map(|caller| caller.expires_at.epoch());
            let expected = if is_moment { Ok(1_800_000_000) } else { Err(Caller::missing()) };
            assert_eq!(expires_at, expected, "{exp}");
        }
    }

    #[test]
    fn an_id_token_is_no_caller() {
        // #66
        let is_nobody = |more: Value| {
            let mut claims = json!({"sub": "u", "exp": "1800000000", "azp": "c"});
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            translate(claims.as_object().unwrap(), Native::HttpApi) == Err(Caller::missing())
        };
        for name in NOT_OF_ACCESS_TOKENS {
            assert!(
                is_nobody(json!({name: "x", "scope": "a", "token_use": "access", "typ": "Bearer"})),
                "{name}"
            );
        }
        for (claims, nobody) in [
            (json!({"token_use": "id", "scope": "a"}), true),
            (json!({"typ": "ID", "scope": "a"}), true),
            (json!({"typ": "Refresh"}), true),
            (json!({"nonce": "n"}), true),
            (json!({"nonce": "n", "scope": "", "scp": "[]"}), true),
            (json!({"nonce": "n", "roles": "[a]", "groups": "[a]"}), true),
            (json!({"nonce": "n", "scope": "a"}), false),
            (json!({"nonce": "n", "scp": "[a]"}), false),
            (json!({"nonce": "n", "typ": "Bearer"}), false),
            (json!({"nonce": "n", "token_use": "access"}), false),
            (json!({}), false),
        ] {
            assert_eq!(is_nobody(claims.clone()), nobody, "{claims}");
        }
    }
}
