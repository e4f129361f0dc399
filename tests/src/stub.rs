//! A provider that misbehaves on demand. It speaks HTTP by hand, because no server library is willing to do what it does.

use std::{
    collections::HashMap,
    io::Write as _,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use forge::Key;
use oauth::Time;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::{Agent, Answer, tls::Authority};

/// How an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    Good,
    /// Never.
    Silent,
    /// By closing the connection.
    Reset,
    ServerError,
    /// With this status and an error of OAuth's.
    Status(u16),
    Redirect,
    /// One byte a second.
    Drip,
    Html,
    /// Without end.
    Endless,
    /// Well, and as gzip.
    Gzip,
    /// Well, and with this content type or none.
    Typed(Option<&'static str>),
    /// A small body that unpacks to a large one.
    GzipBomb,
    /// With half of what it promised.
    Truncated,
    /// JSON with a member twice.
    DuplicateKeys,
    /// Somebody else's document, or an empty key set.
    Wrong,
}

impl Mood {
    pub const BAD: [Self; 11] = [
        Self::Silent,
        Self::Reset,
        Self::ServerError,
        Self::Redirect,
        Self::Drip,
        Self::Html,
        Self::Endless,
        Self::GzipBomb,
        Self::Truncated,
        Self::DuplicateKeys,
        Self::Wrong,
    ];
}

/// The provider.
#[derive(Debug, Clone)]
pub struct Stub {
    pub issuer: String,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    issuer: String,
    moods: Mutex<HashMap<&'static str, Mood>>,
    /// ID token claims by code.
    codes: Mutex<HashMap<String, Value>>,
    /// Endpoints that were asked, and the bodies sent there.
    hits: Mutex<Vec<(String, String)>>,
    /// The same with what they were asked to answer in: the header `Accept`.
    accepts: Mutex<Vec<(String, String)>>,
    /// ID tokens that were given out.
    id_tokens: Mutex<Vec<String>>,
    /// How long endpoints take.
    delays: Mutex<HashMap<&'static str, Duration>>,
    /// What endpoints say beside the usual, or instead of it.
    said: Mutex<HashMap<&'static str, Value>>,
}

pub const CLIENT_ID: &str = "canary-client-id";
pub const CLIENT_SECRET: &str = "canary-client-secret-0123456789";

impl Stub {
    pub async fn start() -> Self {
        Self::listening(None).await
    }

    /// One that speaks https, with a certificate for `localhost` by this authority.
    pub async fn start_tls(authority: &Authority) -> Self {
        Self::listening(Some(authority.acceptor("localhost"))).await
    }

    async fn listening(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let issuer = match tls {
            Some(_) => format!("https://localhost:{port}"),
            None => format!("http://127.0.0.1:{port}"),
        };
        let inner = Arc::new(Inner { issuer: issuer.clone(), ..Inner::default() });
        let serving = inner.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().welcome(stream, tls.clone()));
            }
        });
        Self { issuer, inner }
    }

    /// The settings that make it the provider `evil`.
    pub fn settings(&self) -> Vec<(&str, &str)> {
        vec![
            ("PROVIDERS", "evil"),
            ("EVIL_ISSUER", &self.issuer),
            ("EVIL_CLIENT_ID", CLIENT_ID),
            ("EVIL_CLIENT_SECRET", CLIENT_SECRET),
            ("EVIL_LABEL", "Evil"),
            ("EVIL_AUTHORITATIVE_FOR", "*"),
        ]
    }

    /// Makes one endpoint misbehave: `discovery`, `token`, `jwks`, `userinfo`, `emails` or `groups`.
    pub fn mood(&self, endpoint: &'static str, mood: Mood) {
        self.inner.moods.lock().unwrap().insert(endpoint, mood);
    }

    /// Makes one endpoint take its time.
    pub fn delay(&self, endpoint: &'static str, delay: Duration) {
        self.inner.delays.lock().unwrap().insert(endpoint, delay);
    }

    /// The settings that make it the provider `github`, under an issuer that is not where it answers.
    pub fn as_github(&self) -> Vec<(String, String)> {
        let settings = [
            ("PROVIDERS", "github".to_owned()),
            ("GITHUB_CLIENT_ID", CLIENT_ID.to_owned()),
            ("GITHUB_CLIENT_SECRET", "canary-0123456789abcdef".to_owned()),
            ("GITHUB_ISSUER", "https://github.com".to_owned()),
            ("GITHUB_AUTHORIZATION_ENDPOINT", format!("{}/login/oauth/authorize", self.issuer)),
            ("GITHUB_TOKEN_ENDPOINT", format!("{}/token", self.issuer)),
            ("GITHUB_USERINFO_ENDPOINT", format!("{}/userinfo", self.issuer)),
        ];
        self.say(
            "userinfo",
            json!({"id": 583_231, "login": "octocat", "email": null, "email_verified": null}),
        );
        settings.map(|(name, value)| (name.to_owned(), value)).to_vec()
    }

    /// Makes an endpoint say this beside the usual, or instead of it where the name is the same; `null` leaves it out.
    pub fn say(&self, endpoint: &'static str, members: Value) {
        self.inner.said.lock().unwrap().insert(endpoint, members);
    }

    /// The bodies that were sent to an endpoint.
    pub fn bodies(&self, endpoint: &str) -> Vec<String> {
        let hits = self.inner.hits.lock().unwrap();
        hits.iter().filter(|(path, _)| path == endpoint).map(|(_, body)| body.clone()).collect()
    }

    /// The headers `Accept` that were sent to an endpoint.
    pub fn accepts(&self, endpoint: &str) -> Vec<String> {
        let accepts = self.inner.accepts.lock().unwrap();
        accepts.iter().filter(|(path, _)| path == endpoint).map(|(_, accept)| accept.clone()).collect()
    }

    /// The ID tokens that it gave out.
    pub fn id_tokens(&self) -> Vec<String> {
        self.inner.id_tokens.lock().unwrap().clone()
    }

    /// How often an endpoint was asked.
    pub fn hits(&self, endpoint: &str) -> usize {
        self.inner.hits.lock().unwrap().iter().filter(|(path, _)| path == endpoint).count()
    }

    /// Somebody agrees, with whatever claims beside the usual: where the browser goes next.
    pub fn agree(&self, url: &str, claims: Value, now: Time) -> String {
        let query: HashMap<_, _> = Url::parse(url).unwrap().query_pairs().into_owned().collect();
        let code = oauth::Secret::random().expose().to_owned();
        let mut all = json!({
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "canary-sub", "nonce": query.get("nonce"),
            "iat": now.epoch(), "exp": now.epoch() + 600,
            "email": "eve@example.com", "email_verified": true, "name": "Eve",
        });
        merge(&mut all, &claims);
        self.inner.codes.lock().unwrap().insert(code.clone(), all);
        let mut back = Url::parse(&query["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &query["state"]);
        back.into()
    }

    /// A whole sign-in.
    pub async fn sign_in(&self, agent: &Agent, claims: Value, now: Time) -> Answer {
        let url = agent.start("/users/login").await;
        agent.get(&self.agree(&url, claims, now)).await
    }
}

/// Puts members into an object; `null` takes one away.
fn merge(object: &mut Value, members: &Value) {
    let object = object.as_object_mut().unwrap();
    object.extend(members.as_object().unwrap().clone());
    object.retain(|_, value| !value.is_null());
}

impl Inner {
    /// Anyone who hangs up early, or does not trust our certificate, is gone; that is no failure of the stub's.
    async fn welcome(self: Arc<Self>, stream: TcpStream, tls: Option<TlsAcceptor>) {
        let _ = match tls {
            Some(tls) => match tls.accept(stream).await {
                Ok(stream) => self.serve(stream).await,
                Err(error) => Err(error),
            },
            None => self.serve(stream).await,
        };
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: S) -> std::io::Result<()> {
        let Some((path, accept, body)) = read(&mut stream).await? else { return Ok(()) };
        let endpoint = match path.split('?').next().unwrap_or_default() {
            "/.well-known/openid-configuration" => "discovery",
            "/token" => "token",
            "/jwks.json" => "jwks",
            "/userinfo" => "userinfo",
            "/userinfo/emails" => "emails",
            "/groups" => "groups",
            _ => "other",
        };
        self.hits.lock().unwrap().push((endpoint.to_owned(), body.clone()));
        self.accepts.lock().unwrap().push((endpoint.to_owned(), accept));
        let mood = self.moods.lock().unwrap().get(endpoint).copied().unwrap_or(Mood::Good);
        let mut good = self.content(endpoint, &body, mood == Mood::Wrong);
        if let Some(members) = self.said.lock().unwrap().get(endpoint) {
            merge(&mut good, members);
        }
        let delay = self.delays.lock().unwrap().get(endpoint).copied().unwrap_or_default();
        tokio::time::sleep(delay).await;
        misbehave(&mut stream, mood, &good.to_string()).await
    }

    fn content(&self, endpoint: &str, body: &str, wrong: bool) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        match endpoint {
            "discovery" => json!({
                "issuer": if wrong { "https://other.example.com".to_owned() } else { self.issuer.clone() },
                "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
                "jwks_uri": at("/jwks.json"), "userinfo_endpoint": at("/userinfo"),
                "response_types_supported": ["code"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }),
            "token" => self.token(body, wrong),
            "groups" => json!({"memberships": [{"groupKey": {"id": "cooks@company.com"}}]}),
            "emails" => json!([{"email": "eve@example.com", "primary": true, "verified": true}]),
            "jwks" => json!({"keys": if wrong { vec![] } else { vec![key().1.clone()] }}),
            _ => {
                json!({"sub": if wrong { "somebody-else" } else { "canary-sub" }, "email": "eve@example.com", "email_verified": true})
            }
        }
    }

    fn token(&self, body: &str, wrong: bool) -> Value {
        let form: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let claims = form.get("code").and_then(|code| self.codes.lock().unwrap().remove(code));
        let Some(mut claims) = claims else {
            return json!({"error": "invalid_grant", "error_description": "canary-description"});
        };
        if wrong {
            claims["iss"] = "https://other.example.com".into();
        }
        let jwt = key().0.token(&json!({"alg": "RS256", "typ": "JWT", "kid": "stub"}), &claims);
        self.id_tokens.lock().unwrap().push(jwt.clone());
        json!({"access_token": "canary-access-token", "token_type": "Bearer", "expires_in": 600, "id_token": jwt})
    }
}

/// The provider's key, and its public half.
pub fn key() -> &'static (Key, Value) {
    static KEY: OnceLock<(Key, Value)> = OnceLock::new();
    KEY.get_or_init(|| fresh_key("stub"))
}

