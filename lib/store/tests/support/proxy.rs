//! A proxy that writes down every request and does to it what the test says.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A request to DynamoDB.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Such as `PutItem`.
    pub(crate) operation: String,
    /// What was sent.
    pub(crate) body: Value,
}

/// What happens to a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It is served and its answer lost.
    LostAnswer,
    /// The connection is cut before it is served.
    Cut,
    /// It is not served; this is answered: a status and a body.
    Answer(u16, String),
}

type Plan = Box<dyn Fn(usize, &Call) -> Fault + Send>;

struct State {
    calls: Vec<Call>,
    plan: Plan,
}

/// The proxy. One request per connection.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) endpoint: String,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    pub(crate) async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = State { calls: Vec::new(), plan: Box::new(|_, _| Fault::None) };
        let proxy = Self { endpoint, state: Arc::new(Mutex::new(state)) };
        let (this, upstream) = (proxy.clone(), upstream.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (this, upstream) = (this.clone(), upstream.clone());
                tokio::spawn(async move { this.serve(client, &upstream).await });
            }
        });
        proxy
    }

    /// Forgets the calls so far and does from now on what `plan` says to the nth (from 0) of them.
    pub(crate) fn plan(&self, plan: impl Fn(usize, &Call) -> Fault + Send + 'static) {
        *self.state.lock().unwrap() = State { calls: Vec::new(), plan: Box::new(plan) };
    }

    /// The calls since the last plan.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.lock().unwrap().calls.clone()
    }

    async fn serve(&self, client: TcpStream, upstream: &str) -> io::Result<()> {
        let mut client = BufReader::new(client);
        let (head, body) = receive(&mut client).await?;
        match self.check(&head, &body) {
            Fault::None => client.write_all(&forward(upstream, &head, &body).await?).await,
            Fault::LostAnswer => forward(upstream, &head, &body).await.map(drop),
            Fault::Cut => Ok(()),
            Fault::Answer(status, text) => {
                let length = text.len();
                let head =
                    format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                client.write_all((head + &text).as_bytes()).await
            }
        }
    }

    fn check(&self, head: &str, body: &[u8]) -> Fault {
        let target = header(head, "x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let call = Call { operation, body: serde_json::from_slice(body).unwrap() };
        let mut state = self.state.lock().unwrap();
        let fault = (state.plan)(state.calls.len(), &call);
        state.calls.push(call);
        fault
    }
}

async fn receive(client: &mut BufReader<TcpStream>) -> io::Result<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if client.read_line(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    client.read_exact(&mut body).await?;
    Ok((head, body))
}

async fn forward(upstream: &str, head: &str, body: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(upstream).await?;
    server.write_all(head.trim_end_matches("\r\n").as_bytes()).await?;
    server.write_all(b"\r\nconnection: close\r\n\r\n").await?;
    server.write_all(body).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    Ok(answer)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    fields
        .map(|(field, value)| (field, value.trim()))
        .find(|(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, v)| v)
}
