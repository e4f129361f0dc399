//! `POST /oauth/device`, the pages at `/device`, and polling at the token endpoint (RFC 8628).

mod asking;
mod person;
mod polling;

use client::NewClient;
use serde_json::Value;
use tests::{Agent, TestClient, World, database::Call, database::Wire, devices::Codes};

const PENDING: &str = "authorization_pending";

/// A world in which somebody is signed in and a device asks.
struct Scene {
    world: World,
    client: TestClient,
    browser: Agent,
}

impl Scene {
    async fn start() -> Self {
        Self::with(&[], |_| ()).await
    }

    async fn with(settings: &[(&str, &str)], change: impl FnOnce(&mut NewClient)) -> Self {
        let world = World::with(settings).await;
        let (client, browser) = (world.device_app(change).await, world.browser());
        browser.sign_in("ada").await.expect(303);
        Self { world, client, browser }
    }

    async fn codes(&self) -> Codes {
        self.world.codes(&self.client, &[("scope", "openid profile offline_access")]).await
    }

    async fn poll(&self, codes: &Codes) -> String {
        self.world.poll(&self.client, codes).await
    }

    async fn tokens(&self, codes: &Codes) -> Value {
        self.world.polling(&self.client, codes).send(&self.world).await.expect(200).json()
    }
}

/// What a function asked of the table since the last time.
fn actions(wire: &Wire, function: &str) -> Vec<String> {
    let of_function =
        |call: Call| (call.function == function && !call.is_look_at_rights()).then_some(call.action);
    wire.calls().into_iter().filter_map(of_function).collect()
}
