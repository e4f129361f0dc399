//! A piece of AWS: one secret and some functions, as far as whoever changes keys can tell. It writes down every call, and can be cut.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_secretsmanager::config::{Credentials, SharedCredentialsProvider};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The ARN of the secret.
pub const SECRET: &str =
    "arn:aws:secretsmanager:eu-central-1:000000000000:secret:latchkey/signing-keys-abcdef";

/// A function.
#[derive(Debug, Clone, Default)]
pub struct Deployed {
    pub variables: BTreeMap<String, String>,
    pub description: String,
    revision: u64,
    /// How many more looks find it in an update.
    busy: u32,
    /// What somebody else changes it to before its next update arrives.
    pub rival: Option<(String, String)>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Each version of the secret, with its id; the last one counts.
    versions: Vec<(String, String)>,
    functions: BTreeMap<String, Deployed>,
    calls: Vec<String>,
    /// How many more calls are answered.
    left: Option<usize>,
}

/// It.
#[derive(Debug, Clone)]
pub struct Aws {
    endpoint: String,
    inner: Arc<Mutex<Inner>>,
}

impl Aws {
    /// One that has a secret with this value, and functions with these variables.
    pub async fn start(secret: &str, functions: &[(&str, &[(&str, &str)])]) -> Self {
        let deployed = |variables: &[(&str, &str)]| Deployed {
            variables: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            description: "POST /somewhere".to_owned(),
            ..Deployed::default()
        };
        let functions = functions.iter().map(|(name, of)| ((*name).to_owned(), deployed(of))).collect();
        let versions = vec![("v1".to_owned(), secret.to_owned())];
        let inner = Arc::new(Mutex::new(Inner { versions, functions, ..Inner::default() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, inner }
    }

    /// How to reach it.
    pub fn config(&self) -> SdkConfig {
        let credentials = Credentials::new("id", "key", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.endpoint)
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }

    /// What the secret is.
    pub fn secret(&self) -> String {
        self.inner.lock().unwrap().versions.last().unwrap().1.clone()
    }

    pub fn function(&self, name: &str) -> Deployed {
        self.inner.lock().unwrap().functions[name].clone()
    }

    pub fn change(&self, name: &str, change: impl FnOnce(&mut Deployed)) {
        change(self.inner.lock().unwrap().functions.get_mut(name).unwrap());
    }

    /// What was changed since the last time this was asked: `secret`, or the name of a function.
    pub fn changes(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.lock().unwrap().calls)
    }

    /// So many more calls are answered; after that it is gone, as for a process that was killed.
    pub fn cut_after(&self, calls: Option<usize>) {
        self.inner.lock().unwrap().left = calls;
    }
}

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let target = parts.headers.get("x-amz-target").map(|target| target.to_str().unwrap().to_owned());
    let (status, answer) =
        inner.lock().unwrap().answer(target.as_deref(), parts.uri.path(), &parts.method, &body);
    let mut response = Response::new(Body::from(answer.to_string()));
    *response.status_mut() = status;
    if let Some(kind) = answer.get("__type").and_then(Value::as_str) {
        response.headers_mut().insert("x-amzn-errortype", kind.parse().unwrap());
    }
    response
}

impl Inner {
    fn answer(
        &mut self,
        target: Option<&str>,
        path: &str,
        method: &http::Method,
        body: &Value,
    ) -> (StatusCode, Value) {
        if self.left == Some(0) {
            return refused(403, "AccessDeniedException");
        }
        self.left = self.left.map(|left| left - 1);
        match target {
            Some("secretsmanager.GetSecretValue") => {
                let (version, value) = self.versions.last().unwrap();
                (StatusCode::OK, json!({ "ARN": SECRET, "VersionId": version, "SecretString": value }))
            }
            Some("secretsmanager.PutSecretValue") => self.put(body),
            _ => match path.split('/').collect::<Vec<_>>()[..] {
                ["", "2015-03-31", "functions", name, "configuration"] if method == "GET" => self.look(name),
                ["", "2015-03-31", "functions", name, "configuration"] => self.update(name, body),
                _ => refused(404, "ResourceNotFoundException"),
            },
        }
    }

    /// A version that is there already stays what it is, and does not become the current one (as at AWS).
    fn put(&mut self, body: &Value) -> (StatusCode, Value) {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        let (token, value) = (text("ClientRequestToken"), text("SecretString"));
        if !self.versions.iter().any(|(version, _)| *version == token) {
            self.versions.push((token.clone(), value));
            self.calls.push("secret".to_owned());
        }
        (StatusCode::OK, json!({ "ARN": SECRET, "VersionId": token }))
    }

    fn look(&mut self, name: &str) -> (StatusCode, Value) {
        let Some(function) = self.functions.get_mut(name) else {
            return refused(404, "ResourceNotFoundException");
        };
        let status = if function.busy > 0 { "InProgress" } else { "Successful" };
        function.busy = function.busy.saturating_sub(1);
        (
            StatusCode::OK,
            json!({
                "FunctionName": name, "Description": function.description, "LastUpdateStatus": status,
                "RevisionId": function.revision.to_string(), "Environment": { "Variables": function.variables },
            }),
        )
    }

    fn update(&mut self, name: &str, body: &Value) -> (StatusCode, Value) {
        let Some(function) = self.functions.get_mut(name) else {
            return refused(404, "ResourceNotFoundException");
        };
        if function.busy > 0 {
            return refused(409, "ResourceConflictException");
        }
        if let Some((variable, value)) = function.rival.take() {
            function.variables.insert(variable, value);
            function.revision += 1;
        }
        if body["RevisionId"].as_str() != Some(function.revision.to_string().as_str()) {
            return refused(412, "PreconditionFailedException");
        }
        let variables = &body["Environment"]["Variables"];
        if variables.to_string().len() > 4096 {
            return refused(400, "InvalidParameterValueException");
        }
        let variables = serde_json::from_value(variables.clone()).unwrap();
        let description = body["Description"].as_str().unwrap().to_owned();
        *function =
            Deployed { variables, description, revision: function.revision + 1, busy: 1, rival: None };
        self.calls.push(name.to_owned());
        (StatusCode::OK, json!({ "FunctionName": name }))
    }
}

fn refused(status: u16, kind: &str) -> (StatusCode, Value) {
    (StatusCode::from_u16(status).unwrap(), json!({ "__type": kind, "Message": "no" }))
}
