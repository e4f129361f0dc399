//! AWS behind TLS: DynamoDB, which is the embedded engine, the one call of Secrets Manager that a function makes, and the configuration
//! of functions that have the keys. Our key set is there too, for a verifier that wants to fetch it over TLS.

mod part;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
    routing::get,
    serve::Listener,
};
use serde_json::{Value, json};
use tests::{database::authorization, tls::Authority};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use url::Url;

pub use self::part::{Parts, Units};

/// Calls by name, with the capacity units they consumed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calls(pub BTreeMap<String, (u32, f64)>);

/// A call to DynamoDB and its answer, as they went over the wire.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub action: String,
    pub body: Value,
    status: u16,
    answer: Value,
}

/// Below this path, calls that were recorded get the same answers again.
pub const REPLAY: &str = "/replay";

/// The call that asks for the configuration of a function.
const CONFIGURATION: &str = "GetFunctionConfiguration";
/// The version of every secret.
const VERSION: &str = "1";

/// Whether a call is one to DynamoDB.
pub fn is_of_the_table(action: &str) -> bool {
    !["GetSecretValue", CONFIGURATION].contains(&action)
}

/// What secret stands for: the ARN in a function's environment.
pub fn arn(name: &str) -> String {
    format!("arn:aws:secretsmanager:eu-central-1:000000000000:secret:latchkey/{name}-abcdef")
}

/// The endpoint.
pub struct Aws {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    engine: Url,
    authorization: String,
    client: reqwest::Client,
    secrets: HashMap<String, String>,
    keys: String,
    calls: Mutex<Calls>,
    /// The same by the kinds of rows.
    parts: Mutex<Parts>,
    /// The same in full.
    recorded: Mutex<Vec<Recorded>>,
    /// What is answered again.
    replayed: Mutex<Vec<Recorded>>,
}

impl Aws {
    /// In front of this engine, with these secrets by ARN and this key set.
    pub async fn start(
        engine: &str,
        secrets: HashMap<String, String>,
        keys: String,
        authority: &Authority,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Inner::new(engine, secrets, keys);
        let router = router(&inner);
        let listener = Tls::new(listener, authority.acceptor("localhost"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, inner }
    }

    /// The engine alone, without TLS, for what asks from this process.
    pub async fn plain(engine: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Inner::new(engine, HashMap::new(), String::new());
        let router = router(&inner);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { port, inner }
    }

    /// The calls since the last time this was asked.
    pub fn calls(&self) -> Calls {
        self.inner.recorded.lock().unwrap().clear();
        self.inner.parts.lock().unwrap().clear();
        std::mem::take(&mut self.inner.calls.lock().unwrap())
    }

    /// What the calls since the last time that [`Self::calls`] was asked took of each kind of row.
    pub fn parts(&self) -> Parts {
        self.inner.parts.lock().unwrap().clone()
    }

    /// The calls to DynamoDB since the last time that this or [`Self::calls`] was asked.
    pub fn recorded(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.inner.recorded.lock().unwrap())
    }

    /// Answers these again, whoever makes them below [`REPLAY`].
    pub fn replay(&self, calls: &[Recorded]) {
        self.inner.replayed.lock().unwrap().extend_from_slice(calls);
    }
}

fn router(inner: &Arc<Inner>) -> Router {
    Router::new().route("/jwks.json", get(key_set)).fallback(answer).with_state(inner.clone())
}

async fn key_set(State(inner): State<Arc<Inner>>) -> String {
    inner.calls.lock().unwrap().0.entry("key set".to_owned()).or_default().0 += 1;
    inner.keys.clone()
}

