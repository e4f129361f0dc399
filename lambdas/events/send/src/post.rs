//! One message, as Standard Webhooks has it.

use std::time::Duration;

use fetch::HttpError;
use http::{Method, Request, StatusCode, header};
use notice::{Notice, SigningSecret};
use oauth::Time;
use url::Url;

use crate::Send;

/// How long a receiver may take to answer (#90).
const LIMIT: Duration = Duration::from_secs(3);

impl Send {
    /// Posts a message, once. The error says why it came to nothing, in words of ours: nothing that the receiver sent is in it.
    pub(crate) async fn post(
        &self,
        url: &str,
        secrets: &[SigningSecret],
        notice: &Notice,
        now: Time,
    ) -> Result<(), String> {
        if secrets.is_empty() {
            return Err("EVENTS_KEY does not open its secret".to_owned());
        }
        let status = self.exchange(url, secrets, notice, now).await.map_err(|error| error.to_string())?;
        // A redirect is one more status that is not success, and is not followed (#90).
        if status.is_success() { Ok(()) } else { Err(format!("it answered {}", status.as_u16())) }
    }

    async fn exchange(
        &self,
        url: &str,
        secrets: &[SigningSecret],
        notice: &Notice,
        now: Time,
    ) -> Result<StatusCode, HttpError> {
        let url = Url::parse(url).ok().filter(|url| fetch::may_be_called(url, self.http.allows_private()));
        let url = url.ok_or(HttpError::Forbidden)?;
        let signature = notice::signature(secrets, &notice.message, now, &notice.body);
        let request = Request::builder()
            .method(Method::POST)
            .uri(url.as_str())
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", &notice.message)
            .header("webhook-timestamp", now.epoch())
            .header("webhook-signature", signature)
            .body(notice.body.clone().into_bytes())
            .map_err(|_| HttpError::Forbidden)?;
        Ok(self.http.send(request, LIMIT).await?.status())
    }
}
