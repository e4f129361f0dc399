//! The device asks (RFC 8628 §3.1).

use authorization::{requested_resources, requested_scope};
use client::{Client, Presented};
use oauth::{Code, Error, server, server::GrantType};
use serde::Deserialize;
use serde_json::json;
use session::{UserCode, device};
use web::{Request, Response, Result};

use crate::{Device, source};

#[derive(Deserialize)]
struct Form {
    scope: Option<String>,
}

impl Device {
    /// Four calls: the client; two counts; the write.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Response> {
        let posted = request.client_form()?;
        let form: Form = posted.read()?;
        let presented = Presented::read(request.authorization(), &posted.read()?)?;
        let client = self.authenticated(&presented, request).await?;
        let scope = requested_scope(&client, form.scope.as_deref())?;
        let resources = resources(request)?;
        let resources = requested_resources(&client, resources.iter().map(String::as_str))?;
        self.count_requests(&client.id, request).await?;
        let asked = session::Device::new(&client.id, client.epoch, scope, resources, request.now);
        let asked = session::Device { source: request.source().map(source::shown), ..asked };
        let mark = |code: &UserCode| self.marks(code).next().unwrap_or_default();
        let issued = device::issue(&self.table, &asked, mark, request.now).await?;
        let (uri, user_code) = (self.base.at(server::VERIFY_DEVICE), issued.user_code.to_string());
        Response::json(&json!({
            "device_code": issued.device_code,
            "user_code": user_code,
            "verification_uri": uri,
            "verification_uri_complete": format!("{uri}?user_code={user_code}"),
            "expires_in": device::LIFETIME.as_secs(),
            "interval": device::INTERVAL,
        }))
    }

    /// The client, once it has proven who it is and may use the grant, which none may unless it is registered for it (#40, #45).
    async fn authenticated(&self, presented: &Presented, request: &Request) -> Result<Client> {
        let client = client::find(&self.table, presented.client_id(), request.now).await?;
        let verified = self.clients.verify(presented, client.as_ref(), request.now).await?;
        let client = client.filter(|client| client.allows(GrantType::DeviceCode)).ok_or_else(|| {
            Error::new(Code::UnauthorizedClient, "this client is not registered for the device grant")
        })?;
        client::spend_assertion(&self.table, &verified, request.now).await?;
        Ok(client)
    }
}

/// `resource`, as often as it came (RFC 8707 §2).
fn resources(request: &Request) -> Result<Vec<String>, Error> {
    let malformed = || Error::new(Code::InvalidTarget, "a resource is malformed");
    let all = request.parameters()?.into_iter().filter(|(name, _)| name == "resource");
    let all = all.map(|(_, value)| value.ok_or_else(malformed)).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|value| !value.is_empty()).collect())
}
