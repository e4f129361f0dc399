//! Apps that ask the authorization server, and the people who use them.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicU32, Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use client::{Exchange, Kind};
use oauth::{
    Secret,
    server::{self, ClientAuth, GrantType},
};
use serde_json::{Value, json};
use setting::Clock;
use tests::{
    Agent, App, AppKey, CALLBACK, TestClient, World,
    oauth::{Ask, Person},
    receiver::Receiver,
    stub::key,
};
use url::form_urlencoded::Serializer;

use super::{PROVIDER, Scene, bearer, event, sign_in};
use crate::flow::Asked;

/// The API for which the apps' tokens are.
const API: &str = "https://orders.example.com";
/// Where people are sent when an app has signed them out.
const BYE: &str = "https://app.example.com/bye";

/// How one of our own tokens, or a provider's, is exchanged (RFC 8693).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// The client that an app is at the provider.
const AT_THE_PROVIDER: &str = "the-app-at-the-provider";

/// How many televisions there are.
const DEVICES: usize = 8;

/// Those who ask.
pub(super) struct Apps {
    /// A first-party server, which people are not asked about.
    app: App,
    /// One about which they are.
    asking: App,
    service: TestClient,
    /// A service that has a key and no secret.
    signing: App,
    key: AppKey,
    /// Televisions: as many as one of them could not do alone what all do here, because its requests are counted.
    devices: Vec<TestClient>,
    /// An app that exchanges tokens, and a token of its own that it shows.
    exchanging: TestClient,
    exchanged: String,
    /// An app that is told when a session ends, and where.
    told: App,
    receiver: Receiver,
    /// Somebody who looks at what two apps have.
    reader: Agent,
    /// How often one has asked.
    asked: AtomicU32,
    person: Person,
    access_token: String,
    refresh_token: String,
}

impl Apps {
    /// Registers them. The person's browser is one that is signed in, and so is the reader's.
    pub(super) async fn register(world: &World, person: Person, reader: Agent, receiver: Receiver) -> Self {
        world.api(API, &["orders:read", "orders:write"]).await;
        let app = App::of(world, Kind::Web, CALLBACK, |new| {
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.post_logout_redirect_uris = vec![BYE.to_owned()];
            new.access_token_lifetime = Some(3600);
        });
        let app = app.await;
        let asking = App::of(world, Kind::Web, CALLBACK, |new| new.consent = true).await;
        let of_the_api = |new: &mut client::NewClient| {
            new.audiences = vec![API.to_owned()];
            new.default_audience = Some(API.to_owned());
            new.scope = "orders:read orders:write".parse().unwrap();
            new.default_scope = "orders:read".parse().unwrap();
        };
        let service = world.client(Kind::Service, of_the_api).await;
        let key = AppKey::generate();
        let signing = App::of(world, Kind::Service, CALLBACK, |new| {
            of_the_api(new);
            new.redirect_uris.clear();
            new.auth = vec![ClientAuth::PrivateKeyJwt];
            new.jwks = Some(key.jwks().to_owned());
        });
        let signing = signing.await;
        let mut devices = Vec::new();
        for _ in 0..DEVICES {
            devices.push(world.device_app(|_| {}).await);
        }
        let exchanging = world.client(Kind::Web, |new| {
            of_the_api(new);
            new.grants.push(GrantType::TokenExchange);
            new.exchange = Exchange::read(&[], &[format!("{PROVIDER}={AT_THE_PROVIDER}")]).unwrap();
            new.access_token_lifetime = Some(3600);
        });
        let exchanging = exchanging.await;
        let code = world.fresh_code(&exchanging, &person, |code| {
            code.scope = "openid orders:read".parse().unwrap();
            code.resources = vec![API.to_owned()];
        });
        let exchanged = world.redeeming(&exchanging, &code.await).send(world).await.expect(200).json();
        let exchanged = exchanged["access_token"].as_str().unwrap().to_owned();
        let told = App::of(world, Kind::Web, CALLBACK, |new| {
            new.backchannel_logout_uri = Some(receiver.uri.clone());
        });
        let told = told.await;
        let reading = world.person_in(&reader).await;
        for client in [&shown(&app), &shown(&asking)] {
            world.tokens(client, &reading).await;
        }
        let asked = AtomicU32::new(0);
        let tokens = world.tokens(&shown(&app), &person).await;
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let (access_token, refresh_token) = (text("access_token"), text("refresh_token"));
        Self {
            app,
            asking,
            service,
            signing,
            key,
            devices,
            exchanging,
            exchanged,
            told,
            receiver,
            reader,
            asked,
            person,
            access_token,
            refresh_token,
        }
    }