async fn answer(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let target = parts.headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let is_configuration = parts.uri.path().ends_with("/configuration");
    let (service, action) = target.rsplit_once('.').unwrap_or_default();
    let (service, action) = if is_configuration { ("lambda", CONFIGURATION) } else { (service, action) };
    let replays = parts.uri.path().starts_with(REPLAY);
    let (status, mut answer) = match service {
        "secretsmanager" => inner.secret(&body),
        "lambda" => (200, inner.configuration()),
        _ if replays => inner.again(action, &body),
        _ => inner.forward(&parts.headers, body.clone()).await,
    };
    let consumed = answer.as_object_mut().and_then(|answer| answer.remove("ConsumedCapacity"));
    let consumed = consumed.unwrap_or_default();
    let units = part::total(&consumed);
    if is_of_the_table(action) && !replays {
        part::add(&mut inner.parts.lock().unwrap(), action, &body, &consumed);
    }
    let mut calls = inner.calls.lock().unwrap();
    let call = calls.0.entry(action.to_owned()).or_default();
    *call = (call.0 + 1, call.1 + units);
    drop(calls);
    if is_of_the_table(action) && !replays {
        let (action, answer) = (action.to_owned(), answer.clone());
        inner.recorded.lock().unwrap().push(Recorded { action, body, status, answer });
    }
    let response = Response::builder().status(status).header("content-type", "application/x-amz-json-1.0");
    response.body(Body::from(answer.to_string())).unwrap()
}

impl Inner {
    fn new(engine: &str, secrets: HashMap<String, String>, keys: String) -> Arc<Self> {
        // The functions have credentials of AWS; the engine wants those that stand in its address.
        let mut engine = Url::parse(engine).unwrap();
        let authorization = authorization(engine.username());
        engine.set_username("").unwrap();
        Arc::new(Self {
            engine,
            authorization,
            client: reqwest::Client::new(),
            secrets,
            keys,
            calls: Mutex::default(),
            parts: Mutex::default(),
            recorded: Mutex::default(),
            replayed: Mutex::default(),
        })
    }

    fn secret(&self, body: &Value) -> (u16, Value) {
        let arn = body["SecretId"].as_str().unwrap_or_default();
        match self.secrets.get(arn) {
            Some(secret) => {
                (200, json!({"ARN": arn, "Name": arn, "VersionId": VERSION, "SecretString": secret}))
            }
            None => (400, json!({"__type": "ResourceNotFoundException", "message": arn})),
        }
    }

    /// A function that has the keys already, of the one version that every secret has here.
    fn configuration(&self) -> Value {
        json!({
            "Description": format!("a function (keys {VERSION})"), "LastUpdateStatus": "Successful", "RevisionId": "1",
            "Environment": {"Variables": {"PUBLIC_KEYS": self.keys}},
        })
    }

    /// What the same call was answered before.
    fn again(&self, action: &str, body: &Value) -> (u16, Value) {
        let replayed = self.replayed.lock().unwrap();
        match replayed.iter().find(|call| call.action == action && call.body == *body) {
            Some(call) => (call.status, call.answer.clone()),
            None => {
                (400, json!({"__type": "ValidationException", "message": "nobody made this call before"}))
            }
        }
    }

    /// Asks the engine, and in passing what it consumed. The answer goes back without that, as it would at AWS.
    async fn forward(&self, headers: &http::HeaderMap, mut body: Value) -> (u16, Value) {
        body["ReturnConsumedCapacity"] = "INDEXES".into();
        let mut onward = self.client.post(self.engine.clone()).body(body.to_string());
        onward = onward.header("authorization", &self.authorization);
        for name in ["x-amz-target", "x-amz-date", "content-type"] {
            if let Some(value) = headers.get(name) {
                onward = onward.header(name, value);
            }
        }
        let answer = onward.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap())
    }
}

/// Shakes hands with all comers at once.
struct Tls {
    address: SocketAddr,
    arrived: mpsc::UnboundedReceiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl Tls {
    fn new(listener: TcpListener, acceptor: TlsAcceptor) -> Self {
        let address = listener.local_addr().unwrap();
        let (arrive, arrived) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let (acceptor, arrive) = (acceptor.clone(), arrive.clone());
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = arrive.send((stream, peer));
                    }
                });
            }
        });
        Self { address, arrived }
    }
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.arrived.recv().await {
            Some(arrived) => arrived,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        Ok(self.address)
    }
}
