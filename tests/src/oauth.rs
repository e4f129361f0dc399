//! Clients that ask for tokens, and people who let them.

use ::oauth::{Secret, Verifier, server};
use session::{Code, Session};

use crate::{Agent, Answer, CALLBACK, TestClient, World};

/// A code verifier that clients here use.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// What codes here are for.
pub const SCOPE: &str = "openid profile email offline_access";

/// Somebody who is signed in.
#[derive(Debug)]
pub struct Person {
    pub browser: Agent,
    pub session: Session,
}

/// A request as it is sent, which a test spoils in one place.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    pub content_type: Option<&'static str>,
    pub authorization: Option<String>,
    pub fields: Vec<(String, String)>,
    /// Instead of the fields.
    pub body: Option<Vec<u8>>,
}

impl Ask {
    /// A form for `path` with these fields, of a client that shows its secret by Basic, if it has one.
    pub fn of(client: &TestClient, path: &str, fields: &[(&str, &str)]) -> Self {
        let ask = Self {
            method: "POST",
            path: path.to_owned(),
            content_type: Some("application/x-www-form-urlencoded"),
            authorization: None,
            fields: fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: None,
        };
        if client.secret.is_empty() {
            ask.with("client_id", &client.id)
        } else {
            ask.basic(&client.id, &client.secret)
        }
    }

    /// The same with this header `Authorization: Basic`.
    #[must_use]
    pub fn basic(self, id: &str, secret: &str) -> Self {
        use base64::{Engine, engine::general_purpose::STANDARD};
        Self { authorization: Some(format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))), ..self }
    }

    /// The same with this field, in place of one of that name.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// The same with one field more.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without this field.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(other, _)| other != name);
        self
    }

    /// The body as it is sent.
    pub fn raw(&self) -> Vec<u8> {
        let encode =
            || url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish();
        self.body.clone().unwrap_or_else(|| encode().into_bytes())
    }

    /// Sends it.
    pub async fn send(&self, world: &World) -> Answer {
        let program = world.program();
        let mut request = program.request(self.method, &self.path).body(self.raw());
        if let Some(content_type) = self.content_type {
            request = request.header("content-type", content_type);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        program.send(request).await
    }
}

impl World {
    /// Somebody signs in, in a browser of their own.
    pub async fn person(&self, name: &str) -> Person {
        let browser = self.browser();
        browser.sign_in(name).await.expect(303);
        self.person_in(&browser).await
    }

    /// Who is signed in, in this browser.
    pub async fn person_in(&self, browser: &Agent) -> Person {
        Person { browser: browser.clone(), session: self.session(browser).await }
    }

    /// A code of a person for a client, as the authorization endpoint issues it, but for what the test wants else.
    pub async fn fresh_code(
        &self,
        client: &TestClient,
        person: &Person,
        change: impl FnOnce(&mut Code),
    ) -> Secret {
        let challenge = Verifier::parse(VERIFIER).unwrap().challenge().as_str().to_owned();
        let Session { user_id, epoch, id, auth_time, .. } = &person.session;
        let mut code = Code {
            challenge: Some(challenge),
            scope: SCOPE.parse().unwrap(),
            nonce: Some("a-nonce".to_owned()),
            auth_time: *auth_time,
            ..self.code_of(client, user_id, *epoch, id).await
        };
        change(&mut code);
        session::code::issue(&self.table().await, &code, self.now()).await.unwrap()
    }

    /// The request that redeems a code.
    pub fn redeeming(&self, client: &TestClient, code: &Secret) -> Ask {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        Ask::of(client, server::TOKEN, &fields)
    }

    /// The request that renews tokens.
    pub fn refreshing(&self, client: &TestClient, token: &str) -> Ask {
        Ask::of(client, server::TOKEN, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// The tokens of a person for a client, from a fresh code.
    pub async fn tokens(&self, client: &TestClient, person: &Person) -> serde_json::Value {
        let code = self.fresh_code(client, person, |_| {}).await;
        self.redeeming(client, &code).send(self).await.expect(200).json()
    }
}

/// The claims of a token, read without our code.
pub fn claims(token: &str) -> serde_json::Value {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}
