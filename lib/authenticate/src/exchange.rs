//! The code exchange: one request, never sent again (#11), and a strict reading of its answer.

use std::{sync::Arc, time::Duration};

use fetch::{Fault, Http, HttpError, Kind, json, require_likely_json};
use http::Response;
use oauth::{Secret, limits};
use oauth2::{CodeTokenRequest, ErrorResponse, RequestTokenError, TokenResponse};
use serde_json::{Map, Value, json};

use crate::{Error, checked_client::CheckedClient, provider_error};

/// What the exchange brought.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    pub(crate) access_token: Secret,
    pub(crate) id_token: Option<Secret>,
}

/// Sends the request. Whatever the library says about the answer, its text is dropped: it may hold what was answered
/// (#103).
pub(crate) async fn send<TE: ErrorResponse + 'static, TR: TokenResponse>(
    request: CodeTokenRequest<'_, TE, TR>,
    http: &Arc<Http>,
    limit: Duration,
) -> Result<Tokens, Error> {
    let shown = |response: &Response<Vec<u8>>| {
        let tokens = check(response)?;
        // The library sees what was checked, and nothing else.
        let shown = json!({ "access_token": tokens.access_token.expose(), "token_type": "bearer" });
        Ok((tokens, shown))
    };
    let client = CheckedClient::new(http, limit, shown);
    match request.request_async(&client).await {
        Ok(_) => {}
        Err(RequestTokenError::Request(error)) => return Err(error),
        Err(_) => return Err(Error::upstream(Fault::Answer, "the token response cannot be read")),
    }
    client.taken().ok_or_else(|| Error::upstream(Fault::Answer, "there is no token response"))
}

/// RFC 6749 §5.1, §5.2.
pub(crate) fn check(response: &Response<Vec<u8>>) -> Result<Tokens, Error> {
    let body = || -> Result<Map<String, Value>, HttpError> {
        match json(response.body())? {
            Value::Object(map) => Ok(map),
            _ => Err(HttpError::NotJson),
        }
    };
    // An error is recognised by its code, whatever the status: GitHub says 200 to it, most say 400, some 401 or 403.
    let likely = Kind::of(response).may_be_json();
    let named = body().ok().filter(|_| likely).and_then(|map| map.get("error").cloned());
    if let Some(code) = named {
        return Err(provider_error::of_token(code.as_str().unwrap_or_default(), response.status().as_u16()));
    }
    require_likely_json(response)?;
    tokens(&body()?).map_err(|why| Error::upstream(Fault::Answer, why))
}

fn tokens(answer: &Map<String, Value>) -> Result<Tokens, &'static str> {
    let token = |name: &str| match answer.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if is_token(text) => Ok(Some(Secret::new(text.as_str()))),
        Some(_) => Err("a token is not a printable string, or is too long"),
    };
    // RFC 6749 §7.1: a token type that is not understood must not be used.
    let bearer = answer
        .get("token_type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !bearer {
        return Err("the token type is not bearer");
    }
    Ok(Tokens {
        access_token: token("access_token")?.ok_or("there is no access token")?,
        id_token: token("id_token")?,
    })
}

/// RFC 6749 appendix A.12: visible ASCII.
fn is_token(text: &str) -> bool {
    (1..=limits::TOKEN_IN_A_BODY).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(status: u16, body: &str) -> Result<Tokens, Error> {
        let response = Response::builder().status(status).header("content-type", "application/json");
        check(&response.body(body.as_bytes().to_vec()).unwrap())
    }

    fn status(status: u16, body: &str) -> u16 {
        checked(status, body).unwrap_err().refusal().unwrap().status()
    }

    #[test]
    fn a_valid_token_response_is_accepted() {
        let tokens =
            checked(200, r#"{"access_token":"a","id_token":"b","token_type":"Bearer","expires_in":"soon"}"#)
                .unwrap();
        assert!(tokens.access_token.matches("a") && tokens.id_token.unwrap().matches("b"));
        assert!(checked(200, r#"{"access_token":"a","token_type":"bearer"}"#).unwrap().id_token.is_none());
    }

    #[test]
    fn an_invalid_token_response_is_refused() {
        // #101
        for body in [
            "",
            "{",
            "[]",
            "null",
            "<html>",
            "{}",
            r#"{"access_token":"a"}"#,
            r#"{"token_type":"bearer"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":5,"token_type":"bearer"}"#,
            r#"{"access_token":"","token_type":"bearer"}"#,
            r#"{"access_token":"a b","token_type":"bearer"}"#,
            r#"{"access_token":"a","token_type":"bearer","id_token":5}"#,
            r#"{"access_token":"a","token_type":"bearer","id_token":null}"#,
            r#"{"access_token":"a","access_token":"b","token_type":"bearer"}"#,
            r#"{"access_token":"a","token_type":"bearer","x":{"y":1,"y":2}}"#,
            r#"{"access_token":"a","token_type":"bearer"} x"#,
        ] {
            assert_eq!(status(200, body), 502, "{body}");
        }
        for code in [201, 302, 400, 500, 503] {
            assert_eq!(status(code, r#"{"access_token":"a","token_type":"bearer"}"#), 502, "{code}");
        }
        for (kind, good) in
            [("text/html", false), ("application/x-www-form-urlencoded", false), ("text/plain", true)]
        {
            let answer = Response::builder().header("content-type", kind);
            let answer = answer.body(br#"{"access_token":"a","token_type":"bearer"}"#.to_vec()).unwrap();
            assert_eq!(check(&answer).is_ok(), good, "{kind}");
        }
        let form = Response::builder().body(b"access_token=a&token_type=bearer".to_vec()).unwrap();
        assert!(check(&form).is_err());
    }

    #[test]
    fn a_token_error_is_reported_by_its_code() {
        // #11, #103
        for (code, body, expected) in [
            (400, r#"{"error":"invalid_grant","error_description":"canary"}"#, 400),
            (200, r#"{"error":"invalid_grant"}"#, 400),
            (200, r#"{"error":"bad_verification_code","error_description":"canary"}"#, 400),
            (200, r#"{"error":"unverified_user_email"}"#, 403),
            (200, r#"{"error":"incorrect_client_credentials"}"#, 502),
            (403, r#"{"error":"access_denied"}"#, 403),
            (401, r#"{"error":"invalid_client"}"#, 502),
            (400, r#"{"error":"canary"}"#, 502),
            (200, r#"{"error":["canary"]}"#, 502),
            (503, "canary", 502),
        ] {
            let error = checked(code, body).unwrap_err();
            assert_eq!(error.refusal().unwrap().status(), expected, "{body}");
            assert!(!format!("{error:?} {error}").contains("canary"), "{body}");
        }
    }
}