/// A fresh RSA key of that name, and its public half.
pub fn fresh_key(kid: &str) -> (Key, Value) {
    let key = Key::fresh("RS256");
    let jwk = key.jwk_for("RS256", kid);
    (key, jwk)
}

/// Path, `Accept` and body.
async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
) -> std::io::Result<Option<(String, String, String)>> {
    let mut bytes = Vec::new();
    let head = loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&part[..count]);
        if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length =
        text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok()).unwrap_or(0);
    while bytes.len() < head + length {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await?;
        if count == 0 {
            return Ok(None);
        }
        bytes.extend_from_slice(&part[..count]);
    }
    let line = String::from_utf8_lossy(&bytes[..head]).lines().next().unwrap_or_default().to_owned();
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let accept = text.lines().find_map(|line| line.strip_prefix("accept: ")).unwrap_or_default().to_owned();
    Ok(Some((path, accept, String::from_utf8_lossy(&bytes[head..]).into_owned())))
}

async fn misbehave<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    mood: Mood,
    good: &str,
) -> std::io::Result<()> {
    let json = |status: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let text = match mood {
        Mood::Good | Mood::Wrong => json("200 OK", good),
        Mood::ServerError => json("500 Internal Server Error", "{\"error\":\"canary\"}"),
        Mood::Status(status) => json(&format!("{status} Status"), "{\"error\":\"canary\"}"),
        Mood::Reset => return Ok(()),
        Mood::Silent => return pause(stream, 20).await,
        Mood::Redirect => {
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/canary\r\ncontent-length: 0\r\n\r\n"
                .to_owned()
        }
        Mood::Html => {
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<p>canary</p>".to_owned()
        }
        Mood::Truncated => json("200 OK", good).split_at(json("200 OK", good).len() - 10).0.to_owned(),
        Mood::DuplicateKeys => {
            let member = good.split('"').nth(1).unwrap();
            json("200 OK", &format!("{{\"{member}\":\"canary\",{}", &good[1..]))
        }
        Mood::Gzip => return gzip(stream, good).await,
        Mood::Typed(content_type) => {
            let line = content_type.map(|value| format!("content-type: {value}\r\n")).unwrap_or_default();
            json("200 OK", good).replacen("content-type: application/json\r\n", &line, 1)
        }
        Mood::Drip => return drip(stream, good).await,
        Mood::Endless => return endless(stream).await,
        Mood::GzipBomb => {
            json("200 OK", good).replace("content-type", "content-encoding: gzip\r\ncontent-type")
        }
    };
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}

async fn gzip<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, good: &str) -> std::io::Result<()> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(good.as_bytes())?;
    let body = encoder.finish()?;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n";
    let head = format!("{head}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}

async fn pause<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, seconds: u64) -> std::io::Result<()> {
    let mut rest = [0; 1];
    let _ = tokio::time::timeout(Duration::from_secs(seconds), stream.read(&mut rest)).await;
    Ok(())
}

async fn drip<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, good: &str) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        good.len()
    );
    stream.write_all(head.as_bytes()).await?;
    for byte in good.bytes().take(20) {
        stream.write_all(&[byte]).await?;
        stream.flush().await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

async fn endless<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n{\"a\":\"").await?;
    let block = [b'x'; 65536];
    for _ in 0..16_384 {
        stream.write_all(&block).await?;
    }
    Ok(())
}
