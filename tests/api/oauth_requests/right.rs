//! The right request at each endpoint.

use client::Kind;
use oauth::server::{self, GrantType, TokenType};
use tests::{
    Answer, App, CALLBACK, TestClient, World,
    oauth::{Ask, Person},
};

/// An endpoint; the token endpoint once for each grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Endpoint {
    Authorize,
    Par,
    Device,
    Code,
    Refresh,
    DeviceCode,
    Service,
    Exchange,
    Userinfo,
    Introspect,
    Revoke,
    Logout,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 12] = [
        Self::Authorize,
        Self::Par,
        Self::Device,
        Self::Code,
        Self::Refresh,
        Self::DeviceCode,
        Self::Service,
        Self::Exchange,
        Self::Userinfo,
        Self::Introspect,
        Self::Revoke,
        Self::Logout,
    ];

    /// The head of its column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Par => "par",
            Self::Code => "token: code",
            Self::Refresh => "token: refresh token",
            Self::Device => "device",
            Self::DeviceCode => "token: device code",
            Self::Service => "token: client credentials",
            Self::Exchange => "token: exchange",
            Self::Userinfo => "userinfo",
            Self::Introspect => "introspect",
            Self::Revoke => "revoke",
            Self::Logout => "logout",
        }
    }

    /// Whether a client posts a form there and proves who it is.
    pub(crate) fn is_for_programs(self) -> bool {
        !matches!(self, Self::Authorize | Self::Userinfo | Self::Logout)
    }

    /// What the right request gets.
    pub(crate) fn is_right(self) -> &'static str {
        match self {
            Self::Authorize | Self::Logout => "303",
            Self::Par => "201",
            _ => "200",
        }
    }

    /// Sends a request there; those of a browser have their parameters in the address.
    pub(crate) async fn send(self, ask: &Ask, world: &World) -> Answer {
        if ask.method == "POST" || ask.body.is_some() {
            return ask.send(world).await;
        }
        let query = String::from_utf8(ask.raw()).unwrap();
        let mark = if query.is_empty() { "" } else { "?" };
        let path = format!("{}{mark}{query}", ask.path);
        Ask { path, body: Some(Vec::new()), content_type: None, ..ask.clone() }.send(world).await
    }
}

/// A request that is right, before it is spoiled, and those whom it is about.
pub(crate) struct Right<'a> {
    pub(crate) world: &'a World,
    pub(crate) endpoint: Endpoint,
    pub(crate) client: TestClient,
    /// Another client of the same kind.
    pub(crate) other: TestClient,
    pub(crate) person: Person,
    pub(crate) ask: Ask,
}

impl<'a> Right<'a> {
    pub(crate) async fn start(world: &'a World, endpoint: Endpoint) -> Self {
        let (client, other) = (client(world, endpoint).await, client(world, endpoint).await);
        let person = world.person("ada").await;
        let ask = ask(world, endpoint, &client, &person).await;
        Self { world, endpoint, client, other, person, ask }
    }
}

async fn client(world: &World, endpoint: Endpoint) -> TestClient {
    const API: &str = "https://pets.example.com";
    if endpoint != Endpoint::Service {
        let more =
            if endpoint == Endpoint::Exchange { GrantType::TokenExchange } else { GrantType::DeviceCode };
        return world.client(Kind::Web, |new| new.grants.push(more)).await;
    }
    let (table, now) = (world.table().await, world.now());
    let apis = client::apis(&table, now).await.unwrap();
    if apis.iter().all(|api| api.audience != API) {
        world.api(API, &["pets:read", "pets:write"]).await;
    }
    let wanted = |new: &mut client::NewClient| {
        new.audiences = vec![API.to_owned()];
        new.default_audience = Some(API.to_owned());
        new.scope = "pets:read".parse().unwrap();
    };
    world.client(Kind::Service, wanted).await
}

async fn ask(world: &World, endpoint: Endpoint, client: &TestClient, person: &Person) -> Ask {
    let (id, secret) = (client.id.clone(), client.secret.clone());
    let app = App { id, secret, redirect_uri: CALLBACK.to_owned(), verifier: "v".repeat(43) };
    let (method, authorization) = ("GET", None);
    let by_browser = |path: &str, fields: Vec<(String, String)>| Ask {
        method,
        path: path.to_owned(),
        content_type: None,
        authorization: authorization.clone(),
        fields,
        body: None,
    };
    match endpoint {
        Endpoint::Authorize => by_browser(server::AUTHORIZE, app.parameters(&[])),
        Endpoint::Par => {
            let fields = app.parameters(&[]);
            Ask { fields, ..Ask::of(client, server::PAR, &[]) }
        }
        Endpoint::Service => {
            let fields = [("grant_type", "client_credentials"), ("scope", "pets:read")];
            Ask::of(client, server::TOKEN, &fields)
        }
        Endpoint::Device => world.asking(client, &[("scope", "openid")]),
        Endpoint::DeviceCode => {
            let codes = world.codes(client, &[]).await;
            person.browser.allow_device(&codes).await;
            world.polling(client, &codes)
        }
        Endpoint::Code => {
            let code = world.fresh_code(client, person, |_| {}).await;
            world.redeeming(client, &code)
        }
        Endpoint::Refresh
        | Endpoint::Exchange
        | Endpoint::Userinfo
        | Endpoint::Introspect
        | Endpoint::Revoke
        | Endpoint::Logout => {
            let tokens = world.tokens(client, person).await;
            let of = |name: &str| tokens[name].as_str().unwrap().to_owned();
            match endpoint {
                Endpoint::Refresh => world.refreshing(client, &of("refresh_token")),
                Endpoint::Exchange => {
                    let fields = [
                        ("grant_type", GrantType::TokenExchange.as_str()),
                        ("subject_token", &of("access_token")),
                        ("subject_token_type", TokenType::AccessToken.as_str()),
                    ];
                    Ask::of(client, server::TOKEN, &fields)
                }
                Endpoint::Introspect => {
                    Ask::of(client, server::INTROSPECT, &[("token", &of("refresh_token"))])
                }
                Endpoint::Revoke => Ask::of(client, server::REVOKE, &[("token", &of("refresh_token"))]),
                Endpoint::Logout => {
                    let fields = [("id_token_hint", of("id_token")), ("client_id", client.id.clone())];
                    by_browser(server::LOGOUT, fields.map(|(name, value)| (name.to_owned(), value)).to_vec())
                }
                _ => {
                    let authorization = Some(format!("Bearer {}", of("access_token")));
                    Ask { authorization, ..by_browser(server::USERINFO, Vec::new()) }
                }
            }
        }
    }
}
