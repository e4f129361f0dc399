//! Somebody who asks for a mailed code.

use std::{net::Ipv4Addr, sync::atomic::Ordering};

use serde_json::{Value, json};

use super::{Scene, event};

impl Scene {
    /// A program asks for a code to an address to which nobody has asked for one, from a place from which nobody has: both are counted.
    pub fn mailed(&self) -> Value {
        self.tick();
        let number = self.newcomers.fetch_add(1, Ordering::SeqCst);
        let body = json!({"email": format!("reader-{number}@example.com")}).to_string();
        let mut event = event("POST", "/users/mailed", &[]);
        event["headers"]["accept"] = "application/json".into();
        event["headers"]["content-type"] = "application/json".into();
        event["headers"]["content-length"] = body.len().to_string().into();
        let source = Ipv4Addr::from_bits(Ipv4Addr::new(10, 128, 0, 0).to_bits() + number);
        event["requestContext"]["http"]["sourceIp"] = source.to_string().into();
        event["body"] = body.into();
        event["isBase64Encoded"] = json!(false);
        event
    }
}
