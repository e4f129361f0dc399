//! Devices that have no browser, and people who let them.

use ::oauth::server::{DEVICE, GrantType, TOKEN};
use client::{Kind, NewClient};
use serde_json::Value;

use crate::{Agent, Answer, TestClient, World, oauth::Ask};

/// What a device gets when it asks (RFC 8628 §3.2).
#[derive(Debug, Clone)]
pub struct Codes {
    pub device: String,
    pub user: String,
}

impl Codes {
    pub fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        Self { device: text("device_code"), user: text("user_code") }
    }
}

impl World {
    /// A native app with the device grant.
    pub async fn device_app(&self, change: impl FnOnce(&mut NewClient)) -> TestClient {
        let wanted = |new: &mut NewClient| {
            new.name = "Television".to_owned();
            new.grants.push(GrantType::DeviceCode);
            change(new);
        };
        self.client(Kind::Native, wanted).await
    }

    /// The request by which a device asks.
    pub fn asking(&self, client: &TestClient, fields: &[(&str, &str)]) -> Ask {
        Ask::of(client, DEVICE, fields)
    }

    /// A device asks.
    pub async fn codes(&self, client: &TestClient, fields: &[(&str, &str)]) -> Codes {
        Codes::of(&self.asking(client, fields).send(self).await.expect(200).json())
    }

    /// The request by which it polls.
    pub fn polling(&self, client: &TestClient, codes: &Codes) -> Ask {
        let grant = GrantType::DeviceCode.as_str();
        Ask::of(client, TOKEN, &[("grant_type", grant), ("device_code", &codes.device)])
    }

    /// What is wrong with a poll.
    pub async fn poll(&self, client: &TestClient, codes: &Codes) -> String {
        let answer = self.polling(client, codes).send(self).await.expect(400);
        answer.json()["error"].as_str().unwrap().to_owned()
    }
}

impl Agent {
    /// Enters a user code on our page.
    pub async fn enter(&self, user_code: &str) -> Answer {
        self.form("/device", &[("user_code", user_code)]).await
    }

    /// Says something on the page that asks.
    pub async fn decide_device(&self, page: &Answer, decision: &str) -> Answer {
        let request = page.field("request");
        self.form("/device/decision", &[("request", &request), ("decision", decision)]).await
    }

    /// Lets a device have what it asks for.
    pub async fn allow_device(&self, codes: &Codes) {
        let page = self.enter(&codes.user).await.expect(200);
        self.decide_device(&page, "allow").await.expect(200);
    }
}
