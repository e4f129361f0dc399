//! An app of a client that is registered: it sends people to be signed in, and gets its answers.

use std::collections::HashMap;

use client::{Kind, NewClient};
use jose::{Algorithm, SigningKey};
use oauth::{Digest, Secret, server::ClientAuth};
use serde_json::json;
use url::{Url, form_urlencoded::Serializer};

use crate::{Agent, Answer, CALLBACK, TestClient, World, oauth::Ask};

/// An app. Each has the same code verifier all the time, so that a test can redeem any code of it.
#[derive(Debug)]
pub struct App {
    /// `client_id`
    pub id: String,
    /// Empty for an app that has none.
    pub secret: String,
    /// Where its people come back.
    pub redirect_uri: String,
    /// Of PKCE.
    pub verifier: String,
}

/// A key of an app's own.
#[derive(Debug)]
pub struct AppKey {
    key: SigningKey,
    kid: String,
    jwks: String,
}

impl AppKey {
    pub fn generate() -> Self {
        let mut jwk = SigningKey::generate(Algorithm::Es256).unwrap();
        let key = SigningKey::from_jwk(&jwk).unwrap();
        jwk.remove("d");
        let kid = jwk["kid"].as_str().unwrap().to_owned();
        Self { key, kid, jwks: json!({"keys": [jwk]}).to_string() }
    }

    /// The public half, as an app is registered with it.
    pub fn jwks(&self) -> &str {
        &self.jwks
    }
}

impl App {
    /// A first-party server.
    pub async fn web(world: &World) -> Self {
        Self::of(world, Kind::Web, CALLBACK, |_| ()).await
    }

    /// What is usual for this kind, with this redirect URI, and as the test wants it else.
    pub async fn of(
        world: &World,
        kind: Kind,
        redirect_uri: &str,
        change: impl FnOnce(&mut NewClient),
    ) -> Self {
        let client = world.client(kind, |new| {
            new.name = "Orders".to_owned();
            new.redirect_uris = vec![redirect_uri.to_owned()];
            change(new);
        });
        let TestClient { id, secret } = client.await;
        Self { id, secret, redirect_uri: redirect_uri.to_owned(), verifier: "v".repeat(43) }
    }

    /// As what it asks the endpoints for apps and services.
    pub fn client(&self) -> TestClient {
        TestClient { id: self.id.clone(), secret: self.secret.clone() }
    }

    /// The person in this browser agrees, if they are asked: the request that redeems the code.
    pub async fn redeeming(&self, browser: &Agent, scope: &str) -> Ask {
        let mut answer = browser.get(&self.path(&[("scope", scope)])).await;
        if answer.status == 200 {
            answer = browser.decide(&answer, "allow").await;
        }
        let code = query(answer.expect(303).location())["code"].clone();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &self.verifier),
        ];
        Ask::of(&self.client(), "/oauth/token", &fields)
    }

    /// A first-party server that proves who it is by this key.
    pub async fn with_key(world: &World, key: &AppKey) -> Self {
        Self::with_key_as(world, key, |_| ()).await
    }

    /// The same as the test wants it else.
    pub async fn with_key_as(world: &World, key: &AppKey, change: impl FnOnce(&mut NewClient)) -> Self {
        let wanted = |new: &mut NewClient| {
            new.auth = vec![ClientAuth::PrivateKeyJwt];
            new.jwks = Some(key.jwks.clone());
            change(new);
        };
        Self::of(world, Kind::Web, CALLBACK, wanted).await
    }

    /// The parameters by which a server with a key proves who it is, for this audience.
    pub fn assertion(&self, world: &World, key: &AppKey, audience: &str) -> [(&'static str, String); 2] {
        let expires = world.now().epoch() + 60;
        let jti = Secret::random();
        let claims = json!({"iss": self.id, "sub": self.id, "aud": audience, "exp": expires, "jti": jti});
        let assertion = key.key.compact("JWT", Some(&key.kid), claims.to_string()).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        [("client_assertion", assertion), ("client_assertion_type", kind.to_owned())]
    }

    /// The parameters of a request that is right, with others in place of its own; without those that have no value.
    pub fn parameters(&self, others: &[(&str, &str)]) -> Vec<(String, String)> {
        let challenge = Digest::of(self.verifier.as_bytes());
        let own = [
            ("client_id", self.id.as_str()),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let stay = own.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
        let given = others.iter().filter(|(_, value)| !value.is_empty());
        stay.chain(given).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The same as a path with a query.
    pub fn path(&self, others: &[(&str, &str)]) -> String {
        format!("/oauth/authorize?{}", self.encoded(others))
    }

    /// The same as a form.
    pub fn encoded(&self, others: &[(&str, &str)]) -> String {
        Serializer::new(String::new()).extend_pairs(self.parameters(others)).finish()
    }

    /// A code for the person who is signed in in this browser.
    pub async fn code(&self, browser: &Agent) -> String {
        self.code_of(browser, &[]).await
    }

    /// The same with other parameters.
    pub async fn code_of(&self, browser: &Agent, others: &[(&str, &str)]) -> String {
        let answer = browser.get(&self.path(others)).await.expect(303);
        assert!(answer.location().starts_with(&self.redirect_uri), "{answer:?}");
        query(answer.location()).remove("code").unwrap_or_else(|| panic!("no code: {answer:?}"))
    }
}

impl Agent {
    /// Says something on a page of ours that asks.
    pub async fn decide(&self, page: &Answer, decision: &str) -> Answer {
        let request = page.field("request");
        self.form("/oauth/authorize/decision", &[("request", &request), ("decision", decision)]).await
    }
}

impl Agent {
    /// Chooses an account on a page of ours that offers several, by the beginning of what its button says.
    pub async fn choose(&self, page: &Answer, name: &str) -> Answer {
        let (request, account) = (page.field("request"), page.account(name));
        self.form("/oauth/authorize/decision", &[("request", &request), ("account", &account)]).await
    }
}

impl Answer {
    /// The id of the session behind the button with this name.
    #[track_caller]
    pub fn account(&self, name: &str) -> String {
        let end = format!("\">{name}");
        let before = self.body.split_once(&end).unwrap_or_else(|| panic!("no account {name}: {self:?}")).0;
        before.rsplit_once("value=\"").unwrap().1.to_owned()
    }

    /// The value of a form's field on this page.
    #[track_caller]
    pub fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&mark).unwrap_or_else(|| panic!("no field {name}: {self:?}")).1;
        unescaped(rest.split('"').next().unwrap())
    }

    /// The value of the last form's field of this name before `mark`, on a page with several forms.
    #[track_caller]
    pub fn field_before(&self, name: &str, mark: &str) -> String {
        let before = self.body.split_once(mark).unwrap_or_else(|| panic!("no {mark}: {self:?}")).0;
        let (_, rest) = before.rsplit_once(&format!("name=\"{name}\" value=\"")).unwrap();
        unescaped(rest.split('"').next().unwrap())
    }

    /// Where the link with this text leads.
    #[track_caller]
    pub fn link(&self, text: &str) -> String {
        let end = format!("\">{text}</a>");
        let before = self.body.split_once(&end).unwrap_or_else(|| panic!("no link {text}: {self:?}")).0;
        unescaped(before.rsplit_once("href=\"").unwrap().1)
    }
}

/// Text as a browser reads it in HTML.
fn unescaped(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

/// The parameters in an address.
pub fn query(url: &str) -> HashMap<String, String> {
    let url = if url.starts_with('/') { format!("http://localhost{url}") } else { url.to_owned() };
    Url::parse(&url).unwrap().query_pairs().into_owned().collect()
}
