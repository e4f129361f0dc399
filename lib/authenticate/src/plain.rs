//! Plain OAuth 2.0, by the oauth2 crate: no ID token, but a user endpoint whose answer is read by a mapping.

use std::{sync::Arc, time::Duration};

use fetch::{Fault, Http, HttpError, JSON, json, require_likely_json};
use http::{Request, header};
use oauth::{Secret, Verifier};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, RedirectUrl,
    TokenUrl, basic::BasicClient,
};
use serde_json::{Map, Value};
use url::Url;

use crate::{
    Error,
    claims::{self, Email, Person},
    client_auth::Proof,
    config::Config,
    endpoints::Known,
    exchange::{self, Tokens},
    openid::{pkce, proven},
};

type Inner = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

/// The client of one provider.
pub(crate) struct Client(Inner);

impl Client {
    pub(crate) fn new(config: &Config, at: &Known) -> Result<Self, url::ParseError> {
        let client = BasicClient::new(ClientId::new(config.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(at.authorization.clone()))
            .set_token_uri(TokenUrl::from_url(at.token.clone()))
            .set_redirect_uri(RedirectUrl::new(config.redirect_uri.clone())?);
        Ok(Self(client))
    }

    /// Exchanges the code, once (RFC 6749 §4.1.3).
    pub(crate) async fn exchange(
        self,
        (code, verifier): (&Secret, &Verifier),
        proof: &Proof,
        http: &Arc<Http>,
        limit: Duration,
    ) -> Result<Tokens, Error> {
        let secret = |secret: &Secret| ClientSecret::new(secret.expose().to_owned());
        let client = match proof {
            Proof::Basic(shared) => {
                self.0.set_client_secret(secret(shared)).set_auth_type(AuthType::BasicAuth)
            }
            Proof::Post(shared) => {
                self.0.set_client_secret(secret(shared)).set_auth_type(AuthType::RequestBody)
            }
            Proof::Assertion(_) => self.0.set_auth_type(AuthType::RequestBody),
        };
        let code = AuthorizationCode::new(code.expose().to_owned());
        let request = client.exchange_code(code).set_pkce_verifier(pkce(verifier));
        exchange::send(proven(request, proof), http, limit).await
    }
}

/// What the user endpoint says, under the names of OpenID Connect.
pub(crate) async fn user(
    endpoint: &Url,
    access_token: &Secret,
    config: &Config,
    http: &Http,
    limit: Duration,
) -> Result<(String, Person), Error> {
    let answer =
        ask(endpoint, access_token, http, limit).await.map_err(|error| error.during("user endpoint"))?;
    let Value::Object(answer) = answer else {
        return Err(Error::from(HttpError::NotJson).during("user endpoint"));
    };
    check(&config.mapping.apply(&answer)).map_err(|why| Error::upstream(Fault::Answer, why))
}

fn check(claims: &Map<String, Value>) -> Result<(String, Person), &'static str> {
    let subject = claims.get("sub").and_then(claims::subject).ok_or("the user endpoint names no subject")?;
    Ok((subject.to_owned(), Person::of(claims, false)))
}

/// The address that GitHub vouches for: what the user endpoint shows is whatever the person typed (#19).
pub(crate) async fn email(
    endpoint: &Url,
    access_token: &Secret,
    http: &Http,
    limit: Duration,
) -> Result<Option<Email>, Error> {
    let listed = ask(&below(endpoint), access_token, http, limit)
        .await
        .map_err(|error| error.during("e-mail endpoint"))?;
    let Value::Array(listed) = listed else {
        return Err(Error::from(HttpError::NotJson).during("e-mail endpoint"));
    };
    Ok(primary(&listed))
}

/// `/user/emails` beside `/user`.
fn below(endpoint: &Url) -> Url {
    let mut emails = endpoint.clone();
    emails.set_path(&format!("{}/emails", endpoint.path().trim_end_matches('/')));
    emails
}

/// The one primary address, and whether it is verified: both from the same entry.
fn primary(listed: &[Value]) -> Option<Email> {
    let mut primary = listed.iter().filter(|entry| entry.get("primary") == Some(&Value::Bool(true)));
    let (Some(entry), None) = (primary.next(), primary.next()) else { return None };
    let address = claims::address(entry.get("email")?.as_str()?);
    Some(Email { address, verified: entry.get("verified") == Some(&Value::Bool(true)) })
}

async fn ask(url: &Url, access_token: &Secret, http: &Http, limit: Duration) -> Result<Value, Error> {
    let request = Request::get(url.as_str())
        .header(header::ACCEPT, JSON)
        .header(header::AUTHORIZATION, format!("Bearer {}", access_token.expose()))
        .body(Vec::new())
        .map_err(|_| HttpError::Forbidden)?;
    let response = http.send(request, limit).await?;
    require_likely_json(&response)?;
    Ok(json(response.body())?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_primary_address_counts_and_only_if_verified() {
        // #19
        let entry = |email: &str, primary: Value, verified: Value| json!({ "email": email, "primary": primary, "verified": verified });
        let read = |entries: &[Value]| {
            primary(entries).map(|email| (email.address.unwrap_or_default(), email.verified))
        };
        let (yes, no) = (json!(true), json!(false));
        let other = entry("o@b.example", no.clone(), yes.clone());
        assert_eq!(
            read(&[other.clone(), entry("a@b.example", yes.clone(), yes.clone())]),
            Some(("a@b.example".to_owned(), true))
        );
        for verified in [no.clone(), json!("true"), json!(1), json!(null)] {
            assert_eq!(
                read(&[other.clone(), entry("a@b.example", yes.clone(), verified)]),
                Some(("a@b.example".to_owned(), false))
            );
        }
        assert_eq!(read(&[other]), None);
        assert_eq!(read(&[]), None);
        let twice = entry("a@b.example", yes.clone(), yes);
        assert_eq!(read(&[twice.clone(), twice]), None);
    }

    #[test]
    fn a_person_without_a_subject_is_refused() {
        // #21
        assert!(check(json!({ "sub": "1", "name": "Ada" }).as_object().unwrap()).is_ok());
        for claims in [json!({}), json!({ "sub": "" }), json!({ "sub": 1.5 }), json!({ "sub": ["1"] })] {
            assert!(check(claims.as_object().unwrap()).is_err(), "{claims}");
        }
    }

    #[test]
    fn the_list_of_addresses_is_below_the_user_endpoint() {
        let at = |url: &str| below(&Url::parse(url).unwrap()).to_string();
        assert_eq!(at("https://api.github.com/user"), "https://api.github.com/user/emails");
        assert_eq!(at("http://localhost:1/stand-in/user/"), "http://localhost:1/stand-in/user/emails");
    }
}
