//! The server of an app that is told when a session ends: it writes down what is posted to it, and answers as the test wants.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    serve::Listener,
};
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Mutex, mpsc},
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::tls::Authority;

/// A request that came.
#[derive(Debug, Clone)]
pub struct Post {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

impl Post {
    /// The logout token, which is all that a form like this has (Back-Channel Logout §2.5).
    #[track_caller]
    pub fn token(&self) -> String {
        let fields: Vec<_> = url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect();
        assert_eq!((&self.method, self.headers["content-type"].to_str().unwrap()), (&Method::POST, FORM));
        match &fields[..] {
            [(name, token)] if name == "logout_token" => token.clone(),
            _ => panic!("{self:?}"),
        }
    }

    /// The claims of the logout token, read without our code.
    #[track_caller]
    pub fn claims(&self) -> Value {
        crate::oauth::claims(&self.token())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Connections by TLS; one that comes to nothing is passed over.
struct Secure(TcpListener, TlsAcceptor);

impl Listener for Secure {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.0).await;
            if let Ok(stream) = self.1.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

/// The server.
#[derive(Debug)]
pub struct Receiver {
    /// Its back-channel logout URI.
    pub uri: String,
    inner: Arc<Inner>,
    posts: Mutex<mpsc::UnboundedReceiver<Post>>,
}

#[derive(Debug)]
struct Inner {
    status: AtomicU16,
    count: AtomicUsize,
    sent: mpsc::UnboundedSender<Post>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}/backchannel?app=1", listener.local_addr().unwrap());
        Self::listening(listener, uri)
    }

    /// One that speaks https, with a certificate for `localhost` by this authority.
    pub async fn start_tls(authority: &Authority) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("https://localhost:{}/backchannel", listener.local_addr().unwrap().port());
        Self::listening(Secure(listener, authority.acceptor("localhost")), uri)
    }

    fn listening<L: Listener<Addr: std::fmt::Debug>>(listener: L, uri: String) -> Self {
        let (sent, posts) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner { status: AtomicU16::new(200), count: AtomicUsize::new(0), sent });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { uri, inner, posts: Mutex::new(posts) }
    }

    /// How it answers from now on; with 0, not at all. A redirect leads to itself.
    pub fn answer(&self, status: u16) {
        self.inner.status.store(status, Ordering::SeqCst);
    }

    /// How many requests have come.
    pub fn count(&self) -> usize {
        self.inner.count.load(Ordering::SeqCst)
    }

    /// The next request, which must come.
    pub async fn next(&self) -> Post {
        self.soon(Duration::from_secs(30)).await.expect("nothing was posted")
    }

    /// The next request, if one comes within this time.
    pub async fn soon(&self, limit: Duration) -> Option<Post> {
        timeout(limit, self.posts.lock().await.recv()).await.ok().flatten()
    }
}

async fn answer(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    inner.count.fetch_add(1, Ordering::SeqCst);
    let _ = inner.sent.send(Post { method, uri, headers, body });
    match inner.status.load(Ordering::SeqCst) {
        0 => std::future::pending().await,
        status => (StatusCode::from_u16(status).unwrap(), [("location", "/elsewhere")]).into_response(),
    }
}