    /// How often an app was told that a session has ended.
    pub(super) fn told(&self) -> usize {
        self.receiver.count()
    }
}

/// An app as a client that shows its secret.
fn shown(app: &App) -> TestClient {
    TestClient { id: app.id.clone(), secret: app.secret.clone() }
}

impl Scene {
    /// An event of this flow that has not been used yet.
    pub async fn flow(&self, ask: Asked) -> Value {
        self.tick();
        let Self { apps, world, .. } = self;
        let app = shown(&apps.app);
        let about = |token: &str| posted(&Ask::of(&app, server::INTROSPECT, &[("token", token)]));
        let service = |fields: &[(&str, &str)]| Ask::of(&apps.service, server::TOKEN, fields);
        match ask {
            Asked::Code => event("GET", &apps.app.path(&[]), &self.cookies(&apps.person.browser)),
            Asked::ConsentPage => {
                let path = apps.asking.path(&[("scope", "openid profile email")]);
                event("GET", &path, &self.cookies(&apps.person.browser))
            }
            Asked::Redeem => {
                let code = world.fresh_code(&app, &apps.person, |_| {}).await;
                posted(&world.redeeming(&app, &code))
            }
            Asked::Renew => posted(&world.refreshing(&app, &self.refresh_token().await)),
            Asked::ForItself => posted(&service(&[("grant_type", "client_credentials")])),
            Asked::ByAssertion => self.by_assertion(),
            Asked::AboutAccess => about(&apps.access_token),
            Asked::AboutRefresh => about(&apps.refresh_token),
            Asked::Userinfo => bearer("GET", server::USERINFO, &apps.access_token),
            Asked::Revoke => {
                let token = self.refresh_token().await;
                posted(&Ask::of(&app, server::REVOKE, &[("token", &token)]))
            }
            Asked::Push => {
                let parameters = apps.app.parameters(&[]);
                let fields: Vec<_> =
                    parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                posted(&Ask::of(&app, server::PAR, &fields))
            }
            Asked::Logout => self.logout_of_an_app().await,
            Asked::Device => self.device(),
            Asked::Poll => self.poll().await,
            Asked::Exchange => self.exchange(&apps.exchanged, ACCESS_TOKEN),
            Asked::ExchangeOfPerson => self.exchange(&self.id_token(), ID_TOKEN),
        }
    }

    /// The page on which somebody sees what apps have of them.
    pub fn account(&self) -> Value {
        event("GET", "/account", &self.cookies(&self.apps.reader))
    }

    /// The queue's message about a session that has ended, of which one app is told.
    pub async fn ended_session(&self) -> Value {
        let browser = sign_in(&self.world, &self.stub, "ada").await;
        self.apps.told.code(&browser).await;
        let sid = self.world.session(&browser).await.id;
        session::end_by_id(&self.world.table().await, &sid, self.world.now()).await.unwrap().unwrap();
        let message = json!({
            "messageId": "m", "receiptHandle": "r", "body": json!({"sid": sid}).to_string(),
            "attributes": {"ApproximateReceiveCount": "1"},
        });
        json!({"Records": [message]})
    }

