//! The wire between the functions and DynamoDB: it writes down every call, refuses those that the function's role does not
//! allow, and can be cut.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use http::{HeaderValue, StatusCode};
use latchkey::database::{Engine, with_key};
use oauth::Secret;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
};

use crate::policy::{Need, Policy};

/// One call, as the SDK sent it.
#[derive(Debug, Clone)]
pub struct Call {
    /// The function that made it; for a call that no function made, something else.
    pub function: String,
    /// `PutItem`, `GetItem`, …
    pub action: String,
    pub body: Value,
}

impl Call {
    /// Whether a function looked at the rights, which it does every 20 seconds, and not in every request.
    pub fn is_look_at_rights(&self) -> bool {
        self.action == "GetItem" && self.body["Key"]["pk"]["S"] == "RIGHTS#current"
    }
}

/// What happens to calls from now on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: they go through.
    #[default]
    None,
    /// So many more go through; after that the database is gone, as for a process that was killed.
    CutAfter(usize),
    /// It is done, but its answer is lost, once per call that is sent for the first time.
    LoseAnswers,
    /// Refused with this error of DynamoDB's.
    Refuse(&'static str),
    /// The same for calls of this action; all others go through.
    RefuseAll(&'static str, &'static str),
    /// A batch is read but for the rows of this kind: the service was too busy for those.
    LeaveUndone(&'static str),
}

/// The wire and the engine behind it.
#[derive(Debug)]
pub struct Wire {
    pub endpoint: String,
    inner: Arc<Inner>,
    _engine: Engine,
}

#[derive(Debug)]
struct Inner {
    target: String,
    key: Secret,
    client: reqwest::Client,
    calls: Mutex<Vec<Call>>,
    denied: Mutex<Vec<(String, Need)>>,
    fault: Mutex<Fault>,
    lost: Mutex<std::collections::HashSet<String>>,
    turns: Mutex<Arc<Turns>>,
}

/// The functions whose calls wait for their turn.
#[derive(Debug, Default)]
pub struct Turns(std::collections::HashMap<String, Turn>);

#[derive(Debug)]
struct Turn {
    allowed: Semaphore,
    answered: watch::Sender<usize>,
}

impl Turns {
    /// Lets one call of this function through, and waits for its answer. It never comes where the function calls no more.
    pub async fn next(&self, function: &str) {
        let turn = &self.0[function];
        let mut answered = turn.answered.subscribe();
        let before = *answered.borrow_and_update();
        turn.allowed.add_permits(1);
        answered.wait_for(|answered| *answered > before).await.unwrap();
    }

    /// Lets everything through.
    pub fn all(&self) {
        self.0.values().for_each(|turn| turn.allowed.add_permits(1000));
    }
}

impl Wire {
    /// From now on, each call of these functions waits for its turn; with none of them, nothing waits.
    pub fn hold(&self, functions: &[&str]) -> Arc<Turns> {
        let turn = || Turn { allowed: Semaphore::new(0), answered: watch::Sender::new(0) };
        let turns = Arc::new(Turns(functions.iter().map(|name| ((*name).to_owned(), turn())).collect()));
        *self.inner.turns.lock().unwrap() = turns.clone();
        turns
    }

    pub async fn start() -> Self {
        let engine = Engine::start(None).await.unwrap();
        let inner = Arc::new(Inner {
            target: engine.address.clone(),
            key: engine.key.clone(),
            client: reqwest::Client::default(),
            calls: Mutex::default(),
            denied: Mutex::default(),
            fault: Mutex::default(),
            lost: Mutex::default(),
            turns: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/{}", listener.local_addr().unwrap(), latchkey::cloud::CALLER);
        let endpoint = with_key(&address, &engine.key);
        let router = Router::new().fallback(forward).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, inner, _engine: engine }
    }

    pub fn set(&self, fault: Fault) {
        *self.inner.fault.lock().unwrap() = fault;
    }

    /// The calls since the last time this was asked.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut self.inner.calls.lock().unwrap())
    }

    /// Every row there is, read around the wire.
    pub async fn rows(&self, table: &str) -> Vec<Value> {
        let answer = self.ask("Scan", serde_json::json!({"TableName": table, "ConsistentRead": true})).await;
        answer["Items"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    /// Deletes a row, around the wire.
    pub async fn delete(&self, table: &str, row: &Value) {
        let key = serde_json::json!({"pk": row["pk"], "sk": row["sk"]});
        let answer = self.ask("DeleteItem", serde_json::json!({"TableName": table, "Key": key})).await;
        assert_eq!(answer.get("__type"), None, "{answer}");
    }

    /// Writes a row as an operator would, around the wire.
    pub async fn put(&self, table: &str, row: &Value) {
        let answer = self.ask("PutItem", serde_json::json!({"TableName": table, "Item": row})).await;
        assert_eq!(answer.get("__type"), None, "{answer}");
    }

    async fn ask(&self, action: &str, body: Value) -> Value {
        let request = self.inner.client.post(&self.inner.target).body(body.to_string());
        let request = request
            .header("x-amz-target", format!("DynamoDB_20120810.{action}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-date", "20260101T000000Z")
            .header("authorization", authorization(self.inner.key.expose()));
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// The rows of one kind.
    pub async fn rows_of(&self, kind: &str) -> Vec<Value> {
        let prefix = format!("{kind}#");
        let rows = self.rows("latchkey").await;
        rows.into_iter().filter(|row| row["pk"]["S"].as_str().unwrap().starts_with(&prefix)).collect()
    }
}

/// What somebody signs with who has this access key id, and whose signature nobody looks at.
pub fn authorization(key: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={key}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// A call that was refused may have been taken calmly: the test fails even so (#107).
impl Drop for Wire {
    fn drop(&mut self) {
        let denied = std::mem::take(&mut *self.inner.denied.lock().unwrap());
        if !std::thread::panicking() {
            assert!(denied.is_empty(), "not in the functions' PERMISSIONS: {denied:?}");
        }
    }
}

async fn forward(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let turns = inner.turns.lock().unwrap().clone();
    let Some(turn) = turns.0.get(request.uri().path().trim_matches('/')) else {
        return answer(&inner, request).await;
    };
    turn.allowed.acquire().await.unwrap().forget();
    let answer = answer(&inner, request).await;
    turn.answered.send_modify(|answered| *answered += 1);
    answer
}

async fn answer(inner: &Inner, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let target = parts.headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let action = target.rsplit('.').next().unwrap_or_default().to_owned();
    let function = parts.uri.path().trim_matches('/').to_owned();
    let call =
        Call { function, action: action.clone(), body: serde_json::from_slice(&body).unwrap_or_default() };
    let denied = inner.denies(&call);
    inner.calls.lock().unwrap().push(call);
    if denied {
        return refusal("AccessDeniedException");
    }
    let fault = inner.next_fault(&action);
    if let Fault::Refuse(kind) | Fault::RefuseAll(_, kind) = fault {
        return refusal(kind);
    }
    if fault == Fault::CutAfter(0) {
        return gone();
    }
    let mut onward = inner.client.post(&inner.target).body(body.clone());
    for (name, value) in parts.headers.iter().filter(|(name, _)| *name != "host" && *name != "content-length")
    {
        onward = onward.header(name, value);
    }
    let answer = onward.send().await.unwrap();
    let (status, bytes) = (answer.status(), answer.bytes().await.unwrap());
    if let Fault::LeaveUndone(kind) = fault {
        return json(status, Body::from(without(kind, &body, &bytes)));
    }
    let invocation =
        parts.headers.get("amz-sdk-invocation-id").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first = fault == Fault::LoseAnswers && inner.lost.lock().unwrap().insert(invocation.to_owned());
    if first { gone() } else { json(status, Body::from(bytes)) }
}

impl Inner {
    /// Whether the role of the function that calls does not allow all that the call needs.
    fn denies(&self, call: &Call) -> bool {
        let Some(policy) = Policy::of(&call.function) else { return false };
        let needs = Need::of(&call.action, &call.body).into_iter();
        let denied: Vec<_> =
            needs.filter(|need| !policy.allows(need)).map(|need| (call.function.clone(), need)).collect();
        let some = !denied.is_empty();
        self.denied.lock().unwrap().extend(denied);
        some
    }

    fn next_fault(&self, action: &str) -> Fault {
        let mut fault = self.fault.lock().unwrap();
        let now = fault.clone();
        match &mut *fault {
            Fault::CutAfter(left) => *left = left.saturating_sub(1),
            Fault::RefuseAll(refused, _) if *refused != action => return Fault::None,
            _ => {}
        }
        now
    }
}

/// The answer to a batch, with the keys of one kind as unprocessed (DynamoDB API, BatchGetItem); any other answer as it is.
fn without(kind: &str, asked: &[u8], answer: &[u8]) -> String {
    let [asked, mut answer] = [asked, answer].map(|json| serde_json::from_slice::<Value>(json).unwrap());
    for (table, wanted) in asked["RequestItems"].as_object().into_iter().flatten() {
        let keys = wanted["Keys"].as_array().unwrap();
        let left: Vec<_> = keys.iter().filter(|key| key["sk"]["S"] == kind).collect();
        assert!(!left.is_empty(), "no {kind} was asked for");
        answer["Responses"][table].as_array_mut().unwrap().retain(|row| row["sk"]["S"] != kind);
        answer["UnprocessedKeys"][table] = serde_json::json!({"Keys": left, "ConsistentRead": true});
    }
    answer.to_string()
}

/// An answer that breaks off: the caller cannot tell whether the call was done.
fn gone() -> Response {
    let broken = futures_util::stream::once(async { Err::<bytes::Bytes, _>(std::io::Error::other("cut")) });
    Response::new(Body::from_stream(broken))
}

/// An error of DynamoDB's. A cancelled transaction says why, for each of its writes (the embedded engine never has a conflict).
fn refusal(kind: &str) -> Response {
    let (kind, reasons) = match kind {
        "TransactionConflict" => (
            "TransactionCanceledException",
            serde_json::json!([{"Code": "TransactionConflict", "Message": "injected"}, {"Code": "None"}]),
        ),
        kind => (kind, Value::Null),
    };
    let kind = format!("com.amazonaws.dynamodb.v20120810#{kind}");
    let body = serde_json::json!({"__type": kind, "message": "injected", "CancellationReasons": reasons});
    let status = if kind == "InternalServerError" {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::BAD_REQUEST
    };
    json(status, Body::from(body.to_string()))
}

fn json(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
    response
}
