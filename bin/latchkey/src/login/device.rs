//! Signing in with a browser on any machine (RFC 8628).

use std::time::Duration;

use oauth::{Code, server::GrantType};
use serde_json::Value;
use tokio::time::sleep;

use super::{
    arguments::Login,
    asked,
    issuer::{Failed, Issuer},
    say, text,
};

/// How much longer to wait after being told to (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);

/// Signs in: the answer of the token endpoint.
pub(super) async fn sign_in(issuer: &Issuer, wanted: &Login) -> Result<Value, Failed> {
    let codes = issuer.device_codes(&asked(wanted)).await?;
    let (uri, user_code) = (text(&codes, "verification_uri")?, text(&codes, "user_code")?);
    let complete = codes["verification_uri_complete"].as_str().unwrap_or(uri);
    let how = format!(
        "Open this address in any browser:\n\n  {complete}\n\nand compare the code:\n\n  {user_code}\n"
    );
    say(&how).map_err(|error| Failed::Wrong(error.to_string()))?;
    let mut fields = vec![
        ("grant_type", GrantType::DeviceCode.as_str().to_owned()),
        ("client_id", wanted.server.client_id.clone()),
        ("device_code", text(&codes, "device_code")?.to_owned()),
    ];
    fields.extend(wanted.audiences.first().map(|audience| ("resource", audience.clone())));
    let mut interval = Duration::from_secs(codes["interval"].as_u64().unwrap_or(5));
    loop {
        sleep(interval).await;
        match issuer.token(&fields).await {
            Err(failed) if failed.is(Code::AuthorizationPending) => {}
            Err(failed) if failed.is(Code::SlowDown) => interval += SLOWER,
            // RFC 8628 §3.5: less often, where the network fails.
            Err(Failed::Unanswered(_)) => interval *= 2,
            answer => return answer,
        }
    }
}
