//! Requests without a pause, on so many connections at once.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;
use url::form_urlencoded::Serializer;

use super::{
    Grant,
    server::{Form, Server},
};

/// How long a request may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of it.
pub struct Driven {
    pub errors: u64,
    pub first_error: Option<String>,
    /// Of all requests, in no order.
    pub latencies: Vec<Duration>,
    pub took: Duration,
}

impl Driven {
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }
}

/// Asks for this grant on all connections, until the time is over and every answer is there.
pub async fn drive(server: &mut Server, grant: Grant, time: Duration) -> Result<Driven, String> {
    let started = Instant::now();
    let mut connections = JoinSet::new();
    for (number, token) in server.tokens.iter().enumerate() {
        let renews = grant == Grant::Renewal;
        let form = if renews { &server.renewal } else { &server.service };
        let connection = Connection {
            number,
            client: reqwest::Client::builder().timeout(PATIENCE).build().map_err(|why| why.to_string())?,
            url: server.endpoint.clone(),
            form: form.clone(),
            token: renews.then(|| token.clone()),
            driven: Driven { errors: 0, first_error: None, latencies: Vec::new(), took: Duration::ZERO },
        };
        connections.spawn(connection.run(started + time));
    }
    let mut all = Driven { errors: 0, first_error: None, latencies: Vec::new(), took: Duration::ZERO };
    while let Some(done) = connections.join_next().await {
        let Connection { number, token, driven, .. } = done.map_err(|why| why.to_string())?;
        all.errors += driven.errors;
        all.first_error = all.first_error.or(driven.first_error);
        all.latencies.extend(driven.latencies);
        if let Some(token) = token {
            server.tokens[number] = token;
        }
    }
    all.took = started.elapsed();
    Ok(all)
}

/// One connection. Its client has no other.
struct Connection {
    number: usize,
    client: reqwest::Client,
    url: String,
    form: Form,
    /// The refresh token that is good now, if it renews.
    token: Option<String>,
    driven: Driven,
}

impl Connection {
    async fn run(mut self, until: Instant) -> Self {
        while Instant::now() < until {
            let asked = Instant::now();
            let answer = self.ask().await;
            self.driven.latencies.push(asked.elapsed());
            if let Err(why) = answer {
                self.driven.errors += 1;
                self.driven.first_error.get_or_insert(why);
            }
        }
        self
    }

    async fn ask(&mut self) -> Result<(), String> {
        let mut request = self.client.post(&self.url).body(self.body());
        request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(authorization) = &self.form.authorization {
            request = request.header("authorization", authorization);
        }
        let answer = request.send().await.map_err(|why| why.to_string())?;
        let status = answer.status();
        let body = answer.bytes().await.map_err(|why| why.to_string())?;
        let read = || format!("{status}: {}", String::from_utf8_lossy(&body));
        let answer: Value = serde_json::from_slice(&body).map_err(|_| read())?;
        if !status.is_success() || !is_jwt(&answer["access_token"]) {
            return Err(read());
        }
        match (&mut self.token, answer["refresh_token"].as_str()) {
            (None, _) => Ok(()),
            // It turned over, or this was no renewal.
            (Some(token), Some(next)) if token != next => {
                next.clone_into(token);
                Ok(())
            }
            (Some(_), _) => Err(format!("no new refresh token: {}", read())),
        }
    }

    fn body(&self) -> String {
        let token = self.token.iter().map(|token| ("refresh_token", token.as_str()));
        let fields = self.form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Serializer::new(String::new()).extend_pairs(fields.chain(token)).finish()
    }
}

fn is_jwt(token: &Value) -> bool {
    token.as_str().is_some_and(|token| token.split('.').count() == 3)
}
