//! Clients and APIs in a world's table.

use client::{Api, ApiScope, Kind, NewApi, NewClient};
use jose::Algorithm;
use oauth::Scope;
use store::{Connection, Table};

use crate::World;

/// The redirect URI of a client that is registered without one, unless it is native.
pub const CALLBACK: &str = "https://app.example.com/callback";

/// A client that is registered.
#[derive(Debug, Clone)]
pub struct TestClient {
    /// `client_id`
    pub id: String,
    /// Its secret; empty for a client that has none.
    pub secret: String,
}

impl World {
    /// The table, as an operator sees it: its calls are no function's.
    pub async fn table(&self) -> Table {
        let name = self.cloud.settings.get("TABLE").map_or(store::schema::TABLE, String::as_str);
        let connection = Connection {
            table: name.to_owned(),
            endpoint: Some(self.cloud.settings["DYNAMODB_ENDPOINT"].clone()),
        };
        Table::open(connection).await
    }

    /// Registers a client. It is what is usual for its kind (see [`NewClient::new`]) with [`CALLBACK`] (a native one:
    /// `com.example.app:/callback`), and as the test wants it else.
    pub async fn client(&self, kind: Kind, change: impl FnOnce(&mut NewClient)) -> TestClient {
        let mut new = NewClient::new(kind, format!("Test {}", kind.as_str()));
        new.redirect_uris = match kind {
            Kind::Spa | Kind::Web => vec![CALLBACK.to_owned()],
            Kind::Native => vec!["com.example.app:/callback".to_owned()],
            Kind::Service | Kind::Api => Vec::new(),
        };
        change(&mut new);
        let (client, secret) =
            client::add(&self.table().await, &new, client::manage::NOTHING, self.now()).await.unwrap();
        let secret = secret.or(new.secret).map(|secret| secret.expose().to_owned());
        TestClient { id: client.id, secret: secret.unwrap_or_default() }
    }

    /// Registers a service that may have these scopes at our own API.
    pub async fn service_of_ours(&self, scope: &str) -> TestClient {
        let scope: Scope = scope.parse().unwrap();
        let wanted = |new: &mut NewClient| {
            new.audiences = vec![self.cloud.url.clone()];
            new.default_audience = Some(self.cloud.url.clone());
            (new.scope, new.default_scope) = (scope.clone(), scope);
        };
        self.client(Kind::Service, wanted).await
    }

    /// Registers an API with these scopes, none of which needs consent.
    pub async fn api(&self, audience: &str, scopes: &[&str]) -> Api {
        let scopes = scopes.iter().map(|name| ApiScope { name: (*name).to_owned(), consent: false });
        let new = NewApi {
            audience: audience.to_owned(),
            name: "Test API".to_owned(),
            scopes: scopes.collect(),
            access_token_alg: Algorithm::Rs256,
        };
        let own = Api::own("", &Scope::default());
        client::add_api(&self.table().await, &new, &own, client::manage::NOTHING, self.now()).await.unwrap()
    }
}
