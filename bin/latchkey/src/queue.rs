//! The local cloud's queues: as much of SQS as functions use, on a loopback port. What is in them ends with the process.
//!
//! Every program and every page of this machine can reach that port. So a queue's URL has a secret in it, and whoever does not
//! name it is refused.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ::queue::settings::SQS_ENDPOINT;
use axum::{
    Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};
use logout::settings::LOGOUT_QUEUE;
use mail::settings::{MAIL, MAIL_QUEUE};
use oauth::{Secret, Time};
use serde_json::{Value, json};
use setting::{BACKCHANNEL_LOGOUT, Clock, Setting, SettingError};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle, time::sleep};
use url::Url;

use crate::{
    database,
    home::Home,
    mount::Running,
    settings::Values,
    template::delivery::{BATCH, DELIVERIES, INVISIBLE},
};

/// How often it is looked whether a message that was put off is due.
const TICK: Duration = Duration::from_millis(100);

/// What the queues are for: each with the setting that says where it is, the one that asks for it, the end of its URL, and what is said
/// when a message is given up.
const QUEUES: [(&Setting, &Setting, &str, &str); 2] = [
    (
        &LOGOUT_QUEUE,
        &BACKCHANNEL_LOGOUT,
        "logouts",
        "an app could not be told that a session has ended, and is not told any more",
    ),
    (&MAIL_QUEUE, &MAIL, "mails", "a mail could not be sent, and is not sent any more"),
];

/// The file in a home with the URL of its queue of mails.
const MAILS: &str = "mails.url";

/// The URL of the queue of mails of the local cloud that runs in this home, and the address of that; if one runs and has it.
pub(crate) fn mails(home: &Path) -> Option<(String, Option<String>)> {
    database::running(home)?;
    let url = fs::read_to_string(home.join(MAILS)).ok()?;
    let address = Url::parse(&url).ok()?.origin().ascii_serialization();
    Some((url, Some(address)))
}

/// The running queues; they stop when this is dropped.
#[derive(Debug)]
pub(crate) struct Queues {
    all: Arc<Vec<Inner>>,
    serving: JoinHandle<()>,
    delivering: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Inner {
    /// The setting that says where it is.
    setting: &'static Setting,
    given_up: &'static str,
    url: Secret,
    clock: Clock,
    messages: Mutex<Vec<Message>>,
    sent: Notify,
}

/// A message that is not done.
#[derive(Debug, Clone)]
struct Message {
    id: String,
    /// The last delivery's.
    receipt: String,
    body: String,
    /// How often it was delivered.
    times: u64,
    due: Time,
}

impl Drop for Queues {
    fn drop(&mut self) {
        self.serving.abort();
        for delivering in &self.delivering {
            delivering.abort();
        }
    }
}

impl Queues {
    /// Starts those that the settings ask for on a free port, and says in the settings where they are; none of which the settings
    /// say so already.
    pub(crate) async fn start(values: &mut Values, clock: &Clock) -> Result<Option<Self>, SettingError> {
        let value = |setting: &Setting| {
            values.get(setting.name).map(String::as_str).filter(|value| !value.is_empty())
        };
        let is_on =
            |setting: &Setting| value(setting).or(setting.default).is_some_and(|value| value != "off");
        let wanted = QUEUES.into_iter().filter(|(url, asks, ..)| value(url).is_none() && is_on(asks));
        let wanted: Vec<_> = wanted.collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let cannot =
            |error: std::io::Error| SettingError::new(format!("the local queues cannot start: {error}"));
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(cannot)?;
        let address = format!("http://{}", listener.local_addr().map_err(cannot)?);
        let mut all = Vec::new();
        for (setting, _, name, given_up) in wanted {
            let url = format!("{address}/{}/{name}", Secret::random().expose());
            values.insert(setting.name.to_owned(), url.clone());
            let (messages, sent) = (Mutex::default(), Notify::new());
            all.push(Inner {
                setting,
                given_up,
                url: Secret::new(url),
                clock: clock.clone(),
                messages,
                sent,
            });
        }
        values.insert(SQS_ENDPOINT.name.to_owned(), address);
        let all = Arc::new(all);
        let router = Router::new().fallback(answer).with_state(all.clone());
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the local queues stopped");
            }
        });
        Ok(Some(Self { all, serving, delivering: Vec::new() }))
    }

    /// Writes down how mails are handed over, where its owner alone can read that: for commands.
    pub(crate) fn introduce(&self, home: &Home) -> Result<(), SettingError> {
        let Some(mails) = self.all.iter().find(|inner| inner.setting.name == MAIL_QUEUE.name) else {
            return Ok(());
        };
        home.keep(MAILS, &mails.url)
    }

    /// Delivers the messages of one queue to this function, as Lambda does.
    pub(crate) fn deliver(&mut self, queue: &Setting, function: Running) {
        let Some(at) = self.all.iter().position(|inner| inner.setting.name == queue.name) else { return };
        let all = self.all.clone();
        self.delivering.push(tokio::spawn(async move {
            loop {
                all[at].deliver(&function).await;
            }
        }));
    }
}

