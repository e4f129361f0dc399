//! The settings that belong to no one library: where latchkey lives, and which table permissions are about.

use crate::Setting;

crate::declare! {
    BASE_URL = Setting::new("BASE_URL", None, "Where latchkey lives: https://host, or http://localhost:port. It is the issuer of its tokens and the origin of its callback addresses. `cargo run` sets it to its own address.");
    TABLE = Setting::new("TABLE", Some("latchkey"), "The DynamoDB table.");
    DYNAMODB_ENDPOINT = Setting::new("DYNAMODB_ENDPOINT", None, "Where DynamoDB answers, if not at AWS; `http://key@host` where it expects that access key id. `cargo run` sets it to its embedded engine.");
}
