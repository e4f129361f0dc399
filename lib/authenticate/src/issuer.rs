//! Who may have issued an ID token (#14).

use provider::{Entry, KNOWN};
use serde_json::{Map, Value};

/// The issuer, or the issuers, of one provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Issuer {
    /// Exactly one.
    One(String),
    /// One for each tenant; `{tenantid}` in the template is the token's `tid`, which must be on the list.
    Tenants { template: String, allowed: Vec<String> },
}

impl Issuer {
    /// What a login is bound to: the issuer, or the template for all of them.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::One(issuer) => issuer,
            Self::Tenants { template, .. } => template,
        }
    }

    /// Whether this is where the entry says the provider is, and not somebody who stands in for it.
    pub(crate) fn is_of(&self, entry: &Entry) -> bool {
        match entry.issuer.split_once('{') {
            Some((before, _)) => self.name().starts_with(before),
            None => self.name() == entry.issuer,
        }
    }

    /// Whether this is a provider that signs the domain of an account, whatever it is called in the settings (#20).
    pub(crate) fn signs_domain(&self) -> bool {
        let signs = |entry: &Entry| entry.sign_in.is_some_and(|sign_in| sign_in.signs_domain);
        KNOWN.iter().any(|entry| signs(entry) && self.is_of(entry))
    }

    /// Whether `iss` of an authorization answer (RFC 9207 §2.4) is this provider; of several tenants, one on the list.
    pub(crate) fn answers_as(&self, iss: &str) -> bool {
        match self {
            Self::One(issuer) => iss == issuer,
            Self::Tenants { template, allowed } => {
                allowed.iter().any(|tenant| template.replace("{tenantid}", tenant) == iss)
            }
        }
    }

    /// The issuer of these claims, under the one name it is stored with; nothing if it is somebody else. Compared exactly: no slash, no capital and no port is forgiven.
    pub(crate) fn of_claims(&self, claims: &Map<String, Value>, also: &[&str]) -> Option<String> {
        let iss = claims.get("iss")?.as_str()?;
        match self {
            Self::One(issuer) => (iss == issuer || also.contains(&iss)).then(|| issuer.clone()),
            Self::Tenants { template, allowed } => {
                let tenant = claims.get("tid")?.as_str()?;
                let listed = allowed.iter().any(|one| one == tenant);
                let issuer = template.replace("{tenantid}", tenant);
                (listed && iss == issuer).then_some(issuer)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(issuer: &Issuer, claims: Value, also: &[&str]) -> Option<String> {
        issuer.of_claims(claims.as_object().unwrap(), also)
    }

    #[test]
    fn the_issuer_is_compared_exactly() {
        // #14
        let google = Issuer::One("https://accounts.google.com".to_owned());
        let also = ["accounts.google.com"];
        for iss in ["https://accounts.google.com", "accounts.google.com"] {
            assert_eq!(
                checked(&google, json!({ "iss": iss }), &also).as_deref(),
                Some("https://accounts.google.com")
            );
        }
        for iss in [
            json!("https://accounts.google.com/"),
            json!("https://Accounts.google.com"),
            json!("http://accounts.google.com"),
            json!("https://accounts.google.com:443"),
            json!(" https://accounts.google.com"),
            json!(""),
            json!(5),
            json!(null),
            json!(["https://accounts.google.com"]),
            json!({"iss": "https://accounts.google.com"}),
            json!("https://accounts.google.com.evil.example"),
        ] {
            assert_eq!(checked(&google, json!({ "iss": iss }), &also), None, "{iss}");
        }
        assert_eq!(checked(&google, json!({}), &also), None);
        // The second spelling is of one provider alone: no other is known without its scheme, or by that name.
        let other = Issuer::One("https://id.example.com".to_owned());
        for iss in ["id.example.com", "accounts.google.com", "https://accounts.google.com"] {
            assert_eq!(checked(&other, json!({ "iss": iss }), &[]), None, "{iss}");
        }
    }

    #[test]
    fn the_tenant_must_be_listed_and_match_the_issuer() {
        // #14
        let (ours, theirs) = ("8eaef023-2b34-4da1-9baa-8bc8c9d6a490", "00000000-2b34-4da1-9baa-8bc8c9d6a490");
        let template = "https://login.microsoftonline.com/{tenantid}/v2.0";
        let issuer = Issuer::Tenants { template: template.to_owned(), allowed: vec![ours.to_owned()] };
        let iss = |tenant: &str| template.replace("{tenantid}", tenant);
        assert_eq!(checked(&issuer, json!({ "iss": iss(ours), "tid": ours }), &[]), Some(iss(ours)));
        assert!(
            issuer.answers_as(&iss(ours)) && !issuer.answers_as(&iss(theirs)) && !issuer.answers_as(template)
        );
        for claims in [
            json!({ "iss": iss(theirs), "tid": theirs }),
            json!({ "iss": iss(theirs), "tid": ours }),
            json!({ "iss": iss(ours), "tid": theirs }),
            json!({ "iss": iss(ours) }),
            json!({ "iss": iss(ours), "tid": [ours] }),
            json!({ "iss": template, "tid": "{tenantid}" }),
            json!({ "iss": iss(ours).to_uppercase(), "tid": ours }),
            json!({ "iss": iss(&ours.to_uppercase()), "tid": ours.to_uppercase() }),
        ] {
            assert_eq!(checked(&issuer, claims.clone(), &[]), None, "{claims}");
        }
    }

    #[test]
    fn google_aliases_are_not_accepted_for_a_stand_in() {
        let at = |url: &str| Issuer::One(url.to_owned());
        let google = provider::to_sign_in("google").unwrap().0;
        assert!(at("https://accounts.google.com").is_of(google));
        assert!(!at("http://localhost/stand-in").is_of(google));
        let okta = provider::to_sign_in("okta").unwrap().0;
        assert!(at("https://dev.okta.com").is_of(okta) && !at("http://localhost:1").is_of(okta));
    }
}