/// One request, in SQS's JSON protocol.
async fn answer(State(all): State<Arc<Vec<Inner>>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let url = text("QueueUrl");
    let Some(inner) = all.iter().find(|inner| inner.url.matches(&url)) else {
        return said(StatusCode::BAD_REQUEST, &json!({"__type": "com.amazonaws.sqs#QueueDoesNotExist"}));
    };
    if target == "AmazonSQS.SendMessage" {
        said(StatusCode::OK, &json!({"MessageId": inner.take_in(text("MessageBody"))}))
    } else if target == "AmazonSQS.ChangeMessageVisibility" {
        let seconds = body.get("VisibilityTimeout").and_then(Value::as_u64).unwrap_or_default();
        inner.put_off(&text("ReceiptHandle"), Duration::from_secs(seconds));
        said(StatusCode::OK, &json!({}))
    } else {
        said(StatusCode::BAD_REQUEST, &json!({"__type": "com.amazonaws.sqs#UnsupportedOperation"}))
    }
}

fn said(status: StatusCode, what: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/x-amz-json-1.0")], what.to_string()).into_response()
}

impl Inner {
    fn messages(&self) -> MutexGuard<'_, Vec<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, body: String) -> String {
        let id = uuid::Uuid::now_v7().to_string();
        let (receipt, due) = (String::new(), self.clock.now());
        self.messages().push(Message { id: id.clone(), receipt, body, times: 0, due });
        self.sent.notify_one();
        id
    }

    fn put_off(&self, receipt: &str, by: Duration) {
        let due = self.clock.now().after(by);
        self.messages().iter_mut().filter(|message| message.receipt == receipt).for_each(|it| it.due = due);
    }

    /// Delivers what is due; waits, if nothing is.
    async fn deliver(&self, function: &Running) {
        let batch = self.due();
        if batch.is_empty() {
            let is_empty = self.messages().is_empty();
            if is_empty {
                self.sent.notified().await;
            } else {
                sleep(TICK).await;
            }
            return;
        }
        let records: Vec<_> = batch.iter().map(record).collect();
        let answer = function.invoke(&json!({"Records": records})).await;
        let failed: HashSet<String> = match &answer {
            Ok(answer) => failures(answer),
            Err(_) => batch.iter().map(|message| message.id.clone()).collect(),
        };
        let is_done =
            |message: &Message| batch.iter().any(|it| it.id == message.id) && !failed.contains(&message.id);
        self.messages().retain(|message| !is_done(message));
    }

    /// What is due, as it is delivered now. What was delivered too often is given up.
    fn due(&self) -> Vec<Message> {
        let now = self.clock.now();
        let mut messages = self.messages();
        let is_over = |message: &Message| message.due <= now && message.times >= DELIVERIES;
        let before = messages.len();
        messages.retain(|message| !is_over(message));
        if messages.len() < before {
            tracing::error!("{}", self.given_up);
        }
        let due = messages.iter_mut().filter(|message| message.due <= now).take(BATCH);
        due.map(|message| {
            message.receipt = Secret::random().expose().to_owned();
            message.times += 1;
            message.due = now.after(Duration::from_secs(INVISIBLE));
            message.clone()
        })
        .collect()
    }
}

/// As Lambda hands it on.
fn record(message: &Message) -> Value {
    json!({
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": message.times.to_string()},
        "eventSource": "aws:sqs",
    })
}

/// The messages that a function could not do (`ReportBatchItemFailures`).
fn failures(answer: &Value) -> HashSet<String> {
    let items = answer.get("batchItemFailures").and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.get("itemIdentifier")?.as_str().map(str::to_owned)).collect()
}
