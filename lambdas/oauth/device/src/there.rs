//! Who is there, and what is asked for.

use client::{Api, Client, audience_key, usable_api};
use oauth::{Time, server, server::GrantType};
use person::Person;
use session::{UserCode, device};
use store::Batch;
use url::form_urlencoded::Serializer;
use web::{Request, Response, Result};

use crate::Device;

/// Where a person signs in.
const SIGN_IN: &str = "/users/login";

/// A device's request, and whose it is.
pub(crate) struct Asking {
    /// The id of its row.
    pub(crate) id: String,
    pub(crate) device: session::Device,
    pub(crate) client: Client,
}

impl Device {
    /// Whose session acts in this browser.
    pub(crate) async fn person(&self, request: &Request) -> Result<Option<Person>> {
        match request.session() {
            Some(cookie) => Ok(Person::find(&self.table, &cookie, request.now).await?),
            None => Ok(None),
        }
    }

    /// Where they go first who must show a second factor before they decide for this client.
    pub(crate) async fn first(
        &self,
        request: &Request,
        person: &Person,
        client: &str,
        code: Option<&UserCode>,
    ) -> Result<Option<Response>> {
        let first = self.step_up.first(&self.table, person, client, &page(code), request.now).await?;
        Ok(first.map(|place| Response::see_own(&place)))
    }

    /// What is asked for, of a client that still may, whatever became of it. Nothing if there is no such request.
    pub(crate) async fn asking(&self, id: String, client_id: &str, now: Time) -> Result<Option<Asking>> {
        let batch = Batch::new().and::<session::Device>(&*id).and::<Client>(client_id);
        let mut rows = self.table.get_batch(batch, now).await?;
        let client = client::usable(rows.take(client_id), client_id);
        let client = client.filter(|client| client.allows(GrantType::DeviceCode));
        let device = rows.read::<session::Device>(&*id).filter(|device| device.client_id == client_id);
        Ok(client.zip(device).map(|(client, device)| Asking { id, device, client }))
    }

    /// The request that this code stands for, if its person can decide about it.
    pub(crate) async fn asking_by(&self, code: &UserCode, now: Time) -> Result<Option<Asking>> {
        for mark in self.marks(code) {
            if let Some(shown) = device::find(&self.table, &mark, now).await? {
                let asking = self.asking(shown.device, &shown.client_id, now).await?;
                return Ok(asking.filter(|asking| asking.device.is_open(asking.client.epoch, now)));
            }
        }
        Ok(None)
    }

    /// What a user code is filed under: with the first while the cookie key stays, with another for the ten minutes after it changed.
    pub(crate) fn marks(&self, code: &UserCode) -> impl Iterator<Item = String> {
        self.sealer.marks(&["user code"], code.expose())
    }

    /// The APIs of a client, whose names say more than their scopes.
    pub(crate) async fn apis(&self, asking: &Asking, now: Time) -> Result<Vec<Api>> {
        let is_an_apis = |name: &str| !server::OPENID_SCOPES.contains(&name);
        if !asking.device.scope.iter().any(is_an_apis) {
            return Ok(Vec::new());
        }
        let audiences = &asking.client.audiences;
        let keys = audiences.iter().map(|audience| audience_key(audience));
        let batch = keys.fold(Batch::new(), |batch, key| batch.and::<Api>(key));
        let mut rows = self.table.get_batch(batch, now).await?;
        let apis =
            audiences.iter().filter_map(|audience| usable_api(rows.take::<Api>(audience_key(audience))));
        Ok(apis.collect())
    }
}

/// The page with this code, if there is one.
pub(crate) fn page(code: Option<&UserCode>) -> String {
    let query = |code| format!("{}?user_code={code}", server::VERIFY_DEVICE);
    code.map_or_else(|| server::VERIFY_DEVICE.to_owned(), query)
}

/// The sign-in after which the person is back with this code.
pub(crate) fn sign_in(code: Option<&UserCode>, choose: bool) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("return_to", &page(code));
    if choose {
        query.append_pair("prompt", server::Prompt::SelectAccount.as_str());
    }
    format!("{SIGN_IN}?{}", query.finish())
}
