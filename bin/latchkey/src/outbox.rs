//! The outbox of the local cloud: as much of SES as `mail-send` uses, on a loopback port. Mails are shown at `/outbox`, and leave nowhere.
//! What is in it ends with the process.
//!
//! Whoever reads it can reset anybody's password. So it exists only where nobody but this machine reaches us, and what takes the mails
//! has a secret in its address, so that no page puts any there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{StatusCode, header};
use mail::settings::MAIL;
use mail_send::settings::{MAIL_FROM, SES_ENDPOINT};
use oauth::{Secret, Time, is_local_address};
use serde::Serialize;
use serde_json::{Value, json};
use setting::{Clock, SettingError};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::settings::Values;

mod page;

/// Where it is.
pub(crate) const OUTBOX: &str = "/outbox";
const OUTBOX_JSON: &str = "/outbox.json";
const OUTBOX_HTML: &str = "/outbox/{id}";
/// How many mails are kept.
const MOST: usize = 200;
/// From whom they are, where the settings do not say it.
const SENDER: &str = "latchkey@example.com";

/// A mail as it would have arrived.
#[derive(Debug, Clone, Serialize)]
struct Mail {
    id: String,
    from: String,
    to: String,
    subject: String,
    text: String,
    html: String,
    at: Time,
}

/// A running outbox; it takes no more mails when this is dropped.
#[derive(Debug)]
pub(crate) struct Outbox {
    inner: Arc<Inner>,
    taking: JoinHandle<()>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    /// The newest first.
    mails: Mutex<Vec<Mail>>,
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

impl Outbox {
    /// Starts it on a free port and says in the settings where it is; none where mails are not shown, or another one shows them.
    pub(crate) async fn start(values: &mut Values, clock: &Clock) -> Result<Option<Self>, SettingError> {
        if values.get(MAIL.name).is_none_or(|value| value != "outbox") {
            return Ok(None);
        }
        let base = values.get(setting::BASE_URL.name).map(String::as_str).unwrap_or_default();
        if !is_local_address(base) {
            return Err(SettingError::new(format!(
                "MAIL is outbox, and BASE_URL is {base}: everybody who reaches it could read everybody's mails. Set MAIL to ses, smtp or off"
            )));
        }
        values.entry(MAIL_FROM.name.to_owned()).or_insert_with(|| SENDER.to_owned());
        if values.contains_key(SES_ENDPOINT.name) {
            return Ok(None);
        }
        let cannot = |error: std::io::Error| SettingError::new(format!("the outbox cannot start: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot)?;
        let (address, secret) = (listener.local_addr().map_err(cannot)?, Secret::random());
        values.insert(SES_ENDPOINT.name.to_owned(), format!("http://{address}/{}", secret.expose()));
        let inner = Arc::new(Inner { clock: clock.clone(), mails: Mutex::default() });
        let path = format!("/{}/v2/email/outbound-emails", secret.expose());
        let router = Router::new().route(&path, post(take)).with_state(inner.clone());
        let taking = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the outbox stopped");
            }
        });
        Ok(Some(Self { inner, taking }))
    }

    /// The pages, and what programs read.
    pub(crate) fn router(&self) -> Router {
        Router::new()
            .route(OUTBOX, get(shown))
            .route(OUTBOX_JSON, get(list))
            .route(OUTBOX_HTML, get(html))
            .with_state(self.inner.clone())
    }
}

impl Inner {
    fn mails(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `SendEmail`, as far as `mail-send` uses it.
async fn take(State(inner): State<Arc<Inner>>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(mail) = read(&request, inner.clock.now()) else {
        let wrong = (header::HeaderName::from_static("x-amzn-errortype"), "BadRequestException");
        return (StatusCode::BAD_REQUEST, [wrong], Json(json!({"message": "it cannot be read"})))
            .into_response();
    };
    let answer = json!({"MessageId": mail.id});
    let mut mails = inner.mails();
    mails.insert(0, mail);
    mails.truncate(MOST);
    Json(answer).into_response()
}

fn read(request: &Value, at: Time) -> Option<Mail> {
    let text = |path: &str| request.pointer(path)?.as_str().map(str::to_owned);
    Some(Mail {
        id: uuid::Uuid::now_v7().to_string(),
        from: text("/FromEmailAddress")?,
        to: text("/Destination/ToAddresses/0")?,
        subject: text("/Content/Simple/Subject/Data")?,
        text: text("/Content/Simple/Body/Text/Data")?,
        html: text("/Content/Simple/Body/Html/Data")?,
        at,
    })
}

async fn list(State(inner): State<Arc<Inner>>) -> Json<Vec<Mail>> {
    Json(inner.mails().clone())
}

async fn shown(State(inner): State<Arc<Inner>>) -> Response {
    page::all(&inner.mails())
}

async fn html(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    match inner.mails().iter().find(|mail| mail.id == id) {
        Some(mail) => page::one(mail),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
