//! What others export.

use serde::Deserialize;
use serde_json::{Value, json};
use user::bulk::{Account, AccountIdentity, Hash};

use super::Entry;

/// A user of Auth0, as far as it is taken over.
#[derive(Debug, Deserialize)]
pub(super) struct Auth0 {
    user_id: Option<String>,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    name: Option<String>,
    picture: Option<String>,
    #[serde(default)]
    blocked: bool,
    #[serde(default)]
    identities: Vec<Auth0Identity>,
}

#[derive(Debug, Deserialize)]
struct Auth0Identity {
    provider: String,
    user_id: Value,
}

impl Auth0 {
    pub(super) fn account(self) -> Entry {
        let listed = self.identities.iter().filter_map(|it| known(&it.provider, &text_of(&it.user_id)));
        let mut identities: Vec<_> = listed.collect();
        if self.identities.is_empty() {
            let id = self.user_id.as_deref().and_then(|id| id.split_once('|'));
            identities.extend(id.and_then(|(provider, subject)| known(provider, subject)));
        }
        Ok(Account {
            // Without a name, Auth0 shows the address.
            name: self.name.filter(|name| self.email.as_ref() != Some(name)),
            email: self.email,
            email_verified: self.email_verified,
            picture: self.picture,
            disabled: self.blocked,
            identities,
            ..Account::default()
        })
    }
}

/// A user of Keycloak, as far as it is taken over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keycloak {
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    #[serde(default)]
    enabled: bool,
    first_name: Option<String>,
    last_name: Option<String>,
    #[serde(default)]
    federated_identities: Vec<Federated>,
    #[serde(default)]
    credentials: Vec<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Federated {
    identity_provider: String,
    user_id: String,
}

impl Keycloak {
    pub(super) fn account(self) -> Entry {
        let names: Vec<_> = [self.first_name, self.last_name].into_iter().flatten().collect();
        let password = self.credentials.into_iter().find(|it| it["type"] == "password");
        let kept = password
            .map(|it| json!({"secretData": it["secretData"], "credentialData": it["credentialData"]}));
        Ok(Account {
            name: (!names.is_empty()).then(|| names.join(" ")),
            email: self.email,
            email_verified: self.email_verified,
            disabled: !self.enabled,
            identities: self
                .federated_identities
                .iter()
                .filter_map(|it| known(&it.identity_provider, &it.user_id))
                .collect(),
            password_hash: kept.map(|it| Hash(it.to_string())),
            ..Account::default()
        })
    }
}

/// A user of Cognito, as far as it is taken over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Cognito {
    #[serde(default)]
    attributes: Vec<Attribute>,
    enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Linked {
    user_id: String,
    provider_type: String,
}

impl Cognito {
    pub(super) fn account(self) -> Entry {
        let attribute =
            |name: &str| self.attributes.iter().find(|it| it.name == name).map(|it| it.value.clone());
        let linked = attribute("identities").map(|text| serde_json::from_str::<Vec<Linked>>(&text));
        let linked = linked.transpose().map_err(|_| "the attribute identities is no list of identities")?;
        let linked = linked.unwrap_or_default();
        Ok(Account {
            name: attribute("name"),
            email: attribute("email"),
            email_verified: attribute("email_verified").as_deref() == Some("true"),
            picture: attribute("picture"),
            disabled: !self.enabled,
            identities: linked.iter().filter_map(|it| known(&it.provider_type, &it.user_id)).collect(),
            ..Account::default()
        })
    }
}

/// The identity at a provider that tells everybody the same id of a person, under the name that our preset has. What Apple and
/// Microsoft say is only for one app, and is not taken over.
pub(super) fn known(provider: &str, subject: &str) -> Option<AccountIdentity> {
    let (provider, issuer) = match provider.to_ascii_lowercase().as_str() {
        "google" | "google-oauth2" => ("google", "https://accounts.google.com"),
        "github" => ("github", "https://github.com"),
        _ => return None,
    };
    let (provider, issuer, subject) = (provider.to_owned(), issuer.to_owned(), subject.to_owned());
    (!subject.is_empty()).then_some(AccountIdentity { provider, issuer, subject })
}

/// A number is written as text.
fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
