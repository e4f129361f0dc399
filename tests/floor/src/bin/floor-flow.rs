//! The floor of a flow of the authorization server: the calls to DynamoDB that the flow makes, by the same SDK, and as many
//! signatures. What it is asked does not matter.

use floor::{Signatures, Table, setting};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let script: Value = serde_json::from_slice(&std::fs::read(setting("FLOOR_SCRIPT")?)?)?;
    let signatures = Signatures::of(&script["signatures"], &std::fs::read(setting("FLOOR_KEY")?)?)?;
    let table = Table::new(&setting("FLOOR_ENDPOINT")?, &script["calls"]).await?;
    let (signatures, table) = (&signatures, &table);
    let answer = |_: LambdaEvent<Value>| async move {
        table.ask().await?;
        Ok::<_, Error>(json!({"statusCode": 200, "bytes": signatures.work()?}))
    };
    lambda_runtime::run(service_fn(answer)).await
}
