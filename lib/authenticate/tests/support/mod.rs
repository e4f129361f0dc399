//! A provider to misbehave, a table, and the way through a login.

pub(crate) mod keys;
pub(crate) mod stub;

use std::collections::HashMap;

use authenticate::{Answer, Error, Login, Provider, Providers, SettingError, Setup, StartOptions};
use oauth::{BaseUrl, Identity, Origins, ReturnTo, Time};
use serde_json::{Value, json};
use store::{Connection, Table};
use tokio::net::TcpListener;

use keys::OURS;
use stub::{Reply, Stub};

pub(crate) const SECRET: &str = "canary-client-secret";
pub(crate) const NOW: Time = Time::from_epoch(1_800_000_000);

/// An embedded DynamoDB in memory with the table in it.
pub(crate) async fn table() -> Table {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    let table = Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some(endpoint) }).await;
    table.provision().await.unwrap();
    table
}

/// A table that is not there.
pub(crate) async fn no_table() -> Table {
    Table::open(Connection { table: "latchkey".to_owned(), endpoint: Some("http://127.0.0.1:1".to_owned()) })
        .await
}

/// The settings of a test.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings(HashMap<String, String>);

impl Settings {
    /// A client of the provider `acme`, which is discovered.
    pub(crate) fn discovered(stub: &Stub) -> Self {
        let settings = Self::default().set("ACME_CLIENT_ID", "client").set("ACME_CLIENT_SECRET", SECRET);
        settings.set("ACME_ISSUER", stub.url(""))
    }

    /// A client of the provider `acme`, whose endpoints are all set.
    pub(crate) fn known(stub: &Stub) -> Self {
        Self::discovered(stub).endpoints("ACME", stub)
    }

    /// The stub's endpoints for another provider.
    pub(crate) fn endpoints(self, name: &str, stub: &Stub) -> Self {
        self.set(&format!("{name}_AUTHORIZATION_ENDPOINT"), stub.url("/authorize"))
            .set(&format!("{name}_TOKEN_ENDPOINT"), stub.url("/token"))
            .set(&format!("{name}_USERINFO_ENDPOINT"), stub.url("/userinfo"))
            .set(&format!("{name}_JWKS_URI"), stub.url("/keys"))
    }

    pub(crate) fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.remove(name);
        self
    }

    pub(crate) fn load(
        &self,
        names: &str,
        ca_pem: Option<&str>,
        table: &Table,
    ) -> Result<Providers, SettingError> {
        Providers::load(self.setup(names, ca_pem, table, &|name| self.0.get(name).cloned()))
    }

    pub(crate) fn load_without_secrets(&self, names: &str, table: &Table) -> Result<Providers, SettingError> {
        let readable = |name: &str| {
            assert!(!name.ends_with("CLIENT_SECRET") && !name.ends_with("PRIVATE_KEY"), "{name} is read");
            self.0.get(name).cloned()
        };
        Providers::load_without_secrets(self.setup(names, None, table, &readable))
    }

    fn setup<'a>(
        &self,
        names: &'a str,
        ca_pem: Option<&str>,
        table: &Table,
        setting: &'a dyn Fn(&str) -> Option<String>,
    ) -> Setup<'a> {
        static BASE: std::sync::LazyLock<BaseUrl> =
            std::sync::LazyLock::new(|| BaseUrl::parse("https://id.example.com").unwrap());
        let ca_pem = ca_pem.map(|pem| pem.as_bytes().to_vec());
        Setup { names, setting, base: &BASE, ca_pem, table: table.clone() }
    }
}

/// One provider of ours, the stub behind it, and the table.
pub(crate) struct World {
    pub(crate) stub: Stub,
    pub(crate) table: Table,
    pub(crate) providers: Providers,
}

/// A login whose browser is at the provider.
pub(crate) struct Begun {
    pub(crate) login: Login,
    pub(crate) params: HashMap<String, String>,
}

impl Begun {
    /// What a provider's honest answer looks like.
    pub(crate) fn answer(&self) -> Answer {
        Answer {
            code: Some("the-code".to_owned()),
            state: Some(self.params["state"].clone()),
            ..Answer::default()
        }
    }
}

impl World {
    /// With the provider `acme`, whose endpoints are set.
    pub(crate) async fn known() -> Self {
        Self::with(Settings::known).await
    }

    /// With the provider `acme`, discovered.
    pub(crate) async fn discovered() -> Self {
        Self::with(Settings::discovered).await
    }

    /// With the provider `acme`.
    pub(crate) async fn with(settings: impl FnOnce(&Stub) -> Settings) -> Self {
        Self::of("acme", settings).await
    }

