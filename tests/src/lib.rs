//! What the tests stand on: a local cloud with a clock that they move, browsers and programs that talk to it, a provider that
//! misbehaves on demand, and a wire to the database that can be watched and cut.

mod agent;
mod answer;
mod app;
pub mod authenticator;
pub mod aws;
pub mod certified;
mod clients;
pub mod database;
pub mod devices;
pub mod fuzz;
mod grants;
pub mod mails;
pub mod oauth;
mod people;
pub mod platform;
pub mod policy;
pub mod receiver;
pub mod stub;
pub mod tls;
mod world;

pub use agent::Agent;
pub use answer::Answer;
pub use app::{App, AppKey, query};
pub use clients::{CALLBACK, TestClient};
pub use grants::{TERMS, TestGrant};
pub use world::{Replica, World};

/// The settings of an installation that has everything on.
pub fn everything() -> latchkey::settings::Values {
    let all = latchkey::mount::all();
    let ways = all.iter().filter_map(|mount| mount.only_with).filter(|setting| setting.default != Some("on"));
    let ways = ways.map(|setting| (setting.name, if setting.name == "MAIL" { "ses" } else { "on" }));
    let others = [("MAIL_FROM", "login@example.com"), ("FOREIGN_TOKENS", "on"), ("REVOCATION", "closed")];
    ways.chain(others).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A route's path with the name of a provider in each place that varies.
pub fn filled(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "google".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
