//! What a client may learn of a person (OpenID Connect Core §5).

use client::Client;
use oauth::{Scope, server::PERSON_CLAIMS};
use serde_json::{Map, Value, json};
use user::User;

/// The member of the parameter `claims` that asks for something (OpenID Connect Core §5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `userinfo`
    Userinfo,
    /// `id_token`
    IdToken,
}

impl Place {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Userinfo => "userinfo",
            Self::IdToken => "id_token",
        }
    }
}

/// What a client learns of a person in this place: the claims of these scopes, and by name those that the parameter `claims` asks for. A
/// client that asks people for consent shows them scopes, and gets no more than those. What is not known is left out.
pub fn person_claims(
    user: &User,
    client: &Client,
    scope: &Scope,
    asked: Option<&str>,
    place: Place,
) -> Map<String, Value> {
    let asked = asked.and_then(|asked| serde_json::from_str::<Value>(asked).ok()).unwrap_or_default();
    let is_asked = |name: &str, of: &str| {
        !client.consent && client.scope.contains(of) && asked[place.as_str()].get(name).is_some()
    };
    let given = PERSON_CLAIMS.into_iter().filter(|(name, of)| scope.contains(of) || is_asked(name, of));
    given.filter_map(|(name, _)| Some((name.to_owned(), value(user, name)?))).collect()
}

fn value(user: &User, name: &str) -> Option<Value> {
    match name {
        "name" => user.name.as_deref().map(Value::from),
        "picture" => user.picture.as_deref().map(Value::from),
        "email" => user.email.as_deref().map(Value::from),
        "email_verified" => user.email.as_ref().map(|_| json!(user.email_verified)),
        _ => user.claims.as_ref()?.said.get(name).cloned(),
    }
}
