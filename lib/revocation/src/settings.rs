//! What is declared by a function that may ask.

use setting::{
    Action::BatchGet, DYNAMODB_ENDPOINT, Group, Permission, Permissions, RESTORED_AT, Setting, TABLE,
};

setting::declare! {
    REVOCATION = Setting::new("REVOCATION", Some("off"), "Whether the authorizer checks in the table that a token of ours is not revoked: `off`; `closed`, which refuses everybody while the table does not answer; or `open`, which accepts everybody then. A token stops working within 30 seconds of its session, its grant, its user or its client, plus the gateway's cache.");
}

/// What a gate reads that asks where `REVOCATION` says so.
pub const SETTINGS: Group = &[&REVOCATION, &TABLE, &DYNAMODB_ENDPOINT, &RESTORED_AT];

/// What asking does with the table. The kinds are written out, because their crates link its client.
pub const IS_REVOKED: Permissions = Permissions::new(&[
    Permission::on("SESSION", &[BatchGet]),
    Permission::on("USER", &[BatchGet]),
    Permission::on("CLIENT", &[BatchGet]),
    Permission::on("FAMILY", &[BatchGet]),
]);

/// The same for a gate.
pub const CHECK: Permissions = IS_REVOKED.only_with(&REVOCATION);
