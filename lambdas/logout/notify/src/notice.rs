//! Telling one app of the end of one session.

use std::time::Duration;

use fetch::HttpError;
use futures_util::future::join_all;
use http::{Method, Request, StatusCode, header};
use oauth::{Digest, Secret, Time};
use session::{Ended, ended};
use token::LogoutClaims;
use url::{Url, form_urlencoded::Serializer};
use web::Result;

use crate::Notify;

/// How long an app may take to answer (#90).
const LIMIT: Duration = Duration::from_secs(3);

/// What came of telling an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It knows, or nothing more is to be done.
    Over,
    /// It is to be told again.
    Again,
}

impl Notify {
    /// Tells all apps of a session that are still to be told, all at once. Whether none is left.
    pub(crate) async fn tell(&self, sid: &str, now: Time) -> Result<bool> {
        let Some(ended) = ended::find(&self.table, sid, now).await? else { return Ok(true) };
        let outcomes = join_all(ended.clients.iter().map(|client| self.tell_one(&ended, client, now))).await;
        let again = ended.clients.iter().zip(outcomes).filter(|(_, outcome)| *outcome == Outcome::Again);
        let left: Vec<_> = again.map(|(client, _)| client.clone()).collect();
        ended::told(&self.table, &ended, &left, now).await?;
        Ok(left.is_empty())
    }

    async fn tell_one(&self, ended: &Ended, client_id: &str, now: Time) -> Outcome {
        self.try_one(ended, client_id, now).await.unwrap_or_else(|error| {
            tracing::error!(client = client_id, cause = error.causes(), "an app cannot be told now");
            Outcome::Again
        })
    }

    async fn try_one(&self, ended: &Ended, client_id: &str, now: Time) -> Result<Outcome> {
        // A client that is disabled, removed or no longer wants to know is not told.
        let Some(client) = client::find(&self.table, client_id, now).await? else { return Ok(Outcome::Over) };
        let Some(uri) = &client.backchannel_logout_uri else { return Ok(Outcome::Over) };
        let claims = LogoutClaims {
            subject: &ended.user_id,
            client_id,
            algorithm: client.id_token_alg,
            session: &ended.sid,
            id: &id(ended, client_id),
        };
        let token = self.signer.logout_token(&claims, now)?;
        Ok(judge(client_id, self.post(uri, &token).await))
    }

    /// Back-Channel Logout §2.5.
    async fn post(&self, uri: &str, token: &Secret) -> Result<StatusCode, HttpError> {
        // What a request would leave out, such as a fragment, is looked at too.
        let url = Url::parse(uri).ok().filter(|url| fetch::may_be_called(url, self.http.allows_private()));
        let url = url.ok_or(HttpError::Forbidden)?;
        let body = Serializer::new(String::new()).append_pair("logout_token", token.expose()).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body.into_bytes())
            .map_err(|_| HttpError::Forbidden)?;
        Ok(self.http.send(request, LIMIT).await?.status())
    }
}

/// Back-Channel Logout §2.8: 200 is success, and some frameworks answer 204; 400 says that the token is refused, and the next one
/// would be too. Anything else may pass.
fn judge(client_id: &str, answer: Result<StatusCode, HttpError>) -> Outcome {
    match answer {
        Ok(StatusCode::OK | StatusCode::NO_CONTENT) => {
            tracing::info!(client = client_id, "told that a session has ended");
            Outcome::Over
        }
        Ok(StatusCode::BAD_REQUEST) => {
            tracing::error!(
                client = client_id,
                "the app refused the logout token (400), and is not told again"
            );
            Outcome::Over
        }
        Err(HttpError::Forbidden) => {
            tracing::error!(client = client_id, "the app's back-channel logout URI may not be called");
            Outcome::Over
        }
        Ok(status) => again(client_id, &format!("it answered {}", status.as_u16())),
        Err(error) => again(client_id, &error.to_string()),
    }
}

fn again(client_id: &str, cause: &str) -> Outcome {
    tracing::warn!(client = client_id, cause, "the app could not be told that a session has ended");
    Outcome::Again
}

/// `jti`: of this session and this client, however often it is sent.
fn id(ended: &Ended, client_id: &str) -> String {
    Digest::of(format!("{} {client_id}", ended.sid).as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_and_refusal_are_final() {
        let status = |code: u16| judge("app", Ok(StatusCode::from_u16(code).unwrap()));
        for over in [200, 204, 400] {
            assert_eq!(status(over), Outcome::Over, "{over}");
        }
        for again in [201, 202, 301, 302, 307, 401, 403, 404, 405, 408, 415, 429, 500, 501, 502, 503, 504] {
            assert_eq!(status(again), Outcome::Again, "{again}");
        }
        assert_eq!(judge("app", Err(HttpError::Forbidden)), Outcome::Over);
        assert_eq!(judge("app", Err(HttpError::Slow(LIMIT))), Outcome::Again);
        assert_eq!(judge("app", Err(HttpError::Unreachable("refused".to_owned()))), Outcome::Again);
        assert_eq!(judge("app", Err(HttpError::TooLong)), Outcome::Again);
    }
}