    fn exchange(&self, token: &str, kind: &str) -> Value {
        let grant = GrantType::TokenExchange.as_str();
        let fields = [("grant_type", grant), ("subject_token", token), ("subject_token_type", kind)];
        posted(&Ask::of(&self.apps.exchanging, server::TOKEN, &fields))
    }

    /// What the provider gave the app of somebody known, by itself.
    fn id_token(&self) -> String {
        let now = Clock::system().now().epoch();
        let claims = json!({
            "iss": self.stub.issuer, "aud": AT_THE_PROVIDER, "sub": "person-3", "iat": now, "exp": now + 3600,
            "jti": Secret::random(), "name": "Ada Lovelace", "email": "person-3@example.com", "email_verified": true,
        });
        key().0.token(&json!({"alg": "RS256", "typ": "JWT", "kid": "stub"}), &claims)
    }

    /// A refresh token that nobody has used.
    async fn refresh_token(&self) -> String {
        let tokens = self.world.tokens(&shown(&self.apps.app), &self.apps.person).await;
        tokens["refresh_token"].as_str().unwrap().to_owned()
    }

    /// A device asks, from a place from which nobody has.
    fn device(&self) -> Value {
        let number = self.apps.asked.fetch_add(1, Ordering::SeqCst);
        let device = &self.apps.devices[number as usize % DEVICES];
        let mut event = posted(&self.world.asking(device, &[]));
        let source = Ipv4Addr::from_bits(Ipv4Addr::new(10, 0, 0, 0).to_bits() + number);
        event["requestContext"]["http"]["sourceIp"] = source.to_string().into();
        event
    }

    /// A device polls for the first time.
    async fn poll(&self) -> Value {
        let (world, device) = (&self.world, &self.apps.devices[0]);
        let table = world.table().await;
        let client = client::find(&table, &device.id, world.now()).await.unwrap().unwrap();
        let scope = "openid".parse().unwrap();
        let asked = session::Device::new(&client.id, client.epoch, scope, Vec::new(), world.now());
        let issued = session::device::issue(&table, &asked, |code| code.expose().to_owned(), world.now())
            .await
            .unwrap();
        let grant = GrantType::DeviceCode.as_str();
        let fields = [("grant_type", grant), ("device_code", issued.device_code.expose())];
        posted(&Ask::of(device, server::TOKEN, &fields))
    }

    fn by_assertion(&self) -> Value {
        let Apps { signing, key, .. } = &self.apps;
        let proof = signing.assertion(&self.world, key, &self.world.cloud.url);
        let ask = Ask::of(&shown(signing), server::TOKEN, &[("grant_type", "client_credentials")]);
        posted(&proof.iter().fold(ask, |ask, (name, value)| ask.with(name, value)))
    }

    /// Somebody with a session of their own is signed out by an app that has an ID token of it.
    async fn logout_of_an_app(&self) -> Value {
        let browser = sign_in(&self.world, &self.stub, "ada").await;
        let person = self.world.person_in(&browser).await;
        let tokens = self.world.tokens(&shown(&self.apps.app), &person).await;
        let hint = tokens["id_token"].as_str().unwrap();
        let query = Serializer::new(String::new())
            .extend_pairs([("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("state", "x")])
            .finish();
        event("GET", &format!("{}?{query}", server::LOGOUT), &self.cookies(&browser))
    }
}

/// A form as an HTTP API passes it on: it encodes what it does not take for text.
fn posted(ask: &Ask) -> Value {
    let body = ask.raw();
    let mut event = event(ask.method, &ask.path, &[]);
    event["headers"]["accept"] = "application/json".into();
    event["headers"]["content-type"] = "application/x-www-form-urlencoded".into();
    event["headers"]["content-length"] = body.len().to_string().into();
    event["headers"]["user-agent"] = "client/1.0".into();
    if let Some(authorization) = &ask.authorization {
        event["headers"]["authorization"] = authorization.clone().into();
    }
    event["body"] = STANDARD.encode(body).into();
    event["isBase64Encoded"] = json!(true);
    event
}
