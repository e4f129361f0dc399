//! Whose people may sign in: the domain rule (#20).

use serde_json::{Map, Value};

use crate::claims::{Email, Person};

/// Why somebody may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Outsider {
    #[error("the ID token does not name a hosted domain")]
    NoDomain,
    #[error("the domain is not in the list")]
    OtherDomain,
    #[error("there is no verified e-mail address to tell the domain from")]
    NoAddress,
    #[error("the e-mail address is malformed")]
    OddAddress,
}

/// Whether the person belongs to one of the domains. Where the provider signs the domain (`hd`), that is what counts,
/// and never the address; elsewhere it is what is behind the one `@` of a verified address. No domain is part of
/// another.
pub(crate) fn check(
    domains: &[String],
    signs_domain: bool,
    id_token: &Map<String, Value>,
    person: &Person,
) -> Result<(), Outsider> {
    if domains.is_empty() {
        return Ok(());
    }
    if matches!(person.email, Some(Email { address: None, .. })) {
        return Err(Outsider::OddAddress);
    }
    let (address, verified) = person.address();
    let domain = if signs_domain {
        id_token.get("hd").and_then(Value::as_str).ok_or(Outsider::NoDomain)?
    } else {
        let address = address.as_deref().filter(|_| verified).ok_or(Outsider::NoAddress)?;
        address.split_once('@').map(|(_, domain)| domain).ok_or(Outsider::NoAddress)?
    };
    let is_listed = domains.iter().any(|listed| listed.eq_ignore_ascii_case(domain));
    if is_listed { Ok(()) } else { Err(Outsider::OtherDomain) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(signs: bool, claims: Value) -> Result<(), Outsider> {
        let claims = claims.as_object().unwrap();
        check(&["company.com".to_owned()], signs, claims, &Person::of(claims, false))
    }

    #[test]
    fn the_signed_hd_decides_and_not_the_address() {
        // #20
        let ok = json!({ "hd": "company.com", "email": "a@company.com", "email_verified": true });
        assert_eq!(checked(true, ok), Ok(()));
        assert_eq!(checked(true, json!({ "hd": "Company.com" })), Ok(()));
        for (claims, why) in [
            (json!({ "email": "a@company.com", "email_verified": true }), Outsider::NoDomain),
            (json!({ "hd": ["company.com"] }), Outsider::NoDomain),
            (json!({ "hd": "company.com.evil" }), Outsider::OtherDomain),
            (json!({ "hd": "evilcompany.com" }), Outsider::OtherDomain),
            (json!({ "hd": "sub.company.com" }), Outsider::OtherDomain),
            (json!({ "hd": "" }), Outsider::OtherDomain),
            (
                json!({ "hd": "company.com", "email": "a@evil@company.com", "email_verified": true }),
                Outsider::OddAddress,
            ),
        ] {
            assert_eq!(checked(true, claims.clone()), Err(why), "{claims}");
        }
    }

    #[test]
    fn without_hd_the_domain_of_a_verified_address_decides() {
        // #20
        assert_eq!(checked(false, json!({ "email": "a@Company.com", "email_verified": true })), Ok(()));
        for (claims, why) in [
            (json!({ "email": "a@company.com" }), Outsider::NoAddress),
            (json!({ "email": "a@company.com", "email_verified": "true" }), Outsider::NoAddress),
            (json!({ "hd": "company.com" }), Outsider::NoAddress),
            (json!({ "email": "a@company.com.evil", "email_verified": true }), Outsider::OtherDomain),
            (json!({ "email": "a@evilcompany.com", "email_verified": true }), Outsider::OtherDomain),
            (json!({ "email": "a@evil@company.com", "email_verified": true }), Outsider::OddAddress),
            (json!({ "email": "\"a@evil\"@company.com", "email_verified": true }), Outsider::OddAddress),
        ] {
            assert_eq!(checked(false, claims.clone()), Err(why), "{claims}");
        }
    }

    #[test]
    fn without_a_domain_rule_everybody_may_sign_in() {
        assert_eq!(check(&[], true, &Map::new(), &Person::default()), Ok(()));
    }
}
