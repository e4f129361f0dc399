//! Somebody whose keys are fetched: a platform that vouches for its workloads, or a client with its key set at an address.

use std::sync::{Arc, Mutex};

use forge::Key;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// An issuer on this machine.
#[derive(Debug, Clone)]
pub struct Platform {
    pub issuer: String,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    key: Mutex<Option<(String, Arc<Key>)>>,
    /// The key sets that are published, in place of the key's own.
    keys: Mutex<Option<Value>>,
    broken: Mutex<bool>,
    hits: Mutex<Vec<String>>,
}

impl Platform {
    /// One that signs with ES256.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let platform = Self { issuer, inner: Arc::default() };
        platform.rotate("k1");
        let serving = platform.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.answer(stream).await });
            }
        });
        platform
    }

    /// Signs with a fresh key of this name from now on, and publishes that one alone.
    pub fn rotate(&self, kid: &str) {
        *self.inner.key.lock().unwrap() = Some((kid.to_owned(), Arc::new(Key::fresh("ES256"))));
    }

    /// Publishes this instead of its key.
    pub fn publish(&self, keys: Value) {
        *self.inner.keys.lock().unwrap() = Some(keys);
    }

    /// Answers nothing but errors from now on, or no longer.
    pub fn break_down(&self, broken: bool) {
        *self.inner.broken.lock().unwrap() = broken;
    }

    /// The address of its key set.
    pub fn keys(&self) -> String {
        format!("{}/keys", self.issuer)
    }

    /// How often a path was asked for.
    pub fn hits(&self, path: &str) -> usize {
        self.inner.hits.lock().unwrap().iter().filter(|hit| *hit == path).count()
    }

    /// A token with these claims, by its key.
    pub fn token(&self, claims: &Value) -> String {
        self.typed("JWT", claims)
    }

    /// One that says that it is of this type.
    pub fn typed(&self, typ: &str, claims: &Value) -> String {
        let (kid, key) = self.inner.key.lock().unwrap().clone().unwrap();
        key.token(&json!({"alg": "ES256", "kid": kid, "typ": typ}), claims)
    }

    /// The settings that make it the provider `phone`, with which people sign in.
    pub fn settings(&self) -> Vec<(&str, &str)> {
        vec![
            ("PROVIDERS", "phone"),
            ("PHONE_ISSUER", &self.issuer),
            ("PHONE_CLIENT_ID", "our-own-client"),
            ("PHONE_CLIENT_SECRET", "canary-client-secret-0123456789"),
            ("PHONE_AUTHORITATIVE_FOR", "*"),
        ]
    }

    /// Its public key.
    pub fn jwk(&self) -> Value {
        let (kid, key) = self.inner.key.lock().unwrap().clone().unwrap();
        key.jwk(&kid)
    }

    async fn answer(&self, mut stream: TcpStream) {
        let mut request = vec![0; 8192];
        let length = stream.read(&mut request).await.unwrap_or_default();
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        let body = match path.as_str() {
            "/.well-known/openid-configuration" => json!({
                "issuer": self.issuer, "jwks_uri": self.keys(),
                // Of whom people sign in with.
                "authorization_endpoint": format!("{}/authorize", self.issuer),
                "token_endpoint": format!("{}/token", self.issuer),
            }),
            _ => self.inner.keys.lock().unwrap().clone().unwrap_or_else(|| json!({"keys": [self.jwk()]})),
        };
        self.inner.hits.lock().unwrap().push(path);
        let status = if *self.inner.broken.lock().unwrap() { "500 Broken" } else { "200 OK" };
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    }
}
