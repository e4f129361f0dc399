//! What is declared by a function that may ask.

use setting::{Action::BatchGet, DYNAMODB_ENDPOINT, Group, Permission, Permissions, Setting, TABLE};

setting::declare! {
    REVOCATION = Setting::new("REVOCATION", Some("off"), "Whether the authorizer asks the table if a token of ours was taken back: `off`; `closed`, and while the table does not answer nobody is let in; or `open`, and then everybody is. A token dies within 30 seconds of its session, its user or its client, plus what the gateway remembers.");
}

/// What a gate reads that asks where `REVOCATION` says so.
pub const SETTINGS: Group = &[&REVOCATION, &TABLE, &DYNAMODB_ENDPOINT];

/// What asking does with the table. The kinds are written out, because their crates link its client.
pub const IS_REVOKED: Permissions = Permissions::new(&[
    Permission::on("SESSION", &[BatchGet]),
    Permission::on("USER", &[BatchGet]),
    Permission::on("CLIENT", &[BatchGet]),
]);

/// The same for a gate.
pub const CHECK: Permissions = IS_REVOKED.only_with(&REVOCATION);
