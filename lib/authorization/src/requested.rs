//! What a client may have of what it asks for. The authorization endpoint and the device authorization endpoint decide it alike.

use client::Client;
use oauth::{
    Code, Error, Scope,
    server::{self, GrantType},
};

/// The most resources of one request.
const MOST_RESOURCES: usize = 8;

/// What the client may not have is left out, and the answer of the token endpoint says what was given (RFC 6749 §3.3). Without
/// the parameter it is what the client is registered with as its default, never everything.
pub fn requested_scope(client: &Client, asked: Option<&str>) -> Result<Scope, Error> {
    let invalid = |text: &'static str| Error::new(Code::InvalidScope, text);
    let asked = match asked {
        Some(scope) => scope.parse::<Scope>().map_err(|_| invalid("scope is malformed"))?,
        None => client.default_scope.clone(),
    };
    let allowed = asked.intersection(&client.scope);
    let scope: Scope =
        allowed.iter().filter(|scope| *scope != server::OFFLINE_ACCESS || may_stay(client)).collect();
    if scope.is_empty() {
        return Err(invalid("this client may have none of the scopes that it asks for"));
    }
    Ok(scope)
}

/// Whether the client may be given a refresh token that outlives the session (OpenID Connect Core §11): by the person's consent,
/// or because a client that asks for none is registered for it.
fn may_stay(client: &Client) -> bool {
    client.allows(GrantType::RefreshToken) && (client.consent || client.offline_access)
}

/// The APIs that `resource` names (RFC 8707 §2), as they are registered.
pub fn requested_resources<'a>(
    client: &Client,
    asked: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<String>, Error> {
    let invalid = |text: &'static str| Error::new(Code::InvalidTarget, text);
    let mut resources: Vec<String> = Vec::new();
    for (at, resource) in asked.into_iter().enumerate() {
        if at == MOST_RESOURCES {
            return Err(invalid("the request names too many resources"));
        }
        let audience = client.audience(resource).ok_or_else(|| {
            invalid("this client may not ask for tokens for one of the resources that it names")
        })?;
        if !resources.iter().any(|known| known == audience) {
            resources.push(audience.to_owned());
        }
    }
    Ok(resources)
}
