//! Userinfo: asked after the ID token was checked, and accepted only about the same person (#18).

use std::{sync::Arc, time::Duration};

use fetch::{Fault, Http, HttpError, Kind, json, require_ok};
use http::Response;
use jose::Jws;
use oauth::limits;
use openidconnect::{EmptyAdditionalClaims, UserInfoClaims, UserInfoError, core::CoreGenderClaim};
use serde_json::{Map, Value, json};

use crate::{Error, checked_client::CheckedClient, openid::Asking};

/// What is asked for: whether a provider signs is agreed when a client is registered, so that both are an answer.
const ACCEPT: &str = "application/json, application/jwt;q=0.9";

/// What was answered (OpenID Connect Core §5.3.2).
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// Claims about the person that was asked for.
    Plain(Map<String, Value>),
    /// A JWT. Neither its signature nor any of its claims has been checked.
    Signed(Jws),
}

/// Sends the request. Plain claims that it returns are about `subject`. An outage is [`Error::upstream`]; what must not be
/// accepted, whatever else is known of the person, is [`Error::userinfo`].
pub(crate) async fn send(
    request: Asking<'_>,
    subject: &str,
    http: &Arc<Http>,
    limit: Duration,
) -> Result<Said, Error> {
    let about = json!({ "sub": subject });
    let subject = subject.to_owned();
    // The library, which cannot verify with our keys, sees what is left for it to check: nothing but the subject.
    let shown = move |response: &Response<Vec<u8>>| Ok((check(response, &subject)?, about.clone()));
    let client = CheckedClient::new(http, limit, shown).accepting(ACCEPT);
    let answer: Result<UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>, _> =
        request.request_async(&client).await;
    match answer {
        Ok(_) => {}
        Err(UserInfoError::Request(error)) => return Err(error.during("userinfo")),
        Err(_) => return Err(Error::userinfo("openidconnect refuses it for this person")),
    }
    client.taken().ok_or_else(|| Error::upstream(Fault::Answer, "there is no userinfo"))
}

/// OpenID Connect Core §5.3.2: the content type says whether it is JSON or a JWT. Without one nobody can tell.
fn check(response: &Response<Vec<u8>>, subject: &str) -> Result<Said, Error> {
    require_ok(response)?;
    match Kind::of(response) {
        Kind::Json => plain(response.body(), subject).map(Said::Plain),
        Kind::Jwt => signed(response.body()).map(Said::Signed),
        Kind::Unsaid | Kind::Other => Err(HttpError::NotJson.into()),
    }
}

/// Claims, about the person that the ID token is about.
fn plain(body: &[u8], subject: &str) -> Result<Map<String, Value>, Error> {
    let Value::Object(claims) = json(body)? else { return Err(HttpError::NotJson.into()) };
    let same = claims.get("sub").is_some_and(|sub| sub == subject);
    if same { Ok(claims) } else { Err(Error::userinfo("it is about somebody else")) }
}

/// A JWS; a JWE, which has five parts, was never agreed.
fn signed(body: &[u8]) -> Result<Jws, Error> {
    let token = std::str::from_utf8(body).map_err(|_| Error::userinfo("it is not text"))?;
    // Some end it with a new line.
    Jws::parse_within(token.trim_ascii_end(), limits::TOKEN_IN_A_BODY).map_err(Error::userinfo)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(body: &str) -> Option<u16> {
        typed("application/json", body)
    }

    fn typed(content_type: &str, body: &str) -> Option<u16> {
        let response = Response::builder().header("content-type", content_type);
        let checked = check(&response.body(body.as_bytes().to_vec()).unwrap(), "1");
        checked.err().map(|error| error.refusal().unwrap().status())
    }

    #[test]
    fn the_content_type_tells_a_jwt_from_json() {
        // #18, #67: and no guess is made.
        let token = "eyJhbGciOiJSUzI1NiJ9.e30.AA";
        assert_eq!(typed("application/jwt", token), None);
        assert_eq!(typed("application/jwt; charset=utf-8", &format!("{token}\n")), None);
        for kind in ["text/plain", "application/octet-stream", "text/html", "application/at+jwt"] {
            assert_eq!(typed(kind, token), Some(502), "{kind}");
            assert_eq!(typed(kind, r#"{"sub":"1"}"#), Some(502), "{kind}");
        }
        assert_eq!(typed("application/json", token), Some(502));
        // A JWE, something without a signature, a token in quotes, plain claims in the wrong place.
        for bad in [
            "eyJhbGciOiJSUzI1NiJ9.e30.AA.AA.AA",
            "e30.e30",
            "",
            r#"{"sub":"1"}"#,
            &format!("\"{token}\""),
            " e30.e30.AA",
        ] {
            assert_eq!(typed("application/jwt", bad), Some(401), "{bad}");
        }
    }

    #[test]
    fn userinfo_must_have_the_same_subject() {
        // #18
        assert_eq!(status(r#"{"sub":"1","email":"a@b.example"}"#), None);
        for body in
            [r#"{"sub":"2"}"#, "{}", r#"{"sub":1}"#, r#"{"sub":["1"]}"#, r#"{"sub":" 1"}"#, r#"{"sub":null}"#]
        {
            assert_eq!(status(body), Some(401), "{body}");
        }
    }

    #[test]
    fn it_is_strict_json() {
        // #101
        for body in
            ["", "[]", r#"{"sub":"1","sub":"1"}"#, r#"{"sub":"1""#, "<html>", "eyJhbGciOiJub25lIn0.e30."]
        {
            assert_eq!(status(body), Some(502), "{body}");
        }
    }
}
