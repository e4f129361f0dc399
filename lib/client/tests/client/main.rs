//! Clients: what is registered, how they prove who they are, and their rows in an embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod assertion;
mod managing;
mod presented;
mod registering;
#[path = "../../../store/tests/support/mod.rs"]
mod support;

use client::{Api, ClientForm, Endpoint, Kind, NewClient, audience_key, usable_api};
use oauth::{Secret, Time};
use store::{Batch, Table};

/// The moment at which every test begins.
const NOW: Time = Time::from_epoch(1_800_000_000);

const ENDPOINT: Endpoint<'_> = Endpoint {
    issuer: "https://id.example.com",
    token: "https://id.example.com/oauth/token",
    called: "https://id.example.com/oauth/introspect",
};

/// A client with a redirect URI, if its kind has one.
fn new(kind: Kind) -> NewClient {
    let mut new = NewClient::new(kind, "Shop");
    match kind {
        Kind::Spa | Kind::Web | Kind::Native => {
            new.redirect_uris = vec!["https://app.example.com/cb".to_owned()];
        }
        Kind::Api => new.audiences = vec!["https://api.example.com".to_owned()],
        Kind::Service => {}
    }
    new
}

/// The API with this audience, if tokens are issued for it.
async fn find_api(table: &Table, audience: &str, now: Time) -> Result<Option<Api>, store::Error> {
    let key = audience_key(audience);
    Ok(usable_api(table.get_batch(Batch::new().and::<Api>(key), now).await?.take(key)))
}

/// A form with these parameters.
fn form(parameters: &[(&str, &str)]) -> ClientForm {
    let of = |name: &str| parameters.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned());
    ClientForm {
        client_id: of("client_id"),
        client_secret: of("client_secret").map(Secret::new),
        client_assertion: of("client_assertion").map(Secret::new),
        client_assertion_type: of("client_assertion_type"),
    }
}
