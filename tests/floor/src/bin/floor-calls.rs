//! The floor of a callback: one GetItem and one POST to the provider, each over a TLS connection of its own.

use floor::{Upstream, setting};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let authority = std::fs::read(setting("FLOOR_CA")?)?;
    let upstream =
        Upstream::new(&authority, setting("FLOOR_DATABASE")?.parse()?, setting("FLOOR_PROVIDER")?.parse()?)?;
    let upstream = &upstream;
    let answer = |event: LambdaEvent<Value>| async move {
        let text = |name: &str| event.payload[name].as_str().unwrap_or_default();
        let row = upstream.get_item(text("get")).await?;
        let token = upstream.token(text("form")).await?;
        Ok::<_, Error>(json!({"statusCode": 200, "bytes": row.len() + token.len()}))
    };
    lambda_runtime::run(service_fn(answer)).await
}
