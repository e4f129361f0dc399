//! An identity provider that answers as a test wants, over plain TCP or TLS, and writes down what it was
//! asked.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use super::keys::OURS;

/// How a path is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// An answer, whole and with these headers.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The same, but only after a while.
    Late(Duration, Box<Reply>),
    /// The same, once other paths are answered in another way.
    Having(Vec<(&'static str, Reply)>, Box<Reply>),
    /// Nothing, ever.
    Hang,
    /// The connection is closed without an answer.
    Close,
    /// A good beginning, then one byte after another, slowly.
    Drip,
    /// A good beginning, and then more and more.
    Endless,
    /// An end before the announced one.
    Truncated,
}

impl Reply {
    pub(crate) fn json(value: &Value) -> Self {
        Self::text(200, "application/json", &value.to_string())
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::text(status, "application/json", "{}")
    }

    pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Self {
        Self::Answer(status, vec![("content-type", content_type.to_owned())], body.as_bytes().to_vec())
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::Answer(
            302,
            vec![("location", to.to_owned()), ("content-type", "application/json".to_owned())],
            b"{}".to_vec(),
        )
    }
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Hit {
    /// A parameter of the form that was sent.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.body.as_bytes()).filter(|(key, _)| key == name);
        let value = pairs.next().map(|(_, value)| value.into_owned());
        assert!(pairs.next().is_none(), "{name} is sent twice");
        value
    }
}

/// The provider.
#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) address: SocketAddr,
    scheme: &'static str,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
    hits: Arc<Mutex<Vec<Hit>>>,
}

impl Stub {
    /// One that speaks plain http, with a metadata document and a key.
    pub(crate) async fn start() -> Self {
        Self::listen("http", None).await
    }

    /// One that speaks TLS.
    pub(crate) async fn start_tls(acceptor: TlsAcceptor) -> Self {
        Self::listen("https", Some(acceptor)).await
    }

    async fn listen(scheme: &'static str, acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stub = Self { address, scheme, replies: Arc::default(), hits: Arc::default() };
        stub.set("/.well-known/openid-configuration", Reply::json(&stub.metadata()));
        stub.set("/keys", Reply::json(&json!({ "keys": [OURS.jwk()] })));
        let serving = stub.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (stub, acceptor) = (serving.clone(), acceptor.clone());
                tokio::spawn(async move {
                    match acceptor {
                        None => stub.serve(stream).await,
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => stub.serve(stream).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        stub
    }

    /// Its address for a path; its issuer is the address for no path.
    pub(crate) fn url(&self, path: &str) -> String {
        let host = if self.scheme == "https" { "localhost" } else { "127.0.0.1" };
        format!("{}://{host}:{}{path}", self.scheme, self.address.port())
    }

    pub(crate) fn metadata(&self) -> Value {
        json!({
            "issuer": self.url(""),
            "authorization_endpoint": self.url("/authorize"),
            "token_endpoint": self.url("/token"),
            "userinfo_endpoint": self.url("/userinfo"),
            "jwks_uri": self.url("/keys"),
            "response_types_supported": ["code"],
        })
    }

    /// How it answers a path from now on, with that query or, if none is given, with whatever query has no answer of its own.
    pub(crate) fn set(&self, path: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// The token endpoint answers with this ID token.
    pub(crate) fn issue(&self, id_token: &str) {
        self.set(
            "/token",
            Reply::json(&json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token })),
        );
    }

    /// What it was asked at a path, with whatever query.
    pub(crate) fn hits(&self, path: &str) -> Vec<Hit> {
        self.hits.lock().unwrap().iter().filter(|hit| without_query(&hit.path) == path).cloned().collect()
    }

    /// How often it was asked at all.
    pub(crate) fn all_hits(&self) -> usize {
        self.hits.lock().unwrap().len()
    }

    async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let hit = read(&mut stream).await?;
        let mut reply = {
            let replies = self.replies.lock().unwrap();
            replies.get(&hit.path).or_else(|| replies.get(without_query(&hit.path))).cloned()
        };
        self.hits.lock().unwrap().push(hit);
        while let Some(Reply::Having(others, then)) = reply {
            others.into_iter().for_each(|(path, reply)| self.set(path, reply));
            reply = Some(*then);
        }
        answer(&mut stream, reply.unwrap_or_else(|| Reply::text(404, "text/plain", "nothing here"))).await
    }
}

fn without_query(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

async fn read(stream: &mut (impl AsyncBufReadExt + Unpin)) -> Option<Hit> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let (method, path) = line.split_once(' ').map(|(method, rest)| (method.to_owned(), rest))?;
    let path = path.split(' ').next()?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Hit { method, path, headers, body: String::from_utf8(body).ok()? })
}

const BEGINNING: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n{\"x\":\"";
const UNBOUNDED: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"x\":\"";

async fn answer(stream: &mut (impl AsyncWrite + Unpin), mut reply: Reply) -> Option<()> {
    if let Reply::Late(pause, later) = reply {
        sleep(pause).await;
        reply = *later;
    }
    match reply {
        Reply::Late(..) | Reply::Having(..) => {}
        Reply::Close => {}
        Reply::Hang => sleep(Duration::from_secs(60)).await,
        Reply::Truncated => stream.write_all(BEGINNING).await.ok()?,
        Reply::Drip => {
            stream.write_all(UNBOUNDED).await.ok()?;
            loop {
                sleep(Duration::from_millis(20)).await;
                stream.write_all(b"x").await.ok()?;
                stream.flush().await.ok()?;
            }
        }
        Reply::Endless => {
            stream.write_all(UNBOUNDED).await.ok()?;
            let more = vec![b'x'; 64 * 1024];
            loop {
                stream.write_all(&more).await.ok()?;
            }
        }
        Reply::Answer(status, headers, body) => {
            let mut head =
                format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            stream.write_all(head.as_bytes()).await.ok()?;
            stream.write_all(b"\r\n").await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
    }
    stream.shutdown().await.ok()
}
