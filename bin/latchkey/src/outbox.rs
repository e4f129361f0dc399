//! The outbox of the local cloud: mails are shown at `/outbox` and leave nowhere. What is in it ends with the process.
//!
//! Whoever reads it can reset anybody's password. So it exists only where nobody but this machine reaches us.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::header;
use mail::{Letter, What, settings::MAIL};
use maud::{DOCTYPE, Markup, html};
use oauth::{Time, is_local_address};
use queue::Delivery;
use serde::Serialize;
use serde_json::{Value, json};
use setting::{Clock, SettingError};

use crate::{
    mount::{Boxed, Invoke, Running},
    settings::Values,
};

/// Where it is.
const OUTBOX: &str = "/outbox";
const OUTBOX_JSON: &str = "/outbox.json";
/// How many mails are kept.
const MOST: usize = 200;

/// A mail as it would have arrived.
#[derive(Debug, Clone, Serialize)]
struct Mail {
    to: String,
    subject: String,
    text: String,
    html: String,
    at: Time,
}

/// The mails, the newest first. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox(Arc<Mutex<Vec<Mail>>>);

impl Outbox {
    /// The one of the settings; none where mails are not shown.
    pub(crate) fn from_values(values: &Values) -> Result<Option<Self>, SettingError> {
        if values.get(MAIL.name).is_none_or(|value| value != "outbox") {
            return Ok(None);
        }
        let base = values.get(setting::BASE_URL.name).map(String::as_str).unwrap_or_default();
        if is_local_address(base) {
            return Ok(Some(Self::default()));
        }
        Err(SettingError::new(format!(
            "MAIL is outbox, and BASE_URL is {base}: everybody who reaches it could read everybody's mails. Set MAIL to ses, smtp or off"
        )))
    }

    /// What takes mails from the queue.
    pub(crate) fn function(&self, clock: &Clock) -> Running {
        Running::new(Taking(self.clone(), clock.clone()))
    }

    /// The page and what programs read.
    pub(crate) fn router(self) -> Router {
        Router::new().route(OUTBOX, get(page)).route(OUTBOX_JSON, get(list)).with_state(self)
    }

    fn mails(&self) -> MutexGuard<'_, Vec<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, mail: Mail) {
        let mut mails = self.mails();
        mails.insert(0, mail);
        mails.truncate(MOST);
    }
}

struct Taking(Outbox, Clock);

impl Invoke for Taking {
    fn invoke<'a>(&'a self, event: &'a Value) -> Boxed<'a, Result<Value, &'static str>> {
        let records = event.get("Records").and_then(Value::as_array).into_iter().flatten();
        for letter in records.filter_map(Delivery::<Letter>::read).map(|delivery| delivery.message) {
            if matches!(letter.what, What::Nothing) {
                continue;
            }
            let (subject, text) = written(&letter.what);
            let html = String::new();
            self.0.put(Mail { to: letter.to, subject, text, html, at: self.1.now() });
        }
        Box::pin(async { Ok(json!({"batchItemFailures": []})) })
    }
}

fn written(what: &What) -> (String, String) {
    let secret = match what {
        What::Reset { link } | What::Prove { link } | What::SignInLink { link } => link.expose(),
        What::SignInCode { code } => code.expose(),
        What::FactorAdded { name } | What::FactorRemoved { name } => name,
        What::Nothing | What::Known | What::PasswordChanged => "",
    };
    (what.kind().replace('_', " "), secret.to_owned())
}

async fn list(State(outbox): State<Outbox>) -> Json<Vec<Mail>> {
    Json(outbox.mails().clone())
}

async fn page(State(outbox): State<Outbox>) -> Response {
    let mails = outbox.mails().clone();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Outbox" } }
            body {
                h1 { "Outbox" }
                p { "These mails were sent nowhere: MAIL is outbox on this machine." }
                @if mails.is_empty() { p { "There is none yet." } }
                @for mail in &mails { (shown(mail)) }
            }
        }
    };
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (
        [(header::CONTENT_SECURITY_POLICY, policy), (header::CONTENT_TYPE, "text/html; charset=utf-8")],
        page.into_string(),
    )
        .into_response()
}

fn shown(mail: &Mail) -> Markup {
    html! {
        article {
            h2 { (mail.subject) }
            p { "To " (mail.to) ", " (mail.at) }
            pre { @for part in mail.text.split_inclusive(char::is_whitespace) { (linked(part)) } }
        }
    }
}

/// A word, as a link if it is one.
fn linked(word: &str) -> Markup {
    let is_link = ["http://", "https://"].iter().any(|scheme| word.starts_with(scheme));
    html! { @if is_link { a href=(word.trim_end()) { (word) } } @else { (word) } }
}
