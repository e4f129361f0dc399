//! The floor of a flow of the authorization server: what any program must do that answers it with the same calls to DynamoDB, by the same
//! SDK, and as many signatures. It reads the event and its form, takes the rows apart, writes claims and signs them, prints one line of
//! log, and answers. It decides nothing: the answer is the one that the function gave. `bare`, it makes the calls and the signatures alone.

use floor::{Signatures, Table, asked, log, setting};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let script: Value = serde_json::from_slice(&std::fs::read(setting("FLOOR_SCRIPT")?)?)?;
    let signatures = Signatures::of(&script["signatures"], &std::fs::read(setting("FLOOR_KEY")?)?)?;
    let table = Table::new(&setting("FLOOR_ENDPOINT")?, &script["calls"]).await?;
    let bare = script["bare"] == true;
    let (signatures, table, script) = (&signatures, &table, &script);
    let answer = |event: LambdaEvent<Value>| async move {
        if bare {
            table.ask().await?;
            return Ok(json!({"statusCode": 200, "bytes": signatures.work()?}));
        }
        let parameters = asked(&event.payload)?;
        let values: usize = table.ask().await?.into_iter().map(|row| row.values()).sum();
        let tokens = signatures.tokens(&parameters)?;
        log(&event.context.request_id, parameters.len() + values + tokens.len());
        Ok::<_, Error>(script["answer"].clone())
    };
    lambda_runtime::run(service_fn(answer)).await
}