    /// With one provider.
    pub(crate) async fn of(name: &str, settings: impl FnOnce(&Stub) -> Settings) -> Self {
        let (stub, table) = (Stub::start().await, table().await);
        let providers = settings(&stub).load(name, None, &table).unwrap();
        Self { stub, table, providers }
    }

    pub(crate) fn provider(&self) -> &Provider {
        self.providers.only().unwrap()
    }

    pub(crate) async fn begin(&self) -> Begun {
        self.begin_at(NOW).await
    }

    pub(crate) async fn begin_at(&self, now: Time) -> Begun {
        begin(self.provider(), now).await.unwrap()
    }

    /// The claims of an honest ID token.
    pub(crate) fn claims(&self, begun: &Begun, now: Time) -> Value {
        json!({
            "iss": self.stub.url(""), "aud": "client", "sub": "person-1", "nonce": begun.params.get("nonce"),
            "iat": now.epoch(), "exp": now.epoch() + 600,
            "email": "ada@example.com", "email_verified": true, "name": "Ada Lovelace",
        })
    }

    /// The way back: the answer is checked, the login claimed, and finished.
    pub(crate) async fn finish(&self, begun: &Begun) -> Result<Identity, Error> {
        self.finish_at(begun, NOW).await
    }

    pub(crate) async fn finish_at(&self, begun: &Begun, now: Time) -> Result<Identity, Error> {
        let code = begun.login.accept(self.provider(), begun.answer(), now)?;
        begun.login.claim(&self.table, now).await?;
        self.provider().finish(&begun.login, &code, now).await
    }

    /// A whole login, with an ID token made of changed claims.
    pub(crate) async fn sign_in(&self, change: impl FnOnce(&mut Value)) -> Result<Identity, Error> {
        self.sign_in_at(NOW, change).await
    }

    pub(crate) async fn sign_in_at(
        &self,
        now: Time,
        change: impl FnOnce(&mut Value),
    ) -> Result<Identity, Error> {
        self.sign_in_with(now, |claims| {
            let mut claims = claims.clone();
            change(&mut claims);
            OURS.token(&claims)
        })
        .await
    }

    /// A whole login, with an ID token of the caller's making.
    pub(crate) async fn sign_in_with(
        &self,
        now: Time,
        token: impl FnOnce(&Value) -> String,
    ) -> Result<Identity, Error> {
        let begun = self.begin_at(now).await;
        self.stub.issue(&token(&self.claims(&begun, now)));
        self.finish_at(&begun, now).await
    }

    /// A whole login at a token endpoint that answers so.
    pub(crate) async fn sign_in_to(&self, reply: Reply) -> Result<Identity, Error> {
        let begun = self.begin().await;
        self.stub.set("/token", reply);
        self.finish(&begun).await
    }
}

pub(crate) fn options() -> StartOptions {
    StartOptions {
        login_hint: None,
        choose_account: false,
        fresh: false,
        return_to: ReturnTo::home(),
        session: None,
        browser: true,
        link: None,
    }
}

/// A place to return to.
pub(crate) fn place(path: &str) -> ReturnTo {
    Origins::new(BaseUrl::parse("https://id.example.com").unwrap(), "").unwrap().check(path)
}

pub(crate) async fn begin(provider: &Provider, now: Time) -> Result<Begun, Error> {
    let start = provider.start(options(), now).await?;
    Ok(Begun { params: params(&start.url), login: start.login })
}

/// What of a login nobody may see: state, nonce, code verifier, the session's secret, and the seed of them all.
pub(crate) fn secrets(login: &Login) -> [String; 5] {
    let json = serde_json::to_value(login).unwrap();
    let seed: oauth::Seed = serde_json::from_value(json["seed"].clone()).unwrap();
    let [state, nonce, verifier, session] =
        ["state", "nonce", "code verifier", "session"].map(|label| seed.derive(label).expose().to_owned());
    assert_eq!(
        (&state, &session),
        (&login.state().expose().to_owned(), &login.session_secret().expose().to_owned())
    );
    [state, nonce, verifier, session, json["seed"].as_str().unwrap().to_owned()]
}

/// The parameters of an address, each of which is there once.
pub(crate) fn params(address: &str) -> HashMap<String, String> {
    let url = url::Url::parse(address).unwrap();
    let mut params = HashMap::new();
    for (name, value) in url.query_pairs() {
        let before = params.insert(name.into_owned(), value.into_owned());
        assert!(before.is_none(), "a parameter is there twice: {address}");
    }
    params
}

/// The status of a refusal.
pub(crate) fn status<T>(result: &Result<T, Error>) -> u16 {
    result.as_ref().err().expect("an error").refusal().expect("a refusal").status()
}
