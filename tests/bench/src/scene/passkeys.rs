//! Somebody who signs in with a passkey.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tests::{Agent, Replica, World, authenticator::Authenticator};

use super::{Scene, sent, sign_in};

/// A passkey, and who gives challenges for it. What is measured has the same key for its cookies, and can answer them.
pub(super) struct Held {
    passkey: Authenticator,
    challenger: Replica,
}

impl Held {
    /// Of somebody who has one from now on.
    async fn by_somebody(scene: &Scene) -> Self {
        let world = &scene.world;
        let challenger = Replica::of(world, &[("PASSKEYS", "on")]).await;
        let mut held = Self { passkey: Authenticator::new(&world.cloud.url), challenger };
        let browser = sign_in(world, &scene.stub, "ada").await;
        let session = world.session(&browser).await.id;
        let asked = held.ask(world, &browser, "/users/passkey/new", &json!({"session": session})).await;
        let made = json!({"credential": held.passkey.create(&asked["publicKey"])});
        held.ask(world, &browser, "/users/passkey/add", &made).await;
        held
    }

    async fn ask(&self, world: &World, browser: &Agent, path: &str, body: &Value) -> Value {
        let request = browser.request("POST", &self.challenger.here(path));
        let request = request.header("origin", &world.cloud.url).header("content-type", "application/json");
        browser.send(request.body(body.to_string())).await.expect(200).json()
    }
}

impl Scene {
    /// Somebody's browser answers a challenge with their passkey: a whole sign-in, but for the challenge.
    pub async fn passkey(&self) -> Value {
        self.tick();
        let held = self.passkey.get_or_init(|| Held::by_somebody(self)).await;
        let browser = self.world.browser();
        let asked = held.ask(&self.world, &browser, "/users/passkey/challenge", &json!({})).await;
        let body = json!({"credential": held.passkey.get(&asked["publicKey"])});
        let place = self.newcomers.fetch_add(1, Ordering::SeqCst);
        sent("/users/passkey/login", &self.cookies(&browser), &body, place)
    }
}
