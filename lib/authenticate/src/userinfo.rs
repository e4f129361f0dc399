//! Userinfo: asked after the ID token was checked, and believed only about the same person (#18).

use std::{sync::Arc, time::Duration};

use http::Response;
use openidconnect::{EmptyAdditionalClaims, UserInfoClaims, UserInfoError, core::CoreGenderClaim};
use serde_json::{Map, Value, json};

use crate::{
    Error,
    error::Fault,
    http::{Http, HttpError, json, require_json},
    judged::Judged,
    openid::Asking,
};

/// Sends the request; the claims it returns are about `subject`.
pub(crate) async fn send(
    request: Asking<'_>,
    subject: &str,
    http: &Arc<Http>,
    limit: Duration,
) -> Result<Map<String, Value>, Error> {
    let subject = subject.to_owned();
    let shown = move |response: &Response<Vec<u8>>| {
        let claims = judge(response, &subject)?;
        let shown = json!({ "sub": claims.get("sub") });
        Ok((claims, shown))
    };
    let client = Judged::new(http, limit, shown);
    let answer: Result<UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>, _> =
        request.request_async(&client).await;
    match answer {
        Ok(_) => {}
        Err(UserInfoError::Request(error)) => return Err(error.during("userinfo")),
        Err(_) => return Err(Error::id_token("the library does not take the userinfo for this person's")),
    }
    client.taken().ok_or_else(|| Error::upstream(Fault::Answer, "there is no userinfo"))
}

/// OpenID Connect Core §5.3.2: JSON, and about the person that the ID token is about.
pub(crate) fn judge(response: &Response<Vec<u8>>, subject: &str) -> Result<Map<String, Value>, Error> {
    require_json(response)?;
    let Value::Object(claims) = json(response.body())? else { return Err(HttpError::NotJson.into()) };
    let same = claims.get("sub").is_some_and(|sub| sub == subject);
    if same { Ok(claims) } else { Err(Error::id_token("userinfo is about somebody else")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(body: &str) -> Option<u16> {
        let response = Response::builder().header("content-type", "application/json");
        let judged = judge(&response.body(body.as_bytes().to_vec()).unwrap(), "1");
        judged.err().map(|error| error.refusal().unwrap().status())
    }

    #[test]
    fn it_is_about_the_same_person() {
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
