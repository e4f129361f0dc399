//! The settings that belong to no one library: where latchkey lives, and which table permissions are about.

use crate::Setting;

crate::declare! {
    BASE_URL = Setting::new("BASE_URL", None, "The address of latchkey: https://host, or http://localhost:port. It is the issuer of its tokens and the origin of its callback addresses. `cargo run` sets it to its own address.");
    TABLE = Setting::new("TABLE", Some("latchkey"), "The name of the DynamoDB table.");
    DYNAMODB_ENDPOINT = Setting::new("DYNAMODB_ENDPOINT", None, "The address of DynamoDB, if it is not AWS; `http://key@host` if it expects that access key id. `cargo run` sets it to its embedded engine.");
}
